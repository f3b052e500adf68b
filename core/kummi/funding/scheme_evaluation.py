"""What one scheme says of one person: covered or not, for how long, at which rate, or what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, TypeVar

from kummi.funding.entitlement_line import Gap
from kummi.funding.paid_periods import PaidPeriod, age_instant, figure
from kummi.i18n.terms import has_term, term
from kummi.message import Message
from kummi.model.case import Person
from kummi.model.criterion import Criterion, EveryMember, Predicate, ResidesIn, SomeMember
from kummi.model.dates import age_on, months_after
from kummi.model.facts import MOVED, MUNICIPALITY, TASK, Facts
from kummi.model.funding import Payee, Pays, Rate, Scheme, Span
from kummi.model.reference import Certainty
from kummi.model.rule import Finding, Result
from kummi.model.text import Text, Translatable
from kummi.rules.decide import decide, finding_of
from kummi.rules.describe import Labels
from kummi.rules.inspect import facts_in, parts_of


class _Conditional(Protocol):
    @property
    def when(self) -> Criterion | None: ...


_C = TypeVar("_C", bound=_Conditional)


@dataclass(frozen=True)
class Conditions:
    """What a paid period comes to: a rate, a gap, a rate without an amount (both), or actual cost (neither).

    ``assumed`` are the readings on which it rests and that no source says outright.
    """

    rate: Rate | None = None
    gap: Gap | None = None
    assumed: tuple[Translatable, ...] = ()


@dataclass(frozen=True)
class SchemeDuration:
    """How long a scheme may pay for a person: ``sure`` at least, ``longest`` at most; ``gap`` says what decides.

    They are the same span, and there is no gap, where nothing is missing.
    """

    longest: Span
    sure: Span | None
    gap: Gap | None = None

    @property
    def span(self) -> Span:
        """The span that a line rests on: the sure one where there is one."""
        return self.sure or self.longest


@dataclass(frozen=True)
class SchemeStart:
    """How a person's period begins: how long it lasts, the day of the start fact, and the first day paid for."""

    lasting: SchemeDuration
    day: date
    first: date


