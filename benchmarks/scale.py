"""Lists, next steps and the morning list, at 10,000 and at 1,000,000 cases.

Each is asked as the command asks it, and as a command in a process of its own. What comes out is the first page, as the
commands show it; the larger store has more of everything, so its morning list is somewhat longer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.commands import draft_of_harbourland, kummi
from benchmarks.filling import filled_store
from benchmarks.harbour import ON, PROGRAMME, context_at, file_of
from benchmarks.measure import Measured, Options, fastest
from kummi.casework.context import Context
from kummi.casework.due import due
from kummi.casework.listing import list_cases
from kummi.casework.next_steps import next_steps
from kummi.model.vocabulary import Phase
from kummi.store.queries.case_list import CaseFilter

USUAL = 1_000_000
QUICK = 50_000
_SMALL = 10_000


def run(options: Options) -> list[Measured]:
    """Measure at both sizes and compare."""
    large = options.number(USUAL, QUICK)
    inside, outside = (
        [measured(options.folder, count) for count in (_SMALL, large)] for measured in (_functions, _commands)
    )
    found = []
    for small_times, large_times in (inside, outside):
        for name, small in small_times.items():
            print(
                f"    {name:<32}{small * 1000:>9.1f} ms at {_SMALL:,}{large_times[name] * 1000:>9.1f} ms at {large:,}"
            )
            found.append(Measured(f"scale, {name}: times as long", large_times[name] / small, at_most=2))
    return found


def _functions(folder: Path, count: int) -> dict[str, float]:
    context = context_at(filled_store(folder, count))
    asked = _questions(context, count)
    times = {name: fastest(question, 10, time.process_time) for name, question in asked.items()}
    context.store.close()
    return times


def _questions(context: Context, count: int) -> dict[str, Callable[[], object]]:
    return {
        "case list": lambda: list_cases(context, CaseFilter()),
        "case list --programme": lambda: list_cases(context, CaseFilter(programme=PROGRAMME)),
        "case list --phase support": lambda: list_cases(context, CaseFilter(phase=Phase.SUPPORT)),
        "case list --phase on_hold": lambda: list_cases(context, CaseFilter(phase=Phase.ON_HOLD)),
        "case next": lambda: next_steps(context, _ref(count)),
        "due": lambda: due(context, 7),
        "due --programme": lambda: due(context, 7, PROGRAMME),
    }


def _ref(count: int) -> str:
    """Return a case that is in the same stage in every store: fitting out."""
    return f"XX-{count - count % 7 - 5}"


def _commands(folder: Path, count: int) -> dict[str, float]:
    store = filled_store(folder, count)
    general = (
        "--db",
        str(file_of(store)),
        "--on",
        ON.isoformat(),
        "--plugins-dir",
        draft_of_harbourland(folder),
    )
    store.close()
    asked = {
        "kummi case list": ("case", "list"),
        "kummi case next": ("case", "next", _ref(count)),
        "kummi due": ("due",),
    }
    return {name: fastest(partial(kummi, *words, *general), 5) for name, words in asked.items()}
