"""Rows of a report, read a batch at a time while they are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Dialect, Select, String, cast, null, type_coerce
from sqlalchemy.types import NullType

from kummi.model.period import Period
from kummi.model.report import ReportFormat
from kummi.rules.sql_dates import age_in_years
from kummi.store.database import Connection
from kummi.store.persons import PERSON
from kummi.store.queries.report_query import ReportQuery
from kummi.store.tables import cases

BATCH = 2000
"""How many rows are fetched at a time."""

Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class ReportRows:
    """The rows of a statement, read anew whenever they are iterated over, with a conversion for some columns.

    A column at a time and each distinct value once: a report has many rows of few values.
    """

    connection: Connection
    statement: Select[Any]
    conversions: Sequence[Sequence[Convert]]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        converted = [(index, _Converted(steps).__getitem__) for index, steps in enumerate(self.conversions) if steps]
        with self.connection.execute(self.statement.execution_options(yield_per=BATCH)) as result:
            for rows in result.partitions():
                columns: list[Any] = list(zip(*rows, strict=True))
                for index, convert in converted:
                    columns[index] = map(convert, columns[index])
                yield from zip(*columns, strict=True)


class _Converted(dict[Any, Any]):
    """The values of a column by what the database gives; what is not known stays so."""

    def __init__(self, steps: Sequence[Convert]) -> None:
        super().__init__({None: None})
        self._steps = steps

    def __missing__(self, raw: Any) -> Any:
        value = raw
        for step in self._steps:
            value = step(value)
        self[raw] = value
        return value


def _unread(column: ColumnElement[Any], dialect: Dialect) -> tuple[ColumnElement[Any], list[Convert]]:
    """Return a column as the driver gives it, and what reads its values into Python's types."""
    if isinstance(column, BindParameter):  # a constant, which would lose the type that it is sent with
        return column, []
    read = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return type_coerce(column, NullType()), [] if read is None else [read]


def read_rows(
    connection: Connection,
    query: ReportQuery,
    form: ReportFormat,
    period: Period,
    columns: Sequence[tuple[str | None, Convert | None]],
) -> ReportRows:
    """Return the rows of persons or households whose ``dated`` day lies in a period.

    They come in the order of their case and their number in the household.

    Args:
        connection: The transaction in which they are iterated over.
        query: The cases.
        form: The format, which says whose rows they are.
        period: The period.
        columns: What each column holds, by its name (None leaves it empty), and what its known values are shown as.
    """
    persons = form.rows == "persons"
    cells, conversions = [], []
    for index, (name, show) in enumerate(columns):
        cell, read = _unread(_expression(name, form, query), connection.dialect)
        cells.append(cell.label(f"cell_{index}"))
        conversions.append(read if show is None else [*read, show])
    day = query.day(form.dated, person=persons)
    rows = query.select(*cells, persons=persons).where(query.meets(form.where), day.between(period.start, period.end))
    if persons:
        rows = rows.where(query.meets(form.who, person=True)).order_by(cases.c.id, PERSON.c.number)
    else:
        rows = rows.order_by(cases.c.id)
    return ReportRows(connection, rows, conversions)


def _expression(name: str | None, form: ReportFormat, query: ReportQuery) -> ColumnElement[Any]:
    match name:
        case None:
            return null()
        case "ref":
            return cases.c.country + "-" + cast(cases.c.id, String)
        case "number":
            return PERSON.c.number
        case "stage":
            return cases.c.stage
        case "age":
            return age_in_years(query.fact("born"), query.fact(form.dated))
        case _:
            return query.fact(name)


def read_households(
    connection: Connection, query: ReportQuery, form: ReportFormat, period: Period
) -> Iterator[Sequence[Mapping[Any, Any]]]:
    """Yield every household whose ``dated`` day lies in a period, a row for each of its persons.

    A row has every fact by its name, and ``id``, ``country``, ``number``, and ``reported_person``: whether the format
    is about that person.
    """
    facts = [query.fact(name).label(name) for name in query.facts]
    reported = query.meets(form.who, person=True).label("reported_person")
    day = query.day(form.dated, person=True)
    rows = query.select(cases.c.id, cases.c.country, PERSON.c.number, reported, *facts, persons=True)
    rows = rows.where(query.meets(form.where), day.between(period.start, period.end))
    rows = rows.order_by(cases.c.id, PERSON.c.number).execution_options(yield_per=BATCH)
    with connection.execute(rows) as result:
        for _, household in groupby(result.mappings(), lambda row: row["id"]):
            yield list(household)
