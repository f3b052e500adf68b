"""Commit an event of a case: fold it onto the state, write both, and remember it for the observers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kummi.casework.case_index import case_index_of
from kummi.casework.context import Context, action_of, must_be_open_by
from kummi.casework.observers import event_as_told
from kummi.lifecycle.fold import fold
from kummi.model.case import Case, LoadedCase, case_ref
from kummi.model.case_events import CaseEvent
from kummi.model.event import StreamEvent
from kummi.model.household_events import FactsChanged, FactsCorrected, MemberJoined, MemberLeft
from kummi.model.step_events import CaseRestaged
from kummi.store.cases import chained, save_case
from kummi.store.database import Connection
from kummi.store.events import EventRecord
from kummi.store.persons import load_persons

_OF_ANY_COLUMN = (FactsChanged, FactsCorrected, MemberJoined, MemberLeft, CaseRestaged)
"""The events that may write any column of a case; the others say where it is on its way, and its tasks."""


def commit_event(context: Context, connection: Connection, before: LoadedCase, event: CaseEvent) -> Case:
    """Fold one event of the business date onto a case and write both.

    It may be late news, of a day before others that are recorded already; but a case begins with its opening, and only
    facts of the household are older. Raises ConflictError, and InputError for a day before the case was opened.
    """
    case = before.case
    if not isinstance(event, FactsChanged):
        must_be_open_by(case, context.on)
    record = record_of(context, connection, case.programme, event)
    after, row = chained(fold(case, event, context.on), record)
    changes_members = bool(getattr(event, "members", ()))
    persons = load_persons(context.store, connection, case.id) if changes_members else before.persons
    index = case_index_of(before.programme, after, persons)
    save_case(context.store, connection, after, index, row, whole=isinstance(event, _OF_ANY_COLUMN))
    if not after.rehearsal:
        remember(context, connection, [row], after.country)
    return after


def record_of(context: Context, connection: Connection, programme: str, event: StreamEvent) -> EventRecord:
    """Return an event of the business date in the form in which it is stored, as part of the action that is open."""
    return EventRecord.of(programme, event, context.on, context.clock(), context.actor, action_of(connection).id)


def remember(context: Context, connection: Connection, rows: Iterable[Mapping[str, Any]], country: str) -> None:
    """Remember events of a country's live cases, by their rows, for the observers of this action."""
    if context.observers and not context.dry_run:
        action_of(connection).written.extend(event_as_told(row, case_ref(country, row["stream_id"])) for row in rows)
