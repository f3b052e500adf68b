"""The generic lifecycle: what it allows, and that nothing goes round its guards."""

from __future__ import annotations

import itertools

import pytest

from kummi.errors import RefusedError
from kummi.lifecycle.phases import PhaseState, Trigger, allows, may_end, step, trigger_between, triggers_from
from kummi.model.rule import Finding, Result
from kummi.model.text import Text
from kummi.model.vocabulary import OPEN_PHASES, Outcome, Phase

UNKNOWN = Finding("age", Result.UNKNOWN, Text.model_validate("the age is known"))


def test_moves_stay_go_on_one_phase_go_back_to_matching_or_close() -> None:
    expected = {(phase, phase) for phase in OPEN_PHASES} | {(phase, Phase.CLOSED) for phase in OPEN_PHASES}
    expected |= set(itertools.pairwise(OPEN_PHASES))
    expected |= {(Phase.INTRODUCTION, Phase.MATCHING), (Phase.SUPPORT, Phase.MATCHING)}

    assert {pair for pair in itertools.product(Phase, Phase) if allows(*pair)} == expected


@pytest.mark.parametrize("trigger", Trigger)
@pytest.mark.parametrize("finding", [UNKNOWN])
def test_a_finding_against_a_step_refuses_every_step_but_hold_and_resume(trigger: Trigger, finding: Finding) -> None:
    for phase in Phase:
        walk = PhaseState(
            phase, outcome=Outcome.WITHDRAWN, against=(finding,), to=Phase.REFERRAL, reached=(Phase.REFERRAL,)
        )
        walk.held_in = Phase.SUPPORT if phase is Phase.ON_HOLD else None
        if trigger in (Trigger.HOLD, Trigger.RESUME):
            continue
        with pytest.raises(RefusedError):
            step(walk, trigger)
        assert walk.state == phase


def test_a_refusal_by_a_finding_carries_it() -> None:
    with pytest.raises(RefusedError, match="the age is known") as refused:
        step(PhaseState(Phase.ASSESSMENT, against=(UNKNOWN,)), Trigger.ADVANCE)

    assert refused.value.findings == (UNKNOWN,)


@pytest.mark.parametrize("phase", OPEN_PHASES)
def test_hold_returns_to_the_phase_it_came_from(phase: Phase) -> None:
    walk = PhaseState(phase)

    assert step(walk, Trigger.HOLD) is Phase.ON_HOLD
    assert step(walk, Trigger.RESUME) is phase


@pytest.mark.parametrize("phase", OPEN_PHASES)
@pytest.mark.parametrize("outcome", Outcome)
def test_outcomes_belong_to_phases(phase: Phase, outcome: Outcome) -> None:
    only = {Outcome.COMPLETED: Phase.CONCLUSION, Outcome.NO_SPONSOR: Phase.MATCHING}.get(outcome, phase)

    assert may_end(phase, outcome) is (only is phase)
    walk = PhaseState(phase, outcome=outcome)
    if only is phase:
        assert step(walk, Trigger.CLOSE) is Phase.CLOSED
    else:
        with pytest.raises(RefusedError, match=f"only for: {only}"):
            step(walk, Trigger.CLOSE)


def test_closing_needs_an_outcome() -> None:
    with pytest.raises(RefusedError, match="only with an outcome"):
        step(PhaseState(Phase.SUPPORT), Trigger.CLOSE)


def test_a_held_case_closes_early_and_never_as_completed() -> None:
    assert (
        step(PhaseState(Phase.ON_HOLD, held_in=Phase.SUPPORT, outcome=Outcome.WITHDRAWN), Trigger.CLOSE) is Phase.CLOSED
    )
    with pytest.raises(RefusedError, match="resumes first"):
        step(PhaseState(Phase.ON_HOLD, held_in=Phase.CONCLUSION, outcome=Outcome.COMPLETED), Trigger.CLOSE)


def test_only_a_hold_by_lapse_leaves_by_a_rematch() -> None:
    lapsed = PhaseState(Phase.ON_HOLD, held_in=Phase.SUPPORT, lapsed_only=True)
    held = PhaseState(Phase.ON_HOLD, held_in=Phase.SUPPORT)

    assert step(lapsed, Trigger.REMATCH) is Phase.MATCHING
    with pytest.raises(RefusedError):
        step(held, Trigger.REMATCH)


def test_a_closed_case_reopens_only_where_it_has_been() -> None:
    been = (Phase.REFERRAL, Phase.ASSESSMENT)

    assert step(PhaseState(Phase.CLOSED, to=Phase.ASSESSMENT, reached=been), Trigger.REOPEN) is Phase.ASSESSMENT
    with pytest.raises(RefusedError, match="has been in: referral, assessment"):
        step(PhaseState(Phase.CLOSED, to=Phase.SUPPORT, reached=been), Trigger.REOPEN)


def test_a_step_that_the_phase_has_not_names_those_that_it_has() -> None:
    with pytest.raises(
        RefusedError,
        match="cannot 'go back to matching'; allowed here: go on, move within its phase, close, be put on hold",
    ):
        step(PhaseState(Phase.REFERRAL), Trigger.REMATCH)
    with pytest.raises(RefusedError, match="from there it may move to: assessment, referral, closed"):
        trigger_between(Phase.REFERRAL, Phase.SUPPORT)


def test_a_closed_case_has_no_step_but_reopen() -> None:
    assert triggers_from(Phase.CLOSED) == (Trigger.REOPEN,)
