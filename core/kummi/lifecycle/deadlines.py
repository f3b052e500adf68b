"""By when: the day a deadline falls on, and the working days and public holidays by which it is counted."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from kummi.errors import did_you_mean
from kummi.lifecycle.workflow_index import index_of
from kummi.message import Message
from kummi.model.case import LoadedCase
from kummi.model.country import Country
from kummi.model.dates import IsHoliday
from kummi.model.facts import Facts
from kummi.model.programme import ProgrammeEntry
from kummi.model.workflow import Deadline

if TYPE_CHECKING:
    from holidays import HolidayBase

ENTERED = "entered"
"""In ``Deadline.of``: the day the case entered its stage."""


def deadline_day_from(deadline: Deadline, entered_on: date, facts: Facts, is_holiday: IsHoliday) -> date | None:
    """Return the day a deadline falls on; None while the fact it counts from is not known."""
    start = entered_on if deadline.of == ENTERED else facts.get(deadline.of)
    if not isinstance(start, date):
        return None
    return deadline.within.after(start, is_holiday)


def deadline_day(deadline: Deadline, loaded: LoadedCase) -> date | None:
    """Return the day a deadline falls on for a case, by the working days of the place where it lives."""
    is_holiday = holidays_of(loaded.programme, loaded.case.municipality)
    return deadline_day_from(deadline, loaded.case.entered_on, loaded.facts, is_holiday)


def leave_by(loaded: LoadedCase) -> date | None:
    """Return the day by which a case should have left its stage; None where the stage has no deadline."""
    deadline = index_of(loaded).stages[loaded.case.stage].deadline
    return deadline_day(deadline, loaded) if deadline else None


def holidays_of(programme: ProgrammeEntry, municipality: str | None) -> IsHoliday:
    """Return the test for a public holiday in a municipality, given by its key or any of its names.

    Where the municipality has no calendar of its own, or is not known, the country's counts. The ``holidays`` library
    is imported when the first working day is counted, not before.
    """
    country = programme.country.calendar.country
    subdivision = programme.own_calendars.get(municipality.casefold()) if municipality else None
    return lambda day: day in _calendar(country, subdivision)


@cache
def _calendar(country: str, subdivision: str | None) -> HolidayBase:
    from holidays import country_holidays

    return country_holidays(country, subdiv=subdivision)


def calendar_faults(country: Country) -> tuple[Message, ...]:
    """Say what of a country's calendar the ``holidays`` library does not know; empty when all is well."""
    from holidays import country_holidays

    calendar = country.calendar
    try:
        known = country_holidays(calendar.country)
    except NotImplementedError:
        said = Message("calendar: the holidays library knows no country '{country}'", country=calendar.country)
        return (said,)
    names = {*known.subdivisions, *known.subdivisions_aliases}
    faults = [
        Message(
            "calendar: the holidays library knows no subdivision '{name}' of {country}{hint}",
            name=name,
            country=calendar.country,
            hint=did_you_mean(name, names),
        )
        for name in calendar.subdivisions
        if name not in names
    ]
    faults.extend(
        Message(
            "municipality {place}: the subdivision '{name}' is not among those of the country's calendar{hint}",
            place=place.name,
            name=place.subdivision,
            hint=did_you_mean(place.subdivision, calendar.subdivisions),
        )
        for place in country.municipalities
        if place.subdivision and place.subdivision not in calendar.subdivisions
    )
    return tuple(faults)
