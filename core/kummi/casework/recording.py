"""Record what was done: tasks and assessments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kummi.casework.commit import commit_event
from kummi.casework.context import Context, must_be_open_by, must_have_come, today
from kummi.casework.loading import load, task_named
from kummi.errors import Fault, InputError, RefusedError
from kummi.lifecycle.eligibility import decision_on_entry
from kummi.message import Message
from kummi.model.case import Case, LoadedCase
from kummi.model.case_events import CaseAssessed, TaskRecorded, TaskWithdrawn
from kummi.model.rule import Decision
from kummi.store.database import Connection


@dataclass(frozen=True)
class Recorded:
    """A case after something was recorded, with what the coordinator should look at again."""

    case: Case
    warnings: tuple[Message, ...] = ()


def record_task(
    context: Context, ref: str, task_id: str, *, until: date | None = None, seen: int | None = None
) -> Recorded:
    """Record a task as done on the business date.

    ``until`` says how long what was shown is good; without it the task's own ``valid_for`` counts. What a later day
    showed stands: late news is kept beside it, with a warning. Raises NotFoundError for an unknown task, RefusedError
    on a closed case, InputError for a date before the case or in the future.
    """
    with context.writing() as connection:
        loaded = load(context, connection, ref, seen=seen)
        task = task_named(loaded, task_id)
        must_be_open(loaded, Message("record {task}", task=task.id))
        must_have_come_for(context, loaded)
        if until is not None and until < context.on:
            raise InputError(
                Message("--until {until} lies before the day the task was done, {on}", until=until, on=context.on)
            )
        good_until = until or (task.valid_for.after(context.on) if task.valid_for else None)
        case = commit_event(context, connection, loaded, TaskRecorded(task.id, good_until))
        return Recorded(case, _late(case, task.id, context.on))


def withdraw_task(context: Context, ref: str, task_id: str, *, seen: int | None = None) -> Recorded:
    """Take a recorded task back: a consent withdrawn, a record made by mistake. The events keep both.

    Of a day that has not come yet it counts at once, with a warning. A withdrawal before the day on which the task was
    done says nothing of it: InputError, but for a task that was recorded for a day in the future.
    """
    with context.writing() as connection:
        loaded = load(context, connection, ref, seen=seen)
        task = task_named(loaded, task_id)
        must_be_open(loaded, Message("withdraw {task}", task=task.id))
        if task.id not in loaded.case.tasks:
            raise InputError(
                Message(
                    "task {id} of case {ref} is not recorded, so it cannot be withdrawn",
                    id=task.id,
                    ref=loaded.case.ref,
                )
            )
        done_on = loaded.case.tasks[task.id].on
        if context.on < done_on <= today(context):
            settle = Message("say --on {done_on} or a later day", done_on=done_on)
            raise InputError(
                Fault(
                    "--on",
                    Message(
                        "task {id} was done on {done_on}; it cannot be withdrawn before: {settle}",
                        id=task.id,
                        done_on=done_on,
                        settle=settle,
                    ),
                )
            )
        case = commit_event(context, connection, loaded, TaskWithdrawn(task.id))
        ahead = Message("{on} has not come yet; {task} counts as withdrawn from now on", on=context.on, task=task.id)
        return Recorded(case, (ahead,) if context.on > today(context) else ())


def assess(context: Context, ref: str) -> tuple[Case, Decision]:
    """Decide a case's eligibility on the business date and keep the decision beside the earlier ones."""
    with context.writing() as connection:
        loaded = load(context, connection, ref)
        decision = decision_on_entry(loaded)
        findings = {finding.rule: finding.result.value for finding in decision.findings}
        plugin = str(loaded.programme.programme.origin)
        event = CaseAssessed(decision.outcome.value, decision.ruleset, plugin, findings)
        return commit_event(context, connection, loaded, event), decision


def _late(case: Case, task: str, on: date) -> tuple[Message, ...]:
    done_on = case.tasks[task].on
    if done_on <= on:
        return ()
    said = Message(
        "task {task} was done on {done_on} too, and that stands; to correct the day, withdraw it and record it",
        task=task,
        done_on=done_on,
    )
    return (said,)


def must_have_come_for(context: Context, loaded: LoadedCase) -> None:
    """Refuse a day in the future; only a rehearsal may run ahead of the time. Raises InputError."""
    if not loaded.case.rehearsal:
        must_have_come(context)


def load_to_change(
    context: Context, connection: Connection, ref: str, action: Message, *, seen: int | None = None
) -> LoadedCase:
    """Load an open case whose household is about to change on the business date, not before it was opened.

    Raises as ``load``, ``must_be_open``, ``must_have_come_for`` and ``must_be_open_by`` do.
    """
    loaded = load(context, connection, ref, seen=seen)
    must_be_open(loaded, action)
    must_have_come_for(context, loaded)
    must_be_open_by(loaded.case, context.on)
    return loaded


def must_be_open(loaded: LoadedCase, action: Message) -> None:
    """Refuse an action on a closed case. Raises RefusedError."""
    if not loaded.case.is_open:
        if not loaded.case.size:
            raise RefusedError(Message("case {ref} is closed: another case has its household", ref=loaded.case.ref))
        raise RefusedError(
            Message(
                "case {ref} is closed, so nobody can {action}; reopen it first: case reopen {ref}",
                ref=loaded.case.ref,
                action=action,
            )
        )
