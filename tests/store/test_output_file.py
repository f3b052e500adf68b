"""A file is written whole or not at all, takes no other's place unasked, and never that of a database."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kummi.errors import InputError
from kummi.store.output_file import output_file, remove_unfinished, write_file


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_new_file_holds_what_was_written_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    write_file(tmp_path / "report.csv", b"one", personal=False)

    assert (tmp_path / "report.csv").read_bytes() == b"one"
    assert names_in(tmp_path) == ["report.csv"]


@pytest.mark.parametrize(("personal", "mode"), [(True, 0o600), (False, 0o644)])
@pytest.mark.parametrize("there", [True, False])
def test_what_is_about_persons_can_be_read_by_its_owner_only(
    personal: bool, mode: int, there: bool, tmp_path: Path
) -> None:
    file = tmp_path / "report.csv"
    if there:
        file.touch(0o666)
    before = os.umask(0o022)
    try:
        write_file(file, b"one", personal=personal, force=there)
    finally:
        os.umask(before)

    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_file_that_is_there_is_written_over_with_force_only(tmp_path: Path) -> None:
    file = tmp_path / "letter"
    file.write_text("keep me")

    with pytest.raises(InputError, match="letter is there already; choose another name, or write over"):
        write_file(file, b"new", personal=False)
    assert file.read_text() == "keep me"

    write_file(file, b"new", personal=False, force=True)
    assert file.read_text() == "new"


def test_a_file_that_came_while_another_was_written_stays(tmp_path: Path) -> None:
    file = tmp_path / "letter"

    def slowly() -> None:
        with output_file(file, personal=False) as new:
            new.write(b"mine")
            file.write_text("theirs")

    with pytest.raises(InputError, match="is there already"):
        slowly()

    assert file.read_text() == "theirs"
    assert names_in(tmp_path) == ["letter"]


def test_what_fails_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "letter"
    file.write_text("keep me")

    def fail() -> None:
        with output_file(file, personal=False, force=True) as new:
            new.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert file.read_text() == "keep me"
    assert names_in(tmp_path) == ["letter"]


@pytest.fixture
def database(tmp_path: Path, new_store_url: Callable[[str], str]) -> Path:
    return Path(new_store_url("sqlite"))


@pytest.mark.parametrize("way", ["itself", "link", "hard link", "-wal", "-shm", "-journal", "link to -wal"])
def test_a_database_is_never_written_over_whatever_way_leads_to_it(way: str, database: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    match way:
        case "itself":
            target = database
        case "link":
            target.symlink_to(database)
        case "hard link":
            target.hardlink_to(database)
        case "link to -wal":
            target.symlink_to(database.with_name(database.name + "-wal"))
        case _:
            target = database.with_name(database.name + way)
    before, names = database.read_bytes(), names_in(tmp_path)

    with pytest.raises(InputError, match="it is a database, or a part of one; choose another name"):
        write_file(target, b"new", personal=False, force=True)

    assert database.read_bytes() == before
    assert names_in(tmp_path) == names


def test_a_link_stays_a_link_to_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "deep" / "report")

    with pytest.raises(InputError, match="is there already"):
        write_file(link, b"one", personal=False)
    write_file(link, b"one", personal=False, force=True)

    assert link.is_symlink()
    assert names_in(tmp_path / "deep") == ["report"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
def test_a_device_is_no_place_for_a_file() -> None:
    with pytest.raises(InputError, match="/dev/full cannot be written: it is not a plain file"):
        write_file(Path("/dev/full"), b"one", personal=False, force=True)

    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def test_a_folder_is_no_place_for_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it is a folder; name a file in it"):
        write_file(tmp_path, b"one", personal=False, force=True)


def test_a_name_that_is_too_long_is_explained(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written: File name too long"):
        write_file(tmp_path / ("x" * 300), b"one", personal=False)


KILLED = """
import os, sys
from pathlib import Path
from kummi.store.output_file import output_file
with output_file(Path(sys.argv[1]), personal=True) as file:
    file.write(b"half of what is about persons")
    file.flush()
    os._exit(9)
"""


def test_what_a_killed_command_left_goes_with_the_next_file_in_the_same_folder(tmp_path: Path) -> None:
    assert subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "monday")], check=False).returncode == 9
    (left,) = tmp_path.iterdir()
    assert stat.S_IMODE(left.stat().st_mode) == 0o600

    write_file(tmp_path / "tuesday", b"whole", personal=True)

    assert names_in(tmp_path) == ["tuesday"]


def test_what_another_command_is_still_writing_stays(tmp_path: Path) -> None:
    with output_file(tmp_path / "slow", personal=True) as slow:
        slow.write(b"slow")
        assert remove_unfinished(tmp_path) == 0
        write_file(tmp_path / "quick", b"quick", personal=True)

    assert names_in(tmp_path) == ["quick", "slow"]


def test_an_open_database_is_known_by_what_lies_beside_it(database: Path) -> None:
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE more (x)")
    try:
        with pytest.raises(InputError, match="a part of one"):
            write_file(database.with_name(database.name + "-wal"), b"", personal=False, force=True)
    finally:
        connection.close()
