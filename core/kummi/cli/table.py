"""Tables and wrapped text for a screen or a pipe, without colours; wide characters count as what they take.

Of rich only the width of text is asked, and only for letters beyond the European ones: its own tables would add a tenth
of a second to every screen, and break words.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from kummi.cli.app import App
from kummi.cli.terminal import one_line
from kummi.i18n.translator import Translator
from kummi.message import Message
from kummi.model.reference import Reference
from kummi.model.rule import Finding, Result

IN_A_PIPE = 80
"""Columns of text where no terminal says how wide it is."""

GAP = "  "

NOTHING = "–"
"""A cell that has nothing to say."""

_BREAKS = re.compile(r"[ \t\n\r\f\v]+")
"""Where a line may end: not at a no-break space."""


_NARROW = re.compile("[ -~\u00a0-\u02ff\u2010-\u2027€→✓✗✕]*")
"""Text of European letters and of the signs that screens show, each of which takes one column."""


def screen_width() -> int:
    """Return how many columns there are."""
    return max(40, shutil.get_terminal_size().columns) if sys.stdout.isatty() else IN_A_PIPE


def cell_width(text: str) -> int:
    """Return how many columns of the screen a text takes: two for a wide character, none for a mark on a letter.

    >>> cell_width("Åbo"), cell_width("東京"), cell_width("e\\u0301")
    (3, 4, 1)
    """
    if _NARROW.fullmatch(text):
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def padded(text: str, width: int) -> str:
    """Fill a text up with spaces until it takes so many columns."""
    return text + " " * (width - cell_width(text))


def wrapped(text: str, width: int, indent: str = "", hanging: str = "") -> list[str]:
    """Wrap a text between words; a word wider than the screen stands alone and whole on its line."""
    lines: list[str] = []
    line, room = "", 0
    for word in filter(None, _BREAKS.split(text)):
        wide = cell_width(word)
        if line and room >= wide + 1:
            line, room = f"{line} {word}", room - wide - 1
        else:
            lines += [line] if line else []
            line = indent + (hanging if lines else "") + word
            room = width - cell_width(line)
    return [*lines, line] if line else []


def table(rows: Sequence[Sequence[str]], indent: str = "") -> list[str]:
    """Lay out rows in columns, as wide as they need to be; the last column is never padded.

    A cell stays in its line. Only the last one of a row may have several: they stand below each other, so that none
    passes for a row.
    """
    shown = [[*([one_line(cell)] for cell in row[:-1]), row[-1].splitlines() or [""]] for row in rows]
    widths = [max(cell_width(line) for cell in column for line in cell) for column in zip(*shown, strict=True)]
    below = " " * cell_width(indent)
    return [
        f"{below if number else indent}{line}".rstrip()
        for row in shown
        for number, line in enumerate(_row(row, widths))
    ]


def grid(titles: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str] | None:
    """Lay out a table with titles, wrapped in its columns; None where its longest words do not fit side by side."""
    widths = _widths([titles, *rows], width - len(GAP) * (len(titles) - 1))
    if widths is None:
        return None
    head, *body = ([wrapped(cell, wide) for cell, wide in zip(row, widths, strict=True)] for row in (titles, *rows))
    line = GAP.join("─" * wide for wide in widths)
    return [*_row(head, widths), line, *(part for row in body for part in _row(row, widths))]


def _row(cells: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
    """Yield the lines of one row, given the lines of each of its cells."""
    for parts in zip_longest(*cells, fillvalue=""):
        yield GAP.join(padded(part, width) for part, width in zip(parts, widths, strict=True)).rstrip()


def _widths(rows: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """Share out the room: every column has place for its longest word, the rest goes where most is wrapped."""
    columns = list(zip(*rows, strict=True))
    widths = [max(cell_width(word) for cell in column for word in _BREAKS.split(cell)) for column in columns]
    if sum(widths) > room:
        return None
    sizes = [[cell_width(cell) for cell in column] for column in columns]
    most, text = [max(each) for each in sizes], [sum(each) for each in sizes]
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


MARKS = {Result.MET: "✓", Result.NOT_MET: "✗", Result.UNKNOWN: "?"}


def finding_lines(app: App, finding: Finding, indent: str = "", translator: Translator | None = None) -> Iterable[str]:
    """Say a finding in a few lines: the rule and its result, the reason, what settles it, the source."""
    translator = translator or app.translator()
    result = translator.term("result", finding.result.value)
    yield f"{indent}{MARKS[finding.result]} {finding.rule}: {result}. {one_line(translator.say(finding.reason))}"
    if finding.result is not Result.MET:
        if finding.settle:
            yield f"{indent}    {translator.gettext('to settle it')}: {translator.say(finding.settle)}"
        for reference in finding.reference:
            yield f"{indent}    {translator.gettext('source')}: {translator.say(reference.citation)}"


class Sources:
    """The sources of a page, numbered in the order in which they are first named."""

    def __init__(self) -> None:
        self._numbers: dict[Message, int] = {}

    def numbers(self, references: Iterable[Reference]) -> str:
        """Return the numbers of sources, such as ``[1] [3]``."""
        return " ".join(f"[{self._numbers.setdefault(each.citation, len(self._numbers) + 1)}]" for each in references)

    def lines(self, translator: Translator) -> Iterator[str]:
        """Yield every source that was named, after its number."""
        yield from (f"  [{number}] {translator.say(line)}" for line, number in self._numbers.items())

    def folded(self, translator: Translator) -> Iterator[str]:
        """Say in one line how many sources there are, and how to see them."""
        if self._numbers:
            yield translator.gettext("{count} sources; --sources prints them", count=len(self._numbers))

    def shown(self, translator: Translator, *, in_full: bool) -> Iterator[str]:
        """Yield every source, or only the line that says how many there are."""
        yield from self.lines(translator) if in_full else self.folded(translator)
