"""Plugins on the command line: drafts, a broken one beside healthy ones, checks that tell every fault."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kummi.testing import harbourland

SOURCES = Path(harbourland.__file__).parent


@pytest.fixture
def drafts(bare: Any) -> Path:
    """A folder with Harbourland as a draft."""
    shutil.copytree(SOURCES, bare.folder / "drafts" / "harbourland", ignore=shutil.ignore_patterns("*.py*"))
    bare.done("init")
    return Path(bare.folder, "drafts")


def spoil(drafts: Path, file: str, old: str, new: str) -> None:
    path = drafts / "harbourland" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_draft_is_used_without_being_installed(bare: Any, drafts: Path) -> None:
    said = bare.done("programme", "list", "--plugins-dir", str(drafts), "--json").json

    assert [each["id"] for each in said] == ["xx-harbour", "xx-lighthouse"]


def test_folder_of_drafts_that_is_not_there_is_explained(bare: Any) -> None:
    said = bare("programme", "list", "--plugins-dir", "nowhere")

    assert (said.code, said.err) == (2, "Error: --plugins-dir: there is no folder 'nowhere'\n")


def test_check_tells_every_fault_with_its_line_and_the_nearest_name(bare: Any, drafts: Path) -> None:
    spoil(drafts, "workflow.yaml", "phase: matching", "phase: matchng")
    spoil(drafts, "funding.yaml", "pays: per_year", "pays: per_yeer")
    spoil(drafts, "country.yaml", "currency: XTS", "curency: XTS")

    said = bare("plugin", "check", "harbourland", "--plugins-dir", str(drafts))

    assert said.code == 2
    for words in ("country.yaml:4", "'currency'", "funding.yaml:", "'per_year'", "workflow.yaml:", "'matching'"):
        assert words in said.out
    assert bare("plugin", "check", "harbourland", "--plugins-dir", str(drafts), "--json").json[0]["maturity"] == "draft"


def test_check_prints_the_shortest_counter_example_in_the_stages_own_names(bare: Any, drafts: Path) -> None:
    spoil(drafts, "workflow.yaml", "kind: consent", "kind: talk")

    said = bare("plugin", "check", "harbourland", "--plugins-dir", str(drafts))

    assert said.code == 2
    assert "✗ consent" in said.out
    assert "Crew sought" in said.out


def test_check_of_a_sound_plugin_succeeds(cli: Any) -> None:
    said = cli.done("plugin", "check", "xx")

    assert said.out.startswith("xx draft: ")
    assert "✗" not in said.out


def test_broken_plugin_is_named_and_takes_no_healthy_one_down(
    cli: Any, install: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(xx="kummi.testing.harbourland:plugin", yy="kummi_no_such_module:plugin")

    listed = cli.done("programme", "list")
    plugins = cli.done("plugin", "list", "--json").json

    assert "xx-harbour" in listed.out
    assert "broken: yy" in listed.err
    assert {each["name"]: bool(each["faults"]) for each in plugins} == {"xx": False, "yy": True}
    assert cli.done("case", "next", cli.open()).code == 0
    assert cli.done("due").code == 0
    said = cli("case", "open", "yy-anything", "--from", str(cli.folder / "household.yaml"))
    assert said.code == 2
    assert "kummi_no_such_module" in said.err
    assert "Traceback" not in said.err


def test_plugin_whose_hook_fails_is_named(cli: Any, install: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from kummi import hookimpl

    class Failing:
        @hookimpl
        def kummi_programmes(self) -> None:
            raise ZeroDivisionError("by mistake")

    monkeypatch.setitem(sys.modules, "kummi_test_failing", SimpleNamespace(plugin=Failing()))
    install(xx="kummi.testing.harbourland:plugin", zz="kummi_test_failing:plugin")

    said = cli("plugin", "check", "zz")

    assert said.code == 2
    assert "ZeroDivisionError" in said.out
    assert "xx-harbour" in cli.done("programme", "list").out


def test_show_tells_open_questions_and_disagreements(cli: Any) -> None:
    said = cli.done("plugin", "show", "xx").out

    assert "How many hours of training a crew gets is not published." in said
    assert "Number of berths" in said


def test_story_that_departs_ends_with_1_and_says_where(cli: Any) -> None:
    file = cli.file(
        "story.yaml",
        """
        scenario: A family is refused that should not be
        programme: xx-harbour
        on: 2024-03-01
        household:
          pathway: resettled
          municipality: North Quay
          permit: {granted: 2024-01-10}
          members: [{role: adult, born: 1988-04-02}]
        expect: {eligibility: not_eligible}
        """,
    )

    said = cli("scenario", "run", file)

    assert said.code == 1
    assert "✗ story.yaml: A family is refused that should not be" in said.out
    assert "eligibility: expected not_eligible, found eligible" in said.out
    assert cli("scenario", "run", file, "--json").json[0]["holds"] is False


def test_story_that_holds_ends_with_0_and_tells_its_steps(cli: Any) -> None:
    file = cli.file(
        "story.yaml",
        "scenario: A family\nprogramme: xx-harbour\non: 2024-03-01\n"
        "household: {pathway: resettled, municipality: North Quay, permit: {granted: 2024-01-10},"
        " members: [{role: adult}]}\nsteps: [{walk_to: closed, outcome: completed}]\n",
    )

    said = cli.done("scenario", "run", file, "--story")

    assert "1 of 1 stories hold" in said.out
    assert "closed as completed" in said.out


def test_check_ends_with_what_the_next_badge_takes_and_lists_missing_texts_when_asked(bare: Any, drafts: Path) -> None:
    spoil(drafts, "workflow.yaml", "title: {en: Surveyed, xx: Mirat}", "title: Surveyed")
    check = ("plugin", "check", "harbourland", "--plugins-dir", str(drafts))

    counted, listed = bare.done(*check).out, bare.done(*check, "--verbose").out

    assert "  missing texts of its own: xx 1 (--verbose lists them)\n" in counted
    assert re.search(r"^    workflow\.yaml:\d+: xx: Surveyed$", listed, re.MULTILINE)
    assert re.search(r"^    words\.yaml:1: xx: event\|opened: opened$", listed, re.MULTILINE)
    steps = "    - scenarios/: no story was played; write one or more, and play them with plugin check\n"
    assert counted.endswith(f"  to reach `tested`:\n{steps}")


def test_check_as_json_says_what_the_next_badge_takes(bare: Any, drafts: Path) -> None:
    spoil(drafts, "country.yaml", "xx: krui}, reference: crew-handbook}", "xx: krui}}")

    (said,) = bare.done("plugin", "check", "harbourland", "--plugins-dir", str(drafts), "--json").json

    line = said["unsourced"][0].split(":")[1]
    assert said["maturity"] == "draft"
    assert said["next"] == {
        "badge": "sourced",
        "steps": [{"where": f"country.yaml:{line}", "message": "term crew has no source"}],
    }
