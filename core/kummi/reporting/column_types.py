"""What the columns of each kind of report may show, and the types of their cells."""

from __future__ import annotations

from collections.abc import Mapping

from kummi.errors import NotFoundError
from kummi.message import Message
from kummi.model.facts import Fact, FactType
from kummi.model.report import ROW_WORDS, ColumnType, ReportColumn, ReportFormat

_WORDS = {
    "number": ColumnType.NUMBER,
    "age": ColumnType.NUMBER,
    "count": ColumnType.NUMBER,
    "from": ColumnType.DATE,
    "to": ColumnType.DATE,
    "claim_by": ColumnType.DATE,
    "amount": ColumnType.MONEY,
}
"""What rows offer besides facts; the rest is text."""

_CELLS = {
    FactType.DATE: ColumnType.DATE,
    FactType.YES_NO: ColumnType.YES_NO,
    FactType.NUMBER: ColumnType.NUMBER,
    FactType.CHOICE: ColumnType.TEXT,
    FactType.PLACE: ColumnType.TEXT,
}


def column_types(form: ReportFormat, facts: Mapping[str, Fact]) -> tuple[ColumnType, ...]:
    """Return the type of the cells of each column: that of what it shows, or as declared where it stays empty.

    Raises NotFoundError for a column that rows of this kind cannot fill.
    """
    offered = {word: _WORDS.get(word, ColumnType.TEXT) for word in ROW_WORDS[form.rows]}
    offered |= {name: _CELLS[fact.type] for name, fact in facts.items() if _is_offered(fact, form)}
    types = []
    for column in form.columns:
        value = shown(column)
        if value is not None and value not in offered:
            raise NotFoundError(
                Message("value for the column '{id}' of {rows}", id=column.id, rows=form.rows), value, offered
            )
        types.append(column.type if value is None else offered[value])
    return tuple(types)


def shown(column: ReportColumn) -> str | None:
    """Return the name of what a column shows; None where it stays empty."""
    return None if column.gap else column.value


def _is_offered(fact: Fact, form: ReportFormat) -> bool:
    """Whether rows can show a fact: those of indicators none, facts of one person only where a row is a person's."""
    return form.rows != "indicators" and (fact.about != "person" or form.rows != "households")
