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
def test_every_day_has_the_value_of_the_last_change_before_it(changes: list[tuple[date, object]]) -> None:
    line = changed(Timeline.always("first"), changes)
    latest = dict(changes)  # of two changes of one day the second counts

    expected: list[object] = ["first"]
    for count in range(LENGTH):
        expected.append(latest.get(FIRST + timedelta(days=count), expected[-1]))
    assert by_day(line) == expected
    assert list(line.changes) == sorted(latest)


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
