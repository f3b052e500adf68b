"""Every command that writes a file writes a new one, or another with --force, and never over the database."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

PERIOD = ("--from", "2024-01-01", "--to", "2024-12-31")
SHEET = "household;pathway;municipality;role;born;gender;name\n"
BAD = "C;resettled;North Quay;adult;yesterday;male;Wanda Elm\n"

COMMANDS = {
    "report": ("report", "build", "xx-harbour", "xx-participants", *PERIOD, "--to-file"),
    "comparison": ("network", "compare", "--to-file"),
    "diagram": ("programme", "diagram", "xx-harbour", "--to"),
    "backup": ("db", "backup"),
    "template": ("case", "template", "xx-harbour"),
    "rejects": ("case", "import", "xx-harbour", "sheet.csv", "--on", "2024-03-01", "--rejects"),
}


@pytest.fixture(params=COMMANDS)
def writes(request: pytest.FixtureRequest, cli: Any) -> tuple[str, ...]:
    """The words of a command but for the name of the file that it writes."""
    file = cli.file("sheet.csv", SHEET + BAD)
    return tuple(file if word == "sheet.csv" else word for word in COMMANDS[request.param])


def _name(writes: tuple[str, ...]) -> str:
    return "out.md" if writes[0] == "network" else "out.csv"


def test_a_file_that_is_there_stays_unless_force_is_said(writes: tuple[str, ...], cli: Any) -> None:
    file = Path(cli.file(_name(writes), "keep me"))

    said = cli(*writes, str(file))
    assert said.code == 2
    assert said.err == f"Error: {file} is there already; choose another name, or write over it with --force\n"
    assert file.read_text() == "keep me"

    said = cli(*writes, str(file), "--force")
    assert "is there already" not in said.err
    assert file.read_bytes() != b"keep me"


@pytest.mark.parametrize("ending", ["", "-wal", "-shm"])
def test_the_database_is_never_written_over(writes: tuple[str, ...], ending: str, cli: Any) -> None:
    ref = cli.open()
    target = cli.folder / _name(writes)
    target.symlink_to(cli.folder / f"cases.sqlite3{ending}")

    said = cli(*writes, str(target), "--force")

    assert said.code == 2
    assert f"{target} cannot be written: it is a database, or a part of one" in said.err
    assert cli.done("case", "show", ref).code == 0
    assert cli.done("db", "check").code == 0


def test_a_rejects_file_that_is_named_like_the_database_takes_nothing(cli: Any) -> None:
    database = cli.folder / "cases.sqlite3"
    file = cli.file("sheet.csv", SHEET + BAD)

    said = cli("case", "import", "xx-harbour", file, "--on", "2024-03-01", "--rejects", str(database), "--force")

    assert said.code == 2
    assert "it is a database" in said.err
    assert cli.done("case", "list", "--json").json == []


def test_importing_twice_keeps_what_was_mended_in_the_rejects_file(cli: Any) -> None:
    file = cli.file("sheet.csv", SHEET + BAD + "D;asylum;;adult;1990-01-02;male;Good One\n")
    words = ("case", "import", "xx-harbour", file, "--on", "2024-03-01")
    assert cli(*words).code == 2
    rejects = Path(f"{file}.rejects.csv")
    rejects.write_text(rejects.read_text().replace("yesterday", "1990-01-01"))
    mended = rejects.read_text()

    said = cli(*words)

    assert said.code == 2
    assert f"{rejects} is there already" in said.err
    assert rejects.read_text() == mended
    assert len(cli.done("case", "list", "--json").json) == 1
    assert cli.done("case", "import", "xx-harbour", str(rejects), "--on", "2024-03-01", "--json").json["taken"] == 1


@pytest.mark.parametrize(("report", "mode"), [("xx-participants", 0o600), ("xx-indicators", None)])
def test_a_report_with_persons_can_be_read_by_its_owner_only(report: str, mode: int | None, cli: Any) -> None:
    cli.open()
    plain = Path(cli.file("plain", ""))
    target = cli.folder / "report.csv"

    cli.done("report", "build", "xx-harbour", report, *PERIOD, "--to-file", str(target))

    assert stat.S_IMODE(target.stat().st_mode) == (mode or stat.S_IMODE(plain.stat().st_mode))


def test_check_removes_what_a_killed_command_left_beside_the_database(cli: Any) -> None:
    left = Path(cli.file(".kummi-unfinished-0123456789abcdef", "half a backup"))

    said = cli.done("db", "check")

    assert not left.exists()
    assert "Half-written files of stopped commands that were removed: 1" in said.out
