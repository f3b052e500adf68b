"""What is kept beside a case for the morning list: worked out for one, and once for all cases in the same situation.

Bulk work writes thousands of cases that enter one stage on one day. When something of them is due depends only on the
few facts and tasks that the stage asks about, so cases that agree in these have it in common. Only the end of the
permit is each household's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from kummi.lifecycle.clearance import clearance_until
from kummi.lifecycle.deadlines import ENTERED
from kummi.lifecycle.upcoming import next_due, next_end, sooner
from kummi.lifecycle.workflow_index import has_stage, workflow_index
from kummi.model.case import Case, LoadedCase, Person
from kummi.model.criterion import Criterion, EveryMember, Predicate, SomeMember
from kummi.model.facts import MUNICIPALITY, TASK
from kummi.model.vocabulary import TaskKind
from kummi.model.workflow import Task
from kummi.rules.inspect import facts_in, walk
from kummi.store.cases import CaseIndex

if TYPE_CHECKING:
    from kummi.catalogue.catalogue import Catalogue
    from kummi.model.programme import ProgrammeEntry


def case_index_from(catalogue: Catalogue) -> Callable[[Case, tuple[Person, ...]], CaseIndex | None]:
    """Return what works out again what is kept beside a case.

    That is None where the workflow of the case, in its version, is not among these countries.
    """

    def follows(case: Case, persons: tuple[Person, ...]) -> CaseIndex | None:
        entry = catalogue.programmes.get(case.programme)
        if entry is None or case.workflow not in entry.workflows:
            return None
        if case.is_open and not has_stage(entry, case.workflow, case.stage):
            return None  # stranded: what was kept followed from a workflow that is not here
        return case_index_of(entry, case, persons)

    return follows


def case_index_of(entry: ProgrammeEntry, case: Case, persons: tuple[Person, ...]) -> CaseIndex:
    """Work out what is kept beside a case for the morning list; it follows from the case alone, whatever day it is.

    One that is stranded is due since it entered its stage.
    """
    if not case.is_open:
        return CaseIndex()
    loaded = LoadedCase.on(date.max, case, persons, entry)  # the last day: all that is recorded is known on it
    if not has_stage(entry, case.workflow, case.stage):
        return CaseIndex(clearance_until(loaded), case.entered_on)
    return CaseIndex(clearance_until(loaded), next_due(loaded), next_end(loaded))


class IndexKey:
    """What the morning list asks about cases in one stage, and how to tell two of them apart.

    ``facts`` are the names of the facts to compare. ``shared`` is False where something is asked of the persons, or by
    a plugin's own code: then every case is a situation of its own.
    """

    def __init__(self, entry: ProgrammeEntry, stage: str) -> None:
        index = workflow_index(entry)
        here = index.stages[stage]
        watched = [asked.task for asked in (*index.consent, *index.clearance)]
        tasks = {task.id: task for task in (*here.tasks, *watched)}
        criteria = [task.when for task in tasks.values() if task.when is not None]
        deadlines = [each for each in (here.deadline, *(task.deadline for task in tasks.values())) if each]
        asked = {*(each.of for each in deadlines), *(name for when in criteria for name in facts_in(when))}
        if any(place.subdivision for place in entry.country.municipalities):
            asked.add(MUNICIPALITY)  # it has its own holidays
        self.shared = not any(_sees_more(each) for each in criteria)
        facts = asked - {ENTERED, "on"} if self.shared else ()
        self.facts = tuple(sorted(name for name in facts if not name.startswith(TASK)))
        whole = {name.removeprefix(TASK) for name in asked if name.startswith(TASK)}
        self._tasks = [(task.id, task.id in whole or _counts_from(task)) for task in tasks.values()]
        self._tasks += [(name, True) for name in sorted(whole - tasks.keys())]

    def records(self, tasks: Mapping[str, Mapping[str, str]]) -> tuple[Any, ...]:
        """Return what counts of a case's task records, given in the form in which they are stored.

        Two cases with the same records and the same ``facts`` are in the same situation.
        """
        found = ((name, tasks.get(name), whole) for name, whole in self._tasks)
        return tuple(
            (name, record["on"] if whole else None, record.get("until")) for name, record, whole in found if record
        )


def shared_index(entry: ProgrammeEntry, case: Case, persons: tuple[Person, ...]) -> CaseIndex:
    """Return what is kept beside all cases in the same situation as this one: all but the end of the permit."""
    end = next_end(LoadedCase.on(date.max, replace(case, permit_expires=None), persons, entry))
    return replace(case_index_of(entry, case, persons), next_end=end)


def with_permit(shared: CaseIndex, until: date | None) -> CaseIndex:
    """Return what is kept beside a case of a situation whose permit ends on this day."""
    return shared if until is None else replace(shared, next_end=sooner(shared.next_end, until))


def _sees_more(criterion: Criterion) -> bool:
    return any(isinstance(part, SomeMember | EveryMember | Predicate) for part in walk(criterion))


def _counts_from(task: Task) -> bool:
    """Whether it matters on which day a task was done, not only that it was."""
    return task.kind is TaskKind.CLEARANCE or task.valid_for is not None or task.repeats is not None
