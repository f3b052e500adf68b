"""Text in the cells of a spreadsheet, kept from being run as a formula."""

from __future__ import annotations

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def escape_formula(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet program would run as a formula.

    >>> escape_formula("=1+1"), escape_formula("Aino")
    ("'=1+1", 'Aino')
    """
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


def unescape_formula(text: str) -> str:
    """Take back what ``escape_formula`` did.

    >>> unescape_formula("'=1+1"), unescape_formula("'s-Hertog")
    ('=1+1', "'s-Hertog")
    """
    return text[1:] if text.startswith("'") and text[1:].startswith(_STARTS_FORMULA) else text
