"""The morning list: what is due, ends or is blocked, in all cases at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import TYPE_CHECKING

from kummi.casework.context import Context
from kummi.casework.loading import loaded_case
from kummi.casework.stranded import Stranded, stranded
from kummi.lifecycle.clearance import NEVER, clearance_has_lapsed, clearance_until
from kummi.lifecycle.deadlines import leave_by
from kummi.lifecycle.tasks import TaskState, task_states
from kummi.lifecycle.upcoming import Ending, Horizons, endings, endings_for_all, horizons, needs_consent
from kummi.lifecycle.workflow_index import ORDER
from kummi.model.case import LoadedCase, case_ref
from kummi.model.programme import Notice
from kummi.model.rule import Result
from kummi.model.vocabulary import OPEN_PHASES, Phase, TaskKind
from kummi.store.database import Connection
from kummi.store.persons import load_persons_of
from kummi.store.queries.due import DueFilter, Watched, cases_due, first_open_cases

if TYPE_CHECKING:
    from kummi.model.programme import ProgrammeEntry


@dataclass(frozen=True)
class Due:
    """One thing that is due: in which case, what, who owes it, by when.

    ``kind`` is ``consent`` (the case cannot go on without it, and it was withdrawn or has ended), ``task``, ``stage``
    (it should be left), ``ends``, ``held``, ``lapsed`` (on hold by itself until this clearance is recorded), or
    ``stranded``. ``task`` is empty for a stage, an ending and a case on hold or stranded; ``ending`` for all but an
    ending.
    """

    loaded: LoadedCase | Stranded
    kind: str
    day: date
    task: TaskState | None = None
    ending: Ending | None = None

    def overdue_on(self, on: date) -> bool:
        """Whether its day has passed."""
        return self.kind not in ("held", "stranded") and self.day < on


def due(context: Context, days: int | None = None, programme: str | None = None, limit: int = 200) -> list[Due]:
    """Return what is overdue, due or ending soon, or blocked on hold: what cannot wait first, then by day.

    ``days`` says how far ahead to look, instead of the programme's own notice. At most ``limit`` cases are told of for
    what is due, as many for what ends, and as many that were put on hold.
    """
    usual = horizons(context.on, Notice(), days)
    ahead = {
        each: horizons(context.on, entry.programme.notice, days) for each, entry in context.catalogue.programmes.items()
    }
    questions = (
        DueFilter(Watched.DUE, usual.due, {each: its.due for each, its in ahead.items()}, programme),
        DueFilter(Watched.END, usual.end, {each: its.end for each, its in ahead.items()}, programme),
        DueFilter(Watched.HELD, programme=programme),
    )
    found: dict[int, list[Due]] = {}
    with context.store.reading() as connection:
        for wanted in questions:
            found |= _first(context, connection, wanted, ahead, limit)
    items = [item for some in found.values() for item in some]
    return sorted(items, key=lambda item: (item.kind != "consent", item.day, item.loaded.case.id))


def _first(
    context: Context, connection: Connection, wanted: DueFilter, ahead: Mapping[str, Horizons], limit: int
) -> dict[int, list[Due]]:
    """Return the first cases of a question of which something is due, with what it is.

    The database finds a few of which nothing is, where it depends on the day whether a task is asked for.
    """
    found: dict[int, list[Due]] = {}
    for start in count(0, limit):
        some = cases_due(context.store, connection, wanted, limit, start)
        people = load_persons_of(connection, [case.id for case in some])
        for case in some:
            if lost := stranded(case, context.catalogue):
                items = [Due(lost, "stranded", case.entered_on)]
            else:
                items = due_items_of(loaded_case(context, case, people.get(case.id, ())), ahead[case.programme])
            if items and len(found) < limit:
                found[case.id] = items
        if len(some) < limit or len(found) == limit:
            break
    return found


def due_items_of(loaded: LoadedCase, ahead: Horizons) -> list[Due]:
    """Return what of one open case is due or ending on the day asked, as far ahead as is told."""
    case = loaded.case
    ends = [Due(loaded, "ends", each.day, ending=each) for each in endings(loaded) if each.day <= ahead.end]
    if case.held_since:
        return [Due(loaded, "held", case.held_since), *ends]
    items = list(_tasks_due(loaded, ahead.due))
    if clearance_has_lapsed(loaded) and not any(item.kind == "lapsed" for item in items):
        until = clearance_until(loaded)
        items.append(Due(loaded, "held", loaded.facts.on if until in (None, NEVER) else until))
    leaves = leave_by(loaded)
    if leaves and leaves <= ahead.due:
        items.append(Due(loaded, "stage", leaves))
    return items + ends


def _tasks_due(loaded: LoadedCase, horizon: date) -> Iterator[Due]:
    blocked = clearance_has_lapsed(loaded)
    for state in task_states(loaded):
        day = state.due_on if state.due_on and _is_owed(state) else state.repeats_on
        if state.outstanding and needs_consent(state.task, loaded.case):
            yield Due(loaded, "consent", state.until or loaded.facts.on, state)
        elif blocked and state.outstanding and state.task.kind is TaskKind.CLEARANCE:
            yield Due(loaded, "lapsed", state.until or loaded.facts.on, state)
        elif day and day <= horizon:
            yield Due(loaded, "task", day, state)


def _is_owed(state: TaskState) -> bool:
    """Whether a task has a day: one that holds the case back, and any other that applies and has a deadline."""
    return state.outstanding or state.applies is Result.MET


@dataclass(frozen=True)
class EndingForAll:
    """What ends for every case of a programme at once: when, and the first of the cases that it ends for."""

    entry: ProgrammeEntry
    ending: Ending
    refs: tuple[str, ...]


SHOWN = 5
"""Cases that are named where something ends for all of them."""


def endings_of_programmes(
    context: Context, days: int | None = None, programme: str | None = None
) -> list[EndingForAll]:
    """Return what ends soon, or has ended, for all cases of a programme at once, where there are such cases.

    A programme that has ended is told of while some of its cases are not introduced yet: they cannot be any more.
    """
    found = []
    with context.store.reading() as connection:
        for name, entry in sorted(context.catalogue.programmes.items()):
            if programme not in (None, name):
                continue
            for ending in endings_for_all(entry.programme.window, entry.country):
                if ending.day <= horizons(context.on, entry.programme.notice, days).end:
                    some = _affected(context, connection, name, ending)
                    refs = tuple(case_ref(entry.country.code, number) for number in some)
                    found += [EndingForAll(entry, ending, refs)] if refs else []
    return sorted(found, key=lambda each: each.ending.day)


def _affected(context: Context, connection: Connection, programme: str, ending: Ending) -> list[int]:
    """Return the numbers of the first cases for which something ends, one more than are shown."""
    over = ending.pathway is None and ending.day < context.on
    phases = _NOT_INTRODUCED if over else ()
    return first_open_cases(context.store, connection, programme, SHOWN + 1, pathway=ending.pathway, phases=phases)


_NOT_INTRODUCED = [phase for phase in OPEN_PHASES if ORDER[phase] < ORDER[Phase.INTRODUCTION]]
