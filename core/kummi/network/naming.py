"""What things are called: each programme and its supporters in the country's own languages, and its official words."""

from __future__ import annotations

from collections.abc import Iterator

from kummi.model.country import Country
from kummi.model.programme_entry import ProgrammeEntry
from kummi.model.text import Text
from kummi.network.comparison import ComparisonCell, ComparisonTable, Row
from kummi.network.selection import Selection, plain


def naming_tables(asked: Selection) -> Iterator[ComparisonTable]:
    """Yield what programmes and supporters are called, and each country's official words with their meaning."""
    rows = (_programme(asked, entry) for entry in asked.entries)
    yield asked.table("names", "programme name own_name supporter own_supporter", rows)
    terms = [row for country in asked.countries for row in _terms(asked, country)]
    yield asked.table("terms", "country meaning term", terms, is_detail=True)


def _programme(asked: Selection, entry: ProgrammeEntry) -> Row:
    programme, languages = entry.programme, entry.country.languages
    return (
        ComparisonCell(programme.id),
        ComparisonCell(asked.text(programme.title), programme.reference[:1]),
        ComparisonCell(_own(programme.title, languages)),
        *plain(asked.text(programme.supporter), _own(programme.supporter, languages)),
    )


def _own(text: Text, languages: tuple[str, ...]) -> str:
    """Return a text in every language of the country, each once, with the code of the language."""
    words = dict(text.entries)
    own = {words[language]: language for language in languages if language in words}
    return "; ".join(f"{said} ({language})" for said, language in own.items())


def _terms(asked: Selection, country: Country) -> Iterator[Row]:
    for term in country.terms:
        yield (
            ComparisonCell(country.code),
            ComparisonCell(asked.text(term.text), term.reference),
            ComparisonCell(_own(term.text, country.languages)),
        )
