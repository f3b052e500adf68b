"""Read the values of facts as people write them in a cell, a command or a file, in English or the country's languages.

No error repeats what is read: a column may have slipped, and then it holds a name or an identity number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from unicodedata import category, normalize

from kummi.errors import did_you_mean, nearest, repeated
from kummi.i18n.terms import term
from kummi.i18n.translator import in_its_languages
from kummi.message import Message, alternatives
from kummi.model.dates import is_iso_date, iso_date
from kummi.model.facts import FIELD, Fact, FactType, FactValue
from kummi.model.text import FALLBACK, Text

if TYPE_CHECKING:
    from kummi.model.programme import CaseField, ProgrammeEntry

Read = Callable[[Any], Any]
"""Reads a text, or a value that is of its type already. Raises ValueError that says what was expected."""


def value_of_fact(value: Any, fact: Fact, entry: ProgrammeEntry) -> FactValue:
    """Read one value of a core fact. Raises ValueError that says what was expected."""
    read = _kept(entry, fact.name, lambda: reader_for(fact.type, choice_words(fact, entry), entry))
    found: FactValue = read(value)
    return found


def value_of_field(value: Any, field: CaseField, entry: ProgrammeEntry) -> FactValue:
    """Read one value of a programme's own field. Raises ValueError that says what was expected."""
    choices = {choice.id: choice.title for choice in field.choices}
    read = _kept(entry, FIELD + field.id, lambda: reader_for(field.type, choices, entry, own=True))
    found: FactValue = read(value)
    return found


def _kept(entry: ProgrammeEntry, name: str, made: Callable[[], Read]) -> Read:
    """Return the reader of a fact of a programme, made once: a sheet has thousands of households."""
    found: Read | None = entry.derived.get((reader_for, name))
    if found is None:
        found = entry.derived[reader_for, name] = made()
    return found


def reader_for(kind: FactType, choices: Mapping[str, Text], entry: ProgrammeEntry, *, own: bool = False) -> Read:
    """Return how values of a type are read.

    Args:
        kind: The type.
        choices: The allowed values of a choice with their words.
        entry: The programme, whose country has languages, forms of dates and places.
        own: Whether it is a field of the programme's own.
    """
    match kind:
        case FactType.DATE:
            return DateReader(entry.country.date_forms)
        case FactType.NUMBER:
            return whole_number
        case FactType.YES_NO:
            return YesNoReader(yes_no_words(entry))
        case FactType.CHOICE:
            return ChoiceReader(choices)
        case FactType.PLACE:
            return partial(_own_place if own else _place, entry=entry)


def yes_no_words(entry: ProgrammeEntry) -> dict[str, Text]:
    """Return yes and no in the languages of a programme's country."""
    return {each: in_its_languages(entry, term("value", each)) for each in ("yes", "no")}


def choice_words(fact: Fact, entry: ProgrammeEntry) -> dict[str, Text]:
    """Return the allowed values of a core fact with their words in the languages of a programme's country."""
    return {each: in_its_languages(entry, term(fact.name, each)) for each in fact.choices}


_SAMPLE = date(2024, 3, 31)
_YEARS = range(1800, 2200)
"""The years in which something of a household may lie; who would be too old by its date of birth is told apart."""


class DateReader:
    """Reads a date as ISO, or in exactly one reading of the country's usual forms; anything else is not guessed at."""

    def __init__(self, forms: Iterable[str]) -> None:
        self._forms = tuple(forms)
        self._shapes = [(form, _shape(form)) for form in self._forms]
        usual = [_SAMPLE.strftime(form) for form in self._forms]
        samples = alternatives(*dict.fromkeys([_SAMPLE.isoformat(), *usual]))
        self._expected = Message("expected a date like {samples}", samples=samples)

    def __call__(self, value: Any) -> date:
        """Return the date. Raises ValueError for another form, a day that there is not, or a year out of reach."""
        found = self._read(value)
        if found.year not in _YEARS:
            raise ValueError(Message("expected a year from {first} to {last}", first=_YEARS[0], last=_YEARS[-1]))
        return found

    def _read(self, value: Any) -> date:
        if not isinstance(value, str):
            return iso_date(value)
        text = value.strip()
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

    def __init__(self, choices: Mapping[str, Text]) -> None:
        self._values, self._choices = _words_of(choices), list(choices)

    def __call__(self, value: Any) -> str:
        """Return the value. Raises ValueError that names the nearest word."""
        text = str(value)
        found = self._values.get(_folded(text))
        if found is None:
            what = repeated(text.strip(), self._values).lstrip() or Message("what is given")
            near = nearest(_folded(text), self._values)
            hint = did_you_mean(_folded(text), self._values if near else self._choices)
            raise ValueError(Message("{found} is not one of the choices{hint}", found=what, hint=hint))
        return found


