"""What compares programmes and countries: tables side by side, differences, changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from kummi.model.reference import Certainty, Reference
from kummi.network.comparison import Comparison, ComparisonCell, ComparisonPage, ComparisonTable, Numbers, Topic
from kummi.views.base import Amount, View

if TYPE_CHECKING:
    from kummi.network.difference import Differences
    from kummi.network.law import Changes


class SourceView(View):
    """A source with its number."""

    number: int = Field(description="The number by which it is cited.", examples=[1])
    title: str = Field(description="Its title.", examples=["Harbour Act"])
    section: str | None = Field(description="The place in it.", examples=["section 5"])
    read: str = Field(description="The day or month in which it was read.", examples=["2026-11"])
    url: str | None = Field(description="Its address.", examples=["https://example.org/act"])
    certainty: Certainty = Field(
        default=Certainty.READ, description="How sure it is, where it was not read itself.", examples=["secondary"]
    )


class CellView(View):
    """A cell of a comparison."""

    text: str = Field(description="What it says.", examples=["1470.00 XTS"])
    amount: Amount = Field(default="", description="The amount, where the cell is one.")
    sources: list[int] = Field(description="The numbers of its sources.", examples=[[1]])


class ComparisonTableView(View):
    """A table of a comparison."""

    title: str = Field(description="Its title.", examples=["What is known of it, by who gets it"])
    note: str = Field(description="How it is read.", examples=["Sums of one standing each."])
    columns: dict[str, str] = Field(
        description="The title of each column, by its key.", examples=[{"country": "Country", "known": "Known"}]
    )
    rows: list[dict[str, CellView]] = Field(
        description="A cell for each column, by its key.",
        examples=[
            [
                {
                    "country": {"text": "XX", "sources": []},
                    "known": {"text": "1470.00 XTS", "amount": "1470.00 XTS", "sources": [1]},
                }
            ]
        ],
    )


class TopicView(View):
    """What is said on one topic; the numbers of sources count within it."""

    title: str = Field(description="Its title.", examples=["Money"])
    tables: dict[str, ComparisonTableView] = Field(
        description="Its tables, by key.",
        examples=[{"totals": {"title": "What is known of it", "note": "", "columns": {}, "rows": []}}],
    )
    sources: list[SourceView] = Field(description="Its sources.")


class ComparisonView(View):
    """Programmes side by side on one day. `--to-file x.json` writes the same."""

    on: date = Field(description="The business date.", examples=["2025-06-01"])
    language: str = Field(description="The code of the language.", examples=["en"])
    programmes: list[str] = Field(description="The ids of the programmes.", examples=[["xx-harbour"]])
    topics: dict[Topic, TopicView] = Field(
        description="One for each `--topic`.", examples=[{"funding": {"title": "Money", "tables": {}, "sources": []}}]
    )


class ComparisonFileView(View):
    """A comparison that was written to a file."""

    file: str = Field(description="The file.", examples=["comparison.xlsx"])


class DifferenceView(View):
    """Something that two programmes or countries declare differently."""

    where: list[str] = Field(description="Where it is declared.", examples=[["workflow", "stages", "hailed"]])
    left: str | None = Field(description="What the first has there; `null` for nothing.", examples=["one year"])
    right: str | None = Field(description="What the second has there; `null` for nothing.", examples=[None])
    sentence: str = Field(description="All of it in a sentence.", examples=["Only xx-harbour has: one year"])
    sources: list[int] = Field(description="The numbers of the sources.", examples=[[1]])


class DifferencesView(View):
    """What two programmes, or two countries, declare differently."""

    left: str = Field(description="The id or code of the first.", examples=["xx-harbour"])
    right: str = Field(description="The id or code of the second.", examples=["xx-lighthouse"])
    on: date = Field(description="The business date.", examples=["2025-06-01"])
    differences: list[DifferenceView] = Field(description="Every difference.")
    sources: list[SourceView] = Field(description="The sources.")


class ChangeView(View):
    """Something that is different from a day on."""

    from_: date = Field(alias="from", description="The day.", examples=["2025-01-01"])
    where: list[str] = Field(description="Where it is declared.", examples=[["Harbour money", "rates"]])
    sentence: str = Field(description="All of it in a sentence.", examples=["From 2025-01-01: 2500.00 XTS"])
    sources: list[int] = Field(description="The numbers of the sources.", examples=[[1]])


class ChangesView(View):
    """What changes between two days."""

    name: str = Field(description="The id of the programme, or the code of the country.", examples=["xx-harbour"])
    on: date = Field(description="The first day.", examples=["2024-06-01"])
    and_: date = Field(alias="and", description="The last day.", examples=["2025-06-01"])
    changes: list[ChangeView] = Field(description="Every change, oldest first; then who may enter on each day.")
    sources: list[SourceView] = Field(description="The sources.")


def comparison_view(comparison: Comparison) -> ComparisonView:
    """Return what is shown of a comparison: each topic with its tables and its own numbered sources."""
    return ComparisonView(
        on=comparison.on,
        language=comparison.language,
        programmes=list(comparison.programmes),
        topics={page.topic: _topic(page) for page in comparison.pages},
    )


def _topic(page: ComparisonPage) -> TopicView:
    numbers = Numbers()
    tables = {table.key: _table(table, numbers) for table in page.tables}
    return TopicView(title=page.title, tables=tables, sources=_sources(numbers))


def _table(table: ComparisonTable, numbers: Numbers) -> ComparisonTableView:
    rows = [{key: _cell(cell, numbers) for key, cell in zip(table.columns, row, strict=True)} for row in table.rows]
    return ComparisonTableView(title=table.title, note=table.note, columns=dict(table.columns), rows=rows)


def _cell(cell: ComparisonCell, numbers: Numbers) -> CellView:
    cited = list(numbers.cite(cell))
    if cell.money is None:
        return CellView(text=cell.text, sources=cited)
    return CellView(text=cell.text, amount=str(cell.money), sources=cited)


def differences_view(found: Differences) -> DifferencesView:
    """Return what is shown of the differences of two programmes or countries, with their numbered sources."""
    numbers = Numbers()
    differences = [
        DifferenceView(
            where=list(each.where),
            left=each.left,
            right=each.right,
            sentence=found.sentence(each),
            sources=_cited(each.sources, numbers),
        )
        for each in found.found
    ]
    return DifferencesView(
        left=found.left, right=found.right, on=found.asked.on, differences=differences, sources=_sources(numbers)
    )


def changes_view(found: Changes) -> ChangesView:
    """Return what is shown of the changes between two days, with their numbered sources."""
    numbers = Numbers()
    changes = [
        ChangeView(
            from_=each.day,
            where=list(each.where),
            sentence=found.sentence(each),
            sources=_cited(each.sources, numbers),
        )
        for each in (*found.found, *found.verdicts)
    ]
    return ChangesView(
        name=found.name, on=found.days.start, and_=found.days.end, changes=changes, sources=_sources(numbers)
    )


def _cited(sources: Iterable[Reference], numbers: Numbers) -> list[int]:
    return list(numbers.cite(ComparisonCell("", tuple(sources))))


def _sources(numbers: Numbers) -> list[SourceView]:
    return [_source(number, each) for number, each in enumerate(numbers.sources, start=1)]


def _source(number: int, source: Reference) -> SourceView:
    shown = SourceView(number=number, title=source.title, section=source.section, read=source.read, url=source.url)
    is_read = source.certainty is Certainty.READ
    return shown if is_read else shown.model_copy(update={"certainty": source.certainty})
