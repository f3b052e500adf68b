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

from kummi.lifecycle.deadlines import due_on
from kummi.lifecycle.tasks import NEVER, clearance_until, good_until, watched_before
from kummi.lifecycle.workflow_index import ORDER, workflow_index
from kummi.model.case import Case
from kummi.model.country import Country
from kummi.model.dates import Duration, IsHoliday, Unit
from kummi.model.decision import Result
from kummi.model.facts import Facts
from kummi.model.places import Places
from kummi.model.programme import Notice, Window
from kummi.model.reference import Reference
from kummi.model.vocabulary import Pathway, Phase, TaskKind
from kummi.model.workflow import Task, Workflow
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


def endings(case: Case, workflow: Workflow, facts: Facts, places: Places) -> Iterator[Ending]:
    """Yield what of a case ends, a permit that has ended too.

    What a task showed is among it while it is good; after that the task is owed again.
    """
    if not case.is_open:
        return
    for task in _counted(case, workflow):
        until = good_until(case, task)
        if until and until >= facts.on and case.tasks[task.id].on <= facts.on and _is_asked(task, facts, places):
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


def next_end(case: Case, workflow: Workflow) -> date | None:
    """Return the earliest day on which something of an open case ends, or has ended."""
    if not case.is_open:
        return None
    days = [good_until(case, task) for task in _counted(case, workflow)]
    return sooner(min((day for day in days if day), default=None), permit_end(case))


def permit_end(case: Case) -> date | None:
    """Return the day on which the permit of a case ends; None where none is known to be held."""
    return None if case.permit_held is False else case.permit_expires


def sooner(one: date | None, other: date | None) -> date | None:
    """Return the earlier of two days that may be missing."""
    return one if other is None else other if one is None else min(one, other)


def next_due(case: Case, workflow: Workflow, facts: Facts, places: Places, is_holiday: IsHoliday) -> date | None:
    """Return the earliest day on which something of an open case is due; None when nothing is.

    That is a task, a repeating task, or the deadline of the stage. Consent or clearance that a case cannot go on
    without is due since the case entered its stage. ``facts`` are those of a day on which all that is recorded is
    known: the last of the calendar.
    """
    if not case.is_open:
        return None
    stage = workflow_index(workflow).stages[case.stage]
    days = [due_on(stage.deadline, case.entered_on, facts, is_holiday)] if stage.deadline else []
    tasks = [*stage.tasks, *(asked.task for asked in watched_before(case, workflow))]
    asked = [task for task in tasks if _may_be_asked(task, workflow, facts, places)]
    days += [_day_of(task, case, facts, is_holiday) for task in asked]
    gone = any(needs_consent(task, case) and task.id not in case.tasks for task in asked)
    if gone or clearance_until(case, workflow) == NEVER:
        days.append(case.entered_on)
    return min((day for day in days if day), default=None)


def needs_consent(task: Task, case: Case) -> bool:
    """Whether a task is a consent that a case cannot go on without, from matching to the end."""
    return task.kind is TaskKind.CONSENT and ORDER[Phase.MATCHING] <= ORDER[case.phase] < ORDER[Phase.CLOSED]


def _day_of(task: Task, case: Case, facts: Facts, is_holiday: IsHoliday) -> date | None:
    record = case.tasks.get(task.id)
    if record is not None:
        return task.repeats.after(record.on) if task.repeats else None
    return due_on(task.deadline, case.entered_on, facts, is_holiday) if task.deadline else None


def _counted(case: Case, workflow: Workflow) -> Iterable[Task]:
    """Return the recorded tasks whose end matters: those of the stage, consent, and clearance until it is over."""
    index = workflow_index(workflow)
    tasks = [*index.stages[case.stage].tasks, *(asked.task for asked in index.consent)]
    if ORDER[case.phase] <= ORDER[Phase.SUPPORT]:
        tasks += [asked.task for asked in index.clearance]
    return {task.id: task for task in tasks if task.id in case.tasks}.values()


def _is_asked(task: Task, facts: Facts, places: Places) -> bool:
    """Whether what a task showed still counts; clearance does, whether or not it would be asked for again."""
    clearance = task.kind is TaskKind.CLEARANCE
    return clearance or task.when is None or decide(task.when, facts, places) is not Result.NOT_MET


def _may_be_asked(task: Task, workflow: Workflow, facts: Facts, places: Places) -> bool:
    """Whether a task is asked for on some day."""
    if task.when is None or task.id in workflow_index(workflow).by_day:
        return True
    return decide(task.when, facts, places) is not Result.NOT_MET
