"""What is wrong with one stream: its raw rows, held against its events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kummi.errors import IntegrityError
from kummi.message import Message
from kummi.store.chain import START
from kummi.store.database import Store
from kummi.store.events import StoredEvent, stored_event
from kummi.store.streams import StreamKind, digest_of


@dataclass(frozen=True)
class RawStream:
    """The row of a stream, its events, and its rows in each of the personal tables of its kind, as the driver gives
    them.
    """

    kind: StreamKind
    row: Any
    events: Sequence[Any]
    personal: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Proved:
    """The state of a stream as its events give it, and what is wrong with its rows."""

    state: Any
    faults: tuple[str, ...]


def prove_stream(store: Store, raw: RawStream) -> Proved:
    """Fold the events of a stream and hold its rows against them. Raises IntegrityError where they cannot be folded."""
    row, kind = raw.row, raw.kind
    history = [stored_event(each, store.dialect.read_date) for each in raw.events]
    broken = _broken_link(raw, history)
    if broken:
        raise IntegrityError(broken)
    told = [kind.read_event(each.kind, each.version, each.data) for each in history]
    state = None
    for event, stored in zip(told, history, strict=True):
        state = kind.fold(state, event, stored.happened_on)
    if state is None:
        raise IntegrityError(Message("there is no event"))
    state = replace(state, id=row.id, seq=row.seq, head=row.head)
    wrong = kind.wrong_columns(store, row, state, told)
    faults = [f"the state does not follow from its events: {', '.join(wrong)}"] if wrong else []
    return Proved(state, (*faults, *_wrong_personal(raw, told)))


def _broken_link(raw: RawStream, history: Sequence[StoredEvent]) -> str | None:
    """Say where the chain breaks, or return None."""
    row, previous = raw.row, START
    for position, event in enumerate(history, start=1):
        if event.seq != position:
            return f"event {position} is missing"
        if event.programme != row.programme:
            return f"event {position} belongs to another programme"
        if event.rehash(previous) != event.hash:
            return f"event {position} ('{event.kind}', {event.happened_on}) was changed after it was recorded"
        previous = event.hash
    if len(history) != row.seq or previous != row.head:
        knows = f"the {raw.kind.name} knows {row.seq} events"
        return f"{knows}, the store has {len(history)}, and they end differently"
    return None


def _wrong_personal(raw: RawStream, told: Sequence[Any]) -> Iterator[str]:
    """Compare rows of personal data with the digests that the events hold of them."""
    found = {
        row.id: (row.programme, digest_of(table.digest, row))
        for table, rows in zip(raw.kind.personal, raw.personal, strict=True)
        for row in rows
    }
    promised = {each.id: each.digest for event in told for each in raw.kind.personal_rows(event)}
    for row_id, expected in promised.items():
        if row_id not in found:
            yield "a row of personal data is missing"
        elif found[row_id] != (raw.row.programme, expected):
            yield "a row of personal data was changed without an event"
    if set(found) - set(promised):
        yield "there is personal data that no event speaks of"
