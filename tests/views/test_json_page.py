"""Each shape of the page of JSON and of the schemas has a meaning and an example that fits."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from kummi.views import by_command
from kummi.views.base import View
from kummi.views.json_page import example, json_page, json_schemas, shapes_by_name

SHAPES = {name: shape for name, shape in shapes_by_name().items() if "properties" in shape}


def views(of: type[BaseModel] = View) -> dict[str, type[BaseModel]]:
    found = {each.__name__: each for each in of.__subclasses__()}
    return found | {name: each for below in found.values() for name, each in views(below).items()}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_key_has_a_meaning_and_the_example_fits_the_shape(name: str) -> None:
    assert SHAPES[name]["description"]
    assert all(field["description"].endswith(".") for field in SHAPES[name]["properties"].values())

    made: Any = example(name, SHAPES | shapes_by_name())

    assert views()[name].model_validate(made).model_dump(mode="json", by_alias=True, exclude_unset=True) == made


def test_every_view_is_shown_by_a_command_or_stands_in_one_that_is() -> None:
    assert views().keys() - {"Written"} == SHAPES.keys()


def test_page_and_schemas_have_every_command() -> None:
    page, schemas = json_page(), json_schemas()

    for command in by_command.BY_COMMAND:
        assert f"| `{command}` |" in page
        assert f"{command.replace(' ', '-')}.json" in schemas
    assert "failure.json" in schemas
