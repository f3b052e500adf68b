"""Harbourland as a folder that a test may spoil, and plugins loaded without looking at what is installed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kummi.catalogue import Catalogue, FoundPlugin, load_found
from kummi.catalogue.country_plugin import CountryPlugin
from kummi.testing import harbourland


@dataclass(frozen=True)
class Folder:
    """A copy of Harbourland's files."""

    path: Path

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace the one place of a file that reads so."""
        text = (self.path / file).read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        (self.path / file).write_text(text.replace(old, new))

    def write(self, file: str, text: str) -> None:
        (self.path / file).write_text(text)

    def line_of(self, file: str, words: str) -> int:
        """Return the number of the one line that holds these words."""
        found = [n for n, line in enumerate((self.path / file).read_text().splitlines(), start=1) if words in line]
        assert len(found) == 1, f"{words!r} stands in lines {found} of {file}"
        return found[0]

    def load(self, *others: object, cache: Path | None = None) -> Catalogue:
        """Load this folder as the plugin ``xx 1.0``, and other plugin objects beside it."""
        beside = (FoundPlugin(f"other-{number}", "2.0", other) for number, other in enumerate(others, start=1))
        return load_found((FoundPlugin("xx", "1.0", CountryPlugin(self.path)), *beside), cache)

    def faults(self) -> list[str]:
        """Load the folder and return its faults in words."""
        return [str(each.fault) for each in self.load().faults]


@pytest.fixture
def make_country(tmp_path: Path) -> Callable[[str], Folder]:
    def make(name: str) -> Folder:
        target = tmp_path / name
        target.mkdir(parents=True)
        for file in Path(harbourland.__file__).parent.glob("*.yaml"):
            shutil.copy(file, target)
        return Folder(target)

    return make


@pytest.fixture
def country(make_country: Callable[[str], Folder]) -> Folder:
    return make_country("harbourland")
