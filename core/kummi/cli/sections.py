"""A comparison on a terminal: each topic in a screen or two, with its own numbered sources below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kummi.cli.table import blocks, cell_width, grid, padded, screen_width, wrapped
from kummi.model.reference import Reference
from kummi.network.comparison import (
    NOTHING,
    Comparison,
    ComparisonCell,
    ComparisonPage,
    ComparisonTable,
    Numbers,
    Topic,
)
from kummi.network.difference import Differences
from kummi.network.law import Changes
from kummi.network.selection import Selection
from kummi.network.value_translator import words_of_path

SCREEN = 40
"""Lines of one screen: what the overview keeps to."""

SCREENS = 100
"""Lines of a topic from which the tables that go into detail are left out, and named instead."""


def comparison_lines(found: Comparison, *, full: bool = False, sources: bool = False) -> Iterator[str]:
    """Yield the lines of a comparison.

    Args:
        found: The comparison.
        full: Leave out nothing, however many lines it makes.
        sources: Print the sources of the overview too, and the address of every source.
    """
    yield found.gettext("Programmes side by side on {date}", date=found.on)
    for page in found.pages:
        screen = _Screen(found, page, screen_width(), full, sources)
        if page.topic is Topic.OVERVIEW:
            yield from screen.overview()
        else:
            yield ""
            yield from screen.topic()


def difference_lines(found: Differences, *, sources: bool = False) -> Iterator[str]:
    """Yield what differs in sentences, and the sources below it."""
    yield found.asked.gettext("{left} and {right}", left=found.left, right=found.right)
    said = [
        (words_of_path(each.where[:1]), found.sentence(each, under_heading=True), each.sources) for each in found.found
    ]
    yield from _sentences(found.asked, said, sources)


def change_lines(found: Changes, *, sources: bool = False) -> Iterator[str]:
    """Yield what changes in sentences, and the sources below it."""
    yield found.asked.gettext(
        "{name} on {first} and on {last}", name=found.name, first=found.days.start, last=found.days.end
    )
    said = [
        (found.asked.gettext("From {day}", day=each.day), f"{words_of_path(each.where)}: {each.what}", each.sources)
        for each in found.found
    ]
    said += [(found.asked.term("heading", "pathways"), found.sentence(each), each.sources) for each in found.verdicts]
    yield from _sentences(found.asked, said, sources)


def _sentences(
    asked: Selection, said: Sequence[tuple[str, str, Sequence[Reference]]], addresses: bool
) -> Iterator[str]:
    numbers, width = Numbers(by_document=True), screen_width()
    if not said:
        yield asked.gettext("nothing differs")
    part = ""
    for heading, sentence, references in said:
        if heading != part:
            yield from ("", heading.upper())
            part = heading
        yield from wrapped(numbers.cited(ComparisonCell(sentence, tuple(references))), width, hanging="  ")
    yield ""
    yield from source_lines(numbers, asked, width, addresses)


def source_lines(numbers: Numbers, asked: Selection | Comparison, width: int, addresses: bool) -> Iterator[str]:
    """Yield the sources that were cited, with their addresses or with how to have them."""
    for number, source in enumerate(numbers.sources, start=1):
        yield from wrapped(f"[{number}] {asked.translator.say(source.named)} ({source.read})", width, hanging="    ")
        if addresses and source.url:
            yield f"    {source.url}"
    if numbers.sources and not addresses:
        yield f"({asked.gettext('addresses: --sources')})"


@dataclass
class _Screen:
    """One page, as wide as the screen is."""

    found: Comparison
    page: ComparisonPage
    width: int
    full: bool
    addresses: bool
    numbers: Numbers = field(default_factory=lambda: Numbers(by_document=True))

    def topic(self) -> Iterator[str]:
        """Yield every table that fits, then the sources that were cited."""
        lines: list[str] = []
        left_out: list[str] = []
        for table in self.page.tables:
            rough = self._table(table, Numbers(by_document=True))
            if table.is_detail and not self.full and len(lines) + len(rough) > SCREENS:
                left_out += self._left_out(table, len(rough))
            else:
                lines += ["", *self._table(table, self.numbers)]
        yield from lines[1:]
        yield ""
        yield from left_out
        yield from self._sources()

    def _left_out(self, table: ComparisonTable, count: int) -> list[str]:
        return wrapped(
            self.found.gettext(
                "{title}: {count} lines left out; name fewer programmes, or --full, or --to-file",
                title=table.title,
                count=count,
            ),
            self.width,
        )

    def _table(self, table: ComparisonTable, numbers: Numbers) -> list[str]:
        rows = [[_whole(cell, numbers) for cell in row] for row in table.rows]
        titles = list(table.columns.values())
        head = [table.title.upper(), *wrapped(table.note, self.width)]
        if not rows:
            return [*head, self.found.gettext("nothing is declared")]
        on_its_side = list(_by_column(table, numbers)) if table.is_matrix else rows
        ways = [blocks(titles, on_its_side, self.width), grid(titles, rows, self.width)]
        return [*head, *(line.replace(_KEPT, " ") for line in min((way for way in ways if way), key=len))]

    def _sources(self) -> Iterator[str]:
        return source_lines(self.numbers, self.found, self.width, self.addresses)

    def overview(self) -> Iterator[str]:
        """Yield two lines for each programme under a line for its country; the sources too where all fits a screen."""
        cited = [*self._overview(self.numbers), *self._sources()]
        topics = "|".join(topic for topic in Topic if topic is not Topic.OVERVIEW)
        more = self.found.gettext("In full: --topic {topics}", topics=topics)
        if self.addresses or len(cited) + 2 <= SCREEN:
            yield from cited
        else:
            yield from self._overview(None)
            more = f"{self.found.gettext('{count} sources: --sources.', count=len(self.numbers.sources))} {more}"
        yield from wrapped(more, self.width)

    def _overview(self, numbers: Numbers | None) -> Iterator[str]:
        programmes, countries = self.page.tables
        yield from wrapped(f"{programmes.note} {countries.note}", self.width)
        rows = [dict(zip(programmes.columns, row, strict=True)) for row in programmes.rows]
        wide = [max(cell_width(row[key].text) for row in rows) for key in ("programme", "status", "window")]
        for country in countries.rows:
            yield from self._country(country, numbers)
            code = country[0].text.lower()
            for row in (row for row in rows if row["programme"].text.startswith(f"{code}-")):
                yield from self._programme(row, wide, numbers)

    def _country(self, row: Sequence[ComparisonCell], numbers: Numbers | None) -> Iterator[str]:
        _, name, badge, place, brings = row
        said = [name.text, badge.text, *([place.text] if place.text != NOTHING else [])]
        yield from wrapped(", ".join(said) + f": {_cited(brings, numbers)}", self.width, hanging="  ")

    def _programme(self, row: dict[str, ComparisonCell], wide: list[int], numbers: Numbers | None) -> Iterator[str]:
        cells = (row["programme"], row["status"], row["window"])
        head = [padded(cell.text, width) for cell, width in zip(cells, wide, strict=True)]
        yield " " + "  ".join([*head, row["for_whom"].text])
        form, duration = (self._or_not_known(row, key) for key in ("form", "duration"))
        sources = tuple(source for cell in row.values() for source in cell.sources)
        said = ComparisonCell(f"{row['owner'].text}; {form}; {duration}", sources)
        yield from wrapped(_cited(said, numbers), self.width, "   ")

    def _or_not_known(self, row: dict[str, ComparisonCell], key: str) -> str:
        unknown = self.found.gettext("not known")
        said = row[key].text
        return self.found.translator.term("unknown", key) if said == unknown else said


_KEPT = "\N{NO-BREAK SPACE}"


def _whole(cell: ComparisonCell, numbers: Numbers) -> str:
    """Return a cell's words; an amount is not parted from its currency."""
    said = numbers.cited(cell)
    return said.replace(" ", _KEPT) if cell.money else said


def _cited(cell: ComparisonCell, numbers: Numbers | None) -> str:
    return numbers.cited(cell) if numbers else cell.text


def _by_column(table: ComparisonTable, numbers: Numbers) -> Iterator[tuple[str, ...]]:
    """Read a matrix by its columns: each word that stands in one, with the rows that have it."""
    for index, title in enumerate(table.columns.values()):
        found: dict[str, list[ComparisonCell]] = {}
        for row in table.rows if index else ():
            found.setdefault(row[index].text, []).append(ComparisonCell(row[0].text, row[index].sources))
        for word, cells in found.items():
            names = ComparisonCell(
                ", ".join(cell.text for cell in cells), tuple(each for cell in cells for each in cell.sources)
            )
            yield title, word, numbers.cited(names)
