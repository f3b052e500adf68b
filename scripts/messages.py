"""Extract core's phrases and bring the catalogues up to date: ``python -m scripts.messages``.

It writes the template ``kummi.pot``, adds new phrases to each language's ``.po`` and takes out those that are gone,
compiles the ``.mo`` beside it, and says how many phrases each language lacks. Translations are written into the
``.po`` files by hand, or with any gettext editor.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import click
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from kummi.cli.root import CORE_COMMANDS, load_command, root
from kummi.cli.translated_help import phrases_of
from kummi.i18n.terms import TERMS, UNITS
from kummi.i18n.translator import DOMAIN, LOCALE, TEMPLATE

SOURCES = LOCALE.parent
LANGUAGES = tuple(sorted(each.name for each in LOCALE.iterdir() if each.is_dir()))
WIDTH = 140
AUTHORS = metadata.metadata("kummi")["Author"]

Found = tuple[str, str | tuple[str, str]]
"""The context of a phrase, empty for none, and its English, or that for one and that for other numbers."""


def phrases() -> list[Found]:
    """Return every phrase of core, each once, in a fixed order."""
    found: set[Found] = {("", pair) for pair in UNITS.values()}
    found.add(("", "required"))  # click says it of an option, by a name that is no string in the call
    found |= {(kind, english) for kind, words in TERMS.items() for english in words.values()}
    for command in (root, *map(load_command, CORE_COMMANDS)):
        found |= {("", phrase) for phrase in phrases_of(command)}
    for path in sorted(SOURCES.rglob("*.py")):
        found.update(_in_calls(ast.parse(path.read_text("utf-8"))))
    for path in sorted(Path(click.__file__).parent.glob("*.py")):
        found.update(_in_calls(ast.parse(path.read_text("utf-8"))))
    return sorted(found, key=lambda each: (str(each[1]).casefold(), str(each[1]), each[0]))


def _in_calls(tree: ast.AST) -> Iterator[Found]:
    """Yield what is said in the calls of a source that say something: ``gettext``, ``Message`` and those like them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("_", "gettext", "Message") and node.args:
                yield from (("", each) for each in _strings(node.args[0]))
            elif name in ("ngettext", "plural") and len(node.args) > 1:
                yield from (("", pair) for pair in zip(*map(_strings, node.args[:2]), strict=True))
            elif name == "in_context" and len(node.args) > 1:
                yield from ((kind, each) for kind in _strings(node.args[0]) for each in _strings(node.args[1]))


def _strings(node: ast.expr) -> list[str]:
    """Return the string that stands in the source, or both where one of two is chosen."""
    if isinstance(node, ast.IfExp):
        return _strings(node.body) + _strings(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def template() -> Catalog:
    """Return the template: every phrase, untranslated."""
    made = _empty(None)
    for context, english in phrases():
        made.add(english, context=context or None)
    return made


def _empty(language: str | None) -> Catalog:
    """Return a catalogue without phrases; its dates are fixed, so that it changes with its phrases alone."""
    name = Locale.parse(language).get_language_name("en") if language else None
    never = datetime(2026, 1, 1, tzinfo=UTC)
    return Catalog(
        language,
        header_comment=f"# Phrases of Kummi{f' in {name}' if name else ''}.",
        project="Kummi",
        version=metadata.version("kummi"),
        msgid_bugs_address=AUTHORS,
        last_translator=AUTHORS,
        language_team=name or AUTHORS,
        creation_date=never,
        revision_date=never,
        fuzzy=False,
    )


def po_file(language: str) -> Path:
    """Return where the translations into a language are."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def updated(language: str, wanted: Catalog) -> Catalog:
    """Return the catalogue of a language with exactly the phrases of the template; a translation is never guessed."""
    made = _empty(language)
    path = po_file(language)
    old = read_po(io.BytesIO(path.read_bytes()), language) if path.exists() else Catalog(language)
    for message in wanted:
        if message.id:
            known = old.get(message.id[0] if message.pluralizable else message.id, message.context)
            string = known.string if known and known.string and any(known.string) else _same(message.id)
            made.add(message.id, string, context=message.context)
    return made


def _same(phrase: object) -> str | None:
    """Return a phrase that is the same in every language: parts and signs alone, such as ``{where}: {message}``."""
    if not isinstance(phrase, str) or re.search(r"[^\W\d_]", re.sub(r"\{\w+\}", "", phrase)):
        return None
    return phrase


def as_po(catalog: Catalog) -> bytes:
    """Return a catalogue as the text of a ``.po`` or ``.pot`` file."""
    out = io.BytesIO()
    write_po(out, catalog, width=WIDTH, no_location=True)
    return out.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """Return a catalogue as it is read at run time."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def lacking(catalog: Catalog) -> int:
    """Count the phrases of a catalogue that have no translation."""
    strings = (message.string for message in catalog if message.id)
    return sum(not (string if isinstance(string, str) else string and all(string)) for string in strings)


def main() -> None:
    """Write the template and the catalogues, and say what is missing."""
    wanted = template()
    TEMPLATE.write_bytes(as_po(wanted))
    click.echo(f"{len(wanted)} phrases")
    for language in LANGUAGES:
        catalog = updated(language, wanted)
        po_file(language).write_bytes(as_po(catalog))
        po_file(language).with_suffix(".mo").write_bytes(as_mo(catalog))
        click.echo(f"{language}: {lacking(catalog)} missing")


if __name__ == "__main__":
    main()
