"""What a comparison is asked about: which programmes, on which day, in which language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kummi.catalogue.catalogue import Catalogue
from kummi.errors import NotFoundError
from kummi.i18n.terms import length
from kummi.i18n.translator import Translator
from kummi.message import Message
from kummi.model.country import Country
from kummi.model.dates import Duration
from kummi.model.programme import ProgrammeEntry
from kummi.model.text import Translatable
from kummi.network.comparison import ComparisonCell, ComparisonTable, Row


@dataclass(frozen=True)
class Selection:
    """The programmes in the order in which they are shown, the day, and who says it in the language."""

    entries: tuple[ProgrammeEntry, ...]
    on: date
    translator: Translator

    @property
    def countries(self) -> tuple[Country, ...]:
        """The countries of the programmes, each once."""
        return tuple({entry.country.code: entry.country for entry in self.entries}.values())

    def of(self, country: Country) -> tuple[ProgrammeEntry, ...]:
        """The programmes of one country."""
        return tuple(entry for entry in self.entries if entry.country.code == country.code)

    @property
    def language(self) -> str:
        """The language asked for."""
        return self.translator.language

    def gettext(self, msgid: str, /, **parts: object) -> str:
        """Return one of core's phrases in the language asked for."""
        return self.translator.gettext(msgid, **parts)

    def term(self, kind: str, value: str, /, **parts: object) -> str:
        """Return the word for a value of a kind in the language asked for."""
        return self.translator.term(kind, value, **parts)

    def text(self, text: Translatable | None) -> str:
        """Return what is said in the language asked for, or nothing where there is nothing."""
        return self.translator.say(text)

    def length(self, duration: Duration) -> str:
        """Say a duration."""
        return self.translator.say(length(duration))

    def table(
        self, key: str, columns: str, rows: Iterable[Row], note: str = "", *, is_detail: bool = False
    ) -> ComparisonTable:
        """Make a table with the titles of its columns in the language asked for."""
        titles = {column: self.term("column", column) for column in columns.split()}
        return ComparisonTable(key, self.term("heading", key), titles, tuple(rows), note, is_detail)


def select_programmes(catalogue: Catalogue, names: Sequence[str], on: date, language: str) -> Selection:
    """Find what is named: programmes by id and whole countries by code or name; without any name, all there are.

    Raises:
        NotFoundError: If there is no such country or programme; with the nearest name.
        PluginError: If a programme is declared but cannot be used.
    """
    everything = _sorted(catalogue)
    found = [each for name in names for each in entries_of(catalogue, named(catalogue, name))] if names else everything
    entries = tuple({entry.id: entry for entry in found}.values())
    return Selection(entries, on, catalogue.translator(language))


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
    raise NotFoundError(Message("country or programme"), name, (*known, *catalogue.programmes))


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


def cells_of(*texts: str) -> tuple[ComparisonCell, ...]:
    """Make cells that rest on no source of their own."""
    return tuple(ComparisonCell(text) for text in texts)
