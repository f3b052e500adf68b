"""One action: its transaction, its id, and what it wrote. A dry run tries it out and takes it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kummi.casework.observers import event_as_told
from kummi.model.case import case_ref
from kummi.model.event import Event, StreamEvent
from kummi.store.database import Connection
from kummi.store.events import EventRecord

if TYPE_CHECKING:
    from kummi.casework.context import Context

_ACTION = "kummi.action"
"""Where a connection remembers the action whose transaction is open."""


@dataclass
class Action:
    """What one command does: the id that all its events carry, and those that observers will be told of."""

    id: str
    written: list[Event] = field(default_factory=list)


@contextmanager
def transaction(context: Context) -> Iterator[Connection]:
    """Open the transaction of one action: all of it is kept, or nothing; of a dry run nothing. Then tell observers."""
    action = Action(context.new_id())
    with context.store.writing(commit=not context.dry_run) as connection:
        info = connection.info
        info[_ACTION] = action
        try:
            yield connection
        finally:
            del info[_ACTION]
    if action.written and context.observers:
        context.observers(action.written)


def record_of(context: Context, connection: Connection, programme: str, event: StreamEvent) -> EventRecord:
    """Return an event of the business date in the form in which it is stored, as part of the action that is open."""
    action: Action = connection.info[_ACTION]
    return EventRecord.of(programme, event, context.on, context.clock(), context.actor, action.id)


def remember(context: Context, connection: Connection, rows: Iterable[Mapping[str, Any]], country: str) -> None:
    """Remember events of a country's live cases, by their rows, for the observers of this action."""
    if context.observers and not context.dry_run:
        action: Action = connection.info[_ACTION]
        action.written.extend(event_as_told(row, case_ref(country, row["stream_id"])) for row in rows)
