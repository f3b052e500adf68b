"""Say what pydantic found wrong: where, what was expected, what was found, and the nearest valid name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, RootModel, Tag, ValidationError

from kummi.catalogue.yaml.source import Path, YamlSource
from kummi.errors import Fault, did_you_mean, repeated
from kummi.model.base import KEBAB_CASE, SNAKE_CASE

_MEANT = re.compile(r"did you mean '([^']*)'")
_QUOTED = re.compile(r"'([^']*)'")
_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "date_type": "a date such as 2026-01-31",
    "date_parsing": "a date such as 2026-01-31",
    "date_from_datetime_parsing": "a date such as 2026-01-31",
    "decimal_type": "an amount such as 1234.50",
    "decimal_parsing": "an amount such as 1234.50",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}

_STYLES = {
    KEBAB_CASE: ("an id in kebab-case such as 'first-meeting'", "-"),
    SNAKE_CASE: ("the id of a fact in snake_case such as 'school_place'", "_"),
}


def model_faults(source: YamlSource, model: type[BaseModel], error: ValidationError) -> list[Fault]:
    """Return a fault for each place in a file at which a model does not fit.

    Of a file that is of persons, a value or key is repeated only where it may be a slip of one that is allowed.
    The errors of all members of a union stand at one place and become one fault.
    """
    errors = error.errors(include_url=False)
    misspelled = {
        (loc[:-1], _meant(model, loc)) for loc in (e["loc"] for e in errors if e["type"] == "extra_forbidden")
    }
    places: dict[tuple[Path, bool], list[str]] = {}
    for each in errors:
        is_key = each["type"] in ("missing", "extra_forbidden")
        if each["type"] == "missing" and (each["loc"][:-1], each["loc"][-1]) in misspelled:
            continue  # it is there, under a name that is a fault already
        messages = places.setdefault((source.walk((*each["loc"], *_key_meant(each))), is_key), [])
        if (said := _said(model, each, of_persons=source.of_persons)) not in messages:
            messages.append(said)
    return [
        source.fault(path, f"{_named(model, path, of_persons=source.of_persons)}{message}")
        for (path, is_key), messages in places.items()
        for message in (messages if is_key else [_joined(messages)])
    ]


def said_each(model: type[BaseModel], error: ValidationError) -> list[tuple[tuple[int | str, ...], str]]:
    """Say where each thing is and what is wrong with it, in values that may be of persons: they are not repeated."""
    return [(each["loc"], _said(model, dict(each), of_persons=True)) for each in error.errors(include_url=False)]


def said_of(model: type[BaseModel], error: ValidationError) -> str:
    """Say the first thing that is wrong with a value, which may be a person's: it is not repeated."""
    return said_each(model, error)[0][1]


