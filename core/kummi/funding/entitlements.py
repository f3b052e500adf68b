"""What each person of a household is worth to whom, with the arithmetic, its sources and its gaps.

A line holds what can be computed from a rate that is valid for its date, or else says
what is missing; a missing amount is never zero and an older rate is never carried over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import groupby, islice, takewhile

from kummi.funding.entitlement_line import Entitlement, Gap
from kummi.funding.paid_periods import (
    PaidPeriod,
    actual_cost_in_words,
    amount_in_words,
    amount_of,
    paid_periods,
    parts_of_month,
    starting_day,
)
from kummi.funding.scheme_evaluation import Conditions, SchemeDuration, SchemeEvaluation, SchemeStart, plain_label
from kummi.message import Message
from kummi.model.case import LoadedCase, Person
from kummi.model.dates import Period
from kummi.model.facts import MOVED, Facts
from kummi.model.funding import Pays, Scheme, Span
from kummi.model.rule import Result
from kummi.model.vocabulary import NOT_COUNTED
from kummi.rules.describe import Labels, labels_of


def entitlements_of(loaded: LoadedCase, period: Period) -> tuple[Entitlement, ...]:
    """Return every line of a case, as ``entitlements`` does; none of one that counts nowhere."""
    if loaded.facts.get("outcome") in NOT_COUNTED:
        return ()
    entry = loaded.programme
    labels = labels_of(entry.programme, entry.tasks)
    return entitlements(entry.schemes, loaded.facts, loaded.persons, entry.country.currency, period, labels=labels)


def entitlements(
    schemes: Sequence[Scheme],
    facts: Facts,
    persons: Sequence[Person],
    currency: str,
    period: Period,
    *,
    labels: Labels | None = None,
) -> tuple[Entitlement, ...]:
    """Return every line of a household for the days of a period.

    ``persons`` are those of ``facts.persons``, in the same order. A month, or the part of one in which a rate
    holds, counts whole if its first day lies in the window; so does a day, a share, a single payment, and a calendar
    year by its day of payment. Amounts are rounded once per line, half up to two decimals: where a window is cut in
    two, the parts add up to the whole within 0.01 for each line that is cut. ``labels`` names the facts that gaps
    speak of.
    """
    named = labels or plain_label
    return tuple(
        line
        for person, about in zip(persons, facts.persons, strict=True)
        for scheme in schemes
        for line in _lines(SchemeEvaluation(scheme, person, facts.about(about), named), currency, period)
    )


def _lines(evaluation: SchemeEvaluation, currency: str, period: Period) -> Iterator[Entitlement]:
    """Yield the lines of one scheme for one person."""
    if not evaluation.scheme.is_computed:
        return
    for each in _each_start(evaluation):
        begun = _start(each)
        if isinstance(begun, SchemeStart):
            for run, outcome in _runs(each, begun, period):
                yield _line(each, currency, begun, run, outcome)
        elif begun is not None and each.may_concern():
            yield Entitlement(each.person.number, each.scheme, None, None, currency, each.scheme.payee_title, gap=begun)


def _each_start(evaluation: SchemeEvaluation) -> Iterator[SchemeEvaluation]:
    """Yield the scheme asked once, and of one that a move starts, asked on the day of each move."""
    if evaluation.scheme.starts != MOVED:
        yield evaluation
        return
    for day in evaluation.facts.moves:
        yield replace(evaluation, facts=replace(evaluation.facts, on=day))


def _start(evaluation: SchemeEvaluation) -> SchemeStart | Gap | None:
    """Return how the person's period begins, why that is not known, or None where it may never begin."""
    scheme, lasting = evaluation.scheme, evaluation.lasting()
    fact = (isinstance(lasting, SchemeDuration) and lasting.longest.starts) or scheme.starts or ""
    day = evaluation.facts.get(fact)
    if not isinstance(day, date):
        return None if scheme.may_never_start else evaluation.no_start(fact)
    own = evaluation.person.entered_on
    if own is not None and not scheme.may_never_start:  # who came later begins then; what somebody did has its own day
        day = max(day, own)
    return lasting if isinstance(lasting, Gap) else SchemeStart(lasting, day, starting_day(scheme, day))


