"""The catalogues are what the sources say: up to date, compiled, with the parts of every phrase where they belong."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import io
from functools import cache
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from kummi.i18n.translator import LOCALE, TEMPLATE

HOW = "run: make messages"
LANGUAGES = tuple(sorted(each.name for each in LOCALE.iterdir() if each.is_dir()))

MOST_MISSING = {"da": 0, "fi": 0, "is": 0, "nb": 0, "sv": 0}
"""As many phrases as a language may lack; the number only goes down."""


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", Path(__file__).parents[2] / "scripts" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


messages = _script()

ROOT = Path(__file__).parents[2]
of_the_locked_click = pytest.mark.skipif(
    f"click=={importlib.metadata.version('click')} " not in (ROOT / "requirements" / "dev.txt").read_text("utf-8"),
    reason="the template holds the phrases of the click that is locked; another has others",
)


@cache
def template() -> Catalog:
    """Return the phrases of the sources, which are read once."""
    return messages.template()


@cache
def catalog_of(language: str) -> Catalog:
    return read_po(io.BytesIO(messages.po_file(language).read_bytes()), language)


@of_the_locked_click
def test_template_holds_every_phrase_of_the_sources() -> None:
    assert TEMPLATE.read_bytes() == messages.as_po(template()), HOW


@of_the_locked_click
@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_holds_the_phrases_of_the_template_and_no_other(language: str) -> None:
    assert messages.po_file(language).read_bytes() == messages.as_po(messages.updated(language, template())), HOW


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_read_at_run_time_is_the_compiled_catalogue(language: str) -> None:
    assert messages.po_file(language).with_suffix(".mo").read_bytes() == messages.as_mo(catalog_of(language)), HOW


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_parts_of_the_phrase(language: str) -> None:
    wrong = [message.id for message in catalog_of(language) if message.id and not _has_same_parts(message)]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_loses_translations(language: str) -> None:
    assert messages.lacking(catalog_of(language)) <= MOST_MISSING[language]


def _has_same_parts(message: Message) -> bool:
    """Whether each form has the parts of the English one; that for one may have those of either, as click's do."""
    if isinstance(message.id, str):
        return not message.string or _parts(message.string) == _parts(message.id)
    one, many = map(_parts, message.id)
    first, *others = map(_parts, message.string)
    return not any(message.string) or (first in (one, many) and all(each == many for each in others))


def _parts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
