"""The stories that plugins ship: every ``scenarios/*.yaml`` beside their data."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from kummi.catalogue.catalogue import Catalogue
from kummi.catalogue.country_plugin import CountryPlugin
from kummi.catalogue.discover import discover
from kummi.catalogue.maturity import StoryRun
from kummi.errors import InputError
from kummi.message import Message
from kummi.testing.play import play
from kummi.testing.scenario import read_scenario

DEMO = "demo.yaml"
"""The story that ``kummi demo`` tells of a country: one household, from referral to a good end."""


def stories_of(
    name: str, countries: Collection[str] | None = None, plugins_dir: Path | None = None
) -> tuple[Path, ...]:
    """Return the files of a plugin's stories, sorted by name; none where it ships none."""
    for found in discover(countries, plugins_dir):
        if found.name == name and isinstance(found.plugin, CountryPlugin):
            return tuple(sorted((found.plugin.folder / "scenarios").glob("*.yaml")))
    return ()


def play_all(paths: tuple[Path, ...], catalogue: Catalogue) -> StoryRun:
    """Play stories, and name those that departed or could not be read."""
    failed = []
    for path in paths:
        try:
            departures = play(read_scenario(path), catalogue).departures
        except InputError as error:
            departures = (error.message,)
        failed += [Message("{where}: {message}", where=path.name, message=departure) for departure in departures]
    return StoryRun(len(paths), tuple(failed))
