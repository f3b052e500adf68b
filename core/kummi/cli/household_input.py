"""The household of a new case: read from a file, or asked for one question at a time.

Each question shows the allowed answers, and is asked again after an answer that cannot be.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from pydantic import BaseModel, TypeAdapter, ValidationError

from kummi.casework.household_validation import against_birth, in_plain_values
from kummi.casework.identity_numbers import never_given
from kummi.casework.value_reader import (
    NOT_PLAIN,
    ChoiceReader,
    LanguageReader,
    choice_words,
    is_plain,
    read_date,
    value_of_fact,
    value_of_field,
    whole_number,
)  # fmt: skip
from kummi.catalogue.yaml.model_faults import said_of
from kummi.cli.app import App
from kummi.errors import Fault, InputError, message_of
from kummi.i18n.translator import Translator
from kummi.message import Message, alternatives
from kummi.model.facts import FIELD, HOUSEHOLD_FACTS, MEMBER_FACTS, Fact, FactType
from kummi.model.household import MOST_MEMBERS, Household, Member
from kummi.model.text import Text
from kummi.model.vocabulary import Gender, MemberRole

if TYPE_CHECKING:
    from datetime import date

    from kummi.model.programme import ProgrammeEntry

T = TypeVar("T")

_ASKED = tuple(fact for fact in HOUSEHOLD_FACTS.values() if fact.entered and not fact.implied_by)


def ask_household(app: App, entry: ProgrammeEntry) -> Household:
    """Ask a person at a terminal. In a pipe, raises InputError that says what is missing."""
    if not sys.stdin.isatty():
        raise InputError(_missing(entry))
    click.echo(
        app.say(Message("An empty answer means: not known yet. Stop with Ctrl-C; nothing is kept until the end.")),
        err=True,
    )
    translator = app.translator(entry)
    data: dict[str, Any] = {
        **_ask_facts(translator, entry),
        "languages": _ask(translator, translator.gettext("Languages, as in: Arabic, so"), LanguageReader(entry)) or (),
        "fields": _ask_fields(app, entry),
        "members": _ask_members(app, entry),
    }
    return Household.model_validate(data)


def _missing(entry: ProgrammeEntry) -> list[Fault]:
    core = [fact.name for fact in _ASKED if not fact.required]
    known = (*core, *(f"{FIELD}{field.id}" for field in entry.programme.fields))
    must = [
        Fault(fact.name, Message("is missing; one of {choices}", choices=tuple(fact.choices)))
        for fact in _ASKED
        if fact.required
    ]
    return [
        Fault("--from", Message("nobody is here to ask; give a YAML or JSON file with the household")),
        *must,
        Fault(
            "members",
            Message(
                "is missing; for each person role ({roles}), and as known born, gender",
                roles=alternatives(*MemberRole),
            ),
        ),
        Fault(Message("as far as known"), Message("{names}", names=known)),
    ]


def _ask_facts(translator: Translator, entry: ProgrammeEntry) -> dict[str, Any]:
    """Ask for what core knows of a household, in the shape of a household's file."""
    found: dict[str, Any] = {}
    for fact in _ASKED:
        group, _, name = fact.name.rpartition(".")
        told = found.setdefault(group, {}) if group else found
        told[name] = _ask_fact(fact, translator, entry, partial(_told, fact=fact, group=group, told=told, entry=entry))
    return found


def _ask_fact(fact: Fact, translator: Translator, entry: ProgrammeEntry, read: Callable[[str], Any]) -> Any:
    title = translator.term("fact", fact.name)
    if not fact.choices:
        return _ask(translator, title, read)
    return _choice(translator, title, choice_words(fact, entry), required=fact.required)


def _told(text: str, fact: Fact, group: str, told: dict[str, Any], entry: ProgrammeEntry) -> Any:
    """Read an answer; what stands in one mapping of the file must agree. Raises ValueError."""
    value = value_of_fact(text, fact, entry)
    if group:
        _fits(Household.model_fields[group].annotation, {**told, fact.name.rpartition(".")[2]: value})
    return value


def _ask_fields(app: App, entry: ProgrammeEntry) -> dict[str, Any]:
    found: dict[str, Any] = {}
    translator = app.translator(entry)
    for field in entry.programme.fields:
        title = app.say(field.title)
        if field.type is FactType.CHOICE:
            words = {choice.id: choice.title for choice in field.choices}
            found[field.id] = _choice(translator, title, words, required=False)
        else:
            found[field.id] = _ask(translator, title, partial(value_of_field, field=field, entry=entry))
    return found


