"""Say phrases in a language: by a country's terms first, then by core's catalogue of the language, then in English.

Also which phrases core has, and which of them a language lacks.
"""

from __future__ import annotations

import ast
import gettext
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kummi.i18n.terms import term
from kummi.message import Message
from kummi.model.programme import ProgrammeEntry
from kummi.model.text import FALLBACK, Text

DOMAIN = "kummi"
LOCALE = Path(__file__).parents[1] / "locale"
"""Where core's catalogues are: ``<language>/LC_MESSAGES/kummi.po``, and beside it the ``.mo`` that is read."""

Terms = Mapping[str, str]
"""Words of a plugin in one language, by English phrase; by ``context|phrase`` for a phrase with a context."""


@dataclass(frozen=True)
class Translator:
    """Says phrases, texts and terms in one language.

    Attributes:
        language: The code of the language; one that nobody translates into is English.
        terms: What a country says otherwise than core's catalogue, or the phrases of a language that core lacks.
    """

    language: str = FALLBACK
    terms: Terms = field(default_factory=dict, repr=False)

    def say(self, what: object) -> str:
        """Return a phrase, a text, a list of them, or anything else, as it is read; None is nothing.

        Args:
            what: A Message, a Text, a tuple of such with commas between them, or a plain value.
        """
        if isinstance(what, Message):
            return what.fill(self._template(what), self.say)
        if isinstance(what, Text):
            return what.in_language(self.language)
        if isinstance(what, tuple):
            return ", ".join(map(self.say, what))
        return "" if what is None else str(what)

    def gettext(self, msgid: str, /, **params: object) -> str:
        """Return one of core's phrases with its parts filled in."""
        return self.say(Message(msgid, **params))

    def ngettext(self, one: str, other: str, /, count: int, **params: object) -> str:
        """Return one of core's phrases that count something."""
        return self.say(Message.plural(one, other, count, **params))

    def term(self, kind: str, value: str, /, **params: object) -> str:
        """Return the word for one value of a closed list, such as the phase ``matching``. Raises KeyError."""
        return self.say(term(kind, value, **params))

    def _template(self, message: Message) -> str:
        other = bool(message.other) and message.count != 1
        english = message.other if other else message.msgid
        own = self.terms.get(f"{message.context}|{english}" if message.context else english)
        if own:
            return own
        catalogue = _catalogue(self.language)
        if message.other:
            return catalogue.ngettext(message.msgid, message.other, message.count)
        if message.context:
            return catalogue.pgettext(message.context, message.msgid)
        return catalogue.gettext(message.msgid)


def has_catalogue(language: str) -> bool:
    """Return whether core's phrases are translated into a language; English always is."""
    return language == FALLBACK or (language.isalpha() and (LOCALE / language).is_dir())


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if not has_catalogue(language) or language == FALLBACK:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALE, [language])


def translator_of(programme: ProgrammeEntry, language: str) -> Translator:
    """Return who says everything about a programme in a language, in the country's own terms."""
    return Translator(language, programme.terms.get(language, {}))


def in_its_languages(programme: ProgrammeEntry, message: Message) -> Text:
    """Return a phrase of core's in English and in every language of a programme's country."""
    languages = (FALLBACK, *programme.country.languages)
    return Text.model_validate({each: translator_of(programme, each).say(message) for each in languages})


TEMPLATE = LOCALE / f"{DOMAIN}.pot"
"""Every phrase of core, extracted from its sources by ``make messages``."""


@cache
def phrases() -> tuple[str, ...]:
    """Return the keys of all phrases, as a plugin's terms have them: ``phrase``, or ``context|phrase``.

    A phrase that counts something has two: one for 1, and one for other numbers.
    """
    return tuple(_read(TEMPLATE))


def missing_phrases(language: str, terms: Terms) -> tuple[str, ...]:
    """Return the keys of the phrases that neither core's catalogue of a language nor a country's terms translate."""
    path = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    known: Mapping[str, str] = _read(path) if path.is_file() else {}
    return tuple(key for key in phrases() if not known.get(key) and key not in terms)


def _read(path: Path) -> dict[str, str]:
    """Return the translation of each key of a catalogue, empty where it has none or is not sure of it."""
    return {key: text for key, text in _entries(path.read_text("utf-8")) if not key.endswith("|") and key}


def _entries(text: str) -> Iterator[tuple[str, str]]:
    for block in text.split("\n\n"):
        parts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            head, quote, rest = line.partition('"')
            name = head.strip() or name
            parts[name] = parts.get(name, "") + ast.literal_eval(quote + rest)
        if "msgid" not in parts:
            continue
        context = f"{parts['msgctxt']}|" if "msgctxt" in parts else ""
        sure = "\n#, fuzzy" not in f"\n{block}"
        yield context + parts["msgid"], parts.get("msgstr", parts.get("msgstr[0]", "")) if sure else ""
        if "msgid_plural" in parts:
            yield context + parts["msgid_plural"], parts.get("msgstr[1]", "") if sure else ""
