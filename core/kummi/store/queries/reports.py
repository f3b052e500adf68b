"""The data of reports: the live cases of one programme with their facts, rows read a batch at a time, and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Dialect,
    Integer,
    Select,
    String,
    case,
    cast,
    extract,
    func,
    literal,
    null,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.types import NullType

from kummi.errors import NotFoundError
from kummi.message import Message
from kummi.model.criterion import Criterion
from kummi.model.dates import Period
from kummi.model.facts import MUNICIPALITY, Fact, FactType
from kummi.model.programme import ProgrammeEntry
from kummi.model.report import AgeBand, Breakdown, Indicator, ReportFormat
from kummi.model.vocabulary import Gender
from kummi.rules.compile_sql import condition
from kummi.rules.inspect import PERSON_FACTS, known_facts
from kummi.rules.sql_dates import age_in_years
from kummi.store.cases import cases_in_scope, is_counted
from kummi.store.database import Connection
from kummi.store.fact_columns import CaseColumns, case_columns
from kummi.store.persons import (
    PERSON,
    counted_from,
    is_counted_on,
    is_in_several_cases,
    repeated_identities,
    somebody_may_count,
    with_persons,
)
from kummi.store.tables import cases


@dataclass(frozen=True)
class ReportQuery:
    """The live cases of a programme as they are known on a day."""

    entry: ProgrammeEntry
    on: date
    newest: bool = False
    """Whether no case changes after that day."""

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Every fact that a report may ask, by name."""
        return known_facts(self.entry.programme, (task.id for task in self.entry.tasks))

    def select(self, *columns: Any, persons: bool = False) -> Select[Any]:
        """Begin a query of the cases, with a row for each of their persons where that is asked for."""
        query = cases_in_scope(*columns).where(cases.c.programme == self.entry.id, is_counted())
        return with_persons(query) if persons else query

    def fact(self, name: str) -> ColumnElement[Any]:
        """Return the expression of a fact of the case or of a person. Raises NotFoundError."""
        if name not in self.facts:
            raise NotFoundError(Message("fact"), name, self.facts)
        return self._fact(name)

    def day(self, name: str, *, person: bool = False) -> ColumnElement[date]:
        """Return the expression of a date fact that tells when something counts, for a period that ends by ``on``.

        Raises NotFoundError for another fact, and for a fact of one person where the question is about households.
        """
        dates = [
            each.name
            for each in self.facts.values()
            if each.type is FactType.DATE and (person or each.about != "person")
        ]
        if name not in dates:
            raise NotFoundError(Message("date to report by"), name, dates)
        return self._fact(name, shows_later_days=True)

    def _fact(self, name: str, *, shows_later_days: bool = False) -> ColumnElement[Any]:
        if name == "on":
            return literal(self.on, Date)
        columns = self._of_person if name in PERSON_FACTS else self._of_case
        found = replace(columns, shows_later_days=shows_later_days).fact(name)
        return null() if found is None else found

    def may_count(self, name: str, period: Period) -> ColumnElement[bool]:
        """Return what is true of every case of which somebody counts in a period, asked before its persons are read."""
        day = self.day(name, person=True)
        return true() if name in PERSON_FACTS else somebody_may_count(day, period.start, period.end)

    def day_of_person(self, name: str) -> ColumnElement[date]:
        """Return ``day`` for one person: who came later counts from the day of joining. Raises as ``day`` does."""
        day = self.day(name, person=True)
        return day if name in PERSON_FACTS else counted_from(day)

    def meets(self, criterion: Criterion | None, *, person: bool = False) -> ColumnElement[bool]:
        """Return the condition that a case, or one of its persons, meets a criterion; none is met by all."""
        if criterion is None:
            return true()
        return condition(criterion, self.on, self.entry.places, self._of_person if person else self._of_case)

    @cached_property
    def _of_case(self) -> CaseColumns:
        return case_columns(self.on, self.entry.programme.fields, newest=self.newest)

    @cached_property
    def _of_person(self) -> CaseColumns:
        return replace(self._of_case, person=PERSON)


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
        for columns in self.batches():
            yield from zip(*columns, strict=True)

    def batches(self) -> Iterator[list[Iterable[Any]]]:
        """Yield the rows some thousand at a time, as the cells of each column."""
        converted = [(index, _Converted(steps).__getitem__) for index, steps in enumerate(self.conversions) if steps]
        with self.connection.execute(self.statement.execution_options(yield_per=BATCH)) as result:
            for rows in result.partitions():
                columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
                for index, convert in converted:
                    columns[index] = map(convert, columns[index])
                yield columns


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
    day = query.day_of_person(form.dated) if persons else query.day(form.dated)
    rows = query.select(*cells, persons=persons).where(query.meets(form.where), day.between(period.start, period.end))
    if persons:
        rows = rows.where(query.may_count(form.dated, period), query.meets(form.who, person=True), is_counted_on(day))
        rows = rows.order_by(cases.c.id, PERSON.c.number)
    else:
        rows = rows.order_by(cases.c.id)
    return ReportRows(connection, rows, conversions)


