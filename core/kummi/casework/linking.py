"""Cases that part, become one, or go on elsewhere: chains of events are never joined, each side gets its own event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kummi.casework.case_index import case_index_of
from kummi.casework.commit import commit_event, record_of, remember
from kummi.casework.context import Context
from kummi.casework.household_validation import doubt_about_place
from kummi.casework.members import Row, counts_of_rows, let_go, must_be_able_to_leave, next_number, same_person
from kummi.casework.opening import Admission, NewHousehold, member_digest
from kummi.casework.recording import Recorded, load_to_change
from kummi.casework.value_reader import value_of_fact
from kummi.errors import Fault, InputError, RefusedError, message_of
from kummi.lifecycle import steps
from kummi.lifecycle.eligibility import must_take_households
from kummi.lifecycle.fold import fold, timeline_of
from kummi.lifecycle.moves import consent_rules, findings_against
from kummi.lifecycle.workflow_index import index_of
from kummi.message import Message
from kummi.model.case import Case, LoadedCase
from kummi.model.case_events import CaseOpened, CaseSplitOff
from kummi.model.event_data import MemberDigest
from kummi.model.facts import ADULTS, COUNTS, FIELD, HOUSEHOLD_FACTS, MUNICIPALITY, FactValue
from kummi.model.household import MOST_MEMBERS, Household, Member, Permit
from kummi.model.household_events import FactsChanged, MemberJoined, MemberLeft
from kummi.model.programme import ProgrammeEntry
from kummi.model.text import Translatable
from kummi.model.vocabulary import JoinedHow, LeftHow, Outcome
from kummi.rules.describe import labels_of
from kummi.store.cases import chained, insert_case, load_case
from kummi.store.database import Connection
from kummi.store.persons import insert_persons, load_person_rows, load_persons, person_of


def split(context: Context, ref: str, numbers: Sequence[int], *, seen: int | None = None) -> Recorded:
    """Let members of a household go on as a case of their own from the business date on; return the new case.

    It stands where the old one does, with the same facts and tasks. The old case says that they left, and not where
    to. Raises InputError for who is no member or where nobody would be left, RefusedError on a closed case.
    """
    with context.writing() as connection:
        loaded = load_to_change(context, connection, ref, Message("split the household"), seen=seen)
        rows = load_person_rows(connection, loaded.case.id)
        must_be_able_to_leave(loaded.case, rows, numbers, context.on)
        staying = counts_of_rows([row for row in rows if row["number"] not in numbers])
        leaving = [row for row in rows if row["number"] in numbers]
        left = let_go(context, connection, rows, numbers, LeftHow.SPLIT)
        commit_event(context, connection, loaded, MemberLeft(staying, left))
        new = _split_off(context, connection, loaded, leaving)
        return Recorded(new, tuple(_without_adult(loaded.case, staying, new)))


def _without_adult(case: Case, staying: Mapping[str, FactValue], new: Case) -> Iterator[Message]:
    """Say where a household with adults parts so that one side has none."""
    for ref, adults in ((case.ref, staying[ADULTS]), (new.ref, new.adults)):
        if case.adults and not adults:
            yield Message(
                "there is no adult in case {ref}; see who cares for the child, and who may take part: "
                "kummi case assess {ref}",
                ref=ref,
            )


def merge(context: Context, ref: str, other: str, *, seen: int | None = None) -> Recorded:
    """Make one of two cases of a household: the members of the other join a case; return it.

    They are members as long as they were in the other, which ends as ``merged`` and counts nowhere from its beginning
    on. Who is in both does not join twice. The case keeps its own facts and tasks; what the other one knew otherwise,
    or alone, is named in a warning. Raises InputError for cases that cannot be one, such as of households that came at
    other times; RefusedError where one of them is closed.
    """
    with context.writing() as connection:
        loaded = load_to_change(context, connection, ref, Message("merge it"), seen=seen)
        from_ = load_to_change(context, connection, other, Message("merge it"))
        _must_fit(loaded.case, from_.case)
        rows, theirs = (load_person_rows(connection, each.case.id) for each in (loaded, from_))
        coming = [row for row in theirs if row["left_on"] is None]
        new = _joining(context, loaded.case, rows, coming)
        if sum(row["left_on"] is None for row in [*rows, *new]) > MOST_MEMBERS:
            raise InputError(Message("a household has at most {most} persons", most=MOST_MEMBERS))
        insert_persons(context.store, connection, new)
        left = let_go(context, connection, theirs, [row["number"] for row in coming], LeftHow.MERGED)
        joined = MemberJoined(counts_of_rows([*rows, *new]), tuple(map(member_digest, new)))
        # Streams are written in the order of their numbers, so that two actions never wait for each other.
        if loaded.case.id < from_.case.id:
            after = commit_event(context, connection, loaded, joined)
            _end_without_members(context, connection, from_, left, Outcome.MERGED, loaded.case.id)
        else:
            _end_without_members(context, connection, from_, left, Outcome.MERGED, loaded.case.id)
            after = commit_event(context, connection, loaded, joined)
        return Recorded(after, tuple(_not_taken_over(loaded, from_.case)))


@dataclass(frozen=True)
class Transferred:
    """A case that was handed on: it is closed; ``new`` goes on under another programme, if one of here took it."""

    case: Case
    new: Case | None = None
    warnings: tuple[Message, ...] = ()


def transfer(context: Context, ref: str, to: str, *, seen: int | None = None) -> Transferred:
    """Hand a case on to another programme, or to a place where its programme is not, from the business date on.

    Where it may go is looked at first, then that the household has consented, which is asked as before matching. Under
    another programme of the country a new case is opened with the members and what is known. Raises InputError for a
    place in which the programme takes part; RefusedError where the other programme takes no cases, without consent,
    and on a closed case.
    """
    with context.writing() as connection:
        loaded = load_to_change(context, connection, ref, Message("transfer it"), seen=seen)
        entry = context.catalogue.programmes.get(to)
        if entry is None:
            place = _place_to_leave_for(loaded, to)
            _must_consent(loaded)
            return _leave_for(context, connection, loaded, place)
        _must_take_over(entry, loaded.case, context.on)
        _must_consent(loaded)
        return _hand_over(context, connection, loaded, entry)


def _split_off(context: Context, connection: Connection, loaded: LoadedCase, leaving: Sequence[Row]) -> Case:
    number = context.store.dialect.reserve_case_ids(connection, 1)[0]
    case = loaded.case
    rows = [
        _membership(context, number, position, row, JoinedHow.SPLIT) for position, row in enumerate(leaving, start=1)
    ]
    facts = _facts_of_case(case) | counts_of_rows(rows)
    opening = CaseOpened(
        case.country, case.programme, case.workflow, case.rehearsal, case.stage, case.phase, facts, case.languages,
        tuple(map(member_digest, rows)),
    )  # fmt: skip
    days = {"opened": case.opened_on, "entered": case.entered_on}
    event = CaseSplitOff(
        case.id,
        opening,
        days | ({"held": case.held_since} if case.held_since else {}),
        {name: (record.on, record.until) for name, record in case.tasks.items()},
        case.reached,
        case.timelines,
    )
    record = record_of(context, connection, case.programme, event)
    new, row = chained(replace(fold(None, event, context.on), id=number), record)
    index = case_index_of(loaded.programme, new, tuple(map(person_of, rows)))
    insert_case(context.store, connection, new, index, row)
    insert_persons(context.store, connection, rows)
    if not new.rehearsal:
        remember(context, connection, [row], new.country)
    return new


def _membership(context: Context, case_id: int, number: int, row: Row, how: JoinedHow) -> dict[str, Any]:
    """Return the membership of a person of another case in this one.

    It begins on the business date; but of cases that were one household all along, when the other one began.
    """
    fresh = {"id": context.new_id(), "salt": context.new_id(), "version": 1, "case_id": case_id, "number": number}
    came = {"joined_on": context.on, "joined_how": how.value}
    if how is JoinedHow.MERGED:
        came = {"joined_on": row["joined_on"], "joined_how": row["joined_how"] or how.value}
    return {**row, **fresh, **came, "left_on": None, "left_how": None}


def _facts_of_case(case: Case) -> dict[str, FactValue]:
    known = {fact.name: getattr(case, fact.column) for fact in HOUSEHOLD_FACTS.values()}
    own = {FIELD + name: value for name, value in case.fields.items()}
    return {name: value for name, value in (known | own).items() if value is not None}


def _must_fit(case: Case, other: Case) -> None:
    if case.id == other.id:
        raise InputError(Fault("OTHER", Message("a case cannot be merged with itself")))
    if (case.programme, case.rehearsal) != (other.programme, other.rehearsal):
        raise InputError(
            Fault(
                "OTHER",
                Message(
                    "case {other} is of {programme}; only cases of one programme become one, and no rehearsal with "
                    "what is not one",
                    other=other.ref,
                    programme=other.programme,
                ),
            )
        )
    if differing := [Fault(name, _own_case(case, other)) for name in _that_differ(case, other)]:
        raise InputError(differing)


def _that_differ(case: Case, other: Case) -> Iterator[str]:
    """Yield the facts by which two cases are of households that came in another way or at another time."""
    lasting = [fact.name for fact in HOUSEHOLD_FACTS.values() if fact.lasting]
    own = {FIELD + name for each in (case, other) for name, value in each.fields.items() if isinstance(value, date)}
    for name in (*lasting, *sorted(own)):
        here, there = (timeline_of(each, name).newest for each in (case, other))
        if here is not None and there is not None and here != there:
            yield name


def _not_taken_over(loaded: LoadedCase, other: Case) -> Iterator[Message]:
    """Say what a case does not get from the other one that becomes part of it: facts, and tasks that were recorded."""
    case, labels = loaded.case, labels_of(loaded.programme.programme, loaded.programme.tasks)
    names = [*(name for name in HOUSEHOLD_FACTS if name not in COUNTS), *(FIELD + name for name in other.fields)]
    facts: list[Translatable] = [
        labels(name) for name in names if timeline_of(other, name).newest not in (None, timeline_of(case, name).newest)
    ]
    if set(other.languages) - set(case.languages):
        facts.append(Message("languages"))
    if facts:
        yield Message(
            "case {other} had other values of: {facts}; case {ref} keeps its own, please check them: "
            "kummi case show {ref}",
            other=other.ref,
            ref=case.ref,
            facts=tuple(facts),
        )
    if tasks := sorted(other.tasks.keys() - case.tasks.keys()):
        yield Message(
            "recorded in case {other} alone: {tasks}; case {ref} has them when they are recorded in it: "
            "kummi case record {ref} TASK --on DAY",
            other=other.ref,
            ref=case.ref,
            tasks=tuple(tasks),
        )


def _own_case(case: Case, other: Case) -> Message:
    return Message(
        "differs between {ref} and {other}; where one is wrong: kummi case correct; who came otherwise keeps an own "
        "case, since law and money go by it",
        ref=case.ref,
        other=other.ref,
    )


def _joining(context: Context, case: Case, rows: Sequence[Row], coming: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the new memberships of those who are not members already."""
    first = next_number(rows)
    new = [row for row in coming if not [each for each in same_person(row, rows) if each["left_on"] is None]]
    return [_membership(context, case.id, number, row, JoinedHow.MERGED) for number, row in enumerate(new, start=first)]


