"""Check what a referral says against what its programme knows, and bring it into the form that is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from unicodedata import category, normalize

from kummi.casework.identity_numbers import never_given
from kummi.casework.value_reader import called, choice_words, read_date, yes_no_words
from kummi.errors import Fault, did_you_mean, message_of, nearest, repeated
from kummi.message import Message
from kummi.model.dates import is_iso_date
from kummi.model.facts import Fact, FactType, FactValue
from kummi.model.household import Household
from kummi.model.text import Text

if TYPE_CHECKING:
    from kummi.model.places import Places
    from kummi.model.programme import CaseField
    from kummi.model.programme_entry import ProgrammeEntry

_LONGEST_PLACE = 80
_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


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
    if household.municipality and not is_plain(household.municipality):
        faults.append(Fault("municipality", NOT_PLAIN))
    return faults


def against_birth(born: date, on: date) -> Message | None:
    """Say what speaks against a date of birth on a business date, or return None."""
    if born > on:
        return Message("the date of birth lies after {on}", on=on)
    return Message("the person would be older than 130 years") if born.year < on.year - 130 else None


NOT_PLAIN = Message(
    "holds a character that is no part of a text, such as a control character, a line break in a name, or a mark that "
    "turns the direction of text; write it without"
)


def is_plain(text: str, *, lines: str = "") -> bool:
    """Whether a text is one line that can be kept and shown as it is; ``lines`` are the breaks and tabs it may hold.

    Control characters, halves of characters, line and paragraph separators and marks that turn the direction of what
    follows are refused; marks that letters of some languages need are not.
    """
    if text.isprintable():  # says so of almost every text, a hundred times faster
        return True
    return not any((category(each) in _NEVER or each in _TURNS) and each not in lines for each in text)


_NEVER = ("Cc", "Cs", "Zl", "Zp")
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


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
            where = f"fields.{name}" if nearest(name, declared) else "fields"
            faults.append(
                Fault(where, Message("the programme has no such field{hint}", hint=did_you_mean(name, declared)))
            )
            continue
        if value is None:
            continue
        try:
            values[name] = typed_value(value, field, entry)
        except ValueError as error:
            faults.append(Fault(f"fields.{name}", message_of(error)))
    return values, faults


def typed_value(value: Any, field: CaseField, entry: ProgrammeEntry) -> FactValue:
    """Read one value as its field declares it. Raises ValueError that says what was expected."""
    if field.type is FactType.PLACE:
        return _own_place(str(value), entry.places)
    return _typed(value, field.type, {choice.id: choice.title for choice in field.choices}, entry)


def core_value(value: Any, fact: Fact, entry: ProgrammeEntry) -> FactValue:
    """Read one value of a core fact by its type. Raises ValueError that says what was expected."""
    return _typed(value, fact.type, choice_words(fact, entry), entry)


def doubt_about_place(place: FactValue, entry: ProgrammeEntry) -> Message | None:
    """Say that a municipality is none that the plugin lists, which is taken as it is; None for one that is listed."""
    if not isinstance(place, str) or entry.places.is_known(place):
        return None
    return Message("the municipality is not on the plugin's list of places; taken as it is")


def _typed(value: Any, kind: FactType, choices: Mapping[str, Text], entry: ProgrammeEntry) -> FactValue:
    match kind:
        case FactType.YES_NO:
            return yes_no(value if isinstance(value, bool) else called(value, yes_no_words(entry)))
        case FactType.DATE:
            return read_date(value, entry.country.date_forms)
        case FactType.NUMBER:
            return whole_number(value)
        case FactType.PLACE:
            return place_name(str(value), entry.places)
        case FactType.CHOICE:
            return value if value in choices else one_of(called(value, choices), list(choices))


def _own_place(text: str, places: Places) -> str:
    """Read a place in a field of the programme's own: an event keeps no type, so there a date is only ever a date."""
    if is_iso_date(text.strip()):
        raise ValueError(Message("expected the name of a place, not a date"))
    return place_name(text, places)


def yes_no(value: Any) -> bool:
    """Read yes or no. Raises ValueError."""
    found = value if isinstance(value, bool) else _YES_NO.get(str(value).strip().casefold())
    if found is None:
        raise ValueError(Message("expected yes or no"))
    return found


def whole_number(value: Any) -> int:
    """Read a whole number that is not negative. Raises ValueError."""
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError(Message("expected a whole number"))
    return int(text)


def one_of(value: Any, allowed: list[str]) -> str:
    """Read one of the allowed words, in any case. Raises ValueError that names the nearest."""
    text = str(value).strip()
    for word in allowed:
        if word.casefold() == text.casefold():
            return word
    found = repeated(text, allowed).lstrip() or Message("what is given")
    raise ValueError(Message("{found} is not one of the choices{hint}", found=found, hint=did_you_mean(text, allowed)))


def place_name(text: str, places: Places) -> str:
    """Read a place in the form in which it is stored. Raises ValueError."""
    text = normalize("NFC", text)
    if not text.strip():
        raise ValueError(Message("expected the name of a place"))
    if len(text) > _LONGEST_PLACE:
        raise ValueError(Message("the name of a place has at most {most} characters", most=_LONGEST_PLACE))
    if not is_plain(text):
        raise ValueError(NOT_PLAIN)
    return places.key(text)
