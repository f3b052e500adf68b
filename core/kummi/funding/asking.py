"""What one scheme says of one person: covered or not, for how long, at which rate, or what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, TypeVar

from kummi.funding.arithmetic import figure
from kummi.funding.entitlement import Gap
from kummi.funding.missing import missing_facts, said
from kummi.funding.periods import PaidPeriod, age_instant
from kummi.model.case import Person
from kummi.model.criterion import Criterion
from kummi.model.decision import Finding, Result
from kummi.model.facts import Facts
from kummi.model.funding import Pays, Rate, Scheme, Span
from kummi.model.places import Places
from kummi.model.words import Words
from kummi.rules.decide import decide, finding_of
from kummi.rules.say import Labels


class _Conditional(Protocol):
    @property
    def when(self) -> Criterion | None: ...


_C = TypeVar("_C", bound=_Conditional)


@dataclass(frozen=True)
class Outcome:
    """What a paid period comes to: a rate, a gap, a rate without an amount (both), or actual cost (neither)."""

    rate: Rate | None = None
    gap: Gap | None = None


@dataclass(frozen=True)
class Start:
    """How a person's period begins: the span that counts, the day of the start fact, and the first day paid for."""

    span: Span
    day: date
    first: date


@dataclass(frozen=True)
class Asking:
    """One scheme asked about one person, with all facts of the household."""

    scheme: Scheme
    person: Person
    facts: Facts
    places: Places
    words: Words
    labels: Labels

    def span(self) -> Span | Gap:
        """Return the first span that is met, or why it cannot be told."""
        span, unclear = self._first_met(self.scheme.spans, self.facts)
        if span is not None:
            return span
        return self._lacking("span", unclear, self.facts) if unclear else self._gap("no_span")

    def no_start(self, fact: str) -> Gap:
        """Return the gap of a start that is not known."""
        return self._gap("start", fact)

    def may_concern(self) -> bool:
        """Whether the scheme may be about this person at all, asked on the business date."""
        return self._decide(self.scheme.who, self.facts) is not Result.NOT_MET

    def covers(self, paid: PaidPeriod, start: Start) -> Result:
        """Decide whether the person is covered in a paid period; before birth nobody is."""
        if self.person.born and paid.first < self.person.born:
            return Result.NOT_MET
        return self._decide(self.scheme.who, self._facts_in(paid, start))

    def outcome(self, paid: PaidPeriod, start: Start) -> Outcome | None:
        """Return what a paid period comes to; None where the scheme does not cover the person."""
        covers = self.covers(paid, start)
        if covers is Result.NOT_MET:
            return None
        facts = self._facts_in(paid, start)
        if covers is Result.UNKNOWN:
            return Outcome(gap=self._lacking("who", self.scheme.who, facts))
        if self.scheme.pays is Pays.ACTUAL_COST:
            return Outcome()
        day = start.day if self.scheme.rate_on == "start" else paid.first
        valid = [rate for rate in self.scheme.rates if rate.is_valid_on(day) and rate.year in (None, paid.year)]
        return self._rated(valid, facts)

    def needs(self, on: date) -> tuple[Finding, ...]:
        """Return the payee's preconditions that are not met, or not known, on a day."""
        facts = replace(self.facts, on=on)
        asked = (finding_of(rule, facts, self.places, self.words) for rule in self.scheme.needs if rule.is_valid_on(on))
        return tuple(finding for finding in asked if finding is not None and finding.result is not Result.MET)

    def _rated(self, valid: Sequence[Rate], facts: Facts) -> Outcome:
        if not valid:
            return Outcome(gap=self._gap("no_rate"))
        rate, unclear = self._first_met(valid, facts)
        if rate is None:
            return Outcome(gap=self._lacking("rate", unclear, facts) if unclear else self._gap("no_rate_here"))
        return Outcome(rate, None if rate.amount is not None else self._unsettled(rate))

    def _unsettled(self, rate: Rate) -> Gap:
        if not rate.disputed:
            return self._gap("no_amount")
        return Gap(self.words.text("funding.gap.disputed", amounts=" / ".join(map(figure, rate.disputed))))

    def _facts_in(self, paid: PaidPeriod, start: Start) -> Facts:
        return replace(self.facts, on=age_instant(self.scheme, start.first, paid))

    def _decide(self, criterion: Criterion | None, facts: Facts) -> Result:
        return Result.MET if criterion is None else decide(criterion, facts, self.places)

    def _first_met(self, choices: Sequence[_C], facts: Facts) -> tuple[_C | None, Criterion | None]:
        """Return the first choice that is met, or else the condition that cannot be decided before it."""
        for each in choices:
            match self._decide(each.when, facts):
                case Result.MET:
                    return each, None
                case Result.UNKNOWN:
                    return None, each.when
        return None, None

    def _lacking(self, key: str, criterion: Criterion | None, facts: Facts) -> Gap:
        return self._gap(key, *(missing_facts(criterion, facts, self.places) if criterion else ()))

    def _gap(self, key: str, *missing: str) -> Gap:
        return Gap(self.words.text(f"funding.gap.{key}", facts=said(missing, self.words, self.labels)), missing)
