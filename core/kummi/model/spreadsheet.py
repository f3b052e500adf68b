"""Text in the cells of a spreadsheet, kept from being run as a formula."""

from __future__ import annotations

from collections.abc import Iterable

_FIRST = "=+-@\t\r\n"
_STARTS_FORMULA = tuple(_FIRST)


def escape_formula(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet program would run as a formula.

    >>> escape_formula("=1+1"), escape_formula("Aino")
    ("'=1+1", 'Aino')
    """
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


def escape_formulas(texts: Iterable[str | None]) -> list[str | None]:
    """Return texts as ``escape_formula`` gives them, None as it is; made for columns of many rows.

    >>> escape_formulas(["=1+1", "Aino", "", None])
    ["'=1+1", 'Aino', '', None]
    """
    return [escape_formula(text) if text and text[0] in _FIRST else text for text in texts]


def unescape_formula(text: str) -> str:
    """Take back what ``escape_formula`` did.

    >>> unescape_formula("'=1+1"), unescape_formula("'s-Hertog")
    ('=1+1', "'s-Hertog")
    """
    return text[1:] if text.startswith("'") and text[1:].startswith(_STARTS_FORMULA) else text
