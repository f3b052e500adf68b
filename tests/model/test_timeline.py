"""A fact over time: any history of changes and corrections, held against a plain list of days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kummi.model.timeline import Timeline

FIRST = date(2024, 1, 1)
LENGTH = 20
DAYS = st.integers(0, LENGTH - 1).map(lambda count: FIRST + timedelta(days=count))
VALUES = st.sampled_from(["a", "b", None, True, 3])
CHANGES = st.lists(st.tuples(DAYS, VALUES), max_size=6)


def by_day(line: Timeline) -> list[object]:
    return [line.on(FIRST + timedelta(days=count)) for count in range(-1, LENGTH)]


def changed(line: Timeline, changes: list[tuple[date, object]]) -> Timeline:
    for day, value in changes:
        line = line.changed(day, value)
    return line


@given(CHANGES)
def test_a_change_holds_from_its_day_until_the_next_one_that_is_known(changes: list[tuple[date, object]]) -> None:
    days: list[object] = ["first"] * (LENGTH + 1)
    known: set[int] = set()
    for day, value in changes:
        at = (day - FIRST).days + 1
        end = min((other for other in known if other > at), default=LENGTH + 1)
        days[at:end] = [value] * (end - at)
        known = {each for each in {*known, at} if days[each] != days[each - 1]}

    line = changed(Timeline.always("first"), changes)

    assert by_day(line) == days
    assert [(each - FIRST).days + 1 for each in line.changes] == sorted(known)


def test_a_change_that_came_earlier_than_was_known_is_one_change() -> None:
    planned = Timeline.always("North").changed(date(2025, 1, 1), "South")

    assert planned.changed(date(2024, 12, 1), "South").changes == (date(2024, 12, 1),)


@given(CHANGES, DAYS, VALUES)
def test_a_correction_changes_the_days_of_one_value_alone(
    changes: list[tuple[date, object]], day: date, value: object
) -> None:
    line = changed(Timeline.always("first"), changes)
    period, corrected = line.period(day), line.corrected(day, value)

    assert period.start <= day <= period.end
    assert set(corrected.changes) <= set(line.changes)
    assert all(before != after for (_, before), (_, after) in pairwise(corrected.values))
    for each in (FIRST + timedelta(days=count) for count in range(-1, LENGTH)):
        assert corrected.on(each) == (value if period.start <= each <= period.end else line.on(each))


@given(CHANGES, DAYS, DAYS)
def test_a_change_moves_between_its_neighbours_or_not_at_all(
    changes: list[tuple[date, object]], day: date, to: date
) -> None:
    line = changed(Timeline.always("first"), changes)
    start, others = line.period(day).start, set(line.changes) - {line.period(day).start}
    between = {each for each in others if min(start, to) <= each <= max(start, to)}

    if start == date.min or between:
        with pytest.raises(ValueError, match="not between the changes"):
            line.moved(day, to)
    else:
        moved = line.moved(day, to)
        assert set(moved.changes) == others | {to}
        assert (moved.on(to), moved.newest) == (line.on(day), line.newest)
        assert moved.moved(to, start) == line
