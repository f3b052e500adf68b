"""What now: what is done, missing and open in one case, and what of it ends soon."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from kummi.casework.context import Context
from kummi.casework.loading import find_case, loaded_case, persons_of, task_named
from kummi.casework.stranded import Stranded, stranded
from kummi.errors import InputError
from kummi.lifecycle.clearance import clearance_has_lapsed, shown_phase
from kummi.lifecycle.deadlines import leave_by
from kummi.lifecycle.eligibility import asks_eligibility, findings_on_entry
from kummi.lifecycle.moves import PossibleMove, look_at, possible_moves
from kummi.lifecycle.tasks import TaskState, state_of, task_states
from kummi.lifecycle.upcoming import Ending, endings, endings_for_all, horizons, needs_consent
from kummi.lifecycle.workflow_index import index_of
from kummi.model.case import LoadedCase
from kummi.model.rule import Finding
from kummi.model.vocabulary import Phase
from kummi.model.workflow import Move


@dataclass(frozen=True)
class NextSteps:
    """A case as a coordinator needs it before the telephone is put down.

    ``leave_by`` is the day by which the case should have left its stage. ``clearance_lapsed`` says that it is on hold
    by itself because a clearance ended. ``consent`` is the consent that it cannot go on without and that was withdrawn
    or has ended. ``endings`` is what ends soon, by the notice that the programme gives.
    """

    loaded: LoadedCase
    tasks: tuple[TaskState, ...]
    moves: tuple[PossibleMove, ...]
    leave_by: date | None
    clearance_lapsed: bool
    consent: tuple[TaskState, ...]
    endings: tuple[Ending, ...]

    @property
    def phase(self) -> Phase:
        """The phase as people see it: ``on_hold`` for a case on hold, recorded or by a lapse."""
        return shown_phase(self.loaded.case, self.loaded.programme, self.loaded.facts.on)


def next_steps(context: Context, ref: str) -> NextSteps:
    """Work out what may be done next with a case. Raises NotFoundError, and InputError for one that is stranded."""
    found = what_next(context, ref)
    if isinstance(found, Stranded):
        raise InputError(found.message)
    return found


def what_next(context: Context, ref: str) -> NextSteps | Stranded:
    """Work out what may be done next with a case, or why nothing can be. Raises NotFoundError."""
    with context.store.reading() as connection:
        case = find_case(context, connection, ref)
        persons = persons_of(context, connection, case)
    of_day = case.of_day(context.on, persons)
    return stranded(of_day, context.catalogue) or steps_of(context, loaded_case(context, case, persons))


def steps_of(context: Context, loaded: LoadedCase) -> NextSteps:
    """Work out what may be done next with a case that is loaded already."""
    entry, case = loaded.programme, loaded.case
    tasks = task_states(loaded)
    return NextSteps(
        loaded,
        tasks,
        moves_of(context, loaded),
        leave_by(loaded),
        clearance_has_lapsed(loaded),
        tuple(state for state in tasks if state.outstanding and needs_consent(state.task, case)),
        tuple(_ending_soon(loaded, horizons(context.on, entry.programme.notice).end)),
    )


def moves_of(context: Context, loaded: LoadedCase) -> tuple[PossibleMove, ...]:
    """Return every move that leaves the case's stage, each with the findings that close it."""
    index, case = index_of(loaded), loaded.case
    asked = any(asks_eligibility(case.phase, index.stages[move.to].phase) for move in index.moves[case.stage])
    eligibility = findings_on_entry(loaded) if asked else ()
    return possible_moves(loaded, eligibility, lambda move: _from_plugins(context, loaded, move))


def look_at_move(context: Context, loaded: LoadedCase, move: Move) -> PossibleMove:
    """Look at one move of a case, with what plugins say of it."""
    asked = asks_eligibility(loaded.case.phase, index_of(loaded).stages[move.to].phase)
    eligibility = findings_on_entry(loaded) if asked else ()
    return look_at(move, loaded, eligibility, lambda move: _from_plugins(context, loaded, move))


def _from_plugins(context: Context, loaded: LoadedCase, move: Move) -> tuple[Finding, ...]:
    return context.catalogue.behaviour.check_move(loaded.case, move, loaded.facts)


def only_task(ahead: NextSteps, task_id: str) -> NextSteps:
    """Return the same with one task alone, also one that is asked for in another stage. Raises NotFoundError."""
    loaded, shown = ahead.loaded, {state.task.id: state for state in ahead.tasks}
    task = task_named(loaded, task_id)
    state = shown.get(task.id) or state_of(task, loaded)
    return replace(ahead, tasks=(state,))


def _ending_soon(loaded: LoadedCase, horizon: date) -> list[Ending]:
    if not loaded.case.is_open:
        return []
    entry = loaded.programme
    own = endings(loaded)
    all_ = endings_for_all(entry.programme.window, entry.country, loaded.case.pathway)
    return sorted((each for each in (*own, *all_) if each.day <= horizon), key=lambda each: each.day)
