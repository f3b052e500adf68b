"""Sums of what is known, never without what is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kummi.funding.entitlement import Entitlement
from kummi.model.funding import Payee
from kummi.model.money import Money


@dataclass(frozen=True)
class Total:
    """The sum of the computed lines, with the lines that could not be computed and those paid back at actual cost."""

    money: Money
    gaps: tuple[Entitlement, ...] = ()
    actual_cost: tuple[Entitlement, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether no line is missing from the sum."""
        return not self.gaps and not self.actual_cost


def total(lines: Iterable[Entitlement], currency: str) -> Total:
    """Add up lines of one currency. Raises ValueError for a line in another."""
    lines = tuple(lines)
    paid = [line.money for line in lines if line.money is not None]
    return Total(
        sum(paid, Money(Decimal("0.00"), currency)),
        tuple(line for line in lines if line.gap is not None),
        tuple(line for line in lines if line.is_actual_cost),
    )


def totals_by_payee(lines: Iterable[Entitlement], currency: str) -> dict[Payee, Total]:
    """Add up the lines of each payee, in the order in which payees first occur."""
    lines = tuple(lines)
    payees = dict.fromkeys(line.payee for line in lines)
    return {payee: total((line for line in lines if line.payee is payee), currency) for payee in payees}
