"""Check what a referral says against what its programme knows, and bring it into the form that is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from kummi.casework.identity_numbers import never_given
from kummi.casework.value_reader import NOT_PLAIN, LanguageReader, is_plain, value_of_fact, value_of_field
from kummi.errors import Fault, did_you_mean, message_of, nearest
from kummi.message import Message
from kummi.model.facts import FIELD, HOUSEHOLD_FACTS, MEMBER_FACTS, MUNICIPALITY, Fact, FactValue
from kummi.model.household import Household

if TYPE_CHECKING:
    from kummi.model.programme import ProgrammeEntry


def faults_in(household: Household, entry: ProgrammeEntry, on: date) -> list[Fault]:
    """Return everything in a household that its programme cannot take; empty when all is well."""
    _, faults = typed_fields(household.fields, entry)
    for number, member in enumerate(household.members, start=1):
        doubt = member.born and against_birth(member.born, on)
        if doubt:
            faults.append(Fault(Message("member {number}, born", number=number), doubt))
        faults += [
            Fault(Message("member {number}, {name}", number=number, name=name), NOT_PLAIN)
            for name, text in (("name", member.name), ("identity", member.identity))
            if text and not is_plain(text)
        ]
        never = member.identity and never_given(entry.country.identifiers, member.identity)
        if never:
            faults.append(Fault(Message("member {number}, identity", number=number), never))
    if household.municipality:
        try:
            value_of_fact(household.municipality, HOUSEHOLD_FACTS[MUNICIPALITY], entry)
        except ValueError as error:
            faults.append(Fault(MUNICIPALITY, message_of(error)))
    return faults


def in_plain_values(told: Any, entry: ProgrammeEntry) -> Any:
    """Return a household as a file has it with its texts read as people write them in the programme's country.

    What cannot be read, or is no household at all, stays as it is: the model of the household says what it expected.
    """
    if not isinstance(told, dict):
        return told
    read = {name: _plain_group(name, value, entry) for name, value in told.items()}
    if isinstance(told.get("members"), list):
        read["members"] = [
            {name: _plain(value, MEMBER_FACTS.get(name), entry) for name, value in each.items()}
            if isinstance(each, dict)
            else each
            for each in told["members"]
        ]
    return read


def _plain_group(name: str, value: Any, entry: ProgrammeEntry) -> Any:
    if name == "languages":
        return _plain_languages(value, entry)
    if isinstance(value, dict):  # what stands together in a file, such as all of the permit
        return {key: _plain(inner, HOUSEHOLD_FACTS.get(f"{name}.{key}"), entry) for key, inner in value.items()}
    return _plain(value, HOUSEHOLD_FACTS.get(name), entry)


def _plain(value: Any, fact: Fact | None, entry: ProgrammeEntry) -> Any:
    if fact is None or not isinstance(value, str):
        return value
    try:
        return value_of_fact(value, fact, entry)
    except ValueError:
        return value


def _plain_languages(value: Any, entry: ProgrammeEntry) -> Any:
    read = LanguageReader(entry)
    given = value if isinstance(value, list) else [value]
    try:
        return [code for each in given for code in (read(each) if isinstance(each, str) else [each])]
    except ValueError:
        return value


def against_birth(born: date, on: date) -> Message | None:
    """Say what speaks against a date of birth on a business date, or return None."""
    if born > on:
        return Message("the date of birth lies after {on}", on=on)
    return Message("the person would be older than 130 years") if born.year < on.year - 130 else None


def typed_fields(given: Mapping[str, Any], entry: ProgrammeEntry) -> tuple[dict[str, FactValue], list[Fault]]:
    """Read a programme's own fields by their declared types.

    Returns the values that are known and could be read, and a fault for each that could not.
    """
    declared = {field.id: field for field in entry.programme.fields}
    values: dict[str, FactValue] = {}
    faults: list[Fault] = []
    for name, value in given.items():
        field = declared.get(name)
        if field is None:
            where = f"{FIELD}{name}" if nearest(name, declared) else "fields"
            faults.append(
                Fault(where, Message("the programme has no such field{hint}", hint=did_you_mean(name, declared)))
            )
            continue
        if value is None:
            continue
        try:
            values[name] = value_of_field(value, field, entry)
        except ValueError as error:
            faults.append(Fault(f"{FIELD}{name}", message_of(error)))
    return values, faults


def doubt_about_place(place: FactValue, entry: ProgrammeEntry) -> Message | None:
    """Say that a municipality is none that the plugin lists, which is taken as it is; None for one that is listed."""
    if not isinstance(place, str) or entry.places.is_known(place):
        return None
    return Message("the municipality is not on the plugin's list of places; taken as it is")
