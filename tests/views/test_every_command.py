"""What every command prints with ``--json``, on a filled database, is what its view says, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
import pytest
from pydantic import BaseModel, TypeAdapter

from kummi.cli.root import CORE_COMMANDS, load_command
from kummi.views.by_command import BY_COMMAND, FAILURE
from kummi.views.json_page import shapes_by_name


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, every_command: Any) -> list[Any]:
    with pytest.MonkeyPatch.context() as patch:
        return list(every_command(tmp_path_factory.mktemp("json").resolve(), patch, "--json"))


def shown_by(each: Any) -> Any:
    """Return what a run should have shown: what is of its command, or a failure."""
    data = each.data
    return FAILURE if isinstance(data, dict) and "error" in data else BY_COMMAND[each.command]


def test_every_command_prints_what_its_view_says_and_nothing_else(printed: list[Any]) -> None:
    for each in printed:
        adapter = TypeAdapter(shown_by(each))

        shown = adapter.validate_json(each.text, strict=True)

        again = adapter.dump_python(shown, mode="json", by_alias=True, exclude_unset=True)
        assert again == each.data, str(each)


def test_every_command_with_json_has_a_view(printed: list[Any]) -> None:
    assert set(BY_COMMAND) == {*commands()} - {"demo"}
    assert {each.command for each in printed if shown_by(each) is not FAILURE} == set(BY_COMMAND)


def commands() -> Iterator[str]:
    for name in CORE_COMMANDS:
        command = load_command(name)
        yield from (f"{name} {below}" for below in command.commands) if isinstance(command, click.Group) else (name,)


def test_every_view_is_printed_by_some_command(printed: list[Any]) -> None:
    """So that no shape is held to a schema that nothing ever met."""
    met = {name for each in printed for name in models_in(TypeAdapter(shown_by(each)).validate_json(each.text))}

    assert set(shapes_by_name()) - met == {name for name, shape in shapes_by_name().items() if "enum" in shape}


def models_in(value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield type(value).__name__
        value = list(dict(value).values())
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from models_in(each)


def test_failure_says_its_kind_and_exit_code(printed: list[Any]) -> None:
    failures = {each.data["error"]: each.data["exit"] for each in printed if shown_by(each) is FAILURE}

    assert failures == {"refused": 1, "input": 2, "not_found": 2, "conflict": 4, "integrity": 5}
    assert all(each.code == each.data["exit"] for each in printed if shown_by(each) is FAILURE)


def test_dry_run_says_that_it_was_one(printed: list[Any]) -> None:
    tried = [each for each in printed if "--dry-run" in each.arguments and each.code == 0]

    assert len(tried) > 4
    assert all(each.data["dry_run"] is True for each in tried)
    assert not any("dry_run" in each.data for each in printed if "--dry-run" not in each.arguments)
