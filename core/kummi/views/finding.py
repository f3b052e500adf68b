"""Findings and decisions: what rules say of a case; and a command that fails."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from kummi.errors import Fault
from kummi.message import Message
from kummi.model.facts import FactValue
from kummi.model.rule import Decision, Eligibility, Finding, Result
from kummi.views.base import Say, View, Written, cited

if TYPE_CHECKING:
    from kummi.casework.bulk import Assessed


class FindingView(View):
    """One rule's result for one case."""

    rule: str = Field(description="The id of the rule.", examples=["xx-pathway"])
    result: Result = Field(description="Whether the rule is met; `unknown` is not no.", examples=["not_met"])
    reason: str = Field(description="The rule in words.", examples=["the pathway is one of: resettled on a quota"])
    reference: str = Field(
        description="The sources of the rule.", examples=["Harbour Act, section 5 <https://example.org/act> (2026-11)"]
    )
    settle: str | None = Field(description="What would settle it, where it is not met or unknown.", examples=[None])
    facts: dict[str, FactValue] = Field(
        description="The facts of the case that were used, by name.", examples=[{"pathway": "other_permit"}]
    )


class DecisionView(Written):
    """Who is eligible: all findings of a programme's rules for one case under the law of one day."""

    ref: str = Field(description="The number of the case.", examples=["XX-1"])
    on: date = Field(description="The business date.", examples=["2024-03-01"])
    outcome: Eligibility = Field(description="What the findings come to.", examples=["eligible"])
    ruleset: str = Field(description="A hash of the rules of that day.", examples=["1f869065355d"])
    findings: list[FindingView] = Field(description="One for each rule.")


class AssessedCasesView(Written):
    """How many open cases of a programme come to each outcome; nothing is kept."""

    programme: str = Field(description="The id of the programme.", examples=["xx-harbour"])
    on: date = Field(description="The business date.", examples=["2024-03-01"])
    counts: dict[Eligibility, int] = Field(
        description="The number of cases by outcome.", examples=[{"eligible": 2, "not_eligible": 1, "undetermined": 0}]
    )
    standing_out: dict[str, Eligibility] = Field(
        description="The first cases that are not eligible or undetermined, by number.",
        examples=[{"XX-3": "not_eligible"}],
    )


def finding_view(finding: Finding, say: Say) -> FindingView:
    """Return what is shown of a finding, in the language of ``say``."""
    return FindingView(
        rule=finding.rule,
        result=finding.result,
        reason=say(finding.reason),
        reference=cited(finding.reference, say),
        settle=say(finding.settle) or None,
        facts=dict(finding.facts),
    )


def decision_view(ref: str, decision: Decision, say: Say) -> DecisionView:
    """Return what is shown of a decision, in the language of ``say``."""
    return DecisionView(
        ref=ref,
        on=decision.on,
        outcome=decision.outcome,
        ruleset=decision.ruleset,
        findings=[finding_view(each, say) for each in decision.findings],
    )


def assessed_cases_view(programme: str, on: date, found: Assessed) -> AssessedCasesView:
    """Return what is shown of the decisions of all open cases of a programme."""
    return AssessedCasesView(
        programme=programme,
        on=on,
        counts={Eligibility(each): count for each, count in found.counts.items()},
        standing_out={ref: Eligibility(outcome) for ref, outcome in found.standing_out},
    )


ErrorKind = Literal["refused", "input", "not_found", "plugin", "not_permitted", "conflict", "integrity", "bug"]


class FaultView(View):
    """Something wrong in what was given."""

    where: str = Field(description="The place: an option, a file, row and column.", examples=["--on"])
    message: str = Field(description="What is wrong, and what was expected.", examples=["'soon' is not a date"])


class FailureView(View):
    """A command that failed; nothing was kept.

    `refused`: a rule refuses, exit code 1. `input`, `not_found`, `plugin`: wrong usage or bad input, 2.
    `not_permitted`: 3. `conflict`: someone else was first, try again, 4. `integrity`: the record does not prove, 5.
    `bug`: a bug of ours, 70.
    """

    error: ErrorKind = Field(description="What sort of failure it is.", examples=["refused"])
    exit: int = Field(description="The exit code.", examples=[1])
    message: str = Field(
        description="What is wrong, in words.", examples=["case XX-1 cannot move to 'surveyed' on 2024-03-01"]
    )
    findings: list[FindingView] = Field(default_factory=list, description="For `refused`: what stands against it.")
    faults: list[FaultView] = Field(
        default_factory=list,
        description="For `input`, `not_found`, `plugin`: every fault; not for wrong options.",
    )


def fault_views(faults: Sequence[Fault], say: Say) -> list[FaultView]:
    """Return what is shown of faults, in the language of ``say``."""
    return [
        FaultView(where=say(each.where) if isinstance(each.where, Message) else each.where, message=say(each.message))
        for each in faults
    ]
