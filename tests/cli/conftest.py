"""The command line with one installed country, invented Harbourland, and a database of the test's own."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kummi.catalogue import discover
from kummi.cli.root import run

HOUSEHOLD = """\
household:
  pathway: resettled
  municipality: North Quay
  arrived: 2024-02-10
  registered: 2024-02-12
  permit: {granted: 2024-01-10}
  languages: [ar]
  members:
    - {role: adult, born: 1988-04-02, gender: female, name: Amal Invented, identity: 1234-56}
    - {role: child, born: 2017-09-30, gender: male, name: Sami Invented}
"""


@dataclass(frozen=True)
class Said:
    """What a command printed, and the code it left with."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Cli:
    """Runs commands as the terminal would, in this process. The country code of each test's cases is ``XX``."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    def __call__(self, *words: str, stdin: str = "") -> Said:
        self.patch.setattr(sys, "stdin", io.StringIO(stdin))
        self.capture.readouterr()
        with pytest.raises(SystemExit) as left:
            run(words)
        out, err = self.capture.readouterr()
        return Said(left.value.code, out, err)

    def done(self, *words: str) -> Said:
        """Run a command that must succeed."""
        said = self(*words)
        assert said.code == 0, said.err + said.out
        return said

    def file(self, name: str, content: str | bytes) -> str:
        """Write a file into the test's folder, and return its path."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def open(self, *words: str, household: str = HOUSEHOLD) -> str:
        """Open a case for the invented household on 2024-03-01, and return its number."""
        file = self.file("household.yaml", household)
        said = self.done("case", "open", "xx-harbour", "--from", file, "--on", "2024-03-01", "--json", *words)
        return str(said.json["ref"])

    def walk(self, ref: str, to: str, on: str) -> None:
        """Bring a case to a stage on one day, recording what is required on the way."""
        stages = ["surveyed", "outfitting", "crew-sought", "gangway", "sailing", "landing"]
        for stage in stages[: stages.index(to) + 1]:
            ahead = self.done("case", "next", ref, "--json", "--on", on).json
            for task in ahead["tasks"]:
                if task["required"] and not task["done"]:
                    self.done("case", "record", ref, task["id"], "--on", on)
            self.done("case", "advance", ref, stage, "--on", on)


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that says what is installed, by name and object reference, whatever really is."""

    def only(**plugins: str) -> None:
        points = [EntryPoint(name, value, discover.GROUP) for name, value in plugins.items()]
        monkeypatch.setattr(discover, "metadata", SimpleNamespace(entry_points=lambda group: points))

    return only


@pytest.fixture
def bare(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, install: Callable[..., None]
) -> Cli:
    """The command line of a core without any country, and no database yet."""
    monkeypatch.setenv("KUMMI_DB", str(tmp_path / "cases.sqlite3"))
    install()
    return Cli(tmp_path, capsys, monkeypatch)


@pytest.fixture
def cli(bare: Cli, install: Callable[..., None], prepared_sqlite: Path) -> Cli:
    """The command line with Harbourland installed and an empty database."""
    install(xx="kummi.testing.harbourland:plugin")
    shutil.copyfile(prepared_sqlite, bare.folder / "cases.sqlite3")
    return bare
