"""Say what pydantic found wrong: where, what was expected, what was found, and the nearest valid name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, RootModel, Tag, ValidationError

from kummi.catalogue.yaml.source import Keys, YamlSource
from kummi.errors import Fault, did_you_mean, message_of, nearest, repeated
from kummi.message import Message
from kummi.model.base import KEBAB_CASE, SNAKE_CASE
from kummi.model.criterion import SHAPE

_QUOTED = re.compile(r"'([^']*)'")
_KINDS = {
    "string_type": Message("text"),
    "int_type": Message("a whole number"),
    "int_parsing": Message("a whole number"),
    "bool_type": Message("true or false"),
    "bool_parsing": Message("true or false"),
    "date_type": Message("a date such as 2026-01-31"),
    "date_parsing": Message("a date such as 2026-01-31"),
    "date_from_datetime_parsing": Message("a date such as 2026-01-31"),
    "decimal_type": Message("an amount such as 1234.50"),
    "decimal_parsing": Message("an amount such as 1234.50"),
    "tuple_type": Message("a list"),
    "dict_type": Message("a mapping"),
    "model_type": Message("a mapping"),
    "model_attributes_type": Message("a mapping"),
}

_STYLES = {
    KEBAB_CASE: (Message("an id in kebab-case such as 'first-meeting'"), "-"),
    SNAKE_CASE: (Message("the id of a fact in snake_case such as 'school_place'"), "_"),
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
    places: dict[tuple[Keys, bool], list[Message]] = {}
    for each in errors:
        is_key = each["type"] in ("missing", "extra_forbidden")
        if each["type"] == "missing" and (each["loc"][:-1], each["loc"][-1]) in misspelled:
            continue  # it is there, under a name that is a fault already
        if each["type"] == "too_short" and any(_is_below(other["loc"], each["loc"]) for other in errors):
            continue  # what does not fit is not counted, and is a fault already
        messages = places.setdefault((source.walk((*each["loc"], *_key_meant(each))), is_key), [])
        if (said := _said(model, each, of_persons=source.of_persons)) not in messages:
            messages.append(said)
    return [
        source.fault(path, _of_key(_named(model, path, of_persons=source.of_persons), message))
        for (path, is_key), messages in places.items()
        for message in (messages if is_key else [_joined(messages)])
    ]


def _is_below(loc: tuple[int | str, ...], of: tuple[int | str, ...]) -> bool:
    return len(loc) > len(of) and loc[: len(of)] == of


def said_each(model: type[BaseModel], error: ValidationError) -> list[tuple[tuple[int | str, ...], Message]]:
    """Say where each thing is and what is wrong with it, in values that may be of persons: they are not repeated."""
    return [(each["loc"], _said(model, dict(each), of_persons=True)) for each in error.errors(include_url=False)]


def said_of(model: type[BaseModel], error: ValidationError) -> Message:
    """Say the first thing that is wrong with a value, which may be a person's: it is not repeated."""
    return said_each(model, error)[0][1]