def _end_without_members(
    context: Context,
    connection: Connection,
    loaded: LoadedCase,
    left: tuple[MemberDigest, ...],
    outcome: Outcome,
    into: int,
) -> Case:
    """Close a case whose members all went on in another one, ``into``."""
    after = commit_event(context, connection, loaded, MemberLeft(counts_of_rows([]), left))
    persons = load_persons(context.store, connection, after.id)
    gone = LoadedCase.on(context.on, after, persons, loaded.programme)
    return commit_event(context, connection, gone, replace(steps.end(gone, outcome), into=into))


def _must_consent(loaded: LoadedCase) -> None:
    against = tuple(findings_against(consent_rules(index_of(loaded)), loaded))
    if against:
        raise RefusedError(
            Message("case {ref} is not transferred without the consent of the household", ref=loaded.case.ref), against
        )


def _leave_for(context: Context, connection: Connection, loaded: LoadedCase, place: str) -> Transferred:
    now = loaded.facts.get(MUNICIPALITY)
    if place != now:
        after = commit_event(context, connection, loaded, FactsChanged({MUNICIPALITY: (now, place)}))
        loaded = LoadedCase.on(context.on, after, loaded.persons, loaded.programme)
    doubt = doubt_about_place(place, loaded.programme)
    case = commit_event(context, connection, loaded, steps.end(loaded, Outcome.TRANSFERRED))
    return Transferred(case, warnings=(doubt,) if doubt else ())


