"""Rules, and what they say of one case: findings and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pydantic import Field

from kummi.model.base import Declared, Frozen, Key, Origin
from kummi.model.criterion import Criterion, implication
from kummi.model.dates import Dated
from kummi.model.facts import FactValue
from kummi.model.reference import Reference, References
from kummi.model.text import Text, Translatable


class Settlement(Frozen):
    """What would settle a rule that is not met or unknown: which document, from whom."""

    document: Text
    from_: Text = Field(alias="from")


class Rule(Declared, Dated):
    """What must hold of a case, from one day to another.

    ``text`` states the rule so that its opposite is the reason for a refusal. ``when`` says whom it is about: where it
    is not met the rule does not apply. ``for`` limits it to some programmes of the country; empty means all of them.
    """

    id: Key
    text: Text
    when: Criterion | None = None
    require: Criterion
    settled_by: Settlement | None = None
    reference: References = Field(min_length=1)
    for_: tuple[Key, ...] = Field(default=(), alias="for")

    @property
    def whole(self) -> Criterion:
        """The rule as one criterion: it does not apply, or what it requires is met."""
        return implication(self.when, self.require)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A criterion that must be met for something to be open, and whether that is open while the answer is unknown."""

    criterion: Criterion
    open_while_unknown: bool = False


class Result(StrEnum):
    """Three values: unknown is not no."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Eligibility(StrEnum):
    """What the findings of all eligibility rules come to."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True)
class Finding:
    """One rule's result for one case.

    ``reason`` says the rule in words; ``settle`` what would settle it, for a rule that is not met or unknown;
    ``facts`` the facts that were used (never a person's).
    """

    rule: str
    result: Result
    reason: Translatable
    reference: tuple[Reference, ...] = ()
    settle: Translatable | None = None
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    origin: Origin | None = None


@dataclass(frozen=True)
class Decision:
    """All findings of a programme's eligibility rules for one case on one day.

    ``ruleset`` is the content hash of the rules that were asked, so that a later reader knows which law it was.
    """

    on: date
    ruleset: str
    findings: tuple[Finding, ...]

    @property
    def outcome(self) -> Eligibility:
        """Eligible when every finding is met, not eligible when one is not, else undetermined."""
        results = {finding.result for finding in self.findings}
        if Result.NOT_MET in results:
            return Eligibility.NOT_ELIGIBLE
        if Result.UNKNOWN in results:
            return Eligibility.UNDETERMINED
        return Eligibility.ELIGIBLE
