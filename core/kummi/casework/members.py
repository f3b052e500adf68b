"""Members of a household: who joins and leaves, on which day and how, and what was written wrong of them."""

from __future__ import annotations

import re
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
from kummi.casework.value_reader import NOT_PLAIN, is_plain, read_date, value_of_fact
from kummi.errors import Fault, InputError, did_you_mean, message_of, nearest
from kummi.message import Message
from kummi.model.case import Case, LoadedCase, Person
from kummi.model.event_data import MemberDigest
from kummi.model.facts import MEMBER_FACTS, FactValue, counts_of
from kummi.model.household import MOST_MEMBERS, Member
from kummi.model.household_events import MemberJoined, MemberLeft
from kummi.model.vocabulary import Gender, JoinedHow, LeftHow, MemberRole
from kummi.store.database import Connection
from kummi.store.persons import insert_persons, live_cases_with_identities, load_person_rows, replace_person

MEMBER = "member."
"""What the name of a fact of a member begins with."""

Row = Mapping[str, Any]
"""The row of a membership."""

_JOINS = (JoinedHow.BORN, JoinedHow.ARRIVED, JoinedHow.JOINED)
_LEAVES = (LeftHow.MOVED_OUT, LeftHow.DIED, LeftHow.LEFT_COUNTRY)
_OWN_WAY = (JoinedHow.ARRIVED, JoinedHow.JOINED)
"""The ways of joining with which a person's own way through the programme begins; a child's is the household's."""
_DAYS = {"joined": "joined_on", "left": "left_on"}
_CORRECTED = (*Member.model_fields, "joined", "joined_how", "left", "left_how")
_NUMBER = re.compile("[1-9][0-9]{0,2}")
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
    return read_how(text, _LEAVES)


def must_be_able_to_leave(case: Case, rows: Sequence[Row], numbers: Sequence[int], on: date) -> None:
    """Refuse to let members go who are none on that day, and the last ones. Raises InputError, RefusedError."""
    known = {row["number"]: row for row in rows}
    faults = [fault for number in numbers if (fault := _against_leaving(known.get(number), number, case, on))]
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
    """Write that members leave on the business date; return how the event names their rows."""
    told = {"left_on": context.on, "left_how": how.value}
    return tuple(_replace(context, connection, row, told) for row in rows if row["number"] in numbers)


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
            values[name] = read_how(text, _JOINS) if name == "how" else _member_fact(name, text, loaded)
        except ValueError as error:
            faults.append(Fault(name, _said(error)))
    if "role" not in given:
        faults.append(Fault("role", Message("a new person needs a role: adult or child")))
    if "how" not in given:
        faults.append(Fault("how", Message("expected one of: {wanted}", wanted=", ".join(_JOINS))))
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
    found = doubts_of_members(loaded, {number: {"identity": identity}}, loaded.facts.on)
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
    row["entered_on"] = context.on if joining.how in _OWN_WAY else None
    return row | ({name: before[-1][name] for name in ("person_id", "entered_on")} if before else {})


def _against_leaving(row: Row | None, number: int, case: Case, on: date) -> Fault | None:
    where = Message("member {number}", number=number)
    if row is None:
        return Fault(where, Message("case {ref} has no such member; see: kummi case show {ref}", ref=case.ref))
    if row["left_how"] == LeftHow.SPLIT:
        settle = Message("kummi case merge makes one of the two cases")
        return Fault(where, Message("went on as a case of their own; {settle}", settle=settle))
    if row["left_on"] is not None:
        correct = Message("kummi case correct {ref} member.{number}.left=DATE", ref=case.ref, number=number)
        return Fault(
            where, Message("left on {day} already; if that is wrong: {correct}", day=row["left_on"], correct=correct)
        )
    if row["joined_on"] is not None and on <= row["joined_on"]:
        return Fault(where, Message("joined on {day}; somebody leaves on a later day", day=row["joined_on"]))
    return None


