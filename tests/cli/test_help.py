"""Every command explains itself: what it does in a line, an example that can be typed, the options that all take."""

from __future__ import annotations

import re
from typing import Any

import click
import pytest

from kummi.cli.app import App
from kummi.cli.root import root


def everything() -> dict[str, click.Command]:
    """Return every group and command, by the words that call it."""
    found: dict[str, click.Command] = {"kummi": root}
    with click.Context(root, obj=App()) as context:
        queue = [("kummi", root)]
        while queue:
            words, group = queue.pop()
            for name in group.list_commands(context):
                command = group.get_command(context, name)
                assert command is not None
                found[f"{words} {name}"] = command
                if isinstance(command, click.Group):
                    queue.append((f"{words} {name}", command))
    return found


EVERYTHING = everything()
GLOBAL = ("--db", "--as", "--on", "--lang", "--json", "--plugins-dir", "--debug")


@pytest.mark.parametrize("words", EVERYTHING)
def test_help_has_an_example_of_the_command_itself(words: str) -> None:
    text = EVERYTHING[words].help or ""

    assert re.search(r"Example\b", text)
    assert "kummi " in text.partition("Example")[2]
    if not isinstance(EVERYTHING[words], click.Group):
        # Options that all take may stand before the command, as in "kummi --db new.sqlite3 db restore".
        assert words.removeprefix("kummi ") in text.partition("Example")[2]


@pytest.mark.parametrize("words", EVERYTHING)
def test_help_says_what_it_does_in_a_short_line(words: str) -> None:
    if words != "kummi":
        assert len(EVERYTHING[words].get_short_help_str(200)) <= 75


@pytest.mark.parametrize("words", EVERYTHING)
def test_every_command_takes_the_global_options(words: str) -> None:
    options = {name for parameter in EVERYTHING[words].params for name in parameter.opts}

    assert set(GLOBAL) <= options


@pytest.mark.parametrize("words", EVERYTHING)
def test_every_option_is_explained(words: str) -> None:
    silent = [
        parameter.name
        for parameter in EVERYTHING[words].params
        if isinstance(parameter, click.Option) and not parameter.help and not isinstance(parameter.type, click.Choice)
    ]

    assert silent == []


def test_groups_are_nouns_and_their_example_is_one_of_their_own(cli: Any) -> None:
    for words, command in EVERYTHING.items():
        if isinstance(command, click.Group) and words != "kummi":
            example = (command.help or "").partition("Example:")[2]
            assert words in example or words.removeprefix("kummi ") in example


def test_help_needs_no_database_and_no_country(bare: Any) -> None:
    for words in EVERYTHING:
        assert bare(*words.split()[1:], "--help").code == 0


def test_version_is_that_of_the_distribution(bare: Any) -> None:
    from importlib.metadata import version

    assert bare.done("--version").out == f"kummi, version {version('kummi')}\n"
