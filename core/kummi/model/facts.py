"""The facts that rules may ask about, and the facts of one case as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from kummi.model.dates import is_iso_date, iso_date
from kummi.model.places import NO_PLACES, Places
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
    """A declared fact: its name in rules, its type, whom it is about, its allowed values."""

    name: str
    type: FactType
    about: Literal["household", "case", "person"]
    choices: tuple[str, ...] = ()


CORE_FACTS: tuple[Fact, ...] = (
    Fact("on", FactType.DATE, "case"),
    Fact("pathway", FactType.CHOICE, "household", tuple(Pathway)),
    Fact("municipality", FactType.PLACE, "household"),
    Fact("arrived", FactType.DATE, "household"),
    Fact("permit.held", FactType.YES_NO, "household"),
    Fact("permit.granted", FactType.DATE, "household"),
    Fact("permit.expires", FactType.DATE, "household"),
    Fact("registered", FactType.DATE, "household"),
    Fact("household.size", FactType.NUMBER, "household"),
    Fact("household.adults", FactType.NUMBER, "household"),
    Fact("household.children", FactType.NUMBER, "household"),
    Fact("opened", FactType.DATE, "case"),
    Fact("closed", FactType.DATE, "case"),
    Fact("outcome", FactType.CHOICE, "case", tuple(Outcome)),
    Fact("phase", FactType.CHOICE, "case", tuple(Phase)),
    *(Fact(f"reached.{phase}", FactType.DATE, "case") for phase in OPEN_PHASES),
    Fact("role", FactType.CHOICE, "person", tuple(MemberRole)),
    Fact("gender", FactType.CHOICE, "person", tuple(Gender)),
    Fact("born", FactType.DATE, "person"),
)
"""Every fact that core knows.

``on`` is the business date of the question. ``registered`` is the day the household was first registered as living in
a municipality. ``reached.<phase>`` is the first day the case was in that phase. A programme adds its own as
``fields.<id>`` (``kummi.model.programme.CaseField``) and each task of its workflow as the date fact ``tasks.<id>``.
"""


@dataclass(frozen=True)
class Facts:
    """The facts of one case on one business date, ready to be asked.

    ``values`` holds household and case facts by name, ``members`` the person facts of each person, ``places`` what the
    programme knows of places, ``here`` the facts of the one person a person-level rule is asked about. A name that is
    missing is not known.
    """

    on: date
    values: Mapping[str, FactValue]
    members: tuple[Mapping[str, FactValue], ...] = ()
    places: Places = NO_PLACES
    here: Mapping[str, FactValue] = field(default_factory=dict)

    def get(self, name: str) -> FactValue:
        """Return the value of a fact, or None where it is not known."""
        if name == "on":
            return self.on
        found = self.here.get(name)
        return self.values.get(name) if found is None else found

    def about(self, member: Mapping[str, FactValue]) -> Facts:
        """Return the same facts asked about one person."""
        return Facts(self.on, self.values, self.members, self.places, member)
