"""Read and write cases: the one beginning of every query, a case from its row, and its row again.

Each change is written with the event that says why, in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import Enum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Date, Select, Update, bindparam, func, insert, or_, select, update

from kummi.errors import ConflictError, IntegrityError
from kummi.message import Message
from kummi.model.case import Case, TaskRecord
from kummi.model.event import CASE, StreamId
from kummi.model.facts import FIELD, HOUSEHOLD_FACTS, FactType, as_fact, timelines_of
from kummi.model.vocabulary import NOT_COUNTED, OPEN_PHASES, Outcome, Phase
from kummi.store.chain import START, canonical
from kummi.store.database import Connection, Store
from kummi.store.events import EventRecord, append_event, append_events
from kummi.store.tables import cases, reached_column

if TYPE_CHECKING:
    from kummi.model.case_events import CaseOpened


@dataclass(frozen=True)
class CaseIndex:
    """What follows from the state and the workflow, kept beside it for the morning list."""

    clearance_until: date | None = None
    next_due: date | None = None
    next_end: date | None = None


_DATES = tuple(fact.column for fact in HOUSEHOLD_FACTS.values() if fact.type is FactType.DATE)
_DAYS = ("entered_on", "opened_on", "held_since", "closed_on", "changed_on", *_DATES)
"""The columns of dates that are part of the state of a case, but for those of phases."""
REACHED_COLUMNS = tuple(map(reached_column, OPEN_PHASES))
"""The columns of the days on which each open phase was reached first."""
INDEX = tuple(each.name for each in fields(CaseIndex))
"""The columns that follow from the others and the workflow."""
_IMPORTED = ("import_key", "import_salt")
"""The columns that say from which sheet a case came."""
LOADED = tuple(column.name for column in cases.c if column.name not in INDEX + _IMPORTED)
"""The columns of a row that a case is built from, in this order."""
_POSITION = {name: position for position, name in enumerate(LOADED)}
_OTHERS = tuple((fact, _POSITION[fact.column]) for fact in HOUSEHOLD_FACTS.values() if fact.type is not FactType.DATE)


def cases_in_scope(*columns: Any, rehearsal: bool | None = False) -> Select[Any]:
    """Begin a query of cases. Every read of them begins here, so that what limits it is said in one place.

    Args:
        columns: What to select; of other tables too, which the caller joins.
        rehearsal: False for live cases, True for rehearsals, None for both.
    """
    query = select(*columns).select_from(cases)
    return query if rehearsal is None else query.where(cases.c.rehearsal.is_(rehearsal))


def select_cases(*, rehearsal: bool | None = False) -> Select[Any]:
    """Begin a query whose rows ``fetch_cases`` builds cases from."""
    return cases_in_scope(*(cases.c[name] for name in LOADED), rehearsal=rehearsal)


_SELECT_ONE = select_cases(rehearsal=None).where(cases.c.id == bindparam("id"))


def load_case(store: Store, connection: Connection, case_id: int) -> Case | None:
    """Return the state of one case, or None where there is none of this number. Raises IntegrityError."""
    row = store.prepared(_SELECT_ONE).run(connection, {"id": case_id}).fetchone()
    return None if row is None else case_of(store, row)


def last_case_number(connection: Connection) -> int:
    """Return the highest number of a case; 0 where there is none."""
    found = connection.execute(cases_in_scope(func.max(cases.c.id), rehearsal=None)).scalar()
    return 0 if found is None else int(found)


def is_counted() -> ColumnElement[bool]:
    """Return the condition that a case is in counts: it was not merged with another, nor opened by mistake."""
    return or_(cases.c.outcome.is_(None), cases.c.outcome.not_in([outcome.value for outcome in NOT_COUNTED]))


def none_changes_after(connection: Connection, day: date) -> bool:
    """Whether the columns of every case hold what is known on a day: nobody moves, joins or leaves after it."""
    query = cases_in_scope(cases.c.id, rehearsal=None).where(cases.c.changed_on > day).limit(1)
    return connection.execute(query).first() is None


def count_open_by_stage(connection: Connection) -> list[tuple[str, str, str, int]]:
    """Return how many open cases, rehearsals too, each version of a programme has in each stage, by name."""
    stage = (cases.c.programme, cases.c.workflow, cases.c.stage)
    query = cases_in_scope(*stage, func.count(), rehearsal=None).where(cases.c.phase != Phase.CLOSED.value)
    return sorted((row[0], row[1], row[2], row[3]) for row in connection.execute(query.group_by(*stage)))


def imported_keys(connection: Connection, programme: str, keys: Sequence[str]) -> set[str]:
    """Return those of some import keys that cases of a programme have already."""
    query = cases_in_scope(cases.c.import_key, rehearsal=None).where(cases.c.programme == programme)
    return set(connection.execute(query.where(cases.c.import_key.in_(keys))).scalars())


def fetch_cases(store: Store, connection: Connection, query: Select[Any]) -> list[Case]:
    """Run a query of ``select_cases`` and build its cases. Raises IntegrityError for one that cannot be read."""
    return [case_of(store, row) for row in fetch_raw(store, connection, query)]


def fetch_raw(store: Store, connection: Connection, query: Select[Any]) -> Sequence[Any]:
    """Run a query and return its rows as the driver gives them: nothing is read into Python's types."""
    compiled = query.compile(dialect=store.engine.dialect, compile_kwargs={"literal_binds": True})
    return connection.exec_driver_sql(str(compiled)).all()


