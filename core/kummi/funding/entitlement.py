"""One line of what a person is worth: an amount, actual cost or a gap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kummi.model.decision import Finding
from kummi.model.funding import Payee, Rate, Scheme, Span
from kummi.model.money import Money
from kummi.model.reference import Reference
from kummi.model.text import Text


@dataclass(frozen=True)
class Gap:
    """Why nothing was computed, and the facts that would settle it (none where a source is what is missing)."""

    text: Text
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entitlement:
    """A person, a scheme, the days paid for, and what that comes to.

    ``computed`` is the arithmetic in words; ``rate`` and ``span`` carry their references, texts and notes. A line with
    neither ``amount`` nor ``gap`` is actual cost that is paid back. ``needs`` are the preconditions of the payee that
    are not met or not known on the last of these days; they do not change the amount.
    """

    person: int
    scheme: Scheme
    start: date
    end: date
    currency: str
    amount: Decimal | None = None
    computed: Text | None = None
    rate: Rate | None = None
    span: Span | None = None
    gap: Gap | None = None
    needs: tuple[Finding, ...] = ()

    @property
    def payee(self) -> Payee:
        """Who gets the money."""
        return self.scheme.payee

    @property
    def money(self) -> Money | None:
        """The amount with its currency; None where nothing was computed."""
        return None if self.amount is None else Money(self.amount, self.currency)

    @property
    def is_actual_cost(self) -> bool:
        """Whether what was spent is paid back, so that there is no amount to compute."""
        return self.amount is None and self.gap is None

    @property
    def reference(self) -> tuple[Reference, ...]:
        """The sources of the rate, or of the scheme where there is no rate, and of the duration, each once."""
        rate = self.rate.reference if self.rate else self.scheme.reference
        span = self.span.reference if self.span else ()
        return tuple(dict.fromkeys((*rate, *span)))
