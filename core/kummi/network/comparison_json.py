"""A comparison as plain values, ready for JSON."""

from __future__ import annotations

from typing import Any

from kummi.model.reference import Certainty, Reference
from kummi.network.comparison import Comparison, ComparisonCell, ComparisonPage, ComparisonTable, Numbers
from kummi.network.difference import Differences
from kummi.network.law import Changes


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as plain values: each topic with its tables and its own numbered sources."""
    return {
        "on": comparison.on.isoformat(),
        "language": comparison.language,
        "programmes": list(comparison.programmes),
        "topics": {page.topic.value: _page(page) for page in comparison.pages},
    }


def _page(page: ComparisonPage) -> dict[str, Any]:
    numbers = Numbers()
    tables = {table.key: _table(table, numbers) for table in page.tables}
    return {
        "title": page.title,
        "tables": tables,
        "sources": [source_data(number, each) for number, each in enumerate(numbers.sources, start=1)],
    }


def _table(table: ComparisonTable, numbers: Numbers) -> dict[str, Any]:
    rows = [{key: _cell(cell, numbers) for key, cell in zip(table.columns, row, strict=True)} for row in table.rows]
    return {"title": table.title, "note": table.note, "columns": dict(table.columns), "rows": rows}


def _cell(cell: ComparisonCell, numbers: Numbers) -> dict[str, Any]:
    amount = {"amount": str(cell.money)} if cell.money else {}
    return {"text": cell.text, **amount, "sources": list(numbers.cite(cell))}


def source_data(number: int, source: Reference) -> dict[str, Any]:
    """Return a source with its number; how sure it is, where it was not read itself."""
    doubt = {} if source.certainty is Certainty.READ else {"certainty": source.certainty.value}
    place = {"title": source.title, "section": source.section, "read": source.read, "url": source.url}
    return {"number": number, **place, **doubt}


def differences_as_json(found: Differences) -> dict[str, Any]:
    """Return what differs as plain values, with its numbered sources."""
    numbers = Numbers()
    return {
        "left": found.left,
        "right": found.right,
        "on": found.asked.on.isoformat(),
        "differences": [
            {
                "where": list(each.where),
                "left": each.left,
                "right": each.right,
                "sentence": found.sentence(each),
                "sources": list(numbers.cite(ComparisonCell("", each.sources))),
            }
            for each in found.found
        ],
        "sources": [source_data(number, each) for number, each in enumerate(numbers.sources, start=1)],
    }


def changes_as_json(found: Changes) -> dict[str, Any]:
    """Return what changes as plain values, with its numbered sources."""
    numbers = Numbers()
    return {
        "name": found.name,
        "on": found.days.start.isoformat(),
        "and": found.days.end.isoformat(),
        "changes": [
            {
                "from": each.day.isoformat(),
                "where": list(each.where),
                "sentence": found.sentence(each),
                "sources": list(numbers.cite(ComparisonCell("", each.sources))),
            }
            for each in (*found.found, *found.verdicts)
        ],
        "sources": [source_data(number, each) for number, each in enumerate(numbers.sources, start=1)],
    }
