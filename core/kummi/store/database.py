"""A store: one database, its transactions, and where to find it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Executable
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from kummi.errors import ConflictError, InputError, IntegrityError, KummiError, why_not_opened
from kummi.message import Message
from kummi.store.dialects.postgres import Postgres
from kummi.store.dialects.sqlite import Sqlite

Connection = sqlalchemy.Connection
"""An open transaction, as every function of the store takes it. What is above the store does not look inside."""

ENVIRONMENT = "KUMMI_DB"
_PASSWORD = re.compile(r"(password(?:=|%3D))[^&\s]+", re.IGNORECASE)
"""A password among the options of an address, such as ``?sslpassword=…``."""


class StoreFullError(KummiError):
    """The disk is full or not writable; nothing was written."""

    exit_code = 2


class Store:
    """One database. ``dialect`` is the only thing that knows which one it is."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.dialect: Sqlite | Postgres = Sqlite(url) if url.get_backend_name() == "sqlite" else Postgres(url)
        self.engine = self.dialect.engine
        self._prepared: dict[Executable, Prepared] = {}

    @contextmanager
    def writing(self, *, commit: bool = True) -> Iterator[Connection]:
        """Open a transaction that may write: all of it is kept, or nothing. With ``commit=False`` nothing is.

        Raises ConflictError where someone else was faster, StoreFullError where there is no room.
        """
        with self._explaining(), self.engine.connect() as connection:
            self.dialect.begin_writing(connection)
            yield connection
            if commit:
                connection.commit()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one consistent state and changes nothing."""
        with self._explaining(), self.engine.connect() as connection:
            self.dialect.begin_reading(connection)
            yield connection

    def prepare(self) -> None:
        """Make what must be there before a schema can be. Raises InputError, StoreFullError."""
        try:
            with self._explaining():
                self.dialect.prepare()
        except OSError as error:
            raise InputError(
                Message("{place} cannot be made: {why}", place=self.place, why=why_not_opened(error))
            ) from error

    def prepared(self, statement: Executable) -> Prepared:
        """Return a statement compiled once for this database, for the paths that run it thousands of times."""
        found = self._prepared.get(statement)
        if found is None:
            found = self._prepared[statement] = Prepared(statement, self.engine.dialect)
        return found

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        # Prepared statements meet the driver's errors bare.
        try:
            yield
        except DBAPIError as error:
            raise self._explained(error, error.orig) from error
        except self.dialect.driver_error as error:
            raise self._explained(error, error) from error

    def _explained(self, error: Exception, of_driver: BaseException | None) -> Exception:
        if self.dialect.is_conflict(of_driver):
            return ConflictError(Message("someone else is changing the same data; nothing was written, try again"))
        if self.dialect.is_full(of_driver):
            return StoreFullError(
                Message(
                    "{place} cannot be written: the disk is full or read-only; nothing was written", place=self.place
                )
            )
        if self.dialect.is_damaged(of_driver):
            return IntegrityError(
                Message("{place} is damaged and cannot be read; restore a backup into a new database", place=self.place)
            )
        why = self.dialect.why_unusable(of_driver)
        return InputError(Message("{place} {why}", place=self.place, why=why)) if why else error

    @property
    def place(self) -> str:
        """The address of the store without a password, for messages."""
        return _PASSWORD.sub(r"\1***", self.url.render_as_string(hide_password=True))


class Prepared:
    """A compiled statement, run on the driver's own cursor in the transaction that is open.

    SQLAlchemy's result of a wide row costs more than reading it.
    """

    def __init__(self, statement: Executable, dialect: Any) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.sql = str(compiled)
        self.order: tuple[str, ...] | None = tuple(compiled.positiontup) if compiled.positiontup else None

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Run it with values as the driver wants them: dates and JSON already written for this database."""
        given: Any = tuple(values[name] for name in self.order) if self.order is not None else dict(values)
        cursor = connection.connection.cursor()
        cursor.execute(self.sql, given)
        return cursor

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run it for many rows at once; it has two parameters or more. Returns how many rows it changed."""
        given: list[Any] = (
            [dict(row) for row in rows] if self.order is None else list(map(itemgetter(*self.order), rows))
        )
        cursor = connection.connection.cursor()
        cursor.executemany(self.sql, given)
        return int(cursor.rowcount)


_NOT_UNDERSTOOD = Message("the database address is not understood; expected a file name or postgresql://…")


def find_url(given: str | None = None) -> URL:
    """Return the address of the database: as given, from ``KUMMI_DB``, or in the user's data folder.

    A plain path is an SQLite file. Raises InputError for an address of another kind.
    """
    address = given or os.environ.get(ENVIRONMENT)
    if not address:
        return URL.create("sqlite", database=str(_data_folder() / "kummi.sqlite3"))
    if "://" not in address:
        if address.lower().startswith(("postgres:", "postgresql:")):  # its slashes forgotten; it may hold a password
            raise InputError(_NOT_UNDERSTOOD)
        return URL.create("sqlite", database=str(Path(address).expanduser()))
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # a port that is no number, a host without its bracket
        raise InputError(_NOT_UNDERSTOOD) from None
    if "@" in (url.host or ""):
        raise InputError(Message("{problem}; write an @ in a password as %40", problem=_NOT_UNDERSTOOD))
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise InputError(
            Message(
                "'{name}' is not a database Kummi knows; expected sqlite or postgresql",
                name=url.get_backend_name(),
            )
        )
    if url.get_backend_name() == "sqlite" and (not url.database or url.query):
        raise InputError(Message("an SQLite address needs a file and takes no options: sqlite:///path/to/file.sqlite3"))
    return url.set(drivername=url.get_backend_name())


@lru_cache(maxsize=1)
def _data_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("kummi", appauthor=False)