def read_members(
    given: Mapping[str, str], loaded: LoadedCase, on: date
) -> tuple[dict[int, dict[str, Any]], list[Fault]]:
    """Read corrections of members, ``member.N.FACT`` as typed.

    Returns the right values of columns by the number of the member, and every fault. ``joined`` and ``left`` are the
    days of the membership; without a day of joining it began with the household, without one of leaving it lasts.
    """
    people: dict[int, dict[str, Any]] = {}
    faults: list[Fault] = []
    known = {person.number: person for person in loaded.persons}
    for name in (each for each in given if each.startswith(MEMBER)):
        _, number, fact = [*name.split(".", 2), "", ""][:3]
        if not _NUMBER.fullmatch(number) or fact not in _CORRECTED:
            where = f"{MEMBER}{number}" if _NUMBER.fullmatch(number) else "member"
            faults.append(
                Fault(where, Message("expected member.N.FACT, of these facts: {facts}", facts=", ".join(_CORRECTED)))
            )
            continue
        if int(number) not in known:
            settle = Message("who comes is added: kummi case join {ref}", ref=loaded.case.ref)
            faults.append(Fault(f"{MEMBER}{number}", Message("there is no such member; {settle}", settle=settle)))
            continue
        try:
            people.setdefault(int(number), {})[_DAYS.get(fact, fact)] = _corrected_fact(fact, given[name], loaded)
        except ValueError as error:
            faults.append(Fault(name, _said(error)))
    if not faults:
        faults += [
            fault for number, told in people.items() for fault in _against_membership(known[number], told, loaded, on)
        ]
        people = {number: told | _that_follows(known[number], told) for number, told in people.items()}
        faults += _against_nobody(loaded, people)
    return people, faults


def _corrected_fact(fact: str, text: str, loaded: LoadedCase) -> Any:
    if fact in Member.model_fields:
        return _member_fact(fact, text, loaded)
    if not text:
        return None
    if fact in _DAYS:
        return read_date(text, loaded.programme.country.date_forms)
    return read_how(text, _JOINS) if fact == "joined_how" else read_how(text, _LEAVES)


def _against_membership(person: Person, told: Mapping[str, Any], loaded: LoadedCase, on: date) -> Iterator[Fault]:
    """Say why the days of a membership cannot be as they are told."""
    ref, opened_on, name = loaded.case.ref, loaded.case.opened_on, f"{MEMBER}{person.number}"
    joined, left = told.get("joined_on", person.joined_on), told.get("left_on", person.left_on)
    born = told.get("born", person.born)
    if "joined_how" in told and (joined is None) != (told["joined_how"] is None):
        yield Fault(f"{name}.joined_how", Message("goes with a day of joining: {name}.joined=DATE", name=name))
    if told.get("joined_on") and person.joined_on is None and "joined_how" not in told:
        yield Fault(f"{name}.joined", Message("say how too: {name}.joined_how=…", name=name))
    if "left_how" in told and (left is None) != (told["left_how"] is None):
        yield Fault(f"{name}.left_how", Message("goes with a day of leaving: {name}.left=DATE", name=name))
    if told.get("left_on") and person.left_on is None and left != joined:
        yield Fault(
            f"{name}.left",
            Message("has not left; who leaves: kummi case leave {ref} {number}", ref=ref, number=person.number),
        )
    if joined and joined < opened_on:
        yield Fault(
            f"{name}.joined",
            Message("the case was opened on {day}; who was there then has no day of joining", day=opened_on),
        )
    if born and joined and born > joined:
        yield Fault(f"{name}.born", Message("the date of birth lies after {on}", on=joined))
    if left and left < (joined or opened_on):
        yield Fault(f"{name}.left", Message("lies before the membership begins, {day}", day=joined or opened_on))
    for fact, column in _DAYS.items():
        if told.get(column) and told[column] > on:
            yield Fault(f"{name}.{fact}", Message("lies after the business date, {on}", on=on))


