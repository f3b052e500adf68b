"""How many an indicator counts, over all cases of a programme in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, null, select, union_all

from kummi.model.period import Period
from kummi.model.report import AgeBand, Breakdown, Indicator
from kummi.model.vocabulary import Gender
from kummi.rules.sql_dates import age_in_years
from kummi.store.database import Connection
from kummi.store.persons import PERSON, repeated_identities
from kummi.store.queries.report_query import ReportQuery
from kummi.store.tables import cases

OTHER_AGE = "(other)"
"""The group of those whose age is known and lies in no band."""

Group = tuple[str | None, ...]
"""A value for each breakdown; None is "not known"."""


def count_groups(connection: Connection, query: ReportQuery, indicator: Indicator, period: Period) -> dict[Group, int]:
    """Return how many an indicator counts over a period in each combination of breakdowns that someone is in.

    Everyone counts once, on the first day that meets the indicator, and so in one period only: persons with an
    identity number by that number, others by their place in a household.
    """
    statement, width = _statement(query, indicator, period), len(indicator.by)
    return {tuple(row[:width]): int(row[width]) for row in connection.execute(statement) if row[width]}


def _statement(query: ReportQuery, indicator: Indicator, period: Period) -> Select[Any]:
    """Every row of the period counts one, and those that come again are taken off.

    Only identity numbers that are stored twice are looked at for the second part, so that it costs next to nothing.
    """
    day = query.day(indicator.dated, person=indicator.counts == "persons")
    groups = [_group(each, day, indicator.age_bands).label(each) for each in indicator.by]
    rows = _meeting(query, indicator, *groups, literal(1).label("counted"))
    rows = rows.where(day.between(period.start, period.end))
    if indicator.counts == "persons":
        again = _again(query, indicator, day, groups, period)
        counted = union_all(rows, again).subquery("counted")
    else:
        counted = rows.subquery("counted")
    by = [counted.c[each] for each in indicator.by]
    return select(*by, func.sum(counted.c.counted)).group_by(*by)


def _meeting(query: ReportQuery, indicator: Indicator, *columns: ColumnElement[Any]) -> Select[Any]:
    rows = query.select(*columns, persons=indicator.counts == "persons")
    return rows.where(query.meets(indicator.where), query.meets(indicator.who, person=True))


def _again(
    query: ReportQuery,
    indicator: Indicator,
    day: ColumnElement[date],
    groups: Sequence[ColumnElement[Any]],
    period: Period,
) -> Select[Any]:
    """Select, as minus one each, the rows of the period whose person was counted on an earlier row."""
    repeated = repeated_identities()
    turn = func.row_number().over(partition_by=PERSON.c.identity, order_by=(day, cases.c.id, PERSON.c.number))
    ranked = (
        _meeting(query, indicator, *groups, day.label("day"), turn.label("turn"))
        .join(repeated, repeated.c.identity == PERSON.c.identity)
        .where(day <= period.end)
        .subquery("ranked")
    )
    by = [ranked.c[each] for each in indicator.by]
    return select(*by, literal(-1)).where(ranked.c.turn > 1, ranked.c.day >= period.start)


def _group(breakdown: Breakdown, day: ColumnElement[Any], bands: Sequence[AgeBand]) -> ColumnElement[Any]:
    match breakdown:
        case Breakdown.GENDER:
            return func.nullif(PERSON.c.gender, Gender.UNKNOWN.value)
        case Breakdown.AGE:
            return _band(age_in_years(PERSON.c.born, day), bands)
        case Breakdown.PATHWAY:
            return cases.c.pathway
        case Breakdown.MUNICIPALITY:
            return cases.c.municipality
        case Breakdown.OUTCOME:
            return cases.c.outcome


def _band(age: ColumnElement[int], bands: Sequence[AgeBand]) -> ColumnElement[Any]:
    """Return the id of the first band that holds the age; NULL where the age is not known."""
    choices = [(_within(age, band), literal(band.id)) for band in bands]
    return case((PERSON.c.born.is_(None), null()), *choices, else_=literal(OTHER_AGE))


def _within(age: ColumnElement[int], band: AgeBand) -> ColumnElement[bool]:
    if band.from_ is not None and band.to is not None:
        return age.between(band.from_, band.to)
    if band.from_ is not None:
        return age >= band.from_
    return age <= band.to if band.to is not None else age.is_not(None)
