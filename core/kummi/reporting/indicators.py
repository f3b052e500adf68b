"""Indicators: figures counted over all cases of a programme in one statement each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, case, func, literal, null, select, union_all

from kummi.model.period import Period
from kummi.model.report import AgeBand, Breakdown, Indicator
from kummi.model.vocabulary import Gender
from kummi.reporting.ages import age_in_years
from kummi.reporting.report_query import CASES_WITH_PERSONS, ReportQuery
from kummi.store.tables import cases, persons

OTHER_AGE = "(other)"
"""The group of those whose age is known and lies in no band."""

Group = tuple[str | None, ...]
"""A value for each breakdown; None is "not known"."""


@dataclass(frozen=True)
class Counted:
    """The figure of one indicator: how many are in each combination of ``by`` that someone is in."""

    by: tuple[Breakdown, ...]
    groups: Mapping[Group, int]

    @property
    def total(self) -> int:
        """How many there are in all."""
        return sum(self.groups.values())

    def along(self, breakdown: Breakdown) -> Mapping[str | None, int]:
        """Return how many there are in each group of one breakdown, whatever the others."""
        position, found = self.by.index(breakdown), Counter[str | None]()
        for group, count in self.groups.items():
            found[group[position]] += count
        return found


def count(connection: Connection, scope: ReportQuery, indicator: Indicator, period: Period) -> Counted:
    """Count an indicator over a period.

    Everyone counts once, on the first day that meets the indicator, and so in one period only: persons with an
    identity number by that number, others by their place in a household. Rehearsals never count.
    """
    statement = _statement(scope, indicator, period)
    width = len(indicator.by)
    rows = connection.execute(statement)
    return Counted(indicator.by, {tuple(row[:width]): int(row[width]) for row in rows if row[width]})


def _statement(scope: ReportQuery, indicator: Indicator, period: Period) -> Select[Any]:
    """Every row of the period counts one, and those that come again are taken off.

    Only identity numbers that are stored twice are looked at for the second part, so that it costs next to nothing.
    """
    day = scope.day(indicator.dated, person=indicator.counts == "persons")
    groups = [_group(each, day, indicator.age_bands).label(each) for each in indicator.by]
    rows = select(*groups, literal(1).label("counted")).select_from(_source(indicator))
    rows = rows.where(*_conditions(scope, indicator), day.between(period.start, period.end))
    if indicator.counts == "persons":
        again = _again(scope, indicator, day, groups, period)
        counted = union_all(rows, again).subquery("counted")
    else:
        counted = rows.subquery("counted")
    by = [counted.c[each] for each in indicator.by]
    return select(*by, func.sum(counted.c.counted)).group_by(*by)


def _source(indicator: Indicator) -> FromClause:
    return cases if indicator.counts == "households" else CASES_WITH_PERSONS


def _conditions(scope: ReportQuery, indicator: Indicator) -> tuple[ColumnElement[bool], ...]:
    return scope.is_live, scope.meets(indicator.where), scope.meets(indicator.who, person=True)


def _again(
    scope: ReportQuery,
    indicator: Indicator,
    day: ColumnElement[date],
    groups: Sequence[ColumnElement[Any]],
    period: Period,
) -> Select[Any]:
    """Select, as minus one each, the rows of the period whose person was counted on an earlier row."""
    repeated = (
        select(persons.c.identity)
        .where(persons.c.identity.is_not(None))
        .group_by(persons.c.identity)
        .having(func.count() > 1)
        .cte("repeated")
    )
    turn = func.row_number().over(partition_by=persons.c.identity, order_by=(day, persons.c.case_id, persons.c.number))
    ranked = (
        select(*groups, day.label("day"), turn.label("turn"))
        .select_from(repeated.join(persons, persons.c.identity == repeated.c.identity))
        .join(cases, cases.c.id == persons.c.case_id)
        .where(*_conditions(scope, indicator), day <= period.end)
        .subquery("ranked")
    )
    by = [ranked.c[each] for each in indicator.by]
    return select(*by, literal(-1)).where(ranked.c.turn > 1, ranked.c.day >= period.start)


def _group(breakdown: Breakdown, day: ColumnElement[Any], bands: Sequence[AgeBand]) -> ColumnElement[Any]:
    match breakdown:
        case Breakdown.GENDER:
            return func.nullif(persons.c.gender, Gender.UNKNOWN.value)
        case Breakdown.AGE:
            return _band(age_in_years(persons.c.born, day), bands)
        case Breakdown.PATHWAY:
            return cases.c.pathway
        case Breakdown.MUNICIPALITY:
            return cases.c.municipality
        case Breakdown.OUTCOME:
            return cases.c.outcome


def _band(age: ColumnElement[int], bands: Sequence[AgeBand]) -> ColumnElement[Any]:
    """Return the id of the first band that holds the age; NULL where the age is not known."""
    choices = [(_within(age, band), literal(band.id)) for band in bands]
    return case((persons.c.born.is_(None), null()), *choices, else_=literal(OTHER_AGE))


def _within(age: ColumnElement[int], band: AgeBand) -> ColumnElement[bool]:
    if band.from_ is not None and band.to is not None:
        return age.between(band.from_, band.to)
    if band.from_ is not None:
        return age >= band.from_
    return age <= band.to if band.to is not None else age.is_not(None)
