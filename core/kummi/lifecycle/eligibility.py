"""Who may enter a programme: its rules, its status, and its window for a case that has not entered yet.

A case enters with the step into preparation. From then on it stays under its own law, also after the window; that it
can be neither matched nor introduced any more is a finding of those moves (``kummi.lifecycle.moves``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kummi.errors import RefusedError
from kummi.i18n.terms import term
from kummi.lifecycle.workflow_index import ENTERING_PHASES
from kummi.message import Message
from kummi.model.case import LoadedCase
from kummi.model.programme import Programme, ProgrammeEntry
from kummi.model.rule import Decision, Finding, Result
from kummi.model.vocabulary import Phase
from kummi.rules.decide import decide_all, findings_of


def decision_on_entry(loaded: LoadedCase) -> Decision:
    """Decide whether a household may enter, or could stay, with the hash of the rules that are law that day."""
    entry = loaded.programme
    decision = decide_all(entry.rules, loaded.facts)
    return replace(decision, findings=(*_on_window(loaded), *decision.findings))


def findings_on_entry(loaded: LoadedCase) -> tuple[Finding, ...]:
    """Return the findings of ``decision_on_entry`` without the cost of the hash."""
    entry = loaded.programme
    return (*_on_window(loaded), *findings_of(entry.rules, loaded.facts))


def _on_window(loaded: LoadedCase) -> tuple[Finding, ...]:
    entering = loaded.case.phase in ENTERING_PHASES
    outside = outside_window(loaded.programme.programme, loaded.facts.on) if entering else None
    return (outside,) if outside else ()


def asks_eligibility(phase: Phase, to: Phase) -> bool:
    """Whether a move needs the findings of the eligibility rules: only the one that enters preparation does."""
    return phase is Phase.ASSESSMENT and to is Phase.PREPARATION


def must_take_households(entry: ProgrammeEntry, on: date, *, rehearse: bool = False) -> None:
    """Refuse a household on a day on which its programme takes none. Raises RefusedError with every reason."""
    if against := _against_households(entry, on, rehearse=rehearse):
        raise RefusedError(Message("{id} cannot take a household on {on}", id=entry.id, on=on), against)


def _against_households(entry: ProgrammeEntry, on: date, *, rehearse: bool) -> list[Finding]:
    programme, found = entry.programme, []
    if not programme.status.takes_cases and not rehearse:
        since = programme.standing.since or ", ".join(sorted({each.read for each in programme.standing.reference}))
        reason = Message(
            "the programme is {status} and takes no cases (as of {since})",
            status=term("status", programme.status),
            since=since,
        )
        settle = Message("rehearse it instead: case open with --rehearse")
        references = programme.standing.reference
        found.append(Finding("programme-status", Result.NOT_MET, reason, references, settle, {}, programme.origin))
    if outside := outside_window(programme, on):
        found.append(outside)
    return found


def outside_window(programme: Programme, on: date) -> Finding | None:
    """Return the finding that nobody may enter on a day, since it lies outside the window; None within it."""
    window = programme.window
    if window.contains(on):
        return None
    reason = Message(
        "the programme runs from {start} to {end}; {day} is outside",
        start=window.start or "…",
        end=window.end or "…",
        day=on,
    )
    return Finding("programme-window", Result.NOT_MET, reason, window.reference, None, {"on": on}, programme.origin)
