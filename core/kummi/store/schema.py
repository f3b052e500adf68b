"""The schema of a store: make it, bring it up to date, say what is wrong with it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from kummi.errors import InputError
from kummi.message import Message
from kummi.store.database import Store

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0001"
"""The newest revision in ``migrations/versions``; a test holds the two together."""

NEWER = Message("it was made by a newer Kummi, or by another program")


def create_or_upgrade(store: Store) -> str | None:
    """Bring a store to the newest schema, making it first where there is none.

    Returns the revision it had before, None for a new one. Running it twice changes nothing.
    """
    from alembic import command

    store.prepare()
    with store.writing() as connection:
        before = revision_of(connection)
        _must_be_ours(store, connection, before)
        if before != HEAD:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return before


def _must_be_ours(store: Store, connection: Connection, revision: str | None) -> None:
    """Refuse a database of another program, and one that a newer Kummi made."""
    from alembic.script import ScriptDirectory

    from kummi.store.tables import metadata

    tables = set(inspect(connection).get_table_names())
    if (revision is None and tables - {"alembic_version"}) or (revision == HEAD and set(metadata.tables) - tables):
        raise InputError(
            Message(
                "the database at {place} holds tables of another program, or lacks some of Kummi's; choose another",
                place=store.place,
            )
        )
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise InputError(
            Message(
                "the database at {place} has schema {revision}, which this Kummi does not know; {advice}",
                place=store.place,
                revision=revision,
                advice=NEWER,
            )
        )


def require_current(store: Store) -> None:
    """Make sure that the store is there and has the schema that this version of Kummi works with.

    Raises InputError that says which command makes or mends it.
    """
    if not store.dialect.exists():
        raise InputError(Message("there is no database at {place}; make one with: kummi init", place=store.place))
    with store.reading() as connection:
        revision = revision_of(connection)
    if revision is None:
        raise InputError(
            Message("the database at {place} is not Kummi's yet; make it so with: kummi init", place=store.place)
        )
    if revision != HEAD:
        advice = Message("bring it up to date with: kummi db upgrade") if revision < HEAD else NEWER
        raise InputError(
            Message(
                "the database at {place} has schema {revision}, this Kummi works with {head}; {advice}",
                place=store.place,
                revision=revision,
                head=HEAD,
                advice=advice,
            )
        )


def revision_in(store: Store) -> str | None:
    """Return the revision of a store's schema, None where there is no store or no schema. Nothing is made."""
    if not store.dialect.exists():
        return None
    with store.reading() as connection:
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """Return the revision of the schema, None where there is none."""
    try:
        with connection.begin_nested():
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except (OperationalError, ProgrammingError) as error:
        if error.connection_invalidated or inspect(connection).has_table("alembic_version"):
            raise
        return None
    return None if found is None else str(found)


def faults_of(store: Store) -> list[Message]:
    """Return what is wrong with the store's files and schema; empty when nothing is."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from kummi.store.tables import metadata

    with store.reading() as connection:
        found = store.dialect.check(connection)
        try:
            differences = compare_metadata(MigrationContext.configure(connection), metadata)
        except SQLAlchemyError as error:
            return [*found, Message("the schema cannot be read: {kind}", kind=type(error).__name__)]
    return found + [
        Message("the schema differs from what it should be: {difference}", difference=_named(each))
        for each in differences
    ]


def _named(difference: object) -> str:
    kind = difference[0] if isinstance(difference, tuple) else difference[0][0] if isinstance(difference, list) else "?"
    return str(kind)


@cache
def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