def case_of(store: Store, row: Sequence[Any]) -> Case:
    """Build a case from a row of ``select_cases`` as the driver gives it. Raises IntegrityError."""
    try:
        return _case_of(store, row)
    except (ValueError, TypeError, KeyError, AttributeError, AssertionError) as error:
        raise IntegrityError(
            Message(
                "case number {row} cannot be read, something wrote to it that was not Kummi; see what "
                "else is wrong with: kummi audit verify",
                row=row[_POSITION["id"]],
            )
        ) from error


def _case_of(store: Store, row: Sequence[Any]) -> Case:
    read_date, read_json, at = store.dialect.read_date, store.dialect.read_json, _POSITION
    day = {name: None if row[at[name]] is None else read_date(row[at[name]]) for name in _DAYS}
    reached = {
        phase: read_date(row[at[column]])
        for phase, column in zip(OPEN_PHASES, REACHED_COLUMNS, strict=True)
        if row[at[column]] is not None
    }
    told: dict[str, Any] = {fact.column: fact.typed(row[place]) for fact, place in _OTHERS}
    told.update((column, day[column]) for column in _DATES)
    outcome = row[at["outcome"]]
    entered_on, opened_on = day["entered_on"], day["opened_on"]
    assert entered_on is not None
    assert opened_on is not None
    return Case(
        id=row[at["id"]],
        country=row[at["country"]],
        programme=row[at["programme"]],
        workflow=row[at["workflow"]],
        rehearsal=bool(row[at["rehearsal"]]),
        stage=row[at["stage"]],
        phase=Phase(row[at["phase"]]),
        entered_on=entered_on,
        opened_on=opened_on,
        **told,
        held_since=day["held_since"],
        closed_on=day["closed_on"],
        outcome=None if outcome is None else Outcome(outcome),
        languages=tuple(read_json(row[at["languages"]])),
        fields={name: as_fact(value) for name, value in read_json(row[at["fields"]]).items()},
        tasks={name: _task_of(record) for name, record in read_json(row[at["tasks"]]).items()},
        reached=reached,
        changed_on=day["changed_on"],
        timelines=timelines_of(read_json(row[at["timelines"]])) if day["changed_on"] else {},
        seq=row[at["seq"]],
        head=row[at["head"]],
    )


def _task_of(record: Mapping[str, str]) -> TaskRecord:
    until = record.get("until")
    return TaskRecord(date.fromisoformat(record["on"]), date.fromisoformat(until) if until else None)


_JSON = ("languages", "fields", "tasks", "timelines")
_INSERT_CASE = insert(cases)
_WAY_DATES = ("entered_on", "held_since", "closed_on")
_WAY = (
    "stage", "phase", "outcome", "tasks", "seq", "head", *INDEX, *_WAY_DATES, *REACHED_COLUMNS,
)  # fmt: skip


def _update(columns: Iterable[str]) -> Update:
    """Build the change of one case that is still at the event that was seen."""
    same = (cases.c.id == bindparam("the_id"), cases.c.seq == bindparam("seen"))
    return update(cases).where(*same).values({name: bindparam(name) for name in columns})


