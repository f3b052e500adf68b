"""Clearance of those who meet a household: until when it is good, whether it has lapsed, and what it closes.

A clearance that lapses while a match is active puts the case on hold by itself. That is derived for the day asked, and
nothing is recorded for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kummi.lifecycle.tasks import good_until, state_of, titles_of, watched_finding
from kummi.lifecycle.workflow_index import CLEARED_PHASES, ORDER, WatchedTask, WorkflowIndex, index_of
from kummi.message import Message
from kummi.model.case import Case, LoadedCase
from kummi.model.criterion import All, Before, In
from kummi.model.facts import FactValue
from kummi.model.programme import ProgrammeEntry
from kummi.model.rule import Finding, Result
from kummi.model.vocabulary import Phase
from kummi.rules.decide import decide

NEVER = date.min
"""As the end of clearance: one that the phase needs is not recorded at all."""

CLEARANCE = "clearance.until"
"""The fact that core alone asks: what ``clearance_until`` says."""

CLEARANCE_LAPSED = All(
    all=(
        In(fact="phase", **{"in": tuple(phase.value for phase in CLEARED_PHASES)}),
        Before(fact=CLEARANCE, before="on"),
    )
)
"""Whether a case is on hold by itself: clearance has ended in introduction or support.

It ends when clearance is renewed.
"""


def clearance_until(loaded: LoadedCase) -> date | None:
    """Return the last day on which every clearance of a case is good.

    None when none is recorded that ends, or when the case needs none any more (conclusion and closed); ``NEVER`` when
    one that introduction or support cannot do without is not recorded.
    """
    # This is kept in a column beside the case, so it must be true on every day: no ``when`` is asked here, since it may
    # look at the day or at a fact that will be known later. So a clearance that was recorded counts whether or not its
    # ``when`` still holds (it was shown, and it does end), and only one without a ``when`` is missed; one with a
    # ``when`` is looked at when a move is.
    case, index = loaded.case, index_of(loaded)
    if ORDER[case.phase] > ORDER[Phase.SUPPORT]:
        return None
    if case.phase in CLEARED_PHASES and any(
        asked.task.when is None and asked.task.id not in case.tasks for asked in clearance_before(case.phase, index)
    ):
        return NEVER
    ends = (good_until(case, asked.task) for asked in index.clearance)
    return min((end for end in ends if end), default=None)


def clearance_has_lapsed(loaded: LoadedCase) -> bool:
    """Whether a case is on hold by itself on the day asked."""
    facts = clearance_facts(loaded)
    return bool(facts) and decide(CLEARANCE_LAPSED, loaded.facts_with(facts)) is Result.MET


def clearance_facts(loaded: LoadedCase) -> dict[str, FactValue]:
    """Return what core asks of clearance, by name; nothing in a phase in which nobody needs it."""
    return {CLEARANCE: clearance_until(loaded)} if loaded.case.phase in CLEARED_PHASES else {}


def shown_phase(case: Case, entry: ProgrammeEntry | None, on: date) -> Phase:
    """Return the phase of a case as people see it on a day: ``on_hold`` for one on hold, recorded or by itself.

    ``entry`` is its programme. Where that, or the case's version of the workflow, is not there, nothing is known of
    clearance.
    """
    if case.held_since:
        return Phase.ON_HOLD
    if not case.is_open or entry is None or case.workflow not in entry.workflows:
        return case.phase
    return Phase.ON_HOLD if clearance_has_lapsed(LoadedCase.on(on, case, (), entry)) else case.phase


def clearance_before(phase: Phase, index: WorkflowIndex) -> Iterator[WatchedTask]:
    """Yield the required clearance that stages of earlier phases ask for."""
    return (each for each in index.clearance if ORDER[each.stage.phase] < ORDER[phase])


def lapse_finding(loaded: LoadedCase) -> Finding:
    """Return the finding that a case is on hold by itself; only for one that ``clearance_has_lapsed``."""
    until = clearance_until(loaded)
    gone = until is None or until == NEVER
    reason = (
        Message("the case is on hold by itself: a clearance it needs is not recorded")
        if gone
        else Message("the case is on hold by itself: clearance was good until {date}", date=until)
    )
    references = tuple(each for asked in index_of(loaded).clearance for each in asked.task.reference)
    return Finding("on-hold", Result.NOT_MET, reason, references, Message("clearance is renewed and recorded"))


def missing_clearance(to: Phase, loaded: LoadedCase) -> Iterator[Finding]:
    """Yield what of clearance stands against entering a phase: not recorded, ended, or asked of nobody."""
    asked_for = [
        state
        for state in (state_of(asked.task, loaded) for asked in clearance_before(to, index_of(loaded)))
        if state.required
    ]
    missing = [state for state in asked_for if state.done_on is None]
    expired = [state for state in asked_for if state.expired]
    if missing:
        reason = Message("clearance of those who meet the household is not recorded: {tasks}", tasks=titles_of(missing))
        yield watched_finding("clearance", reason, missing, loaded)
    if expired:
        reason = Message(
            "clearance of those who meet the household was good until {date}: {tasks}",
            date=min(state.until for state in expired if state.until),
            tasks=titles_of(expired),
        )
        yield watched_finding("clearance", reason, expired, loaded)
    if not asked_for:
        yield Finding("clearance", Result.NOT_MET, Message("the workflow asks for no clearance before this stage"))
