"""Which moves a case may take, and for each one that it may not, every finding that closes it.

Rule ids of core's own findings: ``task-<id>``, ``consent``, ``clearance``, ``programme-window``, ``on-hold``. The
others are the ids of the rules that refuse. Findings that are met are left out: an open move has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kummi.lifecycle.tasks import (
    NEVER,
    TaskState,
    clearance_before,
    clearance_until,
    has_lapsed,
    outstanding_tasks,
    state_of,
)
from kummi.lifecycle.workflow_index import CLEARED_PHASES, ORDER, workflow_index
from kummi.message import Message
from kummi.model.case import Case
from kummi.model.decision import Finding, Result
from kummi.model.facts import Facts
from kummi.model.places import Places
from kummi.model.programme import Programme, Window
from kummi.model.text import Text
from kummi.model.vocabulary import Outcome, Phase
from kummi.model.workflow import Move, Stage, Workflow
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


@dataclass(frozen=True, slots=True)
class _Look:
    """A case and everything that its moves are looked at with."""

    case: Case
    workflow: Workflow
    facts: Facts
    places: Places
    eligibility: Sequence[Finding]
    window: Window
    owners: Mapping[str, Text]


def asks_eligibility(case: Case, workflow: Workflow, move: Move) -> bool:
    """Whether a move needs the findings of the eligibility rules: only the one that enters preparation does."""
    return case.phase is Phase.ASSESSMENT and workflow_index(workflow).stages[move.to].phase is Phase.PREPARATION


def possible_moves(
    case: Case,
    workflow: Workflow,
    facts: Facts,
    places: Places,
    eligibility: Sequence[Finding],
    window: Window,
    extra: Extra,
    *,
    owners: Mapping[str, Text] | None = None,
) -> tuple[PossibleMove, ...]:
    """Return every move that leaves the case's stage, in the order in which they are declared.

    ``eligibility`` are the findings of all eligibility rules on the business date; ``owners`` the titles of the roles
    (``tasks.owner_titles``), without which a role is shown by its id.
    """
    look = _Look(case, workflow, facts, places, eligibility, window, owners or {})
    return tuple(_look_at(move, look, extra) for move in workflow_index(workflow).moves[case.stage])


def look_at(  # noqa: PLR0913  the same, for one move
    move: Move,
    case: Case,
    workflow: Workflow,
    facts: Facts,
    places: Places,
    eligibility: Sequence[Finding],
    window: Window,
    *,
    extra: Extra,
    owners: Mapping[str, Text] | None = None,
) -> PossibleMove:
    """Look at one move of a case. ``eligibility`` may be empty where ``asks_eligibility`` says no."""
    return _look_at(move, _Look(case, workflow, facts, places, eligibility, window, owners or {}), extra)


def look_at_reopening(
    stage: str, case: Case, workflow: Workflow, facts: Facts, places: Places, window: Window
) -> tuple[Finding, ...]:
    """Return what stands against reopening a closed case in a stage; empty when nothing does."""
    look = _Look(case, workflow, facts, places, (), window, {})
    to = workflow_index(workflow).stages[stage]
    return (*_window_over(to.phase, look), *_consent(to.phase, look), *_clearance(to.phase, look))


def _look_at(move: Move, look: _Look, extra: Extra) -> PossibleMove:
    stage = workflow_index(look.workflow).stages[move.to]
    own = () if ends_early(move) else _own_findings(move, stage.phase, look)
    declared = (*own, *_guards(move, look), *extra(move))
    return PossibleMove(move, stage, tuple(each for each in declared if each.result is not Result.MET))


def ends_early(move: Move) -> bool:
    """Whether a move closes the case with another outcome than ``completed``; core asks nothing of such a move."""
    return move.outcome is not None and move.outcome is not Outcome.COMPLETED


def _own_findings(move: Move, to: Phase, look: _Look) -> Iterator[Finding]:
    yield from _on_hold(to, look)
    if to is not look.case.phase:
        yield from _window_over(to, look)
    yield from _consent(to, look)
    yield from _clearance(to, look)
    if not _is_rematch(look.case, to):  # a match that broke down is not kept together by what it owes
        for state in outstanding_tasks(look.case, look.workflow, look.facts, look.places):
            yield _task_owed(state, look)
    if asks_eligibility(look.case, look.workflow, move):
        yield from look.eligibility


def _is_rematch(case: Case, to: Phase) -> bool:
    return to is Phase.MATCHING and ORDER[case.phase] > ORDER[to]


def _guards(move: Move, look: _Look) -> Iterator[Finding]:
    for rule in move.guards:
        finding = finding_of(rule, look.facts, look.places)
        if finding is not None:
            yield finding


def _on_hold(to: Phase, look: _Look) -> Iterator[Finding]:
    case = look.case
    if case.held_since is not None:
        reason = Message("the case is on hold since {date}", date=case.held_since)
        yield Finding("on-hold", Result.NOT_MET, reason, settle=Message("the case is taken off hold"))
    # A re-match is the other way out of a lapse: the supporters who are no longer cleared leave.
    if to is not Phase.MATCHING and has_lapsed(case, look.workflow, look.facts.on):
        yield lapse(case, look.workflow)


def lapse(case: Case, workflow: Workflow) -> Finding:
    """Return the finding that a case is on hold by itself; only for one that ``has_lapsed``."""
    until = clearance_until(case, workflow)
    gone = until is None or until == NEVER
    reason = (
        Message("the case is on hold by itself: a clearance it needs is not recorded")
        if gone
        else Message("the case is on hold by itself: clearance was good until {date}", date=until)
    )
    references = tuple(each for asked in workflow_index(workflow).clearance for each in asked.task.reference)
    return Finding("on-hold", Result.NOT_MET, reason, references, Message("clearance is renewed and recorded"))


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


def _window_over(to: Phase, look: _Look) -> Iterator[Finding]:
    end = look.window.end
    if to in (Phase.MATCHING, Phase.INTRODUCTION) and end is not None and look.facts.on > end:
        reason = Message("the programme ran until {date}; no match and no introduction begins after it", date=end)
        yield Finding("programme-window", Result.NOT_MET, reason, look.window.reference, facts={"on": look.facts.on})


def _consent(to: Phase, look: _Look) -> Iterator[Finding]:
    if not ORDER[Phase.MATCHING] <= ORDER[to] < ORDER[Phase.CLOSED]:
        return
    states = [
        state_of(asked.task, look.case, look.facts, look.places) for asked in workflow_index(look.workflow).consent
    ]
    asked_for = [state for state in states if state.required]
    owed = [state for state in asked_for if state.outstanding]
    if owed:
        reason = Message("the household's consent is not recorded: {tasks}", tasks=_titles(owed))
        yield _watched("consent", reason, owed, look)
    elif not asked_for:
        yield Finding("consent", Result.NOT_MET, Message("the workflow asks for no consent before this stage"))


def _clearance(to: Phase, look: _Look) -> Iterator[Finding]:
    if to not in CLEARED_PHASES:
        return
    asked_before = clearance_before(to, look.workflow)
    states = [state_of(asked.task, look.case, look.facts, look.places) for asked in asked_before]
    asked_for = [state for state in states if state.required]
    missing = [state for state in asked_for if state.done_on is None]
    lapsed = [state for state in asked_for if state.lapsed]
    if missing:
        reason = Message("clearance of those who meet the household is not recorded: {tasks}", tasks=_titles(missing))
        yield _watched("clearance", reason, missing, look)
    if lapsed:
        ended = min(state.until for state in lapsed if state.until)
        reason = Message(
            "clearance of those who meet the household was good until {date}: {tasks}",
            date=ended,
            tasks=_titles(lapsed),
        )
        yield _watched("clearance", reason, lapsed, look)
    if not asked_for:
        yield Finding("clearance", Result.NOT_MET, Message("the workflow asks for no clearance before this stage"))


def _watched(rule: str, reason: Message, states: Sequence[TaskState], look: _Look) -> Finding:
    """Build the finding of core on consent or clearance: the tasks by title, and who owes the first of them."""
    tasks = [state.task for state in states]
    references = tuple(each for task in tasks for each in task.reference)
    return Finding(rule, Result.NOT_MET, reason, references, _settle(states[0], look), _recorded(states))


def _task_owed(state: TaskState, look: _Look) -> Finding:
    task, owner = state.task, look.owners.get(state.task.owner, Text.model_validate(state.task.owner))
    reason = Message(
        "what the task '{task}' showed was good until {date}; it is owed again by: {owner}"
        if state.lapsed
        else "the task '{task}' is not done yet; it is owed by: {owner}",
        task=task.title,
        owner=owner,
        date=state.until,
    )
    settle = _settle(state, look)
    return Finding(f"task-{task.id}", Result.NOT_MET, reason, task.reference, settle, _recorded([state]), task.origin)


def _settle(state: TaskState, look: _Look) -> Message:
    owner = look.owners.get(state.task.owner, Text.model_validate(state.task.owner))
    return Message("{owner} does it; then it is recorded as '{id}'", owner=owner, id=state.task.id)


def _recorded(states: Sequence[TaskState]) -> dict[str, date | None]:
    return {f"tasks.{state.task.id}": state.done_on for state in states}


def _titles(states: Sequence[TaskState]) -> tuple[Text, ...]:
    return tuple(state.task.title for state in states)
