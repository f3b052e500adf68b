"""What the calendar alone brings to a case: the day on which something of it is due, and what of it ends.

``endings`` answers for the day asked. ``next_due`` and ``next_end`` follow from the state of a case and the workflow,
whatever day it is, so that they can be kept beside the case and never grow old: nothing of a case is due, and nothing
ends, before them. They may be too early, where a task is asked for on some days only, and never too late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kummi.lifecycle.clearance import NEVER, clearance_until
from kummi.lifecycle.deadlines import deadline_day, leave_by
from kummi.lifecycle.tasks import good_until, watched_before
from kummi.lifecycle.workflow_index import ORDER, index_of
from kummi.model.case import Case, LoadedCase
from kummi.model.country import Country
from kummi.model.dates import Duration, Unit
from kummi.model.programme import Notice, Window
from kummi.model.reference import Reference
from kummi.model.rule import Result
from kummi.model.vocabulary import Pathway, Phase, TaskKind
from kummi.model.workflow import Task
from kummi.rules.decide import decide


class EndKind(StrEnum):
    """What may end."""

    TASK = "task"
    PERMIT = "permit"
    PATHWAY = "pathway"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Ending:
    """Something with a last day: what a task showed, a permit, the ground of a pathway, a programme."""

    kind: EndKind
    day: date
    task: Task | None = None
    pathway: Pathway | None = None
    reference: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Horizons:
    """Until which day the morning list tells of what is due, and of what ends."""

    due: date
    end: date


def horizons(on: date, notice: Notice, days: int | None = None) -> Horizons:
    """Return how far ahead the morning list looks on a day: as far as a programme says, or so many days."""
    due_by = notice.deadlines.after(on) if days is None else Duration(count=days, unit=Unit.DAYS).after(on)
    return Horizons(due_by, max(due_by, notice.endings.after(on)))


def endings(loaded: LoadedCase) -> Iterator[Ending]:
    """Yield what of a case ends, a permit that has ended too.

    What a task showed is among it while it is good; after that the task is owed again.
    """
    case, on = loaded.case, loaded.facts.on
    if not case.is_open:
        return
    for task in _counted(loaded):
        until = good_until(case, task)
        if until and until >= on and case.tasks[task.id].on <= on and _is_asked(task, loaded):
            yield Ending(EndKind.TASK, until, task, reference=task.reference)
    if until := permit_end(case):
        yield Ending(EndKind.PERMIT, until)


def endings_for_all(window: Window, country: Country, pathway: Pathway | None = None) -> Iterator[Ending]:
    """Yield what ends for all cases of a programme at once: the programme, and the ground of each or of one pathway."""
    if window.end:
        yield Ending(EndKind.WINDOW, window.end, reference=window.reference)
    for each in country.pathway_ends:
        if pathway in (None, each.pathway):
            yield Ending(EndKind.PATHWAY, each.until, pathway=each.pathway, reference=each.reference)


def next_end(loaded: LoadedCase) -> date | None:
    """Return the earliest day on which something of an open case ends, or has ended."""
    case = loaded.case
    if not case.is_open:
        return None
    days = [good_until(case, task) for task in _counted(loaded)]
    return sooner(min((day for day in days if day), default=None), permit_end(case))


def permit_end(case: Case) -> date | None:
    """Return the day on which the permit of a case ends; None where none is known to be held."""
    return None if case.permit_held is False else case.permit_expires


def sooner(one: date | None, other: date | None) -> date | None:
    """Return the earlier of two days that may be missing."""
    return one if other is None else other if one is None else min(one, other)


def next_due(loaded: LoadedCase) -> date | None:
    """Return the earliest day on which something of an open case is due; None when nothing is.

    That is a task, a repeating task, or the deadline of the stage. Consent or clearance that a case cannot go on
    without is due since the case entered its stage. Its facts are those of the calendar's last day, on which all
    that is recorded is known.
    """
    case = loaded.case
    if not case.is_open:
        return None
    days = [leave_by(loaded)]
    tasks = [*index_of(loaded).stages[case.stage].tasks, *(asked.task for asked in watched_before(loaded))]
    asked = [task for task in tasks if _may_be_asked(task, loaded)]
    days += [_due_on(task, loaded) for task in asked]
    gone = any(needs_consent(task, case) and task.id not in case.tasks for task in asked)
    if gone or clearance_until(loaded) == NEVER:
        days.append(case.entered_on)
    return min((day for day in days if day), default=None)


def needs_consent(task: Task, case: Case) -> bool:
    """Whether a task is a consent that a case cannot go on without, from matching to the end."""
    return task.kind is TaskKind.CONSENT and ORDER[Phase.MATCHING] <= ORDER[case.phase] < ORDER[Phase.CLOSED]


def _due_on(task: Task, loaded: LoadedCase) -> date | None:
    record = loaded.case.tasks.get(task.id)
    if record is not None:
        return task.repeats.after(record.on) if task.repeats else None
    return deadline_day(task.deadline, loaded) if task.deadline else None


def _counted(loaded: LoadedCase) -> Iterable[Task]:
    """Return the recorded tasks whose end matters: those of the stage, consent, and clearance until it is over."""
    case, index = loaded.case, index_of(loaded)
    tasks = [*index.stages[case.stage].tasks, *(asked.task for asked in index.consent)]
    if ORDER[case.phase] <= ORDER[Phase.SUPPORT]:
        tasks += [asked.task for asked in index.clearance]
    return {task.id: task for task in tasks if task.id in case.tasks}.values()


def _is_asked(task: Task, loaded: LoadedCase) -> bool:
    """Whether what a task showed still counts; clearance does, whether or not it would be asked for again."""
    clearance = task.kind is TaskKind.CLEARANCE
    return clearance or task.when is None or decide(task.when, loaded.facts) is not Result.NOT_MET


def _may_be_asked(task: Task, loaded: LoadedCase) -> bool:
    """Whether a task is asked for on some day."""
    if task.when is None or task.id in index_of(loaded).by_day:
        return True
    return decide(task.when, loaded.facts) is not Result.NOT_MET
