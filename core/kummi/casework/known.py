"""What had been recorded of a case by the end of a day: its events until then, and the rows that they name.

``--on`` asks for another day with what is known now; ``--known`` asks with what was known then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kummi.errors import Fault, InputError
from kummi.lifecycle.fold import fold
from kummi.message import Message
from kummi.model.case import Case
from kummi.model.case_events import CaseEvent, personal_rows, read_case_event
from kummi.model.event_data import MemberDigest
from kummi.store.database import Connection
from kummi.store.events import StoredEvent, load_events
from kummi.store.persons import load_person_versions


def case_as_known(connection: Connection, case: Case, by: date) -> Case:
    """Return a case as what was recorded by the end of a day (UTC) tells it. Raises InputError if nothing was."""
    known: Case | None = None
    for stored, event in _events_by(connection, case, by):
        known = replace(fold(known, event, stored.happened_on), id=case.id, seq=stored.seq, head=stored.hash)
    if known is None:
        raise InputError(
            Fault("--known", Message("nothing was recorded of case {ref} by the end of {by}", ref=case.ref, by=by))
        )
    return known


def persons_as_known(connection: Connection, case: Case, by: date) -> list[Mapping[str, Any]]:
    """Return the rows of those who were or are members as they stood at the end of a day, in the order of numbers.

    Raises InputError where a row of then was erased since.
    """
    versions = load_person_versions(connection, case.id)
    then: dict[str, MemberDigest] = {}
    for _, event in _events_by(connection, case, by):
        then |= {row.id: row for row in personal_rows(event) if isinstance(row, MemberDigest)}
    rows = [versions.get((row.id, row.version)) for row in then.values()]
    if None in rows:
        raise InputError(Fault("--known", Message("what was known then of a member has been erased since")))
    return sorted((row for row in rows if row), key=lambda row: int(row["number"]))


def _events_by(connection: Connection, case: Case, by: date) -> list[tuple[StoredEvent, CaseEvent]]:
    return [
        (stored, read_case_event(stored.kind, stored.version, stored.data))
        for stored in load_events(connection, case.stream)
        if stored.recorded_at[:10] <= by.isoformat()
    ]
