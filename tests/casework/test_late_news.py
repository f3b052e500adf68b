"""Late news: what happened earlier may be recorded later, and turns nothing round that is known of a later day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from kummi.casework.case_index import case_index_from
from kummi.casework.context import Context
from kummi.casework.due import due
from kummi.casework.facts import change_facts, correct_facts
from kummi.casework.listing import timeline
from kummi.casework.moving import advance, close, hold, reopen, resume
from kummi.casework.next_steps import next_steps
from kummi.casework.opening import open_case
from kummi.casework.recording import assess, record_task, withdraw_task
from kummi.errors import InputError
from kummi.model.case import Case, TaskRecord
from kummi.model.household import Household
from kummi.model.rule import Eligibility
from kummi.model.vocabulary import Outcome
from kummi.store.audit import verify
from kummi.store.tables import cases

Bring = Callable[[Context, str, str], Case]


def on(context: Context, day: str) -> Context:
    return replace(context, on=date.fromisoformat(day))


@pytest.fixture
def ref(context: Context, family: Household) -> str:
    return open_case(context, "xx-harbour", family).case.ref


DEEDS: dict[str, Callable[[Context, str], object]] = {
    "record": lambda context, ref: record_task(context, ref, "consent"),
    "set": lambda context, ref: correct_facts(context, ref, {"housing": "house", "member.1.name": "Other"}),
    "assess": assess,
    "advance": lambda context, ref: advance(context, ref, "surveyed"),
    "hold": lambda context, ref: hold(context, ref, note="a note"),
    "close": lambda context, ref: close(context, ref, Outcome.WITHDRAWN, note="a note"),
}


@pytest.mark.parametrize("name", DEEDS)
def test_no_deed_is_earlier_than_the_opening_and_the_refused_one_leaves_nothing(
    context: Context, ref: str, name: str
) -> None:
    record_task(context, ref, "referral-letter")
    before = verify(context.store)

    with pytest.raises(InputError, match=r"^--on: case XX-1 was opened on 2024-03-01; 2024-02-29 is before$") as caught:
        DEEDS[name](on(context, "2024-02-29"), ref)
    assert caught.value.exit_code == 2
    assert verify(context.store) == before


def test_a_task_done_earlier_is_recorded_later_with_both_days(context: Context, ref: str, bring_to: Bring) -> None:
    bring_to(on(context, "2024-04-01"), ref, "outfitting")
    record_task(on(context, "2024-03-15"), ref, "call-before-arrival")

    moment = timeline(context, ref)[1][-1]
    assert (moment.event.happened_on, moment.event.recorded_at[:10]) == (date(2024, 3, 15), "2032-03-01")
    assert next_steps(context, ref).loaded.case.tasks["call-before-arrival"] == TaskRecord(date(2024, 3, 15))
    assert verify(context.store, follows=case_index_from(context.catalogue)).faults == ()


def test_what_a_later_day_showed_stands_and_the_late_news_is_kept_beside_it(context: Context, ref: str) -> None:
    record_task(on(context, "2024-06-01"), ref, "crew-cleared")
    recorded = record_task(on(context, "2024-03-10"), ref, "crew-cleared")

    assert recorded.case.tasks["crew-cleared"] == TaskRecord(date(2024, 6, 1), date(2025, 6, 1))
    assert tuple(map(str, recorded.warnings)) == (
        "task crew-cleared was done on 2024-06-01 too, and that stands; to correct the day, withdraw it and record it",
    )
    days = [m.event.happened_on for m in timeline(context, ref)[1] if m.event.kind == "recorded"]
    assert days == [date(2024, 6, 1), date(2024, 3, 10)]
    assert verify(context.store, follows=case_index_from(context.catalogue)).faults == ()


def test_a_wrong_day_is_put_right_by_withdrawing_and_recording(context: Context, ref: str) -> None:
    record_task(on(context, "2024-06-01"), ref, "consent")
    withdraw_task(on(context, "2024-06-01"), ref, "consent")
    recorded = record_task(on(context, "2024-03-10"), ref, "consent")

    assert (recorded.case.tasks["consent"].on, recorded.warnings) == (date(2024, 3, 10), ())


def test_a_task_is_not_withdrawn_before_it_was_done(context: Context, ref: str) -> None:
    record_task(on(context, "2024-06-01"), ref, "consent")

    with pytest.raises(InputError, match="--on: task consent was done on 2024-06-01; it cannot be withdrawn before"):
        withdraw_task(on(context, "2024-05-31"), ref, "consent")


@pytest.mark.parametrize(
    "action",
    [
        lambda context, ref: advance(context, ref, "aboard"),
        hold,
        lambda context, ref: close(context, ref, Outcome.DECLINED),
    ],
)
def test_no_step_is_earlier_than_the_last_one(
    context: Context, ref: str, action: Callable[[Context, str], Case]
) -> None:
    record_task(context, ref, "referral-letter")
    hold(on(context, "2024-03-10"), ref)
    resume(on(context, "2024-03-20"), ref)

    with pytest.raises(InputError, match="--on: the last step of case XX-1 was on 2024-03-20; 2024-03-19 is before"):
        action(on(context, "2024-03-19"), ref)
    assert action(on(context, "2024-03-20"), ref).seq == 5


def test_neither_resuming_nor_reopening_goes_back_in_time(context: Context, ref: str) -> None:
    hold(on(context, "2024-03-10"), ref)
    with pytest.raises(InputError, match="was on 2024-03-10"):
        resume(on(context, "2024-03-09"), ref)
    close(on(context, "2024-03-12"), ref, Outcome.WITHDRAWN)
    with pytest.raises(InputError, match="was on 2024-03-12"):
        reopen(on(context, "2024-03-11"), ref, "a reason")
    assert reopen(on(context, "2024-03-12"), ref, "a reason").is_open


def test_a_change_that_is_known_of_a_later_day_stays(context: Context, ref: str) -> None:
    change_facts(on(context, "2024-05-01"), ref, {"municipality": "South Quay", "housing": "house"})
    recorded = change_facts(on(context, "2024-04-01"), ref, {"municipality": "Old Pier", "moored": "2024-03-20"})

    case = recorded.case
    assert "municipality changes again on 2024-05-01, as was known" in map(str, recorded.warnings)
    assert (case.municipality, case.fields["moored"], case.fields["housing"]) == ("X2", date(2024, 3, 20), "house")
    assert verify(context.store, follows=case_index_from(context.catalogue)).faults == ()


def test_a_decision_about_an_earlier_day_stands_beside_the_later_one(context: Context, family: Household) -> None:
    unsure = family.model_copy(update={"permit": family.permit.model_copy(update={"granted": date(2022, 1, 10)})})
    ref = open_case(context, "xx-harbour", unsure).case.ref
    _, later = assess(on(context, "2025-01-02"), ref)
    _, earlier = assess(on(context, "2024-12-31"), ref)

    assert (earlier.outcome, later.outcome) == (Eligibility.NOT_ELIGIBLE, Eligibility.ELIGIBLE)
    assert [m.event.data["outcome"] for m in timeline(context, ref)[1][1:]] == ["eligible", "not_eligible"]


def test_a_task_recorded_for_a_later_day_is_not_known_before_it(context: Context, ref: str, bring_to: Bring) -> None:
    bring_to(context, ref, "outfitting")
    record_task(on(context, "2024-03-20"), ref, "consent")

    owed = lambda day: {s.task.id for s in next_steps(on(context, day), ref).tasks if s.outstanding}  # noqa: E731
    assert owed("2024-03-19") == {"consent", "voyage-plan"}
    assert owed("2024-03-20") == {"voyage-plan"}


def test_late_news_leaves_the_morning_list_of_today_as_it_was(context: Context, ref: str, bring_to: Bring) -> None:
    bring_to(context, ref, "sailing")
    today = on(context, "2024-05-20")
    record_task(today, ref, "monthly-check")
    record_task(on(context, "2024-04-02"), ref, "monthly-check")

    assert [(item.task.task.id, item.day) for item in due(today, 31) if item.task] == [
        ("monthly-check", date(2024, 6, 20))
    ]
    assert due(today, 30) == []
    with context.store.reading() as connection:
        assert connection.execute(select(cases.c.next_due)).scalar_one() == date(2024, 6, 20)


def test_facts_may_lie_in_the_future(context: Context, family: Household) -> None:
    coming = family.model_copy(update={"arrived": date(2024, 9, 1)})
    case = open_case(context, "xx-harbour", coming).case

    assert case.arrived == date(2024, 9, 1)
    assert correct_facts(context, case.ref, {"registered": "2024-09-05"}).case.registered == date(2024, 9, 5)
