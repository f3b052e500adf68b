"""A scheme that pays a share of another: its rates follow from the other's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from kummi.model.facts import Facts
from kummi.model.funding import Rate, with_shares
from kummi.model.rule import Result
from kummi.rules.decide import decide
from kummi.testing.harbourland import harbourland

ACT = {"id": "act", "title": "Harbour Act", "read": "2026-01"}


@pytest.fixture
def shared() -> tuple[Rate, ...]:
    """Return the rates of a scheme that pays a tenth of harbour money, of registrations from July 2024 on."""
    entry = harbourland().programme("xx-harbour")
    money = next(each for each in entry.schemes if each.id == "xx-harbour-money")
    share = {"scheme": money.id, "share": "0.1", "on": "registered", "valid_from": "2024-07-01", "reference": [ACT]}
    data = money.model_dump(by_alias=True) | {"id": "xx-tenth", "rates": (), "share_of": share}
    tenth = type(money).model_validate(data)

    first, second = with_shares([tenth, money])

    assert second is money
    return first.rates


def test_each_rate_of_the_other_scheme_gives_its_share_with_both_sources(shared: tuple[Rate, ...]) -> None:
    assert [rate.amount for rate in shared] == [Decimal(240), Decimal(360), Decimal(252), Decimal(372)]
    assert [str(rate.text) for rate in shared][:2] == ["an adult, 2024", "a child, 2024"]
    assert {rate.reference[0].id for rate in shared} == {"act"}
    assert {rate.reference[1].id for rate in shared} == {"harbour-decree"}


@pytest.mark.parametrize(
    ("registered", "amount"),
    [
        (date(2024, 6, 30), None),
        (date(2024, 7, 1), 240),
        (date(2024, 12, 31), 240),
        (date(2025, 1, 1), 252),
        (date(2026, 1, 1), None),
    ],
)
def test_the_rate_of_the_day_of_the_fact_counts_whatever_day_is_asked(
    shared: tuple[Rate, ...], registered: date, amount: int | None
) -> None:
    places = harbourland().programme("xx-harbour").places
    facts = Facts(date(2026, 6, 1), {"registered": registered}, places=places)
    asked = facts.about({"born": date(1990, 1, 1)})

    met = [rate.amount for rate in shared if rate.when and decide(rate.when, asked) is Result.MET]

    assert met == ([] if amount is None else [amount])


def test_scheme_with_rates_of_its_own_pays_no_share_of_another() -> None:
    money = harbourland().programme("xx-harbour").schemes[0]
    share = {"scheme": "xx-crew-grant", "share": "0.1", "on": "registered", "reference": [ACT]}

    with pytest.raises(ValidationError, match="rates of its own or a share"):
        type(money).model_validate(money.model_dump(by_alias=True) | {"share_of": share})
