"""A year's report over 1,000,000 cases, beside SQL written by hand for that one report.

A list of the persons supported in the year, and how many by gender, age and pathway, each as a CSV file. Kummi
takes columns and words from the country's declaration, and counts no person twice. Processor time, the least of five.
"""

from __future__ import annotations

import csv
import sqlite3
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from benchmarks.filling import filled_store
from benchmarks.harbour import PROGRAMME, context_at, file_of
from benchmarks.measure import Measured, Options, fastest
from kummi.casework.context import Context
from kummi.i18n.translator import translator_of
from kummi.model.dates import Period
from kummi.reporting.build import build
from kummi.reporting.files import write_csv

USUAL = 1_000_000
QUICK = 50_000

_LIST = """
SELECT c.country || '-' || c.id, p.number, p.born,
    CASE p.gender WHEN 'female' THEN 'female' WHEN 'male' THEN 'male' WHEN 'other' THEN 'other' END,
    CASE c.pathway WHEN 'resettled' THEN 'resettled on a quota' WHEN 'asylum' THEN 'asylum'
    WHEN 'family_reunification' THEN 'family reunification' WHEN 'temporary_protection' THEN 'temporary protection' END,
    c.reached_support, NULL
FROM cases c JOIN persons p ON p.case_id = c.id
WHERE c.programme = :programme AND NOT c.rehearsal AND c.reached_support BETWEEN :start AND :end
ORDER BY c.id, p.number
"""

_COUNT = """
SELECT p.gender,
    CASE WHEN substr(c.reached_support, 1, 4) - substr(p.born, 1, 4)
        - (substr(c.reached_support, 6) < substr(p.born, 6)) < 18 THEN 'children' ELSE 'adults' END AS age,
    c.pathway, count(*)
FROM cases c JOIN persons p ON p.case_id = c.id
WHERE c.programme = :programme AND NOT c.rehearsal AND c.reached_support BETWEEN :start AND :end
GROUP BY 1, 2, 3
"""

_YEAR = Period(date(2023, 1, 1), date(2023, 12, 31))


def run(options: Options) -> list[Measured]:
    """Write both files both ways."""
    count = options.number(USUAL, QUICK)
    store = filled_store(options.folder, count)
    context, by_hand = context_at(store), sqlite3.connect(file_of(store))
    found = []
    for name, format_id, query in (
        ("the persons", "xx-participants", _LIST),
        ("the indicators", "xx-indicators", _COUNT),
    ):
        file = options.folder / f"{format_id}.csv"
        ours = fastest(_ours(context, format_id, file), 5, time.process_time)
        theirs = fastest(_theirs(by_hand, query, file), 5, time.process_time)
        lines = len(file.read_bytes().splitlines())
        print(f"    {name}: {lines:,} lines, Kummi {ours:.2f} s, by hand {theirs:.2f} s")
        found.append(Measured(f"report, {name} of a year: times by hand", ours / theirs, at_most=2))
    by_hand.close()
    store.close()
    return found


def _ours(context: Context, format_id: str, file: Path) -> Callable[[], object]:
    def write() -> None:
        entry = context.entry(PROGRAMME)
        with context.store.reading() as connection:
            file.write_bytes(write_csv(build(connection, entry, format_id, _YEAR, translator_of(entry, "en"))))

    return write


def _theirs(connection: sqlite3.Connection, query: str, file: Path) -> Callable[[], object]:
    asked = {"programme": PROGRAMME, "start": _YEAR.start.isoformat(), "end": _YEAR.end.isoformat()}

    def write() -> None:
        with file.open("w", newline="") as target:
            csv.writer(target, delimiter=";").writerows(connection.execute(query, asked))

    return write