def _key_meant(error: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the key that an error about a whole value names itself."""
    key = getattr(error.get("ctx", {}).get("error"), "key", None)
    return () if key is None else (key,)


def _meant(model: type[BaseModel], loc: tuple[int | str, ...]) -> str | None:
    """Return the valid key that an unknown key is nearest to."""
    return nearest(str(loc[-1]), _keys(model, loc[:-1]))


def _named(model: type[BaseModel], path: Keys, *, of_persons: bool) -> str:
    keys = [part for part in path if isinstance(part, str)]
    if of_persons:
        keys = [part for at, part in enumerate(path) if isinstance(part, str) and part in _keys(model, path[:at])]
    return keys[-1] if keys else ""


def _of_key(key: str, message: Message) -> Message:
    return Message("{key}: {message}", key=key, message=message) if key else message


def _joined(messages: list[Message]) -> Message:
    """Join what the members of a union expected: each message ends with the same thing found."""
    if len(messages) == 1:
        return messages[0]
    parts = [dict(message.params) for message in messages]
    if all(message.msgid == _EXPECTED for message in messages):
        expected = tuple(dict.fromkeys(each["expected"] for each in parts))
        return _expected(reduce(_or, expected), parts[0]["found"])
    return reduce(_or_else, messages)


def _or(one: object, other: object) -> Message:
    return Message("{one} or {other}", one=one, other=other)


def _or_else(one: Message, other: Message) -> Message:
    return Message("{one}; or {other}", one=one, other=other)


def _of_number(context: Mapping[str, Any]) -> Message:
    """Say how many things were expected in a list and how many there are."""
    count = context["actual_length"]
    if "min_length" in context:
        return Message("expected at least {least} of them, found {count}", least=context["min_length"], count=count)
    return Message("expected at most {most} of them, found {count}", most=context["max_length"], count=count)


def _said(model: type[BaseModel], error: Mapping[str, Any], *, of_persons: bool) -> Message:
    """Return what was expected and what was found, ending with the nearest valid name where there is one."""
    shown = _kind_of if of_persons else _shown
    kind, value, context, loc = error["type"], error["input"], error.get("ctx", {}), error["loc"]
    match kind:
        case "missing":
            said = Message("expected the key '{key}', which is missing", key=loc[-1])
        case "extra_forbidden":
            known = _keys(model, loc[:-1])
            key = repeated(loc[-1], known) if of_persons else f" '{loc[-1]}'"
            said = Message("unknown key{key}{hint}", key=key, hint=did_you_mean(str(loc[-1]), known))
        case "enum" | "literal_error":
            known = _QUOTED.findall(context["expected"])
            near = nearest(str(value), known)
            found: object = f"'{value}'" if near else shown(value)
            expected = Message("one of {choices}", choices=tuple(known))
            said = _expected(expected, _with_hint(found, near))
        case "string_pattern_mismatch":
            said = _of_form(context["pattern"], value, shown(value), of_persons=of_persons)
        case "string_too_short":
            said = Message(
                "expected at least {least} characters, found {count}", least=context["min_length"], count=len(value)
            )
        case "string_too_long":
            said = Message(
                "expected at most {most} characters, found {count}", most=context["max_length"], count=len(value)
            )
        case "too_short" | "too_long":
            said = _of_number(context)
        case "criterion_shape":
            said = Message(
                "{error}; found {found}", error=SHAPE, found=shown(value) if of_persons else _keys_found(value)
            )
        case "value_error":
            said = _with_comma(context["error"], value)
        case _:
            said = _expected(
                _KINDS.get(kind) or error["msg"], _in_quotes(kind, value, shown(value), of_persons=of_persons)
            )
    return said


def _expected(expected: object, found: object) -> Message:
    return Message("expected {expected}, found {found}", expected=expected, found=found)


_EXPECTED = _expected("", "").msgid


def _with_hint(found: object, near: str | None) -> object:
    return Message("{found}; did you mean '{near}'?", found=found, near=near) if near else found


def _of_form(pattern: str, value: str, found: Message | str, *, of_persons: bool) -> Message:
    """Say which form a text should have; of an id, its style, and what it would be in that style."""
    if pattern not in _STYLES:
        return _expected(Message("text of the form {pattern}", pattern=pattern), found)
    style, joint = _STYLES[pattern]
    restyled = re.sub(r"[-_. ]+", joint, value.strip().lower())
    fits = re.match(pattern, restyled) and not of_persons
    return _expected(style, _with_hint(found, restyled if fits else None))


def _in_quotes(kind: str, value: Any, found: Message | str, *, of_persons: bool) -> object:
    if kind != "string_type" or not isinstance(value, (bool, int)):
        return found
    if of_persons:
        return Message("{found}; write it in quotes", found=found)
    return Message('{found}; write it in quotes: "{value}"', found=found, value=str(value).lower())


def _with_comma(error: ValueError, value: Any) -> Message:
    """Explain the slip of writing ``{en: one, two}``, in which ``two`` is a key without a value."""
    said = message_of(error)
    if isinstance(value, dict) and None in value.values():
        return Message(
            "{message}; a comma inside {{...}} starts the next key: put words with a comma in quotes", message=said
        )
    return said


def _keys_found(value: Any) -> Message | str:
    return Message("the keys {keys}", keys=tuple(map(str, value))) if isinstance(value, dict) else _shown(value)


def _shown(value: Any) -> Message | str:
    if value is None:
        return Message("nothing")
    if isinstance(value, dict):
        return Message("a mapping")
    if isinstance(value, (list, tuple)):
        return Message("a list")
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return f"'{text[:57]}...'" if len(text) > 60 else f"'{text}'"


def _kind_of(value: Any) -> Message | str:
    """Return what kind of value was found, where the value itself may be a person's."""
    if isinstance(value, str):
        return Message("text")
    return Message("a number") if isinstance(value, (int, float)) and not isinstance(value, bool) else _shown(value)


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
