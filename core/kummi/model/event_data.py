"""What several events of a case hold, and its form as JSON: facts, days, and members by the digests of their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kummi.model.facts import FactValue, as_fact, fact_of

Data = Mapping[str, Any]
"""The data of an event as JSON has it; dates may be dates or ISO text."""


@dataclass(frozen=True, slots=True)
class MemberDigest:
    """A version of the row of personal data of a member, as the event that wrote it names it."""

    id: str
    version: int
    number: int
    digest: str


def as_json(value: FactValue) -> str | int | bool | None:
    """Return the value of a fact as JSON has it: dates as ISO strings.

    >>> as_json(date(2024, 2, 29)), as_json(True), as_json(None)
    ('2024-02-29', True, None)
    """
    return value.isoformat() if isinstance(value, date) else value


def facts_from(data: Data) -> dict[str, FactValue]:
    """Return the values of facts by name, each in its type. Raises KeyError, ValueError."""
    return {name: fact_of(name, value) for name, value in data.items()}


def members_from(data: Data) -> tuple[MemberDigest, ...]:
    """Return the rows of members that an event names; none where it names none. Raises KeyError."""
    return tuple(
        MemberDigest(each["id"], each["version"], each["number"], each["digest"]) for each in data.get("members", ())
    )


def members_data(members: Sequence[MemberDigest]) -> list[dict[str, Any]]:
    """Return the rows of members as JSON has them."""
    return [{"id": each.id, "version": each.version, "number": each.number, "digest": each.digest} for each in members]


def day_from(value: Any) -> date | None:
    """Return a day, or None where there is none. Raises TypeError for what is no ISO date."""
    day = as_fact(value)
    if day is None or isinstance(day, date):
        return day
    raise TypeError("a day is an ISO date")
