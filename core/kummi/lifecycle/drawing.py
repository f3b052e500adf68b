"""A workflow drawn as SVG: a column of phases, in each its stages in rows by which leads to which."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from kummi.lifecycle.picture import Arrow, Picture, picture_of
from kummi.model.text import FALLBACK
from kummi.model.words import Words
from kummi.model.workflow import Stage, Workflow

_ENGLISH = Words()

_BOX, _GAP, _LINE, _PAD, _LEFT, _SIDE = 230, 36, 17, 10, 170, 150
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2933}.p{font-weight:600;fill:#52606d}.e{font-size:11px;fill:#7b8794}"
    ".l{font-size:11px;fill:#334e68}.band{fill:#f5f7fa}.box{fill:#fff;stroke:#486581;stroke-width:1.3}"
    ".a{fill:none;stroke:#486581;stroke-width:1.3}.b{stroke:#ba2525;stroke-dasharray:5 4}"
    ".l{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}"
)


@dataclass(frozen=True)
class _Box:
    """A stage's place on the drawing, in pixels, and the lines of text in it."""

    stage: Stage
    row: int
    x: float
    y: float
    height: float
    lines: tuple[tuple[str, str], ...]

    @property
    def middle(self) -> float:
        return self.x + _BOX / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height


def svg(workflow: Workflow, language: str = FALLBACK, words: Words = _ENGLISH) -> str:
    """Return a workflow as an SVG drawing."""
    picture = picture_of(workflow, language, words)
    rows = _rows(workflow, picture)
    width = _LEFT + max(len(row) for _, row in rows) * (_BOX + _GAP) + _SIDE
    boxes, bands, height = _placed(rows, picture, width)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" width="{width}" '
        f'height="{height:.0f}" role="img">',
        f"<style>{_STYLE}</style>",
        '<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#486581"/></marker></defs>',
        *bands,
        *_arrow_lines(picture, boxes, width),
        *(line for box in boxes.values() for line in _box_lines(box)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _rows(workflow: Workflow, picture: Picture) -> list[tuple[str, list[Stage]]]:
    """Return the rows of the drawing, each with its phase; a stage stands below those that lead to it in its phase."""
    rows: list[tuple[str, list[Stage]]] = []
    for phase, stages in picture.phases:
        depths: dict[str, int] = {}
        for stage in stages:  # as they are declared: a way back inside a phase then leads upwards
            leading = (depths[each.id] for each in stages if each.id in depths and _leads(workflow, each, stage))
            depths[stage.id] = max(leading, default=-1) + 1
        deepest = max(depths.values())
        rows += [(phase, [each for each in stages if depths[each.id] == row]) for row in range(deepest + 1)]
    return rows


def _leads(workflow: Workflow, stage: Stage, to: Stage) -> bool:
    return any(move.to == to.id for move in workflow.moves_from(stage.id))


def _placed(
    rows: list[tuple[str, list[Stage]]], picture: Picture, width: int
) -> tuple[dict[str, _Box], list[str], float]:
    """Give every stage its place; return the boxes, the bands of the phases behind them, and the height."""
    boxes: dict[str, _Box] = {}
    tops: dict[str, tuple[float, float]] = {}
    y = 20.0
    for number, (phase, stages) in enumerate(rows):
        texts = {stage.id: _text_lines(stage, picture) for stage in stages}
        height = max(len(lines) for lines in texts.values()) * _LINE + 2 * _PAD
        start = _LEFT + (width - _LEFT - _SIDE - len(stages) * (_BOX + _GAP) + _GAP) / 2
        for place, stage in enumerate(stages):
            x = start + place * (_BOX + _GAP)
            boxes[stage.id] = _Box(stage, number, x, y, height, texts[stage.id])
        tops[phase] = (tops.get(phase, (y - 12, 0))[0], y + height + 12)
        y += height + 46
    bands = [
        f'<rect class="band" x="8" y="{top:.0f}" width="{width - 16}" height="{bottom - top:.0f}" rx="8"/>'
        f'<text class="p" x="20" y="{top + 24:.0f}">{escape(phase)}</text>'
        for phase, (top, bottom) in tops.items()
    ]
    return boxes, bands, y - 14


def _text_lines(stage: Stage, picture: Picture) -> tuple[tuple[str, str], ...]:
    title, *rest = picture.lines(stage)
    first = [("t", line) for line in textwrap.wrap(title, 30) or [""]]
    return tuple(first + [("e", line) for words in rest for line in textwrap.wrap(words, 38)])


def _box_lines(box: _Box) -> Iterator[str]:
    yield f'<rect class="box" x="{box.x:.0f}" y="{box.y:.0f}" width="{_BOX}" height="{box.height:.0f}" rx="7"/>'
    first = box.y + (box.height - len(box.lines) * _LINE) / 2 + 13
    for number, (kind, line) in enumerate(box.lines):
        yield (
            f'<text class="{kind}" x="{box.middle:.0f}" y="{first + number * _LINE:.0f}" '
            f'text-anchor="middle">{escape(line)}</text>'
        )


def _arrow_lines(picture: Picture, boxes: dict[str, _Box], width: int) -> Iterator[str]:
    """Draw the arrows: straight down to the next row, around the side where they skip rows or lead back."""
    lanes = 0
    leaving: Counter[str] = Counter()
    for arrow in picture.arrows:
        start, end = boxes[arrow.start], boxes[arrow.end]
        if end.row == start.row + 1:
            yield from _down(arrow, start, end)
        elif end.row == start.row:
            yield from _across(arrow, start, end)
        else:
            lanes += 1
            yield from _around(arrow, start, end, width - _SIDE + 14 * min(lanes, 8), leaving[arrow.start])
            leaving[arrow.start] += 1


def _line(arrow: Arrow, path: str) -> str:
    return f'<path class="a{" b" if arrow.back else ""}" d="{path}" marker-end="url(#to)"/>'


def _down(arrow: Arrow, start: _Box, end: _Box) -> Iterator[str]:
    half = (end.y - start.bottom) / 2
    yield _line(
        arrow,
        f"M{start.middle:.0f} {start.bottom:.0f}c0 {half:.0f} {end.middle - start.middle:.0f} {half:.0f} "
        f"{end.middle - start.middle:.0f} {2 * half - 1:.0f}",
    )
    left = end.middle < start.middle
    x = (start.middle + end.middle) / 2 + (-6 if left else 6)
    yield from _arrow_label(arrow, x, start.bottom + half + 4, "end" if left else "start")


def _across(arrow: Arrow, start: _Box, end: _Box) -> Iterator[str]:
    right = start.x < end.x
    x, to = (start.x + _BOX, end.x) if right else (start.x, end.x + _BOX)
    y = start.y + start.height * (0.35 if right else 0.65)
    yield _line(arrow, f"M{x:.0f} {y:.0f}L{to:.0f} {y:.0f}")


def _around(arrow: Arrow, start: _Box, end: _Box, lane: float, before: int) -> Iterator[str]:
    y, to = start.y + 18 + 13 * min(before, 3), end.y + 10
    turn = 8 if to > y else -8
    yield _line(
        arrow,
        f"M{start.x + _BOX:.0f} {y:.0f}H{lane - 8:.0f}q8 0 8 {turn}V{to - turn:.0f}q0 {turn} -8 {turn}"
        f"H{end.x + _BOX + 1:.0f}",
    )
    yield from _arrow_label(arrow, start.x + _BOX + 8, y - 4, "start")


def _arrow_label(arrow: Arrow, x: float, y: float, anchor: str) -> Iterator[str]:
    if arrow.label:
        text = textwrap.shorten(arrow.label, 44, placeholder=" …")
        yield f'<text class="l" x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>'
