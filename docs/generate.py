"""Write the pages that are made from the program itself: ``python -m docs.generate``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from kummi import hookspecs
from kummi.cli.options import global_options
from kummi.cli.root import CORE_COMMANDS, load_command, root
from kummi.views.json_page import json_page, json_schemas

HERE = Path(__file__).parent
SETTINGS: dict[str, Any] = {
    "max_content_width": 100,
    "terminal_width": 100,
    "help_option_names": root.context_settings["help_option_names"],
}

_BANNER = re.compile(r"^# --- (.+?) -+$")
_DEFINITION = re.compile(r"^def (kummi_\w+)\(")
_PART = re.compile(r"^(Args|Returns|Raises):$")
_ITEM = re.compile(r"^ {4}(\w+): (.*)$")


def pages() -> dict[Path, str]:
    """Return every generated page."""
    schemas = {HERE / "schemas" / name: text for name, text in json_schemas().items()}
    return {HERE / "cli.md": cli_page(), HERE / "hooks.md": hooks_page(), HERE / "json.md": json_page(), **schemas}


def cli_page() -> str:
    """Return the page of all commands in Markdown: what ``--help`` says of each, without the options that all take."""
    parts = [
        "# Commands",
        "This page is made by `python -m docs.generate` from what `--help` says; change it in `core/kummi/cli`.",
        f"```\n{_help(root, 'kummi')}\n```",
        "The options above work before and after every command, and are left out below.",
    ]
    for name in sorted(CORE_COMMANDS):
        parts += _section(load_command(name), f"kummi {name}")
    return "\n\n".join(parts) + "\n"


def _section(command: click.Command, words: str) -> Iterator[str]:
    level = "##" if words.count(" ") == 1 else "###"
    yield f"{level} {words}"
    yield f"```\n{_help(command, words)}\n```"
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _section(command.commands[name], f"{words} {name}")


def _help(command: click.Command, words: str) -> str:
    with click.Context(command, info_name=words, **SETTINGS) as context:
        if command is root:
            formatter = context.make_formatter()
            command.format_usage(context, formatter)
            command.format_help_text(context, formatter)
            click.Command.format_options(command, context, formatter)
            return formatter.getvalue().rstrip()
        shared = {parameter.name for parameter in _shared()}
        shown, command.params = command.params, [each for each in command.params if each.name not in shared]
        try:
            return command.get_help(context).rstrip()
        finally:
            command.params = shown


def _shared() -> list[click.Parameter]:
    return click.command()(global_options(lambda: None)).params


def hooks_page() -> str:
    """Return the page of all hooks in Markdown: each with its signature and what its specification says."""
    parts = ["# Hooks", "This page is made from `core/kummi/hookspecs.py`; change it there.", _prose(hookspecs)]
    for group, names in _groups().items():
        parts.append(f"## {group[0].upper()}{group[1:]}")
        for name in names:
            hook = getattr(hookspecs, name)
            parts += [f"### {name}", f"```\n@hookimpl\n{_signature(hook)}\n```", _prose(hook)]
    return "\n\n".join(parts) + "\n"


def _groups() -> dict[str, list[str]]:
    """Return the hooks under the banners that group them in their module."""
    groups: dict[str, list[str]] = {}
    group = ""
    for line in inspect.getsource(hookspecs).splitlines():
        if banner := _BANNER.match(line):
            group = banner[1]
        elif definition := _DEFINITION.match(line):
            groups.setdefault(group, []).append(definition[1])
    return groups


def _signature(hook: Callable[..., Any]) -> str:
    signature = inspect.signature(hook)
    parameters = ", ".join(f"{each.name}: {each.annotation}" for each in signature.parameters.values())
    return f"def {hook.__name__}({parameters}) -> {signature.return_annotation}: ..."


def _prose(documented: object) -> str:
    """Return a docstring as Markdown."""
    text = inspect.getdoc(documented) or ""
    return "\n".join(_lines(text)).replace("``", "`")


def _lines(text: str) -> Iterator[str]:
    part = ""
    for line in text.splitlines():
        if found := _PART.match(line):
            part = found[1]
            yield f"**{part}**"
            yield ""
        elif part in ("Args", "Raises") and (item := _ITEM.match(line)):
            yield f"- `{item[1]}`: {item[2]}"
        else:
            yield line.strip() if part else line


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
