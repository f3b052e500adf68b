"""Programmes side by side as plain values: topics of tables, in which every cell carries the sources it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kummi.i18n.translator import Translator
from kummi.model.money import Money
from kummi.model.reference import Reference

NOTHING = "–"
"""What stands in a cell that has nothing to say."""


class Topic(StrEnum):
    """A question that a comparison answers."""

    OVERVIEW = "overview"
    STAGES = "stages"
    ELIGIBILITY = "eligibility"
    FUNDING = "funding"
    REPORTS = "reports"
    WORDS = "words"


@dataclass(frozen=True)
class ComparisonCell:
    """Words, where they come from, and the amount where the words are one."""

    text: str
    sources: tuple[Reference, ...] = ()
    money: Money | None = None


Row = tuple[ComparisonCell, ...]


@dataclass(frozen=True)
class ComparisonTable:
    """One table. ``key`` is its name in every language, and so are the keys of ``columns``.

    The first column says what a row is about. ``is_detail`` marks a table that a screen may leave out, saying so, where
    many programmes are compared at once; a file and JSON always have it. ``is_matrix`` marks one whose columns are of
    one kind and whose cells hold one of a few words: it can be read by column too.
    """

    key: str
    title: str
    columns: Mapping[str, str]
    rows: tuple[Row, ...]
    note: str = ""
    is_detail: bool = False
    is_matrix: bool = False


@dataclass(frozen=True)
class ComparisonPage:
    """What is said on one topic."""

    topic: Topic
    title: str
    tables: tuple[ComparisonTable, ...]


@dataclass(frozen=True)
class Comparison:
    """Some programmes side by side on one day, in one language."""

    on: date
    translator: Translator = field(repr=False)
    programmes: tuple[str, ...]
    pages: tuple[ComparisonPage, ...]

    @property
    def language(self) -> str:
        """The language of the comparison."""
        return self.translator.language

    def gettext(self, msgid: str, /, **parts: object) -> str:
        """Return one of core's phrases in the language of the comparison."""
        return self.translator.gettext(msgid, **parts)


class Numbers:
    """The sources of one page, numbered from 1 in the order in which they are first cited.

    Each place in a document has its own number; with ``by_document`` the document has one, and lists its places.
    """

    def __init__(self, *, by_document: bool = False) -> None:
        self._by_document = by_document
        self._numbers: dict[object, int] = {}
        self._sources: dict[int, list[Reference]] = {}

    def cite(self, cell: ComparisonCell) -> tuple[int, ...]:
        """Return the numbers of a cell's sources, lowest first."""
        return tuple(sorted({self._number(each) for each in cell.sources}))

    def _number(self, source: Reference) -> int:
        document = (source.title, source.url, source.read, source.certainty) if self._by_document else source
        number = self._numbers.setdefault(document, len(self._numbers) + 1)
        places = self._sources.setdefault(number, [])
        if source not in places:
            places.append(source)
        return number

    def cited(self, cell: ComparisonCell) -> str:
        """Return a cell's words with the numbers of its sources behind them."""
        numbers = self.cite(cell)
        return f"{cell.text} [{_runs(numbers)}]" if numbers else cell.text

    @property
    def sources(self) -> tuple[Reference, ...]:
        """The sources cited so far; the first has number 1. A document with several places has them in its section."""
        return tuple(_document(places) for places in self._sources.values())


def _document(places: list[Reference]) -> Reference:
    sections = dict.fromkeys(each.section for each in places if each.section)
    return places[0].model_copy(update={"section": "; ".join(sections) or None})


def _runs(numbers: tuple[int, ...]) -> str:
    """Write numbers with runs of three or more joined.

    >>> _runs((1, 2, 4, 5, 6))
    '1,2,4-6'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(map(str, run)) for run in runs)


def merged(rows: Sequence[Row], *columns: int) -> list[Row]:
    """Make one row of those that differ in one column only, a column after the other, where the first of them stood.

    >>> five = ComparisonCell("5")
    >>> rows = merged([(ComparisonCell("adult"), five), (ComparisonCell("child"), five)], 0)
    >>> [tuple(cell.text for cell in row) for row in rows]
    [('adult; child', '5')]
    """
    for column in columns:
        found: dict[Row, list[ComparisonCell]] = {}
        for row in rows:
            found.setdefault((*row[:column], *row[column + 1 :]), []).append(row[column])
        rows = [(*rest[:column], _joined(cells), *rest[column:]) for rest, cells in found.items()]
    return list(rows)


def _joined(cells: list[ComparisonCell]) -> ComparisonCell:
    sources = dict.fromkeys(source for cell in cells for source in cell.sources)
    texts = dict.fromkeys(cell.text for cell in cells)
    return ComparisonCell("; ".join(texts), tuple(sources), cells[0].money if len(cells) == 1 else None)
