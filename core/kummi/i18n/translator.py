"""The one who says everything: country's terms first, then core's catalogue of the language, then English."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kummi.i18n.terms import term
from kummi.message import Message
from kummi.model.programme_entry import ProgrammeEntry
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
