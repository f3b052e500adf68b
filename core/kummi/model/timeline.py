"""A fact over time: what it was, and from which day on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from kummi.model.dates import Period

if TYPE_CHECKING:
    from kummi.model.facts import FactValue

_SINCE = itemgetter(0)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The values of one fact, each with the first day on which it holds, in the order of those days.

    The first one holds since ever (``date.min``); each holds until the next begins. None is "not known".
    """

    values: tuple[tuple[date, FactValue], ...]

    @classmethod
    def always(cls, value: FactValue) -> Timeline:
        """Return a fact that never changed."""
        return cls(((date.min, value),))

    def on(self, day: date) -> FactValue:
        """Return the value of a day."""
        return self.values[self._at(day)][1]

    @property
    def newest(self) -> FactValue:
        """The value that holds from the last change on."""
        return self.values[-1][1]

    @property
    def changes(self) -> Sequence[date]:
        """The days on which the value changed, in order."""
        return tuple(since for since, _ in self.values[1:])

    def period(self, day: date) -> Period:
        """Return the days around a day for which one value holds."""
        at = self._at(day)
        end = self.values[at + 1][0] - _DAY if at + 1 < len(self.values) else date.max
        return Period(self.values[at][0], end)

    def changed(self, day: date, value: FactValue) -> Timeline:
        """Return the fact with another value from a day on, until the next change that is known.

        A second change of the same day takes the place of the first. What is the same as before it is no change.
        """
        kept = [each for each in self.values if each[0] != day]
        return _without_repeats(sorted([*kept, (day, value)], key=_SINCE))

    def corrected(self, day: date, value: FactValue) -> Timeline:
        """Return the fact with another value for all the days around a day for which one value holds.

        What is the same as before it or after it then is no change any more.
        """
        at = self._at(day)
        return _without_repeats([*self.values[:at], (self.values[at][0], value), *self.values[at + 1 :]])

    def moved(self, day: date, to: date) -> Timeline:
        """Return the fact with the change that began the value of a day moved to another day.

        Raises:
            ValueError: The value holds since ever, or the other day is not between the changes around it.
        """
        at = self._at(day)
        after = self.values[at + 1][0] if at + 1 < len(self.values) else date.max
        if at == 0 or not self.values[at - 1][0] < to < after:
            raise ValueError(f"{to} is not between the changes before and after")
        return Timeline((*self.values[:at], (to, self.values[at][1]), *self.values[at + 1 :]))

    def _at(self, day: date) -> int:
        return bisect_right(self.values, day, key=_SINCE) - 1


def _without_repeats(values: Sequence[tuple[date, FactValue]]) -> Timeline:
    changes = (each for before, each in pairwise(values) if before[1] != each[1])
    return Timeline((values[0], *changes))
