"""Every command on a filled database, in an order in which each finds something: what is refused or fails, too."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kummi.catalogue import discover
from kummi.catalogue.country_plugin import CountryPlugin
from kummi.cli.root import run
from kummi.testing import harbourland

HOUSEHOLD = """\
pathway: resettled
municipality: North Quay
arrived: 2024-02-10
registered: 2024-02-12
permit: {granted: 2024-01-10, expires: 2024-04-20}
languages: [ar]
fields: {housing: boat}
members:
  - {role: adult, born: 1988-04-02, gender: female, name: Amal Invented}
  - {role: child, born: 2017-09-30, gender: male, name: Sami Invented}
"""
SHEET = """\
household;pathway;municipality;role;born
A;resettled;North Quay;adult;1990-01-31
A;;;child;2015-05-01
B;resettled;North Quay;adult;1990-01-31
B;;;child;2015-05-01
C;asylum;South Quay;adult;01/02/1985
"""
STORY = """\
scenario: A household that departs
programme: xx-harbour
on: 2024-03-01
household: {pathway: resettled, registered: 2024-02-12, members: [{role: adult, born: 1988-04-02}]}
expect: {eligibility: not_eligible}
steps: []
"""

PREPARED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("init", ()),
    ("init", ("--dry-run",)),
    ("case open", ("xx-harbour", "--from", "household.yaml", "--on", "2024-03-01")),
    ("case open", ("xx-harbour", "--from", "household.yaml", "--on", "2024-03-01", "--dry-run")),
    ("case open", ("xx-harbour", "--from", "household.yaml", "--on", "2024-03-01", "--rehearse")),
    ("case template", ("xx-harbour", "sheet.xlsx")),
    ("case import", ("xx-harbour", "sheet.csv", "--on", "2024-03-01")),
    ("case import", ("xx-harbour", "sheet.csv", "--on", "2024-03-01", "--rejects", "again.csv", "--dry-run")),
    ("case advance", ("XX-1", "outfitting", "--on", "2024-03-02")),
    ("case advance", ("XX-1", "surveyed", "--on", "2024-03-02")),
    ("case next", ("XX-1", "--on", "2024-03-02")),
    ("case next", ("XX-1", "referral-letter", "--on", "2024-03-02")),
    ("case record", ("XX-1", "referral-letter", "--on", "2024-03-02", "--dry-run")),
    ("case record", ("XX-1", "referral-letter", "--on", "2024-03-02")),
    ("case record", ("XX-1", "consent", "--on", "2024-03-02", "--until", "2024-04-01")),
    ("case transfer", ("XX-1", "Far Island", "--on", "2024-03-02", "--dry-run")),
    ("case record", ("XX-1", "consent", "--on", "2024-03-03", "--withdraw")),
    ("case change", ("XX-1", "municipality=Southpier", "--on", "2024-03-04")),
    ("case correct", ("XX-1", "registered=2024-02-14", "--on", "2024-03-04")),
    ("case correct", ("XX-1", "arrived=soon", "housing=tent", "--on", "2024-03-04")),
    ("case join", ("XX-1", "role=child", "how=born", "--on", "2024-03-04")),
    ("case leave", ("XX-1", "3", "how=moved_out", "--on", "2024-03-05")),
    ("case leave", ("XX-1", "9", "how=moved_out", "--on", "2024-03-05")),
    ("case split", ("XX-1", "2", "--on", "2024-03-04", "--dry-run")),
    ("case split", ("XX-1", "9", "--on", "2024-03-05")),
    ("case merge", ("XX-1", "XX-3", "--on", "2024-03-05", "--dry-run")),
    ("case transfer", ("XX-1", "Far Island", "--on", "2024-03-05")),
    ("case advance", ("XX-1", "surveyed", "--on", "2024-03-05")),
    ("case advance", ("--programme", "xx-harbour", "--from", "hailed", "--to", "surveyed", "--on", "2024-03-05")),
    ("case assess", ("XX-1", "--on", "2024-03-05")),
    ("case assess", ("XX-1", "--on", "2019-03-05", "--dry-run")),
    ("case assess", ("--programme", "xx-harbour", "--on", "2024-03-05")),
    ("case hold", ("XX-2", "--reason", "away", "--on", "2024-03-06")),
    ("case next", ("XX-2", "--on", "2024-04-06")),
    ("due", ("--on", "2024-04-01")),
    ("due", ("--on", "2035-04-01")),
    ("case resume", ("XX-2", "--on", "2024-03-07")),
    ("case close", ("XX-2", "withdrawn", "--reason", "moved", "--on", "2024-03-08")),
    ("case close", ("XX-2", "no_sponsor", "--on", "2024-03-08")),
    ("case next", ("XX-2", "--on", "2024-03-08")),
    ("case show", ("XX-2",)),
    ("case reopen", ("XX-2", "--reason", "a mistake", "--on", "2024-03-09")),
    ("case record", ("XX-1", "first-talk", "--seen", "1", "--on", "2024-03-09")),
    ("case show", ("XX-1",)),
    ("case show", ("XX-999",)),
    ("case list", ()),
    ("case list", ("--rehearsals", "--closed")),
    ("case timeline", ("XX-1",)),
    ("case timeline", ("XX-2",)),
    ("funding schemes", ("xx-harbour",)),
    ("funding schemes", ("xx-lighthouse",)),
    ("funding entitlements", ("XX-1", "--from", "2024-01-01", "--to", "2026-12-31")),
    ("funding entitlements", ("XX-3", "--from", "2024-01-01", "--to", "2025-12-31")),
    ("report list", ()),
    ("report build", ("xx-harbour", "xx-participants", "--from", "2024-01-01", "--to", "2024-12-31")),
    ("report build", ("xx-harbour", "xx-indicators", "--from", "2024-01-01", "--to", "2024-12-31")),
    (
        "report build",
        ("xx-harbour", "xx-indicators", "--from", "2024-01-01", "--to", "2024-12-31", "--to-file", "r.csv"),
    ),
    ("country list", ()),
    ("country show", ("xx", "--on", "2024-03-01")),
    ("country show", ("zz",)),
    ("programme list", ()),
    ("programme show", ("xx-harbour", "--on", "2024-03-01")),
    ("programme show", ("xx-lighthouse", "--lang", "xx")),
    ("programme diagram", ("xx-harbour",)),
    ("plugin list", ()),
    ("plugin show", ("xx",)),
    ("plugin check", ("xx",)),
    ("plugin check", ("--plugins-dir", "drafts")),
    ("network compare", ("--topic", "all", "--on", "2025-06-01")),
    ("network compare", ("xx", "--to-file", "compared.md")),
    ("network diff", ("xx-harbour", "xx-lighthouse")),
    ("network diff", ("xx-harbour", "--on", "2024-06-01", "--and", "2025-06-01")),
    ("scenario run", ("story.yaml",)),
    ("audit verify", ()),
    ("audit verify", ("--seal", f"{0:020}-{0:064}")),
    ("db check", ()),
    ("db upgrade", ()),
    ("db upgrade", ("--dry-run",)),
    ("db backup", ("all.kummi-backup",)),
    ("db restore", ("all.kummi-backup", "--dry-run")),
    ("db restore", ("all.kummi-backup", "--db", "restored.sqlite3")),
    ("case show", ("XX-1", "--no-such-option")),
)
"""Every command that prints JSON, in an order in which each finds something: what is refused or fails, too."""

AFTER_AN_UPDATE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("case next", ("XX-1", "--on", "2024-03-10")),
    ("case list", ()),
    ("due", ("--on", "2024-03-10")),
    ("db check", ()),
    ("plugin check", ("xx", "--db", "cases.sqlite3")),
    ("plugin show", ("xx",)),
    ("programme show", ("xx-harbour",)),
    ("case restage", ("XX-1", "looked-at", "--on", "2024-03-10", "--reason", "the stage was renamed")),
)
"""The same after an update of the plugin: a stage that cases are in is lost, and a programme ends."""
UPDATED = """
    disagreements:
      - about: {en: how many crews there are, xx: kuant krui}
        readings: [{says: {en: six, xx: ses}, reference: harbour-act}]
    reviews: [{by: Vera Pine (lawyer), on: 2026-11-01, scope: {en: all of it, xx: tot}}]
    window: {start: 2020-01-01, end: 2024-04-05, reference: crew-handbook}
