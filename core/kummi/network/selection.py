"""What a comparison is asked about: which programmes, on which day, in which language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from kummi.catalogue.catalogue import Catalogue, ProgrammeEntry
from kummi.errors import NotFoundError
from kummi.model.country import Country
from kummi.model.dates import Duration
from kummi.model.text import Text
from kummi.model.words import Words
from kummi.network.comparison import ComparisonCell, ComparisonTable, Row


@dataclass(frozen=True)
class Selection:
    """The programmes in the order in which they are shown, the day, the language, and core's words in it."""

    entries: tuple[ProgrammeEntry, ...]
    on: date
    language: str
    words: Words = field(default_factory=Words, repr=False)

    @property
    def countries(self) -> tuple[Country, ...]:
        """The countries of the programmes, each once."""
        return tuple({entry.country.code: entry.country for entry in self.entries}.values())

    def of(self, country: Country) -> tuple[ProgrammeEntry, ...]:
        """The programmes of one country."""
        return tuple(entry for entry in self.entries if entry.country.code == country.code)

    def say(self, key: str, **parts: object) -> str:
        """Return one of core's phrases in the language asked for."""
        return self.words.say(key, self.language, **parts)

    def text(self, text: Text | None) -> str:
        """Return a country's words in the language asked for, or nothing where there are none."""
        return "" if text is None else text.in_language(self.language)

    def length(self, duration: Duration) -> str:
        """Say a duration."""
        key = f"unit.one.{duration.unit}" if duration.count == 1 else f"unit.{duration.unit}"
        return self.say(key, count=duration.count)

    def table(
        self, key: str, columns: str, rows: Iterable[Row], note: str = "", *, is_detail: bool = False
    ) -> ComparisonTable:
        """Make a table with the titles of its columns in the language asked for."""
        titles = {column: self.say(f"network.{column}") for column in columns.split()}
        return ComparisonTable(key, self.say(f"network.{key}"), titles, tuple(rows), note, is_detail)


def select_programmes(catalogue: Catalogue, names: Sequence[str], on: date, language: str) -> Selection:
    """Find what is named: programmes by id and whole countries by code or name; without any name, all there are.

    Raises:
        NotFoundError: If there is no such country or programme; with the nearest name.
        PluginError: If a programme is declared but cannot be used.
    """
    everything = _sorted(catalogue)
    found = [each for name in names for each in entries_of(catalogue, named(catalogue, name))] if names else everything
    entries = tuple({entry.id: entry for entry in found}.values())
    words = (entry.words for entry in (*entries, *everything) if language in entry.words.translations)
    return Selection(entries, on, language, next(words, Words()))


def named(catalogue: Catalogue, name: str) -> Country | ProgrammeEntry:
    """Return the programme with this id, or the country with this code, or this name in any of its languages.

    Raises:
        NotFoundError: If there is no such country or programme; with the nearest name.
        PluginError: If the programme is declared but cannot be used.
    """
    if name.lower() in (*catalogue.programmes, *catalogue.broken):
        return catalogue.programme(name.lower())
    for country in catalogue.countries.values():
        if name.casefold() in map(str.casefold, _names_of(country)):
            return country
    known = (each for country in catalogue.countries.values() for each in _names_of(country))
    raise NotFoundError("country or programme", name, (*known, *catalogue.programmes))


def entries_of(catalogue: Catalogue, found: Country | ProgrammeEntry) -> list[ProgrammeEntry]:
    """Return a programme, or all those of a country."""
    if isinstance(found, ProgrammeEntry):
        return [found]
    return [entry for entry in _sorted(catalogue) if entry.country.code == found.code]


def _names_of(country: Country) -> Iterator[str]:
    yield country.code
    yield from dict.fromkeys(name for _, name in country.name.entries)


def _sorted(catalogue: Catalogue) -> list[ProgrammeEntry]:
    return [catalogue.programmes[name] for name in sorted(catalogue.programmes)]


def plain(*texts: str) -> tuple[ComparisonCell, ...]:
    """Make cells that rest on no source of their own."""
    return tuple(ComparisonCell(text) for text in texts)
