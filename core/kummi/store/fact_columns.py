"""Where each fact of a case stands in the tables, for rules that are asked of all cases at once.

What is not known yet on the business date is NULL here, as ``kummi.model.case.facts_of`` leaves it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    String,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
)

from kummi.model.facts import (
    COUNTS,
    FACT_COLUMNS,
    FIELD,
    HOUSEHOLD_FACTS,
    MOVED,
    MUNICIPALITY,
    PERSON_COLUMNS,
    REACHED,
    FactType,
)
from kummi.model.programme import CaseField
from kummi.model.vocabulary import Gender
from kummi.model.workflow import Task
from kummi.rules.compile_sql import Columns
from kummi.rules.inspect import PERSON_FACTS
from kummi.rules.sql_dates import json_date, json_items, later
from kummi.store import tables
from kummi.store.persons import members_of


def case_columns(
    on: date,
    fields: Iterable[CaseField] = (),
    cases: FromClause = tables.cases,
    *,
    tasks: Iterable[Task] = (),
    newest: bool = False,
) -> CaseColumns:
    """Return the columns of a case's facts on a business date.

    Args:
        on: The business date; tasks and phases of later days are not known.
        fields: The programme's own fields, whose types say how they are read.
        cases: The table of cases, or an alias of it.
        tasks: Those of which core's own rules ask until when they are good, as ``until.<task>``.
        newest: Whether no case changes after that day, as ``none_changes_after`` says; then no day is looked up.
    """
    by_id = {task.id: task for task in tasks}
    return CaseColumns(on, {field.id: field.type for field in fields}, cases, tasks=by_id, newest=newest)


@dataclass(frozen=True)
class CaseColumns:
    """The columns of one row of ``cases``, and of one of its persons inside ``members``."""

    on: date
    field_types: Mapping[str, FactType]
    cases: FromClause
    person: FromClause | None = None
    tasks: Mapping[str, Task] = field(default_factory=dict)
    newest: bool = False
    shows_later_days: bool = False
    """Whether days after the business date stay: for who compares them with an earlier day anyway, and faster."""

    def fact(self, name: str) -> ColumnElement[Any] | None:
        """Return the expression of a fact; None for a fact that is never known here."""
        if name in PERSON_FACTS:
            return self._of_person(name)
        kind, _, rest = name.partition(".")
        found: ColumnElement[Any] | None
        match kind:
            case "fields":
                found = self._field(rest)
            case "tasks":
                found = self._known_by_now(self._recorded(rest))
            case "until":
                found = self._good_until(self.tasks[rest]) if rest in self.tasks else None
            case "held":
                found = self.cases.c.held_since
            case "clearance":
                found = self.cases.c.clearance_until
            case _ if name.startswith(REACHED):
                column = self.cases.c.get(tables.reached_column(rest))
                found = None if column is None else self._known_by_now(column)
            case "closed":
                found = self._known_by_now(self.cases.c.closed_on)
            case "outcome":
                found = case((self.cases.c.closed_on <= self.on, self.cases.c.outcome))
            case _:
                found = self._of_case(name)
        return found

    def _of_case(self, name: str) -> ColumnElement[Any] | None:
        """Return a fact that has a column. That holds the newest value: what can change is looked up by its day."""
        if name == MOVED:
            return self._last_move()
        if name not in FACT_COLUMNS:
            return None
        column: ColumnElement[Any] = self.cases.c[FACT_COLUMNS[name]]
        if self.newest:
            return column
        if name in COUNTS:
            return case((self._is_newest, column), else_=self._counted(name))
        fact = HOUSEHOLD_FACTS.get(name)
        return self._by_day(name, fact.type, column) if fact and fact.entered else column

    def _by_day(self, name: str, kind: FactType, newest: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return the value of the business date: the newest, unless the case changed after that day."""
        if self.newest:
            return newest
        changes: Any = self.cases.c.timelines[name]
        value = json_items(changes).table_valued(column("value", tables.Json))
        since: ColumnElement[str] = value.c.value[0].as_string()
        of_the_day = (
            select(_json_value(value.c.value[1], kind))
            .where(since <= literal(self.on.isoformat(), String))
            .order_by(since.desc())
            .limit(1)
            .scalar_subquery()
        )
        return case((self._is_newest, newest), (changes.as_string().is_(None), newest), else_=of_the_day)

    def _last_move(self) -> ColumnElement[date]:
        """Return the last day until the business date on which the municipality changed from a known one to another."""
        value = json_items(self.cases.c.timelines[MUNICIPALITY]).table_valued(column("value", tables.Json))
        since, place = value.c.value[0].as_string(), value.c.value[1].as_string()
        before = func.lag(place).over(order_by=since)
        changes = select(since.label("since"), place.label("place"), before.label("before")).subquery()
        moves = select(func.max(changes.c.since)).where(
            changes.c.place.is_not(None),
            changes.c.before.is_not(None),
            changes.c.since <= literal(self.on.isoformat(), String),
        )
        return json_date(moves.scalar_subquery())

    @property
    def _is_newest(self) -> ColumnElement[bool]:
        """Whether nothing of the case changes after the business date, so that its columns hold what is asked."""
        return or_(self.cases.c.changed_on.is_(None), self.cases.c.changed_on <= literal(self.on, Date))

    def _counted(self, name: str) -> ColumnElement[int]:
        """Count the members of the business date: all, the adults or the children."""
        person, of_the_case = members_of(self.cases.c.id, self.on)
        counted = select(func.count()).select_from(person).where(of_the_case)
        if role := COUNTS[name]:
            counted = counted.where(person.c.role == role.value)
        return counted.correlate_except(person).scalar_subquery()

    def members(self) -> tuple[FromClause, ColumnElement[bool], Columns]:
        """Return the persons of the case, the condition that ties them to it, and one person's columns."""
        person, of_the_case = members_of(self.cases.c.id, self.on)
        return person, of_the_case, replace(self, person=person)

    def _of_person(self, name: str) -> ColumnElement[Any] | None:
        if self.person is None:
            return None
        column = self.person.c[PERSON_COLUMNS[name]]
        return func.nullif(column, str(Gender.UNKNOWN), type_=column.type) if name == "gender" else column

    def _recorded(self, task: str) -> ColumnElement[date]:
        return json_date(self.cases.c.tasks[(task, "on")].as_string())

    def _good_until(self, task: Task) -> ColumnElement[date]:
        """Say as ``kummi.lifecycle.tasks.ends_of`` does until when what a task showed is good."""
        day = self._recorded(task.id)
        ends: list[ColumnElement[date]] = [json_date(self.cases.c.tasks[(task.id, "until")].as_string())]
        if task.valid_for:
            ends.append(later(day, task.valid_for))
        return case((day.is_not(None), func.coalesce(*ends, literal(date.max, Date))))

    def _known_by_now(self, day: ColumnElement[date]) -> ColumnElement[date]:
        return day if self.shows_later_days else case((day <= literal(self.on, Date), day))

    def _field(self, name: str) -> ColumnElement[Any] | None:
        if name not in self.field_types:
            return None
        kind = self.field_types[name]
        return self._by_day(FIELD + name, kind, _json_value(self.cases.c.fields[name], kind))


def _json_value(value: Any, kind: FactType) -> ColumnElement[Any]:
    """Return a value inside a JSON column as its fact is typed."""
    found: ColumnElement[Any]
    match kind:
        case FactType.DATE:
            found = json_date(value.as_string())
        case FactType.YES_NO:
            found = value.as_boolean()
        case FactType.NUMBER:
            found = cast(value.as_string(), BigInteger)
        case _:
            found = value.as_string()
    return found
