"""A plugin that forgets a stage, or is gone: the command line goes on for everybody, and says what to do."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kummi.catalogue.country_plugin import CountryPlugin
from kummi.testing import harbourland

WHY = "version 2025.1 of the workflow of xx-harbour has no stage 'surveyed'"


@pytest.fixture
def two(cli: Any) -> Any:
    """The command line with one case in ``surveyed`` and one in ``hailed``."""
    ref = cli.open()
    cli.open()
    cli.walk(ref, "surveyed", "2024-03-05")
    return cli


@pytest.fixture
def forget(two: Any, install: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same after an update of the plugin in which ``surveyed`` has another name."""
    folder = Path(two.folder, "later")
    shutil.copytree(Path(harbourland.__file__).parent, folder, ignore=shutil.ignore_patterns("*.py*"))
    path = folder / "workflow.yaml"
    path.write_text(path.read_text().replace("surveyed", "looked-at"))
    monkeypatch.setitem(sys.modules, "kummi_test_later", SimpleNamespace(plugin=CountryPlugin(folder)))
    install(xx="kummi_test_later:plugin")
    return two


def test_list_shows_a_stranded_case_and_the_others(forget: Any) -> None:
    said = forget.done("case", "list")

    assert [line.split()[:3] for line in said.out.splitlines()] == [
        ["XX-1", "stranded", "surveyed"], ["XX-2", "referral", "Hailed"],
    ]  # fmt: skip
    first, second = forget.done("case", "list", "--json").json
    assert first["stranded"]["why"].startswith(WHY)
    assert second["stranded"] is None


@pytest.mark.parametrize("command", ["show", "next", "timeline"])
def test_stranded_case_says_why_and_what_to_do(forget: Any, command: str) -> None:
    said = forget.done("case", command, "XX-1", "--on", "2024-03-06").out

    assert f"stranded: {WHY}" in said
    assert (
        "to settle it: put it back, install the version of plugin xx that has it, or move the case: kummi case restage"
        in said
    )
    assert forget.done("case", command, "XX-2", "--on", "2024-03-06")


def test_json_of_next_of_a_stranded_case_has_no_moves(forget: Any) -> None:
    said = forget.done("case", "next", "XX-1", "--json").json

    assert said.keys() == {"ref", "stage", "phase", "seq", "leave_by", "stranded", "tasks", "moves"}
    assert (said["stage"], said["phase"], said["tasks"], said["moves"]) == ("surveyed", "assessment", [], [])
    assert said["stranded"].keys() == {"why", "settle"}


def test_everything_else_goes_on_beside_a_stranded_case(forget: Any) -> None:
    due = forget.done("due", "--on", "2024-06-01").out

    assert "stranded: " + WHY in due
    assert "First talk" not in due
    assert forget.done("case", "assess", "XX-1", "--on", "2024-03-06")
    assert "2  eligible" in forget.done("case", "assess", "--programme", "xx-harbour", "--on", "2024-03-06").out
    assert forget.done("funding", "entitlements", "XX-1", "--from", "2024-01-01", "--to", "2024-12-31")
    assert forget.done("case", "advance", "--programme", "xx-harbour", "--from", "hailed", "--to", "looked-at")
    reports = forget.done("report", "list", "xx-harbour", "--json").json
    for report in (each for each in reports if each["format"]):
        year = ("--from", "2024-01-01", "--to", "2024-12-31")
        forget.done("report", "build", "xx-harbour", report["format"], *year)
    assert forget.done("audit", "verify")


def test_move_of_a_stranded_case_is_refused_in_words(forget: Any) -> None:
    said = forget("case", "advance", "XX-1", "outfitting", "--on", "2024-03-06")

    assert said.code == 2
    assert said.err.startswith(f"Error: case XX-1 is stranded: {WHY}")


def test_stranded_case_is_moved_by_a_command_of_its_own_that_the_timeline_and_the_audit_tell_of(forget: Any) -> None:
    words = ("case", "restage", "XX-1", "looked-at", "--on", "2024-03-06", "--reason", "the stage was renamed")

    assert forget("case", "restage", "XX-2", "looked-at", "--on", "2024-03-06", "--reason", "why not").code == 1
    assert forget.done(*words, "--json").json["stage"] == "looked-at"
    assert forget.done("case", "next", "XX-1", "--on", "2024-03-06", "--json").json["stranded"] is None
    (told,) = [line for line in forget.done("case", "timeline", "XX-1").out.splitlines() if "another version" in line]
    assert told.split()[:2] == ["4", "2024-03-06"]
    assert forget.done("audit", "verify")


def test_stranded_cases_are_counted_by_the_checks(forget: Any) -> None:
    database = str(forget.folder / "cases.sqlite3")

    assert f"! 1 case is stranded: {WHY}" in forget.done("db", "check").out
    assert forget.done("db", "check", "--json").json["stranded"][0]["cases"] == 1
    said = forget("plugin", "check", "xx", "--db", database)
    assert said.code == 2
    assert f"✗ 1 case is stranded: {WHY}" in said.out
    assert forget("plugin", "check", "xx", "--db", database, "--json").json[0]["stranded"][0]["stage"] == "surveyed"
    assert forget.done("plugin", "check", "xx").out.count("stranded") == 0


def test_case_of_a_country_that_is_not_installed_any_more_is_shown(two: Any, install: Any) -> None:
    install(yy="kummi.testing.nothing_at_all:plugin")

    assert [line.split()[:2] for line in two.done("case", "list").out.splitlines()] == [
        ["XX-1", "stranded"], ["XX-2", "stranded"],
    ]  # fmt: skip
    for command in ("show", "next", "timeline"):
        assert "stranded: the programme xx-harbour is not installed" in two.done("case", command, "XX-1").out
    assert "stranded" in two.done("due", "--on", "2024-06-01").out
    assert "! 1 case is stranded: the programme xx-harbour is not installed" in two.done("db", "check").out


def test_case_of_a_country_whose_plugin_is_broken_is_shown(two: Any, install: Any) -> None:
    install(xx="kummi_no_such_module:plugin")

    said = two.done("case", "next", "XX-1").out

    assert "stranded: the programme xx-harbour cannot be used: xx has faults" in said
    assert "to settle it: see: kummi plugin check xx" in said
