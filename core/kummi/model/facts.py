"""The facts that rules may ask about, and the facts of one case as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any, Literal

from kummi.model.dates import is_iso_date, iso_date
from kummi.model.places import NO_PLACES, Places
from kummi.model.timeline import Timeline
from kummi.model.vocabulary import OPEN_PHASES, Gender, MemberRole, Outcome, Pathway, Phase

FactValue = bool | int | date | str | None
"""The value of a fact; None is "not known"."""


def as_fact(value: FactValue) -> FactValue:
    """Return a value read from JSON as a fact: text in the form of an ISO date is that date.

    >>> as_fact("2024-02-01"), as_fact("granted"), as_fact(True)
    (datetime.date(2024, 2, 1), 'granted', True)
    """
    if isinstance(value, str) and is_iso_date(value):
        return iso_date(value)
    return value


class FactType(StrEnum):
    """What a fact holds."""

    DATE = "date"
    YES_NO = "yes_no"
    NUMBER = "number"
    CHOICE = "choice"
    PLACE = "place"


@dataclass(frozen=True)
class Fact:
    """A declared fact: its name in rules, its type, whom it is about, its allowed values.

    Attributes:
        name: In rules, files and sheets, and in ``case change`` and ``case correct``. What stands before a dot is the
            mapping of a household's file in which it stands: ``permit.expires`` is ``expires`` in ``permit``. The
            catalogues have its words as the ``fact`` of this name.
        type: What it holds.
        about: Whom it is about. One of a person stands in a column of ``persons``, called as the fact if not otherwise.
        choices: The allowed values of a choice. The catalogues have their words under the name of the fact.
        column: Of the table ``cases``, which is also the attribute of ``Case``, or of ``persons``; empty for a fact of
            a case that has none.
        entered: Whether people tell it: by a file, in a column of a sheet, at a question, and it can be changed and
            corrected. Any other fact follows from what happens.
        required: Whether it must be known.
        implied_by: A fact: where that is known, this one is true. So it is not asked at a question.
        lasting: Whether it does not change once it is known: then it can only be corrected.
    """

    name: str
    type: FactType
    about: Literal["household", "case", "person"]
    choices: tuple[str, ...] = ()
    column: str = ""
    entered: bool = False
    required: bool = False
    implied_by: str = ""
    lasting: bool = False

    def typed(self, stored: FactValue) -> FactValue:
        """Return a value as JSON or a row holds it in the type of the fact.

        Only what is a date may be read as one: the name of a place is text, though it may look like a date.

        Raises:
            ValueError: It is not a value of this fact.

        >>> Fact("arrived", FactType.DATE, "household").typed("2024-02-01")
        datetime.date(2024, 2, 1)
        """
        if stored is None:
            return None
        match self.type:
            case FactType.DATE:
                return iso_date(stored)
            case FactType.CHOICE:
                return type(self.choices[0])(stored)
            case FactType.YES_NO:
                return bool(stored)
        return stored


FIELD, TASK, REACHED = "fields.", "tasks.", "reached."
"""How names of facts begin: a programme's own, the day on which a task was done, the first day in a phase."""

CORE_FACTS: tuple[Fact, ...] = (
    Fact("on", FactType.DATE, "case"),
    Fact(
        "pathway",
        FactType.CHOICE,
        "household",
        tuple(Pathway),
        column="pathway",
        entered=True,
        required=True,
        lasting=True,
    ),
    Fact("municipality", FactType.PLACE, "household", column="municipality", entered=True),
    Fact("arrived", FactType.DATE, "household", column="arrived", entered=True, lasting=True),
    Fact("permit.granted", FactType.DATE, "household", column="permit_granted", entered=True, lasting=True),
    Fact("permit.expires", FactType.DATE, "household", column="permit_expires", entered=True),
    Fact(
        "permit.held",
        FactType.YES_NO,
        "household",
        column="permit_held",
        entered=True,
        implied_by="permit.granted",
    ),
    Fact("moved", FactType.DATE, "household"),
    Fact("registered", FactType.DATE, "household", column="registered", entered=True, lasting=True),
    Fact("household.size", FactType.NUMBER, "household", column="size", required=True),
    Fact("household.adults", FactType.NUMBER, "household", column="adults", required=True),
    Fact("household.children", FactType.NUMBER, "household", column="children", required=True),
    Fact("opened", FactType.DATE, "case", column="opened_on", required=True, lasting=True),
    Fact("closed", FactType.DATE, "case", column="closed_on"),
    Fact("outcome", FactType.CHOICE, "case", tuple(Outcome), column="outcome"),
    Fact("phase", FactType.CHOICE, "case", tuple(Phase), column="phase", required=True),
    *(Fact(f"{REACHED}{phase}", FactType.DATE, "case") for phase in OPEN_PHASES),
    Fact("role", FactType.CHOICE, "person", tuple(MemberRole), entered=True, required=True),
    Fact("born", FactType.DATE, "person", entered=True),
    Fact("gender", FactType.CHOICE, "person", tuple(Gender), entered=True),
    Fact("joined", FactType.DATE, "person", column="joined_on"),
)
"""Every fact that core knows.

``on`` is the business date of the question. ``registered`` is the day the household was first registered as living in
a municipality, ``moved`` the last day on which it moved from one municipality to another. ``reached.<phase>`` is the
first day the case was in that phase. ``joined`` is the day on which a person became a member of the household, not
known of those who are in it since the case was opened. A programme adds its own as ``fields.<id>``
(``kummi.model.programme.CaseField``) and each task of its workflow as the date fact ``tasks.<id>``.
"""

