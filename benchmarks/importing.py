"""Import 100,000 households from a CSV file, with one to three persons each, as the command does it.

The whole process counts: its start, reading, checking, looking for the same household, writing. A row is a person.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

from benchmarks.commands import draft_of_harbourland, kummi_measured
from benchmarks.harbour import ON, PROGRAMME, new_store
from benchmarks.measure import Measured, Options

USUAL = 100_000
QUICK = 5_000
_HEADER = (
    "household", "pathway", "municipality", "arrived", "permit.granted", "languages", "fields.housing", "role", "born",
    "gender", "name",
)  # fmt: skip


def run(options: Options) -> list[Measured]:
    """Import once, into an empty store."""
    households = options.number(USUAL, QUICK)
    sheet, store = options.folder / "households.csv", options.folder / "import.sqlite3"
    rows = _write_sheet(sheet, households)
    new_store(store).close()
    drafts = draft_of_harbourland(options.folder)
    words = ("--db", str(store), "--on", ON.isoformat(), "--plugins-dir", drafts, "case", "import", PROGRAMME)
    used = kummi_measured(*words, str(sheet))
    print(f"    {households:,} households, {rows:,} rows in {used.seconds:.1f} s, {used.busy:.1f} s of them at work")
    return [
        Measured("import, rows a second", rows / used.seconds, at_least=11_000),
        Measured("import, memory at its peak", used.megabytes, " MB", at_most=300),
    ]


def _write_sheet(file: Path, households: int) -> int:
    """Write a sheet of invented households, always the same, and return its number of rows."""
    rows = 0
    with file.open("w", newline="", encoding="utf-8") as target:
        sheet = csv.writer(target, delimiter=";")
        sheet.writerow(_HEADER)
        for number in range(households):
            for person in range(1 + number % 3):
                sheet.writerow(_row(number, person))
                rows += 1
    return rows


def _row(number: int, person: int) -> tuple[str, ...]:
    arrived = date(2025, 1, 1) + timedelta(days=number % 120)
    born = date(1950, 1, 1) + timedelta(days=(number * 7919 + person * 104729) % 20000 + (person == 2) * 7000)
    return (
        f"H{number}",
        ("resettled", "asylum", "family_reunification")[number % 3],
        ("North Quay", "South Quay")[number % 2],
        arrived.isoformat(),
        (arrived - timedelta(days=30)).isoformat(),
        "ar",
        ("boat", "house")[number % 2],
        "child" if person == 2 else "adult",
        born.isoformat(),
        ("female", "male")[(number + person) % 2],
        f"Person {number}-{person}",
    )
