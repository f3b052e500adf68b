"""What reaches a terminal: nothing that it would obey, no forged line, and words where there is no room."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from kummi.cli.terminal import one_line, visible

HOSTILE = "\x1b[2J\x07\r\x7f\x9b31m\u2028\u202e\u2066\u200f\x85"
NAME = f"Amal {HOSTILE}Invented"
NOTE = (
    "first line\n  5  2024-03-09  astrid  Closed: completed\r\nlast\u2028\n"
    + " " * 90
    + "6  2024-03-09  astrid  Closed"
)
PLACE = "Nowhere\n    forged line\u202e"
SHOWN = {"\n", "\t"}


def household() -> str:
    person = {"role": "adult", "born": "1988-04-02", "name": NAME}
    return json.dumps({"household": {"pathway": "resettled", "municipality": PLACE, "members": [person]}})


def unsafe_in(text: str) -> set[str]:
    return {each for each in text if unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp")} - SHOWN


@pytest.fixture
def hostile(cli: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """A case whose name, note and place hold what a terminal would obey; once more of it than is taken at the door."""
    for module in ("household_validation", "value_reader"):
        monkeypatch.setattr(f"kummi.casework.{module}.is_plain", lambda *_, **__: True)
    monkeypatch.setattr("kummi.casework.moving.is_plain", lambda *_, **__: True)
    ref = str(cli.open(household=household()))
    cli.done("case", "hold", ref, "--reason", NOTE, "--on", "2024-03-02", "--as", "astrid")
    return ref


@pytest.mark.parametrize("words", [("show",), ("timeline",), ("next",), ("show", "--json"), ("timeline", "--json")])
def test_a_case_shows_what_a_terminal_would_obey_instead_of_sending_it(
    words: tuple[str, ...], hostile: str, cli: Any
) -> None:
    said = cli.done("case", words[0], hostile, *words[1:])

    assert unsafe_in(said.out + said.err) == set()


def test_lists_show_it_too(hostile: str, cli: Any) -> None:
    for words in (("case", "list"), ("due", "--on", "2024-06-01"), ("case", "list", "--json")):
        assert unsafe_in(cli.done(*words).out) == set()


def test_a_name_stays_in_its_row(hostile: str, cli: Any) -> None:
    said = cli.done("case", "show", hostile)

    assert "Amal \\u001b[2J\\u0007\\u000d\\u007f\\u009b31m\\u2028\\u202e\\u2066\\u200f\\u0085Invented" in said.out


def test_a_place_stays_in_its_line(hostile: str, cli: Any) -> None:
    for word in ("show", "next", "timeline"):
        assert not any(line.startswith("    forged") for line in cli.done("case", word, hostile).out.splitlines())


def test_no_line_of_a_note_passes_for_an_event(hostile: str, cli: Any) -> None:
    lines = cli.done("case", "timeline", hostile).out.splitlines()

    events = [line for line in lines if line[:3].strip().isdigit()]
    assert len(events) == 2
    assert "– first line" in events[1]
    below = " " * events[1].index("put on hold")
    assert all(line.startswith(below) for line in lines[lines.index(events[1]) + 1 :] if line)
    assert "          6  2024" not in "\n".join(lines), "no wide gap that a narrow terminal would break the line at"


def test_json_holds_the_same_text(hostile: str, cli: Any) -> None:
    said = cli.done("case", "show", hostile, "--json")

    assert said.json["municipality"].endswith("forged line\u202e")
    assert "\\u202e" in said.out


def test_errors_show_it_too(cli: Any) -> None:
    said = cli("case", "show", f"XX-{HOSTILE}")

    assert said.code == 2
    assert unsafe_in(said.err) == set()


@pytest.mark.parametrize("hostile_line", ["\x1b]0;title\x07", "a\u202eb", "\u2028forged", "\x9b2J", "a\rb"])
def test_what_a_plugins_command_prints_is_shown_too(
    hostile_line: str, cli: Any, install: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from types import SimpleNamespace

    import click

    from kummi import hookimpl

    class WithCommand:
        @hookimpl
        def kummi_commands(self, cli: click.Group) -> None:
            cli.add_command(click.Command("harvest", callback=lambda: click.echo(hostile_line, color=True)))

    monkeypatch.setitem(sys.modules, "kummi_test_command", SimpleNamespace(plugin=WithCommand()))
    install(xx="kummi.testing.harbourland:plugin", research="kummi_test_command:plugin")

    assert unsafe_in(cli.done("harvest").out) == set()


def test_ordinary_words_of_every_script_are_left_as_they_are() -> None:
    words = "Ølander Þórður Åse ‘’ – → ✓ أمل علي  გიორგი ሰላም می‌خواهم\ttab\nline"

    assert visible(words) == words
    assert one_line(words) == words.replace("\n", "\\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("programme", "list"),
        ("programme", "list", "--json"),
        ("report", "build", "xx-harbour", "xx-participants", "--from", "2024-01-01", "--to", "2024-12-31"),
    ],
    ids=" ".join,
)
def test_an_output_without_room_is_told_in_words(words: tuple[str, ...], cli: Any) -> None:
    with Path("/dev/full").open("wb") as full:
        done = _run(cli, words, full)

    assert done.stderr.decode() == (
        "Error: the output cannot be written: No space left on device; what was recorded before that is kept\n"
    )
    assert done.returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
def test_errors_without_room_still_end_with_their_code(cli: Any) -> None:
    with Path("/dev/full").open("wb") as full:
        done = _run(cli, ("case", "show", "XX-99"), full, full)

    assert done.returncode == 2


def test_a_stream_that_says_ascii_is_no_way_past(cli: Any) -> None:
    done = _run(cli, ("case", "show", "XX-\u202e\x1b[2J"), subprocess.PIPE, PYTHONIOENCODING="ascii")

    assert done.returncode == 2
    assert b"\x1b" not in done.stderr
    assert "\u202e".encode() not in done.stderr


def test_a_command_without_an_output_works(cli: Any) -> None:
    done = subprocess.run(
        ["bash", "-c", '"$@" >&-', "kummi", *_command(cli), "programme", "list"], capture_output=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, b"")


def _command(cli: Any) -> list[str]:
    drafts = cli.folder / "drafts"
    if not drafts.exists():
        import shutil

        from kummi.testing import harbourland

        source = Path(harbourland.__file__).parent
        shutil.copytree(source, drafts / "harbourland", ignore=shutil.ignore_patterns("*.py*"))
    return [str(Path(sys.executable).with_name("kummi")), "--plugins-dir", str(drafts)]


def _run(cli: Any, words: tuple[str, ...], out: Any, err: Any = subprocess.PIPE, **env: str) -> Any:
    return subprocess.run([*_command(cli), *words], stdout=out, stderr=err, check=False, env={**os.environ, **env})
