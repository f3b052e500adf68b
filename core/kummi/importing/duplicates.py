"""Households that may be there already, in the file or in the store: flagged for a person to look at, never merged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice

from sqlalchemy import Column, Connection, Date, Integer, MetaData, String, Table, delete, func, insert, select

from kummi.model.household import Household
from kummi.store.case_rows import load_persons_of
from kummi.store.tables import cases, persons

_SOME = 500

_arrivals = Table(
    "arrivals",
    MetaData(),
    Column("born", Date, primary_key=True),
    Column("size", Integer, primary_key=True),
    Column("pathway", String(30), primary_key=True),
    prefixes=["TEMPORARY"],
)
"""The eldest's date of birth, the size and the pathway of new households, while they are compared with older ones."""

Births = tuple[str, tuple[date, ...]]
"""A household's pathway and all its dates of birth, sorted."""


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
        self._recall_identities(each.identity for _, household in new for each in household.members if each.identity)
        for number, household in new:
            self._first = number if self._first is None else min(self._first, number)
            for each in household.members:
                if each.identity:
                    self._pair(number, self._identities.setdefault(each.identity, number))
            births = _births_of(household.pathway.value, [each.born for each in household.members])
            if births:
                self._pair(number, self._births.setdefault(births, number))

    def meet_store(self) -> None:
        """Compare the births with those of older cases, all at once: there is no index to ask about one."""
        if self._first is None or not self._has_older():
            return
        with_arrivals = self._connection
        _arrivals.create(with_arrivals)
        try:
            keys = {(births[0], len(births), pathway) for pathway, births in self._births}
            while some := list(islice(keys, _SOME * 10)):
                with_arrivals.execute(
                    insert(_arrivals), [{"born": born, "size": size, "pathway": way} for born, size, way in some]
                )
                self._compare_births()
                with_arrivals.execute(delete(_arrivals))
                keys.difference_update(some)
        finally:
            _arrivals.drop(with_arrivals)

    def _has_older(self) -> bool:
        return self._connection.execute(select(cases.c.id).where(cases.c.id < self._first).limit(1)).first() is not None

    def _compare_births(self) -> None:
        query = (
            select(cases.c.id, cases.c.pathway)
            .distinct()
            .join(persons, persons.c.case_id == cases.c.id)
            .join(
                _arrivals,
                (_arrivals.c.born == persons.c.born)
                & (_arrivals.c.size == cases.c.size)
                & (_arrivals.c.pathway == cases.c.pathway),
            )
            .where(cases.c.id < self._first, cases.c.country == self._country, cases.c.rehearsal.is_(False))
        )
        pathways = {row.id: row.pathway for row in self._connection.execute(query)}
        numbers = list(pathways)
        for start in range(0, len(numbers), _SOME):
            for number, people in load_persons_of(self._connection, numbers[start : start + _SOME]).items():
                births = _births_of(pathways[number], [each.born for each in people])
                if births in self._births:
                    self._pair(self._births[births], number)

    def _recall_identities(self, given: Iterable[str]) -> None:
        asked = [each for each in dict.fromkeys(given) if each not in self._identities]
        for start in range(0, len(asked), _SOME):
            query = (
                select(persons.c.identity, func.min(persons.c.case_id))
                .join(cases, cases.c.id == persons.c.case_id)
                .where(persons.c.identity.in_(asked[start : start + _SOME]), cases.c.rehearsal.is_(False))
                .group_by(persons.c.identity)
            )
            self._identities.update((identity, number) for identity, number in self._connection.execute(query))

    def _pair(self, new: int, other: int) -> None:
        if new != other:
            self.pairs[new, other] = None


def _births_of(pathway: str, born: Sequence[date | None]) -> Births | None:
    """Return what to compare; None where somebody's date of birth is not known."""
    known = [day for day in born if day]
    return (pathway, tuple(sorted(known))) if len(known) == len(born) else None
