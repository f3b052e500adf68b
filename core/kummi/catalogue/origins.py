"""Write into every declared value where it came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from kummi.catalogue.yaml_source import Path
from kummi.model.base import Declared, Frozen, Origin

T = TypeVar("T")
OriginAt = Callable[[Origin | None, Path], Origin]
"""Gives the origin of a declared value from the one it has and the path that leads to it."""


def with_origins(value: T, origin_at: OriginAt, path: Path = ()) -> T:
    """Return the value with the origin of each declared value in it set."""
    done: Any = value
    if isinstance(value, Frozen):
        done = _of_model(value, origin_at, path)
    elif isinstance(value, tuple):
        done = tuple(with_origins(each, origin_at, (*path, number)) for number, each in enumerate(value))
    return done  # type: ignore[no-any-return]  # of the type that came in


def _of_model(value: Frozen, origin_at: OriginAt, path: Path) -> Frozen:
    changed: dict[str, Any] = {}
    for name, info in type(value).model_fields.items():
        before = getattr(value, name)
        if isinstance(before, (Frozen, tuple)) and name != "origin":
            after = with_origins(before, origin_at, (*path, info.alias or name))
            if after is not before and after != before:
                changed[name] = after
    if isinstance(value, Declared):
        changed["origin"] = origin_at(value.origin, path)
    return value.model_copy(update=changed) if changed else value