def _ask_members(app: App, entry: ProgrammeEntry) -> list[dict[str, Any]]:
    translator = app.translator(entry)
    count = _must(translator, translator.gettext("How many persons are in the household"), _how_many)
    members = []
    for number in range(1, count + 1):
        click.echo(app.say(Message("Person {number} of {count}", number=number, count=count)), err=True)
        members.append(_ask_member(translator, entry, app.on))
    return members


def _ask_member(translator: Translator, entry: ProgrammeEntry, on: date) -> dict[str, Any]:
    def title(fact: str) -> str:
        return "  " + translator.term("fact", fact)

    role, gender = (choice_words(MEMBER_FACTS[name], entry) for name in ("role", "gender"))
    return {
        "role": _choice(translator, "  " + translator.gettext("Role"), role),
        "born": _ask(translator, title("born"), partial(_born, entry=entry, on=on)),
        "gender": _choice(translator, title("gender"), gender, required=False) or Gender.UNKNOWN,
        "name": _ask(translator, "  " + translator.gettext("Name"), partial(_fitting, Member, "name")),
        "identity": _ask(translator, "  " + translator.gettext("Identity number"), partial(_identity, entry=entry)),
    }


def _ask(translator: Translator, question: str, read: Callable[[str], T]) -> T | None:
    """Ask until the answer can be read; an empty answer is None."""
    while True:
        answer = click.prompt(question, default="", show_default=False, err=True).strip()
        if not answer:
            return None
        try:
            return read(answer)
        except ValueError as error:
            click.echo(f"  {translator.say(message_of(error))}", err=True)


def _choice(
    translator: Translator,
    question: str,
    words: Mapping[str, Text],
    *,
    required: bool = True,
) -> str | None:
    """Ask for one of some values, by itself, its words in any language, or its number."""
    allowed, reader = list(words), ChoiceReader(words)
    for number, value in enumerate(allowed, start=1):
        click.echo(f"  {number}  {value}: {translator.say(words[value])}", err=True)

    def read(text: str) -> str:
        if text.isdigit() and 1 <= int(text) <= len(allowed):
            return allowed[int(text) - 1]
        return reader(text)

    return _must(translator, question, read) if required else _ask(translator, question, read)


def _must(translator: Translator, question: str, read: Callable[[str], T]) -> T:
    """Ask until there is an answer."""
    while True:
        answer = _ask(translator, question, read)
        if answer is not None:
            return answer
        click.echo("  " + translator.gettext("this one must be answered"), err=True)


def _fitting(model: type[BaseModel], name: str, text: Any) -> Any:
    """Read an answer as a model's own field takes it. Raises ValueError that says what does not fit."""
    if isinstance(text, str) and not is_plain(text):
        raise ValueError(NOT_PLAIN)
    return _fits(model.model_fields[name].annotation, text)


def _fits(kind: Any, value: Any) -> Any:
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        raise ValueError(said_of(Household, error)) from None


def _identity(text: str, entry: ProgrammeEntry) -> str:
    number: str = _fitting(Member, "identity", text)
    never = never_given(entry.country.identifiers, number)
    if never:
        raise ValueError(never)
    return number


def _how_many(text: str) -> int:
    count = whole_number(text)
    if not 1 <= count <= MOST_MEMBERS:
        raise ValueError(Message("expected 1 to {most}", most=MOST_MEMBERS))
    return count


def _born(text: str, entry: ProgrammeEntry, on: date) -> date:
    day = read_date(text, entry.country.date_forms)
    if doubt := against_birth(day, on):
        raise ValueError(doubt)
    return day


LARGEST = 1_000_000
"""Bytes of a file with one household; a larger one is a mistake."""


def read_household(path: Path, entry: ProgrammeEntry) -> Household:
    """Read the ``household`` mapping of a file; the file may hold it bare, too.

    Dates, yes and no, choices, places and languages are read as people write them in the country of the programme.
    Raises InputError with every fault.
    """
    from kummi.catalogue.yaml.model_faults import model_faults
    from kummi.catalogue.yaml.source import read_file, read_yaml

    source = read_yaml(path.name, read_file(path, LARGEST), of_persons=True)
    if source.faults:
        raise InputError(source.faults)
    data = source.data.get("household", source.data) if isinstance(source.data, dict) else source.data
    try:
        return Household.model_validate(in_plain_values(data, entry))
    except ValidationError as error:
        raise InputError(model_faults(source, Household, error)) from None