def _place_to_leave_for(loaded: LoadedCase, name: str) -> str:
    """Return the key of a place in which the programme of a case does not take part. Raises InputError."""
    places = loaded.programme.places
    key = _read_place(name, loaded)
    if places.countrywide or key in places.takes_part:
        there = Message(
            "the programme is there too, so the case goes on: kummi case change {ref} municipality={place}",
            ref=loaded.case.ref,
            place=places.title(key),
        )
        raise InputError(Fault("TO", there))
    return key


_PROGRAMME_ID = re.compile(r"[a-z]{2}-[a-z0-9-]+")


def _read_place(name: str, loaded: LoadedCase) -> str:
    """Return the key of a place. What looks like a programme of any country is a mistyped one, and no place."""
    own = name.casefold().startswith(f"{loaded.case.country.casefold()}-")
    if own or (_PROGRAMME_ID.fullmatch(name) and not loaded.programme.places.is_known(name)):
        raise InputError(Fault("TO", Message("there is no such programme; kummi programme list shows them")))
    try:
        return str(value_of_fact(name, HOUSEHOLD_FACTS[MUNICIPALITY], loaded.programme))
    except ValueError as error:
        raise InputError(Fault("TO", message_of(error))) from None


def _must_take_over(entry: ProgrammeEntry, case: Case, on: date) -> None:
    if entry.country.code != case.country or entry.id == case.programme:
        raise InputError(Fault("TO", Message("expected another programme of the same country")))
    must_take_households(entry, on, rehearse=case.rehearsal)


