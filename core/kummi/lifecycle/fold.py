"""The fold: how one event changes the state of a case. Used to write it, and to verify it from its events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from kummi.errors import IntegrityError
from kummi.message import Message
from kummi.model.case import Case, TaskRecord
from kummi.model.case_events import CaseAssessed, CaseEvent, CaseOpened, CaseSplitOff, TaskRecorded, TaskWithdrawn
from kummi.model.facts import FIELD, HOUSEHOLD_FACTS, MUNICIPALITY, FactValue, counts_of, with_implied
from kummi.model.household import Household
from kummi.model.household_events import FactsChanged, FactsCorrected, MemberJoined, MemberLeft
from kummi.model.places import Places
from kummi.model.step_events import CaseAdvanced, CaseClosed, CaseHeld, CaseReopened, CaseRestaged, CaseResumed
from kummi.model.timeline import Timeline
from kummi.model.vocabulary import Phase


def fold(case: Case | None, event: CaseEvent, happened_on: date) -> Case:
    """Return the state after one event; ``case`` is None only before ``CaseOpened``.

    ``id``, ``seq`` and ``head`` are the store's and are left as they are. Raises IntegrityError for a case that does
    not begin with being opened, or is opened twice.
    """
    if isinstance(event, CaseOpened | CaseSplitOff) != (case is None):
        raise IntegrityError(
            Message("a case has the event 'opened' first and only once; found '{kind}'", kind=event.kind)
        )
    return _FOLDS[type(event)](case, event, happened_on)


def facts_of_household(household: Household, places: Places) -> dict[str, FactValue]:
    """Return the facts of a household by name: what is known of it, and nothing of a person."""
    facts = household.facts() | counts_of([member.role for member in household.members])
    if household.municipality:
        facts[MUNICIPALITY] = places.key(household.municipality)
    facts.update((FIELD + name, value) for name, value in household.fields.items() if value is not None)
    return facts


def _opened(_: None, event: CaseOpened, on: date) -> Case:
    phase = event.phase
    return Case(
        id=0,
        country=event.country,
        programme=event.programme,
        workflow=event.workflow,
        rehearsal=event.rehearsal,
        stage=event.stage,
        phase=phase,
        entered_on=on,
        opened_on=on,
        languages=event.languages,
        reached={phase: on},
        changed_on=on if event.source else None,  # its members came from another case on this day
        **_attributes({}, with_implied(event.facts)),
    )


def _split_off(_: None, event: CaseSplitOff, on: date) -> Case:
    days = event.days
    return replace(
        _opened(None, event.opening, days["opened"]),
        entered_on=days["entered"],
        held_since=days.get("held"),
        tasks={name: TaskRecord(*days_of) for name, days_of in event.tasks.items()},
        reached=dict(event.reached),
        timelines=dict(event.timelines),
        changed_on=max((on, *(day for line in event.timelines.values() for day in line.changes))),
    )


def _changed(case: Case, event: FactsChanged, on: date) -> Case:
    lines = {name: timeline_of(case, name).changed(on, after) for name, (_, after) in event.facts.items()}
    last = max(on, case.changed_on) if case.changed_on else on
    return replace(_told(case, lines, event.languages), changed_on=last if lines else case.changed_on)


def _corrected(case: Case, event: FactsCorrected, _: date) -> Case:
    lines = {
        name: timeline_of(case, name).corrected(each.at or date.min, each.after) for name, each in event.facts.items()
    }
    for name, (day, to) in event.moved.items():
        try:
            lines[name] = lines.get(name, timeline_of(case, name)).moved(day, to)
        except ValueError as error:
            raise IntegrityError(Message("the event 'corrected' moves a change that there is not")) from error
    days = [*(to for _, to in event.moved.values()), case.changed_on, event.membership_until]
    changed_on = max((day for day in days if day), default=None)
    return replace(_told(case, lines, event.languages), changed_on=changed_on)


def _members_changed(case: Case, event: MemberJoined | MemberLeft, on: date) -> Case:
    changed_on = max(on, case.changed_on) if case.changed_on else on
    return replace(case, changed_on=changed_on, **_attributes(case.fields, event.facts))


def timeline_of(case: Case, name: str) -> Timeline:
    """Return a fact of the household over time, by its name in rules."""
    if name in case.timelines:
        return case.timelines[name]
    own = name.startswith(FIELD)
    value = case.fields.get(name.removeprefix(FIELD)) if own else getattr(case, HOUSEHOLD_FACTS[name].column)
    return Timeline.always(value)


def _told(case: Case, lines: Mapping[str, Timeline], languages: tuple[str, ...] | None) -> Case:
    """Return the case with some facts over time; what never changed, or does not any more, needs no timeline."""
    timelines = {name: line for name, line in {**case.timelines, **lines}.items() if line.changes}
    return replace(
        case,
        languages=case.languages if languages is None else languages,
        timelines=timelines,
        **_attributes(case.fields, {name: line.newest for name, line in lines.items()}),
    )


def _attributes(known: Mapping[str, FactValue], told: Mapping[str, FactValue]) -> dict[str, Any]:
    """Return the attributes of a case that these facts give; ``known`` are the programme's own fields until now."""
    changes: dict[str, Any] = {}
    own = dict(known)
    for name, value in told.items():
        if name.startswith(FIELD):
            own[name.removeprefix(FIELD)] = value
        else:
            changes[HOUSEHOLD_FACTS[name].column] = value
    return changes | {"fields": {name: value for name, value in own.items() if value is not None}}


