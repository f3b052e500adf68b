"""Commit an event of a case: fold it onto the state, and write both."""

from __future__ import annotations

from kummi.casework.action import record_of, remember
from kummi.casework.context import Context, case_index_of, must_be_open_by
from kummi.lifecycle.fold import fold
from kummi.model.case import Case
from kummi.model.case_events import CaseEvent, FactsChanged
from kummi.model.loaded_case import LoadedCase
from kummi.store.cases import chained, save_case
from kummi.store.database import Connection
from kummi.store.persons import load_persons


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
    members = load_persons(context.store, connection, case.id) if changes_members else before.members
    save_case(context.store, connection, after, case_index_of(before.programme, after, members), row)
    if not after.rehearsal:
        remember(context, connection, [row], after.country)
    return after