@dataclass(frozen=True)
class SchemeEvaluation:
    """One scheme asked about one person, with all facts of the household."""

    scheme: Scheme
    person: Person
    facts: Facts
    labels: Labels

    def lasting(self) -> SchemeDuration | Gap:
        """Return how long the scheme pays: the first span that is met, or the shortest and longest that may be."""
        possible: list[Span] = []
        unclear: list[Criterion] = []
        for span in self.scheme.spans:
            result = self._decide(span.when, self.facts)
            if result is not Result.NOT_MET:
                possible.append(span)
            if result is Result.MET:
                break
            if result is Result.UNKNOWN and span.when is not None:
                unclear.append(span.when)
        if not possible:
            return self._gap("no_span")
        if not unclear:
            return SchemeDuration(possible[0], possible[0])
        gap = self._lacking("span", unclear, self.facts)
        if len({span.starts for span in possible}) > 1:
            return gap
        surely_one = self._decide(possible[-1].when, self.facts) is Result.MET
        return SchemeDuration(max(possible, key=_length), min(possible, key=_length) if surely_one else None, gap)

    def no_start(self, fact: str) -> Gap:
        """Return the gap of a start that is not known."""
        return self._gap("start", fact)

    def may_concern(self) -> bool:
        """Whether the scheme may be about this person at all, asked on the business date."""
        return self._decide(self.scheme.who, self.facts) is not Result.NOT_MET

    def covers(self, paid: PaidPeriod, start: SchemeStart) -> Result:
        """Decide whether the person is covered in a paid period: it concerns them, as a member of this household."""
        if not self.person.is_member_on((paid.month or paid).first):
            return Result.NOT_MET
        return self.concerns(paid, start)

    def concerns(self, paid: PaidPeriod, start: SchemeStart) -> Result:
        """Decide whether a paid period is about the person, in whatever household; none is before birth, or the law."""
        born = self.person.born
        is_born = born is None or born <= (paid.month or paid).first or self._is_year_of_birth(paid)
        if not self.scheme.is_valid_on(paid.first) or not is_born:
            return Result.NOT_MET
        return self._decide(self.scheme.who, self._facts_in(paid, start))

    def outcome(self, paid: PaidPeriod, start: SchemeStart) -> Conditions | None:
        """Return what a paid period comes to; None where the scheme does not cover the person."""
        covers = self.covers(paid, start)
        if covers is Result.NOT_MET:
            return None
        facts = self._facts_in(paid, start)
        if covers is Result.UNKNOWN:
            return Conditions(gap=self._lacking("who", [self.scheme.who], facts))
        if self._is_year_of_birth(paid):
            return Conditions(gap=self._gap("born_in_year"))
        if self.scheme.years_from and self._year(paid) is None:
            return Conditions(gap=self.no_start(self.scheme.years_from))
        found = Conditions() if self.scheme.pays is Pays.ACTUAL_COST else self._rated(self._valid(paid, start), facts)
        return replace(found, assumed=tuple(dict.fromkeys(self._assumed(found, paid, start, facts))))

    def needs(self, on: date) -> tuple[Finding, ...]:
        """Return the payee's preconditions that are not met, or not known, on a day.

        What is done later than that day is not met; a task that nobody has recorded may still be done.
        """
        facts = replace(self.facts, on=on)
        asked = (finding_of(rule, facts) for rule in self.scheme.needs if rule.is_valid_on(on))
        found = (_not_yet(finding) for finding in asked if finding is not None)
        return tuple(finding for finding in found if finding.result is not Result.MET)

    def payee_title(self, paid: PaidPeriod, start: SchemeStart) -> Translatable:
        """Name who is paid for a period; of a household that moved, with the municipality of the time.

        An instalment that has a payee of its own goes to the one where the period began.
        """
        title = paid.payee_title or self.scheme.payee_title
        if not self.scheme.payee.is_of_place or not self.facts.moves:
            return title
        day = start.day if paid.payee_title else self._residence_day(paid, start)
        place = self.facts.timelines[MUNICIPALITY].on(day)
        if place is None:
            return title
        which = "of_place" if self.scheme.payee is Payee.MUNICIPALITY else "around_place"
        return term("payee", which, payee=title, place=self.facts.places.title(str(place)))

    def _is_year_of_birth(self, paid: PaidPeriod) -> bool:
        """Whether a calendar year that is paid as one begins before or on the day of the person's birth in it."""
        is_one = self.scheme.pays is Pays.CALENDAR_YEARS
        return is_one and self.person.born is not None and paid.first <= self.person.born <= paid.last

    def _residence_day(self, paid: PaidPeriod, start: SchemeStart) -> date:
        """Return the day whose municipality counts: that on which the age is read, if it is read before the payment."""
        if self.scheme.age_at == "month_before_end" and self.scheme.starts != MOVED and not paid.month:
            return age_instant(self.scheme, start.first, paid)
        return paid.first

    def _valid(self, paid: PaidPeriod, start: SchemeStart) -> list[Rate]:
        match self.scheme.rate_on:
            case "start":
                day = start.day
            case "year_start":
                day = months_after(start.first, 12 * (paid.year - 1))
            case _:
                day = paid.first
        year = self._year(paid) or 0
        return [rate for rate in self.scheme.rates if rate.is_valid_on(day) and rate.is_for_year(year)]

    def _year(self, paid: PaidPeriod) -> int | None:
        """Return the ordinal year of a paid period; None where the day that years are counted from is not known."""
        if self.scheme.years_from is None:
            return paid.year
        day = self.facts.get(self.scheme.years_from)
        return age_on(day, paid.first) + 1 if isinstance(day, date) else None

    def _assumed(self, found: Conditions, paid: PaidPeriod, start: SchemeStart, facts: Facts) -> Iterator[Translatable]:
        """Yield the readings on which an amount rests and that no source says outright."""
        if found.gap:
            return
        for each in self.scheme.assumes:
            if each.is_about(paid.first, paid.last) and self._decide(each.when, facts) is not Result.NOT_MET:
                yield each.text
        for reference in (*(found.rate.reference if found.rate else ()), *start.lasting.span.reference):
            if reference.certainty is Certainty.ASSUMED:
                yield Text.model_validate(reference.note or str(reference))
        if paid.month and self.scheme.rate_on is None:
            yield Message(
                "how the law divides a month in which rate or payee changes was not read: divided by its days"
            )
        if self.scheme.payee.is_of_place and any(paid.first < day <= paid.last for day in self.facts.moves):
            yield Message(
                "how a payment is shared when the household moves was not read: the municipality of the first day"
            )

    def _rated(self, valid: Sequence[Rate], facts: Facts) -> Conditions:
        if not valid:
            return Conditions(gap=self._gap("no_rate"))
        rate, unclear = self._first_met(valid, facts)
        if rate is None:
            return Conditions(gap=self._lacking("rate", [unclear], facts) if unclear else self._gap("no_rate_here"))
        return Conditions(rate, None if rate.amount is not None else self._unsettled(rate))

    def _unsettled(self, rate: Rate) -> Gap:
        if not rate.disputed:
            return self._gap("no_amount")
        return Gap(term("gap", "disputed", amounts=" / ".join(map(figure, rate.disputed))))

    def _facts_in(self, paid: PaidPeriod, start: SchemeStart) -> Facts:
        facts = replace(self.facts, on=age_instant(self.scheme, start.first, paid))
        return facts.residing_as_on(paid.first) if paid.month else facts

    def _decide(self, criterion: Criterion | None, facts: Facts) -> Result:
        return Result.MET if criterion is None else decide(criterion, facts)

    def _first_met(self, choices: Sequence[_C], facts: Facts) -> tuple[_C | None, Criterion | None]:
        """Return the first choice that is met, or else the condition that cannot be decided before it."""
        for each in choices:
            match self._decide(each.when, facts):
                case Result.MET:
                    return each, None
                case Result.UNKNOWN:
                    return None, each.when
        return None, None

    def _lacking(self, key: str, criteria: Sequence[Criterion | None], facts: Facts) -> Gap:
        known = [criterion for criterion in criteria if criterion is not None]
        return self._gap(key, *dict.fromkeys(fact for each in known for fact in missing_facts(each, facts)))

    def _gap(self, key: str, *missing: str) -> Gap:
        return Gap(term("gap", key, facts=missing_in_words(missing, self.labels)), missing)


