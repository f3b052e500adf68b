"""What is wrong with one case: its raw rows, held against its events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kummi.errors import IntegrityError
from kummi.lifecycle.fold import fold
from kummi.model.case import Case
from kummi.store.case_rows import StoredEvent, stored_event, wrong_columns
from kummi.store.chain import START, import_digest, note_digest, person_digest
from kummi.store.database import Store

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
    """The state of a case as its events give it, its history, and what is wrong with its rows."""

    state: Case
    history: Sequence[StoredEvent]
    faults: tuple[str, ...]


def prove_case(store: Store, raw: RawCase) -> Proved:
    """Fold the events of a case and hold its rows against them. Raises IntegrityError where they cannot be folded."""
    row = raw.row
    history = [stored_event(each, store.dialect.read_date) for each in raw.events]
    broken = _broken_link(row, history)
    if broken:
        raise IntegrityError(broken)
    state = replace(_fold(history), id=row.id, seq=row.seq, head=row.head)
    wrong = wrong_columns(store, row._mapping, state)  # noqa: SLF001 (SQLAlchemy's public name)
    if _import_of(row) != history[0].data.get("imported"):
        wrong.append("import_key")
    faults = [f"the state does not follow from its events: {', '.join(wrong)}"] if wrong else []
    return Proved(state, history, (*faults, *_wrong_personal(raw, state.programme, history)))


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


def _fold(history: Sequence[StoredEvent]) -> Case:
    state: Case | None = None
    for event in history:
        state = fold(state, event.kind, event.data, event.happened_on)
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


def _wrong_personal(raw: RawCase, programme: str, history: Sequence[StoredEvent]) -> Iterator[str]:
    """Compare rows of personal data with the digests that the events hold of them."""
    found = {row.id: (row.programme, _digest_of(person_digest, row)) for row in raw.persons}
    found |= {row.id: (row.programme, _digest_of(note_digest, row)) for row in raw.notes}
    promised: dict[str, str] = {}
    for event in history:
        try:
            promised.update(_promises(event.data))
        except (TypeError, KeyError, ValueError, AttributeError):
            yield f"event {event.seq} says nothing that can be read of its personal data"
    for row_id, expected in promised.items():
        if row_id not in found:
            yield "a row of personal data is missing"
        elif found[row_id] != (programme, expected):
            yield "a row of personal data was changed without an event"
    if set(found) - set(promised):
        yield "there is personal data that no event speaks of"


def _promises(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the digest of each row of personal data that an event speaks of."""
    rows = [*data.get("members", ()), *([data["note"]] if "note" in data else ())]
    return {each["id"]: each["digest"] for each in rows}
