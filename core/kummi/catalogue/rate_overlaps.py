"""Rates of one scheme that can hold at once and say different figures, so that their order in the file would decide."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kummi.message import Message
from kummi.model.funding import Rate, Scheme
from kummi.model.places import Places
from kummi.rules.inspect import Problem
from kummi.rules.satisfiability import can_hold_together


def overlaps(scheme: Scheme, places: Places) -> Iterator[Problem]:
    """Yield each rate that can hold on one day for one person together with a rate above it, but for other money.

    A rate marked ``otherwise`` is for those whom no rate above it is for, so that it never stands beside them. What
    is not computed lists figures that may all be paid at once.
    """
    if not scheme.is_computed:
        return
    for number, rate in enumerate(scheme.rates):
        beside = [
            above
            for above in range(number)
            if not rate.otherwise and _stand_beside(scheme, scheme.rates[above], rate, places)
        ]
        if beside:
            yield Problem(_message(scheme, beside, number), ("rates", number))


def spans_without_effect(scheme: Scheme) -> Iterator[Problem]:
    """Yield each span that can never count, since one above it is for everybody."""
    for_all = next((number for number, span in enumerate(scheme.spans) if span.when is None), len(scheme.spans))
    for number in range(for_all + 1, len(scheme.spans)):
        message = Message(
            "span {number} can never count, since span {for_all} above it is for everybody; give "
            "that one 'when', or put it last",
            number=number + 1,
            for_all=for_all + 1,
        )
        yield Problem(message, ("spans", number))


def _message(scheme: Scheme, beside: list[int], number: int) -> Message | str:
    rates = ", ".join(f"rate {above + 1} ({_said(scheme.rates[above])})" for above in beside)
    return Message(
        "rate {number} ({said}) can be for the same person on the same day as {rates}, so that "
        "the order in the file would decide; tell their days, years or conditions apart, or mark "
        "the later one 'otherwise: true' if it is for those whom no rate above it is for",
        number=number + 1,
        said=_said(scheme.rates[number]),
        rates=rates,
    )


def _stand_beside(scheme: Scheme, one: Rate, other: Rate, places: Places) -> bool:
    """Whether two rates can both be met and say different figures."""
    if _figures(one) == _figures(other) or not _meet(one, other):
        return False
    return can_hold_together([each for each in (scheme.who, one.when, other.when) if each is not None], places)


def _figures(rate: Rate) -> object:
    return rate.amount, rate.disputed


def _said(rate: Rate) -> str:
    return " or ".join(map(str, rate.disputed)) or str("no figure" if rate.amount is None else rate.amount)


def _meet(one: Rate, other: Rate) -> bool:
    """Whether two rates share a day and a year of the period."""
    year, last = max(one.year or 1, other.year or 1), min(_last_year(one), _last_year(other))
    return one.period.overlaps(other.period) and year <= last


def _last_year(rate: Rate) -> float:
    return math.inf if rate.year is None else rate.last_year or rate.year
