"""What is wrong with one case: its raw rows, held against its events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kummi.errors import IntegrityError
from kummi.lifecycle.fold import fold
from kummi.model.case import Case
from kummi.model.case_events import CaseEvent, personal_rows, read_case_event
from kummi.store.case_rows import wrong_columns
from kummi.store.chain import START, import_digest, note_digest, person_digest
from kummi.store.database import Store
from kummi.store.events import StoredEvent, stored_event

_NOT_OURS = "not what Kummi writes"


@dataclass(frozen=True)
class RawCase:
    """The row of a case and those of its events, its persons and its notes, as the driver gives them."""

    row: Any
    events: Sequence[Any]
    persons: Sequence[Any]
    notes: Sequence[Any]


@dataclass(frozen=True)
class Proved:
    """The state of a case as its events give it, and what is wrong with its rows."""

    state: Case
    faults: tuple[str, ...]


def prove_case(store: Store, raw: RawCase) -> Proved:
    """Fold the events of a case and hold its rows against them. Raises IntegrityError where they cannot be folded."""
    row = raw.row
    history = [stored_event(each, store.dialect.read_date) for each in raw.events]
    broken = _broken_link(row, history)
    if broken:
        raise IntegrityError(broken)
    told = [read_case_event(each.kind, each.version, each.data) for each in history]
    state = replace(_fold(told, history), id=row.id, seq=row.seq, head=row.head)
    wrong = wrong_columns(store, row._mapping, state)  # noqa: SLF001 (SQLAlchemy's public name)
    if _import_of(row) != history[0].data.get("imported"):
        wrong.append("import_key")
    faults = [f"the state does not follow from its events: {', '.join(wrong)}"] if wrong else []
    return Proved(state, (*faults, *_wrong_personal(raw, state.programme, told)))


def _broken_link(row: Any, history: Sequence[StoredEvent]) -> str | None:
    """Say where the chain breaks, or return None."""
    previous = START
    for position, event in enumerate(history, start=1):
        if event.seq != position:
            return f"event {position} is missing"
        if event.programme != row.programme:
            return f"event {position} belongs to another programme"
        if event.rehash(previous) != event.hash:
            return f"event {position} ('{event.kind}', {event.happened_on}) was changed after it was recorded"
        previous = event.hash
    if len(history) != row.seq or previous != row.head:
        return f"the case knows {row.seq} events, the store has {len(history)}, and they end differently"
    return None


def _fold(told: Sequence[CaseEvent], history: Sequence[StoredEvent]) -> Case:
    state: Case | None = None
    for event, stored in zip(told, history, strict=True):
        state = fold(state, event, stored.happened_on)
    if state is None:
        raise IntegrityError("there is no event")
    return state


def _import_of(row: Any) -> str | None:
    if row.import_key is None and row.import_salt is None:
        return None
    return _digest_of(import_digest, row)


def _digest_of(digested: Any, row: Any) -> str:
    try:
        return str(digested(row._mapping))  # noqa: SLF001 (SQLAlchemy's public name)
    except (TypeError, ValueError):
        return _NOT_OURS


def _wrong_personal(raw: RawCase, programme: str, told: Sequence[CaseEvent]) -> Iterator[str]:
    """Compare rows of personal data with the digests that the events hold of them."""
    found = {row.id: (row.programme, _digest_of(person_digest, row)) for row in raw.persons}
    found |= {row.id: (row.programme, _digest_of(note_digest, row)) for row in raw.notes}
    promised = {each.id: each.digest for event in told for each in personal_rows(event)}
    for row_id, expected in promised.items():
        if row_id not in found:
            yield "a row of personal data is missing"
        elif found[row_id] != (programme, expected):
            yield "a row of personal data was changed without an event"
    if set(found) - set(promised):
        yield "there is personal data that no event speaks of"
