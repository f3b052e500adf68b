"""Lists of cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_

from kummi.lifecycle.clearance import CLEARANCE_LAPSED
from kummi.model.case import Case
from kummi.model.facts import MUNICIPALITY
from kummi.model.places import NO_PLACES
from kummi.model.vocabulary import Phase
from kummi.rules.compile_sql import condition
from kummi.store.cases import fetch_cases, select_cases
from kummi.store.database import Connection, Store
from kummi.store.fact_columns import case_columns
from kummi.store.persons import load_persons_of
from kummi.store.tables import cases


@dataclass(frozen=True)
class CaseFilter:
    """Which cases a list should hold; None means any.

    They come in the order of their numbers, after the number ``after``, at most ``limit``.
    """

    programme: str | None = None
    phase: Phase | None = None
    municipality: str | None = None
    closed: bool = False
    rehearsal: bool = False
    after: int = 0
    limit: int = 50


def find_cases(store: Store, connection: Connection, wanted: CaseFilter, on: date) -> list[Case]:
    """Return the cases of a list as known of a day, who is on hold too. Raises IntegrityError.

    What was opened later is not among them, but for rehearsals, which may run ahead of the time.
    """
    query = select_cases(rehearsal=wanted.rehearsal).where(cases.c.id > wanted.after)
    if not wanted.rehearsal:
        query = query.where(cases.c.opened_on <= on)
    if wanted.programme:
        query = query.where(cases.c.programme == wanted.programme)
    if wanted.phase and wanted.phase is not Phase.ON_HOLD:
        query = query.where(cases.c.phase == wanted.phase.value)
    elif wanted.phase is Phase.ON_HOLD:
        lapsed = condition(CLEARANCE_LAPSED, on, NO_PLACES, case_columns(on))
        query = query.where(or_(cases.c.held_since.is_not(None), lapsed))
    if wanted.phase is not Phase.CLOSED and (wanted.phase or not wanted.closed):
        query = query.where(cases.c.phase != Phase.CLOSED.value)
    if wanted.municipality:
        place = case_columns(on).fact(MUNICIPALITY)
        assert place is not None
        query = query.where(place == wanted.municipality)
    found = fetch_cases(store, connection, query.order_by(cases.c.id).limit(wanted.limit))
    persons = load_persons_of(connection, [case.id for case in found if case.changes_after(on)])
    return [case.of_day(on, persons.get(case.id, ())) for case in found]
