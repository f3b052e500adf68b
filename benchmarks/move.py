"""One durable move: load, guards, findings, event with hash, state, commit.

Beside it the raw database doing the same reads and writes, and three libraries that one might use instead, each loading
the state, checking the same guards as plain Python, writing state and event, committing. All write to SQLite in
write-ahead mode. Kummi alone hashes its events, keeps what the morning list needs, and can say why not.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Protocol

from benchmarks.harbour import WALK, context_at, file_of, new_store, ready_cases, without_waiting
from benchmarks.measure import Clock, Measured, Options, in_turns
from kummi.casework.moving import advance

USUAL = 3000
QUICK = 300
_ROUNDS = 10


class Mover(Protocol):
    """Something that moves a case."""

    name: str

    def move(self, number: int, to: str) -> None:
        """Take a case to the next stage."""

    def close(self) -> None:
        """Let go of the file."""


class Kummi:
    """The function that the command line calls."""

    name = "Kummi"

    def __init__(self, file: Path, synchronous: str) -> None:
        store = new_store(file)
        self.context = context_at(store if synchronous == "FULL" else without_waiting(store))

    def move(self, number: int, to: str) -> None:
        """Take a case to the next stage."""
        advance(self.context, f"XX-{number}", to)

    def close(self) -> None:
        """Let go of the file."""
        self.context.store.close()


def run(options: Options) -> list[Measured]:
    """Measure with the commit as shipped, and with the wait for the disk taken out on all sides.

    Waiting is measured by the clock on the wall; without it, only the processor's time counts.
    """
    return [
        *_measure(options, "FULL", "waiting for the disk", time.perf_counter, of_raw=0.12),
        *_measure(options, "OFF", "processor time", time.process_time, of_raw=0.19),
    ]


def _measure(options: Options, synchronous: str, words: str, clock: Clock, *, of_raw: float) -> list[Measured]:
    households = max(options.number(USUAL, QUICK) // len(WALK) // _ROUNDS, 1) * _ROUNDS
    movers = _movers(options.folder, synchronous, households)
    kummi, raw, *others = taken = in_turns([list(_pieces(mover, households)) for mover in movers], clock)
    moves = len(WALK) * households // _ROUNDS
    print(f"  {moves * _ROUNDS} moves, {words} (synchronous={synchronous}), microseconds a move:")
    for mover, each in zip(movers, taken, strict=True):
        print(f"    {mover.name:<36}{each / moves * 1e6:>8.0f}")
        mover.close()
    return [
        Measured(f"move, {words}: of raw sqlite3", raw / kummi, at_least=of_raw),
        *(
            Measured(f"move, {words}: times {mover.name}", other / kummi, at_least=3)
            for mover, other in zip(movers[2:], others, strict=True)
        ),
    ]


def _movers(folder: Path, synchronous: str, households: int) -> list[Mover]:
    # here, because only this benchmark needs them and one of them sets up Django
    from benchmarks.beside.django_way import WithDjango
    from benchmarks.beside.raw import Raw
    from benchmarks.beside.spiff_way import WithSpiff
    from benchmarks.beside.statemachine_way import WithStatemachine

    kummi = Kummi(folder / f"kummi-{synchronous}.sqlite3", synchronous)
    ready_cases(kummi.context, households)
    kummi.close()
    return [kummi, *(_beside(kummi, kind, synchronous) for kind in (Raw, WithDjango, WithStatemachine, WithSpiff))]


def _beside(kummi: Kummi, kind: Callable[[Path, str], Mover], synchronous: str) -> Mover:
    """Set up another mover on a copy of the same cases."""
    file = file_of(kummi.context.store)
    copy = file.with_name(f"{kind.__name__}-{synchronous}.sqlite3")
    shutil.copy(file, copy)
    return kind(copy, synchronous)


def _pieces(mover: Mover, households: int) -> Iterator[Callable[[], None]]:
    """Yield the work of each round: some cases, all their way."""
    some = households // _ROUNDS
    for first in range(1, households + 1, some):
        yield partial(_walk, mover, range(first, first + some))


def _walk(mover: Mover, numbers: range) -> None:
    for number in numbers:
        for stage in WALK:
            mover.move(number, stage)
