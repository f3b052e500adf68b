"""Rows of entitlements: what each person of the reported households is worth to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kummi.funding.entitlement_line import Entitlement
from kummi.funding.entitlements import entitlements
from kummi.model.case import Person
from kummi.model.dates import Period
from kummi.model.facts import Facts, timelines_of
from kummi.model.funding import Scheme
from kummi.model.report import ReportFormat, ReportValue, Row
from kummi.model.vocabulary import Gender, MemberRole
from kummi.reporting.report_translator import ReportTranslator, Say
from kummi.rules.inspect import PERSON_FACTS
from kummi.store.database import Connection
from kummi.store.queries.reports import ReportQuery, read_households


@dataclass(frozen=True)
class EntitlementRows:
    """The rows of a report of entitlements, computed a household at a time whenever they are iterated over."""

    connection: Connection
    form: ReportFormat
    query: ReportQuery
    translator: ReportTranslator
    period: Period

    def __iter__(self) -> Iterator[Row]:
        names = [column.shown for column in self.form.columns]
        says = {name: self.translator.of_fact(fact) for name, fact in self.query.facts.items()}
        for household in self._households():
            for line in self._lines(household):
                words, facts = self._words(household, line), household.about(line.person)
                yield tuple(
                    None if name is None else words[name] if name in words else _said(facts.get(name), says[name])
                    for name in names
                )

    def _households(self) -> Iterator[_Household]:
        names = list(self.query.facts)
        for rows in read_households(self.connection, self.query, self.form, self.period):
            yield _household(rows, names, self.query)

    def _lines(self, household: _Household) -> Iterator[Entitlement]:
        entry = self.query.entry
        lines = entitlements(
            self._schemes,
            household.facts,
            household.persons,
            entry.country.currency,
            self.period,
        )
        return (line for line in lines if line.person in household.reported)

    @property
    def _schemes(self) -> tuple[Scheme, ...]:
        wanted, given = self.form.schemes, self.query.entry.schemes
        return tuple(scheme for scheme in given if not wanted or scheme.id in wanted)

    def _words(self, household: _Household, line: Entitlement) -> dict[str, ReportValue]:
        say = self.translator.say
        return {
            "ref": household.ref,
            "number": line.person,
            "scheme": say(line.scheme.title),
            "payee": say(line.payee_title),
            "from": line.start,
            "to": line.end,
            "amount": line.amount,
            "currency": line.currency,
            "standing": self.translator.term("standing", line.standing),
            "claim_by": line.claim_by,
            "rate": say(line.rate.text) if line.rate else None,
            "gap": self._open_points(line),
        }

    def _open_points(self, line: Entitlement) -> str | None:
        """Say why there is no amount, what it rests on, and which conditions of the payee are not met or not known."""
        say, points = self.translator.say, list[str]()
        if line.gap:
            points.append(say(line.gap.text))
        elif line.amount is None and line.computed:
            points.append(say(line.computed))
        points += [f"{say(each)} ({self.translator.term('standing', 'assumed')})" for each in line.assumed]
        points += [f"{say(need.reason)} ({self.translator.term('result', need.result)})" for need in line.needs]
        return "; ".join(points) or None


@dataclass(frozen=True)
class _Household:
    """The facts of a case and its persons; ``reported`` are the numbers of those whom the report is about."""

    ref: str
    facts: Facts
    persons: tuple[Person, ...]
    reported: frozenset[int]

    def about(self, number: int) -> Facts:
        """Return the facts with those of one person."""
        position = next(index for index, person in enumerate(self.persons) if person.number == number)
        return self.facts.about(self.facts.persons[position])


def _said(value: Any, say: Say | None) -> ReportValue:
    found: ReportValue = value if say is None or value is None else say(value)
    return found


def _household(rows: Sequence[Mapping[Any, Any]], names: Sequence[str], query: ReportQuery) -> _Household:
    values = {name: rows[0][name] for name in names if name not in PERSON_FACTS}
    about = tuple({name: each[name] for name in (*PERSON_FACTS, "left")} for each in rows)
    return _Household(
        ref=f"{rows[0]['country']}-{rows[0]['id']}",
        facts=Facts(query.on, values, about, query.entry.places, timelines=timelines_of(rows[0]["timelines"])),
        persons=tuple(
            Person(
                each["number"],
                MemberRole(each["role"]),
                each["born"],
                Gender(each["gender"] or Gender.UNKNOWN),
                each["joined"],
                each["left"],
                each["entered"],
            )
            for each in rows
        ),
        reported=frozenset(each["number"] for each in rows if each["reported_person"]),
    )