def _key_meant(error: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the key that an error about a whole value names itself."""
    key = getattr(error.get("ctx", {}).get("error"), "key", None)
    return () if key is None else (key,)


def _meant(model: type[BaseModel], loc: tuple[int | str, ...]) -> str | None:
    """Return the valid key that an unknown key is nearest to."""
    near = _MEANT.search(did_you_mean(str(loc[-1]), _keys(model, loc[:-1])))
    return near[1] if near else None


def _named(model: type[BaseModel], path: Path, *, of_persons: bool) -> str:
    keys = [part for part in path if isinstance(part, str)]
    if of_persons:
        keys = [part for at, part in enumerate(path) if isinstance(part, str) and part in _keys(model, path[:at])]
    return f"{keys[-1]}: " if keys else ""


def _joined(messages: list[str]) -> str:
    """Join what the members of a union expected: each message ends with the same thing found."""
    if len(messages) == 1:
        return messages[0]
    found = [message.partition(", found ") for message in messages]
    if all(sep for _, sep, _ in found):
        expected = [head.removeprefix("expected ") for head, _, _ in found]
        return f"expected {' or '.join(dict.fromkeys(expected))}, found {found[0][2]}"
    return "; or ".join(messages)


def _said(model: type[BaseModel], error: Mapping[str, Any], *, of_persons: bool) -> str:
    """Return what was expected and what was found, ending with the nearest valid name where there is one."""
    shown = _kind_of if of_persons else _shown
    kind, value, context, loc = error["type"], error["input"], error.get("ctx", {}), error["loc"]
    match kind:
        case "missing":
            said = f"expected the key '{loc[-1]}', which is missing"
        case "extra_forbidden":
            known = _keys(model, loc[:-1])
            key = repeated(loc[-1], known) if of_persons else f" '{loc[-1]}'"
            said = f"unknown key{key}{did_you_mean(str(loc[-1]), known)}"
        case "enum" | "literal_error":
            known = _QUOTED.findall(context["expected"])
            found = repeated(value, known).lstrip() or shown(value)
            said = f"expected one of {', '.join(known)}, found {found}{_near(value, known)}"
        case "string_pattern_mismatch":
            said = _of_form(context["pattern"], value, shown(value), of_persons=of_persons)
        case "string_too_short" | "string_too_long":
            bound = (
                f"at least {context['min_length']}" if "min_length" in context else f"at most {context['max_length']}"
            )
            said = f"expected {bound} characters, found {len(value)}"
        case "too_short":
            said = f"expected at least {context['min_length']} of them, found {context['actual_length']}"
        case "criterion_shape":
            said = f"{error['msg']}; found {shown(value) if of_persons else _keys_found(value)}"
        case "value_error":
            said = str(context["error"]) + _comma(value)
        case _:
            quotes = _quotes(kind, value, of_persons=of_persons)
            said = f"expected {_KINDS.get(kind) or error['msg']}, found {shown(value)}{quotes}"
    return said


def _of_form(pattern: str, value: str, found: str, *, of_persons: bool) -> str:
    """Say which form a text should have; of an id, its style, and what it would be in that style."""
    if pattern not in _STYLES:
        return f"expected text of the form {pattern}, found {found}"
    style, joint = _STYLES[pattern]
    restyled = re.sub(r"[-_. ]+", joint, value.strip().lower())
    hint = f"; did you mean '{restyled}'?" if re.match(pattern, restyled) and not of_persons else ""
    return f"expected {style}, found {found}{hint}"


def _near(value: Any, known: list[str]) -> str:
    hint = did_you_mean(str(value), known)
    return hint if "did you mean" in hint else ""


def _quotes(kind: str, value: Any, *, of_persons: bool) -> str:
    if kind != "string_type" or not isinstance(value, (bool, int)):
        return ""
    return "; write it in quotes" if of_persons else f'; write it in quotes: "{str(value).lower()}"'


def _comma(value: Any) -> str:
    """Explain the slip of writing ``{en: one, two}``, in which ``two`` is a key without a value."""
    is_slip = isinstance(value, dict) and None in value.values()
    return "; a comma inside {...} starts the next key: put words with a comma in quotes" if is_slip else ""


def _keys_found(value: Any) -> str:
    return f"the keys {', '.join(map(str, value))}" if isinstance(value, dict) else _shown(value)


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return f"'{text[:57]}...'" if len(text) > 60 else f"'{text}'"


def _kind_of(value: Any) -> str:
    """Return what kind of value was found, where the value itself may be a person's."""
    if isinstance(value, str):
        return "text"
    return "a number" if isinstance(value, (int, float)) and not isinstance(value, bool) else _shown(value)


def _keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys that are valid at a place, by following its path through the models."""
    models: dict[str, type[BaseModel]] = {"": model}
    for part in loc:
        if isinstance(part, int):
            continue
        if len(models) > 1 and part in models:  # the tag or name of a union's member
            models = {part: models[part]}
            continue
        inner = {name: each for owner in models.values() for name, each in _inner(owner, part)}
        models = inner or models
    return sorted({_alias(each, name) for each in models.values() for name in each.model_fields if name != "origin"})


def _alias(model: type[BaseModel], name: str) -> str:
    return model.model_fields[name].alias or name


def _inner(model: type[BaseModel], key: str) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, info in model.model_fields.items():
        if key in (name, info.alias) or issubclass(model, RootModel):
            yield from _models(info.annotation)


def _models(annotation: Any, tag: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """Give the models inside a type, each under its tag or name."""
    if isinstance(annotation, type) and not get_args(annotation) and issubclass(annotation, BaseModel):
        yield tag or annotation.__name__, annotation
    elif get_origin(annotation) is Annotated:
        inner, *extras = get_args(annotation)
        tags = [extra.tag for extra in extras if isinstance(extra, Tag)]
        yield from _models(inner, tags[0] if tags else "")
    else:
        for each in get_args(annotation):
            yield from _models(each)
