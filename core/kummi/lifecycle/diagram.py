"""A workflow as a diagram, in Mermaid or in the DOT language of Graphviz.

Stages stand in their phases, first to last. A move with guards carries their texts; ways back to matching are dashed.
The many ways to close a case early would hide the rest, so a stage names them instead of drawing them, and those from
every open stage, which are core's own unless the country declares them, are said once at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kummi.i18n.translator import Translator
from kummi.lifecycle.moves import ends_early
from kummi.lifecycle.workflow_index import ORDER
from kummi.model.vocabulary import Phase
from kummi.model.workflow import ANY_OPEN, Move, Stage, Workflow

_ENGLISH = Translator()


def mermaid(workflow: Workflow, translator: Translator = _ENGLISH) -> str:
    """Return a workflow as a Mermaid flowchart."""
    diagram = _diagram_of(workflow, translator)
    lines = ["flowchart TD"]
    for number, (phase, stages) in enumerate(diagram.phases, start=1):
        lines.append(f'  subgraph phase{number}["{_mermaid(phase)}"]')
        for stage in stages:
            text = "<br/>".join(_mermaid(line) for line in diagram.lines(stage))
            lines.append(f'    {diagram.keys[stage.id]}["{text}"]')
        lines.append("  end")
    for arrow in diagram.arrows:
        line = "-.->" if arrow.back else "-->"
        label = f'|"{_mermaid(arrow.label)}"|' if arrow.label else ""
        lines.append(f"  {diagram.keys[arrow.start]} {line}{label} {diagram.keys[arrow.end]}")
    return "\n".join(lines) + "\n"


def dot(workflow: Workflow, translator: Translator = _ENGLISH) -> str:
    """Return a workflow in the DOT language of Graphviz."""
    diagram = _diagram_of(workflow, translator)
    lines = ["digraph workflow {", "  rankdir=TB;", '  node [shape=box, style="rounded", fontname="sans-serif"];']
    for number, (phase, stages) in enumerate(diagram.phases, start=1):
        lines.append(f"  subgraph cluster_{number} {{")
        lines.append(f"    label={_dot(phase)};")
        lines += [f"    {_dot(stage.id)} [label={_dot(*diagram.lines(stage))}];" for stage in stages]
        lines.append("  }")
    for arrow in diagram.arrows:
        style = ", style=dashed" if arrow.back else ""
        lines.append(f"  {_dot(arrow.start)} -> {_dot(arrow.end)} [label={_dot(arrow.label)}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def _mermaid(text: str) -> str:
    """Escape text for a quoted Mermaid label: its own signs as entities, so that nothing ends the label early."""
    return "".join(each if each.isalnum() or each in " .,:;-–/()'" else f"#{ord(each)};" for each in text)


def _dot(*lines: str) -> str:
    """Quote text for DOT, several lines below each other."""
    return '"' + "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines) + '"'


@dataclass(frozen=True)
class _Arrow:
    """A move as it is drawn: from one stage to another, back or forward, with its words."""

    start: str
    end: str
    label: str
    back: bool


@dataclass(frozen=True)
class _Diagram:
    """A workflow as it is shown: its phases with their stages, and the moves between them.

    ``early`` says for each stage how a case may end early from it alone, ``always`` how it may from every open stage.
    ``keys`` are short names of the stages.
    """

    phases: tuple[tuple[str, tuple[Stage, ...]], ...]
    arrows: tuple[_Arrow, ...]
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


def _diagram_of(workflow: Workflow, translator: Translator) -> _Diagram:
    """Collect what is shown of a workflow in the translator's language."""
    groups = {phase: tuple(stage for stage in workflow.stages if stage.phase is phase) for phase in ORDER}
    return _Diagram(
        phases=tuple((translator.term("phase", phase), stages) for phase, stages in groups.items() if stages),
        arrows=tuple(_arrows(workflow, translator)),
        early={
            stage.id: _outcomes([move for move in workflow.moves if stage.id in move.from_], translator)
            for stage in workflow.stages
        },
        always=_outcomes([move for move in workflow.moves if ANY_OPEN in move.from_], translator),
        language=translator.language,
        keys={stage.id: f"s{number}" for number, stage in enumerate(workflow.stages, start=1)},
    )


def _arrows(workflow: Workflow, translator: Translator) -> Iterator[_Arrow]:
    places = {stage.id: place for place, stage in enumerate(workflow.stages)}
    phases = {stage.id: ORDER[stage.phase] for stage in workflow.stages}
    for stage in workflow.stages:
        for move in workflow.moves_from(stage.id):
            if not ends_early(move):
                back = (phases[move.to], places[move.to]) < (phases[stage.id], places[stage.id])
                yield _Arrow(stage.id, move.to, _label(move, translator), back)


def _label(move: Move, translator: Translator) -> str:
    if move.title is not None:
        return move.title.in_language(translator.language)
    if move.outcome is not None:
        return translator.term("outcome", move.outcome)
    return "; ".join(rule.text.in_language(translator.language) for rule in move.guards)


def _outcomes(moves: list[Move], translator: Translator) -> str:
    early = dict.fromkeys(move.outcome for move in moves if move.outcome is not None and ends_early(move))
    return ", ".join(translator.term("outcome", outcome) for outcome in early)
