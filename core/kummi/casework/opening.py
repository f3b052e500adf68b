"""Open a case: a household enters a programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from kummi.casework.context import Context, case_index_of, must_have_come
from kummi.casework.household_validation import faults_in, typed_fields
from kummi.casework.identity_numbers import warnings_for
from kummi.errors import InputError, RefusedError
from kummi.lifecycle.fold import facts_as_data, fold
from kummi.lifecycle.moves import outside_window
from kummi.message import Message
from kummi.model.case import Case, Person
from kummi.model.decision import Finding, Result
from kummi.model.household import Household, Member
from kummi.model.places import Places
from kummi.store.case_rows import NewEvent, chained, insert_cases
from kummi.store.chain import person_digest
from kummi.store.database import Connection
from kummi.store.persons import insert_persons, live_cases_with_births, live_cases_with_identities

if TYPE_CHECKING:
    from kummi.model.programme_entry import ProgrammeEntry


@dataclass(frozen=True)
class Opened:
    """A case that was opened, with what the coordinator should look at again."""

    case: Case
    warnings: tuple[str, ...]


def open_case(context: Context, programme: str, household: Household, *, rehearse: bool = False) -> Opened:
    """Open a case for a household on the business date.

    Raises NotFoundError for an unknown programme, RefusedError where the programme takes no cases (on that day),
    InputError with every fault of the household, or for a day that has not come yet.
    """
    entry = context.entry(programme)
    if not rehearse:
        must_have_come(context)
    closed = doors_closed(entry, context.on, rehearse=rehearse)
    if closed:
        raise RefusedError(f"{entry.programme.id} cannot take this household on {context.on}", closed)
    faults = faults_in(household, entry, context.on)
    if faults:
        raise InputError(faults)
    with context.writing() as connection:
        alike = [] if rehearse else duplicate_refs(connection, programme, household)
        case_id = context.store.dialect.reserve_case_ids(connection, 1)[0]
        case = admit(context, connection, entry, [(case_id, household)], rehearse=rehearse)[0]
    return Opened(case, tuple(_warnings(entry, household, context.on, alike)))


def doors_closed(entry: ProgrammeEntry, on: date, *, rehearse: bool) -> list[Finding]:
    """Return why a programme takes no household on a day; empty when it does."""
    programme, found = entry.programme, []
    if not programme.status.takes_cases and not rehearse:
        since = programme.standing.since or ", ".join(sorted({each.read for each in programme.standing.reference}))
        reason = Message(
            "the programme is {status} and takes no cases (as of {since})", status=str(programme.status), since=since
        )
        settle = Message("rehearse it instead: case open with --rehearse")
        references = programme.standing.reference
        found.append(Finding("programme-status", Result.NOT_MET, reason, references, settle, {}, programme.origin))
    if outside := outside_window(programme, on):
        found.append(outside)
    return found


def admit(
    context: Context,
    connection: Connection,
    entry: ProgrammeEntry,
    new: Sequence[tuple[int, Household]],
    *,
    rehearse: bool = False,
) -> list[Case]:
    """Write new cases with their numbers, persons and first events; nothing is checked here any more."""
    rows, people, admitted = [], [], []
    same = opening_of(entry, rehearse=rehearse)
    recorded_at = context.clock()
    for case_id, household in new:
        own = [person_row(context, case_id, entry.id, number, each) for number, each in enumerate(household.members, 1)]
        fields, _ = typed_fields(household.fields, entry)
        data = opening_data(same, household.model_copy(update={"fields": fields}), entry.places, own)
        opening = NewEvent("opened", context.on, data)
        case, event = chained(
            fold(None, opening.kind, data, context.on), opening, recorded_at, context.actor, new_id=case_id
        )
        rows.append((case, case_index_of(entry, case, persons_of(household)), event))
        people += own
        admitted.append(case)
    insert_cases(context.store, connection, rows)
    insert_persons(context.store, connection, people)
    if not rehearse:
        context.wrote(connection, [event for _, _, event in rows], entry.country.code)
    return admitted


def opening_of(entry: ProgrammeEntry, *, rehearse: bool) -> dict[str, Any]:
    """Return what the first events of all cases of a programme have in common."""
    first = entry.workflow.stage(entry.workflow.initial)
    return {
        "country": entry.country.code,
        "programme": entry.programme.id,
        "workflow": entry.workflow.version,
        "rehearsal": rehearse,
        "stage": first.id,
        "phase": first.phase.value,
    }


def opening_data(
    same: Mapping[str, Any], household: Household, places: Places, own: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the data of a case's first event; the fields of the household are typed, ``own`` are its persons."""
    return {
        **same,
        "facts": facts_as_data(household, places),
        "languages": list(household.languages),
        "members": [{"id": row["id"], "number": row["number"], "digest": person_digest(row)} for row in own],
    }


def persons_of(household: Household) -> tuple[Person, ...]:
    """Return what rules may know of the members of a household."""
    return tuple(Person(number, each.role, each.born, each.gender) for number, each in enumerate(household.members, 1))


def person_row(
    context: Context, case_id: int, programme: str, number: int, member: Member, *, new_id: str | None = None
) -> dict[str, Any]:
    """Return a member as a row of personal data, with an id and a salt of its own."""
    return {
        "id": new_id or context.new_id(),
        "case_id": case_id,
        "programme": programme,
        "number": number,
        "role": member.role.value,
        "born": member.born,
        "gender": member.gender.value,
        "name": member.name,
        "identity": member.identity,
        "salt": context.new_id(),
    }


def duplicate_refs(connection: Connection, programme: str, household: Household) -> list[str]:
    """Return cases that may be the same household: a member's identity number, or all dates of birth and the pathway.

    Rehearsals are left out; of many, the first five are named.
    """
    numbers = [member.identity for member in household.members if member.identity]
    births = [member.born for member in household.members if member.born]
    found = live_cases_with_identities(connection, numbers, 5) if numbers else {}
    if len(births) == len(household.members):
        found |= live_cases_with_births(connection, programme, household.pathway, births)
    return [f"{country}-{number}" for number, country in sorted(found.items())[:5]]


def _warnings(entry: ProgrammeEntry, household: Household, on: date, alike: list[str]) -> list[str]:
    found = warnings_for(entry.country, household.members, on)
    place = household.municipality
    if place and not entry.places.is_known(place):
        found.append("the municipality is not on the plugin's list of places; taken as it is")
    if alike:
        found.append(f"this may be a household already there: {', '.join(alike)}; look before you go on")
    return found
