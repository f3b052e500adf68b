"""What a country writes for its coordinators is printed: guidance beside tasks, notes and partners of programmes."""

from __future__ import annotations

from typing import Any

import pytest

TALK = "Ask what the household wants before saying what there is."


@pytest.fixture
def surveyed(cli: Any) -> str:
    """The number of a case whose first talk is missing."""
    ref = str(cli.open())
    cli.done("case", "record", ref, "referral-letter", "--on", "2024-03-01")
    cli.done("case", "advance", ref, "surveyed", "--on", "2024-03-01")
    return ref


def test_next_says_how_the_missing_tasks_are_done(cli: Any, surveyed: str) -> None:
    said = cli.done("case", "next", surveyed, "--guidance", "--on", "2024-03-02").out
    cli.done("case", "record", surveyed, "first-talk", "--on", "2024-03-02")
    after = cli.done("case", "next", surveyed, "--guidance", "--on", "2024-03-02").out

    assert f"  •  first-talk  First talk with the household  coordinator\n      {TALK} [1]\n" in said
    assert "berth-decision" in said
    assert said.endswith("\n2 sources; --sources prints them\n")
    assert "Closed moves" not in said
    assert TALK not in after
    assert "no guidance is written for it [1]" in after


def test_next_says_how_one_task_is_done_whether_or_not_it_is_missing(cli: Any, surveyed: str) -> None:
    cli.done("case", "record", surveyed, "first-talk", "--on", "2024-03-02")
    said = cli.done("case", "next", surveyed, "first-talk", "--sources", "--on", "2024-03-02").out
    elsewhere = cli.done("case", "next", surveyed, "consent", "--on", "2024-03-02").out
    unknown = cli("case", "next", surveyed, "first-tlak", "--on", "2024-03-02")

    assert TALK in said
    assert "berth-decision" not in said
    assert "\n  [1] " in said
    assert "  •  consent  The household consents" in elsewhere
    assert unknown.code == 2
    assert "did you mean 'first-talk'?" in unknown.err


def test_next_says_that_nothing_is_missing(cli: Any) -> None:
    ref = cli.open()
    cli.done("case", "record", ref, "referral-letter", "--on", "2024-03-01")

    assert "\nno task is missing\n" in cli.done("case", "next", ref, "--guidance", "--on", "2024-03-01").out


def test_json_of_next_has_the_guidance(cli: Any, surveyed: str) -> None:
    tasks = cli.done("case", "next", surveyed, "--json", "--on", "2024-03-02").json["tasks"]
    (one,) = cli.done("case", "next", surveyed, "berth-decision", "--json", "--on", "2024-03-02").json["tasks"]

    assert {each["id"]: each["guidance"] for each in tasks} == {"first-talk": TALK, "berth-decision": None}
    assert one["id"] == "berth-decision"


def test_a_programme_shows_its_partners_and_notes_with_their_sources(cli: Any) -> None:
    said = cli.done("programme", "show", "xx-harbour").out
    data = cli.done("programme", "show", "xx-harbour", "--json").json

    assert "\nPartners: municipalities of Harbourland\n" in said
    assert "\nNotes\n  A crew has four to six members." in said
    assert [each["text"] for each in data["notes"]] == ["A crew has four to six members."]
    assert data["partners"] == ["municipalities of Harbourland"]


def test_json_of_a_programme_gives_what_may_be_chosen(cli: Any) -> None:
    fields = {each["id"]: each for each in cli.done("programme", "show", "xx-harbour", "--json").json["fields"]}

    assert fields["housing"]["choices"] == [{"id": "boat", "title": "house boat"}, {"id": "house", "title": "house"}]
    assert fields["moored"]["choices"] == []
