"""Where a declared value came from: written into it when it is loaded, and which plugin that is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from kummi.model.base import Declared, Frozen, Origin

T = TypeVar("T")
Path = tuple[str | int, ...]
OriginAt = Callable[[Origin | None, Path], Origin]
"""Gives the origin of a declared value from the one it has and the path that leads to it."""


def with_origins(value: T, origin_at: OriginAt, path: Path = ()) -> T:
    """Return the value with the origin of each declared value in it set; the same object where nothing changes."""
    done: Any = value
    if isinstance(value, Frozen):
        done = _of_model(value, origin_at, path)
    elif isinstance(value, tuple):
        parts = tuple(with_origins(each, origin_at, (*path, number)) for number, each in enumerate(value))
        done = parts if any(new is not old for new, old in zip(parts, value, strict=True)) else value
    return done  # type: ignore[no-any-return]  # of the type that came in


def _of_model(value: Frozen, origin_at: OriginAt, path: Path) -> Frozen:
    changed: dict[str, Any] = {}
    for name, info in type(value).model_fields.items():
        before = getattr(value, name)
        if isinstance(before, (Frozen, tuple)) and name != "origin":
            after = with_origins(before, origin_at, (*path, info.alias or name))
            if after is not before:
                changed[name] = after
    if isinstance(value, Declared) and (origin := origin_at(value.origin, path)) != value.origin:
        changed["origin"] = origin
    return value.model_copy(update=changed) if changed else value


def given_by(plugin: str, version: str) -> OriginAt:
    """Return the origin of values that a plugin gives: what their file says of them stays."""

    def origin_at(known: Origin | None, _: Path) -> Origin:
        file, line = (known.file, known.line) if known else (None, None)
        return Origin(plugin=plugin, version=version, file=file, line=line)

    return origin_at


def origin_of(value: Declared) -> Origin:
    """Return where a value came from; every value has an origin once it is loaded."""
    assert value.origin is not None
    return value.origin


def plugin_key(origin: Origin) -> str:
    """Return the name by which a plugin is known while loading: name and version."""
    return f"{origin.plugin} {origin.version}"
