"""Record what was done and what is known: tasks, facts, assessments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from kummi.casework.admission import member_digest, person_row
from kummi.casework.assessment import decision_on_entry
from kummi.casework.commit import commit_event
from kummi.casework.context import Context, load, must_have_come, task_named, today
from kummi.casework.household_validation import (
    NOT_PLAIN,
    against_birth,
    core_value,
    is_plain,
    typed_fields,
)
from kummi.casework.identity_numbers import never_given, warnings_for
from kummi.casework.value_reader import read_date, read_languages
from kummi.errors import Fault, InputError, RefusedError, did_you_mean, message_of, nearest
from kummi.message import Message
from kummi.model.case import Case
from kummi.model.case_events import CaseAssessed, FactsSet, MemberDigest, TaskRecorded, TaskWithdrawn
from kummi.model.facts import HOUSEHOLD_FACTS, with_implied
from kummi.model.household import MOST_MEMBERS, Member, counts_of
from kummi.model.loaded_case import LoadedCase
from kummi.model.rule import Decision
from kummi.model.vocabulary import Gender, MemberRole
from kummi.store.database import Connection
from kummi.store.persons import insert_persons, load_person_rows, replace_person
from kummi.store.queries.history import data_after


@dataclass(frozen=True)
class Recorded:
    """A case after something was recorded, with what the coordinator should look at again."""

    case: Case
    warnings: tuple[Message | str, ...] = ()


def record_task(
    context: Context, ref: str, task_id: str, *, until: date | None = None, seen: int | None = None
) -> Recorded:
    """Record a task as done on the business date.

    ``until`` says how long what was shown is good; without it the task's own ``valid_for`` counts. What a later day
    showed stands: late news is kept beside it, with a warning. Raises NotFoundError for an unknown task, RefusedError
    on a closed case, InputError for a date before the case or in the future.
    """
    with context.writing() as connection:
        loaded = load(context, connection, ref, seen=seen)
        task = task_named(loaded, task_id)
        _must_be_open(loaded, Message("record {task}", task=task.id))
        _must_have_come(context, loaded)
        if until is not None and until < context.on:
            raise InputError(
                Message("--until {until} lies before the day the task was done, {on}", until=until, on=context.on)
            )
        good_until = until or (task.valid_for.after(context.on) if task.valid_for else None)
        case = commit_event(context, connection, loaded, TaskRecorded(task.id, good_until))
        return Recorded(case, _late(case, task.id, context.on))


def withdraw_task(context: Context, ref: str, task_id: str, *, seen: int | None = None) -> Recorded:
    """Take a recorded task back: a consent withdrawn, a record made by mistake. The events keep both.

    Of a day that has not come yet it counts at once, with a warning. A withdrawal before the day on which the task was
    done says nothing of it: InputError, but for a task that was recorded for a day in the future.
    """
    with context.writing() as connection:
        loaded = load(context, connection, ref, seen=seen)
        task = task_named(loaded, task_id)
        _must_be_open(loaded, Message("withdraw {task}", task=task.id))
        if task.id not in loaded.case.tasks:
            raise InputError(
                Message(
                    "task {id} of case {ref} is not recorded, so it cannot be withdrawn",
                    id=task.id,
                    ref=loaded.case.ref,
                )
            )
        done_on = loaded.case.tasks[task.id].on
        if context.on < done_on <= today(context):
            settle = Message("say --on {done_on} or a later day", done_on=done_on)
            raise InputError(
                Fault(
                    "--on",
                    Message(
                        "task {id} was done on {done_on}; it cannot be withdrawn before: {settle}",
                        id=task.id,
                        done_on=done_on,
                        settle=settle,
                    ),
                )
            )
        case = commit_event(context, connection, loaded, TaskWithdrawn(task.id))
        ahead = f"{context.on} has not come yet; {task.id} counts as withdrawn from now on"
        return Recorded(case, (ahead,) if context.on > today(context) else ())


def set_facts(context: Context, ref: str, given: Mapping[str, str], *, seen: int | None = None) -> Recorded:
    """Set facts of a case from ``FIELD=VALUE`` as typed: core facts, the programme's own, and members.

    A member's facts are ``member.2.born=2011-05-01``; the number after the last one adds a person. An empty value
    makes a fact unknown. Raises InputError with every fault.
    """
    with context.writing() as connection:
        loaded = load(context, connection, ref, seen=seen)
        _must_be_open(loaded, Message("set facts"))
        _must_have_come(context, loaded)
        facts, faults = _read_facts(given, loaded)
        people, more = _read_members(given, loaded, context.on)
        if not given:
            faults.append(Fault("", Message("nothing is given to be set; expected FIELD=VALUE")))
        faults += more or _against_permit(facts, loaded.case)
        faults += _set_later(connection, loaded, facts, people, context.on)
        if faults:
            raise InputError(faults)
        languages = tuple(facts.pop("languages")) if "languages" in facts else None
        members: tuple[MemberDigest, ...] = ()
        if people:
            members, counts = _save_members(context, connection, loaded, people)
            facts |= counts
        case = commit_event(context, connection, loaded, FactsSet(facts, languages, members))
        return Recorded(case, tuple(_doubts(loaded, given, people, context.on)))


def assess(context: Context, ref: str) -> tuple[Case, Decision]:
    """Decide a case's eligibility on the business date and keep the decision beside the earlier ones."""
    with context.writing() as connection:
        loaded = load(context, connection, ref)
        decision = decision_on_entry(loaded)
        findings = {finding.rule: finding.result.value for finding in decision.findings}
        plugin = str(loaded.programme.programme.origin)
        event = CaseAssessed(decision.outcome.value, decision.ruleset, plugin, findings)
        return commit_event(context, connection, loaded, event), decision


