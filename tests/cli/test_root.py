"""The root: global options before and after the command, help, unknown commands, the end of a pipe, bugs of ours."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kummi.casework import listing
from kummi.errors import NotPermittedError


def test_global_options_work_before_between_and_after_the_command(cli: Any) -> None:
    cli.open()

    first, between, last = (
        cli.done(*words)
        for words in (("--json", "case", "list"), ("case", "--json", "list"), ("case", "list", "--json"))
    )

    assert first.out == between.out == last.out
    assert [each["ref"] for each in first.json] == ["XX-1"]


def test_the_last_word_of_a_global_option_counts(cli: Any) -> None:
    ref = cli.open()

    ahead = cli.done("--on", "2020-01-01", "case", "record", ref, "referral-letter", "--on", "2024-03-05")
    story = cli.done("case", "timeline", ref, "--json").json

    assert ahead.code == 0
    assert story["events"][-1]["happened"] == "2024-03-05"


@pytest.mark.parametrize("day", ["1.3.2024", "20240301", "2024-W09-5", "2024-02-30", "2024-3-1", "today", ""])
def test_only_dates_in_long_iso_form_are_taken(cli: Any, day: str) -> None:
    said = cli("--on", day, "case", "list")

    assert said.code == 2
    assert said.err == f"Error: --on: '{day}' is not a date; expected year-month-day, such as 2024-03-01\n"


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_business_date_out_of_reach_is_refused(cli: Any, day: str) -> None:
    said = cli("due", "--on", day)

    assert said.code == 2
    assert said.err == f"Error: --on: {day} is out of reach; expected a year from 1900 to 2199\n"


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31"])
def test_every_question_can_be_asked_of_the_first_and_last_business_date(cli: Any, day: str) -> None:
    ref = cli.open()

    for words in (
        ("due", "--days", "366"),
        ("case", "next", ref),
        ("network", "compare"),
        ("funding", "entitlements", ref, "--from", "0001-01-01", "--to", "9999-12-31"),
        ("country", "show", "xx"),
    ):
        assert cli.done(*words, "--on", day).code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("programme", "diagram", "xx-harbour", "--to"),
        ("network", "compare", "--to-file"),
        ("db", "backup"),
        ("case", "template", "xx-harbour"),
        ("report", "build", "xx-harbour", "xx-participants", "--from", "2024-01-01", "--to", "2024-12-31", "--to-file"),
    ],
    ids=" ".join,
)
def test_file_that_cannot_be_written_is_explained(cli: Any, words: tuple[str, ...]) -> None:
    said = cli(*words, str(cli.folder / "nowhere" / "file.csv"))

    assert said.code == 2
    assert "nowhere" in said.err


@pytest.mark.parametrize("words", [("report", "build", "xx-harbour", "xx-participants"), ("funding", "entitlements")])
def test_days_that_end_before_they_begin_are_refused(cli: Any, words: tuple[str, ...]) -> None:
    ref = () if words[0] == "report" else (cli.open(),)

    said = cli(*words, *ref, "--from", "2024-12-31", "--to", "2024-01-01")

    assert said.code == 2
    assert said.err == "Error: the days asked for end on 2024-01-01, before they begin on 2024-12-31\n"


@pytest.mark.parametrize("word", ["cse", "dues", "plugins"])
def test_unknown_command_names_the_nearest(cli: Any, word: str) -> None:
    said = cli(word)

    assert said.code == 2
    assert f"no command '{word}'; did you mean" in said.err


def test_unknown_command_of_a_group_names_the_nearest(cli: Any) -> None:
    said = cli("case", "advnce")

    assert said.code == 2
    assert "advance" in said.err


def test_language_that_is_not_there_falls_back_to_english(cli: Any) -> None:
    ref = cli.open()

    assert cli.done("case", "next", ref, "--lang", "zz").out == cli.done("case", "next", ref).out


def test_language_of_the_programme_is_spoken(cli: Any) -> None:
    ref = cli.open()

    said = cli.done("case", "next", ref, "--lang", "xx").out

    assert "Kalat (referat)" in said
    assert "Letra resivat" in said


def test_refusal_speaks_the_language_asked_for(cli: Any) -> None:
    ref = cli.open()

    said = cli("case", "advance", ref, "surveyed", "--lang", "xx")

    assert said.code == 1
    assert "task-referral-letter: no bon." in said.err


def test_bug_of_ours_ends_with_70_and_no_traceback(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("the words may hold Amal Invented")

    monkeypatch.setattr(listing, "list_cases", broken)

    said = cli("case", "list")

    assert said.code == 70
    assert said.err == "Error: a bug of ours (ZeroDivisionError); run again with --debug to see where\n"
    debugged = cli("case", "list", "--debug")
    assert debugged.code == 70
    assert "Traceback" in debugged.err


def test_what_is_not_permitted_ends_with_3(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> None:
        raise NotPermittedError("only a lead may list cases")

    monkeypatch.setattr(listing, "list_cases", closed)

    assert cli("case", "list").code == 3
    assert cli("case", "list", "--json").json == {
        "error": "not_permitted",
        "exit": 3,
        "message": "only a lead may list cases",
    }


def test_ctrl_c_is_no_traceback(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(listing, "list_cases", stopped)

    said = cli("case", "list")

    assert (said.code, said.err.strip()) == (2, "stopped; what was not finished was not kept")


def test_reader_that_stops_reading_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -c 'from kummi.cli import main; main()' network compare | head -1; echo $PIPESTATUS"

    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, env=_env(tmp_path))

    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "0"


def test_terminal_that_knows_no_ticks_and_arrows_gets_question_marks(tmp_path: Path) -> None:
    env = {**_env(tmp_path), "PYTHONIOENCODING": "latin-1"}

    done = subprocess.run([_kummi(), "--help"], capture_output=True, check=False, env=env)

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"postgresql://?" in done.stdout


def test_actor_is_recorded(cli: Any) -> None:
    ref = cli.open("--as", "coordinator-7")

    assert cli.done("case", "timeline", ref, "--json").json["events"][0]["actor"] == "coordinator-7"


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "two\nlines"])
def test_actor_that_cannot_be_kept_is_refused(cli: Any, name: str) -> None:
    said = cli("case", "record", "XX-1", "consent", "--as", name)

    assert said.code == 2
    assert "--as: expected a name of at most 80 characters" in said.err


def test_computer_that_does_not_say_who_works_there_asks_for_a_name(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise OSError("no username set in the environment")

    monkeypatch.setattr("getpass.getuser", nobody)

    said = cli("case", "show", "XX-1")

    assert said.code == 2
    assert "--as: this computer does not say who you are" in said.err


def test_command_of_a_plugin_is_found_and_listed(
    cli: Any, install: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    import click

    from kummi import hookimpl

    class WithCommand:
        @hookimpl
        def kummi_commands(self, cli: click.Group) -> None:
            cli.add_command(click.Command("harvest", callback=lambda: click.echo("harvested")))

    monkeypatch.setitem(sys.modules, "kummi_test_command", SimpleNamespace(plugin=WithCommand()))
    install(xx="kummi.testing.harbourland:plugin", research="kummi_test_command:plugin")

    assert "harvest" in cli.done("--help").out
    assert cli.done("harvest").out == "harvested\n"


COMMANDS = """
import click

