"""Where the database is found, and what the commands that look after it say."""

from __future__ import annotations

import itertools
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection

from kummi.store.database import Prepared


def test_db_option_goes_before_the_environment(cli: Any) -> None:
    cli.open()

    other = str(cli.folder / "other.sqlite3")

    assert other in cli.done("init", "--db", other).out
    assert cli.done("case", "list", "--json", "--db", other).json == []
    assert len(cli.done("case", "list", "--json").json) == 1


def test_environment_goes_before_the_data_folder_of_the_user(tmp_path: Path) -> None:
    def place(**env: str) -> str:
        given = {"HOME": str(tmp_path / "home"), "PATH": os.environ["PATH"], **env}
        command = [str(Path(sys.executable).with_name("kummi")), "db", "check"]
        done = subprocess.run(command, capture_output=True, text=True, env=given, check=False)
        assert done.returncode == 2
        return done.stderr

    assert f"there is no database at sqlite:///{tmp_path}/home/" in place()
    said = str(tmp_path / "said.sqlite3")
    assert f"there is no database at sqlite:///{said};" in place(KUMMI_DB=said)


def test_command_without_a_database_says_how_to_make_one(bare: Any, install: Any) -> None:
    install(xx="kummi.testing.harbourland:plugin")

    said = bare("case", "list")

    assert said.code == 2
    assert said.err.endswith("make one with: kummi init\n")


def test_init_twice_is_safe(cli: Any) -> None:
    ref = cli.open()

    assert "was there already" in cli.done("init").out
    assert cli.done("case", "show", ref).code == 0


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("mysql://x/y", "'mysql' is not a database Kummi knows"),
        ("postgresql://", ""),
        ("sqlite://", "an SQLite address needs a file and takes no options"),
        ("sqlite:///x.db?timeout=soon", "an SQLite address needs a file and takes no options"),
        ("sqlite+other:////proc/nowhere/x.db", "cannot be made"),
        ("://", "the database address is not understood"),
        ("postgresql://h:notaport/x", "the database address is not understood; expected a file name or postgresql://…"),
        ("postgresql://[::1/x", "the database address is not understood"),
        ("postgresql:u:secret@h/x", "the database address is not understood"),
        ("postgresql://u:se@cret@h/x", "write an @ in a password as %40"),
        ("postgresql://127.0.0.1:1/x", "does not answer"),
        ("postgresql+other://127.0.0.1:1/x", "does not answer"),
        ("postgresql://127.0.0.1:1/x?colour=red", "has an option in its address that PostgreSQL does not know"),
        ("postgresql://127.0.0.1:1/x?connect_timeout=soon", "has an option in its address"),
        ("x" * 300, ""),
    ],
)
@pytest.mark.parametrize("words", [("init",), ("case", "list")])
def test_address_that_leads_nowhere_is_explained(cli: Any, address: str, why: str, words: tuple[str, ...]) -> None:
    said = cli("--db", address, *words)

    assert said.code == 2
    assert why in said.err or "there is no database at" in said.err
    assert "Traceback" not in said.err


SECRETS = "postgresql://u:alpha1@127.0.0.1:1/x?password=beta2&sslpassword=gamma3&SSLPassword=delta4"


