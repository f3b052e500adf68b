"""What every form of a diagram shows of a workflow, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kummi.lifecycle.moves import ends_early
from kummi.lifecycle.outline import ORDER
from kummi.model.vocabulary import Phase
from kummi.model.words import Words
from kummi.model.workflow import ANY_OPEN, Move, Stage, Workflow


@dataclass(frozen=True)
class Arrow:
    """A move as it is drawn: from one stage to another, back or forward, with its words."""

    start: str
    end: str
    label: str
    back: bool


@dataclass(frozen=True)
class Picture:
    """A workflow as it is shown: its phases with their stages, and the moves between them.

    ``early`` says for each stage how a case may end early from it alone, ``always`` how it may from every open stage.
    ``keys`` are short names of the stages.
    """

    phases: tuple[tuple[str, tuple[Stage, ...]], ...]
    arrows: tuple[Arrow, ...]
    early: dict[str, str]
    always: str
    language: str
    keys: dict[str, str]

    def lines(self, stage: Stage) -> list[str]:
        """Return what a stage's box says: its title, and how a case may end early from it."""
        lines = [stage.title.in_language(self.language)]
        if self.early[stage.id]:
            lines.append(f"✕ {self.early[stage.id]}")
        if stage.phase is Phase.CLOSED and self.always:
            lines.append(f"✕ {self.always}")
        return lines


def picture_of(workflow: Workflow, language: str, words: Words) -> Picture:
    """Collect what is shown of a workflow in a language; ``words`` name phases and outcomes."""
    groups = {phase: tuple(stage for stage in workflow.stages if stage.phase is phase) for phase in ORDER}
    drawn = tuple(_arrows(workflow, language, words))
    return Picture(
        phases=tuple((words.say(f"phase.{phase}", language), stages) for phase, stages in groups.items() if stages),
        arrows=drawn,
        early={
            stage.id: _outcomes([move for move in workflow.moves if stage.id in move.from_], language, words)
            for stage in workflow.stages
        },
        always=_outcomes([move for move in workflow.moves if ANY_OPEN in move.from_], language, words),
        language=language,
        keys={stage.id: f"s{number}" for number, stage in enumerate(workflow.stages, start=1)},
    )


def _arrows(workflow: Workflow, language: str, words: Words) -> Iterator[Arrow]:
    places = {stage.id: place for place, stage in enumerate(workflow.stages)}
    phases = {stage.id: ORDER[stage.phase] for stage in workflow.stages}
    for stage in workflow.stages:
        for move in workflow.moves_from(stage.id):
            if not ends_early(move):
                back = (phases[move.to], places[move.to]) < (phases[stage.id], places[stage.id])
                yield Arrow(stage.id, move.to, _label(move, language, words), back)


def _label(move: Move, language: str, words: Words) -> str:
    if move.title is not None:
        return move.title.in_language(language)
    if move.outcome is not None:
        return words.say(f"outcome.{move.outcome}", language)
    return "; ".join(rule.text.in_language(language) for rule in move.guards)


def _outcomes(moves: list[Move], language: str, words: Words) -> str:
    early = dict.fromkeys(move.outcome for move in moves if ends_early(move))
    return ", ".join(words.say(f"outcome.{outcome}", language) for outcome in early)
