"""Write cases: insert, change; with the event that says why, in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Date, Update, bindparam, func, insert, select, update

from kummi.errors import ConflictError, IntegrityError
from kummi.model.case import Case, TaskRecord
from kummi.model.vocabulary import OPEN_PHASES, Phase
from kummi.store.cases import DAYS, DERIVED, IMPORTED, LOADED, REACHED
from kummi.store.chain import START, canonical, event_hash
from kummi.store.database import Connection, Store
from kummi.store.tables import cases, events

_JSON = ("languages", "fields", "tasks")
_INSERT_EVENT = insert(events)
_INSERT_CASE = insert(cases)
_WAY_DATES = ("entered_on", "held_since", "closed_on")
_WAY = (
    "stage", "phase", "outcome", "tasks", "clearance_until", "next_due", "next_end", "seq", "head",
    *_WAY_DATES, *REACHED,
)  # fmt: skip


def _update(columns: Iterable[str]) -> Update:
    """Build the change of one case that is still at the event that was seen."""
    same = (cases.c.id == bindparam("the_id"), cases.c.seq == bindparam("seen"))
    return update(cases).where(*same).values({name: bindparam(name) for name in columns})


_UPDATE_WAY = _update(_WAY)
_UPDATE_ALL = _update(column.name for column in cases.c if column.name not in ("id", *IMPORTED))


@dataclass(frozen=True)
class CaseIndex:
    """What follows from the state and the workflow, kept beside it for the morning list."""

    clearance_until: date | None = None
    next_due: date | None = None
    next_end: date | None = None


@dataclass(frozen=True)
class NewEvent:
    """An event about to be appended; ``data`` is canonical JSON without personal data."""

    kind: str
    happened_on: date
    data: Mapping[str, Any]


def _values_of(store: Store, case: Case, derived: CaseIndex) -> dict[str, Any]:
    return _facts_of_row(store, case) | _way_of(store, case, derived)


def _facts_of_row(store: Store, case: Case) -> dict[str, Any]:
    """Return the columns that only ``opened`` and ``set`` write: whose case it is, and what is known of it."""
    values: dict[str, Any] = {
        "country": case.country,
        "programme": case.programme,
        "workflow": case.workflow,
        "rehearsal": case.rehearsal,
        "pathway": case.pathway.value,
        "municipality": case.municipality,
        "permit_held": case.permit_held,
        "size": case.size,
        "adults": case.adults,
        "children": case.children,
        "languages": canonical_list(case.languages),
        "fields": canonical(case.fields),
    }
    values.update((name, _day(store, getattr(case, name))) for name in DAYS if name not in _WAY_DATES)
    return values


def _way_of(store: Store, case: Case, derived: CaseIndex) -> dict[str, Any]:
    """Return the columns that every event may write: where the case is on its way, and its tasks."""
    values: dict[str, Any] = {
        "stage": case.stage,
        "phase": case.phase.value,
        "outcome": case.outcome.value if case.outcome else None,
        "tasks": canonical({name: task_data(record) for name, record in case.tasks.items()}),
        "clearance_until": _day(store, derived.clearance_until),
        "next_due": _day(store, derived.next_due),
        "next_end": _day(store, derived.next_end),
        "seq": case.seq,
        "head": case.head,
    }
    values.update((name, _day(store, getattr(case, name))) for name in _WAY_DATES)
    reached = case.reached
    values.update((name, _day(store, reached.get(phase))) for phase, name in zip(OPEN_PHASES, REACHED, strict=True))
    return values


def _day(store: Store, value: date | None) -> Any:
    return None if value is None else store.dialect.write_date(value)


def wrong_columns(store: Store, row: Mapping[str, Any], case: Case) -> list[str]:
    """Return the columns of a raw row of ``select_cases`` that do not hold what stands in a case."""
    values = _values_of(store, case, CaseIndex())
    return [name for name in LOADED if name in values and _comparable(store, name, row[name]) != values[name]]


def wrong_index(store: Store, row: Mapping[str, Any], derived: CaseIndex) -> list[str]:
    """Return the columns for the morning list of a raw row that do not hold what follows."""
    return [name for name in DERIVED if row[name] != _day(store, getattr(derived, name))]


def _comparable(store: Store, name: str, value: Any) -> Any:
    if name not in _JSON:
        return value
    try:
        return canonical(store.dialect.read_json(value))
    except (ValueError, TypeError):
        return None


@lru_cache(maxsize=1024)
def canonical_list(values: tuple[str, ...]) -> str:
    """Return the JSON text of a list of plain strings."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def task_data(record: TaskRecord) -> dict[str, str]:
    """Return a task record as it is stored: ISO dates, ``until`` only where there is one."""
    data = {"on": record.on.isoformat()}
    if record.until:
        data["until"] = record.until.isoformat()
    return data


