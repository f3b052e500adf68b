"""The events of a household in a case: its facts are different, or were written wrong; members join and leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Self

from kummi.model.dates import iso_date
from kummi.model.event_data import Data, MemberDigest, as_json, day_from, facts_from, members_data, members_from
from kummi.model.facts import FactValue, fact_of


@dataclass(frozen=True, slots=True)
class FactsChanged:
    """Facts of the household are different from the day of the event on: by name, what they were and what they are.

    None is "not known". ``languages`` are those that the household speaks from then on.
    """

    kind: ClassVar[str] = "changed"
    version: ClassVar[int] = 1
    facts: Mapping[str, tuple[FactValue, FactValue]]
    languages: tuple[str, ...] | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        facts = {name: {"from": as_json(before), "to": as_json(after)} for name, (before, after) in self.facts.items()}
        return _with_languages({"facts": facts}, self.languages)

    @classmethod
    def from_data(cls, data: Data) -> FactsChanged:
        """Read the data as JSON has it."""
        facts = {name: (fact_of(name, each["from"]), fact_of(name, each["to"])) for name, each in data["facts"].items()}
        return cls(facts, _languages(data))


@dataclass(frozen=True, slots=True)
class Correction:
    """A value that was written wrong: ``at`` is the first day on which it holds, None: since ever."""

    at: date | None
    before: FactValue
    after: FactValue


@dataclass(frozen=True, slots=True)
class FactsCorrected:
    """Facts never were as written: by name, the value that is corrected, and the change whose day is another.

    ``moved`` holds the day that was written and the right one. ``members`` are the rows of personal data that changed,
    ``membership_until`` the newest day on which a membership that was corrected begins or ends.
    """

    kind: ClassVar[str] = "corrected"
    version: ClassVar[int] = 1
    facts: Mapping[str, Correction] = field(default_factory=dict)
    moved: Mapping[str, tuple[date, date]] = field(default_factory=dict)
    languages: tuple[str, ...] | None = None
    members: tuple[MemberDigest, ...] = ()
    membership_until: date | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        data: dict[str, Any] = {
            "facts": {
                name: {"at": as_json(each.at), "from": as_json(each.before), "to": as_json(each.after)}
                for name, each in self.facts.items()
            }
        }
        if self.moved:
            data["moved"] = {name: {"from": as_json(day), "to": as_json(to)} for name, (day, to) in self.moved.items()}
        if self.members:
            data["members"] = members_data(self.members)
        if self.membership_until:
            data["membership_until"] = self.membership_until.isoformat()
        return _with_languages(data, self.languages)

    @classmethod
    def from_data(cls, data: Data) -> FactsCorrected:
        """Read the data as JSON has it."""
        facts = {
            name: Correction(day_from(each["at"]), fact_of(name, each["from"]), fact_of(name, each["to"]))
            for name, each in data["facts"].items()
        }
        moved = {name: (iso_date(each["from"]), iso_date(each["to"])) for name, each in data.get("moved", {}).items()}
        return cls(facts, moved, _languages(data), members_from(data), day_from(data.get("membership_until")))


@dataclass(frozen=True, slots=True)
class _MembersEvent:
    """Memberships begin or end on the day of the event; how, stands in the rows of ``members``, which are personal.

    ``facts`` count those who are members after everything that is recorded.
    """

    version: ClassVar[int] = 1
    facts: Mapping[str, FactValue]
    members: tuple[MemberDigest, ...]

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        return {"facts": dict(self.facts), "members": members_data(self.members)}

    @classmethod
    def from_data(cls, data: Data) -> Self:
        """Read the data as JSON has it."""
        return cls(facts_from(data["facts"]), members_from(data))


@dataclass(frozen=True, slots=True)
class MemberJoined(_MembersEvent):
    """Somebody is a member of the household from the day of the event on."""

    kind: ClassVar[str] = "joined"


@dataclass(frozen=True, slots=True)
class MemberLeft(_MembersEvent):
    """Somebody is a member of the household no more from the day of the event on."""

    kind: ClassVar[str] = "left"


def _languages(data: Data) -> tuple[str, ...] | None:
    return tuple(data["languages"]) if "languages" in data else None


def _with_languages(data: dict[str, Any], languages: tuple[str, ...] | None) -> dict[str, Any]:
    return data if languages is None else data | {"languages": list(languages)}
