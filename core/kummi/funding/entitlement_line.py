"""One line of what a person is worth: an amount, actual cost or a gap; and the sums of lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kummi.model.funding import Payee, Rate, Scheme, Span, Standing
from kummi.model.money import Money
from kummi.model.reference import Reference
from kummi.model.rule import Finding, Result
from kummi.model.text import Translatable


@dataclass(frozen=True)
class Gap:
    """Why nothing was computed, and the facts that would settle it (none where a source is what is missing)."""

    text: Translatable
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entitlement:
    """A person, a scheme, the days paid for, and what that comes to.

    ``computed`` is the arithmetic in words; ``rate`` and ``span`` carry their references, texts and notes. ``standing``
    says how far it can be relied upon. A line that is payable, or may be, and has no ``amount`` is actual cost that is
    paid back; one that is not payable never has an amount. ``needs`` are the preconditions of the payee that are not
    met or not known on the last of these days, ``assumed`` the readings that no source says outright. ``start`` and
    ``end`` are empty where they are not known. ``claim_by`` is the last day on which the money can be claimed.
    """

    person: int
    scheme: Scheme
    start: date | None
    end: date | None
    currency: str
    payee_title: Translatable
    amount: Decimal | None = None
    computed: Translatable | None = None
    rate: Rate | None = None
    span: Span | None = None
    gap: Gap | None = None
    needs: tuple[Finding, ...] = ()
    assumed: tuple[Translatable, ...] = ()
    claim_by: date | None = None

    @property
    def payee(self) -> Payee:
        """What kind of body gets the money."""
        return self.scheme.payee

    @property
    def money(self) -> Money | None:
        """The amount with its currency; None where nothing was computed."""
        return None if self.amount is None else Money(self.amount, self.currency)

    @property
    def standing(self) -> Standing:
        """How far the line can be relied upon: the worst that is to be said of it."""
        if any(need.result is Result.NOT_MET for need in self.needs):
            return Standing.NOT_PAYABLE
        if self.gap:
            return Standing.NOT_KNOWN
        if self.assumed:
            return Standing.ASSUMED
        return Standing.IF_CONDITIONS_HOLD if self.needs else Standing.PAYABLE

    @property
    def is_actual_cost(self) -> bool:
        """Whether what was spent is paid back, so that there is no amount to compute."""
        return self.amount is None and self.standing not in (Standing.NOT_KNOWN, Standing.NOT_PAYABLE)

    @property
    def because(self) -> tuple[Translatable, ...]:
        """Why the line is not simply payable: the condition that is not met, or else all that stands against it."""
        failed = tuple(need.reason for need in self.needs if need.result is Result.NOT_MET)
        gap = (self.gap.text,) if self.gap else ()
        return failed or (*gap, *self.assumed, *(need.reason for need in self.needs))

    @property
    def reference(self) -> tuple[Reference, ...]:
        """The sources of the rate, or of the scheme where there is no rate, and of the duration, each once."""
        rate = self.rate.reference if self.rate else self.scheme.reference
        span = self.span.reference if self.span else ()
        return tuple(dict.fromkeys((*rate, *span)))


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
