"""In which language a run speaks: known before any command is, so that click's own words are in it too."""

from __future__ import annotations

import gettext
import os
from collections.abc import Sequence

from kummi.i18n.translator import DOMAIN, LOCALE
from kummi.model.text import FALLBACK

VARIABLE = "KUMMI_LANG"
"""The environment variable that names the language where ``--lang`` does not."""


def option_value(args: Sequence[str], option: str) -> str | None:
    """Return what an option says among the words typed, before or after the command; None where it is not there.

    >>> option_value(["tide", "--lang", "xx"], "--lang"), option_value(["--lang=xx"], "--lang")
    ('xx', 'xx')
    """
    for at, word in enumerate(args):
        if word == option and args[at + 1 :]:
            return args[at + 1]
        if word.startswith(f"{option}="):
            return word.removeprefix(f"{option}=")
    return None


def language_of(args: Sequence[str]) -> str:
    """Return the language of a run: that of ``--lang``, of ``KUMMI_LANG``, or English."""
    return option_value(args, "--lang") or os.environ.get(VARIABLE) or FALLBACK


def use_language(language: str) -> None:
    """Let gettext answer in a language from core's catalogues whoever asks it in this process: click does."""
    gettext.bindtextdomain(DOMAIN, LOCALE)
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language
