"""Read cases: the one beginning of every query of them, and the state of a case from its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from kummi.errors import IntegrityError
from kummi.message import Message
from kummi.model.case import Case, TaskRecord
from kummi.model.facts import HOUSEHOLD_FACTS, FactType, as_fact
from kummi.model.vocabulary import OPEN_PHASES, Outcome, Phase
from kummi.store.database import Connection, Store
from kummi.store.tables import cases

_DATES = tuple(fact.column for fact in HOUSEHOLD_FACTS.values() if fact.type is FactType.DATE)
DAYS = ("entered_on", "opened_on", "held_since", "closed_on", *_DATES)
"""The columns of dates that are part of the state of a case, but for those of phases."""
REACHED = tuple(f"reached_{phase}" for phase in OPEN_PHASES)
"""The columns of the days on which each open phase was reached first."""
DERIVED = ("clearance_until", "next_due", "next_end")
"""The columns that follow from the others and the workflow."""
IMPORTED = ("import_key", "import_salt")
"""The columns that say from which sheet a case came."""
LOADED = tuple(column.name for column in cases.c if column.name not in DERIVED + IMPORTED)
"""The columns of a row that a case is built from, in this order."""
_POSITION = {name: position for position, name in enumerate(LOADED)}
_OTHERS = tuple((fact, _POSITION[fact.column]) for fact in HOUSEHOLD_FACTS.values() if fact.type is not FactType.DATE)


def cases_in_scope(*columns: Any, rehearsal: bool | None = False) -> Select[Any]:
    """Begin a query of cases. Every read of them begins here, so that what limits it is said in one place.

    Args:
        columns: What to select; of other tables too, which the caller joins.
        rehearsal: False for live cases, True for rehearsals, None for both.
    """
    query = select(*columns).select_from(cases)
    return query if rehearsal is None else query.where(cases.c.rehearsal.is_(rehearsal))


def select_cases(*, rehearsal: bool | None = False) -> Select[Any]:
    """Begin a query whose rows ``fetch_cases`` builds cases from."""
    return cases_in_scope(*(cases.c[name] for name in LOADED), rehearsal=rehearsal)


_SELECT_ONE = select_cases(rehearsal=None).where(cases.c.id == bindparam("id"))


def load_case(store: Store, connection: Connection, case_id: int) -> Case | None:
    """Return the state of one case, or None where there is none of this number. Raises IntegrityError."""
    row = store.prepared(_SELECT_ONE).run(connection, {"id": case_id}).fetchone()
    return None if row is None else case_of(store, row)


def last_case_number(connection: Connection) -> int:
    """Return the highest number of a case; 0 where there is none."""
    found = connection.execute(cases_in_scope(func.max(cases.c.id), rehearsal=None)).scalar()
    return 0 if found is None else int(found)


def imported_keys(connection: Connection, programme: str, keys: Sequence[str]) -> set[str]:
    """Return those of some import keys that cases of a programme have already."""
    query = cases_in_scope(cases.c.import_key, rehearsal=None).where(cases.c.programme == programme)
    return set(connection.execute(query.where(cases.c.import_key.in_(keys))).scalars())


def fetch_cases(store: Store, connection: Connection, query: Select[Any]) -> list[Case]:
    """Run a query of ``select_cases`` and build its cases. Raises IntegrityError for one that cannot be read."""
    return [case_of(store, row) for row in fetch_raw(store, connection, query)]


def fetch_raw(store: Store, connection: Connection, query: Select[Any]) -> Sequence[Any]:
    """Run a query and return its rows as the driver gives them: nothing is read into Python's types."""
    compiled = query.compile(dialect=store.engine.dialect, compile_kwargs={"literal_binds": True})
    return connection.exec_driver_sql(str(compiled)).all()


def case_of(store: Store, row: Sequence[Any]) -> Case:
    """Build a case from a row of ``select_cases`` as the driver gives it. Raises IntegrityError."""
    try:
        return _case_of(store, row)
    except (ValueError, TypeError, KeyError, AttributeError, AssertionError) as error:
        raise IntegrityError(
            Message(
                "case number {row} cannot be read, something wrote to it that was not Kummi; see what "
                "else is wrong with: kummi audit verify",
                row=row[_POSITION["id"]],
            )
        ) from error


def _case_of(store: Store, row: Sequence[Any]) -> Case:
    read_date, read_json, at = store.dialect.read_date, store.dialect.read_json, _POSITION
    day = {name: None if row[at[name]] is None else read_date(row[at[name]]) for name in DAYS}
    reached = {
        phase: read_date(row[at[column]])
        for phase, column in zip(OPEN_PHASES, REACHED, strict=True)
        if row[at[column]] is not None
    }
    told: dict[str, Any] = {fact.column: fact.typed(row[place]) for fact, place in _OTHERS}
    told.update((column, day[column]) for column in _DATES)
    outcome = row[at["outcome"]]
    entered_on, opened_on = day["entered_on"], day["opened_on"]
    assert entered_on is not None
    assert opened_on is not None
    return Case(
        id=row[at["id"]],
        country=row[at["country"]],
        programme=row[at["programme"]],
        workflow=row[at["workflow"]],
        rehearsal=bool(row[at["rehearsal"]]),
        stage=row[at["stage"]],
        phase=Phase(row[at["phase"]]),
        entered_on=entered_on,
        opened_on=opened_on,
        **told,
        held_since=day["held_since"],
        closed_on=day["closed_on"],
        outcome=None if outcome is None else Outcome(outcome),
        languages=tuple(read_json(row[at["languages"]])),
        fields={name: as_fact(value) for name, value in read_json(row[at["fields"]]).items()},
        tasks={name: _task_of(record) for name, record in read_json(row[at["tasks"]]).items()},
        reached=reached,
        seq=row[at["seq"]],
        head=row[at["head"]],
    )


def _task_of(record: Mapping[str, str]) -> TaskRecord:
    until = record.get("until")
    return TaskRecord(date.fromisoformat(record["on"]), date.fromisoformat(until) if until else None)
