"""Random walks by whatever is open: they never leave the lifecycle, whatever a household or a coordinator does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kummi.errors import RefusedError
from kummi.lifecycle import steps
from kummi.lifecycle.clearance import clearance_has_lapsed
from kummi.lifecycle.fold import fold
from kummi.lifecycle.phases import allows
from kummi.lifecycle.workflow_index import ORDER
from kummi.model.case_events import TaskWithdrawn
from kummi.model.vocabulary import Phase

CHOICES = st.lists(
    st.tuples(
        st.sampled_from(["record", "record", "record", "withdraw", "move", "move", "move", "hold", "resume"]),
        st.integers(0, 9),
        st.integers(0, 90),
    ),
    min_size=10,
    max_size=60,
)


def taken(harbour, case, action: str, pick: int, day):
    """Do one thing of the kind asked for, and return the case after it; None where there is nothing to do."""
    if action == "record":
        here = [task.id for task in harbour.workflow.stage(case.stage).tasks] or ["cleared"]
        return harbour.record(case, [*here, "cleared"][pick % (len(here) + 1)], day)
    if action == "withdraw":
        recorded = sorted(case.tasks)
        return fold(case, TaskWithdrawn(recorded[pick % len(recorded)]), day) if recorded and pick < 3 else None
    if action == "move":
        looked = [each for each in harbour.moves(case, day) if not each.move.outcome or pick == 9]
        chosen = looked[pick % len(looked)] if looked else None
        step = steps.take(harbour.loaded(case, day), chosen) if chosen else None
    else:
        step = steps.hold(case) if action == "hold" else steps.resume(harbour.loaded(case, day))
    return fold(case, step, day) if step else None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(CHOICES)
def test_no_sequence_of_deeds_leaves_the_lifecycle_or_its_guards(harbour, choices) -> None:
    case, day = harbour.walked("prepared"), harbour.opened().opened_on
    for action, pick, wait in choices:
        day += timedelta(wait if pick > 7 else 1)
        before = case
        try:
            case = taken(harbour, case, action, pick, day) or case
        except RefusedError:
            continue
        assert case.phase is harbour.workflow.stage(case.stage).phase
        assert before.reached.items() <= case.reached.items()
        if case.stage == before.stage:
            continue
        assert allows(before.phase, case.phase)
        assert case.phase is Phase.CLOSED or before.held_since is None
        if ORDER[Phase.MATCHING] <= ORDER[case.phase] < ORDER[Phase.CLOSED]:
            assert "consent" in case.tasks
        if case.phase in (Phase.INTRODUCTION, Phase.SUPPORT):
            assert case.tasks["cleared"].on <= day
            assert not clearance_has_lapsed(harbour.loaded(case, day))
        if clearance_has_lapsed(harbour.loaded(before, day)):
            assert case.phase in (Phase.MATCHING, Phase.CLOSED)
        if case.phase is Phase.MATCHING and before.phase in (Phase.INTRODUCTION, Phase.SUPPORT):
            assert set(case.tasks) <= {"talk", "consent"}


@pytest.mark.parametrize("stage_id", ["assessed", "prepared", "matching", "introduced", "supported", "concluded"])
def test_the_walks_can_get_everywhere(harbour, stage_id: str) -> None:
    assert harbour.walked(stage_id).stage == stage_id