def _that_follows(person: Person, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a correction of the days of a membership brings with it."""
    follows: dict[str, Any] = {}
    if "joined_on" in told and told["joined_on"] is None:
        follows |= {"joined_how": None, "entered_on": None}
    elif "joined_how" in told:
        joined = told.get("joined_on", person.joined_on)
        follows["entered_on"] = joined if told["joined_how"] in _OWN_WAY else None
    elif "joined_on" in told and person.entered_on is not None and person.entered_on == person.joined_on:
        follows["entered_on"] = told["joined_on"]
    if "left_on" in told and told["left_on"] is None:
        follows["left_how"] = None
    return follows


def _against_nobody(loaded: LoadedCase, people: Mapping[int, Mapping[str, Any]]) -> Iterator[Fault]:
    left = [people.get(each.number, {}).get("left_on", each.left_on) for each in loaded.persons]
    if people and None not in left:
        yield Fault("member", Message("nobody would be left in case {ref}", ref=loaded.case.ref))


_LINKED_JOIN = (JoinedHow.SPLIT, JoinedHow.MERGED, JoinedHow.TRANSFERRED)
_LINKED_LEAVE = (LeftHow.SPLIT, LeftHow.MERGED, LeftHow.TRANSFERRED)


def _against_links(rows: Mapping[int, Row], people: Mapping[int, Mapping[str, Any]]) -> Iterator[Fault]:
    """Say which days cannot be corrected here alone, since a membership in another case begins or ends with them."""
    for number, told in people.items():
        row = rows[number]
        for fact, how, linked in (("joined", "joined_how", _LINKED_JOIN), ("left", "left_how", _LINKED_LEAVE)):
            if row[how] in linked and {f"{fact}_on", how} & told.keys():
                yield Fault(
                    f"{MEMBER}{number}.{fact}",
                    Message(
                        "is bound to a membership in another case and cannot be corrected in one of them; what was "
                        "split by mistake becomes one again: kummi case merge"
                    ),
                )


def _against_twice(rows: Mapping[int, Row], people: Mapping[int, Mapping[str, Any]]) -> Iterator[Fault]:
    """Say who would be a member of the household twice on one day."""
    after = {number: {**row, **people.get(number, {})} for number, row in rows.items()}
    for number in people:
        row = after[number]
        for other in after.values():
            if other["number"] != number and other["person_id"] == row["person_id"] and _meet(row, other):
                yield Fault(
                    f"{MEMBER}{number}",
                    Message("is member {other} too, and would be a member twice on one day", other=other["number"]),
                )


def _meet(one: Row, other: Row) -> bool:
    """Whether two memberships have a day in common."""
    return all(
        (first["joined_on"] or date.min) < (second["left_on"] or date.max)
        for first, second in ((one, other), (other, one))
    )


def last_day_of_membership(people: Mapping[int, Mapping[str, Any]]) -> date | None:
    """Return the newest day on which a corrected membership begins or ends; None where no such day is corrected."""
    days = [told[column] for told in people.values() for column in _DAYS.values() if told.get(column)]
    return max(days, default=None)


def save_members(
    context: Context, connection: Connection, loaded: LoadedCase, people: Mapping[int, Mapping[str, Any]]
) -> tuple[tuple[MemberDigest, ...], dict[str, FactValue]]:
    """Write corrected members; return what the event says of them: digests and counts, nothing personal.

    Raises InputError where a membership is bound to one of another case, or somebody would be a member twice.
    """
    rows = {row["number"]: row for row in load_person_rows(connection, loaded.case.id)}
    if faults := [*_against_links(rows, people), *_against_twice(rows, people)]:
        raise InputError(faults)
    changed = tuple(_replace(context, connection, rows[number], told) for number, told in sorted(people.items()))
    return changed, counts_of_rows([{**row, **people.get(number, {})} for number, row in rows.items()])


def _replace(context: Context, connection: Connection, row: Row, told: Mapping[str, Any]) -> MemberDigest:
    """Write a new version of a row, with a salt of its own: an old digest must not help to guess the new row."""
    values = {name: getattr(value, "value", value) for name, value in told.items()}
    after = {**row, **values, "salt": context.new_id(), "version": row["version"] + 1}
    replace_person(connection, row, after)
    return member_digest(after)


def _member_fact(fact: str, text: str, loaded: LoadedCase) -> Any:
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


def _said(error: ValueError) -> Message:
    if isinstance(error, ValidationError):
        from kummi.catalogue.yaml.model_faults import said_of  # with the reader of YAML, which few commands need

        return said_of(Member, error)
    return message_of(error)


def doubts_of_members(loaded: LoadedCase, people: Mapping[int, Mapping[str, Any]], on: date) -> list[Message]:
    """Say what should be looked at again in identity numbers that were given."""
    given = {number: Member(role=MemberRole.ADULT, identity=told.get("identity")) for number, told in people.items()}
    return warnings_for(loaded.programme.country, given, on)
