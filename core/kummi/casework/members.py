"""What is written down of the members of a household."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from kummi.casework.admission import member_digest, person_row
from kummi.casework.context import Context
from kummi.casework.household_validation import NOT_PLAIN, against_birth, is_plain
from kummi.casework.identity_numbers import never_given, warnings_for
from kummi.casework.value_reader import read_date
from kummi.errors import Fault, message_of
from kummi.message import Message
from kummi.model.case_events import MemberDigest
from kummi.model.household import MOST_MEMBERS, Member, counts_of
from kummi.model.loaded_case import LoadedCase
from kummi.model.vocabulary import Gender, MemberRole
from kummi.store.database import Connection
from kummi.store.persons import insert_persons, load_person_rows, replace_person

MEMBER = "member."
"""What the name of a fact of a member begins with: ``member.2.born``."""
_NUMBER = re.compile("[1-9][0-9]{0,2}")


def read_members(
    given: Mapping[str, str], loaded: LoadedCase, on: date
) -> tuple[dict[int, dict[str, Any]], list[Fault]]:
    """Read ``member.N.FACT`` values, checked one by one as a member of a household is."""
    people: dict[int, dict[str, Any]] = {}
    faults: list[Fault] = []
    named = [name for name in given if name.startswith(MEMBER)]
    last = max(loaded.case.size, *_numbers(named)) if named else loaded.case.size
    if last > MOST_MEMBERS:
        return {}, [Fault(f"member.{last}", Message("a household has at most {most} persons", most=MOST_MEMBERS))]
    for name in named:
        _, number, fact = [*name.split(".", 2), "", ""][:3]
        if not _NUMBER.fullmatch(number) or fact not in Member.model_fields:
            wanted = Message(
                "member.1 to member.{size}, then .role, .born, .gender, .name or .identity", size=loaded.case.size + 1
            )
            faults.append(
                Fault(
                    f"member.{number}" if _NUMBER.fullmatch(number) else "member",
                    Message("expected {wanted}", wanted=wanted),
                )
            )
            continue
        try:
            people.setdefault(int(number), {})[fact] = _member_fact(fact, given[name], loaded, on)
        except ValidationError as error:
            from kummi.catalogue.yaml.model_faults import said_of  # with the reader of YAML, which few commands need

            faults.append(Fault(name, said_of(Member, error)))
        except ValueError as error:
            faults.append(Fault(name, message_of(error)))
    faults += [
        Fault(f"member.{new}.role", Message("a new person needs a role: adult or child"))
        for new in range(loaded.case.size + 1, last + 1)
        if f"member.{new}.role" not in given
    ]
    return people, faults


def _numbers(names: list[str]) -> list[int]:
    parts = [name.split(".")[1] for name in names]
    return [int(part) for part in parts if _NUMBER.fullmatch(part)] or [0]


def _member_fact(fact: str, text: str, loaded: LoadedCase, on: date) -> Any:
    """Read one fact of a person; an empty text is not known. Raises ValueError that never repeats what was given."""
    if not text and fact == "role":
        raise ValueError(Message("expected adult or child"))
    if not text:
        return Gender.UNKNOWN if fact == "gender" else None
    if not is_plain(text):
        raise ValueError(NOT_PLAIN)
    if fact == "born":
        born = read_date(text, loaded.programme.country.date_forms)
        doubt = against_birth(born, on)
        if doubt:
            raise ValueError(doubt)
        return born
    never = never_given(loaded.programme.country.identifiers, text) if fact == "identity" else None
    if never:
        raise ValueError(never)
    return getattr(Member.model_validate({"role": MemberRole.ADULT} | {fact: text}), fact)


def save_members(
    context: Context, connection: Connection, loaded: LoadedCase, people: Mapping[int, Mapping[str, Any]]
) -> tuple[tuple[MemberDigest, ...], dict[str, Any]]:
    """Write changed and new persons; return what the event says of them: digests and counts, nothing personal."""
    rows = {row["number"]: row for row in load_person_rows(connection, loaded.case.id)}
    changed = []
    for number, facts in sorted(people.items()):
        before = rows.get(number)
        told = {name: getattr(value, "value", value) for name, value in facts.items()}
        if before is None:
            member = Member.model_validate(facts)
            row = person_row(context, loaded.case.id, loaded.programme.id, number, member, context.new_id())
            insert_persons(context.store, connection, [row])
        else:
            # A new salt with every change: an old digest must not help to guess the new row, or the other way round.
            row = before | told | {"salt": context.new_id(), "version": before["version"] + 1}
            replace_person(connection, before, row)
        rows[number] = row
        changed.append(member_digest(row))
    return tuple(changed), counts_of([row["role"] for row in rows.values()])


def doubts_of_members(loaded: LoadedCase, people: Mapping[int, Mapping[str, Any]], on: date) -> list[Message | str]:
    """Say what should be looked at again in identity numbers that were given."""
    found: list[Message | str] = []
    for position, facts in people.items():
        member = Member(role=MemberRole.ADULT, identity=facts.get("identity"))
        found += [
            line.replace("member 1", f"member {position}")
            for line in warnings_for(loaded.programme.country, (member,), on)
        ]
    return found
