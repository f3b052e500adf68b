"""Sums by payee, with what could not be summed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kummi.funding.entitlement_line import Entitlement, Gap, total, totals_by_payee
from kummi.model.funding import Payee, Scheme
from kummi.model.text import Text

SOURCE = {"id": "act", "title": "Harbour Act", "read": "2026-11-01"}


def line(payee: str, **given: Any) -> Entitlement:
    scheme = Scheme.model_validate(
        {
            "id": f"to-{payee}",
            "title": "Harbour money",
            "payer": "state",
            "payee": payee,
            "payee_title": payee,
            "starts": "registered",
            "pays": "once",
            "spans": [{"lasts": "1 year", "reference": SOURCE}],
            "reference": SOURCE,
        }
    )
    title = Text.model_validate(given.pop("payee_title", payee))
    day = date(2025, 1, 1)
    return Entitlement(1, scheme, day, day, given.pop("currency", "XTS"), title, **given)


PAID = line("municipality", amount=Decimal("10.25"))
MORE = line("municipality", amount=Decimal("0.75"))
COUNTY = line("county", amount=Decimal(5))
GAP = line("county", gap=Gap(Text.model_validate("rate unknown")))
COST = line("municipality")


def test_a_total_keeps_what_it_could_not_add() -> None:
    found = total([PAID, GAP, MORE, COST], "XTS")

    assert str(found.payable) == "11.00 XTS"
    assert (found.gaps, found.actual_cost) == ((GAP,), (COST,))


def test_payees_of_one_kind_with_two_names_are_never_added_up() -> None:
    moved_to = line("municipality", payee_title="municipality the person moves to", amount=Decimal(7))

    found = totals_by_payee([PAID, COUNTY, GAP, MORE, moved_to], "XTS")

    assert [(payee, str(name), str(each.payable), len(each.gaps)) for (payee, name), each in found.items()] == [
        (Payee.MUNICIPALITY, "municipality", "11.00 XTS", 0),
        (Payee.COUNTY, "county", "5.00 XTS", 1),
        (Payee.MUNICIPALITY, "municipality the person moves to", "7.00 XTS", 0),
    ]


def test_another_currency_is_refused_and_never_converted() -> None:
    with pytest.raises(ValueError, match="cannot add"):
        total([PAID, line("county", amount=Decimal(1), currency="XXX")], "XTS")
