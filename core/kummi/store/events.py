"""The events of streams: put into the form in which they are stored, chained, appended, read back, and looked up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, literal_column, or_, select

from kummi.errors import IntegrityError
from kummi.message import Message
from kummi.model.event import StreamEvent, StreamId
from kummi.store.chain import canonical, event_hash
from kummi.store.database import Connection, Store
from kummi.store.tables import events

_INSERT = insert(events)


@dataclass(frozen=True)
class EventRecord:
    """An event as it will be stored, but for the stream that it happens to: many streams may share one."""

    programme: str
    kind: str
    version: int
    action: str
    happened_on: date
    recorded_at: str
    actor: str
    data: str

    @classmethod
    def of(
        cls, programme: str, event: StreamEvent, happened_on: date, recorded_at: datetime, actor: str, action: str
    ) -> EventRecord:
        """Put an event into the form in which it is stored."""
        at = recorded_at.isoformat(timespec="microseconds")
        return cls(programme, event.kind, event.version, action, happened_on, at, actor, canonical(event.to_data()))

    def row(self, stream: StreamId, seq: int, previous: str) -> dict[str, Any]:
        """Return the event's row in one stream, chained to the hash of the event before it."""
        return {
            "stream_kind": stream.kind,
            "stream_id": stream.id,
            "seq": seq,
            "kind": self.kind,
            "version": self.version,
            "action": self.action,
            "happened_on": self.happened_on,
            "recorded_at": self.recorded_at,
            "actor": self.actor,
            "programme": self.programme,
            "data": self.data,
            "hash": event_hash(
                previous, stream.kind, stream.id, seq, self.kind, self.version, self.action,
                self.happened_on.isoformat(), self.recorded_at, self.actor, self.data,
            ),
        }  # fmt: skip


def append_event(store: Store, connection: Connection, row: Mapping[str, Any]) -> None:
    """Append an event by its row. A second one in the same place of its stream is a conflict."""
    happened_on = store.dialect.write_date(row["happened_on"])
    store.prepared(_INSERT).run(connection, {**row, "happened_on": happened_on})


def append_events(store: Store, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append events by their rows, of whatever streams."""
    write = store.dialect.write_date
    store.prepared(_INSERT).run_many(connection, [{**row, "happened_on": write(row["happened_on"])} for row in rows])


@dataclass(frozen=True)
class StoredEvent:
    """An event as it stands in the store; ``raw`` is the text that ``data`` was read from."""

    stream: StreamId
    seq: int
    kind: str
    version: int
    action: str
    happened_on: date
    recorded_at: str
    actor: str
    programme: str
    data: Mapping[str, Any]
    raw: str
    hash: str

    def rehash(self, previous: str) -> str:
        """Return the hash that the event should have after the one before it."""
        return event_hash(
            previous, self.stream.kind, self.stream.id, self.seq, self.kind, self.version, self.action,
            self.happened_on.isoformat(), self.recorded_at, self.actor, self.raw,
        )  # fmt: skip


def load_events(connection: Connection, stream: StreamId) -> Iterator[StoredEvent]:
    """Yield the events of one stream, in order. Raises IntegrityError for one that cannot be read."""
    here = (events.c.stream_kind == stream.kind, events.c.stream_id == stream.id)
    rows = connection.execute(select(events).where(*here).order_by(events.c.seq))
    try:
        yield from (stored_event(row) for row in rows)
    except ValueError:  # the driver found a day that is none
        raise IntegrityError(Message("the events of {stream} cannot be read", stream=stream)) from None


def _no_number(text: str) -> None:
    raise ValueError(Message("{text} is no number", text=text))


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
            raise ValueError(Message("a day in another form than Kummi writes it"))  # noqa: TRY301
    except (ValueError, TypeError, RecursionError):
        raise IntegrityError(
            Message(
                "event {seq} of {stream_kind} number {stream_id} cannot be read",
                seq=row.seq,
                stream_kind=row.stream_kind,
                stream_id=row.stream_id,
            )
        ) from None
    return StoredEvent(
        StreamId(row.stream_kind, row.stream_id),
        row.seq,
        row.kind,
        row.version,
        row.action,
        happened_on,
        row.recorded_at,
        row.actor,
        row.programme,
        data,
        row.data,
        row.hash,
    )


def last_day_of(store: Store, connection: Connection, stream: StreamId, kinds: tuple[str, ...]) -> date | None:
    """Return the latest day on which something of some kinds happened to a stream; None where nothing did."""
    last = store.prepared(_select_last_day(stream.kind, kinds)).run(connection, {"id": stream.id}).fetchone()[0]
    return None if last is None else store.dialect.read_date(last)


@cache
def _select_last_day(stream_kind: str, kinds: Sequence[str]) -> Select[Any]:
    # Each kind stands as text in the statement, which is compiled once for all streams of a kind.
    of_kinds = or_(*(events.c.kind == literal_column(f"'{kind}'") for kind in kinds))
    return select(func.max(events.c.happened_on)).where(
        events.c.stream_kind == literal_column(f"'{stream_kind}'"), events.c.stream_id == bindparam("id"), of_kinds
    )


def last_data(connection: Connection, stream: StreamId, kind: str) -> Mapping[str, Any]:
    """Return what the latest event of a kind says, of a stream that has one."""
    here = (events.c.stream_kind == stream.kind, events.c.stream_id == stream.id, events.c.kind == kind)
    query = select(events.c.data).where(*here).order_by(events.c.seq.desc()).limit(1)
    found: dict[str, Any] = json.loads(connection.execute(query).scalar_one())
    return found
