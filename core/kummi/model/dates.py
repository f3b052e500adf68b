"""Days as they are written, lengths of time, the days from one to another, and values that hold for such days."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, model_serializer, model_validator
from pydantic_core import PydanticKnownError

from kummi.message import Message
from kummi.model.base import Frozen

IsHoliday = Callable[[date], bool]
"""Says whether a day is a public holiday at some place."""

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)


def is_iso_date(text: str) -> bool:
    """Whether a text has the form of an ISO date; there may be no such day."""
    return _ISO.fullmatch(text) is not None


def iso_date(value: object) -> date:
    """Read a day: a date, or text of year, month and day with hyphens; a midnight after it is left out.

    >>> iso_date("2024-03-01"), iso_date("2024-03-01 00:00")
    (datetime.date(2024, 3, 1), datetime.date(2024, 3, 1))

    Raises:
        ValueError: For any other form, and for a day that there is not.
    """
    if type(value) is date:
        return value
    found = _ISO.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        if found:
            return date.fromisoformat(found[1])
    except ValueError:
        pass  # the form is right and the day is not: 2024-02-30
    raise ValueError(Message("expected a date like 2024-03-01"))


def _day(value: object) -> date:
    try:
        return iso_date(value)
    except ValueError:
        raise PydanticKnownError("date_type") from None


Day = Annotated[date, BeforeValidator(_day)]
"""A day in a file. Pydantic alone would take a number for the seconds since 1970."""


class Unit(StrEnum):
    """The unit of a duration; there is no duration without one."""

    DAYS = "days"
    WORKING_DAYS = "working days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


_DURATION = re.compile(r"(?P<count>\d{1,4}) (?P<unit>(?:working )?(?:day|week|month|year))s?")


class Duration(Frozen):
    """A length of time in a unit, written ``"3 years"`` or ``"5 working days"``.

    >>> Duration.model_validate("3 years").after(date(2024, 2, 29))
    datetime.date(2027, 2, 28)
    >>> str(Duration.model_validate("1 month"))
    '1 month'
    """

    count: int
    unit: Unit

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = _DURATION.fullmatch(value.strip())
        if not found:
            units = ", ".join(Unit)
            raise ValueError(
                Message(
                    "'{value}' is not a duration: a whole number and a unit ({units}), such as '5 working days'",
                    value=value,
                    units=units,
                )
            )
        return {"count": int(found["count"]), "unit": found["unit"] + "s"}

    @model_serializer
    def _to_words(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return f"{self.count} {self.unit if self.count != 1 else self.unit.removesuffix('s')}"

    def after(self, start: date, is_holiday: IsHoliday | None = None) -> date:
        """Return the day this long after ``start``.

        Months and years keep the day of the month, or take the last day of a shorter month. Working days skip
        Saturdays, Sundays and the holidays given. Beyond the end of the calendar it is the calendar's last day.
        """
        match self.unit:
            case Unit.DAYS:
                return _after_days(start, self.count)
            case Unit.WEEKS:
                return _after_days(start, 7 * self.count)
            case Unit.MONTHS:
                return months_after(start, self.count)
            case Unit.YEARS:
                return months_after(start, 12 * self.count)
            case Unit.WORKING_DAYS:
                return _after_working_days(start, self.count, is_holiday or (lambda _: False))


def _after_days(start: date, days: int) -> date:
    return start + timedelta(days=min(days, date.max.toordinal() - start.toordinal()))


def months_after(start: date, months: int) -> date:
    """Return the day so many months later: the same day of the month, or the last day of a shorter one."""
    # dateutil's relativedelta says the same, ten times slower: rules ask this for every case
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    day = start.day if start.day <= 28 else min(start.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day)


def _after_working_days(start: date, count: int, is_holiday: IsHoliday) -> date:
    day = start
    while count:
        day += timedelta(days=1)
        if day.weekday() < 5 and not is_holiday(day):
            count -= 1
    return day


def age_on(born: date, day: date) -> int:
    """Return the full years of age on a day.

    Someone born on 29 February is a year older on 28 February of a common year,
    by the same counting of years as ``Duration.after``.

    >>> age_on(date(2008, 2, 29), date(2026, 2, 28))
    18
    """
    years = day.year - born.year
    return years if months_after(born, 12 * years) <= day else years - 1


_DAY = timedelta(days=1)


class EndsTooEarlyError(ValueError):
    """Something ends before it begins; ``key`` is the key of its end."""

    def __init__(self, key: str, end: object, start: object) -> None:
        self.key = key
        super().__init__(Message("its end {end} is before its start {start}", end=end, start=start))


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``start`` to ``end``, both included; an open end is the first or the last day of the calendar.

    >>> str(Period(date(2024, 1, 1)))
    '2024-01-01 – …'

    Raises:
        EndsTooEarlyError: If it ends before it begins.
    """

    start: date = date.min
    end: date = date.max

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise EndsTooEarlyError("end", self.end, self.start)

    @classmethod
    def between(cls, start: date | None, end: date | None) -> Period:
        """Return the days between two of which each may be open."""
        return cls(start or date.min, end or date.max)

    def covers(self, day: date) -> bool:
        """Whether a day is one of these."""
        return self.start <= day <= self.end

    def overlaps(self, other: Period) -> bool:
        """Whether the two share a day."""
        return self.start <= other.end and other.start <= self.end

    @property
    def is_always(self) -> bool:
        """Whether both ends are open."""
        return self.start == date.min and self.end == date.max

    @property
    def day_after(self) -> date | None:
        """The first day after these; None where the end is open."""
        return None if self.end == date.max else self.end + _DAY

    def __str__(self) -> str:
        start = "…" if self.start == date.min else self.start
        return f"{start} – {'…' if self.end == date.max else self.end}"


class Dated(Frozen):
    """A value that holds from one day to another, both included; an end that is left out is open."""

    valid_from: Day | None = None
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Dated:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise EndsTooEarlyError("valid_to", self.valid_to, self.valid_from)
        return self

    @property
    def period(self) -> Period:
        """The days for which it holds."""
        return Period.between(self.valid_from, self.valid_to)

    def is_valid_on(self, day: date) -> bool:
        """Whether it holds on this day."""
        # Not by `period`: this is asked for every rate of every month, and a new value would take most of the time.
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)
