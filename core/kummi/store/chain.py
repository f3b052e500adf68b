"""The chain of a stream's events: canonical form, hashes, and digests that stand in for personal data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

START = ""
"""What the first event of a stream is chained to."""


def canonical(data: Mapping[str, Any]) -> str:
    """Return the one JSON text of some data: sorted keys, no spaces, dates in ISO form.

    >>> canonical({"b": date(2024, 1, 2), "a": None})
    '{"a":null,"b":"2024-01-02"}'
    """
    return _CANONICAL.encode(data)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not belong in an event")


# Made once: json.dumps would make a new encoder for every call that asks for other than its own defaults.
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
_RECORD = json.JSONEncoder(ensure_ascii=False)


def event_hash(previous: str, *columns: str | int) -> str:
    """Return the SHA-256 that chains an event to the one before it, as hex.

    Args:
        previous: The hash of the event before it in its stream, ``START`` for the first.
        columns: The event's own, in this order: kind and id of its stream, its place there, its kind, version, action,
            the day it happened in ISO form, the moment it was recorded, who did it, the text of its data.
    """
    return hashlib.sha256(_RECORD.encode([previous, *columns]).encode()).hexdigest()


def digest(salt: str, values: Mapping[str, Any]) -> str:
    """Return the digest of a row of personal data that may stand in an event.

    The salt lies in the row itself: whoever erases the row erases the only way to test a guess against the digest.
    """
    return hashlib.sha256(f"{salt}\n{canonical(values)}".encode()).hexdigest()


_DIGESTED = (
    "version", "number", "person_id", "role", "born", "gender", "name", "identity", "joined_on", "joined_how",
    "entered_on", "left_on", "left_how",
)  # fmt: skip


def person_digest(row: Mapping[str, Any]) -> str:
    """Return the digest that stands for a version of a row of ``persons`` in an event."""
    return digest(row["salt"], {name: row[name] for name in _DIGESTED})


def note_digest(row: Mapping[str, Any]) -> str:
    """Return the digest that stands for a row of ``notes`` in an event."""
    return digest(row["salt"], {"text": row["text"]})


def import_digest(row: Mapping[str, Any]) -> str:
    """Return the digest that stands for the import key of a row of ``cases`` in its first event."""
    return digest(row["import_salt"], {"import_key": row["import_key"]})
