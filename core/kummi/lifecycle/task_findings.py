"""What tasks that are owed say against a move: which task, who owes it, and what settles it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from kummi.lifecycle.tasks import TaskState, state_of
from kummi.lifecycle.workflow_index import index_of
from kummi.message import Message
from kummi.model.loaded_case import LoadedCase
from kummi.model.rule import Finding, Result
from kummi.model.text import Text
from kummi.model.workflow import Task


def owed_finding(state: TaskState, loaded: LoadedCase) -> Finding:
    """Return the finding that a task of the case's stage is not done, or that what it showed is no longer good."""
    task = state.task
    reason = Message(
        "what the task '{task}' showed was good until {date}; it is owed again by: {owner}"
        if state.lapsed
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
    return {f"tasks.{state.task.id}": state.done_on for state in states}
