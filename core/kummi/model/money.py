"""Amounts of money: decimal, with a currency, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from kummi.message import Message


@dataclass(frozen=True)
class Money:
    """An amount in one currency (ISO 4217 code).

    >>> Money.parse("1234.5 XTS") + Money.parse("0.50 XTS")
    Money(amount=Decimal('1235.00'), currency='XTS')
    >>> str(Money(Decimal("1235"), "XTS"))
    '1235.00 XTS'
    """

    amount: Decimal
    currency: str

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read text like ``"1234.00 XTS"``. Raises ValueError that says what was expected."""
        number, _, currency = text.strip().partition(" ")
        try:
            amount = Decimal(number)
        except InvalidOperation:
            raise ValueError(Message("'{text}' is not an amount like '1234.00 XTS'", text=text)) from None
        if not (len(currency) == 3 and currency.isupper() and amount.is_finite()):
            raise ValueError(Message("'{text}' is not an amount like '1234.00 XTS'", text=text))
        return cls(amount, currency)

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(
                Message(
                    "cannot add {currency} to {self_currency}", currency=other.currency, self_currency=self.currency
                )
            )
        return Money(self.amount + other.amount, self.currency)

    def rounded(self) -> Money:
        """Round half up to two decimals, as the amounts of Kummi are shown."""
        return Money(self.amount.quantize(Decimal("0.01"), ROUND_HALF_UP), self.currency)

    def __str__(self) -> str:
        return f"{self.rounded().amount} {self.currency}"