@pytest.mark.parametrize("words", [("init",), ("case", "list"), ("db", "check"), ("case", "list", "--json")])
@pytest.mark.parametrize("debug", [(), ("--debug",)])
@pytest.mark.parametrize(
    "address", [SECRETS, "host=h user=u password=beta2", "postgresql://u:alpha1/2@h/x", "sqlite:///x.db?password=beta2"]
)
def test_a_password_is_never_shown(
    cli: Any, words: tuple[str, ...], debug: tuple[str, ...], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(cli.folder)

    said = cli("--db", address, *words, *debug)

    for secret in ("alpha1", "beta2", "gamma3", "delta4"):
        assert secret not in said.out + said.err


def test_address_without_its_password_says_where_it_leads(cli: Any) -> None:
    said = cli("--db", SECRETS, "init")

    assert "postgresql://u:***@127.0.0.1:1/x?" in said.err
    assert "sslpassword=***" in said.err


def test_file_that_is_no_database_is_explained(cli: Any) -> None:
    said = cli("--db", cli.file("notes.txt", "these are notes, and more than sixteen bytes of them"), "case", "list")

    assert said.code == 2
    assert "is not an SQLite database" in said.err


@pytest.mark.parametrize("tables", [(), ("CREATE TABLE cases (id INTEGER)",), ("CREATE TABLE birds (song TEXT)",)])
def test_database_of_another_program_that_says_our_revision_is_explained(cli: Any, tables: tuple[str, ...]) -> None:
    other = cli.folder / "other.sqlite3"
    for statement in (*tables, "CREATE TABLE alembic_version (version_num TEXT)"):
        _meddle(other, statement)
    _meddle(other, "INSERT INTO alembic_version VALUES ('0001')")

    for words in (("case", "list"), ("case", "show", "XX-1"), ("due",), ("db", "backup", str(cli.folder / "b"))):
        said = cli("--db", str(other), *words)
        assert said.code == 2
        assert "does not hold what Kummi works with; is it another program's?" in said.err
    said = cli("--db", str(other), "init")
    assert said.code == 2
    assert "holds tables of another program, or lacks some of Kummi's" in said.err
    assert cli("--db", str(other), "db", "check").code == 5


@pytest.mark.parametrize(
    "moment", [("Connection", "execute", 1), ("Connection", "execute", 3), ("Prepared", "run_many", 2)]
)
def test_server_that_stops_in_the_middle_of_an_import_is_explained_and_nothing_is_kept(
    cli: Any, new_store_url: Any, moment: tuple[str, str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_store_url("postgresql")
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    kind, name, wanted = moment
    home = {"Connection": Connection, "Prepared": Prepared}[kind]
    really, calls = getattr(home, name), itertools.count(1)

    def stop_first(*given: Any, **more: Any) -> Any:
        if next(calls) == wanted:
            with psycopg.connect(plain, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        return really(*given, **more)

    monkeypatch.setattr(home, name, stop_first)
    sheet = cli.file("sheet.csv", "household;pathway;role\n" + "".join(f"{each};asylum;adult\n" for each in range(900)))
    said = cli("--db", url, "case", "import", "xx-harbour", sheet, "--on", "2024-03-01")
    monkeypatch.setattr(home, name, really)

    assert said.code == 2
    assert said.err.count("\n") == 1
    assert "does not answer; is the server running" in said.err
    assert cli.done("--db", url, "case", "list", "--json").json == []


def test_folder_is_no_database(cli: Any) -> None:
    assert cli("--db", str(cli.folder), "case", "list").code == 2


def test_check_finds_the_database_sound(cli: Any) -> None:
    assert cli.done("db", "check", "--json").json["faults"] == []
    assert "is sound" in cli.done("db", "check").out


def test_upgrade_of_a_current_schema_changes_nothing(cli: Any) -> None:
    said = cli.done("db", "upgrade", "--json").json

    assert said["from"] == said["to"]


def test_backup_is_restored_with_every_event(cli: Any) -> None:
    cli.open()
    seal = cli.done("audit", "verify", "--json").json["seal"]
    file, new = str(cli.folder / "copy.kummi-backup"), str(cli.folder / "new.sqlite3")

    cli.done("db", "backup", file)
    restored = cli.done("--db", new, "db", "restore", file, "--json").json

    assert restored["seal"] == seal
    assert cli("db", "backup", file).code == 2, "an earlier backup is not overwritten"
    assert cli("--db", new, "db", "restore", file).code == 2, "a database with cases is not restored into"


@pytest.mark.parametrize("content", [b"", b"no backup", b"\x1f\x8b\x08\x00cut off"])
def test_restore_of_something_else_is_explained(cli: Any, content: bytes) -> None:
    said = cli("--db", str(cli.folder / "new.sqlite3"), "db", "restore", cli.file("x.kummi-backup", content))

    assert said.code == 2
    assert "backup" in said.err


def test_audit_finds_a_changed_row_and_ends_with_5(cli: Any) -> None:
    ref = cli.open()
    _meddle(cli.folder / "cases.sqlite3", "UPDATE cases SET municipality = 'X2'")

    said = cli("audit", "verify")

    assert said.code == 5
    assert f"case {ref}: the state does not follow from its events: municipality" in said.err
    assert cli("audit", "verify", "--json").json["error"] == "integrity"


def test_audit_finds_a_changed_name_without_naming_it(cli: Any) -> None:
    cli.open()
    _meddle(cli.folder / "cases.sqlite3", "UPDATE persons SET name = 'Other Name' WHERE number = 1")

    said = cli("audit", "verify")

    assert said.code == 5
    assert "Other Name" not in said.err
    assert "a row of personal data was changed without an event" in said.err


def test_seal_of_an_earlier_day_still_holds_once_something_was_added(cli: Any) -> None:
    ref = cli.open()
    seal = cli.done("audit", "verify", "--json").json["seal"]
    cli.done("case", "record", ref, "referral-letter", "--on", "2024-03-04")
    cli.open()

    said = cli.done("audit", "verify", "--seal", seal)

    assert "Everything up to the seal is as it was." in said.out.splitlines()
    assert cli.done("audit", "verify", "--seal", seal, "--json").json["seal_holds"] is True
    assert cli.done("audit", "verify", "--json").json["seal_holds"] is None


def test_seal_does_not_hold_once_a_case_was_taken_away(cli: Any) -> None:
    cli.open()
    cli.open()
    seal = cli.done("audit", "verify", "--json").json["seal"]
    cli.open()
    for table, column in (("events", "stream_id"), ("persons", "case_id"), ("cases", "id")):
        _meddle(cli.folder / "cases.sqlite3", f"DELETE FROM {table} WHERE {column} = 2")

    said = cli("audit", "verify", "--seal", seal)

    assert cli("audit", "verify").code == 0, "without the seal nobody can tell"
    assert said.code == 5
    assert "the record up to the seal is not as it was" in said.err


@pytest.mark.parametrize("seal", ["", "abc", "0" * 64, "20240301-" + "0" * 64])
def test_what_is_no_seal_is_refused(cli: Any, seal: str) -> None:
    said = cli("audit", "verify", "--seal", seal)

    assert said.code == 2
    assert "--seal: expected the seal that an earlier audit printed" in said.err


def test_audit_names_what_is_kept_for_the_morning_list_and_was_changed(cli: Any) -> None:
    ref = cli.open()
    cli.open()
    _meddle(cli.folder / "cases.sqlite3", "UPDATE cases SET next_due = '2031-01-01' WHERE id = 1")

    said = cli("audit", "verify")

    assert said.code == 5
    assert f"case {ref}: the morning list does not follow from its events and its workflow: next_due" in said.err
    assert "XX-2" not in said.err


def test_audit_without_the_country_says_what_it_did_not_look_at(cli: Any, install: Any) -> None:
    cli.open()
    install()

    said = cli.done("audit", "verify")

    assert "Of 1 cases the workflow is not here: their morning list was not looked at." in said.out


@pytest.mark.parametrize("table", ["cases", "events", "persons", "notes"])
def test_audit_of_a_database_without_a_table_ends_with_5_and_names_it(cli: Any, table: str) -> None:
    ref = cli.open()
    _meddle(cli.folder / "cases.sqlite3", f"DROP TABLE {table}")

    said = cli("audit", "verify")

    assert said.code == 5
    assert f"{table}: the table is missing" in said.err
    assert (f"case {ref}: " in said.err) == (table in ("events", "persons"))


def _meddle(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement)
    connection.close()


def test_dry_run_of_init_makes_no_file(bare: Any) -> None:
    said = bare.done("init", "--dry-run")

    assert "would be made" in said.out
    assert not (bare.folder / "cases.sqlite3").exists()


def test_dry_run_of_an_upgrade_changes_nothing(cli: Any) -> None:
    before = (cli.folder / "cases.sqlite3").read_bytes()

    assert cli.done("db", "upgrade", "--dry-run", "--json").json["dry_run"] is True
    assert (cli.folder / "cases.sqlite3").read_bytes() == before


def test_dry_run_of_a_restore_proves_the_backup_and_leaves_the_database(cli: Any) -> None:
    cli.open()
    seal = cli.done("audit", "verify", "--json").json["seal"]
    file = str(cli.folder / "copy.kummi-backup")
    cli.done("db", "backup", file)

    said = cli.done("db", "restore", file, "--dry-run", "--json").json

    assert (said["seal"], said["database"], said["dry_run"]) == (seal, None, True)
    assert len(cli.done("case", "list", "--json").json) == 1
