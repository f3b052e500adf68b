"""Backups in one portable form: every row of every table as JSON lines, compressed, with counts to check it by."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Date, Table, func, insert, select, text

from kummi.errors import Fault, InputError
from kummi.store.schema import HEAD, create_or_upgrade
from kummi.store.store import Store
from kummi.store.tables import cases, events, metadata, notes, persons

FORM = "kummi-backup-1"
_TABLES = (cases, persons, notes, events)
_CHUNK = 5000


def write_backup(store: Store, target: Path) -> dict[str, int]:
    """Write a consistent copy of the whole store to a new file that only its owner can read.

    The file appears under its name only when it is complete. It holds personal data. Returns the rows of each table.
    Raises InputError where the file is there already.
    """
    if target.exists():
        raise InputError(f"{target} is there already; choose another name")
    partial = target.with_name(target.name + ".partial")
    try:
        with _private(partial) as raw, gzip.open(raw, "wb") as packed:
            counts = _write(store, packed)
        partial.replace(target)
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
    return counts


def restore_backup(store: Store, source: Path) -> dict[str, int]:
    """Bring a backup into an empty store: all of it, or nothing. Returns the rows of each table.

    Raises InputError for a file that is not a whole backup, or a store that already holds cases.
    """
    create_or_upgrade(store)
    with store.writing() as connection:
        if connection.execute(select(func.count()).select_from(cases)).scalar_one():
            raise InputError(
                f"the database at {store.place} holds cases already; a backup is restored into an empty one"
            )
        try:
            with gzip.open(source, "rt", encoding="utf-8") as lines:
                counts = _read(connection, iter(lines), source)
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise InputError(f"{source} is not a whole backup: {type(error).__name__}") from error
        _after_restore(store, connection)
    return counts


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def _write(store: Store, packed: gzip.GzipFile) -> dict[str, int]:
    def line(value: object) -> None:
        packed.write(json.dumps(value, ensure_ascii=False, default=str).encode() + b"\n")

    counts = {}
    with store.reading() as connection:
        line({"form": FORM, "schema": HEAD})
        for table in _TABLES:
            line({"table": table.name})
            rows = connection.execution_options(yield_per=_CHUNK).execute(
                select(table).order_by(*table.primary_key.columns)
            )
            count = 0
            for row in rows:
                line(list(row))
                count += 1
            counts[table.name] = count
        line({"end": counts})
    return counts


def _read(connection: Connection, lines: Iterator[str], source: Path) -> dict[str, int]:
    try:
        head = json.loads(next(lines))
        if head != {"form": FORM, "schema": HEAD}:
            raise InputError(Fault(str(source), f"expected a backup of schema {HEAD}, found {str(head)[:100]}"))
        counts: dict[str, int] = {}
        table, rows = cases, list[dict[str, Any]]()
        for number, text_line in enumerate(lines, start=2):
            value = json.loads(text_line)
            if isinstance(value, list):
                rows.append(_row(table, value))
                counts[table.name] += 1
                if len(rows) < _CHUNK:
                    continue
            if rows:
                connection.execute(insert(table), rows)
                rows = []
            if isinstance(value, dict) and "table" in value:
                table = metadata.tables[value["table"]]
                counts[table.name] = 0
            elif isinstance(value, dict):
                _check_end(value, counts, source, number)
                return counts
    except (ValueError, KeyError, StopIteration) as error:
        raise InputError(f"{source} is not a whole backup: {type(error).__name__}") from error
    raise InputError(f"{source} is cut off: its end is missing; nothing was restored")


def _check_end(value: Mapping[str, Any], counts: Mapping[str, int], source: Path, number: int) -> None:
    if value.get("end") != counts:
        raise InputError(
            f"{source}, line {number}: the rows do not agree with the counts at its end; nothing was restored"
        )


def _row(table: Table, values: list[Any]) -> dict[str, Any]:
    columns = list(table.columns)
    if len(values) != len(columns):
        raise ValueError(f"a row of {table.name} has {len(values)} values")
    return {
        column.name: date.fromisoformat(value) if value is not None and isinstance(column.type, Date) else value
        for column, value in zip(columns, values, strict=True)
    }


def _after_restore(store: Store, connection: Connection) -> None:
    """Let case numbers go on after the restored ones; SQLite does so by itself."""
    if store.differences.name == "postgresql":
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence('cases', 'id'), (SELECT coalesce(max(id), 1) FROM cases))")
        )
