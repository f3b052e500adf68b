"""Write new households by the hundred: the rows that ``admit`` writes, without building the state of each case.

The state of a case that was only opened stands in its first event, fact by fact. A test holds the two together, and the
audit proves both from the events.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kummi.casework.case_index_cache import IndexKey, shared_index, with_permit
from kummi.casework.context import Context, case_index_of
from kummi.casework.opening import opening_data, opening_of, person_row, persons_of
from kummi.lifecycle.fold import fold
from kummi.model.case import Case, Person
from kummi.model.household import Household
from kummi.store.case_rows import CaseIndex, EventRecord, insert_opened
from kummi.store.chain import START, canonical, import_digest
from kummi.store.database import Connection
from kummi.store.persons import insert_persons

if TYPE_CHECKING:
    from kummi.model.programme_entry import ProgrammeEntry


class BulkInsert:
    """The way into one programme on one day."""

    def __init__(self, context: Context, connection: Connection, entry: ProgrammeEntry) -> None:
        self._desk, self._connection, self._entry = context, connection, entry
        self._same = opening_of(entry, rehearse=False)
        self._situation = IndexKey(entry, entry.workflow.initial)
        self._derived: dict[tuple[Any, ...], CaseIndex] = {}
        # One random beginning and a count, so that ids come in order: an index of random ones is slow to fill.
        beginning = context.new_id()[-20:]
        self._ids = (f"{beginning}{number:012x}" for number in itertools.count())

    def write(self, new: Sequence[tuple[int, Household, str]]) -> None:
        """Write new cases with their numbers, persons, first events and import keys; nothing is checked here."""
        context, entry = self._desk, self._entry
        recorded_at = context.clock().isoformat(timespec="microseconds")
        rows: list[tuple[Mapping[str, Any], CaseIndex, dict[str, Any], Mapping[str, str]]] = []
        people: list[dict[str, Any]] = []
        for number, household, key in new:
            own = [
                person_row(context, number, entry.id, place, each, new_id=next(self._ids))
                for place, each in enumerate(household.members, 1)
            ]
            imported = {"import_key": key, "import_salt": context.new_id()}
            data = opening_data(self._same, household, entry.places, own) | {"imported": import_digest(imported)}
            action = EventRecord(entry.id, "opened", context.on, recorded_at, context.actor, canonical(data))
            rows.append((data, self._index_of(household, data), action.row(number, 1, START), imported))
            people += own
        insert_opened(context.store, self._connection, rows)
        insert_persons(context.store, self._connection, people)
        context.wrote(self._connection, [event for _, _, event, _ in rows], entry.country.code)

    def _index_of(self, household: Household, data: Mapping[str, Any]) -> CaseIndex:
        """Return what is kept beside a new case, worked out once for each situation."""
        if not self._situation.shared:
            return case_index_of(self._entry, *self._new(household, data))
        key = tuple(data["facts"].get(name) for name in self._situation.facts)
        found = self._derived.get(key)
        if found is None:
            found = self._derived[key] = shared_index(self._entry, *self._new(household, data))
        return with_permit(found, None if household.permit.held is False else household.permit.expires)

    def _new(self, household: Household, data: Mapping[str, Any]) -> tuple[Case, tuple[Person, ...]]:
        """Return a new case and its persons."""
        return fold(None, "opened", data, self._desk.on), persons_of(household)
