"""Things that only one may give: claimed twice, they are a fault that names both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kummi.errors import Fault
from kummi.message import Message
from kummi.model.base import Origin


@dataclass(frozen=True)
class Contribution:
    """A plugin's claim that it gives a thing, such as the country XX or the rule xx-age."""

    kind: Message
    name: str | Message
    origin: Origin

    @property
    def place(self) -> str | Message:
        """Where the claim is made."""
        return f"{self.origin.file}:{self.origin.line}" if self.origin.file else Message("its code")


@dataclass(frozen=True)
class Attributed:
    """A fault and the plugin that it is laid to."""

    plugin: str
    fault: Fault


def plugin_key(origin: Origin) -> str:
    """Return the name by which a plugin is known while loading: name and version."""
    return f"{origin.plugin} {origin.version}"


def conflicts(claims: Iterable[Contribution]) -> dict[tuple[Message, str | Message], list[Attributed]]:
    """Return the things that are claimed more than once, each with one fault for every claim."""
    by_thing: dict[tuple[Message, str | Message], list[Contribution]] = defaultdict(list)
    for claim in claims:
        by_thing[claim.kind, claim.name].append(claim)
    return {thing: _faults(same) for thing, same in by_thing.items() if len(same) > 1}


def _faults(same: list[Contribution]) -> list[Attributed]:
    return [
        Attributed(
            plugin_key(mine.origin), Fault(mine.place, _message(mine, [each for each in same if each is not mine]))
        )
        for mine in same
    ]


def _message(mine: Contribution, others: list[Contribution]) -> Message:
    also = tuple(
        other.place
        if plugin_key(other.origin) == plugin_key(mine.origin)
        else Message("plugin {plugin} ({place})", plugin=plugin_key(other.origin), place=other.place)
        for other in others
    )
    return Message(
        "{kind} '{name}' is also given by {also}; only one may give it", kind=mine.kind, name=mine.name, also=also
    )
