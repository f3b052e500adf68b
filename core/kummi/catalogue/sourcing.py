"""What declared values rest on: those without a source, those that rest on an assumption alone, and open questions."""

from __future__ import annotations

from collections.abc import Iterator

from kummi.model.base import Frozen
from kummi.model.funding import ClaimDeadline, Rate, Span
from kummi.model.programme import Window
from kummi.model.reference import Certainty, Question, Reference
from kummi.model.report import Duty, ReportColumn
from kummi.model.rule import Rule
from kummi.model.workflow import Deadline, Task
from kummi.rules.inspect import Problem

Keys = tuple[str | int, ...]

_BINDING = (Rate, Span, ClaimDeadline, Window, Deadline, Rule, Duty)
"""Figures, rules and duties: what people rely on. A required task is a duty of its owner as well."""


def unsourced(value: Frozen) -> Iterator[Problem]:
    """Yield the values that should say where they are from and do not; a reference covers what stands below it.

    An open question has no source by its nature, and a column stands in the format that has one.
    """
    if isinstance(value, (Question, ReportColumn, Reference)) or getattr(value, "reference", None):
        return
    if "reference" in type(value).model_fields and value != type(value).model_construct():
        yield Problem(f"{_name(value)} has no source")
        return
    for keys, part in _parts(value):
        yield from (each.below(*keys) for each in unsourced(part))


def assumed(value: Frozen) -> Iterator[Problem]:
    """Yield the figures, rules and duties whose own references are assumed, every one of them."""
    references = getattr(value, "reference", ())
    if _is_binding(value) and references and all(each.certainty is Certainty.ASSUMED for each in references):
        yield Problem(f"{_name(value)} rests on an assumption alone ({', '.join(each.id for each in references)})")
    for keys, part in _parts(value):
        yield from (each.below(*keys) for each in assumed(part))


def questions(value: Frozen) -> Iterator[Question]:
    """Yield the open questions in a value."""
    for _, part in _parts(value):
        if isinstance(part, Question):
            yield part
        else:
            yield from questions(part)


def _is_binding(value: Frozen) -> bool:
    return isinstance(value, _BINDING) or (isinstance(value, Task) and value.required)


def _parts(value: Frozen) -> Iterator[tuple[Keys, Frozen]]:
    """Yield the values directly inside a value, each with the keys that lead to it in a file."""
    for name, info in type(value).model_fields.items():
        each, key = getattr(value, name), info.alias or name
        if name == "origin":
            continue
        if isinstance(each, tuple):
            yield from (((key, number), part) for number, part in enumerate(each) if isinstance(part, Frozen))
        elif isinstance(each, Frozen):
            yield (key,), each


def _name(value: Frozen) -> str:
    named = getattr(value, "id", None) or getattr(value, "name", None) or getattr(value, "text", None) or ""
    return f"{type(value).__name__.lower()} {named}".strip()
