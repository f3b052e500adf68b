"""What now: what is done, missing and open in one case, and what of it ends soon."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from kummi.casework.desk import Desk, OpenCase, find_case, opened, task_named
from kummi.casework.moving import moves_of
from kummi.casework.stranded import Stranded, stranded
from kummi.errors import InputError
from kummi.lifecycle.ahead import Ending, endings, endings_for_all, horizons, needs_consent
from kummi.lifecycle.deadlines import due_on, holidays_of
from kummi.lifecycle.moves import PossibleMove
from kummi.lifecycle.tasks import TaskState, has_lapsed, state_of, task_states
from kummi.model.case import Case
from kummi.model.vocabulary import Phase
from kummi.store.case_rows import load_persons


@dataclass(frozen=True)
class NextSteps:
    """A case as a coordinator needs it before the telephone is put down.

    ``leave_by`` is the day by which the case should have left its stage. ``lapsed`` says that it is on hold by itself
    because a clearance ended. ``consent`` is the consent that it cannot go on without and that was withdrawn or has
    ended. ``endings`` is what ends soon, by the notice that the programme gives.
    """

    it: OpenCase
    tasks: tuple[TaskState, ...]
    moves: tuple[PossibleMove, ...]
    leave_by: date | None
    lapsed: bool
    consent: tuple[TaskState, ...]
    endings: tuple[Ending, ...]

    @property
    def phase(self) -> Phase:
        """The phase as people see it: ``on_hold`` for a case on hold, recorded or by a lapse."""
        return shown_phase(self.it.case, lapsed=self.lapsed)


def shown_phase(case: Case, *, lapsed: bool) -> Phase:
    """Return the phase as people see it."""
    return Phase.ON_HOLD if case.held_since or lapsed else case.phase


def next_steps(desk: Desk, ref: str) -> NextSteps:
    """Work out what may be done next with a case. Raises NotFoundError, and InputError for one that is stranded."""
    found = what_next(desk, ref)
    if isinstance(found, Stranded):
        raise InputError(str(found))
    return found


def what_next(desk: Desk, ref: str) -> NextSteps | Stranded:
    """Work out what may be done next with a case, or why nothing can be. Raises NotFoundError."""
    with desk.store.reading() as connection:
        case = find_case(desk, connection, ref)
        members = load_persons(desk.store, connection, case.id)
    return stranded(case, desk.catalogue) or steps_of(desk, opened(desk, case, members))


def steps_of(desk: Desk, it: OpenCase) -> NextSteps:
    """Work out what may be done next with a case that is loaded already."""
    entry, case = it.entry, it.case
    is_holiday = holidays_of(entry.country, case.municipality)
    stage = entry.workflow.stage(case.stage)
    tasks = task_states(case, entry.workflow, it.facts, entry.places, is_holiday)
    return NextSteps(
        it,
        tasks,
        moves_of(desk, it),
        due_on(stage.deadline, case.entered_on, it.facts, is_holiday) if stage.deadline else None,
        has_lapsed(case, entry.workflow, desk.on),
        tuple(state for state in tasks if state.outstanding and needs_consent(state.task, case)),
        tuple(_ending_soon(it, horizons(desk.on, entry.programme.notice).end)),
    )


def only_task(ahead: NextSteps, task_id: str) -> NextSteps:
    """Return the same with one task alone, also one that is asked for in another stage. Raises NotFoundError."""
    it, shown = ahead.it, {state.task.id: state for state in ahead.tasks}
    task = task_named(it, task_id)
    state = shown.get(task.id) or state_of(task, it.case, it.facts, it.entry.places)
    return replace(ahead, tasks=(state,))


def _ending_soon(it: OpenCase, horizon: date) -> list[Ending]:
    if not it.case.is_open:
        return []
    entry = it.entry
    own = endings(it.case, entry.workflow, it.facts, entry.places)
    all_ = endings_for_all(entry.programme.window, entry.country, it.case.pathway)
    return sorted((each for each in (*own, *all_) if each.day <= horizon), key=lambda each: each.day)
