"""A comparison as tables of plain text, for a terminal or a Markdown document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kummi.model.funding import Standing
from kummi.model.reference import Reference
from kummi.model.vocabulary import Pathway, Phase
from kummi.network.comparison import Cell, Comparison, MoneyView, ProgrammeView, Verdict
from kummi.network.money import AGES, YEARS

NOTHING = "–"
ALIKE = (3, 2, 1)
"""Columns of the money tables (person, pathway, place) that join when all else is the same."""


@dataclass(frozen=True)
class Section:
    """One table: a heading, a note under it, column titles, and rows of plain text.

    Sources stand as numbers in square brackets; the last section says what they are. ``key`` is its name in every
    language.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def as_rows(comparison: Comparison) -> tuple[Section, ...]:
    """Return every section of a comparison, the list of sources last."""
    return tuple(_Rows(comparison).sections())


def as_markdown(comparison: Comparison) -> str:
    """Return the comparison as a Markdown document."""
    title = comparison.words.say("network.title", comparison.language, date=comparison.on)
    parts = [f"# {title}\n", *(_markdown(section) for section in as_rows(comparison))]
    return "\n".join(parts)


class _Rows:
    """Makes the sections, and numbers the sources in the order in which they are first named."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.numbers: dict[Reference, int] = {}

    def sections(self) -> Iterator[Section]:
        yield self._section("programmes", "programme name owner status window sources", self._programmes())
        yield self._section("stages", "phase programme stages_column sources", _merged(self._stages(), 1))
        yield self._pathways()
        yield self._section("reasons", "programme verdict pathway rule sources", _merged(self._reasons(), 0))
        yield self._section("conditions", "programme rule sources", _merged(self._conditions(), 0))
        yield self._money()
        totals = _merged(self._totals(), *ALIKE)
        yield self._section(
            "totals", "country place pathway person payee known if_conditions_hold assumed not_known", totals
        )
        yield self._section("duties", "country programme duty who receiver due sources", self._duties())
        yield self._section("sources", "number source read address", self._sources())

    def _say(self, key: str, **parts: object) -> str:
        return self.comparison.words.say(key, self.comparison.language, **parts)

    def _section(
        self, key: str, columns: str, rows: Iterable[tuple[str, ...]], note: str = "", **parts: object
    ) -> Section:
        titles = tuple(self._say(f"network.{column}") for column in columns.split())
        return Section(key, self._say(f"network.{key}", **parts), titles, tuple(rows), note)

    def _cite(self, *cells: Cell) -> str:
        found = dict.fromkeys(source for cell in cells for source in cell.sources)
        return " ".join(f"[{self.numbers.setdefault(source, len(self.numbers) + 1)}]" for source in found) or NOTHING

    def _programmes(self) -> Iterator[tuple[str, ...]]:
        for each in self.comparison.programmes:
            status = each.standing.text if each.runs else self._say("network.not_running", status=each.standing.text)
            cells = (each.title, each.owner, each.standing, each.window)
            yield each.id, each.title.text, each.owner.text, status, each.window.text or NOTHING, self._cite(*cells)

    def _stages(self) -> Iterator[tuple[str, ...]]:
        for phase in (phase for phase in Phase if phase is not Phase.ON_HOLD):
            for each in self.comparison.programmes:
                cells = each.stages[phase]
                stages = "; ".join(cell.text for cell in cells) or NOTHING
                yield self._say(f"phase.{phase}"), each.id, stages, self._cite(*cells)

    def _pathways(self) -> Section:
        columns = (self._say("network.programme"), *(self._say(f"pathway.{pathway}") for pathway in Pathway))
        rows = tuple(
            (each.id, *(self._verdict(each, pathway) for pathway in Pathway)) for each in self.comparison.programmes
        )
        return Section("pathways", self._say("network.pathways"), columns, rows)

    def _verdict(self, programme: ProgrammeView, pathway: Pathway) -> str:
        view = programme.pathways[pathway]
        return f"{self._say(f'verdict.{view.verdict}')} {self._cite(*(view.grounds or (programme.title,)))}"

    def _reasons(self) -> Iterator[tuple[str, ...]]:
        for each in self.comparison.programmes:
            for (verdict, cell), pathways in _by_rule(each).items():
                names = "; ".join(self._say(f"pathway.{pathway}") for pathway in pathways)
                yield each.id, self._say(f"verdict.{verdict}"), names, cell.text, self._cite(cell)

    def _conditions(self) -> Iterator[tuple[str, ...]]:
        for each in self.comparison.programmes:
            for cell in each.conditions:
                yield each.id, cell.text, self._cite(cell)

    def _money(self) -> Section:
        ages = {role.value: age for role, age in AGES.items()}
        note = self._say("network.money_note", date=self.comparison.on, **ages)
        columns = "country place pathway person scheme payee amount how sources"
        return self._section("money", columns, _merged(self._money_rows(), *ALIKE), note, years=YEARS)

    def _money_rows(self) -> Iterator[tuple[str, ...]]:
        for each in self.comparison.money:
            yield (
                each.country,
                each.place or NOTHING,
                self._say(f"pathway.{each.pathway}"),
                self._say(f"role.{each.person}"),
                each.title.text,
                each.payee_title,
                str(each.amount or NOTHING),
                self._how(each),
                self._cite(each.title, each.how),
            )

    def _how(self, view: MoneyView) -> str:
        plain = view.standing in (Standing.PAYABLE, Standing.NOT_KNOWN)
        standing = "" if plain else f"{self._say(f'standing.{view.standing}')}: {', '.join(view.because)}"
        how = "; ".join(part for part in (view.how.text, standing, *view.gaps) if part)
        return self._say("network.if_it_happens", how=how) if view.if_it_happens else how

    def _totals(self) -> Iterator[tuple[str, ...]]:
        for each in self.comparison.totals:
            yield (
                each.country,
                each.place or NOTHING,
                self._say(f"pathway.{each.pathway}"),
                self._say(f"role.{each.person}"),
                each.payee_title,
                str(each.known or NOTHING),
                str(each.if_conditions_hold or NOTHING),
                str(each.assumed or NOTHING),
                str(each.not_known),
            )

    def _duties(self) -> Iterator[tuple[str, ...]]:
        for each in self.comparison.duties:
            names = "; ".join(each.programmes)
            yield each.country, names, each.title.text, each.who, each.receiver, each.due, self._cite(each.title)

    def _sources(self) -> Iterator[tuple[str, ...]]:
        for source, number in self.numbers.items():
            yield str(number), str(source), source.read, source.url or NOTHING


def _by_rule(programme: ProgrammeView) -> dict[tuple[Verdict, Cell], list[Pathway]]:
    """Return each rule that closes pathways or makes them depend, with the pathways that it does that to."""
    found: dict[tuple[Verdict, Cell], list[Pathway]] = {}
    for pathway, view in programme.pathways.items():
        for verdict, cells in ((Verdict.CLOSED, view.against), (Verdict.DEPENDS, view.depends_on)):
            for cell in cells:
                found.setdefault((verdict, cell), []).append(pathway)
    return found


def _merged(rows: Iterable[tuple[str, ...]], *columns: int) -> tuple[tuple[str, ...], ...]:
    """Make one row of those that differ in one column only, a column after the other, where the first of them stood.

    >>> _merged([("a", "adult", "5"), ("a", "child", "5"), ("b", "adult", "5")], 1, 0)
    (('a', 'adult; child', '5'), ('b', 'adult', '5'))
    """
    for column in columns:
        found: dict[tuple[str, ...], list[str]] = {}
        for row in rows:
            found.setdefault((*row[:column], *row[column + 1 :]), []).append(row[column])
        rows = [(*rest[:column], "; ".join(values), *rest[column:]) for rest, values in found.items()]
    return tuple(rows)


def _markdown(section: Section) -> str:
    rows = (section.columns, ("---",) * len(section.columns), *section.rows)
    table = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    note = [section.note, ""] if section.note else []
    return "\n".join([f"## {section.title}", "", *note, *(table if section.rows else [NOTHING]), ""])
