"""The household of a new case: asked for on a terminal, refused in a pipe, or read from a file, however hostile.

Nothing is written, and nothing personal shown, where it cannot be taken.
"""

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
    monkeypatch.setattr("kummi.cli.household_input.ask_household", lambda *_: pytest.fail("it asked"))

    assert cli("case", "open", "xx-lighthouse").code == 1
    assert cli("case", "open", "xx-harbour", "--on", "2019-12-31").code == 1


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
        ("pathway: resettled\nmembers: [{role: adult}]\narrived: 1.2.24", "expected a date such as"),
        ("pathway: resettled\nmembers: [{role: adult}]\npermit: {held: false, granted: 2024-01-01}", "is held"),
        ("pathway: resettled\nmembers: [{role: adult}]\nfields: {housing: tent}", "is not one of the choices"),
        ("pathway: resettled\nmembers: [{role: adult}]\nfields: {hosing: boat}", "did you mean 'housing'?"),
        ("pathway: resettled\nmembers: [{role: adult, born: 2031-01-01}]", "the date of birth lies after 2024-03-01"),
        ("pathway: resettled\nmembers: [{role: adult, born: 1788-01-01}]", "older than 130 years"),
        ("pathway: asylum\npathway: resettled\nmembers: [{role: adult}]", "h.yaml:2: this key is already given"),
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


def test_a_file_is_read_as_people_of_the_country_write(cli: Any) -> None:
    told = """\
pathway: Resettled
municipality: nordkai
arrived: 10.02.2024
registered: 2024-02-12
permit: {held: Si, granted: 10.01.2024}
languages: Arabic, so
members:
  - {role: Adult, born: 02.04.1988, gender: Female}
"""
    cli.done("case", "open", "xx-harbour", "--from", cli.file("h.yaml", told), "--on", "2024-03-01")

    shown = cli.done("case", "show", "XX-1", "--json").json
    assert (shown["pathway"], shown["municipality"]) == ("resettled", "X1")
    assert shown["permit"] == {"held": True, "granted": "2024-01-10", "expires": None}
    assert shown["arrived"] == "2024-02-10"
    assert shown["languages"] == ["ar", "so"]
    assert "1988-04-02" in cli.done("case", "show", "XX-1").out


def test_every_fault_is_said_with_its_line(cli: Any) -> None:
    file = cli.file("h.yaml", "pathway: by boat\narrived: soon\nmembers:\n  - {role: adult}\n  - {gender: female}\n")

    said = cli("case", "open", "xx-harbour", "--from", file, "--json")

    assert [each["where"] for each in said.json["faults"]] == ["h.yaml:1", "h.yaml:2", "h.yaml:5"]


NAME = "Amal Invented"
ADULT = "members: [{role: adult}]"
SLIPS = [
    "pathway: asylum\nmembers: [Amal Invented]",
    "pathway: asylum\nmembers: Amal Invented",
    "pathway: asylum\nmembers: [{Amal Invented: adult}]",
    "pathway: asylum\nmembers: [{role: Amal Invented, gender: Amal Invented, born: Amal Invented}]",
    "pathway: asylum\nmembers: [{role: adult, name: [Amal Invented], identity: {Amal Invented: 1}}]",
    "pathway: Amal Invented\n" + ADULT,
    "Amal Invented: asylum\n" + ADULT,
    "pathway: asylum\narrived: Amal Invented\nregistered: Amal Invented\nlanguages: [Amal Invented]\n" + ADULT,
    "pathway: asylum\npermit: Amal Invented\n" + ADULT,
    "pathway: asylum\npermit: {held: Amal Invented, granted: Amal Invented, Amal Invented: 1}\n" + ADULT,
    "pathway: asylum\nfields: {Amal Invented: 1, housing: Amal Invented}\n" + ADULT,
    "pathway: asylum\nfields: {Amal: boat, housing: Amal Invented, moored: Amal Invented}\n" + ADULT,
    "pathway: asylum\nfields: {amal-invented: {Amal Invented: 1}}\n" + ADULT,
    "pathway: asylum\nAmal Invented: 1\nAmal Invented: 2\n" + ADULT,
    "pathway: !Amal asylum\n" + ADULT,
    "pathway: *Amal\n" + ADULT,
    "pathway: 'Amal Invented",
]


