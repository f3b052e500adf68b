"""A report as a table of typed values, ready to be written in any file format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kummi.model.period import Period
from kummi.model.report import ColumnType

ReportValue = str | int | bool | Decimal | date | None
"""One value: text, a whole number, yes or no, an amount, a day, or None for what is not known."""

Row = tuple[ReportValue, ...]


@dataclass(frozen=True)
class TableColumn:
    """A column: its id, its title in the report's language, and the type of its cells."""

    id: str
    title: str
    type: ColumnType


@dataclass(frozen=True)
class Labels:
    """The fixed words of a report file in its language."""

    yes: str
    no: str
    report: str
    notes: str
    programme: str
    period: str
    sources: str


@dataclass(frozen=True)
class ReportTable:
    """A report of one programme over a period, first and last day included.

    ``rows`` may be read from the store while they are written: iterate within the transaction that built the table.
    Each row has one cell for each column. ``notes`` are the gaps and open questions that a file must show,
    ``sources`` what the form of the report is taken from. Amounts are in ``currency``. No cell holds a name or an
    identity number.
    """

    format: str
    programme: str
    title: str
    period: Period
    currency: str
    columns: tuple[TableColumn, ...]
    rows: Iterable[Row]
    notes: tuple[str, ...]
    sources: tuple[str, ...]
    labels: Labels
