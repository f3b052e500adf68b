"""The tables, once, for both databases.

``cases`` is the state of each case; ``events`` what happened to it, append-only; ``persons``,
``person_versions`` and ``notes`` hold personal data and nothing else does. Everything that a case owns carries its
programme, so that a database can be partitioned by it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    column,
    literal_column,
)
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine

from kummi.model.facts import HOUSEHOLD_FACTS, FactType
from kummi.model.vocabulary import OPEN_PHASES, Phase

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def reached_column(phase: str) -> str:
    """Return the name of the column of ``cases`` with the first day in a phase."""
    return f"reached_{phase}"


_Number = BigInteger().with_variant(Integer, "sqlite")
IS_OPEN = column("phase", String) != literal_column(f"'{Phase.CLOSED}'")
HAS_CHANGED = column("changed_on", Date).is_not(None)
HAS_JOINED, HAS_LEFT = column("joined_how", String).is_not(None), column("left_how", String).is_not(None)


class Json(TypeDecorator[Any]):
    """JSON, in the binary form where a database has it; its dialect is imported only where it is used."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of a database."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON())
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB())

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> Any:
        """Leave to JSON what a key or a path is compared as."""
        return self.impl_instance.coerce_compared_value(op, value)


_COLUMN_TYPES: dict[FactType, TypeEngine[Any]] = {
    FactType.DATE: Date(),
    FactType.YES_NO: Boolean(),
    FactType.NUMBER: Integer(),
    FactType.CHOICE: String(30),
    FactType.PLACE: String(80),
}

cases = Table(
    "cases",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=True),
    Column("country", String(2), nullable=False),
    Column("programme", String(80), nullable=False),
    Column("workflow", String(20), nullable=False),
    Column("rehearsal", Boolean, nullable=False),
    Column("stage", String(80), nullable=False),
    Column("phase", String(20), nullable=False),
    Column("entered_on", Date, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("held_since", Date),
    Column("closed_on", Date),
    Column("outcome", String(20)),
    *(Column(fact.column, _COLUMN_TYPES[fact.type], nullable=not fact.required) for fact in HOUSEHOLD_FACTS.values()),
    Column("languages", Json, nullable=False),
    Column("fields", Json, nullable=False),
    Column("tasks", Json, nullable=False),
    *(Column(reached_column(phase), Date) for phase in OPEN_PHASES),
    Column("changed_on", Date),
    Column("timelines", Json, nullable=False),
    Column("clearance_until", Date),
    Column("next_due", Date),
    Column("next_end", Date),
    Column("seq", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    Column("import_key", String(64)),
    Column("import_salt", String(32)),
    UniqueConstraint("import_key", "programme"),
    Index("ix_cases_open", "rehearsal", "id", sqlite_where=IS_OPEN),
    Index("ix_cases_next_due", "next_due"),
    Index("ix_cases_next_end", "next_end"),
    Index("ix_cases_clearance_until", "clearance_until"),
    Index("ix_cases_held_since", "held_since"),
    Index("ix_cases_changed_on", "changed_on", sqlite_where=HAS_CHANGED),
    sqlite_autoincrement=True,
)
"""One row a case. ``tasks`` maps a task to ``{"on": ISO date, "until": ISO date or absent}``.

The columns of facts hold the newest values. ``timelines`` maps a fact that changed to ``[[ISO date, value], ...]``: the
first day of each value, in order. After ``changed_on`` nothing changes; NULL: nothing ever did.

``clearance_until`` is the earliest end of a clearance, ``next_due`` the earliest day on which something may be due,
``next_end`` the earliest on which something ends: they follow from the other columns, the persons and the workflow,
whatever day it is, and are kept for the morning list. Most cases of an old store are
closed: ``ix_cases_open`` is how a list finds the others, so a question about open cases says ``phase != 'closed'``. No
index begins with the programme: SQLite would take it before the one that is in the order asked for.
"""

events = Table(
    "events",
    metadata,
    Column("stream_kind", String(20), primary_key=True),
    Column("stream_id", _Number, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(30), nullable=False),
    Column("version", Integer, nullable=False),
    Column("action", String(32), nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("recorded_at", String(32), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("programme", String(80), nullable=False),
    Column("data", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""What happened to each stream, append-only. ``data`` is canonical JSON without personal data, in the form that
``version`` says; ``action`` is the id of what one command did; ``hash`` chains an event to the last one of its stream.
"""


def _person_columns() -> tuple[Column[Any], ...]:
    """Return the columns of a version of a person's row that both tables have; ``id`` and ``version`` are not among."""
    return (
        Column("case_id", _Number, ForeignKey("cases.id"), nullable=False),
        Column("programme", String(80), nullable=False),
        Column("number", Integer, nullable=False),
        Column("person_id", String(32), nullable=False),
        Column("role", String(10), nullable=False),
        Column("born", Date),
        Column("gender", String(10), nullable=False),
        Column("name", Text),
        Column("identity", String(30)),
        Column("joined_on", Date),
        Column("joined_how", String(12)),
        Column("entered_on", Date),
        Column("left_on", Date),
        Column("left_how", String(12)),
        Column("salt", String(32), nullable=False),
    )


persons = Table(
    "persons",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    *_person_columns(),
    UniqueConstraint("case_id", "number"),
    Index("ix_persons_identity", "identity"),
    Index("ix_persons_born", "born"),
    Index("ix_persons_joined_how", "joined_how", sqlite_where=HAS_JOINED),
    Index("ix_persons_left_how", "left_how", sqlite_where=HAS_LEFT),
)
"""Personal data of household members, a row for each membership. Events hold only a salted digest of each version.

``person_id`` is the same in every case that a person passes through. ``joined_on`` is the first day of the membership,
NULL where it began with the household; ``left_on`` the first day after it, NULL while it lasts. ``entered_on`` is the
day on which an own way through the programme began, where that was later than the household's; it is kept when the
person passes to another case.
"""

person_versions = Table(
    "person_versions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    *_person_columns(),
    Index("ix_person_versions_case_id", "case_id"),
)
"""The versions of rows of ``persons`` that were replaced, until they are erased."""

notes = Table(
    "notes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", _Number, ForeignKey("cases.id"), nullable=False),
    Column("programme", String(80), nullable=False),
    Column("salt", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_notes_case_id", "case_id"),
)
"""Free text of coordinators. Events hold only a salted digest of each row."""
