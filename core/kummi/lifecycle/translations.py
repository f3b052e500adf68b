"""Which texts of a declared value lack a language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kummi.model.base import Frozen
from kummi.model.country import Municipality, NameSince
from kummi.model.programme import Programme
from kummi.model.text import Text

_NOT_ON_SCREENS = frozenset({"origin", "reference", "questions", "disagreements", "notes", "note"})
"""Parts that speak of sources and gaps; they stand in the language in which they were written."""
_PROPER_NAMES = ((Municipality, "name"), (NameSince, "name"), (Programme, "owner"), (Programme, "partners"))
"""Names of places, authorities and organisations: what they are called is the same in every language, or is given."""


@dataclass(frozen=True)
class MissingText:
    """A text that lacks some languages: where it is in words, by the keys that lead to it, and its English."""

    where: str
    path: tuple[str | int, ...]
    languages: tuple[str, ...]
    english: str


def missing_languages(value: Frozen, languages: Sequence[str], where: str) -> Iterator[MissingText]:
    """Yield each text inside a value that lacks one of the languages.

    References, open questions, disagreements and notes are not looked at, nor proper names. English is always there.
    """
    for name, info in type(value).model_fields.items():
        if name not in _NOT_ON_SCREENS and (type(value), name) not in _PROPER_NAMES:
            for each in _missing(getattr(value, name), languages, f"{where}, {name.rstrip('_')}"):
                yield replace(each, path=(info.alias or name, *each.path))


def _missing(value: Any, languages: Sequence[str], where: str) -> Iterator[MissingText]:
    if isinstance(value, Text):
        lacking = tuple(each for each in languages if each not in value.languages)
        if lacking:
            yield MissingText(where, (), lacking, str(value))
    elif isinstance(value, Frozen):
        yield from missing_languages(value, languages, where)
    elif isinstance(value, tuple):
        for place, each in enumerate(value):
            inside = where if isinstance(each, Text) else f"{where} {getattr(each, 'id', place + 1)}"
            yield from (replace(found, path=(place, *found.path)) for found in _missing(each, languages, inside))
