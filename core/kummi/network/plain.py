"""A comparison as plain values, ready for JSON."""

from __future__ import annotations

from typing import Any

from kummi.model.reference import Certainty, Reference
from kummi.network.comparison import Cell, Comparison, MoneyView, PathwayView, ProgrammeView


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as plain values: ISO dates, amounts as strings with currency, sources in every cell."""
    return {
        "on": comparison.on.isoformat(),
        "language": comparison.language,
        "programmes": [_programme(each) for each in comparison.programmes],
        "money": [_money(each) for each in comparison.money],
        "totals": [
            {
                "country": each.country,
                "place": each.place or None,
                "pathway": each.pathway.value,
                "person": each.person.value,
                "payee": each.payee.value,
                "payee_title": each.payee_title,
                "known": str(each.known) if each.known else None,
                "if_conditions_hold": str(each.if_conditions_hold) if each.if_conditions_hold else None,
                "assumed": str(each.assumed) if each.assumed else None,
                "not_known": each.not_known,
            }
            for each in comparison.totals
        ],
        "duties": [
            {
                "country": each.country,
                "programmes": list(each.programmes),
                "title": _cell(each.title),
                "who": each.who,
                "receiver": each.receiver,
                "due": each.due,
            }
            for each in comparison.duties
        ],
    }


def _programme(view: ProgrammeView) -> dict[str, Any]:
    return {
        "id": view.id,
        "country": view.country,
        "title": _cell(view.title),
        "owner": _cell(view.owner),
        "status": {"is": view.status.value, **_cell(view.standing)},
        "window": _cell(view.window),
        "runs": view.runs,
        "stages": {phase.value: [_cell(each) for each in cells] for phase, cells in view.stages.items()},
        "pathways": {pathway.value: _pathway(each) for pathway, each in view.pathways.items()},
        "conditions": [_cell(each) for each in view.conditions],
    }


def _pathway(view: PathwayView) -> dict[str, Any]:
    return {
        "verdict": view.verdict.value,
        "against": [_cell(each) for each in view.against],
        "depends_on": [_cell(each) for each in view.depends_on],
        "met": [_cell(each) for each in view.met],
    }


def _money(view: MoneyView) -> dict[str, Any]:
    return {
        "country": view.country,
        "place": view.place or None,
        "pathway": view.pathway.value,
        "person": view.person.value,
        "scheme": view.scheme,
        "title": _cell(view.title),
        "payee": view.payee.value,
        "payee_title": view.payee_title,
        "if_it_happens": view.if_it_happens,
        "standing": view.standing.value,
        "amount": str(view.amount) if view.amount else None,
        "how": _cell(view.how),
        "gaps": list(view.gaps),
        "because": list(view.because),
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {"text": cell.text, "sources": [_source(each) for each in cell.sources]}


def _source(source: Reference) -> dict[str, Any]:
    doubt = {} if source.certainty is Certainty.READ else {"certainty": source.certainty.value}
    return {"title": source.title, "section": source.section, "read": source.read, "url": source.url, **doubt}
