"""Open cases: households enter a programme, one or many."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from kummi.casework.case_index import IndexKey, case_index_of, shared_index, with_permit
from kummi.casework.commit import record_of, remember
from kummi.casework.context import Context, must_have_come
from kummi.casework.duplicates import doubts_about_duplicates
from kummi.casework.household_validation import doubt_about_place, faults_in, typed_fields
from kummi.casework.identity_numbers import warnings_for
from kummi.errors import InputError
from kummi.lifecycle.eligibility import must_take_households
from kummi.lifecycle.fold import facts_of_household, fold
from kummi.message import Message
from kummi.model.case import Case, Person
from kummi.model.case_events import CaseOpened
from kummi.model.event import CASE, StreamId
from kummi.model.event_data import MemberDigest
from kummi.model.household import Household, Member
from kummi.store.cases import CaseIndex, NewCase, insert_cases, load_case
from kummi.store.chain import START, import_digest, person_digest
from kummi.store.database import Connection
from kummi.store.persons import insert_persons

if TYPE_CHECKING:
    from kummi.model.programme import ProgrammeEntry


@dataclass(frozen=True)
class Opened:
    """A case that was opened, with what the coordinator should look at again."""

    case: Case
    warnings: tuple[Message, ...]


def open_case(context: Context, programme: str, household: Household, *, rehearse: bool = False) -> Opened:
    """Open a case for a household on the business date.

    Raises NotFoundError for an unknown programme, RefusedError where the programme takes no cases (on that day),
    InputError with every fault of the household, or for a day that has not come yet.
    """
    entry = context.entry(programme)
    if not rehearse:
        must_have_come(context)
    must_take_households(entry, context.on, rehearse=rehearse)
    faults = faults_in(household, entry, context.on)
    if faults:
        raise InputError(faults)
    with context.writing() as connection:
        duplicates = () if rehearse else doubts_about_duplicates(connection, programme, household)
        number = context.store.dialect.reserve_case_ids(connection, 1)[0]
        typed = household.model_copy(update={"fields": typed_fields(household.fields, entry)[0]})
        Admission(context, connection, entry, rehearse=rehearse).admit([NewHousehold(number, typed)])
        case = load_case(context.store, connection, number)
        assert case is not None
    return Opened(case, tuple(_warnings(entry, household, context.on, duplicates)))


def _warnings(entry: ProgrammeEntry, household: Household, on: date, duplicates: Sequence[Message]) -> list[Message]:
    found = warnings_for(entry.country, dict(enumerate(household.members, start=1)), on)
    doubt = doubt_about_place(household.municipality, entry)
    if doubt:
        found.append(doubt)
    return [*found, *duplicates]


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """A household with typed fields, the number of its case to be, and what tells it from others of a sheet.

    One that is transferred has ``source``, the number of the case it comes from, and ``memberships``: what the rows
    of its members take over or say of their coming.
    """

    number: int
    household: Household
    import_key: str | None = None
    source: int | None = None
    memberships: tuple[Mapping[str, Any], ...] = ()


class Admission:
    """The way into one programme on the business date, in one transaction."""

    def __init__(
        self, context: Context, connection: Connection, entry: ProgrammeEntry, *, rehearse: bool = False
    ) -> None:
        self._context, self._connection, self._entry, self._rehearse = context, connection, entry, rehearse
        self._first = entry.workflow.stage(entry.workflow.initial)
        self._index_key = IndexKey(entry, self._first.id)
        self._indexes: dict[tuple[Any, ...], CaseIndex] = {}
        # One random beginning and a count, so that ids come in order: an index of random ones is slow to fill.
        beginning = context.new_id()[-20:]
        self._ids = (f"{beginning}{number:012x}" for number in itertools.count())

    def admit(self, new: Sequence[NewHousehold]) -> None:
        """Write new cases with their persons and first events; nothing is checked here any more."""
        people: list[dict[str, Any]] = []
        written = [self._new_case(each, people) for each in new]
        insert_cases(self._context.store, self._connection, written)
        insert_persons(self._context.store, self._connection, people)
        if not self._rehearse:
            remember(self._context, self._connection, (each.row for each in written), self._entry.country.code)

    def _new_case(self, new: NewHousehold, people: list[dict[str, Any]]) -> NewCase:
        context, entry, household = self._context, self._entry, new.household
        own = [self._person(new.number, place, each) for place, each in enumerate(household.members, 1)]
        for row, told in zip(own, new.memberships, strict=False):
            row.update(told)
        people += own
        imported = {"import_key": new.import_key, "import_salt": context.new_id()} if new.import_key else {}
        event = CaseOpened(
            entry.country.code,
            entry.id,
            entry.workflow.version,
            self._rehearse,
            self._first.id,
            self._first.phase,
            facts_of_household(household, entry.places),
            household.languages,
            tuple(member_digest(row) for row in own),
            import_digest(imported) if imported else None,
            new.source,
        )
        record = record_of(context, self._connection, entry.id, event)
        return NewCase(
            event, record.row(StreamId(CASE, new.number), 1, START), self._index_of(household, event), imported
        )

    def _person(self, case_id: int, number: int, member: Member) -> dict[str, Any]:
        return person_row(self._context, case_id, self._entry.id, number, member, next(self._ids))

    def _index_of(self, household: Household, event: CaseOpened) -> CaseIndex:
        """Return what is kept beside a new case, worked out once for all cases in the same situation."""
        if not self._index_key.shared:
            return case_index_of(self._entry, self._case(event), persons_of_household(household))
        key = tuple(event.facts.get(name) for name in self._index_key.facts)
        found = self._indexes.get(key)
        if found is None:
            found = self._indexes[key] = shared_index(self._entry, self._case(event), persons_of_household(household))
        return with_permit(found, None if household.permit.held is False else household.permit.expires)

    def _case(self, event: CaseOpened) -> Case:
        return fold(None, event, self._context.on)


_FROM_THE_START = {"version": 1, **dict.fromkeys(("joined_on", "joined_how", "entered_on", "left_on", "left_how"))}


def member_digest(row: Mapping[str, Any]) -> MemberDigest:
    """Return how an event names a version of the row of a member."""
    return MemberDigest(row["id"], row["version"], row["number"], person_digest(row))


def persons_of_household(household: Household) -> tuple[Person, ...]:
    """Return what rules may know of the members of a household."""
    return tuple(Person(number, each.role, each.born, each.gender) for number, each in enumerate(household.members, 1))


def person_row(
    context: Context, case_id: int, programme: str, number: int, member: Member, new_id: str
) -> dict[str, Any]:
    """Return a member as a row of personal data, with a salt of its own."""
    return {
        **_FROM_THE_START,
        "id": new_id,
        "case_id": case_id,
        "programme": programme,
        "number": number,
        "person_id": new_id,
        "role": member.role.value,
        "born": member.born,
        "gender": member.gender.value,
        "name": member.name,
        "identity": member.identity,
        "salt": context.new_id(),
    }
