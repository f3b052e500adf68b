"""Prove that the state of every case is the fold of its events, and that no event was changed, removed or reordered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, func, inspect, null, select
from sqlalchemy.exc import DBAPIError

from kummi.errors import Fault, IntegrityError
from kummi.model.case import Case, Person
from kummi.store.case_audit import RawCase, prove_case
from kummi.store.case_rows import CaseIndex, wrong_index
from kummi.store.cases import fetch_raw
from kummi.store.database import Store
from kummi.store.persons import raw_person
from kummi.store.seal import Seal, moment_of
from kummi.store.tables import cases, events, notes, persons

CHUNK = 2000
"""Cases looked at in one go: memory stays small however many there are."""

Follows = Callable[[Case, tuple[Person, ...]], CaseIndex | None]
"""Works out what is kept beside a case with these members; None where nobody can tell."""

_TABLES = (cases, events, persons, notes)
_KEYS = {
    "cases": {"id"},
    "events": {"stream_kind", "stream_id", "seq"},
    "persons": {"case_id", "id"},
    "notes": {"case_id", "id"},
}
"""The columns without which nothing can be said of the rows of a table."""


@dataclass(frozen=True)
class AuditResult:
    """What the audit found.

    ``seal`` stands for all events up to now, to be written down and compared later. ``holds`` says whether everything
    up to an earlier seal is as it was, None where none was given. ``unchecked`` are the cases whose columns for the
    morning list nobody could work out again.
    """

    cases: int
    events: int
    faults: tuple[Fault, ...]
    seal: str
    holds: bool | None = None
    unchecked: int = 0


def count_cases(store: Store) -> int:
    """Return how many cases there are to look at; none where their table is missing."""
    with store.reading() as connection:
        if not inspect(connection).has_table(cases.name):
            return 0
        return int(connection.execute(select(func.count()).select_from(cases)).scalar_one())


def verify(
    store: Store,
    progress: Callable[[int], None] = lambda _: None,
    *,
    earlier: str | None = None,
    follows: Follows | None = None,
) -> AuditResult:
    """Look at every case and every event.

    Args:
        store: The store.
        progress: Is told how many cases each step finished.
        earlier: The seal of an earlier audit.
        follows: Works out the columns for the morning list again; without it they are not looked at.

    Raises:
        InputError: The earlier seal is none.
    """
    until = None if earlier is None else moment_of(earlier)
    with store.reading() as connection:
        audit = _Audit(store, connection, follows, until)
        numbers = select(cases.c.id).order_by(cases.c.id).limit(CHUNK)
        chunk = list(connection.execute(numbers).scalars()) if audit.can_read(cases) else []
        while chunk:
            audit.look_at(chunk)
            progress(len(chunk))
            chunk = list(connection.execute(numbers.where(cases.c.id > chunk[-1])).scalars())
        audit.faults += audit.orphans()
    holds = None if earlier is None else str(audit.then) == earlier.strip()
    return AuditResult(audit.cases, audit.events, tuple(audit.faults), str(audit.now), holds, audit.unchecked)


class _Audit:
    """One look at a whole store: what it has seen and found so far."""

    def __init__(self, store: Store, connection: Connection, follows: Follows | None, until: str | None) -> None:
        self.cases = self.events = self.unchecked = 0
        self.now, self.then = Seal(), Seal(until)
        self._store, self._connection, self._follows = store, connection, follows
        self._columns = _columns_of(connection)
        self.faults = list(self._missing())

    def can_read(self, table: Table) -> bool:
        """Whether a table is there, with the columns that say whose a row is."""
        return self._columns[table.name] >= _KEYS[table.name]

    def look_at(self, numbers: Sequence[int]) -> None:
        """Look at cases; where they cannot all be read together, at fewer and fewer, until it is clear which cannot."""
        if not numbers:
            return
        try:
            found = self._fetch(numbers[0], numbers[-1])
        except Exception as error:
            if isinstance(error, DBAPIError) and not self._store.dialect.is_unreadable(error.orig):
                raise
            half = len(numbers) // 2
            if not half:
                self.faults.append(Fault(f"case number {numbers[0]}", _unreadable(error)))
            else:
                self.look_at(numbers[:half])
                self.look_at(numbers[half:])
            return
        for raw in found:
            self._look_at_one(raw)

    def orphans(self) -> Iterator[Fault]:
        """Yield how many rows of each table belong to no case."""
        for table in (events, persons, notes):
            if self.can_read(table) and self.can_read(cases):
                joined = table.outerjoin(cases, cases.c.id == _case_of(table))
                lost = select(func.count()).select_from(joined).where(cases.c.id.is_(None))
                count = self._connection.execute(lost).scalar_one()
                if count:
                    yield Fault(table.name, f"{count} rows belong to no case")

    def _look_at_one(self, raw: RawCase) -> None:
        self.cases, self.events = self.cases + 1, self.events + len(raw.events)
        self.now.add(raw.row.id, raw.events)
        self.then.add(raw.row.id, raw.events)
        where = f"case {raw.row.country}-{raw.row.id}"
        try:
            self.faults += [Fault(where, each) for each in self._wrong(raw)]
        except IntegrityError as error:
            self.faults.append(Fault(where, str(error)))
        except Exception as error:  # noqa: BLE001 (whatever stands in its rows, the others are looked at)
            self.faults.append(Fault(where, _unreadable(error)))

    def _wrong(self, raw: RawCase) -> Iterator[str]:
        proved = prove_case(self._store, raw)
        yield from proved.faults
        if proved.faults or not self._follows:
            return
        members = tuple(raw_person(self._store, each) for each in sorted(raw.persons, key=lambda row: row.number))
        derived = self._follows(proved.state, members)
        if derived is None:
            self.unchecked += 1
        elif wrong := self._wrong_derived(raw, proved.state, derived):
            yield f"the morning list does not follow from its events and its workflow: {', '.join(wrong)}"

    def _wrong_derived(self, raw: RawCase, state: Case, derived: CaseIndex) -> Sequence[str]:
        row = raw.row._mapping  # noqa: SLF001 (SQLAlchemy's public name)
        wrong = wrong_index(self._store, row, derived)
        # Written while its stage was not there, a case is kept as due since it entered it, until the next event.
        as_stranded = CaseIndex(derived.clearance_until, state.entered_on)
        return wrong if wrong and wrong_index(self._store, row, as_stranded) else ()

    def _missing(self) -> Iterator[Fault]:
        for table in _TABLES:
            there = self._columns[table.name]
            missing = [column.name for column in table.columns if column.name not in there]
            if not there:
                yield Fault(table.name, "the table is missing")
            elif missing:
                yield Fault(table.name, f"without {', '.join(missing)}: a column is missing")

    def _fetch(self, first: int, last: int) -> list[RawCase]:
        """Return cases with all that is theirs."""
        own: list[dict[int, list[Any]]] = []
        for table in (events, persons, notes):
            by_case: dict[int, list[Any]] = {}
            for row in self._rows(table, _case_of(table), first, last):
                by_case.setdefault(row.stream_id if table is events else row.case_id, []).append(row)
            own.append(by_case)
        found = self._rows(cases, cases.c.id, first, last)
        return [RawCase(row, *(each.get(row.id, []) for each in own)) for row in found]

    def _rows(self, table: Table, key: Any, first: int, last: int) -> Sequence[Any]:
        """Return the raw rows of a table between two cases; a column that is missing is not known in any of them."""
        if not self.can_read(table):
            return ()
        there = self._columns[table.name]
        columns = (each if each.name in there else null().label(each.name) for each in table.columns)
        query: Select[Any] = select(*columns).where(key.between(first, last)).order_by(*table.primary_key.columns)
        return fetch_raw(self._store, self._connection, query)


def _case_of(table: Table) -> Any:
    return table.c.stream_id if table is events else table.c.case_id


def _columns_of(connection: Connection) -> dict[str, set[str]]:
    inspector = inspect(connection)
    there = set(inspector.get_table_names())
    return {
        table.name: {each["name"] for each in inspector.get_columns(table.name)} if table.name in there else set()
        for table in _TABLES
    }


def _unreadable(error: Exception) -> str:
    return f"cannot be read, something wrote to it that was not Kummi ({type(error).__name__})"
