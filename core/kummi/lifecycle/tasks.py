"""The tasks of a case on a day: done or owed, by when, still good or lapsed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from kummi.lifecycle.deadlines import due_on
from kummi.lifecycle.workflow_index import CLEARED_PHASES as CLEARED_PHASES  # noqa: PLC0414  given on, on purpose
from kummi.lifecycle.workflow_index import ORDER, WatchedTask, workflow_index
from kummi.model.case import Case
from kummi.model.country import Country
from kummi.model.dates import IsHoliday
from kummi.model.decision import Result
from kummi.model.facts import Facts
from kummi.model.places import Places
from kummi.model.text import Text
from kummi.model.vocabulary import Phase, TaskKind
from kummi.model.workflow import Task, Workflow
from kummi.rules.decide import decide

WATCHED = (TaskKind.CONSENT, TaskKind.CLEARANCE)
"""The kinds of task that core itself watches."""

NEVER = date.min
"""As the end of clearance: one that the phase needs is not recorded at all."""


@dataclass(frozen=True, slots=True)
class TaskState:
    """One task of a case on a day.

    ``applies`` is what its ``when`` says. While that is unknown the task *may be needed*: it is shown and does not hold
    the case back, unless it is consent or clearance, which do. ``required`` says that it holds the case back until it
    is done, ``outstanding`` that it does so now; ``lapsed`` that it was done and what it showed is no longer good.
    ``due_on`` is the day by which it is owed, None when it is done or has no deadline; ``repeats_on`` the day on which
    a repeating task is asked for again.
    """

    task: Task
    done_on: date | None
    until: date | None
    due_on: date | None
    applies: Result
    required: bool
    outstanding: bool
    lapsed: bool
    repeats_on: date | None


def task_states(
    case: Case, workflow: Workflow, facts: Facts, places: Places, is_holiday: IsHoliday
) -> tuple[TaskState, ...]:
    """Return the tasks of the case's stage that apply or may, then consent and clearance still owed from before."""
    return tuple(
        _with_due(state, case, facts, is_holiday)
        for state in (*_of_stage(case, workflow, facts, places), *_owed_from_before(case, workflow, facts, places))
    )


def outstanding_tasks(case: Case, workflow: Workflow, facts: Facts, places: Places) -> tuple[TaskState, ...]:
    """Return the tasks of the case's stage that hold it back now; their ``due_on`` is not worked out."""
    return tuple(state for state in _of_stage(case, workflow, facts, places) if state.outstanding)


def state_of(task: Task, case: Case, facts: Facts, places: Places) -> TaskState:
    """Return one task of a case on the business date of the facts, without its ``due_on``."""
    applies = Result.MET if task.when is None else decide(task.when, facts, places)
    record = case.tasks.get(task.id)
    if record is not None and record.on > facts.on:
        record = None
    done_on = record.on if record else None
    until = good_until(case, task) if record else None
    lapsed = until is not None and until < facts.on
    required = task.required and (applies is Result.MET or (applies is Result.UNKNOWN and task.kind in WATCHED))
    outstanding = required and (done_on is None or lapsed)
    repeats_on = task.repeats.after(done_on) if task.repeats and done_on else None
    return TaskState(task, done_on, until, None, applies, required, outstanding, lapsed, repeats_on)


def clearance_until(case: Case, workflow: Workflow) -> date | None:
    """Return the last day on which every clearance of a case is good.

    None when none is recorded that ends, or when the case needs none any more (conclusion and closed); ``NEVER`` when
    one that introduction or support cannot do without is not recorded. A clearance that was recorded counts whether or
    not its ``when`` still holds; one with a ``when`` that is missing is looked at only when a move is.
    """
    if ORDER[case.phase] > ORDER[Phase.SUPPORT]:
        return None
    if case.phase in CLEARED_PHASES and any(
        asked.task.when is None and asked.task.id not in case.tasks for asked in clearance_before(case.phase, workflow)
    ):
        return NEVER
    ends = (good_until(case, asked.task) for asked in workflow_index(workflow).clearance)
    return min((end for end in ends if end), default=None)


def has_lapsed(case: Case, workflow: Workflow, on: date) -> bool:
    """Whether a case is on hold by itself on a day, because clearance has ended in introduction or support.

    Nothing is recorded for it: it follows from the business date, and ends when clearance is renewed.
    """
    if case.phase not in CLEARED_PHASES:
        return False
    until = clearance_until(case, workflow)
    return until is not None and until < on


def clearance_before(phase: Phase, workflow: Workflow) -> Iterator[WatchedTask]:
    """Yield the required clearance that stages of earlier phases ask for."""
    return (each for each in workflow_index(workflow).clearance if ORDER[each.stage.phase] < ORDER[phase])


def owner_titles(country: Country, on: date) -> dict[str, Text]:
    """Return who each role is on a day: its title, with the name that its authority has that day."""
    authorities = {authority.id: authority.named_on(on) for authority in country.authorities}
    titles = {}
    for owner in country.owners:
        named = authorities.get(owner.authority) if owner.authority else None
        titles[owner.id] = _joined(owner.title, named.name) if named else owner.title
    return titles


def _joined(title: Text, name: Text) -> Text:
    languages = dict.fromkeys((*title.languages, *name.languages))
    return Text.model_validate({each: f"{title.in_language(each)} ({name.in_language(each)})" for each in languages})


def _of_stage(case: Case, workflow: Workflow, facts: Facts, places: Places) -> Iterator[TaskState]:
    stage = workflow_index(workflow).stages[case.stage]
    states = (state_of(task, case, facts, places) for task in stage.tasks)
    return (state for state in states if state.applies is not Result.NOT_MET)


def _owed_from_before(case: Case, workflow: Workflow, facts: Facts, places: Places) -> Iterator[TaskState]:
    """Yield consent and clearance of other stages that the case needs and has not: withdrawn, reset or lapsed."""
    if not case.is_open:
        return
    for asked in watched_before(case, workflow):
        state = state_of(asked.task, case, facts, places)
        if state.outstanding:
            yield state


def watched_before(case: Case, workflow: Workflow) -> Iterable[WatchedTask]:
    """Yield the consent and clearance of other stages that a case needs where it stands."""
    index = workflow_index(workflow)
    here = index.places[case.stage]
    for asked in index.consent:
        if index.places[asked.stage.id] < here:
            yield asked
    if ORDER[case.phase] > ORDER[Phase.SUPPORT]:
        return
    for asked in index.clearance:
        # A re-match may have reset the clearance of a matching stage that the case does not enter again.
        reset = case.phase is Phase.MATCHING and asked.stage.phase is Phase.MATCHING
        earlier = ORDER[asked.stage.phase] < ORDER[case.phase] or index.places[asked.stage.id] < here
        if asked.stage.id != case.stage and (earlier or reset):
            yield asked


def good_until(case: Case, task: Task) -> date | None:
    """Return the last day on which what a recorded task showed is good; None where it was not done or has no end."""
    record = case.tasks.get(task.id)
    if record is None:
        return None
    if record.until is None and task.valid_for is not None:
        return task.valid_for.after(record.on)
    return record.until


def _with_due(state: TaskState, case: Case, facts: Facts, is_holiday: IsHoliday) -> TaskState:
    if state.lapsed:
        day = state.until
    elif state.done_on is None and state.task.deadline:
        day = due_on(state.task.deadline, case.entered_on, facts, is_holiday)
    else:
        return state
    return replace(state, due_on=day)
