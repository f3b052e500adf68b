"""What may be done next with a case: its tasks, its moves, and what ends soon."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from kummi.casework.stranded import Stranded
from kummi.lifecycle.upcoming import Ending, EndKind
from kummi.model.rule import Result
from kummi.model.vocabulary import Outcome, Pathway, Phase, TaskKind
from kummi.views.base import Say, View, cited
from kummi.views.case import StrandedView, stranded_view
from kummi.views.finding import FindingView, finding_view

if TYPE_CHECKING:
    from kummi.casework.next_steps import NextSteps
    from kummi.lifecycle.moves import PossibleMove
    from kummi.lifecycle.tasks import TaskState
    from kummi.model.programme import ProgrammeEntry


class TaskView(View):
    """A task of the stage that a case is in."""

    id: str = Field(description="The id of the task.", examples=["referral-letter"])
    title: str = Field(description="Its title.", examples=["Referral letter received"])
    done: bool = Field(description="Whether it is done, and still good.", examples=[False])
    required: bool = Field(description="Whether the case cannot go on without it.", examples=[True])
    owner: str = Field(description="The role that owes it.", examples=["municipality"])
    owner_title: str = Field(description="Who has that role on the business date.", examples=["municipality"])
    kind: TaskKind = Field(description="What sort of thing it is.", examples=["document"])
    done_on: date | None = Field(description="The day it was done.", examples=[None])
    until: date | None = Field(description="Until when what was shown is good.", examples=[None])
    due: date | None = Field(description="By when it is owed, or owed again.", examples=["2024-03-08"])
    may_be_needed: bool = Field(description="Whether facts that decide it are not known yet.", examples=[False])
    guidance: str | None = Field(description="How it is done.", examples=[None])
    reference: str = Field(description="The sources.", examples=["Harbour Act <https://example.org/act> (2026-11)"])


class MoveView(View):
    """A move out of the stage that a case is in."""

    to: str = Field(description="The id of the stage that it leads to.", examples=["surveyed"])
    phase: Phase = Field(description="The phase of that stage.", examples=["assessment"])
    outcome: Outcome | None = Field(description="For a move that closes, the outcome.", examples=[None])
    allowed: bool = Field(description="Whether it may be taken now.", examples=[False])
    findings: list[FindingView] = Field(description="What stands against it.")


class EndingView(View):
    """Something that ends soon, or has ended."""

    ends: EndKind = Field(
        description="`task`: what a task showed, such as consent or clearance; `pathway`: the protection that it "
        "rests on; `window`: the programme.",
        examples=["permit"],
    )
    day: date = Field(description="Its last day.", examples=["2024-04-20"])
    task: str | None = Field(description="The id of the task.", examples=[None])
    title: str | None = Field(description="The title of the task.", examples=[None])
    pathway: Pathway | None = Field(description="The pathway that ends.", examples=[None])
    reference: str = Field(description="The sources.", examples=[""])


class NextView(View):
    """What may be done next with a case; for one that is stranded there is nothing.

    With a task named, `tasks` holds that one alone. A move with an outcome is taken by `case close`.
    """

    ref: str = Field(description="The number of the case.", examples=["XX-1"])
    stage: str = Field(description="The id of its stage.", examples=["hailed"])
    phase: Phase = Field(description="Its phase; `on_hold` when held, or by itself.", examples=["referral"])
    seq: int = Field(description="The number of its last event; goes back with `--seen`.", examples=[1])
    leave_by: date | None = Field(description="By when it should have left the stage.", examples=[None])
    stranded: StrandedView | None = Field(description="Why nobody can move it, where that is so.", examples=[None])
    endings: list[EndingView] = Field(
        default_factory=list, description="What ends soon or has ended; not for a stranded case.", examples=[[]]
    )
    tasks: list[TaskView] = Field(description="The tasks of the stage.")
    moves: list[MoveView] = Field(description="The moves out of the stage.")


def next_view(ahead: NextSteps, on: date, say: Say) -> NextView:
    """Return what is shown of what may be done next.

    Args:
        ahead: What may be done next.
        on: The business date, on which authorities are named.
        say: Returns a text in the language asked for.
    """
    case = ahead.loaded.case
    return NextView(
        ref=case.ref,
        stage=case.stage,
        phase=ahead.phase,
        seq=case.seq,
        leave_by=ahead.leave_by,
        stranded=None,
        endings=[_ending(each, say) for each in ahead.endings],
        tasks=[_task(state, ahead.loaded.programme, on, say) for state in ahead.tasks],
        moves=[_move(each, say) for each in ahead.moves],
    )


def stranded_next_view(found: Stranded, say: Say) -> NextView:
    """Return that nothing may be done next with a stranded case."""
    case = found.case
    return NextView(
        ref=case.ref,
        stage=case.stage,
        phase=Phase.ON_HOLD if case.held_since else case.phase,
        seq=case.seq,
        leave_by=None,
        stranded=stranded_view(found, say),
        tasks=[],
        moves=[],
    )


def _task(state: TaskState, entry: ProgrammeEntry, on: date, say: Say) -> TaskView:
    task = state.task
    return TaskView(
        id=task.id,
        title=say(task.title),
        done=state.done_on is not None and not state.expired,
        required=state.required,
        owner=task.owner,
        owner_title=say(entry.owners_on(on).get(task.owner)) or task.owner,
        kind=task.kind,
        done_on=state.done_on,
        until=state.until,
        due=state.due_on or state.repeats_on,
        may_be_needed=state.applies is Result.UNKNOWN,
        guidance=say(task.guidance) or None,
        reference=cited(task.reference, say),
    )


def _move(possible: PossibleMove, say: Say) -> MoveView:
    return MoveView(
        to=possible.move.to,
        phase=possible.phase,
        outcome=possible.move.outcome,
        allowed=possible.allowed,
        findings=[finding_view(each, say) for each in possible.findings],
    )


def _ending(ending: Ending, say: Say) -> EndingView:
    return EndingView(
        ends=ending.kind,
        day=ending.day,
        task=ending.task.id if ending.task else None,
        title=say(ending.task.title) if ending.task else None,
        pathway=ending.pathway,
        reference=cited(ending.reference, say),
    )