HOUSEHOLD_FACTS: Mapping[str, Fact] = {
    fact.name: fact for fact in CORE_FACTS if fact.about == "household" and fact.column
}
"""What is written down of a household, by name; each has a column of its own."""

ENTERED_FACTS: tuple[Fact, ...] = tuple(fact for fact in CORE_FACTS if fact.entered)
"""What people tell of a household and its members, in the order in which sheets have it and it is asked."""

MEMBER_FACTS: Mapping[str, Fact] = {fact.name: fact for fact in ENTERED_FACTS if fact.about == "person"}
"""What people tell of one member of a household, by name."""

FACT_COLUMNS: Mapping[str, str] = {
    fact.name: fact.column for fact in CORE_FACTS if fact.column and fact.about != "person"
}
"""The column of ``cases`` and attribute of ``Case`` of each fact that has one, by its name."""


PERSON_COLUMNS: Mapping[str, str] = {
    fact.name: fact.column or fact.name for fact in CORE_FACTS if fact.about == "person"
}
"""The column of ``persons`` of each fact of a person, by its name."""


def with_implied(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts with those that follow from others: a permit that was granted is held, unless it is said not to be.

    >>> with_implied({"permit.granted": date(2024, 2, 1)})["permit.held"]
    True
    """
    implied = {fact.name: True for fact in _IMPLIED if values.get(fact.implied_by) is not None}
    return {**implied, **values}


_IMPLIED = tuple(fact for fact in CORE_FACTS if fact.implied_by)


ADULTS = "household.adults"
"""The fact that counts the adults of a household."""

COUNTS: Mapping[str, MemberRole | None] = {
    "household.size": None,
    ADULTS: MemberRole.ADULT,
    "household.children": MemberRole.CHILD,
}
"""The facts that count the members of a household, each with the role of those it counts; None: all."""


def counts_of(roles: Sequence[MemberRole]) -> dict[str, FactValue]:
    """Return the facts that count the members of a household."""
    return {name: len(roles) if role is None else roles.count(role) for name, role in COUNTS.items()}


def _is_member(person: Mapping[str, FactValue], on: date) -> bool:
    joined, left = person.get("joined"), person.get("left")
    return not (isinstance(joined, date) and joined > on) and not (isinstance(left, date) and left <= on)


MUNICIPALITY, MOVED = "municipality", "moved"
"""The fact of where a household lives, and that of the day of its last move."""


def fact_of(name: str, stored: FactValue) -> FactValue:
    """Return the value of a fact of a household from JSON, in its type. Raises KeyError, ValueError."""
    return as_fact(stored) if name.startswith(FIELD) else HOUSEHOLD_FACTS[name].typed(stored)


def timelines_of(stored: Mapping[str, Sequence[Any]]) -> dict[str, Timeline]:
    """Return facts over time from JSON: ``[[ISO date, value], ...]`` by the name of the fact.

    Raises ValueError, TypeError, KeyError.
    """
    return {
        name: Timeline(tuple((date.fromisoformat(since), fact_of(name, value)) for since, value in values))
        for name, values in stored.items()
    }


@dataclass(frozen=True)
class Facts:
    """The facts of one case on one business date, ready to be asked.

    ``values`` holds household and case facts by name, ``persons`` the person facts of all who are or were members,
    ``places`` what the programme knows of places, ``here`` the facts of the one person a person-level rule is asked
    about. ``timelines`` holds the facts that changed; of these the value of ``on`` counts. A name that is missing is
    not known. A person who was not a member all the time has the days of that, ``joined`` and ``left``.
    """

    on: date
    values: Mapping[str, FactValue]
    persons: tuple[Mapping[str, FactValue], ...] = ()
    places: Places = NO_PLACES
    here: Mapping[str, FactValue] = field(default_factory=dict)
    timelines: Mapping[str, Timeline] = field(default_factory=dict)

    def get(self, name: str) -> FactValue:
        """Return the value of a fact, or None where it is not known."""
        if name == "on":
            return self.on
        if name in self.timelines:
            return self.timelines[name].on(self.on)
        if name == MOVED:
            return max((day for day in self.moves if day <= self.on), default=None)
        if name in COUNTS and (counted := self._counted(name)) is not None:
            return counted
        found = self.here.get(name)
        return self.values.get(name) if found is None else found

    @property
    def moves(self) -> Sequence[date]:
        """The days on which the household moved from one known municipality to another, in order."""
        line = self.timelines.get(MUNICIPALITY)
        if line is None:
            return ()
        changes = pairwise(line.values)
        return [day for (_, before), (day, after) in changes if before is not None and after is not None]

    def residing_as_on(self, day: date) -> Facts:
        """Return the same facts, with the municipality of another day."""
        line = self.timelines.get(MUNICIPALITY)
        return (
            self
            if line is None
            else replace(self, timelines={**self.timelines, MUNICIPALITY: Timeline.always(line.on(day))})
        )

    @property
    def members(self) -> tuple[Mapping[str, FactValue], ...]:
        """The person facts of those who are members on the day."""
        return tuple(each for each in self.persons if _is_member(each, self.on))

    def _counted(self, name: str) -> FactValue:
        """Count the members of the day; None where nobody came or went, so that ``values`` has the count."""
        if not any(each.get("joined") or each.get("left") for each in self.persons):
            return None
        return counts_of([MemberRole(str(each["role"])) for each in self.members])[name]

    def about(self, member: Mapping[str, FactValue]) -> Facts:
        """Return the same facts asked about one person."""
        return replace(self, here=member)