def _length(span: Span) -> date:
    """Return what spans are ordered by: the day on which they end if they all begin on the same one."""
    return span.lasts.after(date(2001, 1, 1))


def _not_yet(finding: Finding) -> Finding:
    open_task = any(name.startswith(TASK) and day is None for name, day in finding.facts.items())
    return replace(finding, result=Result.UNKNOWN) if finding.result is Result.NOT_MET and open_task else finding


def missing_facts(criterion: Criterion, facts: Facts) -> tuple[str, ...]:
    """Return the names of the facts for want of which a criterion is unknown, each once.

    What a plugin's own code asks has no name; it is returned as the plugin says it.
    """
    return tuple(dict.fromkeys(_missing(criterion, facts)))


def missing_in_words(names: Sequence[str], labels: Labels) -> tuple[Translatable, ...] | str:
    """Return the names of facts as they are shown; a dash for none."""
    return tuple(labels(name) for name in names) or "-"


def plain_label(name: str) -> Translatable:
    """Return the name of one of core's own facts; a fact of a programme is shown as it is written."""
    return term("fact", name) if has_term("fact", name) else Text.model_validate(name)


def _missing(criterion: Criterion, facts: Facts) -> Iterator[str]:
    if decide(criterion, facts) is not Result.UNKNOWN:
        return
    about = [facts]
    if isinstance(criterion, SomeMember | EveryMember):
        about = [facts.about(member) for member in facts.members]
    for part in parts_of(criterion):
        for each in about:
            yield from _missing(part, each)
    match criterion:
        case ResidesIn():
            yield MUNICIPALITY
        case Predicate(says=says):
            yield says
        case _ if not parts_of(criterion):
            yield from (name for name in facts_in(criterion) if facts.get(name) is None)
