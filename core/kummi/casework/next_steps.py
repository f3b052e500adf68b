"""What now: for one case what is done, missing and open; for all of them what the morning brings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select

from kummi.casework.desk import Desk, OpenCase, find_case, opened
from kummi.casework.listing import is_held, lapses_before
from kummi.casework.moving import moves_of
from kummi.casework.stranded import Stranded, stranded
from kummi.errors import InputError
from kummi.lifecycle.deadlines import due_on, holidays_of
from kummi.lifecycle.moves import PossibleMove
from kummi.lifecycle.tasks import TaskState, clearance_until, has_lapsed, task_states
from kummi.model.case import Case, Person
from kummi.model.vocabulary import Phase, TaskKind
from kummi.store.case_rows import SELECT_CASES, fetch_cases, load_persons, load_persons_of
from kummi.store.tables import cases


@dataclass(frozen=True)
class NextSteps:
    """A case as a coordinator needs it before the telephone is put down.

    ``leave_by`` is the day by which the case should have left its stage. ``lapsed`` says that it is on hold by itself
    because a clearance ended.
    """

    it: OpenCase
    tasks: tuple[TaskState, ...]
    moves: tuple[PossibleMove, ...]
    leave_by: date | None
    lapsed: bool

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
    leave_by = due_on(stage.deadline, case.entered_on, it.facts, is_holiday) if stage.deadline else None
    return NextSteps(
        it,
        task_states(case, entry.workflow, it.facts, entry.places, is_holiday),
        moves_of(desk, it),
        leave_by,
        has_lapsed(case, entry.workflow, desk.on),
    )


@dataclass(frozen=True)
class Due:
    """One thing that is due: in which case, what, who owes it, by when.

    ``kind`` is ``task``, ``stage`` (it should be left), ``held``, ``lapsed`` (on hold by itself until this clearance is
    recorded) or ``stranded``. ``task`` is empty for a stage, and for a case on hold or stranded.
    """

    it: OpenCase | Stranded
    kind: str
    day: date
    task: TaskState | None = None

    def overdue_on(self, on: date) -> bool:
        """Whether its day has passed."""
        return self.kind not in ("held", "stranded") and self.day < on


def due(desk: Desk, days: int, programme: str | None = None, limit: int = 200) -> list[Due]:
    """Return what is overdue, due within ``days`` or blocked on hold, the earliest first.

    At most ``limit`` cases are looked at for what is due, as many that were put on hold, and as many with a lapse.
    """
    horizon = desk.on + timedelta(days=min(days, (date.max - desk.on).days))
    found: dict[int, Case] = {}
    with desk.store.reading() as connection:
        for day, condition in (  # three questions, each along its own index
            (cases.c.next_due, cases.c.next_due <= horizon),
            (cases.c.held_since, is_held()),
            (cases.c.clearance_until, lapses_before(desk.on)),
        ):
            query = _live(condition, programme).order_by(day, cases.c.id).limit(limit)
            found.update((case.id, case) for case in fetch_cases(desk.store, connection, query))
        people = load_persons_of(connection, list(found))
    items = [item for case in found.values() for item in _due_of(desk, case, people.get(case.id, ()), horizon)]
    return sorted(items, key=lambda item: (item.day, item.it.case.id))


def _live(condition: ColumnElement[bool], programme: str | None) -> Select[tuple[object, ...]]:
    """Select live cases; a closed one is due on no day, held on none and lapses on none, so none is found here."""
    query = SELECT_CASES.where(condition, cases.c.rehearsal.is_(False))
    return query.where(cases.c.programme == programme) if programme else query


def _due_of(desk: Desk, case: Case, members: tuple[Person, ...], horizon: date) -> list[Due]:
    if found := stranded(case, desk.catalogue):
        return [Due(found, "stranded", case.entered_on)]
    return _due_of_sound(opened(desk, case, members), desk.on, horizon)


def _due_of_sound(it: OpenCase, on: date, horizon: date) -> list[Due]:
    case, entry = it.case, it.entry
    if case.held_since:
        return [Due(it, "held", case.held_since)]
    is_holiday = holidays_of(entry.country, case.municipality)
    items = []
    blocked = has_lapsed(case, entry.workflow, on)
    for state in task_states(case, entry.workflow, it.facts, entry.places, is_holiday):
        day = state.due_on if state.outstanding else state.repeats_on
        if blocked and state.outstanding and state.task.kind is TaskKind.CLEARANCE:
            items.append(Due(it, "lapsed", state.until or on, state))
        elif day and day <= horizon:
            items.append(Due(it, "task", day, state))
    if blocked and not any(item.kind == "lapsed" for item in items):
        items.append(Due(it, "held", clearance_until(case, entry.workflow) or on))
    stage = entry.workflow.stage(case.stage)
    leave_by = due_on(stage.deadline, case.entered_on, it.facts, is_holiday) if stage.deadline else None
    if leave_by and leave_by <= horizon:
        items.append(Due(it, "stage", leave_by))
    return items
