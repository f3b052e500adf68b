"""What each person of a household is worth to whom, with the arithmetic, its sources and its gaps.

A line holds what can be computed from a rate that is valid for its date, or else says
what is missing; a missing amount is never zero and an older rate is never carried over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby, islice, takewhile

from kummi.catalogue.catalogue import ProgrammeEntry
from kummi.errors import InputError
from kummi.funding.arithmetic import actual_cost_in_words, amount_in_words, amount_of
from kummi.funding.asking import Asking, Outcome, Start
from kummi.funding.entitlement import Entitlement, Gap
from kummi.funding.missing import core_labels
from kummi.funding.periods import PaidPeriod, paid_periods, starting_day
from kummi.model.case import Person
from kummi.model.decision import Result
from kummi.model.facts import Facts
from kummi.model.funding import Pays, Scheme, Span
from kummi.model.places import Places
from kummi.model.words import Words
from kummi.rules.say import Labels, labels_of


def entitlements_of(
    entry: ProgrammeEntry, facts: Facts, members: Sequence[Person], start: date, end: date
) -> tuple[Entitlement, ...]:
    """Return every line of a household in a programme, as ``entitlements`` does, with the programme's own words."""
    labels = labels_of(entry.words, entry.programme, entry.workflow.tasks)
    currency = entry.country.currency
    return entitlements(entry.schemes, facts, members, entry.places, entry.words, currency, start, end, labels=labels)


def entitlements(  # noqa: PLR0913  the whole world of one question; entitlements_of takes it from a programme
    schemes: Sequence[Scheme],
    facts: Facts,
    members: Sequence[Person],
    places: Places,
    words: Words,
    currency: str,
    start: date,
    end: date,
    *,
    labels: Labels | None = None,
) -> tuple[Entitlement, ...]:
    """Return every line of a household for the days from ``start`` to ``end``, both included.

    ``members`` are the persons of ``facts.members``, in the same order. A month counts whole if its first day lies in
    the window; so does a day, a share, a single payment, and a calendar year by its day of payment. Amounts are
    rounded once per line, half up to two decimals: where a window is cut in two, the parts add up to the whole within
    0.01 for each line that is cut. ``labels`` names the facts that gaps speak of.

    Raises:
        InputError: If the window is empty.
    """
    if end < start:
        raise InputError(f"the days asked for end on {end}, before they begin on {start}")
    named = labels or core_labels(words)
    return tuple(
        line
        for person, about in zip(members, facts.members, strict=True)
        for scheme in schemes
        for line in _lines(Asking(scheme, person, facts.about(about), places, words, named), currency, start, end)
    )


def _lines(asking: Asking, currency: str, start: date, end: date) -> Iterator[Entitlement]:
    """Yield the lines of one scheme for one person."""
    begun = _start(asking)
    if isinstance(begun, Start):
        for run, outcome in _runs(asking, begun, start, end):
            yield _line(asking, currency, run, outcome, begun.span)
    elif begun is not None and asking.may_concern():
        yield _line(asking, currency, (PaidPeriod(start, end, 1),), Outcome(gap=begun))


def _start(asking: Asking) -> Start | Gap | None:
    """Return how the person's period begins, why that is not known, or None where it may never begin."""
    scheme, span = asking.scheme, asking.span()
    fact = (isinstance(span, Span) and span.starts) or scheme.starts
    day = asking.facts.get(fact)
    if not isinstance(day, date):
        return None if scheme.may_never_start else asking.no_start(fact)
    return span if isinstance(span, Gap) else Start(span, day, starting_day(scheme, day))


def _runs(asking: Asking, begun: Start, start: date, end: date) -> Iterator[tuple[tuple[PaidPeriod, ...], Outcome]]:
    """Yield the paid periods in the window, those that follow each other and come to the same joined together."""
    until_end = takewhile(lambda paid: paid.first <= end, _paid(asking, begun))
    asked = ((paid, asking.outcome(paid, begun)) for paid in until_end if start <= paid.first)
    for (outcome, _), run in groupby(asked, lambda pair: (pair[1], _apart(asking.scheme, *pair))):
        if outcome is not None:
            yield tuple(paid for paid, _ in run), outcome


def _paid(asking: Asking, begun: Start) -> Iterator[PaidPeriod]:
    paid = paid_periods(asking.scheme, begun.first, begun.span.lasts)
    if asking.scheme.pays is not Pays.FIRST_TIME:
        return paid
    covered = (each for each in paid if asking.covers(each, begun) is not Result.NOT_MET)
    return (replace(each, last=each.first) for each in islice(covered, 1))


def _apart(scheme: Scheme, paid: PaidPeriod, outcome: Outcome | None) -> object:
    """Return what keeps a paid period out of the line before it though it comes to the same."""
    if scheme.pays in (Pays.INSTALMENTS, Pays.CALENDAR_YEARS):
        return paid.first
    return paid.year if scheme.pays is Pays.PER_YEAR and outcome and not outcome.gap else None


def _line(
    asking: Asking, currency: str, run: Sequence[PaidPeriod], outcome: Outcome, span: Span | None = None
) -> Entitlement:
    pays, words = asking.scheme.pays, asking.words
    amount = computed = None
    if outcome.gap is None and outcome.rate and outcome.rate.amount is not None:
        amount = amount_of(pays, outcome.rate.amount, run)
        computed = amount_in_words(pays, outcome.rate.amount, run, words)
    elif outcome.gap is None and span is not None:
        computed = actual_cost_in_words(span.lasts, words)
    return Entitlement(
        person=asking.person.number,
        scheme=asking.scheme,
        start=run[0].first,
        end=run[-1].last,
        currency=currency,
        amount=amount,
        computed=computed,
        rate=outcome.rate,
        span=span,
        gap=outcome.gap,
        needs=asking.needs(run[-1].last),
    )
