"""Observers: who is told what an action wrote, once it is committed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kummi.message import Message
from kummi.model.event import Event, StreamId

if TYPE_CHECKING:
    from kummi.catalogue.catalogue import Catalogue

Observers = Callable[[Sequence[Event]], None]
"""Is told all events of one transaction, in their order. It may not raise: what is committed stays."""


def plugins_as_observers(catalogue: Catalogue, warn: Callable[[Message], None]) -> Observers | None:
    """Return what tells the plugins that observe events; None where none does.

    A plugin that fails undoes nothing: ``warn`` is told which one, and why.
    """
    if not catalogue.behaviour.has("kummi_after_event"):
        return None

    def tell(events: Sequence[Event]) -> None:
        for name, failure in catalogue.behaviour.after_event(events).items():
            said = Message(
                "an observer failed; the action itself is done: plugin {name}: {failure}",
                name=name,
                failure=failure.message,
            )
            warn(said)

    return tell


def event_as_told(row: Mapping[str, Any], ref: str) -> Event:
    """Return an event as observers are told of it, from its row and the name that people use for its stream."""
    return Event(
        StreamId(row["stream_kind"], row["stream_id"]),
        ref,
        row["programme"],
        row["kind"],
        row["version"],
        row["action"],
        row["seq"],
        row["happened_on"],
        datetime.fromisoformat(row["recorded_at"]),
        json.loads(row["data"]),
    )
