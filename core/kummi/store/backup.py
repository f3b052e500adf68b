"""Backups in one portable form: every row of every table as JSON lines, compressed, with counts to check it by."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Date, Table, func, insert, select, text
from sqlalchemy.exc import DataError
from sqlalchemy.exc import IntegrityError as DuplicateOrMissing

from kummi.errors import InputError
from kummi.message import Message
from kummi.store.database import Store
from kummi.store.output_file import output_file
from kummi.store.schema import HEAD, create_or_upgrade
from kummi.store.streams import STREAM_KINDS, all_tables

FORM = "kummi-backup-1"
_CHUNK = 5000


def write_backup(store: Store, target: Path, *, force: bool = False) -> dict[str, int]:
    """Write a consistent copy of the whole store to a file that only its owner can read.

    The file appears under its name only when it is complete. It holds personal data. Returns the rows of each table.
    Raises InputError where the file is there already and shall not be written over (``force``).
    """
    with output_file(target, personal=True, force=force) as raw, gzip.GzipFile(fileobj=raw, mode="wb") as packed:
        return _write(store, packed)


def restore_backup(store: Store, source: Path) -> dict[str, int]:
    """Bring a backup into an empty store: all of it, or nothing. Returns the rows of each table.

    Raises InputError for a file that is not a whole backup, or a store that already holds cases.
    """
    try:
        with gzip.open(source, "rt", encoding="utf-8") as lines:
            _check_head(lines, source)
            return _restore(store, lines, source)
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise InputError(
            Message(
                "{source} is not a whole backup: {kind}; nothing was restored",
                source=source,
                kind=type(error).__name__,
            )
        ) from error


def _restore(store: Store, lines: Iterator[str], source: Path) -> dict[str, int]:
    create_or_upgrade(store)
    with store.writing() as connection:
        states = [kind.table for kind in STREAM_KINDS.values()]
        if any(connection.execute(select(func.count()).select_from(each)).scalar_one() for each in states):
            raise InputError(
                Message(
                    "the database at {place} holds cases already; a backup is restored into an empty one",
                    place=store.place,
                )
            )
        try:
            counts = _read(connection, lines, source)
        except (DataError, DuplicateOrMissing) as error:
            raise InputError(
                Message("{source} holds rows that contradict each other; nothing was restored", source=source)
            ) from error
        _after_restore(store, connection)
    return counts


def _write(store: Store, packed: gzip.GzipFile) -> dict[str, int]:
    def line(value: object) -> None:
        packed.write(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str).encode() + b"\n")

    counts = {}
    with store.reading() as connection:
        line({"form": FORM, "schema": HEAD})
        for table in all_tables():
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


def _check_head(lines: Iterator[str], source: Path) -> None:
    head = json.loads(next(lines, "null"))
    if not isinstance(head, dict) or head.get("form") != FORM:
        raise InputError(Message("{source} is not a backup that Kummi wrote", source=source))
    if head.get("schema") != HEAD:
        raise InputError(
            Message(
                "{source} is a backup of schema {schema}; this Kummi restores schema {head}",
                source=source,
                schema=head.get("schema"),
                head=HEAD,
            )
        )


def _read(connection: Connection, lines: Iterator[str], source: Path) -> dict[str, int]:
    counts: dict[str, int] = {}
    tables = {each.name: each for each in all_tables()}
    table, rows = next(iter(tables.values())), list[dict[str, Any]]()
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
            table = tables[value["table"]]
            counts[table.name] = 0
        elif isinstance(value, dict):
            _check_end(value, counts, lines, f"{source}, line {number}")
            return counts
    raise InputError(Message("{source} is cut off: its end is missing; nothing was restored", source=source))


def _check_end(value: Mapping[str, Any], counts: Mapping[str, int], lines: Iterator[str], where: str) -> None:
    if value.get("end") != counts or set(counts) != {table.name for table in all_tables()}:
        raise InputError(
            Message("{where}: the rows do not agree with the counts at its end; nothing was restored", where=where)
        )
    if next(lines, None) is not None:  # the check sum of the file is looked at only when its end is reached
        raise InputError(Message("{where}: there is more after its end; nothing was restored", where=where))


def _row(table: Table, values: list[Any]) -> dict[str, Any]:
    columns = list(table.columns)
    if len(values) != len(columns):
        raise ValueError(Message("a row of {name} has {count} values", name=table.name, count=len(values)))
    return {
        column.name: date.fromisoformat(value) if value is not None and isinstance(column.type, Date) else value
        for column, value in zip(columns, values, strict=True)
    }


def _after_restore(store: Store, connection: Connection) -> None:
    """Let case numbers go on after the restored ones; SQLite does so by itself."""
    if store.dialect.name == "postgresql":
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence('cases', 'id'), (SELECT coalesce(max(id), 1) FROM cases))")
        )
