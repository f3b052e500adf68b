"""What core has to say: every phrase of the template of the catalogues, and which of them a language lacks."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from kummi.i18n.translator import DOMAIN, LOCALE, Terms

TEMPLATE = LOCALE / f"{DOMAIN}.pot"
"""Every phrase of core, extracted from its sources by ``make messages``."""


@cache
def phrases() -> tuple[str, ...]:
    """Return the keys of all phrases, as a plugin's terms have them: ``phrase``, or ``context|phrase``.

    A phrase that counts something has two: one for 1, and one for other numbers.
    """
    return tuple(_read(TEMPLATE))


def missing(language: str, terms: Terms) -> tuple[str, ...]:
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
