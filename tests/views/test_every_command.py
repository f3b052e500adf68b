"""What every command prints with ``--json``, on a filled database, is what its view says, and nothing else."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from pydantic import BaseModel, TypeAdapter

from kummi.catalogue import discover
from kummi.catalogue.country_plugin import CountryPlugin
from kummi.cli.root import CORE_COMMANDS, load_command, run
from kummi.testing import harbourland
from kummi.views.by_command import BY_COMMAND, FAILURE
from kummi.views.json_page import shapes_by_name

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
    """What one run of a command printed with ``--json``."""

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


def run_command(command: str, arguments: tuple[str, ...]) -> Printed:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as left:
        run([*command.split(), *arguments, "--json"])
    return Printed(command, arguments, left.value.code, out.getvalue(), err.getvalue())


def install(patch: pytest.MonkeyPatch, plugin: str) -> None:
    points = [EntryPoint("xx", plugin, discover.GROUP)]
    patch.setattr(discover, "metadata", SimpleNamespace(entry_points=lambda group: points))


def _edit(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def run_all(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Printed]:
    patch.chdir(folder)
    patch.setenv("KUMMI_DB", "cases.sqlite3")
    patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    install(patch, "kummi.testing.harbourland:plugin")
    for name, text in (("household.yaml", HOUSEHOLD), ("sheet.csv", SHEET), ("story.yaml", STORY)):
        Path(name).write_text(text, encoding="utf-8")
    Path("drafts").mkdir()
    Path("drafts/broken.py").write_text("plugin = nothing\n", encoding="utf-8")
    for each in PREPARED:
        yield run_command(*each)
    later = folder / "later"
    shutil.copytree(Path(harbourland.__file__).parent, later, ignore=shutil.ignore_patterns("*.py*"))
    _edit(later / "workflow.yaml", "surveyed", "looked-at")
    _edit(later / "programme.yaml", "\n    window: {start: 2020-01-01, reference: crew-handbook}\n", UPDATED)
    (later / "scenarios").mkdir()
    (later / "scenarios/departs.yaml").write_text(STORY, encoding="utf-8")
    patch.setitem(sys.modules, "kummi_test_updated", SimpleNamespace(plugin=CountryPlugin(later)))
    install(patch, "kummi_test_updated:plugin")
    for each in AFTER_AN_UPDATE:
        yield run_command(*each)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[Printed]:
    with pytest.MonkeyPatch.context() as patch:
        return list(run_all(tmp_path_factory.mktemp("json").resolve(), patch))


def shown_by(each: Printed) -> Any:
    """Return what a run should have shown: what is of its command, or a failure."""
    data = each.data
    return FAILURE if isinstance(data, dict) and "error" in data else BY_COMMAND[each.command]


def test_every_command_prints_what_its_view_says_and_nothing_else(printed: list[Printed]) -> None:
    for each in printed:
        adapter = TypeAdapter(shown_by(each))

        shown = adapter.validate_json(each.text, strict=True)

        again = adapter.dump_python(shown, mode="json", by_alias=True, exclude_unset=True)
        assert again == each.data, str(each)


def test_every_command_with_json_has_a_view(printed: list[Printed]) -> None:
    assert set(BY_COMMAND) == {*commands()} - {"demo"}
    assert {each.command for each in printed if shown_by(each) is not FAILURE} == set(BY_COMMAND)


def commands() -> Iterator[str]:
    for name in CORE_COMMANDS:
        command = load_command(name)
        yield from (f"{name} {below}" for below in command.commands) if isinstance(command, click.Group) else (name,)


def test_every_view_is_printed_by_some_command(printed: list[Printed]) -> None:
    """So that no shape is held to a schema that nothing ever met."""
    met = {name for each in printed for name in models_in(TypeAdapter(shown_by(each)).validate_json(each.text))}

    assert set(shapes_by_name()) - met == {name for name, shape in shapes_by_name().items() if "enum" in shape}


def models_in(value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield type(value).__name__
        value = list(dict(value).values())
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from models_in(each)


def test_failure_says_its_kind_and_exit_code(printed: list[Printed]) -> None:
    failures = {each.data["error"]: each.data["exit"] for each in printed if shown_by(each) is FAILURE}

    assert failures == {"refused": 1, "input": 2, "not_found": 2, "conflict": 4, "integrity": 5}
    assert all(each.code == each.data["exit"] for each in printed if shown_by(each) is FAILURE)


def test_dry_run_says_that_it_was_one(printed: list[Printed]) -> None:
    tried = [each for each in printed if "--dry-run" in each.arguments and each.code == 0]

    assert len(tried) > 4
    assert all(each.data["dry_run"] is True for each in tried)
    assert not any("dry_run" in each.data for each in printed if "--dry-run" not in each.arguments)