def _recorded(case: Case, event: TaskRecorded, on: date) -> Case:
    known = case.tasks.get(event.task)
    if known is not None and known.on > on:
        return case
    return replace(case, tasks={**case.tasks, event.task: TaskRecord(on, event.until)})


def _withdrawn(case: Case, event: TaskWithdrawn, _: date) -> Case:
    return replace(case, tasks=_without(case.tasks, [event.task]))


def _advanced(case: Case, event: CaseAdvanced, on: date) -> Case:
    phase = event.phase
    return replace(
        case,
        stage=event.to_stage,
        phase=phase,
        entered_on=on,
        tasks=_without(case.tasks, event.reset),
        reached=case.reached if phase in case.reached else {**case.reached, phase: on},
    )


def _held(case: Case, _: CaseHeld, on: date) -> Case:
    return replace(case, held_since=on)


def _resumed(case: Case, _: CaseResumed, __: date) -> Case:
    return replace(case, held_since=None)


def _closed(case: Case, event: CaseClosed, on: date) -> Case:
    return replace(
        case,
        stage=event.to_stage,
        phase=Phase.CLOSED,
        entered_on=on,
        closed_on=on,
        outcome=event.outcome,
        held_since=None,
    )


def _reopened(case: Case, event: CaseReopened, on: date) -> Case:
    return replace(
        case, stage=event.to_stage, phase=event.phase, entered_on=on, closed_on=None, outcome=None, held_since=None
    )


def _restaged(case: Case, event: CaseRestaged, on: date) -> Case:
    moved = _advanced(case, CaseAdvanced(event.from_stage, event.to_stage, event.phase), on)
    return replace(moved, workflow=event.workflow)


def _assessed(case: Case, _: CaseAssessed, __: date) -> Case:
    return case


_FOLDS: dict[type[CaseEvent], Callable[[Any, Any, date], Case]] = {
    CaseOpened: _opened,
    CaseSplitOff: _split_off,
    TaskRecorded: _recorded,
    TaskWithdrawn: _withdrawn,
    FactsChanged: _changed,
    FactsCorrected: _corrected,
    MemberJoined: _members_changed,
    MemberLeft: _members_changed,
    CaseAdvanced: _advanced,
    CaseHeld: _held,
    CaseResumed: _resumed,
    CaseClosed: _closed,
    CaseReopened: _reopened,
    CaseRestaged: _restaged,
    CaseAssessed: _assessed,
}


def _without(tasks: Mapping[str, TaskRecord], dropped: Sequence[str]) -> Mapping[str, TaskRecord]:
    return {name: record for name, record in tasks.items() if name not in dropped} if dropped else tasks
