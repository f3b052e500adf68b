"""Lists of cases, and the story of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from kummi.casework.context import Context, find_case
from kummi.errors import IntegrityError
from kummi.lifecycle.workflow_index import CLEARED_PHASES
from kummi.model.case import Case
from kummi.model.vocabulary import Phase
from kummi.store.case_rows import SELECT_CASES, StoredEvent, fetch_cases, load_events
from kummi.store.tables import cases, notes, persons


@dataclass(frozen=True)
class CaseFilter:
    """Which cases a list should hold; None means any."""

    programme: str | None = None
    phase: Phase | None = None
    municipality: str | None = None
    closed: bool = False
    rehearsal: bool = False
    after: int = 0
    limit: int = 50


def list_cases(context: Context, wanted: CaseFilter) -> list[Case]:
    """Return cases in the order of their numbers, after the number ``wanted.after``, at most ``wanted.limit``."""
    query = SELECT_CASES.where(cases.c.id > wanted.after, cases.c.rehearsal.is_(wanted.rehearsal))
    if wanted.programme:
        query = query.where(cases.c.programme == wanted.programme)
    if wanted.phase and wanted.phase is not Phase.ON_HOLD:
        query = query.where(cases.c.phase == wanted.phase.value)
    elif wanted.phase is Phase.ON_HOLD:
        query = query.where(or_(is_held(), lapses_before(context.on)))
    if wanted.phase is not Phase.CLOSED and (wanted.phase or not wanted.closed):
        query = query.where(cases.c.phase != Phase.CLOSED.value)
    if wanted.municipality:
        query = query.where(cases.c.municipality == wanted.municipality)
    with context.store.reading() as connection:
        return fetch_cases(context.store, connection, query.order_by(cases.c.id).limit(wanted.limit))


def is_held() -> ColumnElement[bool]:
    """Return the condition for cases that were put on hold."""
    return cases.c.held_since.is_not(None)


def lapses_before(on: date) -> ColumnElement[bool]:
    """Return the condition for cases that are on hold by themselves on a day, because a clearance ended."""
    return and_(cases.c.clearance_until < on, cases.c.phase.in_([phase.value for phase in CLEARED_PHASES]))


@dataclass(frozen=True)
class TimelineEntry:
    """One event of a case as people read it: what, when, by whom, with the note that belongs to it."""

    event: StoredEvent
    note: str | None

    @property
    def recorded_on(self) -> date:
        """The day it was recorded, which may be later than the day it happened."""
        return date.fromisoformat(self.event.recorded_at[:10])


def timeline(context: Context, ref: str) -> tuple[Case, list[TimelineEntry]]:
    """Return a case and everything that happened to it, in the order in which it was recorded.

    Raises:
        IntegrityError: An event holds what Kummi does not write.
    """
    with context.store.reading() as connection:
        case = find_case(context, connection, ref)
        rows = connection.execute(select(notes.c.id, notes.c.text).where(notes.c.case_id == case.id))
        words = {row.id: row.text for row in rows}
        history = list(load_events(connection, case.id))
    return case, [TimelineEntry(event, words.get(_note_of(event))) for event in history]


def _note_of(event: StoredEvent) -> str | None:
    note = event.data.get("note", {})
    if not isinstance(note, dict):
        raise IntegrityError(f"event {event.seq} of case number {event.case_id} cannot be read")
    found: str | None = note.get("id")
    return found


def find(context: Context, ref: str) -> Case:
    """Return a case by its number, whether or not its programme is there. Raises NotFoundError."""
    with context.store.reading() as connection:
        return find_case(context, connection, ref)


def household_of(context: Context, case: Case) -> list[Mapping[str, Any]]:
    """Return the personal data of a case's household, for the coordinator's own screen."""
    columns = [column for column in persons.c if column.name not in ("id", "salt", "programme", "case_id")]
    with context.store.reading() as connection:
        rows = connection.execute(
            select(*columns).where(persons.c.case_id == case.id).order_by(persons.c.number)
        ).mappings()
        return [dict(row) for row in rows]