@pytest.mark.parametrize("slip", SLIPS)
def test_fault_never_repeats_what_may_be_a_name(slip: str, cli: Any) -> None:
    told = "scenario: a slip\nprogramme: xx-harbour\non: 2024-03-01\nhousehold:\n"
    story = told + "".join(f"  {line}\n" for line in slip.splitlines())

    for said in (
        cli("case", "open", "xx-harbour", "--from", cli.file("h.yaml", slip), "--on", "2024-03-01"),
        cli("scenario", "run", cli.file("story.yaml", story)),
    ):
        assert said.code in (1, 2)
        assert not [part for part in (NAME, "Amal", "Invented", "amal") if part in said.err + said.out]


def test_value_that_may_be_a_slip_is_repeated_with_the_word_that_is_meant(cli: Any) -> None:
    file = cli.file("h.yaml", "pathway: resetled\nmembrs: []\nmembers: [{role: adlt, gendr: male}]")

    said = cli("case", "open", "xx-harbour", "--from", file)

    for found, meant in (("resetled", "resettled"), ("membrs", "members"), ("adlt", "adult"), ("gendr", "gender")):
        assert f"'{found}'" in said.err
        assert f"did you mean '{meant}'?" in said.err


@pytest.mark.parametrize(
    "facts",
    [
        ("Amal Invented",),
        ("pathway=Amal Invented",),
        (
            "Amal Invented=1",
            "member.Amal.name=x",
            "member.1.Amal=x",
            "member.1.gender=Invented",
            "member.1.role=Invented",
        ),
        ("housing=Amal Invented", "school_place=Amal", "moored=Amal", "permit.held=Amal", "languages=Amal"),
        ("arrived=Amal Invented", "member.1.identity=Aml", "member.1.born=Amal"),
    ],
)
def test_setting_facts_never_repeats_what_may_be_a_name(facts: tuple[str, ...], cli: Any) -> None:
    ref = cli.open()

    said = cli("case", "correct", ref, *facts, "--on", "2024-03-02")

    assert said.code == 2
    assert not [part for part in ("Amal", "Invented", "Aml") if part in said.err]
    assert len(said.err.splitlines()) == len(facts)


@pytest.mark.parametrize("mark", ["\\0", "\\n", "\\e[2J", "\\u2028", "\\u202e", "\\u2066", "\\x9b", "\\ud800"])
@pytest.mark.parametrize(
    "place", ["municipality: {}", "members: [{{role: adult, name: {}}}]", "members: [{{role: adult, identity: {}}}]"]
)
def test_text_that_is_not_one_plain_line_is_refused_with_its_place(mark: str, place: str, cli: Any) -> None:
    lines = [place.format(f'"12{mark}34"'), "pathway: asylum"]
    file = cli.file("h.yaml", "\n".join([*lines, *([ADULT] if "members" not in place else [])]))

    said = cli("case", "open", "xx-harbour", "--from", file, "--on", "2024-03-01")

    if "identity" in place and mark in ("\\n", "\\u2028"):
        assert said.code == 0, "white space is no part of an identity number"
    else:
        assert said.code == 2
        assert any(words in said.err for words in ("holds a character that is no part of a text", "not valid YAML"))


def test_letters_of_a_name_are_kept_in_one_form_and_those_of_other_scripts_as_they_are(cli: Any) -> None:
    names = (" Ma\u0308kela\u0308 ", "نرگس\u200cزاده")
    members = ", ".join(f'{{role: adult, name: "{name}"}}' for name in names)
    said = cli.open(household=f"pathway: asylum\nmembers: [{members}]")

    shown = cli.done("case", "show", said).out
    assert "Mäkelä" in shown
    assert "Ma\u0308kela\u0308" not in shown


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
