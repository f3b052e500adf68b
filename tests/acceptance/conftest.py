"""The real command, as it is typed, on both databases, for the invented country and for every one that is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import entry_points
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from kummi.catalogue import load_catalogue
from kummi.catalogue.yaml.source import read_yaml
from kummi.cli.root import run
from kummi.testing import harbourland
from kummi.testing.stories import DEMO, stories_of

KUMMI = str(Path(sys.executable).with_name("kummi"))
HARBOURLAND = """\
scenario: A resettled family is supported by a crew
programme: xx-harbour
on: 2024-03-04
household:
  pathway: resettled
  municipality: North Quay
  arrived: 2024-02-10
  registered: 2024-02-12
  permit: {granted: 2024-01-10}
  languages: [ar]
  members:
    - {role: adult, born: 1988-04-02, gender: female, name: Amal Invented}
    - {role: child, born: 2017-09-30, gender: male, name: Sami Invented}
"""


@dataclass(frozen=True)
class Done:
    """What a command printed, and the code it left with."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Kummi:
    """Types commands. ``on`` is the business date of those that follow.

    With ``apart`` each command is a process of its own, as in life; else it runs in this one, which takes a tenth of
    the time and goes through the same door.
    """

    folder: Path
    database: str
    drafts: Path
    on: str = "2024-03-04"
    apart: bool = False

    def at(self, day: str) -> Kummi:
        return replace(self, on=day)

    def run(self, *words: str) -> Done:
        options = ["--db", self.database, "--plugins-dir", str(self.drafts), "--on", self.on]
        typed = [*options, "--as", "acceptance", *words]
        if self.apart:
            done = subprocess.run([KUMMI, *typed], capture_output=True, text=True, check=False, cwd=self.folder)
            return Done(done.returncode, done.stdout, done.stderr)
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err, pytest.raises(SystemExit) as left:
            run(typed)
        return Done(left.value.code, out.getvalue(), err.getvalue())

    def __call__(self, *words: str) -> str:
        """Run a command that must succeed, and return what it prints."""
        done = self.run(*words)
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
        return done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))

    def refused(self, *words: str) -> list[str]:
        """Run a command that a rule must refuse, and return the rules that do."""
        done = self.run(*words, "--json")
        assert done.returncode == 1, f"{words}\n{done.stdout}{done.stderr}"
        return [finding["rule"] for finding in json.loads(done.stdout)["findings"]]


def _places(kind: str, folder: Path, request: pytest.FixtureRequest) -> str:
    return str(folder / "cases.sqlite3") if kind == "sqlite" else request.getfixturevalue("fresh_postgres")


@pytest.fixture(scope="session")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with invented Harbourland as a draft, which no test changes."""
    folder = tmp_path_factory.mktemp("drafts")
    source = Path(harbourland.__file__).parent
    shutil.copytree(source, folder / "harbourland", ignore=shutil.ignore_patterns("*.py*"))
    return folder


_load_once = cache(load_catalogue.load)


@pytest.fixture(params=["sqlite", "postgresql"])
def kummi(request: pytest.FixtureRequest, tmp_path: Path, drafts: Path, monkeypatch: pytest.MonkeyPatch) -> Kummi:
    """The command over an empty database, with invented Harbourland as a draft beside the installed countries.

    Commands in this process share the countries, which do not change from one to the next; processes load their own.
    """
    monkeypatch.setattr(load_catalogue, "load", _load_once)
    made = Kummi(tmp_path, _places(request.param, tmp_path, request), drafts)
    made("init")
    return made


@pytest.fixture
def household(kummi: Kummi) -> str:
    """The file of an invented household for Harbourland."""
    path = kummi.folder / "household.yaml"
    path.write_text(HARBOURLAND)
    return str(path)


def stories() -> dict[str, Path | None]:
    """Return the demonstration of every installed country, and Harbourland's under None."""
    names = sorted(point.name for point in entry_points(group="kummi"))
    found = {name: path for name in names for path in stories_of(name) if path.name == DEMO}
    assert len(found) == len(names) > 0, "every installed country ships a demonstration"
    return {"harbourland": None, **found}


@pytest.fixture(params=stories(), ids=list(stories()))
def story(request: pytest.FixtureRequest, kummi: Kummi) -> tuple[Path, dict[str, Any]]:
    """A story's file and what it says, for each country in turn."""
    source = stories()[request.param]
    text = HARBOURLAND if source is None else source.read_text(encoding="utf-8")
    path = kummi.folder / "story.yaml"
    path.write_text(text, encoding="utf-8")
    return path, read_yaml(path.name, text.encode()).data


@pytest.fixture
def walk() -> Callable[..., Kummi]:
    """Return a function that brings a case to a phase, knowing only what ``case next --json`` says."""
    return _walk


PHASES = ["referral", "assessment", "preparation", "matching", "introduction", "support", "conclusion", "closed"]


def _walk(kummi: Kummi, ref: str, to: str, days: Sequence[str] = ()) -> Kummi:
    """Bring a case to a phase; where nothing leads on, wait for the next of the days. Return the command then."""
    for _ in range(60):
        ahead = kummi.json("case", "next", ref)
        if ahead["phase"] == to:
            return kummi
        owed = [task["id"] for task in ahead["tasks"] if task["required"] and not task["done"]]
        for task in owed:
            kummi("case", "record", ref, task)
        if owed:
            ahead = kummi.json("case", "next", ref)
        move = _forward(ahead)
        later = [day for day in days if day > kummi.on]
        if move is None and later:
            kummi = kummi.at(later[0])
        elif move is None:
            pytest.fail(f"nothing leads on from {ahead['stage']}: {ahead['moves']}")
        elif move["outcome"]:
            kummi("case", "close", ref, move["outcome"])
        else:
            kummi("case", "advance", ref, move["to"])
    pytest.fail(f"the way to {to} does not end")


def _forward(ahead: dict[str, Any]) -> dict[str, Any] | None:
    """Choose the open move that leads on, if there is one: never back, and no end but the good one."""
    here = PHASES.index(ahead["phase"])
    ways = [
        move
        for move in ahead["moves"]
        if move["allowed"] and move["outcome"] in (None, "completed") and PHASES.index(move["phase"]) >= here
    ]
    return max(ways, key=lambda move: PHASES.index(move["phase"]), default=None)
