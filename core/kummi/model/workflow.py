"""A country's workflow: stages in phases, moves between them, tasks and deadlines."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from kummi.model.base import Declared, Frozen, Key, Origin
from kummi.model.criterion import Criterion, FactName
from kummi.model.dates import Duration
from kummi.model.reference import References
from kummi.model.rule import Rule
from kummi.model.text import Text
from kummi.model.vocabulary import Outcome, Phase, TaskKind


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Deadline(Frozen):
    """By when: so long after the stage was entered, or after another date fact (``tasks.<id>`` too)."""

    within: Duration
    of: FactName = "entered"
    reference: References = ()


class Task(Declared):
    """Something that must be done or shown in a stage.

    ``owner`` is one of the country's roles. A required task keeps the case in its stage until it is recorded; with
    ``when`` only for the cases that meet it. ``valid_for`` is how long what it shows stays good (a record extract).
    ``repeats`` asks for it again after that time, and never holds the case back a second time.
    """

    id: Key
    kind: TaskKind
    title: Text
    owner: Key
    required: bool = True
    when: Criterion | None = None
    deadline: Deadline | None = None
    valid_for: Duration | None = None
    repeats: Duration | None = None
    guidance: Text | None = None
    reference: References = Field(min_length=1)


class Stage(Declared):
    """A country's refinement of a phase. ``deadline`` is the day by which the case should have left it."""

    id: Key
    phase: Phase
    title: Text
    tasks: tuple[Task, ...] = ()
    deadline: Deadline | None = None
    reference: References = Field(min_length=1)


class Move(Declared):
    """A step to another stage. A move to a closed stage carries its outcome.

    ``from`` names one stage, several, or ``any_open``. A move forward leaves a stage only when its required tasks are
    done. A re-match, and a move that closes with another outcome than ``completed``, ask no tasks, so that nobody is
    kept in. The moves from ``any_open`` that close a case early are core's own (``kummi.model.workflow``), for each
    outcome that no move of the workflow names.
    """

    from_: Annotated[tuple[Key | Literal["any_open"], ...], BeforeValidator(_as_tuple)] = Field(
        alias="from", min_length=1
    )
    to: Key
    outcome: Outcome | None = None
    title: Text | None = None
    guards: tuple[Rule, ...] = ()


ANY_OPEN = "any_open"
"""In ``Move.from_``: every stage that is not in the phase ``closed``."""


class Workflow(Declared):
    """The declared version of one country's way through the phases, for one or more programmes."""

    for_: tuple[Key, ...] = Field(alias="for", min_length=1)
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.-]{1,20}$")]
    initial: Key
    stages: tuple[Stage, ...] = Field(min_length=1)
    moves: tuple[Move, ...] = Field(min_length=1)
    reference: References = ()

    def stage(self, stage_id: str) -> Stage:
        """Return the stage with this id. Raises KeyError."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise KeyError(stage_id)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All tasks, in the order of their stages."""
        return tuple(task for stage in self.stages for task in stage.tasks)

    def moves_from(self, stage_id: str) -> tuple[Move, ...]:
        """Return the moves that leave a stage, in the order they are declared."""
        is_open = self.stage(stage_id).phase is not Phase.CLOSED
        return tuple(
            move
            for move in self.moves
            if move.to != stage_id and (stage_id in move.from_ or (is_open and ANY_OPEN in move.from_))
        )


ENDINGS: tuple[Outcome, ...] = (
    Outcome.NOT_ELIGIBLE,
    Outcome.DECLINED,
    Outcome.WITHDRAWN,
    Outcome.ENDED_EARLY,
    Outcome.TRANSFERRED,
)
"""The outcomes with which the lifecycle lets a case be closed from every open phase."""


def with_endings(workflow: Workflow, core: Origin) -> Workflow:
    """Return the workflow with a move from every open stage to its closed one for each of ``ENDINGS``.

    An outcome that a move of the workflow names already is left to the workflow: so a country gives the move a title
    or guards, or says from which stages alone it is possible. Where several stages are closed, the moves lead to the
    first.

    Args:
        workflow: A workflow as a plugin declares it.
        core: The origin of the moves that are added.
    """
    closed = next((stage.id for stage in workflow.stages if stage.phase is Phase.CLOSED), None)
    declared = {move.outcome for move in workflow.moves}
    missing = [outcome for outcome in ENDINGS if outcome not in declared]
    if closed is None or not missing:
        return workflow
    given = (_ending(closed, outcome).model_copy(update={"origin": core}) for outcome in missing)
    return workflow.model_copy(update={"moves": (*workflow.moves, *given)})


def _ending(closed: str, outcome: Outcome) -> Move:
    return Move.model_validate({"from": ANY_OPEN, "to": closed, "outcome": outcome})
