"""Sums of what is known, each standing apart, never without what is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kummi.funding.entitlement import Entitlement
from kummi.model.funding import Payee, Standing
from kummi.model.money import Money
from kummi.model.text import Translatable


@dataclass(frozen=True)
class Total:
    """Sums of lines of one currency, and the lines that are in no sum.

    ``payable`` is sure; ``if_conditions_hold`` comes to it once conditions that are not known yet are met; ``assumed``
    rests on readings that no source says outright. ``gaps`` could not be computed, ``actual_cost`` is paid back as
    spent, ``not_payable`` fails a condition.
    """

    payable: Money
    if_conditions_hold: Money
    assumed: Money
    gaps: tuple[Entitlement, ...] = ()
    actual_cost: tuple[Entitlement, ...] = ()
    not_payable: tuple[Entitlement, ...] = ()


def total(lines: Iterable[Entitlement], currency: str) -> Total:
    """Add up lines of one currency. Raises ValueError for a line in another."""
    lines = tuple(lines)

    def of(standing: Standing) -> tuple[Entitlement, ...]:
        return tuple(line for line in lines if line.standing is standing)

    def sum_of(standing: Standing) -> Money:
        paid = [line.money for line in of(standing) if line.money is not None]
        return sum(paid, Money(Decimal("0.00"), currency))

    return Total(
        sum_of(Standing.PAYABLE),
        sum_of(Standing.IF_CONDITIONS_HOLD),
        sum_of(Standing.ASSUMED),
        of(Standing.NOT_KNOWN),
        tuple(line for line in lines if line.is_actual_cost),
        of(Standing.NOT_PAYABLE),
    )


def totals_by_payee(lines: Iterable[Entitlement], currency: str) -> dict[tuple[Payee, Translatable], Total]:
    """Add up the lines of each payee by name, in the order in which payees first occur."""
    lines = tuple(lines)
    payees = dict.fromkeys((line.payee, line.payee_title) for line in lines)
    return {
        payee: total((line for line in lines if (line.payee, line.payee_title) == payee), currency) for payee in payees
    }
