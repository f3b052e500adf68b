"""Programmes side by side: an overview on one screen, each question by itself, the same in every form."""

from __future__ import annotations

import json
import re
from importlib.metadata import entry_points
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from kummi.catalogue.discover import GROUP

TOPICS = ("overview", "stages", "eligibility", "funding", "reports", "words")


def test_without_a_topic_it_is_an_overview_of_one_screen(cli: Any) -> None:
    lines = cli.done("network", "compare", "--on", "2025-06-01").out.splitlines()

    assert len(lines) <= 40
    said = "\n".join(lines)
    for part in ("xx-harbour", "established", "2020-01-01", "The Crew Society", "group (4–6)", "12 months – 2 years"):
        assert part in said
    assert "municipality 1470.00 XTS if conditions hold + 1 not known" in said
    assert re.search(r"Harbourland, (draft|sourced)", said)


@pytest.mark.parametrize("topic", TOPICS)
def test_no_line_is_wider_than_80_columns_and_no_word_is_broken(cli: Any, topic: str) -> None:
    out = cli.done("network", "compare", "--topic", topic, "--full", "--on", "2025-06-01").out
    whole = cli.done("network", "compare", "--topic", topic, "--on", "2025-06-01", "--json").json

    assert max(map(len, out.splitlines())) <= 80
    words = set(re.findall(r"\w+", out))
    tables = whole["topics"][topic]["tables"].values()
    said = {word for table in tables for row in table["rows"] for cell in row.values() for word in cell["text"].split()}
    parts = {part for word in said for part in re.findall(r"\w+", word)}
    shown_elsewhere = {"XX", "Harbour", "Lighthouse", "keepers"} if topic == "overview" else set()  # names: by id there
    assert parts <= words | shown_elsewhere


@pytest.mark.parametrize("topic", TOPICS)
def test_every_number_that_is_cited_is_printed_below(cli: Any, topic: str) -> None:
    out = cli.done("network", "compare", "--topic", topic, "--sources", "--full", "--on", "2025-06-01").out

    listed = {int(number) for number in re.findall(r"^\[(\d+)\] ", out, re.MULTILINE)}
    assert listed == set(range(1, len(listed) + 1))
    cited: set[int] = set()
    for run in re.findall(r"\[([\d,-]+)\]", re.sub(r"^\[\d+\]", "", out, flags=re.MULTILINE)):
        for each in run.split(","):
            first, _, last = each.partition("-")
            cited |= set(range(int(first), int(last or first) + 1))
    assert cited == listed
    assert "https://example.org/" in out


def test_only_the_programmes_named_are_shown(cli: Any) -> None:
    out = cli.done("network", "compare", "xx-lighthouse", "--topic", "stages").out

    assert "xx-lighthouse" in out
    assert "xx-harbour" not in out


def test_detail_that_is_left_out_is_named_with_what_shows_it(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kummi.cli.sections.SCREENS", 12)

    short = cli.done("network", "compare", "--topic", "stages").out
    whole = cli.done("network", "compare", "--topic", "stages", "--full").out

    assert re.search(r"Tasks in each stage: \d+ lines left out; name fewer programmes, or --full", short)
    assert "TASKS IN EACH STAGE" not in short
    assert "TASKS IN EACH STAGE" in whole


def test_same_selection_is_written_as_markdown_json_and_a_workbook_with_a_sheet_a_topic(cli: Any) -> None:
    asked = ("network", "compare", "xx-harbour", "--topic", "stages", "--topic", "funding", "--on", "2025-06-01")
    written = {}
    for ending in ("md", "json", "xlsx"):
        target = cli.folder / f"compare.{ending}"
        cli.done(*asked, "--to-file", str(target))
        written[ending] = target.read_bytes()

    markdown, shown = written["md"].decode(), cli.done(*asked, "--json").json
    assert [line for line in markdown.splitlines() if line.startswith("## ")] == ["## Stages", "## Money"]
    assert "xx-lighthouse" not in markdown
    assert json.loads(written["json"]) == shown
    assert list(shown["topics"]) == ["stages", "funding"]
    with ZipFile(BytesIO(written["xlsx"])) as book:
        assert re.findall(r'<sheet name="(\w+)"', book.read("xl/workbook.xml").decode()) == ["Stages", "Money"]
        strings = book.read("xl/sharedStrings.xml").decode()
    assert "Sailing together" in strings
    assert "lighthouse" not in strings


@pytest.mark.parametrize("name", ["c.docx", "c", "c.csv"])
def test_file_of_a_kind_that_cannot_be_written_is_refused_before_anything_is_made(cli: Any, name: str) -> None:
    said = cli("network", "compare", "--to-file", str(cli.folder / name))

    assert said.code == 2
    assert ".md, .xlsx, .json" in said.err
    assert not (cli.folder / name).exists()


def test_file_that_is_there_is_not_written_over_unless_asked_to(cli: Any) -> None:
    target = Path(cli.file("compare.md", "mine"))

    assert cli("network", "compare", "--to-file", str(target)).code == 2
    assert target.read_text() == "mine"
    cli.done("network", "compare", "--to-file", str(target), "--force")
    assert target.read_text().startswith("# Programmes side by side")


def test_all_topics_are_asked_for_at_once(cli: Any) -> None:
    assert tuple(cli.done("network", "compare", "--topic", "all", "--json").json["topics"]) == TOPICS


def test_difference_of_two_days_is_said_wherever_the_business_date_is_given(cli: Any) -> None:
    asked = ("network", "diff", "xx-harbour", "--and", "2025-06-01")
    first = cli.done(*asked, "--on", "2024-06-01").out

    assert cli.done("--on", "2024-06-01", *asked).out == first
    assert cli.done("network", "--on", "2024-06-01", *asked[1:]).out == first
    assert "FROM 2025-01-01" in first
    assert "[1] " in first
    assert max(map(len, first.splitlines())) <= 80
    shown = cli.done(*asked, "--on", "2024-06-01", "--json").json
    assert (shown["on"], shown["and"]) == ("2024-06-01", "2025-06-01")
    assert all(each["sources"] for each in shown["changes"])


def test_difference_wants_two_names_or_one_name_and_another_day(cli: Any) -> None:
    assert cli("network", "diff", "xx-harbour").code == 2
    assert cli("network", "diff", "xx-harbour", "xx-lighthouse", "--and", "2025-06-01").code == 2
    assert cli("network", "diff", "xx-harbour", "--and", "soon").code == 2
    assert "did you mean 'xx-harbour'" in cli("network", "diff", "xx-harbor", "xx-lighthouse").err
    out = cli.done("network", "diff", "xx-harbour", "xx-lighthouse", "--sources").out
    assert "https://example.org/" in out
    shown = cli.done("network", "diff", "xx-harbour", "xx-lighthouse", "--json").json
    assert (shown["left"], shown["right"]) == ("xx-harbour", "xx-lighthouse")


@pytest.fixture
def countries(bare: Any, install: Any) -> Any:
    install(**{point.name: point.value for point in entry_points(group=GROUP)})
    return bare


def test_overview_of_all_that_is_installed_is_one_screen_of_80_columns(countries: Any) -> None:
    lines = countries.done("network", "compare", "--on", "2026-11-24").out.splitlines()

    assert 24 <= len(lines) <= 40
    assert max(map(len, lines)) <= 80


def test_support_whose_form_or_duration_is_not_known_is_an_open_question_of_its_programme(countries: Any) -> None:
    for each in countries.done("programme", "list", "--json").json:
        shown = countries.done("programme", "show", each["id"], "--json").json
        assert (shown["form"] and shown["duration"]) or shown["questions"], each["id"]