"""


@dataclass(frozen=True)
class Printed:
    """What one run of a command printed."""

    command: str
    arguments: tuple[str, ...]
    code: int
    text: str
    errors: str

    @property
    def data(self) -> Any:
        return json.loads(self.text)

    def __str__(self) -> str:
        return " ".join((self.command, *self.arguments))


def run_command(command: str, arguments: Sequence[str]) -> Printed:
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as left:
        run([*command.split(), *arguments])
    out.seek(0)
    return Printed(command, tuple(arguments), left.value.code, out.read(), err.getvalue())


def install(patch: pytest.MonkeyPatch, plugin: str) -> None:
    points = [EntryPoint("xx", plugin, discover.GROUP)]
    patch.setattr(discover, "metadata", SimpleNamespace(entry_points=lambda group: points))


def _edit(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def prepare(folder: Path, patch: pytest.MonkeyPatch, plugin: str = "kummi.testing.harbourland:plugin") -> None:
    """Let commands work in a folder, with one plugin, where the files lie that they read."""
    patch.chdir(folder)
    patch.setenv("KUMMI_DB", "cases.sqlite3")
    patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    install(patch, plugin)
    for name, text in (("household.yaml", HOUSEHOLD), ("sheet.csv", SHEET), ("story.yaml", STORY)):
        Path(name).write_text(text, encoding="utf-8")
    Path("drafts").mkdir()
    Path("drafts/broken.py").write_text("plugin = nothing\n", encoding="utf-8")


def run_all(folder: Path, patch: pytest.MonkeyPatch, *options: str) -> Iterator[Printed]:
    """Run every command with these options, on a database of its own."""
    prepare(folder, patch)
    for command, arguments in PREPARED:
        yield run_command(command, (*arguments, *options))
    later = folder / "later"
    shutil.copytree(Path(harbourland.__file__).parent, later, ignore=shutil.ignore_patterns("*.py*"))
    _edit(later / "workflow.yaml", "surveyed", "looked-at")
    _edit(later / "programme.yaml", "\n    window: {start: 2020-01-01, reference: crew-handbook}\n", UPDATED)
    (later / "scenarios").mkdir()
    (later / "scenarios/departs.yaml").write_text(STORY, encoding="utf-8")
    patch.setitem(sys.modules, "kummi_test_updated", SimpleNamespace(plugin=CountryPlugin(later)))
    install(patch, "kummi_test_updated:plugin")
    for command, arguments in AFTER_AN_UPDATE:
        yield run_command(command, (*arguments, *options))


@pytest.fixture(scope="session")
def every_command() -> Callable[..., Iterator[Printed]]:
    """Return what runs every command in a folder."""
    return run_all


TOLD = """\
scenario: A family is supported by a crew
programme: xx-harbour
on: 2024-03-01
household:
  pathway: resettled
  municipality: North Quay
  registered: 2024-02-12
  permit: {granted: 2024-01-10}
  members: [{role: adult, born: 1988-04-02}, {role: child, born: 2017-09-30}]
steps: [{on: 2024-12-01, walk_to: closed, outcome: completed}]
"""


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Printed]:
    """Return what runs a line, where one case is open in Harbourland, which tells a demo."""
    told = tmp_path / "told"
    shutil.copytree(Path(harbourland.__file__).parent, told, ignore=shutil.ignore_patterns("*.py*"))
    (told / "scenarios").mkdir()
    (told / "scenarios/demo.yaml").write_text(TOLD, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "kummi_test_told", SimpleNamespace(plugin=CountryPlugin(told)))
    prepare(tmp_path, monkeypatch, "kummi_test_told:plugin")
    run_command("init", ())
    run_command("case open", ("xx-harbour", "--from", "household.yaml", "--on", "2024-03-01"))
    return lambda line: run_command("", line.split())
