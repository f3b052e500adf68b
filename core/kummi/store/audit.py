"""Prove that the state of every case is the fold of its events, and that no event was changed, removed or reordered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, func, select

from kummi.errors import Fault, IntegrityError
from kummi.lifecycle.state import apply
from kummi.model.case import Case
from kummi.store.case_rows import SELECT_CASES, StoredEvent, fetch_raw, stored_event, wrong_columns
from kummi.store.chain import START, digest
from kummi.store.store import Store
from kummi.store.tables import cases, events, notes, persons

CHUNK = 2000
"""Cases looked at in one go: memory stays small however many there are."""

DIGESTED = ("number", "role", "born", "gender", "name", "identity")
"""The columns of a person that its digest covers."""

_Digest = tuple[str, str]
"""The programme of a row of personal data, and its digest."""


@dataclass(frozen=True)
class Verdict:
    """What the audit found. ``seal`` is a hash over the heads of all cases, to be written down and compared later."""

    cases: int
    events: int
    faults: tuple[Fault, ...]
    seal: str


def verify(store: Store, progress: Callable[[int], None] = lambda _: None) -> Verdict:
    """Look at every case and every event. ``progress`` is told how many cases each step finished."""
    seal, faults, seen_cases, seen_events = hashlib.sha256(), [], 0, 0
    with store.reading() as connection:
        last = 0
        while chunk := fetch_raw(
            store, connection, SELECT_CASES.where(cases.c.id > last).order_by(cases.c.id).limit(CHUNK)
        ):
            last = chunk[-1].id
            found, count = _verify_chunk(store, connection, chunk)
            faults += found
            seen_cases, seen_events = seen_cases + len(chunk), seen_events + count
            for case in chunk:
                seal.update(f"{case.id}:{case.head}\n".encode())
            progress(len(chunk))
        faults += _orphans(connection)
    return Verdict(seen_cases, seen_events, tuple(faults), seal.hexdigest())


def person_digest(row: Mapping[str, Any]) -> str:
    """Return the digest that stands for a row of ``persons`` in an event."""
    return digest(row["salt"], {name: row[name] for name in DIGESTED})


def note_digest(row: Mapping[str, Any]) -> str:
    """Return the digest that stands for a row of ``notes`` in an event."""
    return digest(row["salt"], {"text": row["text"]})


def _verify_chunk(store: Store, connection: Connection, chunk: Sequence[Any]) -> tuple[list[Fault], int]:
    first, last = chunk[0].id, chunk[-1].id
    query = select(events).where(events.c.case_id.between(first, last)).order_by(events.c.case_id, events.c.seq)
    rows = fetch_raw(store, connection, query)
    by_case = {number: list(group) for number, group in groupby(rows, key=lambda row: row.case_id)}
    personal = _personal(store, connection, first, last)
    faults = [
        Fault(f"case {row.country}-{row.id}", wrong)
        for row in chunk
        for wrong in _wrong(store, row, by_case.get(row.id, []), personal.get(row.id, {}))
    ]
    return faults, len(rows)


def _wrong(store: Store, row: Any, rows: Sequence[Any], personal: Mapping[str, _Digest]) -> Iterator[str]:
    """Say what is wrong with one case, given as its raw row, its events' raw rows and its personal data."""
    try:
        history = [stored_event(each, store.differences.read_date) for each in rows]
        broken = _broken_link(row, history)
        if broken:
            yield broken
            return
        state = replace(_fold(history), id=row.id, seq=row.seq, head=row.head)
    except IntegrityError as error:
        yield str(error)
        return
    wrong = wrong_columns(store, row._mapping, state)  # noqa: SLF001 (SQLAlchemy's public name)
    if wrong:
        yield f"the state does not follow from its events: {', '.join(wrong)}"
    yield from _wrong_personal(state.programme, history, personal)


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
        state = apply(state, event.kind, event.data, event.happened_on)
    if state is None:
        raise IntegrityError("there is no event")
    return state


def _personal(store: Store, connection: Connection, first: int, last: int) -> dict[int, dict[str, _Digest]]:
    """Return the programme and the digest of every row of personal data, by case and row."""
    found: dict[int, dict[str, _Digest]] = {}
    for table, digested in ((persons, person_digest), (notes, note_digest)):
        for row in fetch_raw(store, connection, select(table).where(table.c.case_id.between(first, last))):
            try:
                found_digest = digested(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name)
            except TypeError:
                found_digest = "not what Kummi writes"
            found.setdefault(row.case_id, {})[row.id] = (row.programme, found_digest)
    return found


def _wrong_personal(programme: str, history: Sequence[StoredEvent], personal: Mapping[str, _Digest]) -> Iterator[str]:
    """Compare rows of personal data with the digests that the events hold of them."""
    promised: dict[str, str] = {}
    for event in history:
        promised.update((each["id"], each["digest"]) for each in event.data.get("members", ()))
        if "note" in event.data:
            promised[event.data["note"]["id"]] = event.data["note"]["digest"]
    for row_id, expected in promised.items():
        if row_id not in personal:
            yield "a row of personal data is missing"
        elif personal[row_id] != (programme, expected):
            yield "a row of personal data was changed without an event"
    if set(personal) - set(promised):
        yield "there is personal data that no event speaks of"


def _orphans(connection: Connection) -> Iterator[Fault]:
    for table in (events, persons, notes):
        lost = (
            select(func.count())
            .select_from(table.outerjoin(cases, cases.c.id == table.c.case_id))
            .where(cases.c.id.is_(None))
        )
        count = connection.execute(lost).scalar_one()
        if count:
            yield Fault(table.name, f"{count} rows belong to no case")
