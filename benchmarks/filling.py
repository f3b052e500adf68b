"""Fill a store with many cases by a few statements: always the same ones, for the same number.

Four fifths are closed, as in a store that has been in use for years; the others are spread over all stages,
most of them late, some on hold or with a clearance that has ended. Their hashes are made up: such a store is for
questions and bulk work, not for ``audit verify``.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.harbour import ON, PROGRAMME, catalogue, new_store
from kummi.store.database import Store

_STAGES = [stage for stage in catalogue().programme(PROGRAMME).workflow.stages if stage.id not in ("aboard", "closed")]
_PLACES = sorted(catalogue().programme(PROGRAMME).places.takes_part)
_NAMES = [(stage.id, stage.phase) for stage in _STAGES]
_REACHED = [f"reached_{stage.phase}" for stage in _STAGES]
_DUE = [f"date(opened, '+{span}')" for span in ("7 days", "1 month", "14 days", "3 months", "12 months", "1 month")] + [
    "NULL"
]
"""When the first thing is due in each stage, as its deadlines have it."""

_NUMBERS = """
CREATE TEMP TABLE filling AS
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
SELECT i, i <= :closed AS closed, i % 7 AS step,
    CASE WHEN i <= :closed THEN date('2020-01-01', '+' || (i % 1700) || ' days')
    ELSE date(:day, '-' || (i % 397) || ' days') END AS opened
FROM n
"""


def filled_store(folder: Path, count: int, *, closed: float = 0.8) -> Store:
    """Return a store with so many cases, so many of them closed; that of an earlier call, if there is one."""
    file = folder / f"filled-{count}-{closed}.sqlite3"
    if file.exists():
        from kummi.store.database import find_url

        return Store(find_url(str(file)))
    store = new_store(file)
    with store.writing() as connection:
        run = connection.connection.cursor().execute
        run(_NUMBERS, {"count": count, "closed": int(count * closed), "day": ON.isoformat()})
        for statement in (_cases(), _EVENTS, _PERSONS):
            run(statement, {"day": ON.isoformat()})
        run("DROP TABLE filling")
    return store


def _by_step(values: list[str]) -> str:
    """Return the SQL that gives each case the value of the stage that it is in."""
    return "CASE step " + " ".join(f"WHEN {place} THEN {value}" for place, value in enumerate(values)) + " END"


def _cases() -> str:
    stages, phases = (_by_step([f"'{name}'" for name in names]) for names in zip(*_NAMES, strict=True))
    places = " ".join(f"WHEN {place} THEN '{key}'" for place, key in enumerate(_PLACES))
    values = {
        "id": "i",
        "country": "'XX'",
        "programme": f"'{PROGRAMME}'",
        "workflow": "'2025.1'",
        "rehearsal": "0",
        "stage": f"CASE WHEN closed THEN 'closed' ELSE {stages} END",
        "phase": f"CASE WHEN closed THEN 'closed' ELSE {phases} END",
        "entered_on": "CASE WHEN closed THEN date(opened, '+400 days') ELSE opened END",
        "opened_on": "opened",
        "held_since": "CASE WHEN NOT closed AND i % 10 = 3 THEN opened END",
        "closed_on": "CASE WHEN closed THEN date(opened, '+400 days') END",
        "outcome": "CASE WHEN closed THEN 'completed' END",
        "pathway": "CASE i % 4 WHEN 0 THEN 'resettled' WHEN 1 THEN 'asylum' WHEN 2 THEN 'family_reunification' ELSE "
        "'temporary_protection' END",
        "municipality": f"CASE i % 5 {places} WHEN 4 THEN 'Elsewhere' END",
        "arrived": "date(opened, '-60 days')",
        "permit_held": "CASE WHEN i % 9 THEN 1 END",
        "permit_granted": "CASE WHEN i % 9 THEN date(opened, '-' || (i % 900) || ' days') END",
        "permit_expires": "NULL",
        "registered": "date(opened, '-40 days')",
        "size": "1 + i % 3",
        "adults": "1 + (i % 3 > 0)",
        "children": "(i % 3 > 1)",
        "languages": "'[\"ar\"]'",
        "fields": '\'{"housing":"house"}\'',
        "tasks": f"CASE WHEN closed THEN {_done(7)} ELSE {_by_step([_done(place) for place in range(7)])} END",
        **{name: _reached(place) for place, name in enumerate(_REACHED)},
        "timelines": "'{}'",
        "clearance_until": "CASE WHEN NOT closed AND step IN (4, 5) THEN date(opened, '+12 months') END",
        "next_due": f"CASE WHEN NOT closed THEN {_by_step(_DUE)} END",
        "next_end": "CASE WHEN NOT closed AND step IN (4, 5) THEN date(opened, '+12 months') END",
        "seq": "1",
        "head": "printf('%064d', i)",
    }
    return f"INSERT INTO cases ({', '.join(values)}) SELECT {', '.join(values.values())} FROM filling"


def _done(place: int) -> str:
    """Return the SQL of the tasks of all stages before this one, done on the day the case was opened."""
    tasks = [task.id for stage in _STAGES[:place] for task in stage.tasks if task.required]
    return "'{" + ",".join(f'"{task}":{{"on":"\' || opened || \'"}}' for task in tasks) + "}'"


def _reached(place: int) -> str:
    return f"CASE WHEN closed OR step >= {place} THEN date(opened, '+{place * 20} days') END"


_EVENTS = f"""
INSERT INTO events SELECT 'case', i, 1, 'opened', 1, 'filling', opened, opened || 'T08:00:00.000000+00:00', 'filling',
    '{PROGRAMME}', '{{"country":"XX"}}', printf('%064d', i)
FROM filling
"""

_PERSONS = f"""
INSERT INTO persons (id, version, case_id, programme, number, person_id, role, born, gender, salt)
SELECT printf('%030d', i) || '-' || number, 1, i, '{PROGRAMME}', number, printf('%030d', i) || '-' || number,
    CASE number WHEN 3 THEN 'child' ELSE 'adult' END,
    date('1950-01-01', '+' || ((i * 7919 + number * 104729) % 20000 + (number = 3) * 7000) || ' days'),
    CASE (i + number) % 2 WHEN 0 THEN 'female' ELSE 'male' END, 'salt'
FROM filling, (SELECT 1 AS number UNION SELECT 2 UNION SELECT 3) WHERE number <= 1 + i % 3
ORDER BY i, number
"""
