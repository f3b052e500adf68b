"""The tasks of a case on a day: done or owed, by when, still good or expired; and what owed ones say against a move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kummi.lifecycle.deadlines import deadline_day
from kummi.lifecycle.workflow_index import ORDER, UNTIL, WATCHED, WatchedTask, index_of
from kummi.message import Message
from kummi.model.case import Case, LoadedCase
from kummi.model.facts import TASK, FactValue
from kummi.model.rule import Finding, Result
from kummi.model.text import Text
from kummi.model.vocabulary import Phase
from kummi.model.workflow import Task
from kummi.rules.decide import decide, fulfils


@dataclass(frozen=True, slots=True)
class TaskState:
    """One task of a case on a day.

    ``applies`` is what its ``when`` says. While that is unknown the task *may be needed*: it is shown and does not hold
    the case back, unless it is consent or clearance, which do. ``required`` says that it holds the case back until it
    is done, ``outstanding`` that it does so now; ``expired`` that it was done and what it showed is no longer good.
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
    expired: bool
    repeats_on: date | None


def task_states(loaded: LoadedCase) -> tuple[TaskState, ...]:
    """Return the tasks of the case's stage that apply or may, then consent and clearance still owed from before."""
    return tuple(_with_due(state, loaded) for state in (*_of_stage(loaded), *_owed_from_before(loaded)))


def state_of(task: Task, loaded: LoadedCase) -> TaskState:
    """Return one task of a case on the business date of the facts, without its ``due_on``."""
    case, facts = loaded.case, loaded.facts
    applies = Result.MET if task.when is None else decide(task.when, facts)
    record = case.tasks.get(task.id)
    if record is not None and record.on > facts.on:
        record = None
    done_on = record.on if record else None
    until = good_until(case, task) if record else None
    expired = until is not None and until < facts.on
    required = task.required and (applies is Result.MET or (applies is Result.UNKNOWN and task.kind in WATCHED))
    requirement = index_of(loaded).requirements[task.id]
    outstanding = task.required and not fulfils(loaded.facts_with(ends_of(case, [task])), requirement)
    repeats_on = task.repeats.after(done_on) if task.repeats and done_on else None
    return TaskState(task, done_on, until, None, applies, required, outstanding, expired, repeats_on)


def ends_of(case: Case, tasks: Iterable[Task]) -> dict[str, FactValue]:
    """Return the facts ``until.<task>`` of some tasks, as far as they are recorded."""
    return {UNTIL + task.id: good_until(case, task) or date.max for task in tasks if task.id in case.tasks}


def _of_stage(loaded: LoadedCase) -> Iterator[TaskState]:
    states = (state_of(task, loaded) for task in index_of(loaded).stages[loaded.case.stage].tasks)
    return (state for state in states if state.applies is not Result.NOT_MET)


def _owed_from_before(loaded: LoadedCase) -> Iterator[TaskState]:
    """Yield consent and clearance of other stages that the case needs and has not: withdrawn, reset or expired."""
    if not loaded.case.is_open:
        return
    for asked in watched_before(loaded):
        state = state_of(asked.task, loaded)
        if state.outstanding:
            yield state


def watched_before(loaded: LoadedCase) -> Iterable[WatchedTask]:
    """Yield the consent and clearance of other stages that a case needs where it stands."""
    case, index = loaded.case, index_of(loaded)
    here = index.places[case.stage]
    # Stages of one phase are in order only by their place in the file, so consent goes by that place alone.
    for asked in index.consent:
        if index.places[asked.stage.id] < here:
            yield asked
    if ORDER[case.phase] > ORDER[Phase.SUPPORT]:
        return  # nobody meets the household any more
    for asked in index.clearance:
        # A stage of an earlier phase may stand later in the file, and its clearance is owed all the same. A re-match
        # may have reset the clearance of a matching stage that the case does not enter again.
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


def _with_due(state: TaskState, loaded: LoadedCase) -> TaskState:
    if state.expired:
        day = state.until
    elif state.done_on is None and state.task.deadline:
        day = deadline_day(state.task.deadline, loaded)
    else:
        return state
    return replace(state, due_on=day)


def owed_finding(state: TaskState, loaded: LoadedCase) -> Finding:
    """Return the finding that a task of the case's stage is not done, or that what it showed is no longer good."""
    task = state.task
    reason = Message(
        "what the task '{task}' showed was good until {date}; it is owed again by: {owner}"
        if state.expired
        else "the task '{task}' is not done yet; it is owed by: {owner}",
        task=task.title,
        owner=_owner(task, loaded),
        date=state.until,
    )
    settle = _settle(task, loaded)
    return Finding(f"task-{task.id}", Result.NOT_MET, reason, task.reference, settle, _recorded([state]), task.origin)


def watched_finding(rule: str, reason: Message, states: Sequence[TaskState], loaded: LoadedCase) -> Finding:
    """Return the finding of core on consent or clearance, and who owes the first of the tasks."""
    tasks = [state.task for state in states]
    references = tuple(each for task in tasks for each in task.reference)
    return Finding(rule, Result.NOT_MET, reason, references, _settle(tasks[0], loaded), _recorded(states))


def missing_consent(loaded: LoadedCase) -> Iterator[Finding]:
    """Yield what of consent stands against a move: not recorded, ended, or asked of nobody."""
    states = [state_of(asked.task, loaded) for asked in index_of(loaded).consent]
    owed = [state for state in states if state.outstanding]
    if owed:
        reason = Message("the household's consent is not recorded: {tasks}", tasks=titles_of(owed))
        yield watched_finding("consent", reason, owed, loaded)
    else:
        yield Finding("consent", Result.NOT_MET, Message("the workflow asks for no consent before this stage"))


def titles_of(states: Sequence[TaskState]) -> tuple[Text, ...]:
    """Return the titles of tasks, to be shown one after the other."""
    return tuple(state.task.title for state in states)


def _settle(task: Task, loaded: LoadedCase) -> Message:
    return Message("{owner} does it; then it is recorded as '{id}'", owner=_owner(task, loaded), id=task.id)


def _owner(task: Task, loaded: LoadedCase) -> Text:
    return loaded.programme.owners_on(loaded.facts.on).get(task.owner) or Text.model_validate(task.owner)


def _recorded(states: Sequence[TaskState]) -> dict[str, date | None]:
    return {f"{TASK}{state.task.id}": state.done_on for state in states}
