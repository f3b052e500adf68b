"""Take times and print what they come to."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """How a benchmark is run: with how many (None: its own number), small or not, and where its files go."""

    n: int | None
    quick: bool
    folder: Path

    def number(self, usual: int, quick: int) -> int:
        """Return how many to take: as asked for, or the benchmark's own number."""
        return self.n or (quick if self.quick else usual)


@dataclass(frozen=True)
class Measured:
    """One figure, with its goal where there is one."""

    what: str
    value: float
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def goal(self) -> str:
        """The goal in words; empty where there is none."""
        if self.at_least is not None:
            return f"at least {_plain(self.at_least)}{self.unit}"
        return "" if self.at_most is None else f"at most {_plain(self.at_most)}{self.unit}"

    @property
    def verdict(self) -> str:
        """Whether the goal is met; empty where there is none."""
        if not self.goal:
            return ""
        high = self.at_least is None or self.value >= self.at_least
        low = self.at_most is None or self.value <= self.at_most
        return "met" if high and low else "MISSED"


Clock = Callable[[], float]


def seconds(work: Callable[[], object], clock: Clock = time.perf_counter) -> float:
    """Return how long a piece of work takes, by the clock on the wall or another."""
    started = clock()
    work()
    return clock() - started


def fastest(work: Callable[[], object], times: int = 3, clock: Clock = time.perf_counter) -> float:
    """Return the shortest of several times: the one that other work on the machine disturbed least."""
    return min(seconds(work, clock) for _ in range(times))


def in_turns(works: Sequence[Iterable[Callable[[], object]]], clock: Clock = time.perf_counter) -> list[float]:
    """Run rows of pieces of work in turns, so that a busy machine disturbs all alike.

    Returns for each row the median of what its pieces took.
    """
    taken: list[list[float]] = [[] for _ in works]
    for pieces in zip(*works, strict=True):
        for times, piece in zip(taken, pieces, strict=True):
            times.append(seconds(piece, clock))
    return [statistics.median(times) for times in taken]


def table(found: Sequence[Measured]) -> str:
    """Lay out figures under each other, with goal and verdict."""
    rows = [("", "", "goal", "")] + [
        (each.what, _plain(each.value) + each.unit, each.goal, each.verdict) for each in found
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:<{widths[2]}}  {row[3]}".rstrip() for row in rows
    )


def machine() -> str:
    """Say on what the figures were taken."""
    load = ""
    with suppress(OSError):
        load = f", load {os.getloadavg()[0]:.1f}"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, SQLite {sqlite3.sqlite_version}, {os.cpu_count()} cores{load}"


def _plain(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"
