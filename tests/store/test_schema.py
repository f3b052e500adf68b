"""The schema: made once, held to the tables, refused where it is not ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from kummi.errors import InputError, IntegrityError
from kummi.store import schema
from kummi.store.database import Store, find_url
from kummi.store.schema import HEAD, create_or_upgrade, faults_of, require_current
from kummi.store.tables import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A place for a store where nothing is yet."""
    url = (
        str(tmp_path / "sub" / "new.sqlite3")
        if request.param == "sqlite"
        else request.getfixturevalue("create_postgres")()
    )
    store = Store(find_url(url))
    yield store
    store.close()


@pytest.fixture
def made(bare: Store) -> Store:
    """A store of its own, whose schema a test may spoil."""
    create_or_upgrade(bare)
    return bare


def migrate(store: Store, to: str) -> None:
    config = schema._config()
    with store.writing() as connection:
        config.attributes["connection"] = connection
        getattr(command, "downgrade" if to == "base" else "upgrade")(config, to)


def test_head_is_the_newest_revision_there_is() -> None:
    assert ScriptDirectory.from_config(schema._config()).get_heads() == [HEAD]


def test_making_a_store_twice_changes_nothing(bare: Store) -> None:
    assert create_or_upgrade(bare) is None
    assert create_or_upgrade(bare) == HEAD

    require_current(bare)
    assert faults_of(bare) == []


def test_the_migrations_make_exactly_the_tables_that_the_code_declares(bare: Store) -> None:
    create_or_upgrade(bare)

    with bare.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_a_difference_in_the_schema_is_named(made: Store) -> None:
    with made.writing() as connection:
        connection.execute(text("DROP INDEX ix_cases_next_due"))

    assert list(map(str, faults_of(made))) == ["the schema differs from what it should be: add_index"]


def test_migrations_go_down_to_nothing_and_up_again(bare: Store) -> None:
    create_or_upgrade(bare)

    migrate(bare, "base")
    with bare.reading() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    assert create_or_upgrade(bare) is None

    assert faults_of(bare) == []


def test_a_database_without_a_schema_is_told_how_to_get_one(bare: Store) -> None:
    bare.prepare()

    with pytest.raises(InputError, match=r"is not Kummi's yet; make it so with: kummi init$"):
        require_current(bare)


def test_a_missing_file_is_told_how_to_be_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no database at .*; make one with: kummi init$"):
        require_current(Store(find_url(str(tmp_path / "none.sqlite3"))))
    assert list(tmp_path.iterdir()) == []


def test_a_schema_of_a_newer_kummi_is_refused_by_every_way_in(made: Store) -> None:
    with made.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    for way in (require_current, create_or_upgrade):
        with pytest.raises(InputError, match=r"has schema 9999, .*it was made by a newer Kummi"):
            way(made)


def test_an_older_schema_is_told_how_to_be_brought_up(made: Store) -> None:
    with made.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    with pytest.raises(InputError, match=r"has schema 0000.*bring it up to date with: kummi db upgrade$"):
        require_current(made)


def test_a_database_of_another_program_is_left_alone(bare: Store) -> None:
    bare.prepare()
    with bare.writing() as connection:
        connection.execute(text("CREATE TABLE invoices (id INTEGER)"))

    with pytest.raises(InputError, match="holds tables of another program"):
        create_or_upgrade(bare)
    with bare.reading() as connection:
        assert inspect(connection).get_table_names() == ["invoices"]


@pytest.mark.parametrize("way", [require_current, create_or_upgrade, faults_of])
def test_a_file_that_is_no_database_is_a_clear_error_and_stays_as_it_was(
    tmp_path: Path, way: Callable[[Store], object]
) -> None:
    file = tmp_path / "letter.txt"
    content = b"Dear coordinator, this is not a database.\n" * 50
    file.write_bytes(content)

    with pytest.raises(InputError, match=r"letter\.txt is not an SQLite database; choose another file$"):
        way(Store(find_url(str(file))))
    assert file.read_bytes() == content


def test_a_damaged_database_is_told_apart_from_one_that_was_never_one(
    new_store_url: Callable[[str], str], tmp_path: Path
) -> None:
    file = Path(new_store_url("sqlite"))
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(file.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    file.write_bytes(content)

    with pytest.raises(IntegrityError, match=r"is damaged and cannot be read; restore a backup") as caught:
        require_current(Store(find_url(str(file))))
    assert caught.value.exit_code == 5


def test_a_folder_in_place_of_a_database_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened; is it a folder"):
        create_or_upgrade(Store(find_url(str(tmp_path))))


def test_a_place_below_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(InputError, match="cannot be made: "):
        create_or_upgrade(Store(find_url(str(tmp_path / "file" / "kummi.sqlite3"))))


def test_a_new_sqlite_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "kummi.sqlite3"
    create_or_upgrade(Store(find_url(str(file))))

    assert file.stat().st_mode & 0o777 == 0o600


def test_a_server_that_does_not_answer_is_a_clear_error_without_the_password() -> None:
    store = Store(find_url("postgresql://astrid:hidden-word@127.0.0.1:1/kummi"))

    with pytest.raises(InputError, match="does not answer; is the server running") as caught:
        require_current(store)
    assert "hidden-word" not in str(caught.value)


def test_a_database_that_the_server_does_not_have_is_a_clear_error(fresh_postgres: str) -> None:
    with pytest.raises(InputError, match="does not answer"):
        require_current(Store(find_url(fresh_postgres.replace("/kummi_", "/nobody_"))))


def test_a_role_without_rights_is_a_clear_error(new_store_url: Callable[[str], str]) -> None:
    store = Store(find_url(new_store_url("postgresql")))

    def act_as_guest() -> None:
        with store.writing() as connection:
            for statement in ("CREATE ROLE kummi_guest", "SET ROLE kummi_guest", "SELECT count(*) FROM cases"):
                connection.execute(text(statement))

    with pytest.raises(InputError, match=r"does not let this user read or write$"):
        act_as_guest()
    store.close()


def test_the_address_is_found_in_the_order_given_then_environment_then_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KUMMI_DB", "postgresql://somewhere/kummi")
    assert find_url(str(tmp_path / "a.db")).database == str(tmp_path / "a.db")
    assert find_url().host == "somewhere"

    monkeypatch.delenv("KUMMI_DB")
    assert (find_url().database or "").endswith("kummi.sqlite3")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://host/kummi", "'mysql' is not a database Kummi knows"),
        ("sqlite://", "needs a file"),
        ("://", "not understood"),
    ],
)
def test_an_address_of_another_kind_is_refused(address: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        find_url(address)
