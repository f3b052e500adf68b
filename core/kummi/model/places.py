"""Where a household lives, by any name of the place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kummi.model.text import Text


@dataclass(frozen=True)
class Places:
    """The municipalities of a country, and those that take part in one programme.

    A place is stored by its ``key``: its code where the plugin knows one, else its English name; a place that the
    plugin does not list is stored as it was given. ``titles`` has the names by key.
    """

    keys: Mapping[str, str]
    takes_part: frozenset[str]
    part_known: bool
    countrywide: bool
    titles: Mapping[str, Text] = field(default_factory=dict)

    def key(self, name: str) -> str:
        """Return the stored form of a place's name or code.

        A name that is not listed is returned as it is, with its spaces tidied.
        """
        tidy = " ".join(name.split())
        return self.keys.get(tidy.casefold(), tidy)

    def title(self, key: str) -> Text | str:
        """Return the name of a place by its stored form; one that is not listed is called as it was given."""
        return self.titles.get(key, key)

    def is_known(self, name: str) -> bool:
        """Whether the plugin lists this place."""
        return " ".join(name.split()).casefold() in self.keys

    def all_keys(self, names: Iterable[str]) -> frozenset[str]:
        """Return the stored forms of several names."""
        return frozenset(self.key(name) for name in names)


NO_PLACES = Places({}, frozenset(), part_known=False, countrywide=False)
"""No list of places: who takes part is not known anywhere."""
