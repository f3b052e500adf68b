"""Read the values of facts as people write them in a cell, a command or a file, in English or the country's languages.

No error repeats what is read: a column may have slipped, and then it holds a name or an identity number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from kummi.errors import did_you_mean
from kummi.i18n.terms import term
from kummi.i18n.translator import in_its_languages
from kummi.message import Message, alternatives
from kummi.model.dates import is_iso_date, iso_date
from kummi.model.facts import Fact, FactType
from kummi.model.text import Text

if TYPE_CHECKING:
    from kummi.model.programme_entry import ProgrammeEntry

Read = Callable[[str], Any]
"""Reads a text. Raises ValueError that says what was expected."""


def reader_for(kind: FactType, choices: Mapping[str, Text], entry: ProgrammeEntry) -> Read:
    """Return how people's values of a type are read; ``choices`` are the allowed ones with their words."""
    readers: dict[FactType, Callable[[], Read]] = {
        FactType.DATE: lambda: DateReader(entry.country.date_forms),
        FactType.NUMBER: lambda: _number,
        FactType.YES_NO: lambda: ChoiceReader(_yes_no(yes_no_words(entry))),
        FactType.CHOICE: lambda: ChoiceReader(_words_of(choices)),
        FactType.PLACE: lambda: partial(_place, entry=entry),
    }
    return readers[kind]()


def yes_no_words(entry: ProgrammeEntry) -> dict[str, Text]:
    """Return yes and no in the languages of a programme's country."""
    return {each: in_its_languages(entry, term("value", each)) for each in ("yes", "no")}


def choice_words(fact: Fact, entry: ProgrammeEntry) -> dict[str, Text]:
    """Return the allowed values of a core fact with their words in the languages of a programme's country."""
    return {each: in_its_languages(entry, term(fact.name, each)) for each in fact.choices}


_SAMPLE = date(2024, 3, 31)


class DateReader:
    """Reads a date as ISO, or in exactly one reading of the country's usual forms; anything else is not guessed at."""

    def __init__(self, forms: Iterable[str]) -> None:
        self._forms = tuple(forms)
        self._shapes = [(form, _shape(form)) for form in self._forms]
        usual = [_SAMPLE.strftime(form) for form in self._forms]
        samples = alternatives(*dict.fromkeys([_SAMPLE.isoformat(), *usual]))
        self._expected = Message("expected a date like {samples}", samples=samples)

    def __call__(self, text: str) -> date:
        """Return the date. Raises ValueError for another form, a year of two digits, or a day that there is not."""
        if is_iso_date(text):
            return self._checked(partial(iso_date, text))
        fitting = [form for form, shape in self._shapes if shape.fullmatch(text)]
        if not fitting:
            raise ValueError(
                Message("{expected}; other forms leave doubt about day and month", expected=self._expected)
            )
        readings = {self._checked(partial(_strictly, text, form)) for form in fitting}
        if len(readings) > 1:
            raise ValueError(Message("the date can be read in two ways; {expected}", expected=self._expected))
        return readings.pop()

    def _checked(self, read: Callable[[], date]) -> date:
        try:
            return read()
        except ValueError:
            raise ValueError(Message("there is no such day; {expected}", expected=self._expected)) from None


def _strictly(text: str, form: str) -> date:
    return datetime.strptime(text, form).date()  # noqa: DTZ007  a date has no time zone


def _shape(form: str) -> re.Pattern[str]:
    """Return what a form looks like; where nothing stands between day, month and year they have all their digits."""
    digits = r"\d{1,2}" if re.search(r"%\w[^%\w]", form) else r"\d{2}"
    parts = {"%d": digits, "%m": digits, "%Y": r"\d{4}"}
    pieces = re.split(r"(%\w)", form)
    return re.compile(
        "".join(parts.get(piece, ".+?" if piece.startswith("%") else re.escape(piece)) for piece in pieces)
    )


class ChoiceReader:
    """Reads one of some words, in any case; titles in every language stand for their value."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __call__(self, text: str) -> Any:
        """Return the value. Raises ValueError that names the nearest word."""
        folded = " ".join(text.split()).casefold()
        if folded not in self._values:
            raise ValueError(Message("is not one of the choices{hint}", hint=did_you_mean(folded, self._values)))
        return self._values[folded]


def called(value: Any, choices: Mapping[str, Text]) -> Any:
    """Return the value that a word stands for in any language; what is no such word is returned as it is."""
    return _words_of(choices).get(" ".join(value.split()).casefold(), value) if isinstance(value, str) else value


def read_date(value: Any, forms: Iterable[str]) -> date:
    """Read a date, or its text as ISO or in one of a country's usual forms. Raises ValueError."""
    return DateReader(forms)(value.strip()) if isinstance(value, str) else iso_date(value)


def _words_of(choices: Mapping[str, Text]) -> dict[str, str]:
    found = {value.casefold(): value for value in choices}
    for value, title in choices.items():
        for _, words in title.entries:
            found.setdefault(words.casefold(), value)
    return found


def _yes_no(choices: Mapping[str, Text]) -> dict[str, bool]:
    found = {words: value == "yes" for words, value in _words_of(choices).items()}
    return found | {"true": True, "false": False, "1": True, "0": False}


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError(Message("expected a whole number"))
    return int(text)


def _place(text: str, entry: ProgrammeEntry) -> str:
    if entry.country.municipalities_complete and not entry.places.is_known(text):
        names = [words for place in entry.country.municipalities for _, words in place.name.entries]
        raise ValueError(
            Message("is not a municipality of {name}{hint}", name=entry.country.name, hint=did_you_mean(text, names))
        )
    return entry.places.key(text)


def read_languages(text: str) -> tuple[str, ...]:
    """Read codes of languages with spaces, commas, semicolons or slashes between them. Raises ValueError."""
    codes = tuple(code.casefold() for code in re.split(r"[\s,;/]+", text) if code)
    if not all(re.fullmatch(r"[a-z]{2,3}", code) for code in codes):
        raise ValueError(Message("expected codes of languages with spaces between them, such as: ar en"))
    return codes
