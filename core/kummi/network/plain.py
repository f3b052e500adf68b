"""A comparison as plain values, ready for JSON."""

from __future__ import annotations

from typing import Any

from kummi.model.reference import Certainty, Reference
from kummi.network.comparison import Cell, Comparison, Numbers, Page, Table


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as plain values: each topic with its tables and its own numbered sources."""
    return {
        "on": comparison.on.isoformat(),
        "language": comparison.language,
        "programmes": list(comparison.programmes),
        "topics": {page.topic.value: _page(page) for page in comparison.pages},
    }


def _page(page: Page) -> dict[str, Any]:
    numbers = Numbers()
    tables = {table.key: _table(table, numbers) for table in page.tables}
    return {
        "title": page.title,
        "tables": tables,
        "sources": [source_data(number, each) for number, each in enumerate(numbers.sources, start=1)],
    }


def _table(table: Table, numbers: Numbers) -> dict[str, Any]:
    rows = [{key: _cell(cell, numbers) for key, cell in zip(table.columns, row, strict=True)} for row in table.rows]
    return {"title": table.title, "note": table.note, "columns": dict(table.columns), "rows": rows}


def _cell(cell: Cell, numbers: Numbers) -> dict[str, Any]:
    amount = {"amount": str(cell.money)} if cell.money else {}
    return {"text": cell.text, **amount, "sources": list(numbers.cite(cell))}


def source_data(number: int, source: Reference) -> dict[str, Any]:
    """Return a source with its number; how sure it is, where it was not read itself."""
    doubt = {} if source.certainty is Certainty.READ else {"certainty": source.certainty.value}
    place = {"title": source.title, "section": source.section, "read": source.read, "url": source.url}
    return {"number": number, **place, **doubt}
