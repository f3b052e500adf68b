"""The kinds of streams: all that audit and backup know of what lives.

A kind of thing that lives is registered here: the events it may have, how they are folded, the table of its current
state, and the tables of personal data that its events name by digest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Table

from kummi.lifecycle.fold import fold
from kummi.model.case_events import personal_rows, read_case_event
from kummi.model.event import CASE
from kummi.store.cases import wrong_columns
from kummi.store.chain import import_digest, note_digest, person_digest
from kummi.store.database import Store
from kummi.store.tables import cases, events, notes, person_versions, persons

NOT_OURS = "not what Kummi writes"
"""What stands for the digest of a row that cannot be digested."""


@dataclass(frozen=True)
class PersonalTable:
    """A table of personal data of a kind of stream.

    Attributes:
        table: With ``id`` and, where its rows are ever replaced, ``version``.
        owner: The column that says whose a row is.
        digest: Returns the digest of a row.
        is_old: Whether it holds the versions that were replaced.
    """

    table: Table
    owner: str
    digest: Callable[[Mapping[str, Any]], str]
    is_old: bool = False


@dataclass(frozen=True)
class StreamKind:
    """One kind of thing that lives.

    Attributes:
        name: The kind, as events name it.
        table: One row a stream, its current state: ``id``, ``seq``, ``head``, ``programme``, and what is its own.
        read_event: Returns an event from its kind, version and data. Raises IntegrityError.
        fold: Returns the state after an event; the state before is None for the first. Raises IntegrityError.
        wrong_columns: Returns the columns of a raw row that do not hold what stands in a state, given its events.
        label: Returns how a fault names a stream, from its raw row.
        personal: The tables of its personal data.
        personal_rows: Yields the rows of those tables that an event names, each with ``id``, ``version``, ``digest``.
    """

    name: str
    table: Table
    read_event: Callable[[str, int, Mapping[str, Any]], Any]
    fold: Callable[[Any, Any, date], Any]
    wrong_columns: Callable[[Store, Any, Any, Sequence[Any]], list[str]]
    label: Callable[[Any], str]
    personal: tuple[PersonalTable, ...] = ()
    personal_rows: Callable[[Any], Iterator[Any]] = lambda _: iter(())

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table of its own, that of its state first."""
        return (self.table, *(each.table for each in self.personal))


def digest_of(digest: Callable[[Mapping[str, Any]], str], row: Any) -> str:
    """Return the digest of a raw row, ``NOT_OURS`` where it holds what cannot be digested."""
    try:
        return digest(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name)
    except (TypeError, ValueError):
        return NOT_OURS


def _wrong_in_case(store: Store, row: Any, state: Any, told: Sequence[Any]) -> list[str]:
    wrong = wrong_columns(store, row._mapping, state)  # noqa: SLF001 (SQLAlchemy's public name)
    imported = None
    if row.import_key is not None or row.import_salt is not None:
        imported = digest_of(import_digest, row)
    return wrong if imported == getattr(told[0], "imported", None) else [*wrong, "import_key"]


STREAM_KINDS: dict[str, StreamKind] = {
    CASE: StreamKind(
        CASE,
        cases,
        read_case_event,
        fold,
        _wrong_in_case,
        lambda row: f"case {row.country}-{row.id}",
        (
            PersonalTable(persons, "case_id", person_digest),
            PersonalTable(notes, "case_id", note_digest),
            PersonalTable(person_versions, "case_id", person_digest, is_old=True),
        ),
        personal_rows,
    )
}
"""Every kind of stream, by its name."""


def all_tables() -> tuple[Table, ...]:
    """Return every table of every kind of stream, and that of their events: each after those that it refers to."""
    return (*(table for kind in STREAM_KINDS.values() for table in kind.tables), events)
