"""By when: working days by each country's calendar, and the day a deadline falls on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from kummi.errors import did_you_mean
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


@dataclass
class WorkingCalendar:
    """The public holidays of one country, where a municipality may have its own.

    The ``holidays`` library is imported when the first working day is counted, not before.
    """

    country: Country
    _subdivisions: Mapping[str, str] = field(init=False, repr=False)
    _loaded: dict[str | None, HolidayBase] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._subdivisions = {
            name.casefold(): place.subdivision
            for place in self.country.municipalities
            if place.subdivision
            for name in (place.key, *dict(place.name.entries).values())
        }

    def at(self, municipality: str | None) -> IsHoliday:
        """Return the test for a public holiday in a municipality, by its key or any of its names.

        Where the municipality has no calendar of its own, or is not known, the country's counts.
        """
        subdivision = self._subdivisions.get(municipality.casefold()) if municipality else None
        return lambda day: day in self._holidays(subdivision)

    def _holidays(self, subdivision: str | None) -> HolidayBase:
        if subdivision not in self._loaded:
            from holidays import country_holidays

            self._loaded[subdivision] = country_holidays(self.country.calendar.country, subdiv=subdivision)
        return self._loaded[subdivision]


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
