"""A core with no country installed says so, and what to install."""

from __future__ import annotations

from typing import Any

import pytest

WORDS = "no country is installed; install one, for example: pip install ./plugins/<country>"
PERIOD = ("--from", "2024-01-01", "--to", "2024-12-31")


@pytest.mark.parametrize("command", [("country", "list"), ("programme", "list"), ("plugin", "list"), ("init",)])
def test_lists_are_empty_and_say_why(bare: Any, command: tuple[str, ...]) -> None:
    said = bare.done(*command)

    assert said.err.strip() == WORDS


@pytest.mark.parametrize(
    "command",
    [
        ("case", "list"),
        ("case", "open", "xx-harbour"),
        ("case", "show", "XX-1"),
        ("case", "next", "1"),
        ("case", "record", "XX-1", "consent"),
        ("due",),
        ("case", "assess", "--programme", "xx-harbour"),
        ("programme", "show", "xx-harbour"),
        ("programme", "diagram", "xx-harbour"),
        ("funding", "schemes", "xx-harbour"),
        ("funding", "entitlements", "XX-1", *PERIOD),
        ("report", "list"),
        ("report", "list", "xx-harbour"),
        ("report", "build", "xx-harbour", "xx-participants", *PERIOD),
        ("network", "compare"),
        ("country", "show", "xx"),
        ("plugin", "show", "xx"),
        ("plugin", "check"),
        ("plugin", "check", "xx"),
        ("demo",),
    ],
    ids=" ".join,
)
def test_command_that_needs_a_country_says_what_to_install(bare: Any, command: tuple[str, ...]) -> None:
    bare.done("init")

    said = bare(*command)

    assert said.code == 2
    assert WORDS in said.err
    assert said.out == ""


def test_programme_of_a_country_that_is_not_installed_names_those_that_are(cli: Any) -> None:
    said = cli("programme", "show", "zz-harbour")

    assert said.code == 2
    assert said.err == "Error: no programme named 'zz-harbour'; did you mean 'xx-harbour'?\n"
