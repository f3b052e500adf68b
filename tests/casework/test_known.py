"""What was known of a case by a day is what stood there then, whatever was written since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from kummi.casework.context import Context
from kummi.casework.facts import change_facts, correct_facts
from kummi.casework.linking import split
from kummi.casework.listing import find, household_of, timeline
from kummi.casework.loading import load
from kummi.casework.members import join, leave
from kummi.casework.next_steps import next_steps
from kummi.casework.opening import open_case
from kummi.casework.recording import record_task
from kummi.errors import InputError
from kummi.model.household import Household
from kummi.model.vocabulary import LeftHow
from kummi.store.tables import person_versions

FIRST = datetime(2024, 3, 1, 9, tzinfo=UTC)
ACTIONS: tuple[Callable[[Context, str], Any], ...] = (
    lambda context, ref: record_task(context, ref, "referral-letter"),
    lambda context, ref: change_facts(context, ref, {"municipality": "South Quay"}),
    lambda context, ref: join(context, ref, {"role": "child", "how": "born"}),
    lambda context, ref: correct_facts(context, ref, {"member.2.born": "1991-02-03", "member.2.name": "Noor Invented"}),
    lambda context, ref: leave(context, ref, 3, LeftHow.MOVED_OUT),
    lambda context, ref: split(context, ref, [4]),
    lambda context, ref: correct_facts(context, ref, {"arrived": "2024-02-02"}),
)


def recording(context: Context, days: int) -> Context:
    """The context of some days later."""
    moment = FIRST + timedelta(days=days)
    return replace(context, clock=lambda: moment, on=moment.date())


def looked_at(context: Context, ref: str) -> tuple[object, ...]:
    with context.store.reading() as connection:
        loaded = load(context, connection, ref)
    ahead = next_steps(context, ref)
    shown = household_of(context, loaded.case)
    return find(context, ref), loaded.case, loaded.persons, shown, ahead.tasks, ahead.moves, timeline(context, ref)


def test_what_was_known_by_a_day_is_what_was_seen_on_it(context: Context, family: Household) -> None:
    ref = open_case(recording(context, 0), "xx-harbour", family).case.ref
    seen = [looked_at(recording(context, 0), ref)]
    for days, action in enumerate(ACTIONS, start=1):
        action(recording(context, days), ref)
        seen.append(looked_at(recording(context, days), ref))

    for days, then in enumerate(seen):
        day = recording(context, days)
        assert looked_at(replace(recording(context, 40), on=day.on, known=day.on), ref) == then


def test_another_business_date_is_answered_with_what_was_known(context: Context, family: Household) -> None:
    ref = open_case(recording(context, 0), "xx-harbour", family).case.ref
    change_facts(replace(recording(context, 20), on=date(2024, 3, 5)), ref, {"municipality": "South Quay"})
    asked = replace(recording(context, 40), on=date(2024, 3, 10))

    assert find(asked, ref).municipality == "X2"
    assert find(replace(asked, known=date(2024, 3, 20)), ref).municipality == "X1"
    assert find(replace(asked, known=date(2024, 3, 21)), ref).municipality == "X2"


def test_before_it_was_recorded_nothing_was_known(context: Context, family: Household) -> None:
    ref = open_case(recording(context, 3), "xx-harbour", family).case.ref

    with pytest.raises(InputError, match="nothing was recorded of case XX-1 by the end of 2024-03-03"):
        find(replace(context, known=date(2024, 3, 3)), ref)


def test_what_was_erased_is_not_answered_with_what_came_later(context: Context, family: Household) -> None:
    ref = open_case(recording(context, 0), "xx-harbour", family).case.ref
    correct_facts(recording(context, 2), ref, {"member.2.born": "1991-02-03"})
    with context.store.engine.begin() as connection:
        connection.execute(delete(person_versions))

    with pytest.raises(InputError, match="has been erased since"):
        next_steps(replace(context, known=date(2024, 3, 1)), ref)
