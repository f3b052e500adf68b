"""Help in the user's language: commands are copied with their texts translated, paragraph by paragraph."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator

import click

from kummi.i18n.translator import Translator


def translated(command: click.Command, translator: Translator) -> click.Command:
    """Return a command, with those below it, whose help is in the language of a translator.

    A paragraph that ends with a line to type (``Example:  kummi due``) keeps the line.
    """
    made = copy.copy(command)
    made.help = "\n\n".join(_said(each, translator) for each in _paragraphs(command)) or None
    made.short_help = command.short_help and translator.gettext(command.short_help)
    made.params = [_parameter(each, translator) for each in command.params]
    if isinstance(made, click.Group):
        made.commands = {name: translated(each, translator) for name, each in made.commands.items()}
    return made


def phrases_of(command: click.Command) -> Iterator[str]:
    """Yield every phrase in the help of a command and of those below it, for the catalogues."""
    yield from (_parts(each)[0] for each in _paragraphs(command))
    if command.short_help:
        yield command.short_help
    yield from (each.help for each in command.params if isinstance(each, click.Option) and each.help)
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        yield from phrases_of(below)


def _paragraphs(command: click.Command) -> list[str]:
    text = inspect.cleandoc(command.help or "")
    return [" ".join(each.split("\n")) for each in text.split("\n\n") if each]


def _parts(paragraph: str) -> tuple[str, str]:
    """Return what is said in a paragraph, and the line to type at its end.

    >>> _parts("Example:  kummi due"), _parts("List cases.")
    (('Example:', '  kummi due'), ('List cases.', ''))
    """
    head, sign, line = paragraph.partition(":  ")
    return (f"{head}:", f"  {line}") if sign and line.startswith("kummi ") else (paragraph, "")


def _said(paragraph: str, translator: Translator) -> str:
    phrase, line = _parts(paragraph)
    return translator.gettext(phrase) + line


def _parameter(parameter: click.Parameter, translator: Translator) -> click.Parameter:
    if not isinstance(parameter, click.Option) or not parameter.help:
        return parameter
    made = copy.copy(parameter)
    made.help = translator.gettext(parameter.help)
    return made
