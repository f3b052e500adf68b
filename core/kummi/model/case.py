"""The state of one case as plain values, the facts that rules may ask of it, and a case loaded with all they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import attrgetter
from typing import Any

from kummi.model.event import CASE, StreamId
from kummi.model.facts import FACT_COLUMNS, FIELD, REACHED, TASK, Facts, FactValue, counts_of
from kummi.model.places import NO_PLACES, Places
from kummi.model.programme import ProgrammeEntry
from kummi.model.timeline import Timeline
from kummi.model.vocabulary import Gender, MemberRole, Outcome, Pathway, Phase
from kummi.model.workflow import Workflow


def case_ref(country: str, number: int) -> str:
    """Return the case number that people use, of a country's code and a number.

    >>> case_ref("XX", 12)
    'XX-12'
    """
    return f"{country}-{number}"


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """A task as recorded: the day it was done, and until when what it shows is good."""

    on: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What rules and reports may know of a person: never a name or an identity number.

    Attributes:
        number: In the household; it is never given to another.
        role: Adult or child.
        born: The date of birth.
        gender: As it was said.
        joined_on: The first day as a member of the household, None where that began with the household.
        left_on: The first day as a member no more, None while the person is one.
        entered_on: The day on which the person's own way through the programme began, None where it is the household's.
    """

    number: int
    role: MemberRole
    born: date | None
    gender: Gender
    joined_on: date | None = None
    left_on: date | None = None
    entered_on: date | None = None

    def is_member_on(self, day: date) -> bool:
        """Whether the person is a member of the household on a day."""
        return (self.joined_on is None or self.joined_on <= day) and (self.left_on is None or day < self.left_on)


@dataclass(frozen=True, slots=True)
class Case:
    """The state of a case: the fold of its events up to ``seq``.

    ``id`` is 0 before the store has given a number. ``phase`` is the phase of the stage; a case on hold keeps it and
    has ``held_since``. ``reached`` holds the first day in each phase. ``head`` is the hash of the last event.

    The facts are the newest ones. ``timelines`` holds those that changed, by their names in rules; nothing changes
    after ``changed_on``, which is None where nothing ever did.
    """

    id: int
    country: str
    programme: str
    workflow: str
    rehearsal: bool
    stage: str
    phase: Phase
    entered_on: date
    opened_on: date
    pathway: Pathway
    size: int
    adults: int
    children: int
    municipality: str | None = None
    arrived: date | None = None
    permit_held: bool | None = None
    permit_granted: date | None = None
    permit_expires: date | None = None
    registered: date | None = None
    held_since: date | None = None
    closed_on: date | None = None
    outcome: Outcome | None = None
    languages: tuple[str, ...] = ()
    fields: Mapping[str, FactValue] = field(default_factory=dict)
    tasks: Mapping[str, TaskRecord] = field(default_factory=dict)
    reached: Mapping[Phase, date] = field(default_factory=dict)
    changed_on: date | None = None
    timelines: Mapping[str, Timeline] = field(default_factory=dict)
    seq: int = 0
    head: str = ""

    @property
    def ref(self) -> str:
        """The case number that people use: the country's code and the number."""
        return case_ref(self.country, self.id)

    @property
    def stream(self) -> StreamId:
        """The stream of the events of the case."""
        return StreamId(CASE, self.id)

    def changes_after(self, day: date) -> bool:
        """Whether facts or members may be others after a day."""
        return self.changed_on is not None and self.changed_on > day

    def of_day(self, day: date, persons: Sequence[Person] | None = None) -> Case:
        """Return the case with its facts as they are on a day.

        ``persons`` are all who are or were members; where they are not given, the counts stay the newest.
        """
        if not self.changes_after(day):
            return self
        columns: dict[str, Any] = {}
        if persons is not None:
            counts = counts_of([person.role for person in persons if person.is_member_on(day)])
            columns = {FACT_COLUMNS[name]: count for name, count in counts.items()}
        own = dict(self.fields)
        for name, line in self.timelines.items():
            if name.startswith(FIELD):
                own[name.removeprefix(FIELD)] = line.on(day)
            else:
                columns[FACT_COLUMNS[name]] = line.on(day)
        return replace(self, fields={name: value for name, value in own.items() if value is not None}, **columns)

    @property
    def is_open(self) -> bool:
        """Whether the case is not closed; a case on hold is open."""
        return self.phase is not Phase.CLOSED


_values_of = attrgetter(*FACT_COLUMNS.values())
_NOT_CLOSED: Mapping[str, None] = {"closed": None, "outcome": None}


def facts_of(case: Case, persons: Sequence[Person], on: date, places: Places = NO_PLACES) -> Facts:
    """Return everything that rules may ask about a case on a business date.

    What happened on a later day than ``on`` is not known yet: a task, a phase reached, the closing. A fact that changed
    is that of the day, and so are the members. Only ``phase`` is always that of today.
    """
    values: dict[str, FactValue] = dict(zip(FACT_COLUMNS, _values_of(case), strict=True))
    if case.closed_on is None or case.closed_on > on:
        values.update(_NOT_CLOSED)
    values.update((f"{FIELD}{name}", value) for name, value in case.fields.items())
    values.update((f"{TASK}{name}", record.on) for name, record in case.tasks.items() if record.on <= on)
    values.update((f"{REACHED}{phase}", day) for phase, day in case.reached.items() if day <= on)
    about = tuple(_facts_of_person(person) for person in persons)
    return Facts(on, values, about, places, timelines=case.timelines)


def _facts_of_person(person: Person) -> dict[str, FactValue]:
    gender = None if person.gender is Gender.UNKNOWN else person.gender
    known: dict[str, FactValue] = {"role": person.role, "born": person.born, "gender": gender}
    if person.joined_on is not None or person.left_on is not None:
        known |= {"joined": person.joined_on, "left": person.left_on}
    return known


@dataclass(frozen=True, slots=True)
class LoadedCase:
    """A case as loaded for a question or an action, with its programme and its facts on the day asked.

    ``persons`` are all who are or were members of the household.
    """

    case: Case
    persons: tuple[Person, ...]
    programme: ProgrammeEntry
    facts: Facts

    @classmethod
    def on(cls, day: date, case: Case, persons: tuple[Person, ...], programme: ProgrammeEntry) -> LoadedCase:
        """Put together a case with the facts of a day."""
        return cls(case, persons, programme, facts_of(case, persons, day, programme.places))

    @property
    def case_of_day(self) -> Case:
        """The case with its facts, and its members counted, as they are on the day asked."""
        return self.case.of_day(self.facts.on, self.persons)

    def facts_with(self, more: Mapping[str, FactValue]) -> Facts:
        """Return the facts of the case and some more, by their names."""
        facts = self.facts  # a new one written out, since ``replace`` costs twice as much and every move asks for this
        values = {**facts.values, **more}
        return Facts(facts.on, values, facts.persons, facts.places, facts.here, facts.timelines)

    @property
    def workflow(self) -> Workflow:
        """The workflow that the case is pinned to; the current one where its version is not there any more."""
        return self.programme.workflows.get(self.case.workflow, self.programme.workflow)
