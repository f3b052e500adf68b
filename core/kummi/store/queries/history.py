"""What the events of one case say of days that actions must respect."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, literal_column, or_, select

from kummi.store.database import Connection, Store
from kummi.store.tables import events


def last_day_of(store: Store, connection: Connection, case_id: int, kinds: tuple[str, ...]) -> date | None:
    """Return the latest day on which something of some kinds happened to a case; None where nothing did."""
    last = store.prepared(_select_last_day(kinds)).run(connection, {"id": case_id}).fetchone()[0]
    return None if last is None else store.dialect.read_date(last)


@cache
def _select_last_day(kinds: Sequence[str]) -> Select[Any]:
    # Each kind stands as text in the statement, which is compiled once for all cases.
    of_kinds = or_(*(events.c.kind == literal_column(f"'{kind}'") for kind in kinds))
    return select(func.max(events.c.happened_on)).where(events.c.case_id == bindparam("id"), of_kinds)


def last_data(connection: Connection, case_id: int, kind: str) -> Mapping[str, Any]:
    """Return what the latest event of a kind says, of a case that has one."""
    query = select(events.c.data).where(events.c.case_id == case_id, events.c.kind == kind)
    found: dict[str, Any] = json.loads(connection.execute(query.order_by(events.c.seq.desc()).limit(1)).scalar_one())
    return found


def data_after(connection: Connection, case_id: int, kind: str, on: date) -> list[tuple[date, Mapping[str, Any]]]:
    """Return what the events of a kind say that happened after a day, each with its day."""
    query = select(events.c.happened_on, events.c.data).where(
        events.c.case_id == case_id, events.c.kind == kind, events.c.happened_on > on
    )
    return [(row.happened_on, json.loads(row.data)) for row in connection.execute(query)]
