"""What only SQLite does differently."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL

from kummi.message import Message
from kummi.store.chain import canonical

BUSY_MILLISECONDS = 5000
"""How long a writer waits for another before it reports a conflict."""

CACHE_KIBIBYTES = 65536
"""How much of the database is kept in memory at most; only what is touched takes any. Random ids make indexes wide."""


class Sqlite:
    """SQLite in one file, in write-ahead mode, every commit flushed to the disk."""

    name = "sqlite"
    driver_error: type[Exception] = sqlite3.Error
    read_date = staticmethod(date.fromisoformat)
    write_date = staticmethod(date.isoformat)
    read_json = staticmethod(json.loads)

    def __init__(self, url: URL) -> None:
        self.file = Path(url.database or "")
        self.engine = _engine(url)

    def exists(self) -> bool:
        """Whether there is a database to open."""
        try:
            return self.file.is_file()
        except OSError:  # a name that is too long
            return False

    def prepare(self) -> None:
        """Make the folder and the file, readable by its owner only: it will hold personal data."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        if not self.file.exists():
            os.close(os.open(self.file, os.O_CREAT | os.O_RDWR, 0o600))
        with self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")

    def begin_writing(self, connection: Connection) -> None:
        """Take the write lock at once, so that what is read stays true until the commit."""
        connection.begin()
        connection.connection.cursor().execute("BEGIN IMMEDIATE")

    def begin_reading(self, connection: Connection) -> None:
        """Read one consistent state for as long as the transaction lasts."""
        connection.begin()
        connection.connection.cursor().execute("BEGIN")

    def is_conflict(self, error: BaseException | None) -> bool:
        """Whether a driver's error means that someone else is writing, or has written the same event of a stream."""
        if isinstance(error, sqlite3.IntegrityError):
            return "events.seq" in str(error)
        return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)

    def is_full(self, error: BaseException | None) -> bool:
        """Whether a driver's error means that the disk is full or not writable."""
        return isinstance(error, sqlite3.OperationalError) and any(
            words in str(error) for words in ("disk is full", "disk I/O", "readonly")
        )

    def is_damaged(self, error: BaseException | None) -> bool:
        """Whether a driver's error means that the file was an SQLite database once and can no longer be read."""
        return self.is_unreadable(error) or (isinstance(error, sqlite3.DatabaseError) and "malformed" in str(error))

    def is_unreadable(self, error: BaseException | None) -> bool:
        """Whether a driver's error means that one row holds what is no text, while others can be read."""
        return isinstance(error, sqlite3.OperationalError) and "Could not decode" in str(error)

    def why_unusable(self, error: BaseException | None) -> Message | None:
        """Say why the file cannot be used at all; None for every other error."""
        if not isinstance(error, sqlite3.DatabaseError):
            return None
        if "not a database" in str(error):
            return Message("is not an SQLite database; choose another file")
        if any(words in str(error) for words in ("no such table", "no such column", "has no column")):
            return Message(
                "does not hold what Kummi works with; is it another program's? See what is wrong: kummi db check"
            )
        return (
            Message("cannot be opened; is it a folder, or not yours to read?")
            if "unable to open" in str(error)
            else None
        )

    def reserve_case_ids(self, connection: Connection, count: int) -> Sequence[int]:
        """Return case numbers never given before; the write lock keeps others from taking them."""
        last = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'cases'")).scalar() or 0
        return range(last + 1, last + count + 1)

    def check(self, connection: Connection) -> list[Message]:
        """Return what the database says is wrong with its own files."""
        found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
        broken = [
            Message("row of {table} refers to a missing {other}", table=row[0], other=row[2])
            for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
        ]
        return [Message("{message}", message=line) for line in found if line != "ok"] + broken


def _engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # a message of the driver never shows the values of a statement: they may be names
        connect_args={"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False},
        json_serializer=canonical,
    )

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        # SQLAlchemy must not begin transactions itself: a writer takes its lock with BEGIN IMMEDIATE.
        connection.isolation_level = None
        cache = f"cache_size=-{CACHE_KIBIBYTES}"
        for pragma in ("foreign_keys=ON", "synchronous=FULL", f"busy_timeout={BUSY_MILLISECONDS}", cache):
            connection.execute(f"PRAGMA {pragma}")

    return engine
