"""Tables of words on a screen: cells are wrapped between words, and no word is ever broken."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

IN_A_PIPE = 80
"""Columns of text where no terminal says how wide it is."""

GAP = "  "

NOTHING = "–"
"""A cell that has nothing to say."""


def screen_width() -> int:
    """Return how many columns there are."""
    return max(40, shutil.get_terminal_size().columns) if sys.stdout.isatty() else IN_A_PIPE


def wrapped(text: str, width: int, indent: str = "", hanging: str = "") -> list[str]:
    """Wrap a text between words; a word wider than the screen stands alone and whole on its line."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def grid(titles: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str] | None:
    """Lay out a table in columns; None where its longest words do not fit beside each other."""
    widths = _widths([titles, *rows], width - len(GAP) * (len(titles) - 1))
    if widths is None:
        return None
    line = GAP.join("─" * each for each in widths)
    return [*_row(titles, widths), line, *(part for row in rows for part in _row(row, widths))]


def _row(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    columns = [wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for parts in zip_longest(*columns, fillvalue=""):
        yield GAP.join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()


def _widths(rows: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """Share out the room: every column has place for its longest word, the rest goes where most is wrapped."""
    columns = list(zip(*rows, strict=True))
    widths = [max(len(word) for cell in column for word in cell.split() or [""]) for column in columns]
    most = [max(map(len, column)) for column in columns]
    text = [sum(map(len, column)) for column in columns]
    if sum(widths) > room:
        return None
    while sum(widths) < room and widths != most:
        growing = [index for index, wide in enumerate(widths) if wide < most[index]]
        widths[max(growing, key=lambda index: text[index] / widths[index])] += 1
    return widths


def blocks(titles: Sequence[str], rows: Iterable[Sequence[str]], width: int) -> list[str]:
    """Lay out a table on its side: the first cell as a heading over all rows that share it, the others below it.

    Up to three others make one line (``second (third): last``). Of more, the second is a heading too where it changes,
    and the rest stands below it, each cell behind its title; a cell with nothing to say is passed over.
    """
    lines: list[str] = []
    above: tuple[str, str] | None = None
    for first, *others in rows:
        if above is None or first != above[0]:
            lines += wrapped(first, width)
            above = None
        if len(others) <= 3:
            lines += wrapped(_in_a_line(others), width, GAP, GAP)
        else:
            lines += wrapped(others[0], width, GAP, GAP) if above != (first, others[0]) else []
            cells = zip(titles[2:], others[1:], strict=True)
            said = "; ".join(f"{title}: {cell}" for title, cell in cells if cell and cell != NOTHING)
            lines += wrapped(said, width, GAP * 3, GAP)
        above = (first, others[0])
    return lines


def _in_a_line(cells: Sequence[str]) -> str:
    first, between, last = cells[0], "".join(f" ({cell})" for cell in cells[1:-1]), cells[-1]
    return f"{first}{between}: {last}" if len(cells) > 1 else first
