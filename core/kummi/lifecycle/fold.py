"""The fold: how one event changes the state of a case. Used to write it, and to verify it from its events.

Everything a fold needs stands in the event itself, so that no later workflow, rule or rate changes what an old event
means. Dates in the data are dates or, as they are stored, ISO strings. The kinds of events and their data:

==============  ===============================================================================================
``opened``      ``country``, ``programme``, ``workflow`` (version), ``rehearsal``, ``stage``, ``phase``, ``facts``
                (as for ``set``), ``languages``, ``members`` and ``imported`` (digests, not looked at here)
``recorded``    ``task``, and ``until`` when what it shows is good for a time; the day is the event's. Late news of a
                day before the one that is recorded already changes nothing of the state
``withdrawn``   ``task``
``set``         facts by name: those of the household, ``permit.*``, ``household.*`` and ``fields.*``; None: not known.
                ``languages`` too. ``members`` (digests) is not looked at here
``advanced``    ``from``, ``to``, ``phase``, ``reset`` (tasks that a re-match asks for again)
``held``        nothing
``resumed``     nothing
``closed``      ``from``, ``to``, ``outcome``
``reopened``    ``to``, ``phase``
``assessed``    what the rules said; changes nothing of the state
``noted``       changes nothing of the state
==============  ===============================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from kummi.errors import IntegrityError
from kummi.model.case import Case, TaskRecord
from kummi.model.facts import FactValue, as_fact
from kummi.model.household import Household
from kummi.model.places import Places
from kummi.model.vocabulary import MemberRole, Outcome, Pathway, Phase

Data = Mapping[str, Any]

_ATTRIBUTES = {
    "pathway": "pathway",
    "municipality": "municipality",
    "arrived": "arrived",
    "permit.held": "permit_held",
    "permit.granted": "permit_granted",
    "permit.expires": "permit_expires",
    "registered": "registered",
    "household.size": "size",
    "household.adults": "adults",
    "household.children": "children",
}
_FIELD = "fields."


def fold(case: Case | None, kind: str, data: Data, happened_on: date) -> Case:
    """Return the state after one event; ``case`` is None only before ``opened``.

    ``id``, ``seq`` and ``head`` are the store's and are left as they are. Raises IntegrityError for an event that no
    action of ours could have written.
    """
    try:
        if case is None and kind == "opened":
            return _opened(data, happened_on)
        if case is None or kind == "opened":
            raise IntegrityError(f"a case has the event 'opened' first and only once; found '{kind}'")
        return _FOLDS[kind](case, data, happened_on)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise IntegrityError(f"the event '{kind}' cannot be read: {type(error).__name__}: {error}") from error


def facts_as_data(household: Household, places: Places) -> dict[str, str | int | bool | None]:
    """Return the facts of a household as the data of an event: what is known, dates as ISO strings, no person's."""
    roles = [member.role for member in household.members]
    permit = household.permit
    facts: dict[str, FactValue] = {
        "pathway": household.pathway.value,
        "municipality": places.key(household.municipality) if household.municipality else None,
        "arrived": household.arrived,
        "permit.held": True if permit.granted else permit.held,
        "permit.granted": permit.granted,
        "permit.expires": permit.expires,
        "registered": household.registered,
        "household.size": len(roles),
        "household.adults": roles.count(MemberRole.ADULT),
        "household.children": roles.count(MemberRole.CHILD),
    }
    facts.update((_FIELD + name, value) for name, value in household.fields.items())
    return {name: plain(value) for name, value in facts.items() if value is not None}


def plain(value: FactValue) -> str | int | bool | None:
    """Return the value of a fact as JSON has it: dates as ISO strings.

    >>> plain(date(2024, 2, 29)), plain(True), plain(None)
    ('2024-02-29', True, None)
    """
    return value.isoformat() if isinstance(value, date) else value


def _opened(data: Data, on: date) -> Case:
    facts, phase = data["facts"], Phase(data["phase"])
    blank = Case(
        id=0,
        country=data["country"],
        programme=data["programme"],
        workflow=data["workflow"],
        rehearsal=data["rehearsal"],
        stage=data["stage"],
        phase=phase,
        entered_on=on,
        opened_on=on,
        pathway=Pathway(facts["pathway"]),
        size=facts["household.size"],
        adults=facts["household.adults"],
        children=facts["household.children"],
        languages=tuple(data.get("languages", ())),
        reached={phase: on},
    )
    return _set(blank, facts, on)


def _set(case: Case, data: Data, _: date) -> Case:
    changes: dict[str, Any] = {}
    own = dict(case.fields)
    for name, value in data.items():
        if name.startswith(_FIELD):
            own[name.removeprefix(_FIELD)] = as_fact(value)
        elif name == "languages":
            changes[name] = tuple(value)
        elif name == "pathway":
            changes[name] = Pathway(value)
        elif name == "municipality":
            changes[name] = value  # text, though it may look like a date
        elif name != "members":
            changes[_ATTRIBUTES[name]] = as_fact(value)
    if changes.get("permit_granted"):  # a permit that was granted is held
        changes.setdefault("permit_held", True)
    return replace(case, fields={name: value for name, value in own.items() if value is not None}, **changes)


def _recorded(case: Case, data: Data, on: date) -> Case:
    known = case.tasks.get(data["task"])
    if known is not None and known.on > on:
        return case
    return replace(case, tasks={**case.tasks, data["task"]: TaskRecord(on, _day(data.get("until")))})


def _withdrawn(case: Case, data: Data, _: date) -> Case:
    return replace(case, tasks=_without(case.tasks, [data["task"]]))


def _advanced(case: Case, data: Data, on: date) -> Case:
    phase = Phase(data["phase"])
    return replace(
        case,
        stage=data["to"],
        phase=phase,
        entered_on=on,
        tasks=_without(case.tasks, data.get("reset", ())),
        reached=case.reached if phase in case.reached else {**case.reached, phase: on},
    )


def _held(case: Case, _: Data, on: date) -> Case:
    return replace(case, held_since=on)


def _resumed(case: Case, _: Data, __: date) -> Case:
    return replace(case, held_since=None)


def _closed(case: Case, data: Data, on: date) -> Case:
    return replace(
        case,
        stage=data["to"],
        phase=Phase.CLOSED,
        entered_on=on,
        closed_on=on,
        outcome=Outcome(data["outcome"]),
        held_since=None,
    )


def _reopened(case: Case, data: Data, on: date) -> Case:
    return replace(
        case, stage=data["to"], phase=Phase(data["phase"]), entered_on=on, closed_on=None, outcome=None, held_since=None
    )


def _unchanged(case: Case, _: Data, __: date) -> Case:
    return case


_FOLDS: dict[str, Callable[[Case, Data, date], Case]] = {
    "recorded": _recorded,
    "withdrawn": _withdrawn,
    "set": _set,
    "advanced": _advanced,
    "held": _held,
    "resumed": _resumed,
    "closed": _closed,
    "reopened": _reopened,
    "assessed": _unchanged,
    "noted": _unchanged,
}
KINDS: tuple[str, ...] = ("opened", *_FOLDS)
"""Every kind of event."""


def _day(value: Any) -> date | None:
    day = as_fact(value)
    if day is None or isinstance(day, date):
        return day
    raise TypeError("a day is an ISO date")


def _without(tasks: Mapping[str, TaskRecord], dropped: Sequence[str]) -> Mapping[str, TaskRecord]:
    return {name: record for name, record in tasks.items() if name not in dropped} if dropped else tasks
