"""Work something out once for each object, and forget it with the object."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

T = TypeVar("T")
V = TypeVar("V")


def once_for_each(work_out: Callable[[T], V]) -> Callable[[T], V]:
    """Keep what a function returns for an object as long as that very object lives.

    Kept by identity: hashing a whole workflow or country would cost more than working it out. What is returned must not
    refer to the object, or both would live for ever.
    """
    kept: dict[int, V] = {}

    @wraps(work_out)
    def found_or_worked_out(of: T) -> V:
        key = id(of)
        if key not in kept:
            kept[key] = work_out(of)
            weakref.finalize(of, kept.pop, key).atexit = False  # before another object can have the same identity
        return kept[key]

    return found_or_worked_out