@dataclass(frozen=True)
class EventRecord:
    """An event as it will be stored, but for the case that it happens to: many cases may share one."""

    programme: str
    kind: str
    happened_on: date
    recorded_at: str
    actor: str
    data: str

    @classmethod
    def of(cls, programme: str, event: NewEvent, recorded_at: datetime, actor: str) -> EventRecord:
        """Put an event into the form in which it is stored."""
        at = recorded_at.isoformat(timespec="microseconds")
        return cls(programme, event.kind, event.happened_on, at, actor, canonical(event.data))

    def row(self, case_id: int, seq: int, previous: str) -> dict[str, Any]:
        """Return the event's row in one case, chained to the hash of the event before it."""
        happened = self.happened_on.isoformat()
        head = event_hash(previous, case_id, seq, self.kind, happened, self.recorded_at, self.actor, self.data)
        return {
            "case_id": case_id,
            "seq": seq,
            "programme": self.programme,
            "kind": self.kind,
            "happened_on": self.happened_on,
            "recorded_at": self.recorded_at,
            "actor": self.actor,
            "data": self.data,
            "hash": head,
        }


def chained(
    case: Case, event: NewEvent, recorded_at: datetime, actor: str, *, new_id: int | None = None
) -> tuple[Case, dict[str, Any]]:
    """Return the case with its next sequence number and head, and the event's row. A new case gets its number here."""
    seq, case_id = case.seq + 1, case.id if new_id is None else new_id
    row = EventRecord.of(case.programme, event, recorded_at, actor).row(case_id, seq, case.head or START)
    return replace(case, id=case_id, seq=seq, head=row["hash"]), row


def insert_cases(
    store: Store,
    connection: Connection,
    new: Sequence[tuple[Case, CaseIndex, dict[str, Any]]],
) -> None:
    """Insert cases that already have their number, each with its first event's row."""
    write = store.dialect.write_date
    rows, firsts = [], []
    for case, derived, event in new:
        rows.append(_values_of(store, case, derived) | {"id": case.id} | dict.fromkeys(IMPORTED))
        firsts.append(event | {"happened_on": write(event["happened_on"])})
    store.prepared(_INSERT_CASE).run_many(connection, rows)
    store.prepared(_INSERT_EVENT).run_many(connection, firsts)


def insert_opened(
    store: Store,
    connection: Connection,
    new: Sequence[tuple[Mapping[str, Any], CaseIndex, dict[str, Any], Mapping[str, str]]],
) -> None:
    """Insert cases that were only opened, by the data of their first event and its row, with their import key and salt.

    The state is taken from the data fact by fact, as the fold would: dates stand there as ISO text, which both
    databases take for a date.
    """
    rows, firsts = [], []
    for data, derived, event, imported in new:
        rows.append(_opened_row(data, derived, event) | dict(imported))
        firsts.append(event | {"happened_on": event["happened_on"].isoformat()})
    store.prepared(_INSERT_CASE).run_many(connection, rows)
    store.prepared(_INSERT_EVENT).run_many(connection, firsts)


_BLANK = dict.fromkeys(column.name for column in cases.c)
_FACT_COLUMNS = {
    "pathway": "pathway",
    "municipality": "municipality",
    "arrived": "arrived",
    "permit.held": "permit_held",
    "permit.granted": "permit_granted",
    "permit.expires": "permit_expires",
    "registered": "registered",
    "household.size": "size",
    "household.adults": "adults",
    "household.children": "children",
}


def _opened_row(data: Mapping[str, Any], derived: CaseIndex, event: Mapping[str, Any]) -> dict[str, Any]:
    on = event["happened_on"].isoformat()
    row: dict[str, Any] = {
        **_BLANK,
        "id": event["case_id"],
        "country": data["country"],
        "programme": data["programme"],
        "workflow": data["workflow"],
        "rehearsal": data["rehearsal"],
        "stage": data["stage"],
        "phase": data["phase"],
        "entered_on": on,
        "opened_on": on,
        f"reached_{data['phase']}": on,
        "languages": canonical_list(tuple(data["languages"])),
        "tasks": "{}",
        "clearance_until": derived.clearance_until and derived.clearance_until.isoformat(),
        "next_due": derived.next_due and derived.next_due.isoformat(),
        "next_end": derived.next_end and derived.next_end.isoformat(),
        "seq": 1,
        "head": event["hash"],
    }
    own = {}
    for name, value in data["facts"].items():
        if name in _FACT_COLUMNS:
            row[_FACT_COLUMNS[name]] = value
        else:
            own[name.removeprefix("fields.")] = value
    row["fields"] = canonical(own) if own else "{}"
    return row


@dataclass(frozen=True)
class Moved:
    """What changes in a case that moves to another stage: by its event, and beside it."""

    case_id: int
    seq: int
    head: str
    derived: CaseIndex


