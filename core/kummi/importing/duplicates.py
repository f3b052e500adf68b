"""Households that may be there already, in the file or in the store: flagged for a person to look at, never merged."""

from __future__ import annotations

from collections.abc import Sequence

from kummi.model.household import Household
from kummi.store.database import Connection
from kummi.store.persons import Births, births_of, first_live_cases, older_households_like


class Duplicates:
    """Compares new households with each other and with those in the store.

    Two may be the same when a person's identity number is, or when all dates of birth and the pathway are.
    """

    def __init__(self, connection: Connection, country: str) -> None:
        self._connection, self._country = connection, country
        self._identities: dict[str, int] = {}
        self._births: dict[Births, int] = {}
        self._first: int | None = None
        self.pairs: dict[tuple[int, int], None] = {}

    def meet(self, new: Sequence[tuple[int, Household]]) -> None:
        """Look at new households that have a number and are not written yet."""
        given = dict.fromkeys(each.identity for _, household in new for each in household.members if each.identity)
        asked = [each for each in given if each not in self._identities]
        self._identities.update(first_live_cases(self._connection, asked))
        for number, household in new:
            self._first = number if self._first is None else min(self._first, number)
            for each in household.members:
                if each.identity:
                    self._pair(number, self._identities.setdefault(each.identity, number))
            births = births_of(household.pathway.value, [each.born for each in household.members])
            if births:
                self._pair(number, self._births.setdefault(births, number))

    def meet_store(self) -> None:
        """Compare the births with those of older cases."""
        if self._first is None:
            return
        for number, births in older_households_like(self._connection, self._country, self._first, self._births):
            self._pair(self._births[births], number)

    def _pair(self, new: int, other: int) -> None:
        if new != other:
            self.pairs[new, other] = None