_UPDATE_WAY = _update(_WAY)
_UPDATE_ALL = _update(column.name for column in cases.c if column.name not in ("id", *_IMPORTED))


def _values_of(store: Store, case: Case, index: CaseIndex) -> dict[str, Any]:
    return _facts_of_row(store, case) | _way_of(store, case, index)


def _facts_of_row(store: Store, case: Case) -> dict[str, Any]:
    """Return the columns that ``opened``, ``restaged`` and events of facts alone write: whose it is, what is known."""
    values: dict[str, Any] = {
        "country": case.country,
        "programme": case.programme,
        "workflow": case.workflow,
        "rehearsal": case.rehearsal,
        "opened_on": _day(store, case.opened_on),
        "languages": _canonical_list(case.languages),
        "fields": canonical(case.fields),
        "changed_on": _day(store, case.changed_on),
        "timelines": canonical({name: line.values for name, line in case.timelines.items()})
        if case.timelines
        else "{}",
    }
    columns = (fact.column for fact in HOUSEHOLD_FACTS.values())
    values.update((column, _stored(store, getattr(case, column))) for column in columns)
    return values


def _stored(store: Store, value: Any) -> Any:
    """Return a fact of the household as its column holds it."""
    if isinstance(value, Enum):
        return value.value
    return store.dialect.write_date(value) if isinstance(value, date) else value


def _way_of(store: Store, case: Case, index: CaseIndex) -> dict[str, Any]:
    """Return the columns that every event may write: where the case is on its way, and its tasks."""
    values: dict[str, Any] = {
        "stage": case.stage,
        "phase": case.phase.value,
        "outcome": case.outcome.value if case.outcome else None,
        "tasks": canonical({name: task_data(record) for name, record in case.tasks.items()}),
        "seq": case.seq,
        "head": case.head,
        **_index_values(store, index),
    }
    values.update((name, _day(store, getattr(case, name))) for name in _WAY_DATES)
    reached = case.reached
    values.update(
        (name, _day(store, reached.get(phase))) for phase, name in zip(OPEN_PHASES, REACHED_COLUMNS, strict=True)
    )
    return values


def _index_values(store: Store, index: CaseIndex) -> dict[str, Any]:
    return {name: _day(store, getattr(index, name)) for name in INDEX}


def _day(store: Store, value: date | None) -> Any:
    return None if value is None else store.dialect.write_date(value)


def wrong_columns(store: Store, row: Mapping[str, Any], case: Case) -> list[str]:
    """Return the columns of a raw row of ``select_cases`` that do not hold what stands in a case."""
    values = _values_of(store, case, CaseIndex())
    return [name for name in LOADED if name in values and _comparable(store, name, row[name]) != values[name]]


def wrong_index(store: Store, row: Mapping[str, Any], index: CaseIndex) -> list[str]:
    """Return the columns for the morning list of a raw row that do not hold what follows."""
    return [name for name in INDEX if row[name] != _day(store, getattr(index, name))]


def _comparable(store: Store, name: str, value: Any) -> Any:
    if name not in _JSON:
        return value
    try:
        return canonical(store.dialect.read_json(value))
    except (ValueError, TypeError):
        return None


@lru_cache(maxsize=1024)
def _canonical_list(values: tuple[str, ...]) -> str:
    """Return the JSON text of a list of plain strings."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def task_data(record: TaskRecord) -> dict[str, str]:
    """Return a task record as it is stored: ISO dates, ``until`` only where there is one."""
    data = {"on": record.on.isoformat()}
    if record.until:
        data["until"] = record.until.isoformat()
    return data


def chained(case: Case, record: EventRecord) -> tuple[Case, dict[str, Any]]:
    """Return a case that has its number with its next sequence number and head, and the row of the event."""
    row = record.row(case.stream, case.seq + 1, case.head or START)
    return replace(case, seq=case.seq + 1, head=row["hash"]), row


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case that was only opened: its first event and that event's row, and what is kept beside it."""

    event: CaseOpened
    row: Mapping[str, Any]
    index: CaseIndex
    imported: Mapping[str, str | None] = field(default_factory=lambda: dict.fromkeys(_IMPORTED))


def insert_cases(store: Store, connection: Connection, new: Sequence[NewCase]) -> None:
    """Insert cases that already have their number, each with its first event.

    The state is taken from the event fact by fact, as the fold would, without building it: a test holds the two
    together.
    """
    store.prepared(_INSERT_CASE).run_many(connection, [_opened_row(store, each) for each in new])
    append_events(store, connection, [each.row for each in new])


