"""All cases at once: assess 1,000,000, beside SQL written by hand; advance 100,000, beside as many single moves."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from benchmarks.filling import filled_store
from benchmarks.harbour import ON, PROGRAMME, TASKS, catalogue, context_at, file_of
from benchmarks.measure import Measured, Options, fastest, seconds
from kummi.casework.bulk import advance_all, assess_all
from kummi.casework.moving import advance

USUAL = 1_000_000
QUICK = 50_000
_SINGLE = 300
"""Single moves, to know their rate."""

_BY_HAND = """
SELECT CASE WHEN ok THEN 'eligible' WHEN NOT ok THEN 'not_eligible' ELSE 'undetermined' END, count(*) FROM (
    SELECT pathway IN ('resettled', 'asylum', 'family_reunification', 'unaccompanied_minor')
        AND permit_held
        AND municipality IN (:first, :second)
        AND (pathway = 'family_reunification' OR permit_granted BETWEEN date(:day, '-3 years') AND :day) AS ok
    FROM cases WHERE programme = :programme AND phase != 'closed' AND NOT rehearsal
) GROUP BY 1
"""


def run(options: Options) -> list[Measured]:
    """Assess, then advance."""
    count = options.number(USUAL, QUICK)
    return [_assess(options.folder, count), _advance(options.folder, count // 10)]


def _assess(folder: Path, count: int) -> Measured:
    store = filled_store(folder, count, closed=0)
    context, by_hand = context_at(store), sqlite3.connect(file_of(store))
    first, second = sorted(catalogue().programme(PROGRAMME).places.takes_part)
    asked = {"first": first, "second": second, "day": ON.isoformat(), "programme": PROGRAMME}
    ours = fastest(lambda: assess_all(context, PROGRAMME), clock=time.process_time)
    theirs = fastest(lambda: by_hand.execute(_BY_HAND, asked).fetchall(), clock=time.process_time)
    expected = dict(by_hand.execute(_BY_HAND, asked).fetchall())
    if assess_all(context, PROGRAMME).counts != expected:
        raise RuntimeError(f"{assess_all(context, PROGRAMME).counts} is not {expected}")
    by_hand.close()
    store.close()
    print(f"    assess {count:,}: Kummi {ours:.2f} s, by hand {theirs:.2f} s, {expected}")
    return Measured(f"bulk, assess {count:,} cases: of by hand", theirs / ours, at_least=1.0)


def _advance(folder: Path, count: int) -> Measured:
    """Move cases whose tasks are done from the survey to fitting out, the move that asks the eligibility rules."""
    store = filled_store(folder, count + _SINGLE, closed=0)
    context = context_at(store)
    tasks = ",".join(f'"{task}":{{"on":"2025-05-01"}}' for task in TASKS[:3])
    with store.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE cases SET stage = 'surveyed', phase = 'assessment', held_since = NULL, pathway = 'asylum',"
            " permit_held = 1, permit_granted = '2025-01-10', municipality = ?, tasks = ?,"
            " reached_assessment = coalesce(reached_assessment, opened_on),"
            " reached_preparation = NULL, reached_matching = NULL, reached_introduction = NULL, reached_support = NULL,"
            " reached_conclusion = NULL",
            (min(context.entry(PROGRAMME).places.takes_part), f"{{{tasks}}}"),
        )
    single = (
        seconds(lambda: [advance(context, f"XX-{number}", "outfitting") for number in range(1, _SINGLE + 1)]) / _SINGLE
    )
    started = time.perf_counter()
    result = advance_all(context, PROGRAMME, "surveyed", "outfitting")
    together = (time.perf_counter() - started) / count
    store.close()
    if result.moved != count:
        raise RuntimeError(f"{result} instead of {count}")
    print(f"    advance {count:,}: {1 / together:,.0f} a second, single moves {1 / single:,.0f} a second")
    return Measured(f"bulk, advance {count:,} cases: times the single moves", single / together, at_least=25)
