"""The answer to entry: the programme's rules, and its window for a case that has not entered yet.

A case enters with the step into preparation. From then on it stays under its own law, also after the window; that it
can be neither matched nor introduced any more is a finding of those moves (``kummi.lifecycle.moves``).
"""

from __future__ import annotations

from dataclasses import replace

from kummi.lifecycle.moves import outside_window
from kummi.lifecycle.workflow_index import ENTERING_PHASES
from kummi.model.loaded_case import LoadedCase
from kummi.model.rule import Decision, Finding
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
