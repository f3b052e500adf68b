"""The page of all JSON shapes in Markdown, and a JSON Schema for each command, both made from the views."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from types import GenericAlias
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from kummi.views.by_command import BY_COMMAND, FAILURE

Schema = dict[str, Any]

_INTRO = """\
# JSON

This page is made by `python -m docs.generate` from the models in `core/kummi/views`; change it there.

Every reading command prints JSON with `--json`, and every writing one what is there afterwards.
Dates are ISO, amounts are strings with their currency (`"2052.00 XTS"`), what is not known is `null`.
A key may be added later; none is renamed or taken away.
No JSON holds a name, an identity number or a note.
Characters that a terminal would obey (controls, and those that turn the direction of writing) are escaped, as in
`\\u202e`; outside JSON they are shown the same way.

A command that fails prints one [failure](#failure), whatever it shows else.
`scenario run` prints its result and leaves with 1 where a story departs; `plugin check` prints its result and leaves
with 2 where there is a fault, and so does `case import` where a row was refused.
`demo` prints no JSON."""


def json_page() -> str:
    """Return the page: what each command shows, then each shape with its keys, their meaning and an example."""
    shapes = shapes_by_name()
    rows = ["| command | shows | schema |", "| --- | --- | --- |"]
    rows += [
        f"| `{command}` | {_type(_schema(shown), shapes)} | [{_file(command)}](schemas/{_file(command)}) |"
        for command, shown in BY_COMMAND.items()
    ]
    sections = [part for name in sorted(shapes) if "properties" in shapes[name] for part in _section(name, shapes)]
    return "\n\n".join([_INTRO, "## Commands", "\n".join(rows), "## Shapes", *sections]) + "\n"


def json_schemas() -> dict[str, str]:
    """Return the JSON Schema of what each command shows, and of a failure, by the name of its file."""
    all_ = {f"kummi {command} --json": (_file(command), shown) for command, shown in BY_COMMAND.items()}
    all_["a kummi command that fails"] = ("failure.json", FAILURE)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {
        file: json.dumps(head | _schema(shown) | {"title": title}, ensure_ascii=False, indent=2) + "\n"
        for title, (file, shown) in all_.items()
    }


def shapes_by_name() -> dict[str, Schema]:
    """Return the schema of everything that a command shows and of what is inside it, by the name of its type."""
    all_of_them = GenericAlias(tuple, (*BY_COMMAND.values(), FAILURE))
    found: dict[str, Schema] = _schema(all_of_them)["$defs"]
    return found


def example(name: str, shapes: dict[str, Schema]) -> dict[str, Any]:
    """Return an example of a shape, put together from those of its fields.

    A key that may be absent is left out unless it has an example of its own.

    Args:
        name: The name of the model.
        shapes: The schemas of all shapes.

    Raises:
        KeyError: A field has no example.
    """
    schema = shapes[name]
    asked = schema.get("required", ())
    return {
        key: _example(field, shapes)
        for key, field in schema["properties"].items()
        if key in asked or "examples" in field
    }


def _example(field: Schema, shapes: dict[str, Schema]) -> Any:
    if "examples" in field:
        return field["examples"][0]
    if "anyOf" in field:
        return _example(field["anyOf"][0], shapes)
    if "$ref" in field:
        return example(_name(field), shapes)
    return [_example(field["items"], shapes)]


def _schema(shown: Any) -> Schema:
    return TypeAdapter(shown).json_schema(by_alias=True, schema_generator=_Untitled, mode="serialization")


class _Untitled(GenerateJsonSchema):
    """Gives no title to a field, which would only say its key again."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def _file(command: str) -> str:
    return f"{command.replace(' ', '-')}.json"


def _name(field: Schema) -> str:
    return str(field["$ref"]).rpartition("/")[2]


def _title(name: str) -> str:
    """Return the heading of a shape.

    >>> _title("ChangedCaseView")
    'Changed case'
    """
    words = re.findall("[A-Z][a-z]*", name.removesuffix("View"))
    return " ".join(words).capitalize()


def _section(name: str, shapes: dict[str, Schema]) -> Iterator[str]:
    schema = shapes[name]
    yield f"### {_title(name)}"
    yield "\n".join(" ".join(each.split()) for each in schema["description"].split("\n\n"))
    rows = ["| key | type | meaning |", "| --- | --- | --- |"]
    for key, field in schema["properties"].items():
        absent = "" if key in schema.get("required", ()) else ", may be absent"
        rows.append(f"| `{key}` | {_type(field, shapes)}{absent} | {field['description']} |")
    yield "\n".join(rows)
    yield f"```json\n{json.dumps(example(name, shapes), ensure_ascii=False, indent=2)}\n```"


def _type(field: Schema, shapes: dict[str, Schema]) -> str:
    """Return the type of a field in words, with links to the shapes in it."""
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_type(each, shapes) for each in field["anyOf"]))
    if "$ref" in field:
        return _type(shapes[_name(field)], shapes)
    if "items" in field:
        return f"list of {_type(field['items'], shapes)}"
    if isinstance(field.get("additionalProperties"), dict):
        return f"object of {_type(field['additionalProperties'], shapes)}"
    return _single_type(field)


def _single_type(field: Schema) -> str:
    if "properties" in field:
        title = _title(field["title"]).lower()
        return f"[{title}](#{title.replace(' ', '-')})"
    if "enum" in field:
        return ", ".join(f"`{each}`" for each in field["enum"])
    return "amount" if "pattern" in field else _PLAIN[field.get("format") or field["type"]]


_PLAIN = {
    "string": "text",
    "date": "date",
    "integer": "number",
    "boolean": "true or false",
    "object": "object",
    "null": "`null`",
}
