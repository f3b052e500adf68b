"""Members of a household: who joins and leaves, on which day and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from kummi.casework.commit import commit_event
from kummi.casework.context import Context
from kummi.casework.duplicates import named_and_withheld
from kummi.casework.household_validation import against_birth
from kummi.casework.identity_numbers import never_given, warnings_for
from kummi.casework.opening import member_digest, person_row
from kummi.casework.recording import Recorded, load_to_change
from kummi.casework.value_reader import NOT_PLAIN, is_plain, value_of_fact
from kummi.errors import Fault, InputError, did_you_mean, message_of, nearest
from kummi.message import Message
from kummi.model.case import Case, LoadedCase
from kummi.model.event_data import MemberDigest
from kummi.model.facts import MEMBER_FACTS, FactValue, counts_of
from kummi.model.household import MOST_MEMBERS, Member
from kummi.model.household_events import MemberJoined, MemberLeft
from kummi.model.vocabulary import Gender, JoinedHow, LeftHow, MemberRole
from kummi.store.database import Connection
from kummi.store.persons import insert_persons, live_cases_with_identities, load_person_rows, replace_person

Row = Mapping[str, Any]
"""The row of a membership."""

JOINS = (JoinedHow.BORN, JoinedHow.ARRIVED, JoinedHow.JOINED)
"""The ways in which people say that somebody joins; others come of what is done with cases."""
LEAVES = (LeftHow.MOVED_OUT, LeftHow.DIED, LeftHow.LEFT_COUNTRY)
"""The ways in which people say that somebody leaves."""
OWN_WAY = (JoinedHow.ARRIVED, JoinedHow.JOINED)
"""The ways of joining with which a person's own way through the programme begins; a child's is the household's."""
_How = TypeVar("_How", bound=StrEnum)


def join(context: Context, ref: str, given: Mapping[str, str], *, seen: int | None = None) -> Recorded:
    """Write down that somebody is a member of a household from the business date on.

    ``given`` is what is known of the person, as typed: ``role``, ``born``, ``gender``, ``name``, ``identity``, and
    ``how``: born, arrived or joined. Who was a member before is known again by the identity number, or by name and
    date of birth. Raises InputError with every fault, RefusedError on a closed case.
    """
    with context.writing() as connection:
        loaded = load_to_change(context, connection, ref, Message("add a member"), seen=seen)
        rows = load_person_rows(connection, loaded.case.id)
        joining, faults = _read_joining(given, loaded)
        if joining is None:
            raise InputError(faults)
        if found := list(_against_joining(joining, rows, context.on)):
            raise InputError(found)
        warnings = _doubts_of_joining(connection, loaded, joining)
        row = _row_of_joining(context, loaded, joining, rows)
        insert_persons(context.store, connection, [row])
        event = MemberJoined(counts_of_rows([*rows, row]), (member_digest(row),))
        return Recorded(commit_event(context, connection, loaded, event), warnings)


def leave(context: Context, ref: str, number: int, how: LeftHow, *, seen: int | None = None) -> Recorded:
    """Write down that somebody is not a member of a household any more from the business date on.

    Raises InputError where there is no such member on that day, RefusedError for the last one and on a closed case.
    """
    with context.writing() as connection:
        loaded = load_to_change(context, connection, ref, Message("let a member go"), seen=seen)
        rows = load_person_rows(connection, loaded.case.id)
        must_be_able_to_leave(loaded.case, rows, [number], context.on)
        changed = let_go(context, connection, rows, [number], how)
        event = MemberLeft(counts_of_rows([row for row in rows if row["number"] != number]), changed)
        return Recorded(commit_event(context, connection, loaded, event))


def read_how(text: str, choices: Sequence[_How]) -> _How:
    """Read one of the ways of joining or leaving. Raises ValueError that names them."""
    found = next((each for each in choices if each == text.strip().casefold()), None)
    if found is None:
        raise ValueError(Message("expected one of: {wanted}", wanted=tuple(choices)))
    return found


def read_left_how(text: str) -> LeftHow:
    """Read how somebody leaves. Raises ValueError that names the choices."""
    return read_how(text, LEAVES)