def _hand_over(context: Context, connection: Connection, loaded: LoadedCase, entry: ProgrammeEntry) -> Transferred:
    case = loaded.case
    rows = load_person_rows(connection, case.id)
    coming = [row for row in rows if row["left_on"] is None]
    number = context.store.dialect.reserve_case_ids(connection, 1)[0]
    household = _household_of(case.of_day(context.on), coming, entry)
    left = let_go(context, connection, rows, [row["number"] for row in coming], LeftHow.TRANSFERRED)
    ended = _end_without_members(context, connection, loaded, left, Outcome.TRANSFERRED, number)
    came = {"joined_on": context.on, "joined_how": JoinedHow.TRANSFERRED.value}
    kept = tuple({"person_id": row["person_id"], "entered_on": row["entered_on"], **came} for row in coming)
    Admission(context, connection, entry, rehearse=case.rehearsal).admit(
        [NewHousehold(number, household, source=case.id, memberships=kept)]
    )
    return Transferred(ended, load_case(context.store, connection, number))


def _household_of(case: Case, rows: Sequence[Row], entry: ProgrammeEntry) -> Household:
    """Return a household as it is referred to another programme, with the own fields that both programmes have."""
    own = {field.id for field in entry.programme.fields}
    return Household(
        pathway=case.pathway,
        municipality=case.municipality,
        arrived=case.arrived,
        permit=Permit(held=case.permit_held, granted=case.permit_granted, expires=case.permit_expires),
        registered=case.registered,
        languages=case.languages,
        members=tuple(Member.model_validate({name: row[name] for name in Member.model_fields}) for row in rows),
        fields={name: value for name, value in case.fields.items() if name in own},
    )
