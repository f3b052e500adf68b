"""Harbourland: an invented country, small and complete, for the tests and the documentation of core.

Nothing in it is real: not its law, its money (XTS is the currency code for tests), its language ``xx`` or its places.
"""

from __future__ import annotations

from pathlib import Path

from kummi.catalogue import Catalogue, FoundPlugin, load_found
from kummi.catalogue.country_plugin import CountryPlugin

VERSION = "1.0"

plugin = CountryPlugin(__package__)
"""The plugin of Harbourland, as an entry point would name it."""


def harbourland_plugin() -> CountryPlugin:
    """Return a new plugin of Harbourland that has read nothing yet."""
    return CountryPlugin(__package__)


def harbourland(*others: object, cache: Path | None = None) -> Catalogue:
    """Load Harbourland alone, or with other plugin objects beside it, without looking at what is installed."""
    beside = (FoundPlugin(f"other-{number}", "1.0", other) for number, other in enumerate(others, start=1))
    return load_found((FoundPlugin("xx", VERSION, harbourland_plugin()), *beside), cache)
