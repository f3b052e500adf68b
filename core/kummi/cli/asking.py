"""Ask for a household, one question at a time, with the allowed answers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click
from pydantic import ValidationError

from kummi.casework.household_facts import as_date, one_of, typed_value, whole_number
from kummi.cli.app import App
from kummi.errors import Fault, InputError
from kummi.model.facts import FactType
from kummi.model.household import Household
from kummi.model.vocabulary import Gender, MemberRole, Pathway

if TYPE_CHECKING:
    from kummi.catalogue.catalogue import ProgrammeEntry

T = TypeVar("T")


def ask_household(app: App, entry: ProgrammeEntry) -> Household:
    """Ask a person at a terminal. In a pipe, raises InputError that says what is missing."""
    if not sys.stdin.isatty():
        missing = (
            "pathway and members (role, and as known: born, gender, name), as known: municipality, arrived, permit"
        )
        raise InputError(Fault("--from", f"nobody is here to ask; give a file with the household: {missing}"))
    click.echo("An empty answer means: not known yet. Stop with Ctrl-C; nothing is kept until the end.", err=True)
    words = entry.words
    data: dict[str, Any] = {
        "pathway": _choice("Pathway", list(Pathway), lambda value: words.say(f"pathway.{value}", app.language)),
        "municipality": _ask(app.word(words, "fact.municipality"), str),
        "arrived": _ask(app.word(words, "fact.arrived"), as_date),
        "permit": {"granted": _ask(app.word(words, "fact.permit.granted"), as_date)},
        "registered": _ask(app.word(words, "fact.registered"), as_date),
        "languages": tuple((_ask("Languages, by code, as in: ar en", str) or "").split()),
        "fields": _ask_fields(app, entry),
        "members": _ask_members(app, entry),
    }
    try:
        return Household.model_validate(data)
    except ValidationError as error:
        places = [(".".join(str(part) for part in each["loc"]), each["msg"]) for each in error.errors()]
        raise InputError([Fault(where, message) for where, message in places]) from error


def _ask_fields(app: App, entry: ProgrammeEntry) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in entry.programme.fields:
        title = app.say(field.title)
        if field.type is FactType.CHOICE:
            titles = {choice.id: app.say(choice.title) for choice in field.choices}
            found[field.id] = _choice(title, list(titles), titles.__getitem__, required=False)
        else:
            found[field.id] = _ask(title, partial(typed_value, field=field, entry=entry))
    return found


def _ask_members(app: App, entry: ProgrammeEntry) -> list[dict[str, Any]]:
    count = _ask("How many persons are in the household", whole_number) or 0
    words = entry.words
    members = []
    for number in range(1, count + 1):
        click.echo(f"Person {number} of {count}", err=True)
        members.append(
            {
                "role": _choice("  Role", list(MemberRole), lambda value: words.say(f"role.{value}", app.language)),
                "born": _ask("  " + app.word(words, "fact.born"), as_date),
                "gender": _choice(
                    "  " + app.word(words, "fact.gender"),
                    list(Gender),
                    lambda value: words.say(f"gender.{value}", app.language),
                    required=False,
                )
                or Gender.UNKNOWN,
                "name": _ask("  Name", str),
                "identity": _ask("  Identity number", str),
            }
        )
    return members


def _ask(question: str, read: Callable[[str], T]) -> T | None:
    """Ask until the answer can be read; an empty answer is None."""
    while True:
        answer = click.prompt(question, default="", show_default=False, err=True).strip()
        if not answer:
            return None
        try:
            return read(answer)
        except ValueError as error:
            click.echo(f"  {error}", err=True)


def _choice(question: str, allowed: list[str], title: Callable[[Any], str], *, required: bool = True) -> str | None:
    """Ask for one of the allowed answers, by its word or its number."""
    for number, value in enumerate(allowed, start=1):
        click.echo(f"  {number}  {value}: {title(value)}", err=True)

    def read(text: str) -> str:
        if text.isdigit() and 1 <= int(text) <= len(allowed):
            return allowed[int(text) - 1]
        return one_of(text, allowed)

    while True:
        answer = _ask(question, read)
        if answer is not None or not required:
            return answer
        click.echo("  this one must be answered", err=True)