def _expression(name: str | None, form: ReportFormat, query: ReportQuery) -> ColumnElement[Any]:
    match name:
        case None:
            return null()
        case "ref":
            return cases.c.country + "-" + cast(cases.c.id, String)
        case "number" | "stage":
            return PERSON.c.number if name == "number" else cases.c.stage
        case "age":
            return age_in_years(query.fact("born"), query.fact(form.dated))
        case "birth_year":
            return cast(extract("year", query.fact("born")), Integer)
        case _:
            return query.fact(name)


def read_households(
    connection: Connection, query: ReportQuery, form: ReportFormat, period: Period
) -> Iterator[Sequence[Mapping[Any, Any]]]:
    """Yield every household whose ``dated`` day lies in a period, a row for each of its persons.

    A row has every fact by its name, and ``id``, ``country``, ``timelines`` as they are stored, ``number``, ``left``
    and ``entered`` of the person, and ``reported_person``: whether the format is about that person.
    """
    facts = [query.fact(name).label(name) for name in query.facts]
    reported = query.meets(form.who, person=True).label("reported_person")
    day = query.day(form.dated, person=True)
    days = (PERSON.c.left_on.label("left"), PERSON.c.entered_on.label("entered"))
    own = (cases.c.id, cases.c.country, cases.c.timelines, PERSON.c.number, *days, reported)
    rows = query.select(*own, *facts, persons=True)
    rows = rows.where(query.meets(form.where), day.between(period.start, period.end))
    rows = rows.order_by(cases.c.id, PERSON.c.number).execution_options(yield_per=BATCH)
    with connection.execute(rows) as result:
        for _, household in groupby(result.mappings(), lambda row: row["id"]):
            yield list(household)


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

    For that only identity numbers that are stored twice are looked at, and who came from another case or left for one,
    so that it costs next to nothing.
    """
    day = query.day_of_person(indicator.dated) if indicator.counts == "persons" else query.day(indicator.dated)
    groups = [_group(each, query, day, indicator.age_bands).label(each) for each in indicator.by]
    rows = _meeting(query, indicator, day, *groups, literal(1).label("counted"))
    rows = rows.where(day.between(period.start, period.end))
    if indicator.counts == "persons":
        rows = rows.where(query.may_count(indicator.dated, period))
        counted = union_all(rows, *_again(query, indicator, day, groups, period)).subquery("counted")
    else:
        counted = rows.subquery("counted")
    by = [counted.c[each] for each in indicator.by]
    return select(*by, func.sum(counted.c.counted)).group_by(*by)


def _meeting(
    query: ReportQuery, indicator: Indicator, day: ColumnElement[date], *columns: ColumnElement[Any]
) -> Select[Any]:
    persons = indicator.counts == "persons"
    rows = query.select(*columns, persons=persons)
    rows = rows.where(query.meets(indicator.where), query.meets(indicator.who, person=True))
    return rows.where(is_counted_on(day)) if persons else rows


def _again(
    query: ReportQuery,
    indicator: Indicator,
    day: ColumnElement[date],
    groups: Sequence[ColumnElement[Any]],
    period: Period,
) -> Iterator[Select[Any]]:
    """Select, as minus one each, the rows of the period whose person was counted on an earlier row.

    First those with the same identity number, then those without one: a household may have parted, and what counts be
    recorded in both cases.
    """

    def in_turns(who: ColumnElement[Any]) -> Select[Any]:
        turn = func.row_number().over(partition_by=who, order_by=(day, cases.c.id, PERSON.c.number))
        return _meeting(query, indicator, day, *groups, day.label("day"), turn.label("turn"))

    def after_the_first(rows: Select[Any]) -> Select[Any]:
        ranked = rows.where(day <= period.end).subquery()
        by = [ranked.c[each] for each in indicator.by]
        return select(*by, literal(-1)).where(ranked.c.turn > 1, ranked.c.day >= period.start)

    repeated = repeated_identities()
    yield after_the_first(in_turns(PERSON.c.identity).join(repeated, repeated.c.identity == PERSON.c.identity))
    yield after_the_first(in_turns(PERSON.c.person_id).where(is_in_several_cases()))


def _group(
    breakdown: Breakdown, query: ReportQuery, day: ColumnElement[Any], bands: Sequence[AgeBand]
) -> ColumnElement[Any]:
    match breakdown:
        case Breakdown.GENDER:
            return func.nullif(PERSON.c.gender, Gender.UNKNOWN.value)
        case Breakdown.AGE:
            return _band(age_in_years(PERSON.c.born, day), bands)
        case Breakdown.PATHWAY:
            return query.fact("pathway")
        case Breakdown.MUNICIPALITY:
            return query.fact(MUNICIPALITY)
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
