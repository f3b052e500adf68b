"""The generic lifecycle that every country refines: one shared state machine, the only door to ``transitions``.

::

    referral → assessment → preparation → matching → introduction → support → conclusion → closed
                                             ↑______________|____________|   (re-match)
    any open phase → closed, any open phase ⇄ on_hold, closed → a phase it has been in (reopen)

A case is given to the machine as a ``PhaseState``, the few facts its guards look at. The guards are conditions of the
machine itself, and ``auto_transitions`` is off, so there is no way to another phase but through them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import Any, Protocol

from transitions import Machine, MachineError

from kummi.errors import RefusedError
from kummi.i18n.terms import term
from kummi.lifecycle.workflow_index import CLEARED_PHASES
from kummi.message import Message
from kummi.model.rule import Finding, Result
from kummi.model.vocabulary import OPEN_PHASES, Outcome, Phase


class Trigger(StrEnum):
    """A step of the lifecycle."""

    ADVANCE = "advance"
    STAY = "stay"
    REMATCH = "rematch"
    CLOSE = "close"
    HOLD = "hold"
    RESUME = "resume"
    REOPEN = "reopen"


_OUTCOME_FROM: dict[Outcome, tuple[Phase, ...]] = {
    Outcome.COMPLETED: (Phase.CONCLUSION,),
    Outcome.NO_SPONSOR: (Phase.MATCHING,),
}


@dataclass(slots=True)
class PhaseState:
    """What the guards of the machine look at; ``state`` is changed by the machine and by nothing else.

    ``held_in`` is the phase that a case on hold returns to. ``lapsed_only`` says that the hold comes from a lapsed
    clearance alone. ``against`` holds the findings of the step; one that is not met or unknown refuses it.
    ``to`` is the phase that a closed case reopens to, one of those it has ``reached``.
    """

    state: Phase
    held_in: Phase | None = None
    lapsed_only: bool = False
    outcome: Outcome | None = None
    against: Sequence[Finding] = ()
    to: Phase | None = None
    reached: Collection[Phase] = ()

    @property
    def phase(self) -> Phase:
        """The phase in which work goes on or went on: that of before the hold, for a case on hold."""
        return self.held_in or self.state


def allows(from_phase: Phase, to_phase: Phase) -> bool:
    """Whether a case may move from one phase to another; holding, resuming and reopening are not moves."""
    return (from_phase, to_phase) in _triggers()


def trigger_between(from_phase: Phase, to_phase: Phase) -> Trigger:
    """Return the trigger of a move between two phases. Raises RefusedError where the lifecycle has none."""
    trigger = _triggers().get((from_phase, to_phase))
    if trigger is None:
        raise RefusedError(
            Message(
                "no case may move from the phase '{from_phase}' to '{to_phase}'; from there it may move to: {targets}",
                from_phase=from_phase,
                to_phase=to_phase,
                targets=tuple(_targets(from_phase)) or Message("nothing"),
            )
        )
    return trigger


def may_end(from_phase: Phase, outcome: Outcome) -> bool:
    """Whether a case may be closed from a phase with this outcome.

    >>> may_end(Phase.SUPPORT, Outcome.COMPLETED), may_end(Phase.SUPPORT, Outcome.ENDED_EARLY)
    (False, True)
    """
    return from_phase in _OUTCOME_FROM.get(outcome, OPEN_PHASES)


def step(walk: PhaseState, trigger: Trigger) -> Phase:
    """Take one step of the lifecycle and return the new phase. Raises RefusedError; the walk is then as before."""
    before = walk.state
    try:
        taken = _machine().events[trigger].trigger(walk)
    except MachineError as error:
        if _failing(walk):
            raise RefusedError(_why_not(walk, trigger), _failing(walk)) from error
        allowed = tuple(term("trigger", each) for each in triggers_from(before))
        raise RefusedError(
            Message(
                "a case in the phase '{before}' cannot '{trigger}'; allowed here: {allowed}",
                before=term("phase", before),
                trigger=term("trigger", trigger),
                allowed=allowed,
            )
        ) from error
    if not taken:
        raise RefusedError(_why_not(walk, trigger), _failing(walk))
    return walk.state


def triggers_from(phase: Phase) -> tuple[Trigger, ...]:
    """Return the steps that a case in this phase may take, as far as no guard refuses them."""
    return tuple(each for each in Trigger if phase.name in _machine().events[each].transitions)


def _failing(walk: PhaseState) -> list[Finding]:
    return [each for each in walk.against if each.result is not Result.MET]


def _why_not(walk: PhaseState, trigger: Trigger) -> Message:
    if failing := _failing(walk):
        return Message("{reasons}", reasons=tuple(each.reason for each in failing))
    if trigger == Trigger.CLOSE and walk.outcome and not may_end(walk.phase, walk.outcome):
        phases = tuple(term("phase", each) for each in _OUTCOME_FROM[walk.outcome])
        return Message(
            "a case in the phase '{phase}' cannot end as '{outcome}'; that outcome is only for: {phases}",
            phase=term("phase", walk.phase),
            outcome=term("outcome", walk.outcome),
            phases=phases,
        )
    if trigger == Trigger.CLOSE and not walk.outcome:
        return Message("a case closes only with an outcome: {outcomes}", outcomes=tuple(map(str, Outcome)))
    if trigger == Trigger.REOPEN:
        return Message(
            "a closed case reopens only to a phase it has been in: {reached}",
            reached=tuple(term("phase", each) for each in walk.reached) or Message("none"),
        )
    return Message("a case that is on hold cannot '{trigger}'; it resumes first", trigger=term("trigger", trigger))


# --- the machine -------------------------------------------------------------------------------------------------


class _Edge(Protocol):
    """A transition; it keeps the names of the phases."""

    source: str
    dest: str


class _Event(Protocol):
    """What ``transitions`` hands to a condition, as far as it is used here."""

    model: PhaseState
    transition: _Edge


def _is_clear(event: _Event) -> bool:
    return not _failing(event.model)


def _ends_so(event: _Event) -> bool:
    return event.model.outcome is not None and may_end(event.model.phase, event.model.outcome)


def _ends_early(event: _Event) -> bool:
    return event.model.outcome is not Outcome.COMPLETED


def _returns(event: _Event) -> bool:
    return event.model.held_in is Phase[event.transition.dest]


def _only_lapsed(event: _Event) -> bool:
    return event.model.lapsed_only and event.model.held_in in CLEARED_PHASES


def _was_there(event: _Event) -> bool:
    return event.model.to is Phase[event.transition.dest] and event.model.to in event.model.reached


def _remember(event: _Event) -> None:
    event.model.held_in = Phase[event.transition.source]


def _forget(event: _Event) -> None:
    event.model.held_in, event.model.lapsed_only = None, False


def _transitions() -> Iterator[dict[str, Any]]:
    on_hold, closed, matching = Phase.ON_HOLD, Phase.CLOSED, Phase.MATCHING
    for phase, following in pairwise(OPEN_PHASES):
        yield _rule(Trigger.ADVANCE, phase, following, [_is_clear])
    for phase in OPEN_PHASES:
        yield _rule(Trigger.STAY, phase, phase, [_is_clear])
        yield _rule(Trigger.CLOSE, phase, closed, [_is_clear, _ends_so])
        yield _rule(Trigger.HOLD, phase, on_hold, []) | {"after": _remember}
        yield _rule(Trigger.RESUME, on_hold, phase, [_returns]) | {"after": _forget}
        yield _rule(Trigger.REOPEN, closed, phase, [_is_clear, _was_there])
    for phase in CLEARED_PHASES:
        yield _rule(Trigger.REMATCH, phase, matching, [_is_clear])
    yield _rule(Trigger.REMATCH, on_hold, matching, [_is_clear, _only_lapsed]) | {"after": _forget}
    yield _rule(Trigger.CLOSE, on_hold, closed, [_is_clear, _ends_so, _ends_early]) | {"after": _forget}


def _rule(trigger: Trigger, source: Phase, dest: Phase, conditions: list[Any]) -> dict[str, Any]:
    return {"trigger": trigger.value, "source": source, "dest": dest, "conditions": conditions}


@cache
def _machine() -> Machine:
    """Build the one machine; it keeps no case, every case is handed to it for one step."""
    return Machine(
        model=None,
        states=list(Phase),
        initial=Phase.REFERRAL,
        transitions=list(_transitions()),
        auto_transitions=False,
        send_event=True,
    )


@cache
def _triggers() -> dict[tuple[Phase, Phase], Trigger]:
    """Read the moves back from the machine: from which phase to which, by which trigger."""
    return {
        (Phase[source], Phase[str(each.dest)]): trigger
        for trigger in (Trigger.ADVANCE, Trigger.STAY, Trigger.REMATCH, Trigger.CLOSE)
        for source, found in _machine().events[trigger].transitions.items()
        for each in found
        if source != Phase.ON_HOLD.name
    }


def _targets(phase: Phase) -> list[str]:
    return [to.value for source, to in _triggers() if source is phase]
