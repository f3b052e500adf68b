"""Which moves a case may take, and for each one that it may not, every finding that closes it.

The ids of core's own rules stand in ``kummi.lifecycle.move_rules``; the others are those of the rules that refuse.
Findings that are met are left out: an open move has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kummi.lifecycle.move_rules import findings_against, rules_of_entering, rules_of_move
from kummi.lifecycle.workflow_index import index_of
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


def asks_eligibility(phase: Phase, to: Phase) -> bool:
    """Whether a move needs the findings of the eligibility rules: only the one that enters preparation does."""
    return phase is Phase.ASSESSMENT and to is Phase.PREPARATION


def possible_moves(loaded: LoadedCase, eligibility: Sequence[Finding], extra: Extra) -> tuple[PossibleMove, ...]:
    """Return every move that leaves the case's stage, in the order in which they are declared.

    ``eligibility`` are the findings of all eligibility rules on the business date.
    """
    return tuple(look_at(move, loaded, eligibility, extra) for move in index_of(loaded).moves[loaded.case.stage])


def look_at(move: Move, loaded: LoadedCase, eligibility: Sequence[Finding], extra: Extra) -> PossibleMove:
    """Look at one move of a case. ``eligibility`` may be empty where ``asks_eligibility`` says no."""
    stage = index_of(loaded).stages[move.to]
    own = () if ends_early(move) else _own_findings(stage.phase, loaded, eligibility)
    declared = (*own, *_guards(move, loaded), *extra(move))
    return PossibleMove(move, stage, tuple(each for each in declared if each.result is not Result.MET))


def look_at_reopening(stage: str, loaded: LoadedCase) -> tuple[Finding, ...]:
    """Return what stands against reopening a closed case in a stage; empty when nothing does."""
    to = index_of(loaded).stages[stage].phase
    rules = rules_of_entering(loaded.programme, loaded.case.workflow, to)
    return tuple(findings_against(rules, loaded))


def ends_early(move: Move) -> bool:
    """Whether a move closes the case with another outcome than ``completed``; core asks nothing of such a move."""
    return move.outcome is not None and move.outcome is not Outcome.COMPLETED


def _own_findings(to: Phase, loaded: LoadedCase, eligibility: Sequence[Finding]) -> Iterator[Finding]:
    case = loaded.case
    rules = rules_of_move(loaded.programme, case.workflow, case.stage, case.phase, to)
    yield from findings_against(rules, loaded, index_of(loaded).stages[case.stage].tasks)
    if asks_eligibility(case.phase, to):
        yield from eligibility


def _guards(move: Move, loaded: LoadedCase) -> Iterator[Finding]:
    for rule in move.guards:
        finding = finding_of(rule, loaded.facts)
        if finding is not None:
            yield finding


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
