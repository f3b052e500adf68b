"""Programmes side by side: every section alone, in each form, in the reader's language."""

from __future__ import annotations

from typing import Any

import pytest

SECTIONS = {
    "programmes": "PROGRAMMES",
    "stages": "STAGES BY PHASE",
    "pathways": "WHO MAY TAKE PART, BY PATHWAY",
    "reasons": "WHAT CLOSES A PATHWAY, OR WHAT IT DEPENDS ON",
    "conditions": "WHAT IS ASKED OF EVERY HOUSEHOLD",
    "money": "MONEY FOR ONE PERSON IN THE FIRST 3 YEARS",
    "totals": "WHAT IS KNOWN OF IT, BY WHO GETS IT",
    "duties": "DUTIES TO REPORT",
    "sources": "SOURCES",
}


@pytest.mark.parametrize("name", SECTIONS)
def test_section_is_shown_alone(cli: Any, name: str) -> None:
    said = cli.done("network", "compare", "--section", name, "--on", "2025-06-01").out

    assert [title for title in SECTIONS.values() if title in said.splitlines()] == [SECTIONS[name]]


def test_all_sections_are_shown_in_their_order(cli: Any) -> None:
    lines = cli.done("network", "compare", "--on", "2025-06-01").out.splitlines()

    assert [line for line in lines if line in SECTIONS.values()] == list(SECTIONS.values())


@pytest.mark.parametrize("form", ["--json", "--markdown"])
def test_section_of_a_whole_document_is_refused_and_not_ignored(cli: Any, form: str) -> None:
    said = cli("network", "compare", "--section", "money", form)

    assert said.code == 2
    assert "--section" in said.err + said.out


def test_document_is_written_to_a_file(cli: Any) -> None:
    target = cli.folder / "compare.md"

    cli.done("network", "compare", "--to-file", str(target), "--on", "2025-06-01")

    assert target.read_text().startswith("# Programmes side by side on 2025-06-01")
    assert cli("network", "compare", "--to-file", str(cli.folder)).code == 2


def test_json_has_every_programme_with_sources(cli: Any) -> None:
    said = cli.done("network", "compare", "--json", "--on", "2025-06-01").json

    assert said.keys() == {"on", "language", "programmes", "money", "totals", "duties"}
    assert [each["id"] for each in said["programmes"]] == ["xx-harbour", "xx-lighthouse"]
    assert all(each["title"]["sources"] for each in said["programmes"])
