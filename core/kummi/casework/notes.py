"""Free text that goes with a deed. It is personal data: it lies in its own table, and the event holds a digest."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

from sqlalchemy import Connection, insert

from kummi.casework.desk import Desk, OpenCase
from kummi.casework.household_facts import NOT_PLAIN, is_plain
from kummi.errors import InputError
from kummi.store.chain import note_digest
from kummi.store.tables import notes

LONGEST = 2000
"""Characters in one note."""


def keep_note(desk: Desk, connection: Connection, it: OpenCase, text: str | None) -> dict[str, Any]:
    """Store a note of a case; return what its event says of it. Raises InputError for one that cannot be kept."""
    if not text:
        return {}
    if len(text) > LONGEST:
        raise InputError(f"the text has {len(text)} characters; at most {LONGEST} are kept")
    text = normalize("NFC", text)
    if not is_plain(text, lines="\n\r\t"):
        raise InputError(f"the text {NOT_PLAIN}")
    row = {
        "id": desk.new_id(),
        "case_id": it.case.id,
        "programme": it.case.programme,
        "salt": desk.new_id(),
        "text": text,
    }
    connection.execute(insert(notes).values(row))
    return {"note": {"id": row["id"], "digest": note_digest(row)}}
