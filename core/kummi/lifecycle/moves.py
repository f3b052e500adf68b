"""Which moves a case may take, and for each one that it may not, every finding that closes it.

Rule ids of core's own findings: ``task-<id>``, ``consent``, ``clearance``, ``programme-window``, ``on-hold``. The
others are the ids of the rules that refuse. Findings that are met are left out: an open move has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kummi.lifecycle.clearance import has_lapsed, lapse, missing_clearance
from kummi.lifecycle.task_findings import owed_finding, titles_of, watched_finding
from kummi.lifecycle.tasks import outstanding_tasks, state_of
from kummi.lifecycle.workflow_index import ORDER, index_of
from kummi.message import Message
from kummi.model.loaded_case import LoadedCase
from kummi.model.programme import Programme
from kummi.model.rule import Finding, Result
from kummi.model.vocabulary import Outcome, Phase
from kummi.model.workflow import Move, Stage
from kummi.rules.decide import finding_of

Extra = Callable[[Move], Sequence[Finding]]
"""What plugins add to a move; a finding that is met adds nothing."""


@dataclass(frozen=True, slots=True)
class PossibleMove:
    """A move that leaves a case's stage, the stage it leads to, and every finding that closes it."""

    move: Move
    stage: Stage
    findings: tuple[Finding, ...]

    @property
    def phase(self) -> Phase:
        """The phase that the move leads to."""
        return self.stage.phase

    @property
    def allowed(self) -> bool:
        """Whether nothing stands against the move."""
        return all(finding.result is Result.MET for finding in self.findings)


def asks_eligibility(loaded: LoadedCase, move: Move) -> bool:
    """Whether a move needs the findings of the eligibility rules: only the one that enters preparation does."""
    to = index_of(loaded).stages[move.to].phase
    return loaded.case.phase is Phase.ASSESSMENT and to is Phase.PREPARATION


def possible_moves(loaded: LoadedCase, eligibility: Sequence[Finding], extra: Extra) -> tuple[PossibleMove, ...]:
    """Return every move that leaves the case's stage, in the order in which they are declared.

    ``eligibility`` are the findings of all eligibility rules on the business date.
    """
    return tuple(look_at(move, loaded, eligibility, extra) for move in index_of(loaded).moves[loaded.case.stage])


def look_at(move: Move, loaded: LoadedCase, eligibility: Sequence[Finding], extra: Extra) -> PossibleMove:
    """Look at one move of a case. ``eligibility`` may be empty where ``asks_eligibility`` says no."""
    stage = index_of(loaded).stages[move.to]
    own = () if ends_early(move) else _own_findings(move, stage.phase, loaded, eligibility)
    declared = (*own, *_guards(move, loaded), *extra(move))
    return PossibleMove(move, stage, tuple(each for each in declared if each.result is not Result.MET))


def look_at_reopening(stage: str, loaded: LoadedCase) -> tuple[Finding, ...]:
    """Return what stands against reopening a closed case in a stage; empty when nothing does."""
    to = index_of(loaded).stages[stage].phase
    return (*_window_over(to, loaded), *_consent(to, loaded), *missing_clearance(to, loaded))


def ends_early(move: Move) -> bool:
    """Whether a move closes the case with another outcome than ``completed``; core asks nothing of such a move."""
    return move.outcome is not None and move.outcome is not Outcome.COMPLETED


def _own_findings(move: Move, to: Phase, loaded: LoadedCase, eligibility: Sequence[Finding]) -> Iterator[Finding]:
    yield from _on_hold(to, loaded)
    if to is not loaded.case.phase:
        yield from _window_over(to, loaded)
    yield from _consent(to, loaded)
    yield from missing_clearance(to, loaded)
    if not _is_rematch(loaded, to):  # a match that broke down is not kept together by what it owes
        for state in outstanding_tasks(loaded):
            yield owed_finding(state, loaded)
    if asks_eligibility(loaded, move):
        yield from eligibility


def _is_rematch(loaded: LoadedCase, to: Phase) -> bool:
    return to is Phase.MATCHING and ORDER[loaded.case.phase] > ORDER[to]


def _guards(move: Move, loaded: LoadedCase) -> Iterator[Finding]:
    for rule in move.guards:
        finding = finding_of(rule, loaded.facts)
        if finding is not None:
            yield finding


def _on_hold(to: Phase, loaded: LoadedCase) -> Iterator[Finding]:
    case = loaded.case
    if case.held_since is not None:
        reason = Message("the case is on hold since {date}", date=case.held_since)
        yield Finding("on-hold", Result.NOT_MET, reason, settle=Message("the case is taken off hold"))
    # A re-match is the other way out of a lapse: the supporters who are no longer cleared leave.
    if to is not Phase.MATCHING and has_lapsed(loaded):
        yield lapse(loaded)


def outside_window(programme: Programme, on: date) -> Finding | None:
    """Return the finding that nobody may enter on a day, since it lies outside the window; None within it."""
    window = programme.window
    if window.contains(on):
        return None
    reason = Message(
        "the programme runs from {start} to {end}; {day} is outside",
        start=window.start or "…",
        end=window.end or "…",
        day=on,
    )
    return Finding("programme-window", Result.NOT_MET, reason, window.reference, None, {"on": on}, programme.origin)


def _window_over(to: Phase, loaded: LoadedCase) -> Iterator[Finding]:
    window, on = loaded.programme.programme.window, loaded.facts.on
    if to in (Phase.MATCHING, Phase.INTRODUCTION) and window.end is not None and on > window.end:
        reason = Message(
            "the programme ran until {date}; no match and no introduction begins after it", date=window.end
        )
        yield Finding("programme-window", Result.NOT_MET, reason, window.reference, facts={"on": on})


def _consent(to: Phase, loaded: LoadedCase) -> Iterator[Finding]:
    if not ORDER[Phase.MATCHING] <= ORDER[to] < ORDER[Phase.CLOSED]:
        return
    states = [state_of(asked.task, loaded) for asked in index_of(loaded).consent]
    asked_for = [state for state in states if state.required]
    owed = [state for state in asked_for if state.outstanding]
    if owed:
        reason = Message("the household's consent is not recorded: {tasks}", tasks=titles_of(owed))
        yield watched_finding("consent", reason, owed, loaded)
    elif not asked_for:
        yield Finding("consent", Result.NOT_MET, Message("the workflow asks for no consent before this stage"))
