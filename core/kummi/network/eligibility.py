"""Who may take part where: each pathway, what closes it, and what is asked of every household."""

from __future__ import annotations

from collections.abc import Iterator

from kummi.catalogue.catalogue import ProgrammeEntry
from kummi.model.vocabulary import Pathway
from kummi.network.asked import Asked, plain
from kummi.network.comparison import Cell, Row, Table, merged
from kummi.network.pathways import PathwayView, Verdict, conditions, pathway_view


def eligibility_tables(asked: Asked) -> Iterator[Table]:
    """Yield the verdict on each pathway, the rules behind it, and the rules that ask the same of everyone."""
    views = {entry.id: _views(asked, entry) for entry in asked.entries}
    columns = {"programme": asked.say("network.programme")}
    columns |= {pathway.value: asked.say(f"pathway.{pathway}") for pathway in Pathway}
    rows = tuple((Cell(name), *(_verdict(asked, each) for each in of.values())) for name, of in views.items())
    yield Table("pathways", asked.say("network.pathways"), columns, rows, is_matrix=True)
    reasons = [row for name, of in views.items() for row in _reasons(asked, name, of)]
    yield asked.table("reasons", "programme verdict pathway rule", merged(reasons, 2, 0), is_detail=True)
    asks = [(Cell(entry.id), rule) for entry in asked.entries for rule in conditions(entry, asked.on, asked.language)]
    yield asked.table("conditions", "programme rule", merged(asks, 0), is_detail=True)


def _views(asked: Asked, entry: ProgrammeEntry) -> dict[Pathway, PathwayView]:
    return {pathway: pathway_view(entry, pathway, asked.on, asked.language) for pathway in Pathway}


def _verdict(asked: Asked, view: PathwayView) -> Cell:
    return Cell(asked.say(f"verdict.{view.verdict}"), view.sources)


def _reasons(asked: Asked, name: str, views: dict[Pathway, PathwayView]) -> Iterator[Row]:
    for pathway, view in views.items():
        for verdict, rules in ((Verdict.CLOSED, view.against), (Verdict.DEPENDS, view.depends_on)):
            for rule in rules:
                yield *plain(name, asked.say(f"verdict.{verdict}"), asked.say(f"pathway.{pathway}")), rule
