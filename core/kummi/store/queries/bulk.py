"""Bulk work, done by the database: which cases of a stage may take a step together, and the outcome of all on entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, null, or_, select
from sqlalchemy import true as sql_true

from kummi.lifecycle.eligibility import asks_eligibility
from kummi.lifecycle.moves import ends_early, rules_of_move
from kummi.lifecycle.workflow_index import ENTERING_PHASES, workflow_index
from kummi.model.case import Case
from kummi.model.event import CASE
from kummi.model.facts import REACHED
from kummi.model.programme import ProgrammeEntry
from kummi.model.rule import Eligibility, Requirement
from kummi.model.vocabulary import Phase
from kummi.model.workflow import Move, Stage
from kummi.rules.compile_sql import eligibility_case, fulfilment
from kummi.store.cases import cases_in_scope, fetch_cases, select_cases
from kummi.store.database import Connection, Store
from kummi.store.fact_columns import case_columns
from kummi.store.tables import cases, events, reached_column


def count_in_stage(connection: Connection, programme: ProgrammeEntry, stage: str) -> int:
    """Return how many live cases of the current version of a programme are in a stage."""
    query = _in_stage(cases_in_scope(func.count()), programme, stage)
    return int(connection.execute(query).scalar_one())


def numbers_in_stage(connection: Connection, programme: ProgrammeEntry, stage: str) -> list[int]:
    """Return the numbers of the live cases of the current version of a programme in a stage, in order."""
    query = _in_stage(cases_in_scope(cases.c.id), programme, stage)
    return list(connection.execute(query.order_by(cases.c.id)).scalars())


def _in_stage(query: Select[Any], programme: ProgrammeEntry, stage: str) -> Select[Any]:
    own = (cases.c.programme == programme.id, cases.c.workflow == programme.workflow.version)
    return query.where(*own, cases.c.stage == stage)


class MovableCase(NamedTuple):
    """A case that may take the step, with what its index follows from; ``tasks`` is the JSON text as stored."""

    id: int
    seq: int
    head: str
    tasks: str
    permit_held: bool | None
    permit_expires: date | None
    facts: tuple[Any, ...]


class MovableCases:
    """The live cases of the current version in a stage that may take one of some moves on a day.

    Args:
        entry: Their programme.
        source: The stage.
        moves: The moves; one that is open is enough.
        on: The day.
        steps: The kinds of events that are steps on a case's way: none may be of a later day.
        facts: The names of the facts to be told of each case, the newest ones: what is kept beside a case follows from
            all that is recorded.

    Raises:
        NotCompilableError: What stands against a move cannot be asked of the database.
    """

    def __init__(
        self,
        entry: ProgrammeEntry,
        source: Stage,
        moves: Sequence[Move],
        on: date,
        *,
        steps: Sequence[str],
        facts: Sequence[str],
    ) -> None:
        open_moves = or_(*(_may_take(move, source, entry, on) for move in moves))
        tasks = cast(cases.c.tasks, Text).label("tasks")  # as text: most cases of a stage have the same, read once
        told = (cases.c.id, cases.c.seq, cases.c.head, tasks, cases.c.permit_held, cases.c.permit_expires)
        own = (_fact(name, entry, date.max).label(f"fact_{at}") for at, name in enumerate(facts))
        query = _in_stage(cases_in_scope(*told, *own), entry, source.id)
        self._query = query.where(cases.c.phase == source.phase.value, _no_step_after(on, steps), open_moves)
        self._width = len(told)

    def after(self, connection: Connection, number: int, limit: int) -> list[MovableCase]:
        """Return the next of them after a number, in order."""
        query, width = self._query.where(cases.c.id > number).order_by(cases.c.id).limit(limit), self._width
        return [MovableCase._make((*row[:width], tuple(row[width:]))) for row in connection.execute(query)]


def _may_take(move: Move, source: Stage, entry: ProgrammeEntry, on: date) -> ColumnElement[bool]:
    """Return whether nothing stands against a move on a day, as ``kummi.lifecycle.moves.look_at`` says it; never NULL.

    It is for the cases that are in the stage that the move leaves. What plugins add is not asked.

    Raises:
        NotCompilableError: A rule or a task's ``when`` holds a plugin's own code, or what a task shows is good for
            working days.
    """
    to = workflow_index(entry).stages[move.to].phase
    early = ends_early(move)
    own = () if early else rules_of_move(entry, None, source.id, source.phase, to)
    required = [each for rule in own for each in rule.requirements]
    required += [Requirement(guard.whole) for guard in move.guards if guard.is_valid_on(on)]
    columns = case_columns(on, entry.programme.fields, tasks=entry.workflow.tasks)
    conditions = [fulfilment(each, on, entry.places, columns) for each in required]
    if not early and asks_eligibility(source.phase, to):
        conditions.append(outcome_on_entry(entry, on) == Eligibility.ELIGIBLE.value)
    return and_(sql_true(), *conditions)


def _no_step_after(on: date, steps: Sequence[str]) -> ColumnElement[bool]:
    """Whether no step of a case was on a later day: the way of a case has one order, as for a single move."""
    later_step = select(events.c.seq).where(
        events.c.stream_kind == CASE,
        events.c.stream_id == cases.c.id,
        events.c.kind.in_(steps),
        events.c.happened_on > on,
    )
    return and_(cases.c.opened_on <= on, ~later_step.exists())


def _fact(name: str, entry: ProgrammeEntry, on: date) -> ColumnElement[Any]:
    """Return where a fact stands before the move; a phase by its own day, which the move may add to."""
    if name.startswith(REACHED):
        return cases.c[reached_column(name.removeprefix(REACHED))]
    found = case_columns(on, entry.programme.fields).fact(name)
    return null() if found is None else found


def outcome_on_entry(entry: ProgrammeEntry, on: date, *, newest: bool = False) -> ColumnElement[str]:
    """Return the outcome of ``kummi.lifecycle.eligibility.decision_on_entry`` as an expression over all cases.

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