from kummi import hookimpl


@click.group()
def tide():
    "Look at the tide."


@tide.command()
@click.option("--json", "own", is_flag=True)
def table(own):
    click.echo(f"own {own}")


@tide.command()
@click.pass_context
def low(context):
    settings = context.obj.settings
    click.echo(f"{settings.on} {settings.as_json} {settings.db}")


class Tide:
    @hookimpl
    def kummi_commands(self, cli):
        cli.add_command(tide)


plugin = Tide()
"""


@pytest.fixture
def drafts(cli: Any) -> str:
    """A folder with a draft that adds commands, and one that fails to."""
    folder = Path(cli.folder, "drafts")
    folder.mkdir()
    (folder / "tide.py").write_text(COMMANDS)
    (folder / "broken.py").write_text(
        "from kummi import hookimpl\n\n\n@hookimpl\ndef kummi_commands(cli):\n    raise KeyError('moon')\n"
    )
    return str(folder)


@pytest.mark.parametrize("before", [True, False])
def test_commands_of_a_draft_are_in_the_help_and_one_that_fails_is_named(cli: Any, drafts: str, before: bool) -> None:
    folder = ("--plugins-dir", drafts)

    said = cli.done(*folder, "--help") if before else cli.done("--help", *folder)

    assert re.search(r"^  tide +Look at the tide\.$", said.out, re.MULTILINE)
    assert said.err.startswith("Warning: commands are missing: plugin broken.py draft: broken.py:")
    assert "kummi_commands raised KeyError: 'moon'" in said.err


def test_command_of_a_plugin_takes_the_options_of_every_command_before_it_and_after_it(cli: Any, drafts: str) -> None:
    after = cli.done("tide", "low", "--on", "2024-03-01", "--json", "--db", "x.sqlite3", "--plugins-dir", drafts)
    before = cli.done("--on", "2024-03-01", "--json", "--db=x.sqlite3", f"--plugins-dir={drafts}", "tide", "low")
    between = cli.done("tide", "--plugins-dir", drafts, "--json", "low", "--on", "2024-03-01", "--db", "x.sqlite3")

    assert after.out == before.out == between.out == "2024-03-01 True x.sqlite3\n"
    assert "--plugins-dir" in cli.done("tide", "low", "--help", "--plugins-dir", drafts).out


def test_option_of_a_plugins_own_stays_its_own(cli: Any, drafts: str) -> None:
    assert cli.done("tide", "table", "--json", "--plugins-dir", drafts).out == "own True\n"


def test_plugin_that_fails_to_add_its_commands_has_a_fault(cli: Any, drafts: str) -> None:
    said = cli("plugin", "check", "broken.py", "--plugins-dir", drafts)

    assert said.code == 2
    assert re.search(r"✗ broken\.py:\d+: kummi_commands raised KeyError: 'moon'", said.out)
    assert cli.done("plugin", "check", "tide.py", "--plugins-dir", drafts)


@pytest.mark.parametrize("name", ["case", "tide"])
def test_command_cannot_take_the_place_of_another(cli: Any, drafts: str, name: str) -> None:
    Path(drafts, "broken.py").unlink()
    Path(drafts, "z.py").write_text(
        COMMANDS.replace("def tide", f"def {name}")
        .replace("@tide", f"@{name}")
        .replace("add_command(tide)", f"add_command({name})")
    )

    said = cli.done("--help", "--plugins-dir", drafts)

    assert "Warning: commands are missing: plugin z.py draft: z.py:" in said.err
    assert f"there is a command '{name}' already" in said.err
    assert "Open a case, see what is next" in said.out
    assert "Look at the tide" in said.out


def test_plugin_that_wants_to_leave_while_it_is_imported_ends_nothing(cli: Any, drafts: str) -> None:
    Path(drafts, "leaves.py").write_text("raise SystemExit(0)\n")

    listed = cli.done("programme", "list", "--plugins-dir", drafts)
    checked = cli("plugin", "check", "leaves.py", "--plugins-dir", drafts)

    assert "xx-harbour" in listed.out
    assert (checked.code, "leaves.py:1: the plugin cannot be imported: SystemExit: 0" in checked.out) == (2, True)


def _kummi() -> str:
    return str(Path(sys.executable).with_name("kummi"))


def _env(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "KUMMI_DB": str(tmp_path / "x.sqlite3")}