_BLANK = dict.fromkeys(column.name for column in cases.c)
_COLUMN_OF = {name: fact.column for name, fact in HOUSEHOLD_FACTS.items()}


def _opened_row(store: Store, new: NewCase) -> dict[str, Any]:
    event, write = new.event, store.dialect.write_date
    on = write(new.row["happened_on"])
    row: dict[str, Any] = {
        **_BLANK,
        **new.imported,
        "id": new.row["stream_id"],
        "country": event.country,
        "programme": event.programme,
        "workflow": event.workflow,
        "rehearsal": event.rehearsal,
        "stage": event.stage,
        "phase": event.phase.value,
        "entered_on": on,
        "opened_on": on,
        "changed_on": on if event.source else None,
        reached_column(event.phase): on,
        "languages": _canonical_list(event.languages),
        "tasks": "{}",
        "timelines": "{}",
        **_index_values(store, new.index),
        "seq": 1,
        "head": new.row["hash"],
    }
    own = {}
    for name, value in event.facts.items():
        if column := _COLUMN_OF.get(name):
            row[column] = _stored(store, value)
        else:
            own[name.removeprefix(FIELD)] = value
    row["fields"] = canonical(own) if own else "{}"
    return row


def insert_case(store: Store, connection: Connection, case: Case, index: CaseIndex, event: Mapping[str, Any]) -> None:
    """Insert a case that begins with more than an opening, with its first event."""
    row = {**_BLANK, **_values_of(store, case, index), "id": case.id}
    store.prepared(_INSERT_CASE).run(connection, row)
    append_event(store, connection, event)


@dataclass(frozen=True)
class Moved:
    """What changes in a case that moves to another stage: by its event, and beside it."""

    case_id: int
    seq: int
    head: str
    index: CaseIndex


def save_moves(
    store: Store, connection: Connection, record: EventRecord, stage: str, phase: Phase, moved: Sequence[Moved]
) -> list[dict[str, Any]]:
    """Let cases enter a stage, each by the same event after the one that it is at (``seq`` and ``head``).

    Returns the rows of the events. Raises ConflictError where one of them is further already; then none may be kept.
    """
    write = store.dialect.write_date
    on = write(record.happened_on)
    news = [record.row(StreamId(CASE, each.case_id), each.seq + 1, each.head) for each in moved]
    same = {"stage": stage, "phase": phase.value, "entered_on": on, "reached_on": on}
    rows = [
        {
            **same,
            "the_id": each.case_id,
            "seen": each.seq,
            "seq": each.seq + 1,
            "head": event["hash"],
            **_index_values(store, each.index),
        }
        for each, event in zip(moved, news, strict=True)
    ]
    if store.prepared(_move_to(phase)).run_many(connection, rows) != len(rows):
        raise ConflictError(Message("some of the cases were changed by someone else; nothing of this part was written"))
    append_events(store, connection, news)
    return news


@cache
def _move_to(phase: Phase) -> Update:
    same = ("stage", "phase", "entered_on", *INDEX, "seq", "head")
    values: dict[str, Any] = {name: bindparam(name) for name in same}
    reached = cases.c[reached_column(phase)]
    values[reached.name] = func.coalesce(reached, bindparam("reached_on", type_=Date))
    return update(cases).where(cases.c.id == bindparam("the_id"), cases.c.seq == bindparam("seen")).values(values)


def save_case(
    store: Store, connection: Connection, case: Case, index: CaseIndex, event: Mapping[str, Any], *, whole: bool
) -> None:
    """Write the new state of a case and the event that led to it.

    ``whole`` says that any column may be another, not only where the case is on its way and its tasks.
    ``case`` carries the event's sequence number; the row must still be at the one before. Raises ConflictError.
    """
    values = _values_of(store, case, index) if whole else _way_of(store, case, index)
    values |= {"the_id": case.id, "seen": case.seq - 1}
    if store.prepared(_UPDATE_ALL if whole else _UPDATE_WAY).run(connection, values).rowcount != 1:
        raise ConflictError(
            Message("case {ref} was changed by someone else; nothing was written, try again", ref=case.ref)
        )
    append_event(store, connection, event)
