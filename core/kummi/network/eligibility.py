"""Who may take part where: each pathway, what closes it, and what is asked of every household."""

from __future__ import annotations

from collections.abc import Iterator

from kummi.model.programme_entry import ProgrammeEntry
from kummi.model.vocabulary import Pathway
from kummi.network.comparison import ComparisonCell, ComparisonTable, Row, merged
from kummi.network.pathways import PathwayView, Verdict, conditions, pathway_view
from kummi.network.selection import Selection, plain


def eligibility_tables(asked: Selection) -> Iterator[ComparisonTable]:
    """Yield the verdict on each pathway, the rules behind it, and the rules that ask the same of everyone."""
    views = {entry.id: _views(asked, entry) for entry in asked.entries}
    columns = {"programme": asked.term("column", "programme")}
    columns |= {pathway.value: asked.term("pathway", pathway) for pathway in Pathway}
    rows = tuple((ComparisonCell(name), *(_verdict(asked, each) for each in of.values())) for name, of in views.items())
    yield ComparisonTable("pathways", asked.term("heading", "pathways"), columns, rows, is_matrix=True)
    reasons = [row for name, of in views.items() for row in _reasons(asked, name, of)]
    yield asked.table("reasons", "programme verdict pathway rule", merged(reasons, 2, 0), is_detail=True)
    asks = [
        (ComparisonCell(entry.id), rule)
        for entry in asked.entries
        for rule in conditions(entry, asked.on, asked.language)
    ]
    yield asked.table("conditions", "programme rule", merged(asks, 0), is_detail=True)


def _views(asked: Selection, entry: ProgrammeEntry) -> dict[Pathway, PathwayView]:
    return {pathway: pathway_view(entry, pathway, asked.on, asked.language) for pathway in Pathway}


def _verdict(asked: Selection, view: PathwayView) -> ComparisonCell:
    return ComparisonCell(asked.term("verdict", view.verdict), view.sources)


def _reasons(asked: Selection, name: str, views: dict[Pathway, PathwayView]) -> Iterator[Row]:
    for pathway, view in views.items():
        for verdict, rules in ((Verdict.CLOSED, view.against), (Verdict.DEPENDS, view.depends_on)):
            for rule in rules:
                yield *plain(name, asked.term("verdict", verdict), asked.term("pathway", pathway)), rule
