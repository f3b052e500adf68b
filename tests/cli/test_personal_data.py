"""Names and identity numbers appear in the words of ``case show``, and in no other output, file or log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from kummi.cli.app import App
from kummi.cli.root import root

PERSONAL = ("Amal", "Sami", "Invented", "1234-56")
PERIOD = ("--from", "2024-01-01", "--to", "2025-12-31")
COMMANDS: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {
    ("audit", "verify"): ((),),
    ("case", "advance"): (("XX-1", "landing"), ("XX-1", "surveyed"), ("XX-1", "crew-sought", "--dry-run")),
    ("case", "assess"): (("XX-1",),),
    ("case", "close"): (("XX-1", "completed"), ("XX-1", "withdrawn", "--dry-run")),
    ("case", "hold"): (("XX-1", "--dry-run"),),
    ("case", "join"): (("XX-1", "role=child", "how=born", "born=2024-03-01", "name=Amal Invented", "--dry-run"),),
    ("case", "leave"): (("XX-1", "2", "how=moved_out", "--dry-run"), ("XX-1", "Amal", "how=moved_out")),
    ("case", "list"): ((), ("--closed",)),
    ("case", "merge"): (("XX-1", "XX-2", "--dry-run"),),
    ("case", "next"): (("XX-1",), ("XX-2",)),
    ("case", "open"): (("xx-harbour", "--from", "household.yaml", "--on", "2024-03-01", "--dry-run"),),
    ("case", "record"): (("XX-1", "first-talk", "--dry-run"), ("XX-1", "first-tal")),
    ("case", "reopen"): (("XX-1", "--reason", "x"),),
    ("case", "restage"): (("XX-1", "hailed", "--reason", "x"),),
    ("case", "resume"): (("XX-1",),),
    ("case", "change"): (("XX-1", "housing=house", "--dry-run"), ("XX-1", "member.1.name=Amal Invented")),
    ("case", "correct"): (("XX-1", "member.1.name=Amal Invented", "--dry-run"), ("XX-1", "member.1.identity=")),
    ("case", "split"): (("XX-1", "2", "--dry-run"), ("XX-1", "Amal")),
    ("case", "timeline"): (("XX-1",),),
    ("case", "transfer"): (("XX-1", "Far Island", "--dry-run"), ("XX-1", "xx-Amal", "--dry-run")),
    ("country", "list"): ((),),
    ("country", "show"): (("xx",),),
    ("db", "check"): ((),),
    ("db", "upgrade"): ((),),
    ("due",): (("--days", "300"),),
    ("funding", "entitlements"): (("XX-1", *PERIOD),),
    ("funding", "schemes"): (("xx-harbour",),),
    ("init",): ((),),
    ("network", "compare"): ((), ("--topic", "all", "--full", "--sources"), ("--topic", "all", "--json")),
    ("network", "diff"): (("xx-harbour", "xx-lighthouse"), ("xx-harbour", "--and", "2020-01-01", "--json")),
    ("plugin", "check"): (("xx",),),
    ("plugin", "list"): ((),),
    ("plugin", "show"): (("xx",),),
    ("programme", "diagram"): (("xx-harbour",),),
    ("programme", "list"): ((),),
    ("programme", "show"): (("xx-harbour",),),
    ("report", "build"): (("xx-harbour", "xx-participants", *PERIOD), ("xx-harbour", "xx-indicators", *PERIOD)),
    ("report", "list"): ((),),
}
"""What is typed after each command to let it print as much as it can."""
ELSEWHERE = {
    ("case", "show"): "below: its words hold names, its JSON does not",
    ("case", "import"): "its own tests",
    ("case", "template"): "it reads no case",
    ("db", "backup"): "below: the file holds everything, what it prints does not",
    ("db", "restore"): "below",
    ("demo",): "its own database and invented names",
    ("scenario", "run"): "its own database",
}


def commands() -> dict[tuple[str, ...], click.Command]:
    """Return every command by the words that call it."""
    found: dict[tuple[str, ...], click.Command] = {}

    def walk(group: click.Group, words: tuple[str, ...]) -> None:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            if isinstance(command, click.Group):
                walk(command, (*words, name))
            else:
                found[*words, name] = command

    with click.Context(root, obj=App()) as context:
        walk(root, ())
    return found


def test_every_command_is_looked_at(cli: Any) -> None:
    assert {words for words in commands() if words[0] in _GROUPS} == COMMANDS.keys() | (ELSEWHERE.keys() & commands())


_GROUPS = {words[0] for words in (*COMMANDS, *ELSEWHERE)}


@pytest.fixture
def supported(cli: Any) -> Any:
    """A household whose crew supports it, and one that was only referred, all with names."""
    ref = cli.open()
    cli.walk(ref, "sailing", "2024-04-01")
    cli.done("case", "hold", cli.open(), "--on", "2024-04-02")
    return cli


def test_no_output_names_anybody(supported: Any) -> None:
    named, silent = [], []
    for command, typed in COMMANDS.items():
        for more in typed:
            words = [str(supported.folder / each) if each == "household.yaml" else each for each in (*command, *more)]
            for form in ((), ("--json",), ("--debug",)):
                said = supported(*words, *form)
                if not said.out + said.err:
                    silent.append(words)
                if _named_in(said.out + said.err):
                    named.append(words)

    assert (named, silent) == ([], [])


def test_show_names_the_household_in_words_and_not_in_json(supported: Any) -> None:
    words = supported.done("case", "show", "XX-1")
    data = supported.done("case", "show", "XX-1", "--json")

    assert all(secret in words.out for secret in PERSONAL)
    assert not _named_in(data.out)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_report_files_name_nobody(supported: Any, kind: str) -> None:
    import zipfile

    target = supported.folder / f"report.{kind}"
    supported.done("report", "build", "xx-harbour", "xx-participants", *PERIOD, "--to-file", str(target))

    if kind == "xlsx":
        with zipfile.ZipFile(target) as file:
            content = "".join(file.read(name).decode() for name in file.namelist())
    else:
        content = target.read_text()
    assert "XX-1" in content
    assert not _named_in(content)
    assert "1988" in content  # the year of birth, which the authority asks for
    assert "1988-04" not in content


def test_backup_says_that_it_holds_personal_data_and_shows_none(supported: Any) -> None:
    file, new = str(supported.folder / "b.kummi-backup"), str(supported.folder / "new.sqlite3")

    backup = supported.done("db", "backup", file)
    restore = supported.done("--db", new, "db", "restore", file)

    assert "It holds personal data" in backup.out
    assert not _named_in(backup.out + backup.err + restore.out + restore.err)


def test_events_hold_digests_and_no_names(supported: Any) -> None:
    import sqlite3

    connection = sqlite3.connect(supported.folder / "cases.sqlite3")
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    named = {table for table in tables if _named_in(str(connection.execute(f"SELECT * FROM {table}").fetchall()))}
    connection.close()

    assert named == {"persons"}


def test_cache_holds_no_case(supported: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(supported.folder / "cache"))
    for words in (("case", "show", "XX-1"), ("due",), ("case", "next", "XX-1"), ("case", "list")):
        supported.done(*words)

    written = [path for path in Path(supported.folder, "cache").rglob("*") if path.is_file()]

    assert written
    assert not [path for path in written if _named_in(path.read_bytes().decode("latin-1"))]


def _named_in(text: str) -> list[str]:
    return [secret for secret in PERSONAL if secret in text]