def must_be_able_to_leave(case: Case, rows: Sequence[Row], numbers: Sequence[int], on: date) -> None:
    """Refuse to let members go who are none on that day, and the last ones. Raises InputError, RefusedError."""
    faults = [fault for number in numbers if (fault := _against_leaving(rows, number, case, on))]
    if faults:
        raise InputError(faults)
    if not [row for row in rows if row["left_on"] is None and row["number"] not in numbers]:
        settle = Message("a household that is gone has no case: kummi case close {ref} OUTCOME", ref=case.ref)
        raise InputError(
            Fault("MEMBER", Message("nobody would be left in case {ref}; {settle}", ref=case.ref, settle=settle))
        )


def let_go(
    context: Context, connection: Connection, rows: Sequence[Row], numbers: Sequence[int], how: LeftHow
) -> tuple[MemberDigest, ...]:
    """Write that members leave on the business date; return how the event names their rows.

    Raises InputError for a day before one of them joined.
    """
    leaving = [row for row in rows if row["number"] in numbers]
    if early := [row for row in leaving if row["joined_on"] is not None and context.on < row["joined_on"]]:
        raise InputError([_came_later(row) for row in early])
    told = {"left_on": context.on, "left_how": how.value}
    return tuple(replace_member(context, connection, row, told) for row in leaving)


def counts_of_rows(rows: Sequence[Row]) -> dict[str, FactValue]:
    """Return the facts that count those who are members after everything that is recorded."""
    return counts_of([MemberRole(row["role"]) for row in rows if row["left_on"] is None])


def next_number(rows: Sequence[Row]) -> int:
    """Return the number of the next member: one that nobody of the household ever had."""
    return max((row["number"] for row in rows), default=0) + 1


@dataclass(frozen=True)
class _Joining:
    """Who joins, and how."""

    member: Member
    how: JoinedHow


