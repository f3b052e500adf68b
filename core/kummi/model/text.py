"""Words for people: one text in several languages."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, model_serializer, model_validator

from kummi.message import Message
from kummi.model.base import Frozen

FALLBACK = "en"


class Text(Frozen):
    """One text in one or more languages; English is always there.

    In a file it is a mapping of language codes, or a plain string, which is English:

    >>> text = Text.model_validate({"en": "guide", "xx": "gaid"})
    >>> text.in_language("xx"), text.in_language("yy")
    ('gaid', 'guide')
    >>> Text.model_validate("guide").languages
    ('en',)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    entries: tuple[tuple[str, str], ...]

    @model_validator(mode="before")
    @classmethod
    def _from_plain(cls, value: Any) -> Any:
        if isinstance(value, Text):
            return value
        if isinstance(value, str):
            value = {FALLBACK: value}
        if not isinstance(value, dict):
            raise ValueError(Message("a text is a string in English or a mapping of language codes to strings"))  # noqa: TRY004
        if set(value) == {"entries"}:
            return value
        if FALLBACK not in value:
            raise ValueError(Message("a text needs its English ('en') beside the other languages"))
        for language, words in value.items():
            if not isinstance(words, str) or not words.strip():
                raise ValueError(Message("the text in '{language}' is empty or not a string", language=language))
        return {"entries": tuple(sorted((str(key), " ".join(words.split())) for key, words in value.items()))}

    @model_serializer
    def _to_plain(self) -> dict[str, str]:
        return dict(self.entries)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that the text has, sorted."""
        return tuple(language for language, _ in self.entries)

    def in_language(self, language: str) -> str:
        """Return the words in this language, or in English where they are missing."""
        words = dict(self.entries)
        return words.get(language) or words[FALLBACK]

    def __str__(self) -> str:
        return self.in_language(FALLBACK)


Translatable = Text | Message
"""What is said in the user's language: a country's text, or a phrase of core's."""
