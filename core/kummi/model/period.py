"""The days from one to another, and values that hold for such days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import model_validator

from kummi.message import Message
from kummi.model.base import Frozen
from kummi.model.dates import Day

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
