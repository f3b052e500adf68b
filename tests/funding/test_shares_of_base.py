"""Rates that the law gives as shares of an amount that changes by year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from kummi.model.funding import Scheme, with_shares

ACT = {"id": "act", "title": "Harbour Act", "read": "2026-01"}


def scheme(**more: Any) -> Scheme:
    given = {
        "id": "xx-start",
        "title": "Start",
        "payer": "state",
        "payee": "municipality",
        "payee_title": "municipality",
        "starts": "registered",
        "spans": [{"lasts": "1 month", "reference": ACT}],
        "pays": "once",
        "base": {
            "title": "price base",
            "round_to": "1",
            "amounts": [
                {"amount": "57300", "valid_from": "2024-07-01", "valid_to": "2024-12-31", "reference": ACT},
                {"amount": "58810", "valid_from": "2025-01-01", "reference": {**ACT, "certainty": "assumed"}},
            ],
        },
        "rates": [
            {"share": "0.25", "valid_from": "2024-01-01", "valid_to": "2025-06-30", "text": "all", "reference": ACT},
            {"amount": "5", "valid_from": "2026-01-01", "text": "all", "reference": ACT},
        ],
        "reference": ACT,
    }
    return Scheme.model_validate(given | more)


def test_a_share_gives_a_rate_for_each_amount_of_the_base_that_held_meanwhile() -> None:
    (found,) = with_shares([scheme()])

    assert [(each.amount, each.valid_from, each.valid_to) for each in found.rates] == [
        (Decimal(14325), date(2024, 7, 1), date(2024, 12, 31)),
        (Decimal(14703), date(2025, 1, 1), date(2025, 6, 30)),  # 14,702.50 rounded half up
        (Decimal(5), date(2026, 1, 1), None),
    ]
    assert [each.certainty.value for each in found.rates[1].reference] == ["assumed", "read"]
    assert with_shares([found]) == (found,)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"base": None}, "a base if, and only if"),
        ({"rates": [{"amount": "5", "text": "all", "reference": ACT}]}, "a base if, and only if"),
        ({"rates": [{"amount": "5", "share": "0.1", "text": "all", "reference": ACT}]}, "an amount or a share"),
    ],
)
def test_a_share_and_its_base_go_together(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        scheme(**wrong)
