"""What the events of one stream say of days that actions must respect."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, or_, select

from kummi.model.event import StreamId
from kummi.store.database import Connection, Store
from kummi.store.tables import events


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
    query = select(events.c.data).where(*_of_kind(stream, kind))
    found: dict[str, Any] = json.loads(connection.execute(query.order_by(events.c.seq.desc()).limit(1)).scalar_one())
    return found


def _of_kind(stream: StreamId, kind: str) -> tuple[ColumnElement[bool], ...]:
    return events.c.stream_kind == stream.kind, events.c.stream_id == stream.id, events.c.kind == kind
