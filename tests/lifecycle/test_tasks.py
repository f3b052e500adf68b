"""Tasks of a case on a day: owed, done, lapsed, due."""

from __future__ import annotations

from datetime import date, timedelta

from kummi.lifecycle.clearance import NEVER, clearance_has_lapsed, clearance_until
from kummi.lifecycle.fold import fold
from kummi.lifecycle.tasks import task_states
from kummi.lifecycle.workflow_index import workflow_index
from kummi.model.case_events import TaskWithdrawn
from kummi.model.rule import Result
from kummi.model.workflow import Workflow

DAY = date(2025, 1, 7)
END = date(2026, 1, 7)
"""The last day of a clearance recorded on DAY that is good for 12 months."""


def states(harbour, case, on):
    return {state.task.id: state for state in task_states(harbour.loaded(case, on))}


def test_a_required_task_is_outstanding_until_it_is_recorded(harbour) -> None:
    case = harbour.walked("assessed")
    owed = states(harbour, case, DAY)["talk"]
    done = states(harbour, harbour.record(case, "talk", DAY), DAY)["talk"]

    assert (owed.required, owed.outstanding, owed.done_on, owed.due_on) == (True, True, None, date(2025, 1, 14))
    assert (done.required, done.outstanding, done.done_on, done.due_on) == (True, False, DAY, None)


def test_a_task_recorded_for_a_later_day_is_not_done_yet(harbour) -> None:
    case = harbour.record(harbour.walked("assessed"), "talk", DAY + timedelta(1))

    assert states(harbour, case, DAY)["talk"].outstanding
    assert not states(harbour, case, DAY + timedelta(1))["talk"].outstanding


def test_a_task_for_others_is_not_shown_and_one_that_may_be_needed_holds_nothing_back(harbour, build) -> None:
    def only_for_permits(data) -> None:
        data["stages"][1]["tasks"][0]["when"] = {"fact": "permit.held", "equals": True}

    harbour.workflow = build(only_for_permits)
    case = harbour.walked("referred")
    case = harbour.go(case, "assessed", DAY)
    without = harbour.corrected(case, {"permit.held": False})

    assert states(harbour, case, DAY)["talk"].applies is Result.UNKNOWN
    assert not states(harbour, case, DAY)["talk"].outstanding
    assert "talk" not in states(harbour, without, DAY)


def test_consent_that_may_be_needed_holds_the_case_back(harbour, build) -> None:
    def only_for_permits(data) -> None:
        data["stages"][2]["tasks"][0]["when"] = {"fact": "permit.held", "equals": True}

    harbour.workflow = build(only_for_permits)
    case = harbour.walked("assessed")
    case = harbour.go(harbour.record(case, "talk", DAY), "prepared", DAY)

    assert states(harbour, case, DAY)["consent"].outstanding


def test_clearance_lapses_the_day_after_its_last_day(harbour) -> None:
    case = harbour.walked("supported")

    assert clearance_until(harbour.loaded(case, DAY)) == END
    assert not clearance_has_lapsed(harbour.loaded(case, END))
    assert clearance_has_lapsed(harbour.loaded(case, END + timedelta(1)))
    assert "cleared" not in states(harbour, case, END)
    assert states(harbour, case, END + timedelta(1))["cleared"].expired


def test_renewed_clearance_ends_the_hold(harbour) -> None:
    case = harbour.record(harbour.walked("supported"), "cleared", END + timedelta(3))

    assert not clearance_has_lapsed(harbour.loaded(case, END + timedelta(3)))


def test_clearance_counts_only_while_supporters_meet_the_household(harbour) -> None:
    for stage_id in ("matching", "concluded"):
        assert not clearance_has_lapsed(harbour.loaded(harbour.walked(stage_id), END + timedelta(1)))


def test_withdrawn_clearance_in_support_holds_the_case_and_is_owed(harbour) -> None:
    case = fold(harbour.walked("supported"), TaskWithdrawn("cleared"), DAY)

    assert clearance_until(harbour.loaded(case, DAY)) == NEVER
    assert clearance_has_lapsed(harbour.loaded(case, DAY))
    assert states(harbour, case, DAY)["cleared"].outstanding


def test_a_record_may_say_another_end_than_the_tasks_own(harbour) -> None:
    case = harbour.record(harbour.walked("supported"), "cleared", DAY, until=date(2025, 3, 1))

    assert clearance_until(harbour.loaded(case, DAY)) == date(2025, 3, 1)


def test_a_rematch_asks_again_for_matching_and_later_and_for_all_clearance(harbour, build) -> None:
    def clear_early(data) -> None:
        data["stages"][2]["tasks"] += data["stages"][3]["tasks"]
        data["stages"][3]["tasks"] = [{**data["stages"][4]["tasks"][0], "id": "agreed"}]

    harbour.workflow = build(clear_early)
    case = harbour.walked("supported")
    again = harbour.go(harbour.record(case, "check", DAY), "matching", DAY)

    assert workflow_index(harbour.entry).reset == {"cleared", "agreed", "meeting", "check"}
    assert set(again.tasks) == {"talk", "consent"}
    assert states(harbour, again, DAY)["cleared"].outstanding
    assert harbour.refusals(again, "introduced", DAY) == ["clearance", "task-agreed"]


def test_withdrawn_consent_is_owed_wherever_the_case_is(harbour) -> None:
    case = fold(harbour.walked("supported"), TaskWithdrawn("consent"), DAY)

    assert states(harbour, case, DAY)["consent"].outstanding


def test_a_closed_case_needs_no_clearance(harbour) -> None:
    case = harbour.go(harbour.walked("supported"), "closed", DAY)

    assert clearance_until(harbour.loaded(case, DAY)) is None


def test_an_owner_that_is_an_authority_has_its_name_of_the_day(harbour) -> None:
    old, new = (harbour.entry.owners_on(date(year, 6, 1))["state"] for year in (2025, 2026))

    assert (str(old), new.in_language("xx")) == ("State (Old Office)", "~State (~New Office)")
    assert str(harbour.entry.owners_on(DAY)["coordinator"]) == "Coordinator"


def test_consent_of_a_side_stage_is_not_asked_of_those_who_go_round_it(harbour, build) -> None:
    harbour.workflow = build(_with_side_consent)

    assert harbour.refusals(harbour.walked("prepared"), "matching", DAY) == ["consent", "task-consent"]
    assert harbour.walked("matching").stage == "matching"


def _with_side_consent(data) -> None:
    side = {**data["stages"][2], "id": "aside", "title": "Aside"}
    side["tasks"] = [{**data["stages"][2]["tasks"][0], "id": "side-consent"}]
    data["stages"].insert(2, side)
    data["moves"] += [{"from": "assessed", "to": "aside"}, {"from": "aside", "to": "prepared"}]
    Workflow.model_validate(data)