class YesNoReader:
    """Reads yes or no, in English or the words of a country."""

    def __init__(self, words: Mapping[str, Text]) -> None:
        own = {text: value == "yes" for text, value in _words_of(words).items()}
        self._values = own | {"true": True, "false": False, "1": True, "0": False}

    def __call__(self, value: Any) -> bool:
        """Return the value. Raises ValueError."""
        found = value if isinstance(value, bool) else self._values.get(_folded(str(value)))
        if found is None:
            raise ValueError(Message("expected yes or no"))
        return found


def whole_number(value: Any) -> int:
    """Read a whole number that is not negative. Raises ValueError."""
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError(Message("expected a whole number"))
    return int(text)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def read_date(value: Any, forms: Iterable[str]) -> date:
    """Read a date, or its text as ISO or in one of a country's usual forms. Raises ValueError."""
    return DateReader(forms)(value)


def _words_of(choices: Mapping[str, Text]) -> dict[str, str]:
    found = {value.casefold(): value for value in choices}
    for value, title in choices.items():
        for _, words in title.entries:
            found.setdefault(words.casefold(), value)
    return found


def _own_place(value: Any, entry: ProgrammeEntry) -> str:
    """Read a place in a field of the programme's own: an event keeps no type, so there a date is only ever a date."""
    if is_iso_date(str(value).strip()):
        raise ValueError(Message("expected the name of a place, not a date"))
    return _place(value, entry)


_LONGEST_PLACE = 80


def _place(value: Any, entry: ProgrammeEntry) -> str:
    """Read a place in the form in which it is stored. Raises ValueError."""
    text = normalize("NFC", str(value))
    if not text.strip():
        raise ValueError(Message("expected the name of a place"))
    if len(text) > _LONGEST_PLACE:
        raise ValueError(Message("the name of a place has at most {most} characters", most=_LONGEST_PLACE))
    if not is_plain(text):
        raise ValueError(NOT_PLAIN)
    return entry.places.key(text)


NOT_PLAIN = Message(
    "holds a character that is no part of a text, such as a control character, a line break in a name, or a mark that "
    "turns the direction of text; write it without"
)


def is_plain(text: str, *, lines: str = "") -> bool:
    """Whether a text is one line that can be kept and shown as it is; ``lines`` are the breaks and tabs it may hold.

    Control characters, halves of characters, line and paragraph separators and marks that turn the direction of what
    follows are refused; marks that letters of some languages need are not.
    """
    if text.isprintable():  # says so of almost every text, a hundred times faster
        return True
    return not any((category(each) in _NEVER or each in _TURNS) and each not in lines for each in text)


_NEVER = ("Cc", "Cs", "Zl", "Zp")
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


_NOT_IN_CLDR = {"fa_AF": "prs"}
"""Codes of ISO 639-3 for languages that the names of Unicode CLDR, which Babel has, give as those of a region."""


class LanguageReader:
    """Reads languages by their codes, or by their names in English or in a language of the country (Unicode CLDR)."""

    def __init__(self, entry: ProgrammeEntry) -> None:
        self._spoken = (FALLBACK, *entry.country.languages)

    def __call__(self, text: str) -> tuple[str, ...]:
        """Return the codes; commas, semicolons, slashes or spaces stand between languages. Raises ValueError."""
        parts = [_folded(part) for part in re.split(r"[,;/\n]", text)]
        return tuple(dict.fromkeys(code for part in parts if part for code in self._codes_of(part)))

    def _codes_of(self, part: str) -> list[str]:
        code = self._code(part)
        codes = [code] if code else [self._code(word) for word in part.split(" ")]
        if None in codes:
            raise ValueError(Message("expected names or codes of languages, such as: Arabic, so"))
        return [each for each in codes if each]

    def _code(self, word: str) -> str | None:
        return word if re.fullmatch(r"[a-z]{2,3}", word) else self._names.get(word)

    @cached_property
    def _names(self) -> dict[str, str]:
        from babel import Locale, UnknownLocaleError  # only where a name is written, since it takes a while

        found: dict[str, str] = {}
        for spoken in self._spoken:
            try:
                names = {str(code): str(name) for code, name in Locale.parse(spoken).languages.items()}
            except UnknownLocaleError:
                continue  # a language of an invented country
            codes = {name.casefold(): _NOT_IN_CLDR.get(code, code) for code, name in names.items()}
            found.update((name, code) for name, code in codes.items() if len(code) <= 3)
        return found
