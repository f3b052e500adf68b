"""How fast the command line starts: ``kummi case next`` beside the bare import of the two libraries that it stands on.

Processor time with the files warm, the least of several, each pair side by side. A case of every country that is
installed, because a country's own files are read too. The catalogue comes from its cache, as it does from the second
command on.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

from benchmarks.commands import kummi, kummi_measured, python_measured
from benchmarks.harbour import HOUSEHOLD, context_at, new_store
from benchmarks.measure import Measured, Options
from kummi.casework.opening import Admission, NewHousehold
from kummi.catalogue.load_catalogue import load

USUAL = 10
QUICK = 3


def run(options: Options) -> list[Measured]:
    """Measure a case of each installed country."""
    times = options.number(USUAL, QUICK)
    refs = _one_case_each(options)
    database = ("--db", str(options.folder / "start.sqlite3"))
    found = []
    for ref in refs:
        kummi("case", "next", ref, *database)
        bare, asked = math.inf, math.inf
        for _ in range(times):
            bare = min(bare, python_measured("-c", "import sqlalchemy, pydantic").busy)
            asked = min(asked, kummi_measured("case", "next", ref, *database).busy)
        print(f"    kummi case next {ref}{asked * 1000:>9.0f} ms, the bare import{bare * 1000:>6.0f} ms")
        found.append(Measured(f"start, kummi case next {ref}: times the import", asked / bare, at_most=1.6))
    return found


def _one_case_each(options: Options) -> list[str]:
    """Rehearse a case in the first programme of each installed country."""
    store = new_store(options.folder / "start.sqlite3")
    catalogue = load()
    context = replace(context_at(store), catalogue=catalogue, on=date(2024, 6, 3))
    first = {each.country.code: each for each in reversed(list(catalogue.programmes.values()))}
    plain = HOUSEHOLD.model_copy(update={"fields": {}})
    with context.writing() as connection:
        for number, entry in enumerate(first.values(), start=1):
            Admission(context, connection, entry, rehearse=True).admit([NewHousehold(number, plain)])
    store.close()
    return [f"{code}-{number}" for number, code in enumerate(first, start=1)]