def _late(case: Case, task: str, on: date) -> tuple[Message, ...]:
    done_on = case.tasks[task].on
    if done_on <= on:
        return ()
    said = Message(
        "task {task} was done on {done_on} too, and that stands; to correct the day, withdraw it and record it",
        task=task,
        done_on=done_on,
    )
    return (said,)


def _must_have_come(context: Context, loaded: LoadedCase) -> None:
    """Refuse a day in the future; only a rehearsal may run ahead of the time."""
    if not loaded.case.rehearsal:
        must_have_come(context)


def _must_be_open(loaded: LoadedCase, action: Message) -> None:
    if not loaded.case.is_open:
        raise RefusedError(
            Message(
                "case {ref} is closed, so nobody can {action}; reopen it first: case reopen {ref}",
                ref=loaded.case.ref,
                action=action,
            )
        )


_NUMBER = re.compile("[1-9][0-9]{0,2}")
_SETTABLE = {fact.name: fact for fact in HOUSEHOLD_FACTS.values() if fact.entered}


def _read_facts(given: Mapping[str, str], loaded: LoadedCase) -> tuple[dict[str, Any], list[Fault]]:
    """Read core facts and the programme's own, each by its type; ``fields.`` may be left out."""
    own = {field.id for field in loaded.programme.programme.fields}
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for number, (name, text) in enumerate(given.items(), start=1):
        if name.startswith("member."):
            continue
        plain = name.removeprefix("fields.")
        try:
            if plain in own:
                found, wrong = typed_fields({plain: text or None}, loaded.programme)
                faults += [Fault(name, Message("is given twice"))] if f"fields.{plain}" in values else wrong
                values[f"fields.{plain}"] = found.get(plain)
            else:
                values[name] = _core_fact(name, text, loaded, own)
        except ValueError as error:
            may_be_repeated = nearest(name, [*_facts_that_can_be_set(own), *(f"fields.{each}" for each in own)])
            faults.append(Fault(name if may_be_repeated else f"fact {number}", str(error)))
    return with_implied(values), faults


def _core_fact(name: str, text: str, loaded: LoadedCase, own: set[str]) -> Any:
    if name == "languages":
        return list(read_languages(text))
    fact = _SETTABLE.get(name)
    if fact is None:
        raise ValueError(Message("no such fact can be set{hint}", hint=did_you_mean(name, _facts_that_can_be_set(own))))
    if not text and not fact.required:
        return None
    return core_value(text, fact, loaded.programme)


def _facts_that_can_be_set(own: set[str]) -> list[str]:
    return [*_SETTABLE, "languages", *own, "member.1.born", "member.1.gender"]


def _against_permit(values: Mapping[str, Any], case: Case) -> list[Fault]:
    """Say where what is set and what is known already contradict each other, as ``Permit`` does for a referral."""
    granted = values.get("permit.granted", case.permit_granted)
    expires = values.get("permit.expires", case.permit_expires)
    faults = []
    if granted and values.get("permit.held", case.permit_held) is False:
        faults.append(
            Fault(
                "permit.held",
                Message("a permit granted on {granted} is held; clear permit.granted= too", granted=granted),
            )
        )
    if granted and expires and expires < granted:
        faults.append(Fault("permit.expires", Message("the permit expires before it was granted")))
    return faults


def _set_later(
    connection: Connection, loaded: LoadedCase, facts: Mapping[str, Any], people: Mapping[int, Any], on: date
) -> list[Fault]:
    """Say which of these facts are known of a later day already: late news must not take their place."""
    later: dict[str, date] = {}
    for happened_on, data in data_after(connection, loaded.case.stream, FactsSet.kind, on):
        for name in (*data, *(f"member.{each['number']}" for each in data.get("members", ()))):
            later[name] = max(happened_on, later.get(name, happened_on))
    given = [*facts, *(f"member.{number}" for number in people)]
    return [
        Fault(name, Message("was set on {later}; what held on {on} is not kept", later=later[name], on=on))
        for name in given
        if name in later
    ]


def _read_members(
    given: Mapping[str, str], loaded: LoadedCase, on: date
) -> tuple[dict[int, dict[str, Any]], list[Fault]]:
    """Read ``member.N.FACT`` values, checked one by one as a member of a household is."""
    people: dict[int, dict[str, Any]] = {}
    faults: list[Fault] = []
    named = [name for name in given if name.startswith("member.")]
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


def _save_members(
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


def _doubts(
    loaded: LoadedCase, given: Mapping[str, str], people: Mapping[int, Mapping[str, Any]], on: date
) -> list[str]:
    found = []
    for position, facts in people.items():
        member = Member(role=MemberRole.ADULT, identity=facts.get("identity"))
        found += [
            line.replace("member 1", f"member {position}")
            for line in warnings_for(loaded.programme.country, (member,), on)
        ]
    place = given.get("municipality")
    if place and not loaded.programme.places.is_known(place):
        found.append("the municipality is not on the plugin's list of places; taken as it is")
    return found
