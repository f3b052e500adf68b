"""The raw database: sqlite3 of the standard library, doing the reads and writes of a move and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.harbour import ON
from kummi.store.tables import cases, events, persons

_LOADED = [
    column.name
    for column in cases.c
    if column.name not in ("clearance_until", "next_due", "next_end", "import_key", "import_salt")
]
_WRITTEN = [column.name for column in cases.c if column.name not in ("id", "import_key", "import_salt")]
_EVENT = [column.name for column in events.c]
_SELECT_CASE = f"SELECT {', '.join(_LOADED)} FROM {cases.name} WHERE id = ?"
_PERSON = "number, role, gender, born, joined_on, left_on, entered_on"
_SELECT_PERSONS = f"SELECT {_PERSON} FROM {persons.name} WHERE case_id = ? ORDER BY number"
_SELECT_LAST_STEP = (
    f"SELECT max(happened_on) FROM {events.name} WHERE stream_kind = 'case' AND stream_id = ? AND"
    " kind IN ('advanced', 'held', 'resumed', 'closed', 'reopened')"
)
_UPDATE = f"UPDATE {cases.name} SET {', '.join(f'{name} = ?' for name in _WRITTEN)} WHERE id = ? AND seq = ?"
_INSERT = f"INSERT INTO {events.name} ({', '.join(_EVENT)}) VALUES ({', '.join('?' for _ in _EVENT)})"


class Raw:
    """Kummi's own tables with the same cases in them, without Kummi."""

    name = "raw sqlite3"

    def __init__(self, file: Path, synchronous: str) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None)
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", f"synchronous={synchronous}", "busy_timeout=5000"):
            self.connection.execute(f"PRAGMA {pragma}")

    def move(self, number: int, to: str) -> None:
        """Read what a move reads, write the case and an event, commit."""
        case = self.read(number)
        place, when = ("case", number, case["seq"] + 1), ("2025-06-02", "at", "bench")
        event = (*place, "advanced", 1, "action", *when, case["programme"], "{}", "hash")
        self.write(case, {"stage": to, "entered_on": "2025-06-02"}, event)

    def read(self, number: int) -> dict[str, Any]:
        """Begin, and read a case, its persons, and the day of its last step."""
        self.connection.execute("BEGIN IMMEDIATE")
        row = self.connection.execute(_SELECT_CASE, (number,)).fetchone()
        self.connection.execute(_SELECT_PERSONS, (number,)).fetchall()
        self.connection.execute(_SELECT_LAST_STEP, (number,)).fetchall()
        return dict(zip(_LOADED, row, strict=True))

    def write(self, case: dict[str, Any], changes: Mapping[str, Any], event: tuple[Any, ...]) -> None:
        """Write a case and an event, and commit."""
        after = {"clearance_until": None, "next_due": None, "next_end": None, **case, **changes, "seq": case["seq"] + 1}
        values = (*(after[name] for name in _WRITTEN), case["id"], case["seq"])
        if self.connection.execute(_UPDATE, values).rowcount != 1:
            raise RuntimeError("someone else was here")
        self.connection.execute(_INSERT, event)
        self.connection.execute("COMMIT")

    def write_move(self, case: dict[str, Any], to: str, event: Mapping[str, Any]) -> None:
        """Write what a move changes, and its event, and commit."""
        changes = {"stage": to, "entered_on": ON.isoformat(), "head": event["hash"]}
        self.write(case, changes, tuple(event[name] for name in _EVENT))

    def close(self) -> None:
        """Close the file."""
        self.connection.close()
