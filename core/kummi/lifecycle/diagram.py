"""A workflow as a picture: Mermaid, DOT, or SVG drawn here, without any program beside Python.

Stages stand in their phases, first to last. A move with guards carries their texts; ways back to matching are dashed.
The many ways to close a case early would hide the rest, so a stage names them instead of drawing them, and those from
every open stage are said once at the end.
"""

from __future__ import annotations

from kummi.lifecycle.drawing import svg
from kummi.lifecycle.picture import picture_of
from kummi.model.text import FALLBACK
from kummi.model.words import Words
from kummi.model.workflow import Workflow

__all__ = ["dot", "mermaid", "svg"]

_ENGLISH = Words()


def mermaid(workflow: Workflow, language: str = FALLBACK, words: Words = _ENGLISH) -> str:
    """Return a workflow as a Mermaid flowchart."""
    picture = picture_of(workflow, language, words)
    lines = ["flowchart TD"]
    for number, (phase, stages) in enumerate(picture.phases, start=1):
        lines.append(f'  subgraph phase{number}["{_mermaid(phase)}"]')
        for stage in stages:
            text = "<br/>".join(_mermaid(line) for line in picture.lines(stage))
            lines.append(f'    {picture.keys[stage.id]}["{text}"]')
        lines.append("  end")
    for arrow in picture.arrows:
        line = "-.->" if arrow.back else "-->"
        label = f'|"{_mermaid(arrow.label)}"|' if arrow.label else ""
        lines.append(f"  {picture.keys[arrow.start]} {line}{label} {picture.keys[arrow.end]}")
    return "\n".join(lines) + "\n"


def dot(workflow: Workflow, language: str = FALLBACK, words: Words = _ENGLISH) -> str:
    """Return a workflow in the DOT language of Graphviz."""
    picture = picture_of(workflow, language, words)
    lines = ["digraph workflow {", "  rankdir=TB;", '  node [shape=box, style="rounded", fontname="sans-serif"];']
    for number, (phase, stages) in enumerate(picture.phases, start=1):
        lines.append(f"  subgraph cluster_{number} {{")
        lines.append(f"    label={_dot(phase)};")
        lines += [f"    {_dot(stage.id)} [label={_dot(*picture.lines(stage))}];" for stage in stages]
        lines.append("  }")
    for arrow in picture.arrows:
        style = ", style=dashed" if arrow.back else ""
        lines.append(f"  {_dot(arrow.start)} -> {_dot(arrow.end)} [label={_dot(arrow.label)}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def _mermaid(text: str) -> str:
    """Escape text for a quoted Mermaid label: its own signs as entities, so that nothing ends the label early."""
    return "".join(each if each.isalnum() or each in " .,:;-–/()'" else f"#{ord(each)};" for each in text)


def _dot(*lines: str) -> str:
    """Quote text for DOT, several lines below each other."""
    return '"' + "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines) + '"'
