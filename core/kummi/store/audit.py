"""Prove that the state of every case is the fold of its events, and that no event was changed, removed or reordered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, func, select

from kummi.errors import Fault, IntegrityError
from kummi.lifecycle.state import apply
from kummi.model.case import Case
from kummi.store.case_rows import SELECT_CASES, StoredEvent, fetch_cases, stored_event
from kummi.store.chain import START, digest
from kummi.store.store import Store
from kummi.store.tables import cases, events, notes, persons

CHUNK = 2000
"""Cases looked at in one go: memory stays small however many there are."""

DIGESTED = ("number", "role", "born", "gender", "name", "identity")
"""The columns of a person that its digest covers."""


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
        while chunk := _chunk(store, connection, last):
            last = chunk[-1].id
            found, count = _verify_chunk(connection, chunk)
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


def _chunk(store: Store, connection: Connection, after: int) -> list[Case]:
    query = SELECT_CASES.where(cases.c.id > after).order_by(cases.c.id).limit(CHUNK)
    return fetch_cases(store, connection, query)


def _verify_chunk(connection: Connection, chunk: Sequence[Case]) -> tuple[list[Fault], int]:
    first, last = chunk[0].id, chunk[-1].id
    rows = connection.execute(
        select(events).where(events.c.case_id.between(first, last)).order_by(events.c.case_id, events.c.seq)
    )
    by_case: dict[int, list[Any]] = {
        number: list(group) for number, group in groupby(rows, key=lambda row: row.case_id)
    }
    personal = _personal_digests(connection, first, last)
    faults = [
        fault for case in chunk for fault in _verify_case(case, by_case.get(case.id, []), personal.get(case.id, {}))
    ]
    return faults, sum(len(each) for each in by_case.values())


def _verify_case(case: Case, rows: Sequence[Any], personal: Mapping[str, str]) -> Iterator[Fault]:
    try:
        history = [stored_event(row) for row in rows]
        broken = _broken_link(case, history)
        if broken:
            yield Fault(f"case {case.ref}", broken)
            return
        folded = _fold(history)
    except IntegrityError as error:
        yield Fault(f"case {case.ref}", str(error))
        return
    expected = replace(folded, id=case.id, seq=case.seq, head=case.head)
    wrong = [each.name for each in fields(Case) if getattr(case, each.name) != getattr(expected, each.name)]
    if wrong:
        yield Fault(f"case {case.ref}", f"the state does not follow from its events: {', '.join(wrong)}")
    yield from _wrong_personal(case, history, personal)


def _broken_link(case: Case, history: Sequence[StoredEvent]) -> str | None:
    """Say where the chain breaks, or return None."""
    previous = START
    for position, event in enumerate(history, start=1):
        if event.seq != position:
            return f"event {position} is missing"
        if event.programme != case.programme:
            return f"event {position} belongs to another programme"
        if event.rehash(previous) != event.hash:
            return f"event {position} ('{event.kind}', {event.happened_on}) was changed after it was recorded"
        previous = event.hash
    if len(history) != case.seq or previous != case.head:
        return f"the case knows {case.seq} events, the store has {len(history)}"
    return None


def _fold(history: Sequence[StoredEvent]) -> Case:
    state: Case | None = None
    for event in history:
        state = apply(state, event.kind, event.data, event.happened_on)
    if state is None:
        raise IntegrityError("there is no event")
    return state


def _personal_digests(connection: Connection, first: int, last: int) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for table, digested in ((persons, person_digest), (notes, note_digest)):
        for row in connection.execute(select(table).where(table.c.case_id.between(first, last))).mappings():
            found.setdefault(row["case_id"], {})[row["id"]] = digested(dict(row))
    return found


def _wrong_personal(case: Case, history: Sequence[StoredEvent], personal: Mapping[str, str]) -> Iterator[Fault]:
    """Compare rows of personal data with the digests that the events hold of them."""
    promised: dict[str, str] = {}
    for event in history:
        promised.update((each["id"], each["digest"]) for each in event.data.get("members", ()))
        if "note" in event.data:
            promised[event.data["note"]["id"]] = event.data["note"]["digest"]
    for row_id, expected in promised.items():
        if row_id not in personal:
            yield Fault(f"case {case.ref}", "a row of personal data is missing")
        elif personal[row_id] != expected:
            yield Fault(f"case {case.ref}", "a row of personal data was changed without an event")
    if set(personal) - set(promised):
        yield Fault(f"case {case.ref}", "there is personal data that no event speaks of")


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
