"""The answer to entry: the programme's rules, and its window for a case that has not entered yet.

A case enters with the step into preparation. From then on it stays under its own law, also after the window; that it
can be neither matched nor introduced any more is a finding of those moves (``kummi.lifecycle.moves``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, case

from kummi.casework.context import LoadedCase
from kummi.lifecycle.moves import outside_window
from kummi.model.decision import Decision, Eligibility, Finding
from kummi.model.vocabulary import Phase
from kummi.rules.compile_sql import eligibility_case
from kummi.rules.decide import decide_all, findings_of
from kummi.store.fact_columns import case_columns
from kummi.store.tables import cases

if TYPE_CHECKING:
    from kummi.catalogue.catalogue import ProgrammeEntry

ENTERING = (Phase.REFERRAL, Phase.ASSESSMENT)
"""The phases of a case that has not entered yet."""


def decision_on_entry(loaded: LoadedCase) -> Decision:
    """Decide whether a household may enter, or could stay, with the hash of the rules that are law that day."""
    entry = loaded.entry
    decision = decide_all(entry.rules, loaded.facts, entry.places)
    return replace(decision, findings=(*_on_window(loaded), *decision.findings))


def findings_on_entry(loaded: LoadedCase) -> tuple[Finding, ...]:
    """Return the findings of ``decision_on_entry`` without the cost of the hash."""
    entry = loaded.entry
    return (*_on_window(loaded), *findings_of(entry.rules, loaded.facts, entry.places))


def outcome_on_entry(entry: ProgrammeEntry, on: date) -> ColumnElement[str]:
    """Return the outcome of ``decision_on_entry`` as an expression over all cases.

    Raises:
        NotCompilableError: A rule holds a Python predicate; the error names the rule.
    """
    verdict = eligibility_case(entry.rules, on, entry.places, case_columns(on, entry.programme.fields))
    if entry.programme.window.contains(on):
        return verdict
    return case((cases.c.phase.in_(list(ENTERING)), str(Eligibility.NOT_ELIGIBLE)), else_=verdict)


def _on_window(loaded: LoadedCase) -> tuple[Finding, ...]:
    outside = outside_window(loaded.entry.programme, loaded.facts.on) if loaded.case.phase in ENTERING else None
    return (outside,) if outside else ()
