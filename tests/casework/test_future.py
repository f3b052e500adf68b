"""What has not come yet is not written down as done; the future is what lies after the day of the context's clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kummi.casework.bulk import advance_all
from kummi.casework.context import Context, today
from kummi.casework.facts import correct_facts
from kummi.casework.moving import advance, close, hold, reopen, resume
from kummi.casework.next_steps import next_steps
from kummi.casework.opening import open_case
from kummi.casework.recording import assess, record_task, withdraw_task
from kummi.errors import InputError
from kummi.importing.import_households import import_sheet
from kummi.model.case import Case
from kummi.model.household import Household
from kummi.model.vocabulary import Outcome
from kummi.store.audit import verify

Bring = Callable[[Context, str, str], Case]
TODAY = date(2024, 3, 1)


def at(context: Context, on: date, today: date = TODAY) -> Context:
    """Return the context on a business date, with a clock that says that it is another day."""
    return replace(context, on=on, clock=lambda: datetime(today.year, today.month, today.day, 12, tzinfo=UTC))


@pytest.fixture
def tomorrow(context: Context) -> Context:
    return at(context, date(2024, 3, 2))


DEEDS: dict[str, Callable[[Context, Household], object]] = {
    "open": lambda context, family: open_case(context, "xx-harbour", family),
    "record": lambda context, _: record_task(context, "XX-1", "consent"),
    "set": lambda context, _: correct_facts(context, "XX-1", {"housing": "house"}),
    "advance": lambda context, _: advance(context, "XX-1", "surveyed"),
    "advance many": lambda context, _: advance_all(context, "xx-harbour", "hailed", "surveyed"),
    "hold": lambda context, _: hold(context, "XX-1"),
    "resume": lambda context, _: resume(context, "XX-2"),
    "close": lambda context, _: close(context, "XX-1", Outcome.WITHDRAWN),
    "reopen": lambda context, _: reopen(context, "XX-3", "a reason"),
}


@pytest.mark.parametrize("name", DEEDS)
def test_nothing_is_done_on_a_day_that_has_not_come(
    context: Context, tomorrow: Context, family: Household, name: str, bring_to: Bring
) -> None:
    context = at(context, TODAY)
    for _ in range(3):
        open_case(context, "xx-harbour", family)
    record_task(context, "XX-1", "referral-letter")
    hold(context, "XX-2")
    close(context, "XX-3", Outcome.WITHDRAWN)
    before = verify(context.store)

    with pytest.raises(InputError, match=r"^--on: 2024-03-02 has not come yet, today is 2024-03-01; ") as caught:
        DEEDS[name](tomorrow, family)
    assert caught.value.exit_code == 2
    assert verify(context.store) == before
    DEEDS[name](at(context, date(2024, 3, 2), today=date(2024, 3, 2)), family)


def test_no_sheet_is_taken_on_a_day_that_has_not_come(tomorrow: Context, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("household;pathway;role\nA;asylum;adult\n")

    with pytest.raises(InputError, match="has not come yet"):
        import_sheet(tomorrow, "xx-harbour", sheet)


def test_a_withdrawal_works_today_also_of_what_was_recorded_for_a_later_day(
    context: Context, tomorrow: Context, family: Household
) -> None:
    ref = open_case(at(context, TODAY), "xx-harbour", family).case.ref
    early = at(context, date(2024, 6, 1), today=date(2024, 6, 1))
    record_task(early, ref, "consent")

    assert withdraw_task(at(context, TODAY), ref, "consent").case.tasks == {}


def test_a_withdrawal_of_a_later_day_counts_at_once_and_says_so(
    context: Context, tomorrow: Context, family: Household
) -> None:
    ref = open_case(at(context, TODAY), "xx-harbour", family).case.ref
    record_task(at(context, TODAY), ref, "consent")

    done = withdraw_task(tomorrow, ref, "consent")
    assert (done.case.tasks, tuple(map(str, done.warnings))) == (
        {}, ("2024-03-02 has not come yet; consent counts as withdrawn from now on",),
    )  # fmt: skip


def test_questions_and_rehearsals_may_look_ahead(context: Context, tomorrow: Context, family: Household) -> None:
    live = open_case(at(context, TODAY), "xx-harbour", family).case.ref
    rehearsed = open_case(tomorrow, "xx-harbour", family, rehearse=True).case.ref

    assert next_steps(tomorrow, live).loaded.facts.on == date(2024, 3, 2)
    assert assess(tomorrow, live)[1].on == date(2024, 3, 2)
    record_task(tomorrow, rehearsed, "referral-letter")
    assert advance(tomorrow, rehearsed, "surveyed").stage == "surveyed"


def test_today_is_the_day_here_or_in_utc_whichever_is_later(context: Context) -> None:
    night = replace(context, clock=lambda: datetime(2024, 3, 1, 23, 59, tzinfo=UTC))

    assert today(night) in (date(2024, 3, 1), date(2024, 3, 2))
    assert today(at(context, TODAY)) >= TODAY
