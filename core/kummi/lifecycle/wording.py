"""Which texts of a declared value lack a language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kummi.model.base import Frozen
from kummi.model.text import Text

_NOT_ON_SCREENS = frozenset({"origin", "reference", "questions", "disagreements", "notes", "note"})
"""Parts that speak of sources and gaps; they stand in the language in which they were written."""


def missing_languages(value: Frozen, languages: Sequence[str], where: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each text inside a value that lacks one of the languages: where it is, and the languages it lacks.

    References, open questions, disagreements and notes are not looked at. English is always there.
    """
    for name in type(value).model_fields:
        if name not in _NOT_ON_SCREENS:
            yield from _missing(getattr(value, name), languages, f"{where}, {name.rstrip('_')}")


def _missing(value: Any, languages: Sequence[str], where: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(value, Text):
        lacking = tuple(each for each in languages if each not in value.languages)
        if lacking:
            yield where, lacking
    elif isinstance(value, Frozen):
        yield from missing_languages(value, languages, where)
    elif isinstance(value, tuple):
        for place, each in enumerate(value, start=1):
            inside = where if isinstance(each, Text) else f"{where} {getattr(each, 'id', place)}"
            yield from _missing(each, languages, inside)
