"""A country's workflow: stages in phases, moves between them, tasks and deadlines."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from kummi.model.base import Declared, Frozen, Key
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
    kept in. The moves from ``any_open`` that close a case early are core's own (``kummi.model.endings``), for each
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