def save_moves(
    store: Store, connection: Connection, action: EventRecord, stage: str, phase: Phase, moved: Sequence[Moved]
) -> list[dict[str, Any]]:
    """Let cases enter a stage, each by the same action after the event that it is at (``seq`` and ``head``).

    Returns the rows of the events. Raises ConflictError where one of them is further already; then none may be kept.
    """
    write = store.dialect.write_date
    on = write(action.happened_on)
    news = [action.row(each.case_id, each.seq + 1, each.head) for each in moved]
    same = {"stage": stage, "phase": phase.value, "entered_on": on, "reached_on": on}
    rows = [
        {
            **same,
            "the_id": each.case_id,
            "seen": each.seq,
            "seq": each.seq + 1,
            "head": event["hash"],
            "clearance_until": each.derived.clearance_until and write(each.derived.clearance_until),
            "next_due": each.derived.next_due and write(each.derived.next_due),
            "next_end": each.derived.next_end and write(each.derived.next_end),
        }
        for each, event in zip(moved, news, strict=True)
    ]
    if store.prepared(_move_to(phase)).run_many(connection, rows) != len(rows):
        raise ConflictError("some of the cases were changed by someone else; nothing of this part was written")
    store.prepared(_INSERT_EVENT).run_many(connection, [event | {"happened_on": on} for event in news])
    return news


@cache
def _move_to(phase: Phase) -> Update:
    same = ("stage", "phase", "entered_on", "clearance_until", "next_due", "next_end", "seq", "head")
    values: dict[str, Any] = {name: bindparam(name) for name in same}
    reached = cases.c[f"reached_{phase}"]
    values[reached.name] = func.coalesce(reached, bindparam("reached_on", type_=Date))
    return update(cases).where(cases.c.id == bindparam("the_id"), cases.c.seq == bindparam("seen")).values(values)


def save_case(store: Store, connection: Connection, case: Case, derived: CaseIndex, event: Mapping[str, Any]) -> None:
    """Write the new state of a case and the event that led to it.

    ``case`` carries the event's sequence number; the row must still be at the one before. Raises ConflictError.
    """
    is_set = event["kind"] == "set"
    values = _values_of(store, case, derived) if is_set else _way_of(store, case, derived)
    values |= {"the_id": case.id, "seen": case.seq - 1}
    if store.prepared(_UPDATE_ALL if is_set else _UPDATE_WAY).run(connection, values).rowcount != 1:
        raise ConflictError(f"case {case.ref} was changed by someone else; nothing was written, try again")
    happened = store.dialect.write_date(event["happened_on"])
    store.prepared(_INSERT_EVENT).run(connection, {**event, "happened_on": happened})


@dataclass(frozen=True)
class StoredEvent:
    """An event as it stands in the store."""

    case_id: int
    seq: int
    programme: str
    kind: str
    happened_on: date
    recorded_at: str
    actor: str
    data: Mapping[str, Any]
    raw: str
    hash: str

    def rehash(self, previous: str) -> str:
        """Return the hash that the event should have after the one before it."""
        day = self.happened_on.isoformat()
        return event_hash(previous, self.case_id, self.seq, self.kind, day, self.recorded_at, self.actor, self.raw)


def load_events(connection: Connection, case_id: int) -> Iterator[StoredEvent]:
    """Yield the events of one case, in order. Raises IntegrityError for one that cannot be read."""
    rows = connection.execute(select(events).where(events.c.case_id == case_id).order_by(events.c.seq))
    try:
        yield from (stored_event(row) for row in rows)
    except ValueError:  # the driver found a day that is none
        raise IntegrityError(f"the events of case number {case_id} cannot be read") from None


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


# Made once: json.loads would make a new decoder for every call that asks for other than its own defaults.
_read_data = json.JSONDecoder(parse_constant=_no_number).decode


def stored_event(row: Any, read_date: Callable[[Any], date] = lambda day: day) -> StoredEvent:
    """Build an event from a row of the events table. Raises IntegrityError for one that cannot be read.

    ``read_date`` makes a date of what a raw row holds.
    """
    try:
        data = _read_data(row.data)
        if not isinstance(data, dict):
            raise TypeError("the data of an event is a mapping")  # noqa: TRY301
        happened_on = read_date(row.happened_on)
        if str(row.happened_on) != happened_on.isoformat():
            raise ValueError("a day in another form than Kummi writes it")  # noqa: TRY301
    except (ValueError, TypeError, RecursionError):
        raise IntegrityError(f"event {row.seq} of case number {row.case_id} cannot be read") from None
    columns = (row.case_id, row.seq, row.programme, row.kind, happened_on, row.recorded_at, row.actor)
    return StoredEvent(*columns, data, row.data, row.hash)
