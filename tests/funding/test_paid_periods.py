"""Which days a scheme pays for."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kummi.funding.paid_periods import PaidPeriod, age_instant, paid_periods
from kummi.model.dates import Duration, age_on
from kummi.model.funding import Scheme

SOURCE = {"id": "act", "title": "Harbour Act", "read": "2026-11-01"}


def scheme(pays: str, **given: Any) -> Scheme:
    base: dict[str, Any] = {
        "id": "harbour-money",
        "title": "Harbour money",
        "payer": "state",
        "payee": "municipality",
        "payee_title": "municipality",
        "starts": "registered",
        "pays": pays,
        "spans": [{"lasts": "2 years", "reference": SOURCE}],
        "reference": SOURCE,
    }
    return Scheme.model_validate(base | given)


def lasting(words: str) -> Duration:
    return Duration.model_validate(words)


def test_months_that_begin_on_the_thirty_first_begin_on_the_last_day_of_shorter_months() -> None:
    months = list(paid_periods(scheme("per_month"), date(2024, 1, 31), lasting("3 months")))

    assert [(each.first, each.last) for each in months] == [
        (date(2024, 1, 31), date(2024, 2, 28)),
        (date(2024, 2, 29), date(2024, 3, 30)),
        (date(2024, 3, 31), date(2024, 4, 29)),
    ]


@pytest.mark.parametrize("pays", ["per_year", "per_day", "actual_cost", "calendar_years"])
@given(start=st.dates(date(2015, 1, 1), date(2030, 12, 31)))
def test_periods_follow_each_other_without_gap_or_overlap(pays: str, start: date) -> None:
    periods = list(paid_periods(scheme(pays), start, lasting("2 years")))

    assert periods[0].first == start
    assert all(before.last + timedelta(days=1) == after.first for before, after in pairwise(periods))


@given(start=st.dates(date(2015, 1, 1), date(2030, 12, 31)))
def test_the_ordinal_year_of_a_day_is_the_full_years_since_the_start_and_one(start: date) -> None:
    for each in paid_periods(scheme("per_day"), start, lasting("4 years")):
        assert each.year == age_on(start, each.first) + 1


def test_placeholder_dates_at_the_end_of_the_calendar_end_the_periods() -> None:
    last = date(9999, 12, 31)

    assert [each.first for each in paid_periods(scheme("calendar_years"), last, lasting("5 years"))] == [last]
    assert list(paid_periods(scheme("per_month"), last, lasting("2 years"))) == []


@pytest.mark.parametrize(
    ("age_at", "instant"),
    [
        ("period_start", date(2025, 3, 10)),
        ("month_before_end", date(2025, 2, 28)),
        ("year_end", date(2025, 12, 31)),
        ("start", date(2024, 10, 10)),
    ],
)
def test_the_age_instant_is_the_one_the_scheme_names(age_at: str, instant: date) -> None:
    paid = PaidPeriod(date(2025, 3, 10), date(2025, 4, 9), 1)

    assert age_instant(scheme("per_month", age_at=age_at), date(2024, 10, 10), paid) == instant
