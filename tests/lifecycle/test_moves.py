"""Moves: open, or closed by findings that say which rule, who owes what and what would settle it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kummi.errors import RefusedError
from kummi.lifecycle import steps
from kummi.lifecycle.eligibility import asks_eligibility
from kummi.lifecycle.fold import fold
from kummi.lifecycle.moves import look_at_reopening
from kummi.model.case_events import TaskWithdrawn
from kummi.model.rule import Finding, Result
from kummi.model.step_events import CaseHeld
from kummi.model.text import Text
from kummi.model.vocabulary import Outcome, Phase

DAY = date(2025, 1, 7)
LAPSED = date(2026, 1, 8)
AFTER_WINDOW = date(2027, 1, 1)


def finding(rule: str, result: Result) -> Finding:
    return Finding(rule, result, Text.model_validate(f"{rule} holds"))


def test_moves_are_those_of_the_stage_in_the_order_declared(harbour) -> None:
    found = harbour.moves(harbour.walked("matching"), DAY)

    assert [(each.move.to, each.move.outcome, each.phase) for each in found] == [
        ("introduced", None, Phase.INTRODUCTION),
        ("closed", Outcome.WITHDRAWN, Phase.CLOSED),
        ("closed", Outcome.NO_SPONSOR, Phase.CLOSED),
    ]


def test_an_outstanding_task_closes_the_move_and_names_its_owner(harbour) -> None:
    case = harbour.walked("assessed")
    (owed,) = harbour.look(case, "prepared", DAY).findings

    assert owed.rule == "task-talk"
    assert str(owed.reason) == "the task 'Talk' is not done yet; it is owed by: Coordinator"
    assert str(owed.settle) == "Coordinator does it; then it is recorded as 'talk'"
    assert owed.reference[0].title == "Harbour Act"
    assert harbour.look(harbour.record(case, "talk", DAY), "prepared", DAY).allowed


def test_a_guard_that_is_not_met_or_unknown_closes_the_move(harbour, build) -> None:
    def guarded(data) -> None:
        rule = {"id": "permit", "text": "a permit is held", "require": {"fact": "permit.held", "equals": True}}
        data["moves"][0]["guards"] = [{**rule, "reference": {"id": "act", "title": "Act", "read": "2026-01"}}]

    harbour.workflow = build(guarded)
    case = harbour.opened()
    without, held = (harbour.corrected(case, {"permit.held": value}) for value in (False, True))

    assert [each.result for each in harbour.look(case, "assessed", DAY).findings] == [Result.UNKNOWN]
    assert [each.result for each in harbour.look(without, "assessed", DAY).findings] == [Result.NOT_MET]
    assert harbour.look(held, "assessed", DAY).allowed


def test_eligibility_counts_on_entering_preparation_and_only_what_fails_is_shown(harbour) -> None:
    case = harbour.record(harbour.walked("assessed"), "talk", DAY)
    given = (finding("a", Result.MET), finding("b", Result.UNKNOWN), finding("c", Result.NOT_MET))

    assert harbour.refusals(case, "prepared", DAY, given) == ["b", "c"]
    assert harbour.look(case, "prepared", DAY, given[:1]).allowed
    assert harbour.refusals(harbour.walked("introduced"), "supported", DAY, given) == ["task-meeting"]
    to_prepared, to_closed = (harbour.look(case, to, DAY).phase for to in ("prepared", "closed"))
    assert asks_eligibility(case.phase, to_prepared)
    assert not asks_eligibility(case.phase, to_closed)


@pytest.mark.parametrize("stage_id", ["matching", "introduced", "supported"])
def test_without_consent_nothing_moves_to_matching_or_later(harbour, stage_id: str) -> None:
    case = fold(harbour.walked(stage_id), TaskWithdrawn("consent"), DAY)
    onward = [each for each in harbour.moves(case, DAY) if each.move.outcome is None]

    assert all("consent" in [found.rule for found in each.findings] for each in onward)
    assert harbour.look(case, "closed", DAY).allowed


def test_a_missing_clearance_closes_introduction_and_says_so(harbour) -> None:
    case = harbour.walked("matching")
    (clearance, task) = harbour.look(case, "introduced", DAY).findings

    assert (clearance.rule, task.rule) == ("clearance", "task-cleared")
    assert str(clearance.reason) == "clearance of those who meet the household is not recorded: Cleared"


def test_an_expired_clearance_closes_introduction_and_says_when_it_ended(harbour) -> None:
    case = harbour.record(harbour.walked("matching"), "cleared", DAY)
    clearance, task = harbour.look(case, "introduced", LAPSED).findings

    assert str(clearance.reason) == "clearance of those who meet the household was good until 2026-01-07: Cleared"
    assert str(task.reason).startswith("what the task 'Cleared' showed was good until 2026-01-07")


def test_a_lapse_closes_every_move_but_a_rematch_and_an_early_end(harbour) -> None:
    case = harbour.walked("supported")
    case = harbour.record(case, "check", DAY)

    assert harbour.refusals(case, "concluded", LAPSED) == ["on-hold"]
    assert harbour.look(case, "matching", LAPSED).allowed
    assert harbour.go(case, "matching", LAPSED).phase is Phase.MATCHING
    assert harbour.go(case, "closed", LAPSED).outcome is Outcome.WITHDRAWN


def test_after_the_window_no_match_and_no_introduction_begins_and_concluding_stays_possible(harbour) -> None:
    prepared = harbour.record(harbour.walked("prepared"), "consent", DAY)
    assert harbour.look(prepared, "matching", AFTER_WINDOW - timedelta(1)).allowed
    matching = harbour.record(harbour.walked("matching"), "cleared", AFTER_WINDOW)
    supported = harbour.record(harbour.walked("supported"), "cleared", AFTER_WINDOW)

    assert harbour.refusals(prepared, "matching", AFTER_WINDOW) == ["programme-window"]
    assert harbour.refusals(matching, "introduced", AFTER_WINDOW) == ["programme-window"]
    assert harbour.refusals(supported, "matching", AFTER_WINDOW) == ["programme-window"]
    assert harbour.refusals(supported, "concluded", AFTER_WINDOW) == ["task-check"]


def test_a_held_case_moves_nowhere_but_to_an_early_end(harbour) -> None:
    case = harbour.record(harbour.walked("assessed"), "talk", DAY)
    held = fold(case, steps.hold(case), DAY)

    assert harbour.refusals(held, "prepared", DAY) == ["on-hold"]
    assert harbour.look(held, "closed", DAY).allowed
    with pytest.raises(RefusedError, match="on hold since 2025-01-07"):
        steps.take(harbour.loaded(held, DAY), harbour.look(held, "prepared", DAY))
    resumed = fold(held, steps.resume(harbour.loaded(held, DAY)), DAY)
    assert harbour.go(resumed, "prepared", DAY).stage == "prepared"


def test_completing_asks_the_tasks_that_an_early_end_does_not(harbour, build) -> None:
    def farewell(data) -> None:
        data["stages"][6]["tasks"] = [{**data["stages"][1]["tasks"][0], "id": "farewell"}]

    harbour.workflow = build(farewell)
    completed, early = harbour.moves(harbour.walked("concluded"), DAY)

    assert [each.rule for each in completed.findings] == ["task-farewell"]
    assert early.allowed


def test_a_rematch_asks_no_tasks_of_the_stage_it_leaves(harbour) -> None:
    case = harbour.walked("introduced")

    assert harbour.refusals(case, "supported", DAY) == ["task-meeting"]
    assert harbour.look(case, "matching", DAY).allowed


def test_extra_findings_of_plugins_close_a_move(harbour) -> None:
    case = harbour.opened()
    from kummi.lifecycle.moves import possible_moves

    def extra(move):
        return [finding("full", Result.NOT_MET), finding("open", Result.MET)] if move.to == "assessed" else []

    (onward, early) = possible_moves(harbour.loaded(case, DAY), (), extra)
    assert [each.rule for each in onward.findings] == ["full"]
    assert early.allowed


def test_a_move_looked_at_alone_says_the_same(harbour) -> None:
    case = harbour.walked("matching")

    for looked in harbour.moves(case, DAY):
        alone = harbour.look_at(looked.move, case, DAY)
        assert [each.rule for each in alone.findings] == [each.rule for each in looked.findings]


def test_a_lapse_is_not_resumed_but_renewed(harbour) -> None:
    with pytest.raises(RefusedError, match="by itself: clearance was good until 2026-01-07"):
        steps.resume(harbour.loaded(harbour.walked("supported"), LAPSED))


def test_hold_and_resume_are_refused_where_they_change_nothing(harbour) -> None:
    case = harbour.opened()
    held = fold(case, CaseHeld(), DAY)

    with pytest.raises(RefusedError):
        steps.hold(held)
    with pytest.raises(RefusedError):
        steps.resume(harbour.loaded(case, DAY))
    with pytest.raises(RefusedError):
        steps.hold(harbour.go(case, "closed", DAY))


def test_a_closed_case_reopens_where_it_was_unless_consent_or_clearance_is_missing(harbour) -> None:
    closed = harbour.go(harbour.walked("supported"), "closed", DAY)

    def against(on):
        return look_at_reopening("supported", harbour.loaded(closed, on))

    step = steps.reopen(harbour.loaded(closed, DAY), "supported", against(DAY))
    reopened = fold(closed, step, DAY)
    assert (reopened.stage, reopened.phase, reopened.outcome, reopened.closed_on) == (
        "supported", Phase.SUPPORT, None, None,
    )  # fmt: skip
    assert [each.rule for each in against(LAPSED)] == ["clearance"]
    with pytest.raises(RefusedError, match="was good until"):
        steps.reopen(harbour.loaded(closed, LAPSED), "supported", against(LAPSED))
    with pytest.raises(RefusedError, match="has been in"):
        steps.reopen(harbour.loaded(closed, DAY), "concluded", ())


def test_a_refused_move_cannot_be_taken_by_hand(harbour) -> None:
    case = harbour.walked("matching")
    looked = harbour.look(case, "introduced", DAY)

    with pytest.raises(RefusedError) as refused:
        steps.take(harbour.loaded(case, DAY + timedelta(1)), looked)
    assert [each.rule for each in refused.value.findings] == ["clearance", "task-cleared"]
