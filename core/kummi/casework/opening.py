"""Open a case: a household enters a programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kummi.casework.admission import Admission, NewHousehold
from kummi.casework.context import Context, must_have_come
from kummi.casework.household_validation import doubt_about_place, faults_in, typed_fields
from kummi.casework.identity_numbers import warnings_for
from kummi.casework.possible_duplicates import named_and_withheld
from kummi.errors import InputError, RefusedError
from kummi.i18n.terms import term
from kummi.lifecycle.moves import outside_window
from kummi.message import Message
from kummi.model.case import Case
from kummi.model.household import Household
from kummi.model.rule import Finding, Result
from kummi.store.cases import load_case
from kummi.store.database import Connection
from kummi.store.persons import live_cases_with_births, live_cases_with_identities

if TYPE_CHECKING:
    from kummi.model.programme_entry import ProgrammeEntry


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
    closed = doors_closed(entry, context.on, rehearse=rehearse)
    if closed:
        raise RefusedError(
            Message("{id} cannot take this household on {on}", id=entry.programme.id, on=context.on), closed
        )
    faults = faults_in(household, entry, context.on)
    if faults:
        raise InputError(faults)
    with context.writing() as connection:
        alike = () if rehearse else _doubts_about_duplicates(connection, programme, household)
        number = context.store.dialect.reserve_case_ids(connection, 1)[0]
        typed = household.model_copy(update={"fields": typed_fields(household.fields, entry)[0]})
        Admission(context, connection, entry, rehearse=rehearse).admit([NewHousehold(number, typed)])
        case = load_case(context.store, connection, number)
        assert case is not None
    return Opened(case, tuple(_warnings(entry, household, context.on, alike)))


def doors_closed(entry: ProgrammeEntry, on: date, *, rehearse: bool) -> list[Finding]:
    """Return why a programme takes no household on a day; empty when it does."""
    programme, found = entry.programme, []
    if not programme.status.takes_cases and not rehearse:
        since = programme.standing.since or ", ".join(sorted({each.read for each in programme.standing.reference}))
        reason = Message(
            "the programme is {status} and takes no cases (as of {since})",
            status=term("status", programme.status),
            since=since,
        )
        settle = Message("rehearse it instead: case open with --rehearse")
        references = programme.standing.reference
        found.append(Finding("programme-status", Result.NOT_MET, reason, references, settle, {}, programme.origin))
    if outside := outside_window(programme, on):
        found.append(outside)
    return found


def _doubts_about_duplicates(connection: Connection, programme: str, household: Household) -> tuple[Message, ...]:
    """Say which cases may be the same household: a member's identity number, or all dates of birth and the pathway.

    Rehearsals are left out; of many, the first five are named.
    """
    numbers = [member.identity for member in household.members if member.identity]
    births = [member.born for member in household.members if member.born]
    found = live_cases_with_identities(connection, numbers, 5) if numbers else {}
    if len(births) == len(household.members):
        found |= live_cases_with_births(connection, programme, household.pathway, births)
    refs, withheld = named_and_withheld(connection, found)
    if not refs:
        return withheld
    named = Message("this may be a household already there: {refs}; look before you go on", refs=refs[:5])
    return (named, *withheld)


def _warnings(entry: ProgrammeEntry, household: Household, on: date, alike: Sequence[Message]) -> list[Message]:
    found = warnings_for(entry.country, dict(enumerate(household.members, start=1)), on)
    doubt = doubt_about_place(household.municipality, entry)
    if doubt:
        found.append(doubt)
    return [*found, *alike]
