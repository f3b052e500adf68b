"""Which moves a case may take, and for each one that it may not, every finding that closes it.

Core's own findings are ``on-hold``, ``programme-window``, ``consent``, ``clearance`` and ``task-<id>``; the others have
the ids of the rules that refuse. Findings that are met are left out: an open move has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from kummi.lifecycle.clearance import (
    CLEARANCE_LAPSED,
    clearance_before,
    clearance_facts,
    lapse_finding,
    missing_clearance,
)
from kummi.lifecycle.eligibility import asks_eligibility
from kummi.lifecycle.tasks import ends_of, missing_consent, owed_finding, state_of
from kummi.lifecycle.workflow_index import CLEARED_PHASES, ORDER, WorkflowIndex, index_of, workflow_index
from kummi.message import Message
from kummi.model.case import LoadedCase
from kummi.model.criterion import After, AnyOf, Has, negation
from kummi.model.facts import Facts
from kummi.model.programme import ProgrammeEntry, Window
from kummi.model.rule import Finding, Requirement, Result
from kummi.model.vocabulary import Outcome, Phase
from kummi.model.workflow import Move, Stage, Task
from kummi.rules.decide import finding_of, fulfils

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
        return not self.findings


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


HELD = "held"
"""The fact that core alone asks: the day since which a case is on hold; not known of any other case."""

_NOT_HELD = Requirement(negation(Has(has=HELD)), open_while_unknown=True)
_NOT_LAPSED = Requirement(negation(CLEARANCE_LAPSED), open_while_unknown=True)
_NEVER = Requirement(negation(Has(has="on")))
"""What no case fulfils."""


@dataclass(frozen=True, slots=True)
class MoveRule:
    """All of ``requirements`` must be fulfilled; ``findings`` says of a case that does not what stands against it."""

    requirements: tuple[Requirement, ...]
    findings: Callable[[LoadedCase], Iterable[Finding]]


def rules_of_move(
    programme: ProgrammeEntry, version: str | None, stage: str, phase: Phase, to: Phase
) -> tuple[MoveRule, ...]:
    """Return what core asks of a move from a stage, for a case in a phase; worked out once, and kept on the programme.

    Args:
        programme: The programme of the case.
        version: The version of its workflow that the case goes by; None for the current one.
        stage: The stage that the move leaves.
        phase: The phase of the case.
        to: The phase that the move leads to.
    """
    key = (MoveRule, version, stage, phase, to)
    found: tuple[MoveRule, ...] | None = programme.derived.get(key)
    if found is None:
        index = workflow_index(programme, version)
        rules = _rules_of_move(index, programme.programme.window, index.stages[stage], phase, to)
        found = programme.derived[key] = tuple(rules)
    return found


def rules_of_entering(programme: ProgrammeEntry, version: str | None, to: Phase) -> Iterator[MoveRule]:
    """Yield what core asks of a case that enters a phase, whatever phase it comes from."""
    index = workflow_index(programme, version)
    yield from _window(programme.programme.window, to)
    yield from _watched(index, to)


def findings_against(rules: Iterable[MoveRule], loaded: LoadedCase, tasks: Iterable[Task] = ()) -> Iterator[Finding]:
    """Yield what stands against a case; ``tasks`` are those that the rules ask for besides consent and clearance."""
    facts = _facts_asked(loaded, tasks)
    for rule in rules:
        if not all(fulfils(facts, each) for each in rule.requirements):
            yield from rule.findings(loaded)


def is_rematch(phase: Phase, to: Phase) -> bool:
    """Whether a move leads back to matching: then nobody is kept together by what is owed."""
    return to is Phase.MATCHING and ORDER[phase] > ORDER[to]


def _rules_of_move(index: WorkflowIndex, window: Window, source: Stage, phase: Phase, to: Phase) -> Iterator[MoveRule]:
    yield MoveRule((_NOT_HELD,), _on_hold)
    # A re-match is the other way out of a lapse: the supporters who are no longer cleared leave.
    if to is not Phase.MATCHING:
        yield MoveRule((_NOT_LAPSED,), lambda loaded: [lapse_finding(loaded)])
    if to is not phase:
        yield from _window(window, to)
    yield from _watched(index, to)
    if not is_rematch(phase, to):
        for task in source.tasks:
            if task.required:
                yield MoveRule((index.requirements[task.id],), partial(_owed, task))


def _window(window: Window, to: Phase) -> Iterator[MoveRule]:
    if window.end and to in (Phase.MATCHING, Phase.INTRODUCTION):
        over = After(fact="on", after=window.end)
        yield MoveRule((Requirement(negation(over)),), partial(_window_over, window))


def _watched(index: WorkflowIndex, to: Phase) -> Iterator[MoveRule]:
    if ORDER[Phase.MATCHING] <= ORDER[to] < ORDER[Phase.CLOSED]:
        yield from consent_rules(index)
    if to in CLEARED_PHASES:
        tasks = [asked.task for asked in clearance_before(to, index)]
        yield MoveRule(_all_shown(tasks, index), partial(missing_clearance, to))


def consent_rules(index: WorkflowIndex) -> Iterator[MoveRule]:
    """Yield what core asks of consent: that the workflow asks for it, and that it is given and still good."""
    yield MoveRule(_all_shown([asked.task for asked in index.consent], index), missing_consent)


def _all_shown(tasks: list[Task], index: WorkflowIndex) -> tuple[Requirement, ...]:
    """At least one of some tasks is asked for, and none that is asked for is owed."""
    return (*_some_asked(tasks), *(index.requirements[task.id] for task in tasks))


def _some_asked(tasks: list[Task]) -> Iterator[Requirement]:
    whens = [task.when for task in tasks if task.when is not None]
    if not tasks:
        yield _NEVER
    elif len(whens) == len(tasks):
        yield Requirement(AnyOf(any=tuple(whens)), open_while_unknown=True)


def _facts_asked(loaded: LoadedCase, tasks: Iterable[Task]) -> Facts:
    case, index = loaded.case, index_of(loaded)
    watched = (asked.task for asked in (*index.consent, *index.clearance))
    ends = ends_of(case, (*tasks, *watched))
    return loaded.facts_with({**ends, **clearance_facts(loaded), HELD: case.held_since})


def _on_hold(loaded: LoadedCase) -> Iterator[Finding]:
    reason = Message("the case is on hold since {date}", date=loaded.case.held_since)
    yield Finding("on-hold", Result.NOT_MET, reason, settle=Message("the case is taken off hold"))


def _window_over(window: Window, loaded: LoadedCase) -> Iterator[Finding]:
    reason = Message("the programme ran until {date}; no match and no introduction begins after it", date=window.end)
    yield Finding("programme-window", Result.NOT_MET, reason, window.reference, facts={"on": loaded.facts.on})


def _owed(task: Task, loaded: LoadedCase) -> Iterator[Finding]:
    yield owed_finding(state_of(task, loaded), loaded)
