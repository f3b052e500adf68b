"""Rows of persons and households, read from the store while they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, cast, null, select

from kummi.model.period import Period
from kummi.model.report import ReportFormat
from kummi.model.report_table import Row
from kummi.reporting.ages import age_in_years
from kummi.reporting.column_types import shown
from kummi.reporting.report_query import CASES_WITH_PERSONS, ReportQuery
from kummi.reporting.report_translator import ReportTranslator, Say
from kummi.store.tables import cases, persons

BATCH = 2000
"""How many rows are fetched at a time."""


@dataclass(frozen=True)
class PersonRows:
    """The rows of a statement, read anew, a batch at a time, whenever they are iterated over."""

    connection: Connection
    statement: Select[Any]
    says: Sequence[Say | None]

    def __iter__(self) -> Iterator[Row]:
        said = [(index, say) for index, say in enumerate(self.says) if say is not None]
        with self.connection.execute(self.statement.execution_options(yield_per=BATCH)) as result:
            for row in chain.from_iterable(result.partitions()):
                cells = list(row)
                for index, say in said:
                    if cells[index] is not None:
                        cells[index] = say(cells[index])
                yield tuple(cells)


def person_rows(
    connection: Connection, form: ReportFormat, scope: ReportQuery, translator: ReportTranslator, period: Period
) -> PersonRows:
    """Return the rows of persons or households whose ``dated`` day lies in the period.

    They come in the order of their case and their number in the household.
    """
    names = [shown(column) for column in form.columns]
    cells = [_expression(name, form, scope).label(f"cell_{index}") for index, name in enumerate(names)]
    day = scope.day(form.dated, person=form.rows == "persons")
    rows = select(*cells).where(scope.is_live, scope.meets(form.where), day.between(period.start, period.end))
    if form.rows == "persons":
        rows = rows.select_from(CASES_WITH_PERSONS).where(scope.meets(form.who, person=True))
        rows = rows.order_by(cases.c.id, persons.c.number)
    else:
        rows = rows.select_from(cases).order_by(cases.c.id)
    return PersonRows(connection, rows, [_say(name, scope, translator) for name in names])


def _expression(name: str | None, form: ReportFormat, scope: ReportQuery) -> ColumnElement[Any]:
    match name:
        case None:
            return null()
        case "ref":
            return cases.c.country + "-" + cast(cases.c.id, String)
        case "number":
            return persons.c.number
        case "stage":
            return cases.c.stage
        case "age":
            return age_in_years(scope.fact("born"), scope.fact(form.dated))
        case _:
            return scope.fact(name)


def _say(name: str | None, scope: ReportQuery, translator: ReportTranslator) -> Say | None:
    if name == "stage":
        return translator.stage
    return translator.of_fact(scope.facts[name]) if name in scope.facts else None
