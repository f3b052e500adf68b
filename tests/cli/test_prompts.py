"""``case open`` without a file: in a pipe it says what is missing, on a terminal it asks, one question at a time."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kummi.testing import harbourland

QUESTIONS = [
    ("the pathway:", "resettled"),
    ("municipality:", "Nordkai"),
    ("day of arrival:", "2024-02-10"),
    ("permit was granted:", "2024-01-10"),
    ("permit expires:", ""),
    ("first registration in a municipality:", ""),
    ("Languages", "ar, ti"),
    ("was given a berth:", ""),
    ("kind of housing:", "2"),
    ("place at school:", "yes"),
    ("How many persons", "1"),
    ("Role:", "adult"),
    ("date of birth:", "1988-04-02"),
    ("gender:", "female"),
    ("Name:", "Amal Invented"),
    ("Identity number:", ""),
]


def test_in_a_pipe_it_says_what_is_missing(cli: Any) -> None:
    said = cli("case", "open", "xx-harbour")

    assert said.code == 2
    assert said.out == ""
    assert "--from: nobody is here to ask" in said.err
    for missing in ("pathway", "resettled", "members", "role (adult or child)", "municipality", "fields.housing"):
        assert missing in said.err


CHILD = """
import fcntl, signal, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.default_int_handler)
from kummi.cli import main
main()
"""
"""The child makes the terminal its own, so that Ctrl-C reaches it, and takes it even where the tests run in the
background: there a shell starts every process with Ctrl-C ignored, which ``kummi`` itself leaves as it is."""


@dataclass
class Terminal:
    """A terminal on which a command is running."""

    process: subprocess.Popen[bytes]
    screen: int

    def reads(self, *words: str) -> str:
        """Return what is shown up to and with these words. Fails where they never come."""
        shown, ends = "", time.monotonic() + 30
        while not any(word in shown for word in words):
            assert time.monotonic() < ends, f"never came: {words}; shown: {shown}"
            if select.select([self.screen], [], [], 0.2)[0]:
                try:
                    shown += os.read(self.screen, 4096).decode()
                except OSError:  # the command has ended
                    break
        return shown

    def types(self, text: str) -> None:
        os.write(self.screen, text.encode())


@pytest.fixture
def terminal(cli: Any) -> Iterator[Terminal]:
    drafts = cli.folder / "drafts"
    shutil.copytree(Path(harbourland.__file__).parent, drafts / "harbourland", ignore=shutil.ignore_patterns("*.py*"))
    inside, outside = pty.openpty()
    command = [sys.executable, "-c", CHILD, "--plugins-dir", str(drafts)]
    process = subprocess.Popen(
        [*command, "case", "open", "xx-harbour", "--on", "2024-03-01"],
        stdin=outside, stdout=outside, stderr=outside, start_new_session=True,
    )  # fmt: skip
    os.close(outside)
    yield Terminal(process, inside)
    if process.poll() is None:
        process.kill()
    process.wait()
    os.close(inside)


def test_on_a_terminal_it_asks_one_question_at_a_time(cli: Any, terminal: Terminal) -> None:
    for question, answer in QUESTIONS:
        terminal.reads(question)
        terminal.types(answer + "\n")

    shown = terminal.reads("What is next:")

    assert "XX-1  Hailed (referral)" in shown
    assert terminal.process.wait(20) == 0
    case = cli.done("case", "show", "XX-1", "--json").json
    assert (case["municipality"], case["languages"], case["permit"]["held"]) == ("X1", ["ar", "ti"], True)
    assert case["fields"] == {"housing": "house", "school_place": True}


def test_bad_answer_is_asked_again_with_what_is_allowed(terminal: Terminal) -> None:
    assert "resettled: resettled on a quota" in terminal.reads("the pathway:")
    terminal.types("by boat\n")
    assert "is not one of the choices; known: asylum" in terminal.reads("the pathway:")
    terminal.types("\n")
    assert "this one must be answered" in terminal.reads("the pathway:")
    terminal.types("1\n")
    terminal.reads("municipality:")
    terminal.types("\n")
    terminal.reads("day of arrival:")
    terminal.types("10/2/2024\n")
    assert "expected a date like 2024-03-31 or 31.03.2024" in terminal.reads("day of arrival:")


def test_permit_that_expires_before_it_was_granted_is_asked_again(terminal: Terminal) -> None:
    for question, answer in QUESTIONS[:4]:
        terminal.reads(question)
        terminal.types(answer + "\n")

    terminal.reads("permit expires:")
    terminal.types("2023-01-01\n")

    assert "the permit expires before it was granted" in terminal.reads("permit expires:")


def test_persons_are_asked_again_where_they_cannot_be(terminal: Terminal) -> None:
    for question, answer in QUESTIONS[:10]:
        terminal.reads(question)
        terminal.types(answer + "\n")
    terminal.reads("How many persons")
    for answer, complaint in (("0", "expected 1 to 40"), ("none", "expected a whole number"), ("", "must be answered")):
        terminal.types(answer + "\n")
        assert complaint in terminal.reads("How many persons")
    terminal.types("1\n")
    terminal.reads("Role:")
    terminal.types("1\n")
    terminal.reads("date of birth:")
    terminal.types("2030-01-01\n")
    assert "the date of birth lies after 2024-03-01" in terminal.reads("date of birth:")
    terminal.types("\n")
    terminal.reads("gender:")
    terminal.types("\n")
    terminal.reads("Name:")
    terminal.types("\n")
    terminal.reads("Identity number:")
    terminal.types("12\n")
    assert "at least 4 characters" in terminal.reads("Identity number:")


def test_ctrl_c_keeps_nothing(cli: Any, terminal: Terminal) -> None:
    terminal.reads("the pathway:")
    terminal.types("1\n")
    terminal.reads("municipality:")

    time.sleep(
        0.5
    )  # Python itself may keep a signal back that comes in the instant in which it begins to wait for a key
    terminal.types("\x03")

    assert "stopped" in terminal.reads("stopped")
    assert terminal.process.wait(20) == 2
    assert cli.done("case", "list", "--json").json == []


def test_programme_that_takes_nobody_refuses_before_it_asks(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kummi.cli.prompts.ask_household", lambda *_: pytest.fail("it asked"))

    assert cli("case", "open", "xx-lighthouse").code == 1
    assert cli("case", "open", "xx-harbour", "--on", "2019-12-31").code == 1
