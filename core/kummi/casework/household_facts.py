"""Check what a referral says against what its programme knows, and bring it into the form that is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from kummi.errors import Fault, did_you_mean
from kummi.model.facts import FactType, FactValue
from kummi.model.household import Household

if TYPE_CHECKING:
    from kummi.catalogue.catalogue import ProgrammeEntry
    from kummi.model.programme import CaseField

_YES_NO = {"true": True, "yes": True, "false": False, "no": False}


def faults_in(household: Household, entry: ProgrammeEntry, on: date) -> list[Fault]:
    """Return everything in a household that its programme cannot take; empty when all is well."""
    _, faults = typed_fields(household.fields, entry)
    for number, member in enumerate(household.members, start=1):
        if member.born and member.born > on:
            faults.append(Fault(f"member {number}, born", f"the date of birth lies after {on}"))
        if member.born and member.born.year < on.year - 130:
            faults.append(Fault(f"member {number}, born", "the person would be older than 130 years"))
    return faults


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
            faults.append(Fault(f"fields.{name}", f"the programme has no such field{did_you_mean(name, declared)}"))
            continue
        if value is None:
            continue
        try:
            values[name] = typed_value(value, field, entry)
        except ValueError as error:
            faults.append(Fault(f"fields.{name}", str(error)))
    return values, faults


def typed_value(value: Any, field: CaseField, entry: ProgrammeEntry) -> FactValue:
    """Read one value as its field declares it. Raises ValueError that says what was expected."""
    match field.type:
        case FactType.YES_NO:
            return yes_no(value)
        case FactType.DATE:
            return as_date(value)
        case FactType.NUMBER:
            return whole_number(value)
        case FactType.PLACE:
            return entry.places.key(str(value))
        case FactType.CHOICE:
            return one_of(value, [choice.id for choice in field.choices])


def yes_no(value: Any) -> bool:
    """Read yes or no. Raises ValueError."""
    found = value if isinstance(value, bool) else _YES_NO.get(str(value).strip().casefold())
    if found is None:
        raise ValueError("expected yes or no")
    return found


def as_date(value: Any) -> date:
    """Read an ISO date. Raises ValueError."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError("expected a date like 2024-03-01") from None


def whole_number(value: Any) -> int:
    """Read a whole number that is not negative. Raises ValueError."""
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError("expected a whole number")
    return int(text)


def one_of(value: Any, allowed: list[str]) -> str:
    """Read one of the allowed words, in any case. Raises ValueError that names the nearest."""
    text = str(value).strip()
    for word in allowed:
        if word.casefold() == text.casefold():
            return word
    raise ValueError(f"'{text}' is not one of the choices{did_you_mean(text, allowed)}")