def _read_joining(given: Mapping[str, str], loaded: LoadedCase) -> tuple[_Joining | None, list[Fault]]:
    """Read who joins; None, and every fault, where something is wrong."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    known = (*Member.model_fields, "how")
    for position, (name, text) in enumerate(given.items(), start=1):
        if name not in known:
            where = name if nearest(name, known) else Message("fact {number}", number=position)
            faults.append(
                Fault(
                    where,
                    Message("expected one of {known}{hint}", known=", ".join(known), hint=did_you_mean(name, known)),
                )
            )
            continue
        try:
            values[name] = read_how(text, JOINS) if name == "how" else read_member_fact(name, text, loaded)
        except ValueError as error:
            faults.append(Fault(name, said_of_member(error)))
    if "role" not in given:
        faults.append(Fault("role", Message("a new person needs a role: adult or child")))
    if "how" not in given:
        faults.append(Fault("how", Message("expected one of: {wanted}", wanted=", ".join(JOINS))))
    if faults:
        return None, faults
    how = values.pop("how")
    if how is JoinedHow.BORN:
        values.setdefault("born", loaded.facts.on)
    return _Joining(Member.model_validate(values), how), []


def _against_joining(joining: _Joining, rows: Sequence[Row], on: date) -> Iterator[Fault]:
    if sum(row["left_on"] is None for row in rows) >= MOST_MEMBERS:
        yield Fault("role", Message("a household has at most {most} persons", most=MOST_MEMBERS))
    if joining.how is JoinedHow.BORN and joining.member.born != on:
        yield Fault("born", Message("somebody who is born joins on the day of birth: born= and --on are one day"))
    for row in same_person(_identifying(joining.member), rows):
        number, left_on = row["number"], row["left_on"]
        if left_on is None:
            yield Fault("identity", Message("this is member {number} already; nobody joins twice", number=number))
        elif row["left_how"] == LeftHow.SPLIT:
            settle = Message("kummi case merge makes one of the two cases")
            yield Fault("identity", Message("went on as a case of their own; {settle}", settle=settle))
        elif on < left_on:
            yield Fault(
                "--on", Message("this is member {number}, who left on {left_on}", number=number, left_on=left_on)
            )


def same_person(known: Mapping[str, Any], rows: Sequence[Row]) -> list[Row]:
    """Return the memberships, past and present, of a person: by the id, the identity number, or name and birth."""
    person_id, identity, name, born = (known.get(each) for each in ("person_id", "identity", "name", "born"))
    return [
        row
        for row in rows
        if (person_id and row["person_id"] == person_id)
        or (identity and row["identity"] == identity)
        or (name and born and (row["name"], row["born"]) == (name, born))
    ]


def _identifying(member: Member) -> Mapping[str, Any]:
    return {"identity": member.identity, "name": member.name, "born": member.born}


def _doubts_of_joining(connection: Connection, loaded: LoadedCase, joining: _Joining) -> tuple[Message, ...]:
    identity = joining.member.identity
    if identity is None:
        return ()
    number = max(person.number for person in loaded.persons) + 1
    found = doubts_of_members(loaded, {number: {"identity": identity}})
    others = live_cases_with_identities(connection, [identity], 5)
    others.pop(loaded.case.id, None)
    refs, withheld = named_and_withheld(connection, others)
    if refs:
        found.append(Message("this may be a person of another case: {refs}; look before you go on", refs=refs))
    return (*found, *withheld)


def _row_of_joining(context: Context, loaded: LoadedCase, joining: _Joining, rows: Sequence[Row]) -> dict[str, Any]:
    case, before = loaded.case, same_person(_identifying(joining.member), rows)
    row = person_row(context, case.id, case.programme, next_number(rows), joining.member, context.new_id())
    row |= {"joined_on": context.on, "joined_how": joining.how.value}
    row["entered_on"] = context.on if joining.how in OWN_WAY else None
    return row | ({name: before[-1][name] for name in ("person_id", "entered_on")} if before else {})


def _against_leaving(rows: Sequence[Row], number: int, case: Case, on: date) -> Fault | None:
    where = Message("member {number}", number=number)
    row = next((row for row in rows if row["number"] == number), None)
    if row is None:
        return Fault(where, Message("case {ref} has no such member; see: kummi case show {ref}", ref=case.ref))
    if row["left_on"] is not None:
        for other in rows:
            if other["person_id"] == row["person_id"] and other["left_on"] is None:
                return Fault(where, Message("is member {number} again", number=other["number"]))
    if row["left_how"] == LeftHow.SPLIT:
        settle = Message("kummi case merge makes one of the two cases")
        return Fault(where, Message("went on as a case of their own; {settle}", settle=settle))
    if row["left_on"] is not None:
        correct = Message("kummi case correct {ref} member.{number}.left=DATE", ref=case.ref, number=number)
        return Fault(
            where, Message("left on {day} already; if that is wrong: {correct}", day=row["left_on"], correct=correct)
        )
    return _came_later(row) if row["joined_on"] is not None and on <= row["joined_on"] else None


def _came_later(row: Row) -> Fault:
    said = Message("joined on {day}; somebody leaves on a later day", day=row["joined_on"])
    return Fault(Message("member {number}", number=row["number"]), said)


def replace_member(context: Context, connection: Connection, row: Row, told: Mapping[str, Any]) -> MemberDigest:
    """Write a new version of a row, with a salt of its own: an old digest must not help to guess the new row."""
    values = {name: getattr(value, "value", value) for name, value in told.items()}
    after = {**row, **values, "salt": context.new_id(), "version": row["version"] + 1}
    replace_person(connection, row, after)
    return member_digest(after)


def read_member_fact(fact: str, text: str, loaded: LoadedCase) -> Any:
    """Read one fact of a person; an empty text is not known. Raises ValueError that never repeats what was given."""
    if not text and fact == "role":
        raise ValueError(Message("expected adult or child"))
    if not text:
        return Gender.UNKNOWN if fact == "gender" else None
    if not is_plain(text):
        raise ValueError(NOT_PLAIN)
    if fact in MEMBER_FACTS:
        value = value_of_fact(text, MEMBER_FACTS[fact], loaded.programme)
        if isinstance(value, date) and (doubt := against_birth(value, loaded.facts.on)):
            raise ValueError(doubt)
        return value
    if fact == "identity" and (never := never_given(loaded.programme.country.identifiers, text)):
        raise ValueError(never)
    return getattr(Member.model_validate({"role": MemberRole.ADULT} | {fact: text}), fact)


def said_of_member(error: ValueError) -> Message:
    """Say what is wrong with a fact of a member, from the error of its reader or of the model."""
    if isinstance(error, ValidationError):
        from kummi.catalogue.yaml.model_faults import said_of  # with the reader of YAML, which few commands need

        return said_of(Member, error)
    return message_of(error)


def doubts_of_members(loaded: LoadedCase, people: Mapping[int, Mapping[str, Any]]) -> list[Message]:
    """Say what should be looked at again in identity numbers that were given."""
    given = {number: Member(role=MemberRole.ADULT, identity=told.get("identity")) for number, told in people.items()}
    return warnings_for(loaded.programme.country, given, loaded.facts.on)
