"""What was written wrong of the members of a household: what is known of a person, and the days of the membership."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from kummi.casework.context import Context
from kummi.casework.members import (
    JOINS,
    LEAVES,
    OWN_WAY,
    Row,
    counts_of_rows,
    read_how,
    read_member_fact,
    replace_member,
    said_of_member,
)
from kummi.casework.value_reader import read_date
from kummi.errors import Fault, InputError
from kummi.message import Message
from kummi.model.case import LoadedCase, Person
from kummi.model.event_data import MemberDigest
from kummi.model.facts import FactValue
from kummi.model.household import Member
from kummi.model.vocabulary import LINKED
from kummi.store.database import Connection
from kummi.store.persons import load_person_rows

MEMBER = "member."
"""What the name of a fact of a member begins with."""

_DAYS = {"joined": "joined_on", "left": "left_on"}
_CORRECTED = (*Member.model_fields, "joined", "joined_how", "left", "left_how")
_NUMBER = re.compile("[1-9][0-9]{0,2}")


def read_member_corrections(
    given: Mapping[str, str], loaded: LoadedCase
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
            faults.append(Fault(name, said_of_member(error)))
    if not faults:
        faults += [
            fault for number, told in people.items() for fault in _against_membership(known[number], told, loaded)
        ]
        people = {number: told | _that_follows(known[number], told) for number, told in people.items()}
        faults += _against_nobody(loaded, people)
    return people, faults


def _corrected_fact(fact: str, text: str, loaded: LoadedCase) -> Any:
    if fact in Member.model_fields:
        return read_member_fact(fact, text, loaded)
    if not text:
        return None
    if fact in _DAYS:
        return read_date(text, loaded.programme.country.date_forms)
    return read_how(text, JOINS) if fact == "joined_how" else read_how(text, LEAVES)


def _against_membership(person: Person, told: Mapping[str, Any], loaded: LoadedCase) -> Iterator[Fault]:
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
        if told.get(column) and told[column] > loaded.facts.on:
            yield Fault(f"{name}.{fact}", Message("lies after the business date, {on}", on=loaded.facts.on))


def _that_follows(person: Person, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a correction of the days of a membership brings with it."""
    follows: dict[str, Any] = {}
    if "joined_on" in told and told["joined_on"] is None:
        follows |= {"joined_how": None, "entered_on": None}
    elif "joined_how" in told:
        joined = told.get("joined_on", person.joined_on)
        follows["entered_on"] = joined if told["joined_how"] in OWN_WAY else None
    elif "joined_on" in told and person.entered_on is not None and person.entered_on == person.joined_on:
        follows["entered_on"] = told["joined_on"]
    if "left_on" in told and told["left_on"] is None:
        follows["left_how"] = None
    return follows


def _against_nobody(loaded: LoadedCase, people: Mapping[int, Mapping[str, Any]]) -> Iterator[Fault]:
    left = [people.get(each.number, {}).get("left_on", each.left_on) for each in loaded.persons]
    if people and None not in left:
        yield Fault("member", Message("nobody would be left in case {ref}", ref=loaded.case.ref))


def _against_links(rows: Mapping[int, Row], people: Mapping[int, Mapping[str, Any]]) -> Iterator[Fault]:
    """Say which days cannot be corrected here alone, since a membership in another case begins or ends with them."""
    for number, told in people.items():
        row = rows[number]
        for fact, how in (("joined", "joined_how"), ("left", "left_how")):
            if row[how] in LINKED and {f"{fact}_on", how} & told.keys():
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


def save_corrected_members(
    context: Context, connection: Connection, loaded: LoadedCase, people: Mapping[int, Mapping[str, Any]]
) -> tuple[tuple[MemberDigest, ...], dict[str, FactValue]]:
    """Write corrected members; return what the event says of them: digests and counts, nothing personal.

    Raises InputError where a membership is bound to one of another case, or somebody would be a member twice.
    """
    rows = {row["number"]: row for row in load_person_rows(connection, loaded.case.id)}
    if faults := [*_against_links(rows, people), *_against_twice(rows, people)]:
        raise InputError(faults)
    changed = tuple(replace_member(context, connection, rows[number], told) for number, told in sorted(people.items()))
    return changed, counts_of_rows([{**row, **people.get(number, {})} for number, row in rows.items()])
