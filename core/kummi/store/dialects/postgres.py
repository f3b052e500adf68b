"""What only PostgreSQL does differently."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL

from kummi.message import Message
from kummi.store.tables import metadata

_CONFLICTS = ("40001", "40P01", "55P03", "23505", "42P07")
"""Serialization failure, deadlock, lock not available; a key or a table that somebody else has just made."""

_OF_THE_ADDRESS = ("invalid connection option", "connect_timeout")
"""What the driver says of an address before it asks any server."""


class Postgres:
    """One PostgreSQL database with any number of processes in front."""

    name = "postgresql"

    def __init__(self, url: URL) -> None:
        address = url.set(drivername="postgresql+psycopg")
        logging.getLogger("psycopg").addHandler(logging.NullHandler())  # it would tell of a lost server beside us
        # A message of the driver never shows the values of a statement: they may be names.
        self.engine = create_engine(address, isolation_level="REPEATABLE READ", hide_parameters=True)
        # Said here and not with the table, since SQLAlchemy would load this dialect for every SQLite file too.
        for index in (each for table in metadata.tables.values() for each in table.indexes):
            where = index.dialect_kwargs.get("sqlite_where")
            if where is not None:
                index.dialect_kwargs["postgresql_where"] = where
        self.driver_error: type[Exception] = self.engine.dialect.loaded_dbapi.Error

    @staticmethod
    def read_date(value: date) -> date:
        """Dates come as dates."""
        return value

    @staticmethod
    def write_date(value: date) -> date:
        """Dates go as dates."""
        return value

    @staticmethod
    def read_json(value: Any) -> Any:
        """JSON comes parsed."""
        return value

    def exists(self) -> bool:
        """A server is always there to be asked; what is missing shows as a schema that is not there."""
        return True

    def prepare(self) -> None:
        """Nothing to make: the database is created by its administrator."""

    def begin_writing(self, connection: Connection) -> None:
        """Every transaction is repeatable-read: a row that someone changed since is a conflict, never a lost update."""
        connection.begin()

    def begin_reading(self, connection: Connection) -> None:
        """Every transaction sees one consistent state for as long as it lasts."""
        connection.begin()

    def is_conflict(self, error: BaseException | None) -> bool:
        """Whether a driver's error means that someone else changed the same rows, or wrote the same new ones."""
        return getattr(error, "sqlstate", None) in _CONFLICTS

    def is_full(self, error: BaseException | None) -> bool:
        """Whether a driver's error means that the server has no room or may not write."""
        return getattr(error, "sqlstate", None) in ("53100", "25006")

    def is_damaged(self, error: BaseException | None) -> bool:
        """Whether a driver's error means that the server found its own files damaged."""
        return getattr(error, "sqlstate", None) in ("XX001", "XX002")

    def is_unreadable(self, error: BaseException | None) -> bool:  # noqa: ARG002
        """Whether a driver's error means that one row holds what is no text: the server lets no such row in."""
        return False

    def why_unusable(self, error: BaseException | None) -> Message | None:
        """Say why the database cannot be used at all; None for every other error."""
        from psycopg import OperationalError, ProgrammingError

        state = getattr(error, "sqlstate", None)
        if state == "42501":
            return Message("does not let this user read or write")
        if state in ("42P01", "42703"):
            return Message(
                "does not hold what Kummi works with; is it another program's? See what is wrong: kummi db check"
            )
        if isinstance(error, ProgrammingError) and any(words in str(error) for words in _OF_THE_ADDRESS):
            return Message("has an option in its address that PostgreSQL does not know, or a value that is none")
        away = isinstance(error, OperationalError) and (state is None or state[:2] in ("08", "57", "28", "3D"))
        return (
            Message("does not answer; is the server running, and are address, user and password right?")
            if away
            else None
        )

    def reserve_case_ids(self, connection: Connection, count: int) -> Sequence[int]:
        """Return case numbers never given before; numbers of a rolled back transaction stay unused."""
        numbers = connection.execute(
            text("SELECT nextval(pg_get_serial_sequence('cases', 'id')) FROM generate_series(1, :count)"),
            {"count": count},
        )
        return [int(number) for number in numbers.scalars()]

    def check(self, connection: Connection) -> list[Message]:  # noqa: ARG002 (SQLite's needs it)
        """The server checks its own files; there is nothing to add."""
        return []
