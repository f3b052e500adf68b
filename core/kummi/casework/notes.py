"""Free text that goes with an action. It is personal data: it lies in its own table, and the event holds a digest."""

from __future__ import annotations

from unicodedata import normalize

from kummi.casework.context import Context
from kummi.casework.value_reader import NOT_PLAIN, is_plain
from kummi.errors import InputError
from kummi.message import Message
from kummi.model.case_events import NoteDigest
from kummi.model.loaded_case import LoadedCase
from kummi.store.chain import note_digest
from kummi.store.database import Connection
from kummi.store.notes import insert_note

LONGEST = 2000
"""Characters in one note."""


def keep_note(context: Context, connection: Connection, loaded: LoadedCase, text: str | None) -> NoteDigest | None:
    """Store a note of a case; return how its event names it, None where there is none.

    Raises InputError for one that cannot be kept.
    """
    if not text:
        return None
    if len(text) > LONGEST:
        raise InputError(
            Message("the text has {count} characters; at most {most} are kept", count=len(text), most=LONGEST)
        )
    text = normalize("NFC", text)
    if not is_plain(text, lines="\n\r\t"):
        raise InputError(Message("the text {problem}", problem=NOT_PLAIN))
    row: dict[str, str | int] = {
        "id": context.new_id(),
        "case_id": loaded.case.id,
        "programme": loaded.case.programme,
        "salt": context.new_id(),
        "text": text,
    }
    insert_note(connection, row)
    return NoteDigest(str(row["id"]), note_digest(row))
