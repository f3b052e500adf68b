"""Periods: first and last day included, open ends, and what two of them share."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kummi.model.dates import EndsTooEarlyError, Period

DAYS = st.dates(date(2024, 1, 1), date(2024, 1, 20))
PERIODS = st.tuples(DAYS | st.none(), DAYS | st.none()).map(
    lambda ends: Period.between(*(sorted(ends) if all(ends) else ends))
)


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(EndsTooEarlyError, match="its end 2024-01-01 is before its start 2024-12-31"):
        Period(date(2024, 12, 31), date(2024, 1, 1))


def test_both_ends_are_included() -> None:
    period = Period(date(2024, 1, 1), date(2024, 1, 3))

    assert [day for day in range(5) if period.covers(date(2023, 12, 31) + timedelta(days=day))] == [1, 2, 3]


@given(PERIODS, PERIODS, DAYS)
def test_two_that_both_cover_a_day_overlap(one: Period, other: Period, day: date) -> None:
    first, last = max(one.start, other.start), min(one.end, other.end)

    assert one.overlaps(other) or not (one.covers(day) and other.covers(day))
    assert one.overlaps(other) == other.overlaps(one) == (first <= last)


def test_an_open_end_covers_every_day_and_has_no_day_after() -> None:
    always = Period.between(None, None)

    assert always.is_always
    assert always.covers(date.min)
    assert always.covers(date.max)
    assert always.day_after is None
    assert Period(end=date(2024, 2, 29)).day_after == date(2024, 3, 1)
    assert [str(always), str(Period(end=date(2024, 2, 29)))] == ["… – …", "… – 2024-02-29"]
