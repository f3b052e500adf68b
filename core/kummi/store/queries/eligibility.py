"""The answer to entry, asked of all cases of a programme at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func

from kummi.lifecycle.workflow_index import ENTERING_PHASES
from kummi.model.case import Case
from kummi.model.programme_entry import ProgrammeEntry
from kummi.model.rule import Eligibility
from kummi.model.vocabulary import Phase
from kummi.rules.compile_sql import eligibility_case
from kummi.store.cases import cases_in_scope, fetch_cases, select_cases
from kummi.store.database import Connection, Store
from kummi.store.fact_columns import case_columns
from kummi.store.tables import cases


def outcome_on_entry(entry: ProgrammeEntry, on: date, *, newest: bool = False) -> ColumnElement[str]:
    """Return the outcome of ``kummi.casework.assessment.decision_on_entry`` as an expression over all cases.

    Args:
        entry: Their programme.
        on: The day.
        newest: Whether no case changes after that day.

    Raises:
        NotCompilableError: A rule holds a Python predicate; the error names the rule.
    """
    verdict = eligibility_case(entry.rules, on, entry.places, case_columns(on, entry.programme.fields, newest=newest))
    if entry.programme.window.contains(on):
        return verdict
    return case((cases.c.phase.in_(list(ENTERING_PHASES)), str(Eligibility.NOT_ELIGIBLE)), else_=verdict)


class Outcomes:
    """The outcome of the open live cases of a programme on a day, decided by the database."""

    def __init__(self, entry: ProgrammeEntry, on: date, *, newest: bool = False) -> None:
        """Compile the rules; ``newest``: no case changes after that day. Raises NotCompilableError."""
        self._programme = entry.id
        self._outcome = outcome_on_entry(entry, on, newest=newest).label("outcome")

    def count(self, connection: Connection, first: int, last: int) -> dict[str, int]:
        """Return how many cases between two numbers, both included, come to each outcome."""
        query = _open_live(cases_in_scope(self._outcome, func.count()), self._programme, first, last)
        return {str(outcome): int(count) for outcome, count in connection.execute(query.group_by(self._outcome))}

    def not_eligible(self, connection: Connection, first: int, last: int, limit: int) -> list[tuple[int, str]]:
        """Return the first cases between two numbers that are not eligible or cannot be decided, with the outcome."""
        query = _open_live(cases_in_scope(cases.c.id, self._outcome), self._programme, first, last)
        query = query.where(self._outcome != Eligibility.ELIGIBLE.value).order_by(cases.c.id).limit(limit)
        return [(row.id, row.outcome) for row in connection.execute(query)]


def open_live_cases(store: Store, connection: Connection, programme: str, first: int, last: int) -> list[Case]:
    """Return the open live cases of a programme between two numbers, both included. Raises IntegrityError."""
    query = _open_live(select_cases(), programme, first, last)
    return fetch_cases(store, connection, query.order_by(cases.c.id))


def _open_live(query: Select[Any], programme: str, first: int, last: int) -> Select[Any]:
    return query.where(
        cases.c.programme == programme, cases.c.phase != Phase.CLOSED.value, cases.c.id.between(first, last)
    )
