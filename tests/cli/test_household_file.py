"""Household files as they come: wrong, hostile, huge or no files at all. Nothing is written, nothing personal shown."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "expected"),
        ("- a\n- list\n", "expected"),
        ("just words", "expected"),
        ("pathway: resettled\n", "expected the key 'members', which is missing"),
        ("pathway: resetled\nmembers: [{role: adult}]", "found 'resetled'; did you mean 'resettled'?"),
        ("pathway: resettled\nmembers: []", "expected at least 1 of them"),
        ("pathway: resettled\nmembers: [{role: adlt}]", "did you mean 'adult'?"),
        ("pathway: resettled\nmembers: [{role: adult}]\nariv: 2024-01-01", "unknown key 'ariv'"),
        ("pathway: resettled\nmembers: [{role: adult}]\narrived: 86400", "expected a date such as"),
        ("pathway: resettled\nmembers: [{role: adult}]\narrived: 1.2.2024", "expected a date such as"),
        ("pathway: resettled\nmembers: [{role: adult}]\npermit: {held: false, granted: 2024-01-01}", "is held"),
        ("pathway: resettled\nmembers: [{role: adult}]\nfields: {housing: tent}", "is not one of the choices"),
        ("pathway: resettled\nmembers: [{role: adult}]\nfields: {hosing: boat}", "did you mean 'housing'?"),
        ("pathway: resettled\nmembers: [{role: adult, born: 2031-01-01}]", "the date of birth lies after 2024-03-01"),
        ("pathway: resettled\nmembers: [{role: adult, born: 1788-01-01}]", "older than 130 years"),
        ("pathway: asylum\npathway: resettled\nmembers: [{role: adult}]", "pathway"),
        ("pathway: [resettled\n", "not valid YAML"),
        ("!!python/object/apply:os.system [id]", "tags such as"),
        (b"\x00\x01\x02\xff", "h.yaml"),
        ("pathway: \ud800".encode("utf-8", "surrogatepass"), "h.yaml"),
        (BOMB, "values"),
        ("[" * 5000, "nested"),
        ("x" * 1_000_001, "is larger than 1000000 bytes"),
    ],
)
def test_household_that_cannot_be_read_is_explained(cli: Any, content: str | bytes, said: str) -> None:
    file = cli.file("h.yaml", content)

    answer = cli("case", "open", "xx-harbour", "--from", file, "--on", "2024-03-01")

    assert answer.code == 2
    assert said in answer.err
    assert answer.out == ""
    assert cli.done("case", "list", "--json").json == []


def test_every_fault_is_said_with_its_line(cli: Any) -> None:
    file = cli.file("h.yaml", "pathway: by boat\narrived: soon\nmembers:\n  - {role: adult}\n  - {gender: female}\n")

    said = cli("case", "open", "xx-harbour", "--from", file, "--json")

    assert [each["where"] for each in said.json["faults"]] == ["h.yaml:1", "h.yaml:2", "h.yaml:5"]


def test_fault_never_repeats_what_is_personal(cli: Any) -> None:
    file = cli.file(
        "h.yaml",
        "pathway: resettled\nmembers:\n  - {role: adult, name: [Amal Invented], identity: 'A1', born: Amal}\n"
        "  - {role: child, name: 1234567, identity: 99}\n",
    )

    said = cli("case", "open", "xx-harbour", "--from", file)

    assert said.code == 2
    assert len(said.err.splitlines()) == 5
    assert not [secret for secret in ("Amal", "A1", "1234567", "99") if secret in said.err]


@pytest.mark.parametrize("path", [".", "nowhere.yaml"])
def test_path_that_is_no_file_is_explained(cli: Any, path: str) -> None:
    said = cli("case", "open", "xx-harbour", "--from", path)

    assert said.code == 2
    assert "--from" in said.err


@pytest.mark.parametrize("command", [("case", "open", "xx-harbour", "--from"), ("scenario", "run")])
@pytest.mark.parametrize("kind", ["device", "pipe"])
def test_what_never_ends_is_refused_at_once(kind: str, command: tuple[str, ...], cli: Any, tmp_path: Path) -> None:
    path = tmp_path / "pipe.yaml"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")

    said = cli(*command, str(path))

    assert said.code == 2
    assert "is not a regular file" in said.err


def test_json_with_tabs_is_a_household_too(cli: Any) -> None:
    file = cli.file("h.json", '{\n\t"pathway": "resettled",\n\t"members": [{"role": "adult", "name": "\\u0645"}]\n}\n')

    assert cli.done("case", "open", "xx-harbour", "--from", file, "--on", "2024-03-01").code == 0


def test_household_of_a_story_is_read_out_of_it(cli: Any) -> None:
    file = cli.file("story.yaml", "household: {pathway: asylum, members: [{role: adult}]}")

    assert "arrived on their own" in cli.done("case", "open", "xx-harbour", "--from", file, "--on", "2024-03-01").out


@pytest.mark.parametrize("place", ["1990-01-30", "2024-99-99", "091", "no", "'91'"])
def test_place_is_text_whatever_it_looks_like(place: str, cli: Any) -> None:
    file = cli.file("h.yaml", f"{{pathway: asylum, municipality: {place}, members: [{{role: adult}}]}}")

    opened = cli.done("case", "open", "xx-harbour", "--from", file, "--on", "2024-03-01", "--json").json

    assert opened["municipality"] == place.strip("'")
    assert place.strip("'") in cli.done("case", "list").out
    cli.done("audit", "verify")


@pytest.mark.parametrize("place", ["91", "true", "[a]"])
def test_place_that_yaml_reads_as_no_text_is_explained(place: str, cli: Any) -> None:
    file = cli.file("h.yaml", f"{{pathway: asylum, municipality: {place}, members: [{{role: adult}}]}}")

    said = cli("case", "open", "xx-harbour", "--from", file, "--on", "2024-03-01")

    assert said.code == 2
    assert "municipality: expected text" in said.err
