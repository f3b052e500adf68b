"""By when: working days by each country's calendar, and the day a deadline falls on."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from kummi.errors import did_you_mean
from kummi.lifecycle.kept import once_for_each
from kummi.model.country import Country
from kummi.model.dates import IsHoliday
from kummi.model.facts import Facts
from kummi.model.workflow import Deadline

if TYPE_CHECKING:
    from holidays import HolidayBase

ENTERED = "entered"
"""In ``Deadline.of``: the day the case entered its stage."""


def due_on(deadline: Deadline, entered_on: date, facts: Facts, is_holiday: IsHoliday) -> date | None:
    """Return the day a deadline falls on; None while the fact it counts from is not known."""
    start = entered_on if deadline.of == ENTERED else facts.get(deadline.of)
    if not isinstance(start, date):
        return None
    return deadline.within.after(start, is_holiday)


def holidays_of(country: Country, municipality: str | None) -> IsHoliday:
    """Return the test for a public holiday in a municipality, given by its key or any of its names.

    Where the municipality has no calendar of its own, or is not known, the country's counts. The ``holidays`` library
    is imported when the first working day is counted, not before.
    """
    subdivision = _own_calendars(country).get(municipality.casefold()) if municipality else None
    return lambda day: day in _calendar(country.calendar.country, subdivision)


@once_for_each
def _own_calendars(country: Country) -> dict[str, str]:
    """Return the subdivision of each municipality that has one, by every name of it."""
    return {
        name.casefold(): place.subdivision
        for place in country.municipalities
        if place.subdivision
        for name in (place.key, *dict(place.name.entries).values())
    }


@cache
def _calendar(country: str, subdivision: str | None) -> HolidayBase:
    from holidays import country_holidays

    return country_holidays(country, subdiv=subdivision)


def calendar_faults(country: Country) -> tuple[str, ...]:
    """Say what of a country's calendar the ``holidays`` library does not know; empty when all is well."""
    from holidays import country_holidays

    calendar = country.calendar
    try:
        known = country_holidays(calendar.country)
    except NotImplementedError:
        return (f"calendar: the holidays library knows no country '{calendar.country}'",)
    names = {*known.subdivisions, *known.subdivisions_aliases}
    faults = [
        f"calendar: the holidays library knows no subdivision '{name}' of {calendar.country}{did_you_mean(name, names)}"
        for name in calendar.subdivisions
        if name not in names
    ]
    faults.extend(
        f"municipality {place.name}: the subdivision '{place.subdivision}' is not among those of the country's calendar"
        f"{did_you_mean(place.subdivision, calendar.subdivisions)}"
        for place in country.municipalities
        if place.subdivision and place.subdivision not in calendar.subdivisions
    )
    return tuple(faults)
