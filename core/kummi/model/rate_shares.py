"""The rates of a scheme that pays a share of what another scheme pays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from kummi.model.criterion import After, All, Before, Criterion
from kummi.model.funding import Rate, Scheme, ShareOf


def with_shares(schemes: Sequence[Scheme]) -> tuple[Scheme, ...]:
    """Return the schemes of a programme, those that pay a share of another with the rates that follow from it.

    Each rate of the other scheme gives one: for those whose date fact lies on a day on which it holds.
    """
    known = {scheme.id: scheme for scheme in schemes}
    return tuple(
        scheme.model_copy(update={"rates": tuple(_shares(scheme.share_of, known[scheme.share_of.scheme].rates))})
        if scheme.share_of and scheme.share_of.scheme in known
        else scheme
        for scheme in schemes
    )


def _shares(share: ShareOf, rates: Sequence[Rate]) -> Iterator[Rate]:
    for rate in rates:
        first = max(filter(None, (rate.valid_from, share.valid_from)), default=None)
        last = min(filter(None, (rate.valid_to, share.valid_to)), default=None)
        if first and last and last < first:
            continue
        parts: list[Criterion] = []
        if first:
            parts.append(After(fact=share.on, after=first - timedelta(days=1)))
        if last:
            parts.append(Before(fact=share.on, before=last + timedelta(days=1)))
        if rate.when:
            parts.append(rate.when)
        yield rate.model_copy(
            update={
                "amount": None if rate.amount is None else _part(rate.amount, share.share),
                "disputed": tuple(_part(amount, share.share) for amount in rate.disputed),
                "valid_from": None,
                "valid_to": None,
                "when": All(all=tuple(parts)) if parts else None,
                "reference": (*share.reference, *rate.reference),
            }
        )


def _part(amount: Decimal, share: Decimal) -> Decimal:
    """Return a share of an amount, without zeros behind the point.

    >>> _part(Decimal("149600"), Decimal("0.1")), _part(Decimal("125"), Decimal("0.1"))
    (Decimal('14960'), Decimal('12.5'))
    """
    part = amount * share
    whole = part.to_integral_value()
    return whole if whole == part else part.normalize()
