"""Lists, the morning list and the timeline: who is on them, and that a rehearsal never is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from kummi.casework.case_index import case_index_from
from kummi.casework.context import Context
from kummi.casework.due import due
from kummi.casework.linking import split
from kummi.casework.listing import find, list_cases, timeline
from kummi.casework.moving import close, hold, resume
from kummi.casework.next_steps import next_steps
from kummi.casework.opening import open_case
from kummi.casework.recording import record_task, withdraw_task
from kummi.errors import IntegrityError
from kummi.i18n.translator import Translator
from kummi.model.case import Case
from kummi.model.dates import Period
from kummi.model.household import Household
from kummi.model.vocabulary import Outcome, Phase
from kummi.reporting.build import build
from kummi.store.audit import verify
from kummi.store.queries.case_list import CaseFilter

Bring = Callable[[Context, str, str], Case]


def on(context: Context, day: str) -> Context:
    return replace(context, on=date.fromisoformat(day))


def refs(context: Context, **wanted: object) -> list[str]:
    return [case.ref for case in list_cases(context, CaseFilter(**wanted))]


def items(context: Context, days: int, **more: object) -> list[tuple[object, ...]]:
    found = due(context, days, **more)
    return [
        (item.loaded.case.ref, item.kind, item.task.task.id if item.task else None, str(item.day)) for item in found
    ]


# --- lists -------------------------------------------------------------------------------------------------------


def test_a_list_is_narrowed_by_programme_phase_and_place_and_paged_by_number(
    context: Context, family: Household, bring_to: Bring
) -> None:
    south = family.model_copy(update={"municipality": "South Quay"})
    for household in (family, south, family, family):
        open_case(context, "xx-harbour", household)
    bring_to(context, "XX-2", "surveyed")
    hold(context, "XX-3")
    close(context, "XX-4", Outcome.DECLINED)

    assert refs(context) == ["XX-1", "XX-2", "XX-3"]
    assert refs(context, closed=True) == ["XX-1", "XX-2", "XX-3", "XX-4"]
    assert refs(context, phase=Phase.CLOSED) == ["XX-4"]
    assert refs(context, phase=Phase.ASSESSMENT) == ["XX-2"]
    assert refs(context, phase=Phase.ON_HOLD) == ["XX-3"]
    assert refs(context, municipality="X2") == ["XX-2"]
    assert refs(context, programme="xx-harbour", after=1, limit=1) == ["XX-2"]
    assert refs(context, programme="xx-lighthouse") == []


@pytest.mark.parametrize("place", ["100 % Quay", "L'Île", "a%sb", "%(x)s", "Kai\\", "Ø'; DROP TABLE notes; --", ":x"])
def test_any_name_of_a_place_can_be_asked_for(context: Context, family: Household, place: str) -> None:
    open_case(context, "xx-harbour", family)
    open_case(context, "xx-harbour", family.model_copy(update={"municipality": place}))

    assert refs(context, municipality=place) == ["XX-2"]
    assert verify(context.store, follows=case_index_from(context.catalogue)).faults == ()


def test_a_case_on_hold_by_itself_is_listed_as_on_hold(context: Context, family: Household, bring_to: Bring) -> None:
    open_case(context, "xx-harbour", family)
    bring_to(context, "XX-1", "sailing")

    assert refs(on(context, "2025-03-01"), phase=Phase.ON_HOLD) == []
    assert refs(on(context, "2025-03-02"), phase=Phase.ON_HOLD) == ["XX-1"]


def test_a_row_that_cannot_be_read_is_an_integrity_error_and_no_bug_of_ours(
    context: Context, family: Household
) -> None:
    open_case(context, "xx-harbour", family)
    with context.store.writing() as connection:
        connection.execute(text("UPDATE cases SET phase = 'limbo'"))

    with pytest.raises(IntegrityError, match=r"case number 1 cannot be read.*kummi audit verify") as caught:
        next_steps(context, "XX-1")
    assert caught.value.exit_code == 5


def test_a_list_counts_the_members_of_the_day_and_leaves_out_what_was_opened_later(
    context: Context, family: Household
) -> None:
    open_case(context, "xx-harbour", family)
    new = split(on(context, "2024-05-02"), "XX-1", [2, 3]).case
    open_case(on(context, "2024-06-03"), "xx-harbour", family)

    def sizes(day: str) -> list[tuple[str, int, int, int]]:
        found = list_cases(on(context, day), CaseFilter())
        return [(case.ref, case.size, case.adults, case.children) for case in found]

    assert sizes("2024-05-01") == [("XX-1", 3, 2, 1), (new.ref, 0, 0, 0)]
    assert sizes("2024-05-02") == [("XX-1", 1, 1, 0), (new.ref, 2, 1, 1)]
    assert [size[0] for size in sizes("2024-06-03")] == ["XX-1", new.ref, "XX-3"]
    assert find(on(context, "2024-04-01"), "XX-1").size == 3
    assert timeline(on(context, "2024-04-01"), "XX-1")[0].size == 3


def test_a_rehearsal_that_runs_ahead_of_the_time_is_listed(context: Context, family: Household) -> None:
    open_case(on(context, "2040-01-01"), "xx-harbour", family, rehearse=True)

    assert refs(context, rehearsal=True) == ["XX-1"]


# --- what is due -------------------------------------------------------------------------------------------------


def test_the_morning_list_tells_what_is_owed_by_when_and_what_is_blocked(
    context: Context, family: Household, bring_to: Bring
) -> None:
    for _ in range(4):
        open_case(context, "xx-harbour", family)
    bring_to(context, "XX-2", "outfitting")
    hold(context, "XX-3")
    close(context, "XX-4", Outcome.DECLINED)

    assert items(context, 0) == [("XX-3", "held", None, "2024-03-01")]
    assert items(context, 7) == [
        ("XX-3", "held", None, "2024-03-01"),
        ("XX-1", "task", "referral-letter", "2024-03-08"),
    ]
    found = items(on(context, "2024-03-20"), 0)
    assert found[1:] == [
        ("XX-1", "task", "referral-letter", "2024-03-08"),
        ("XX-2", "task", "voyage-plan", "2024-03-15"),
    ]
    assert [item.overdue_on(date(2024, 3, 20)) for item in due(on(context, "2024-03-20"), 0)] == [False, True, True]
    assert items(context, 7, programme="xx-lighthouse") == []
    assert len(items(context, 10**9)) >= 3


def test_a_repeating_task_and_a_stage_come_due_again(context: Context, family: Household, bring_to: Bring) -> None:
    open_case(context, "xx-harbour", family)
    bring_to(context, "XX-1", "sailing")
    record_task(on(context, "2024-03-25"), "XX-1", "monthly-check")

    assert items(on(context, "2024-04-24"), 0) == []
    assert items(on(context, "2024-04-25"), 0) == [("XX-1", "task", "monthly-check", "2024-04-25")]
    later = on(context, "2025-03-01")
    assert items(later, 0) == [
        ("XX-1", "task", "monthly-check", "2024-04-25"),
        ("XX-1", "stage", None, "2025-03-01"),
        ("XX-1", "ends", None, "2025-03-01"),
    ]


def test_a_clearance_that_ended_or_is_gone_is_on_the_morning_list_as_blocked(
    context: Context, family: Household, bring_to: Bring
) -> None:
    for ref in ("XX-1", "XX-2"):
        open_case(context, "xx-harbour", family)
        bring_to(context, ref, "sailing")
        record_task(context, ref, "monthly-check")
    withdraw_task(on(context, "2024-03-10"), "XX-2", "crew-cleared")

    assert items(on(context, "2024-03-11"), 0) == [("XX-2", "lapsed", "crew-cleared", "2024-03-11")]
    blocked = [each for each in items(on(context, "2025-03-02"), 0) if each[1] == "lapsed"]
    assert blocked == [
        ("XX-1", "lapsed", "crew-cleared", "2025-03-01"),
        ("XX-2", "lapsed", "crew-cleared", "2025-03-02"),
    ]


def test_an_empty_store_has_nothing_due(context: Context) -> None:
    assert due(context, 30) == []
    assert list_cases(context, CaseFilter()) == []


# --- the timeline ------------------------------------------------------------------------------------------------


def test_the_timeline_gives_each_event_its_own_note(context: Context, family: Household) -> None:
    open_case(context, "xx-harbour", family)
    open_case(context, "xx-harbour", family)
    hold(context, "XX-1", note="first note")
    hold(context, "XX-2", note="of another case")
    resume(context, "XX-1")
    hold(context, "XX-1", note="second note")

    case, moments = timeline(context, "XX-1")
    assert case.seq == 4
    assert [(moment.event.kind, moment.note) for moment in moments] == [
        ("opened", None), ("held", "first note"), ("resumed", None), ("held", "second note"),
    ]  # fmt: skip


# --- rehearsals --------------------------------------------------------------------------------------------------


def test_a_rehearsal_is_on_no_list_and_in_no_figure(context: Context, family: Household, bring_to: Bring) -> None:
    live = open_case(context, "xx-harbour", family).case.ref
    rehearsed = open_case(context, "xx-harbour", family, rehearse=True).case.ref
    held = open_case(context, "xx-harbour", family, rehearse=True).case.ref
    bring_to(context, live, "sailing")
    bring_to(context, rehearsed, "sailing")
    hold(context, held)

    assert refs(context, closed=True) == [live]
    assert refs(context, rehearsal=True) == [rehearsed, held]
    assert {item[0] for item in items(on(context, "2026-01-01"), 30)} == {live}

    entry = context.entry("xx-harbour")
    period = Period(date(2024, 1, 1), date(2024, 12, 31))
    with context.store.reading() as connection:
        persons = list(build(connection, entry, "xx-participants", period, Translator()).rows)
        figures = list(build(connection, entry, "xx-indicators", period, Translator()).rows)
    assert {row[0] for row in persons} == {live}
    assert len(persons) == 3
    assert figures[0][3] == 3
    assert verify(context.store, follows=case_index_from(context.catalogue)).faults == ()
