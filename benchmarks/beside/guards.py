"""The rules of the way as plain Python, as short as one can write them: for everything that is not Kummi."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from benchmarks.harbour import ON, PROGRAMME, catalogue

WORKFLOW = catalogue().programme(PROGRAMME).workflow
"""The workflow that all of them are built from: its stages and all its moves, not only those that are taken."""

STAGES = (*(stage.id for stage in WORKFLOW.stages), "on_hold")
_REQUIRED: dict[str, list[str]] = {
    stage.id: [task.id for task in stage.tasks if task.required] for stage in WORKFLOW.stages
}
_TAKE_PART = catalogue().programme(PROGRAMME).places.takes_part
_OF_PATHWAY = {"berth-decision": ("resettled", "asylum")}


def moves() -> list[tuple[str, str, str]]:
    """Return every move: from where, to where, and its name; and the holds, which Kummi has by itself."""
    found = []
    for stage in WORKFLOW.stages:
        found += [
            (stage.id, move.to, _name(f"end_{move.outcome}" if move.outcome else f"to_{move.to}"))
            for move in WORKFLOW.moves_from(stage.id)
        ]
        if stage.id != "closed":
            found += [(stage.id, "on_hold", "hold"), ("on_hold", stage.id, _name(f"resume_{stage.id}"))]
    return found


def _name(text: str) -> str:
    return text.replace("-", "_")


def reasons_against(stage: str, to: str, case: Mapping[str, Any], on: date = ON) -> list[str]:
    """Return why a case may not leave a stage for another; ``tasks`` of the case are as they are stored."""
    tasks = case["tasks"]
    if stage == "on_hold" or to == "on_hold" or (to == "closed" and stage != "landing"):
        return []
    found = [
        f"{task} is not done"
        for task in _REQUIRED[stage]
        if task not in tasks and case["pathway"] in _OF_PATHWAY.get(task, (case["pathway"],))
    ]
    if STAGES.index(to) > STAGES.index("outfitting") and "consent" not in tasks:
        found.append("no consent")
    if to in ("gangway", "sailing") and not _is_cleared(tasks.get("crew-cleared"), on):
        found.append("no clearance")
    if case["held_since"]:
        found.append("on hold")
    return found + _not_eligible(case, on) if to == "outfitting" else found


def _is_cleared(record: Mapping[str, str] | None, on: date) -> bool:
    return record is not None and on <= _years_after(record["on"], 1)


def _not_eligible(case: Mapping[str, Any], on: date) -> list[str]:
    found = []
    if case["pathway"] not in ("resettled", "asylum", "family_reunification", "unaccompanied_minor"):
        found.append("pathway")
    if not case["permit_held"]:
        found.append("permit")
    if case["municipality"] not in _TAKE_PART:
        found.append("municipality")
    if case["permit_granted"] is None or on > _years_after(case["permit_granted"], 3):
        found.append("three years")
    return found


def _years_after(day: str | date, years: int) -> date:
    start = date.fromisoformat(day) if isinstance(day, str) else day
    return start.replace(year=start.year + years)


def event_of(case: Mapping[str, Any], to: str) -> dict[str, Any]:
    """Return the event of a move, chained to the last one by its hash."""
    at = datetime.now(UTC).isoformat()
    data = json.dumps({"from": case["stage"], "to": to})
    record = json.dumps([case["head"], case["id"], case["seq"] + 1, "advanced", ON.isoformat(), at, "bench", data])
    return {
        "stream_kind": "case",
        "stream_id": case["id"],
        "seq": case["seq"] + 1,
        "kind": "advanced",
        "version": 1,
        "action": f"{case['id']:026x}{case['seq']:06x}",
        "happened_on": ON.isoformat(),
        "recorded_at": at,
        "actor": "bench",
        "programme": case["programme"],
        "data": data,
        "hash": hashlib.sha256(record.encode()).hexdigest(),
    }