def _runs(
    evaluation: SchemeEvaluation, begun: SchemeStart, period: Period
) -> Iterator[tuple[tuple[PaidPeriod, ...], Conditions]]:
    """Yield the paid periods in the window, those that follow each other and come to the same joined together."""
    until_end = takewhile(lambda pair: pair[0].first <= period.end, _paid(evaluation, begun))
    asked = (
        each for paid, gap in until_end for each in _parts(evaluation, begun, paid, gap) if each[0].first <= period.end
    )
    inside = (each for each in asked if period.start <= each[0].first)
    for (outcome, *_), run in groupby(inside, lambda pair: (pair[1], *_apart(evaluation, begun, *pair))):
        if outcome is not None:
            yield tuple(paid for paid, _ in run), outcome


def _paid(evaluation: SchemeEvaluation, begun: SchemeStart) -> Iterator[tuple[PaidPeriod, Gap | None]]:
    """Yield what is paid in the longest duration that may be, with the gap of what goes beyond the one that is sure."""
    scheme, lasting = evaluation.scheme, begun.lasting
    sure = sum(1 for _ in paid_periods(scheme, begun.first, lasting.sure.lasts)) if lasting.gap and lasting.sure else 0
    paid = enumerate(paid_periods(scheme, begun.first, lasting.longest.lasts))
    marked = ((each, lasting.gap if number >= sure else None) for number, each in paid)
    if scheme.pays is not Pays.FIRST_TIME:
        return marked
    # The first time is that of the person, also where it was in the household of another case: it comes once.
    about = ((each, gap) for each, gap in marked if evaluation.concerns(each, begun) is not Result.NOT_MET)
    return ((replace(each, last=each.first), gap) for each, gap in islice(about, 1))


def _parts(
    evaluation: SchemeEvaluation, begun: SchemeStart, paid: PaidPeriod, gap: Gap | None
) -> list[tuple[PaidPeriod, Conditions | None]]:
    """Return what a paid period comes to, cut where a change of rate, or of the payee, makes a difference."""
    if gap is not None:
        covered = evaluation.covers(paid, begun) is not Result.NOT_MET
        return [(paid, Conditions(gap=gap) if covered else None)]
    moves = evaluation.facts.moves if evaluation.scheme.payee.is_of_place else ()
    parts = [(part, evaluation.outcome(part, begun)) for part in parts_of_month(evaluation.scheme, paid, moves)]
    worth = [
        outcome and (outcome.gap, outcome.rate and outcome.rate.amount, evaluation.payee_title(part, begun))
        for part, outcome in parts
    ]
    is_cut = any(each != worth[0] for each in worth)
    return parts if is_cut or len(parts) == 1 else [(paid, evaluation.outcome(paid, begun))]


def _apart(
    evaluation: SchemeEvaluation, begun: SchemeStart, paid: PaidPeriod, outcome: Conditions | None
) -> tuple[object, ...]:
    """Return what keeps a paid period out of the line before it though it comes to the same."""
    pays, payee = evaluation.scheme.pays, evaluation.payee_title(paid, begun)
    known = outcome is not None and outcome.gap is None
    if pays in (Pays.INSTALMENTS, Pays.CALENDAR_YEARS) or (paid.month and known):
        return (payee, paid.first)
    return (payee, paid.year if pays is Pays.PER_YEAR and known else None)


def _line(
    evaluation: SchemeEvaluation, currency: str, begun: SchemeStart, run: Sequence[PaidPeriod], outcome: Conditions
) -> Entitlement:
    scheme, first, last = evaluation.scheme, run[0].first, run[-1].last
    span = begun.lasting.span
    needs = evaluation.needs(last)
    amount, computed = _worth(evaluation, run, outcome, span)
    return Entitlement(
        person=evaluation.person.number,
        scheme=scheme,
        start=first,
        end=last,
        currency=currency,
        payee_title=evaluation.payee_title(run[0], begun),
        amount=None if any(need.result is Result.NOT_MET for need in needs) else amount,
        computed=computed,
        rate=outcome.rate,
        span=span,
        gap=outcome.gap,
        needs=needs,
        assumed=outcome.assumed,
        claim_by=next(filter(None, (claim.last_day(first, last) for claim in scheme.claims)), None),
    )


def _worth(
    evaluation: SchemeEvaluation, run: Sequence[PaidPeriod], outcome: Conditions, span: Span
) -> tuple[Decimal | None, Message | None]:
    """Return what a run of paid periods comes to, with the arithmetic in words; nothing where there is a gap."""
    pays = evaluation.scheme.pays
    if outcome.gap is not None:
        return None, None
    if outcome.rate is None or outcome.rate.amount is None:
        return None, actual_cost_in_words(span.lasts)
    rate = outcome.rate.amount
    return amount_of(pays, rate, run), amount_in_words(pays, rate, run)
