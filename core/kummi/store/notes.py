"""Read and write the free text that goes with actions: the only door to its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from kummi.store.database import Connection
from kummi.store.tables import notes


def load_notes(connection: Connection, case_id: int) -> dict[str, str]:
    """Return the text of every note of a case, by its id."""
    rows = connection.execute(select(notes.c.id, notes.c.text).where(notes.c.case_id == case_id))
    return {row.id: row.text for row in rows}


def insert_note(connection: Connection, row: Mapping[str, Any]) -> None:
    """Insert a note with a value for every column."""
    connection.execute(insert(notes).values(dict(row)))
