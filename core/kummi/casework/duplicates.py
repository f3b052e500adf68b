"""Households and persons that may have a case already: flagged for a person to look at, never merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kummi.message import Message
from kummi.model.case import case_ref
from kummi.model.household import Household
from kummi.store.database import Connection
from kummi.store.persons import (
    Births,
    births_of,
    cases_split_off,
    first_live_cases,
    live_cases_with_births,
    live_cases_with_identities,
    older_households_like,
)


def named_and_withheld(connection: Connection, found: Mapping[int, str]) -> tuple[tuple[str, ...], tuple[Message, ...]]:
    """Return the numbers of those cases that may be named, and what is said where one may not.

    A household may part after violence, so nothing that is shown to the other side leads to who was split off.
    """
    withheld = cases_split_off(connection, list(found))
    refs = tuple(case_ref(country, number) for number, country in sorted(found.items()) if number not in withheld)
    if not withheld:
        return refs, ()
    said = Message(
        "there is another case with such a person, which is not named here; "
        "ask the lead of your network before you go on"
    )
    return refs, (said,)


def doubts_about_duplicates(connection: Connection, programme: str, household: Household) -> tuple[Message, ...]:
    """Say which cases may be the same household: a member's identity number, or all dates of birth and the pathway.

    Rehearsals are left out; of many, the first five are named.
    """
    numbers = [member.identity for member in household.members if member.identity]
    births = [member.born for member in household.members if member.born]
    found = live_cases_with_identities(connection, numbers, 5) if numbers else {}
    if len(births) == len(household.members):
        found |= live_cases_with_births(connection, programme, household.pathway, births)
    refs, withheld = named_and_withheld(connection, found)
    if not refs:
        return withheld
    named = Message("this may be a household already there: {refs}; look before you go on", refs=refs[:5])
    return (named, *withheld)


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
