"""Take a step: each goes through the generic machine, which refuses it or gives the event to be written.

There is no other way to the events ``advanced``, ``closed``, ``held``, ``resumed`` and ``reopened``. ``restaged`` alone
does not go through it: it leads only to a phase that the case has been in, so that it goes round no guard.
"""

from __future__ import annotations

from collections.abc import Sequence

from kummi.errors import RefusedError
from kummi.lifecycle.clearance import clearance_has_lapsed, lapse_finding
from kummi.lifecycle.moves import PossibleMove
from kummi.lifecycle.phases import PhaseState, Trigger, step, trigger_between
from kummi.lifecycle.workflow_index import index_of
from kummi.message import Message
from kummi.model.case import Case, LoadedCase
from kummi.model.rule import Finding
from kummi.model.step_events import CaseAdvanced, CaseClosed, CaseHeld, CaseReopened, CaseRestaged, CaseResumed
from kummi.model.vocabulary import Outcome, Phase
from kummi.model.workflow import Stage, Workflow


def take(loaded: LoadedCase, looked: PossibleMove) -> CaseAdvanced | CaseClosed:
    """Take a move that was looked at on the same day. Raises RefusedError with the findings that close it."""
    case, move, to = loaded.case, looked.move, looked.phase
    trigger = trigger_between(case.phase, to)
    state = _phase_state(case, held=case.held_since is not None, lapsed=clearance_has_lapsed(loaded))
    state.against, state.outcome = looked.findings, move.outcome
    step(state, trigger)
    if trigger is Trigger.CLOSE:
        return CaseClosed(case.stage, move.to, Outcome(str(move.outcome)))
    reset = sorted(index_of(loaded).reset & case.tasks.keys()) if trigger is Trigger.REMATCH else ()
    return CaseAdvanced(case.stage, looked.stage.id, looked.stage.phase, tuple(reset))


def end(loaded: LoadedCase, outcome: Outcome) -> CaseClosed:
    """Close an open case from wherever it is, by no move of its workflow: it is merged, voided or transferred.

    Raises RefusedError.
    """
    case = loaded.case
    state = _phase_state(case, held=case.held_since is not None, lapsed=clearance_has_lapsed(loaded))
    state.outcome = outcome
    step(state, Trigger.CLOSE)
    closed = next(stage.id for stage in loaded.workflow.stages if stage.phase is Phase.CLOSED)
    return CaseClosed(case.stage, closed, outcome)


def take_together(source: Stage, target: Stage) -> CaseAdvanced:
    """Take a move for all cases that stand in a stage, on no hold of any kind, with nothing against the move.

    The machine sees no difference between them, so that it is asked once. Not for a re-match: what it asks for again is
    different in each case. Raises RefusedError.
    """
    step(PhaseState(source.phase), trigger_between(source.phase, target.phase))
    return CaseAdvanced(source.id, target.id, target.phase)


def hold(case: Case) -> CaseHeld:
    """Put an open case on hold. Raises RefusedError for one that is closed or on hold."""
    step(_phase_state(case, held=case.held_since is not None), Trigger.HOLD)
    return CaseHeld()


def resume(loaded: LoadedCase) -> CaseResumed:
    """Take a case off hold. Raises RefusedError, also where only renewing clearance ends the hold."""
    case = loaded.case
    if case.held_since is None and clearance_has_lapsed(loaded):
        finding = lapse_finding(loaded)
        raise RefusedError(Message("{reason}", reason=finding.reason), [finding])
    step(_phase_state(case, held=case.held_since is not None), Trigger.RESUME)
    return CaseResumed()


def reopen(loaded: LoadedCase, stage: str, against: Sequence[Finding]) -> CaseReopened:
    """Reopen a closed case in a stage of a phase that it has been in.

    ``against`` are the findings of ``moves.look_at_reopening``. Raises RefusedError.
    """
    state = _phase_state(loaded.case)
    state.to, state.against = index_of(loaded).stages[stage].phase, against
    phase = step(state, Trigger.REOPEN)
    return CaseReopened(stage, phase)


def restage(case: Case, workflow: Workflow, stage: str) -> CaseRestaged:
    """Put an open case into a stage of a version of its workflow, and pin it to that version.

    It is for a case that is stranded. Raises RefusedError for a closed case, and for a stage of a phase that it has not
    been in: what is asked on the way to that phase was never asked of it.
    """
    to = workflow.stage(stage)
    if not case.is_open:
        raise RefusedError(Message("case {ref} is closed; nothing is to be moved", ref=case.ref))
    if to.phase not in case.reached:
        been = ", ".join(case.reached)
        raise RefusedError(
            Message(
                "'{stage}' is in the phase '{phase}', and case {ref} has been in: {been}",
                stage=stage,
                phase=to.phase,
                ref=case.ref,
                been=been,
            )
        )
    return CaseRestaged(case.stage, to.id, to.phase, workflow.version)


def _phase_state(case: Case, *, held: bool = False, lapsed: bool = False) -> PhaseState:
    if held or lapsed:
        return PhaseState(Phase.ON_HOLD, held_in=case.phase, lapsed_only=not held, reached=case.reached)
    return PhaseState(case.phase, reached=case.reached)
