"""What a rate comes to over some paid periods, as an amount and in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from kummi.funding.paid_periods import PaidPeriod
from kummi.i18n.terms import length, term
from kummi.message import Message
from kummi.model.dates import Duration, Unit
from kummi.model.funding import Pays


def amount_of(pays: Pays, rate: Decimal, run: Sequence[PaidPeriod]) -> Decimal:
    """Return what a rate comes to, rounded half up to two decimals."""
    match pays:
        case Pays.PER_YEAR:
            exact = rate * sum(paid.share for paid in run) / 12
        case Pays.PER_MONTH | Pays.PER_DAY:
            exact = rate * sum(paid.share for paid in run)
        case _:
            exact = rate * run[0].share
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def amount_in_words(pays: Pays, rate: Decimal, run: Sequence[PaidPeriod]) -> Message:
    """Say how ``amount_of`` comes to its result."""
    first, count = run[0], len(run)
    parts: dict[str, object] = {"amount": figure(rate), "count": count}
    if first.month:
        return term("part of a month", pays, **parts | {"count": first.days, "days": first.month.days})
    match pays:
        case Pays.PER_MONTH:
            parts["count"] = _length(Unit.MONTHS, count)
        case Pays.PER_DAY:
            parts["count"] = _length(Unit.DAYS, count)
        case Pays.INSTALMENTS:
            parts["share"] = f"{(first.share * 100).normalize():f}"
        case Pays.CALENDAR_YEARS:
            parts |= {"calendar_year": first.first.year, "year": first.year}
    return term("pays", pays, **parts)


def actual_cost_in_words(lasts: Duration) -> Message:
    """Say that what was spent is paid back, and for how long."""
    return term("pays", "actual_cost", duration=_length(lasts.unit, lasts.count))


def figure(amount: Decimal) -> str:
    """Write an amount for reading, in the form of ``Money``: no sign between thousands, which differs by country.

    >>> figure(Decimal("2052"))
    '2052.00'
    """
    return f"{amount:.2f}"


def _length(unit: Unit, count: int) -> Message:
    return length(Duration(count=count, unit=unit))
