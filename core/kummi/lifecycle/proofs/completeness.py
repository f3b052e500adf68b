"""That a workflow is complete: every task has an owner, and every text all the languages of its country."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from kummi.errors import did_you_mean
from kummi.lifecycle.proofs.violation import Proof, Violation
from kummi.message import Message
from kummi.model.base import Frozen
from kummi.model.country import Country, Municipality, NameSince
from kummi.model.programme import Programme
from kummi.model.text import Text
from kummi.model.workflow import Workflow


def incomplete(workflow: Workflow, country: Country, programme: Programme) -> Iterator[Violation]:
    """Yield the tasks that no role of the country owes, then the texts that lack a language, each a gap."""
    yield from _owners(workflow, country)
    yield from _languages(workflow, country, programme)


def _owners(workflow: Workflow, country: Country) -> Iterator[Violation]:
    """Every task is owed by a role of the country."""
    owners = [owner.id for owner in country.owners]
    for task in workflow.tasks:
        if task.owner not in owners:
            message = Message(
                "no role '{owner}' among the country's owners{hint}",
                owner=task.owner,
                hint=did_you_mean(task.owner, owners),
            )
            yield Violation(Proof.COMPLETENESS, Message("task {id}", id=task.id), message, origin=task.origin)


def _languages(workflow: Workflow, country: Country, programme: Programme) -> Iterator[Violation]:
    """Every text has all the languages of the country; what is missing is a gap."""
    for each in chain(
        missing_languages(workflow, country.languages, "workflow"),
        missing_languages(programme, country.languages, "programme"),
    ):
        message = Message("no text in: {languages}", languages=", ".join(each.languages))
        yield Violation(Proof.COMPLETENESS, each.where, message, origin=workflow.origin, gap=True)


_NOT_ON_SCREENS = frozenset({"origin", "reference", "questions", "disagreements", "notes", "note"})
"""Parts that speak of sources and gaps; they stand in the language in which they were written."""
_PROPER_NAMES = ((Municipality, "name"), (NameSince, "name"), (Programme, "owner"), (Programme, "partners"))
"""Names of places, authorities and organisations: what they are called is the same in every language, or is given."""


@dataclass(frozen=True)
class MissingText:
    """A text that lacks some languages: where it is in words, by the keys that lead to it, and its English."""

    where: str
    path: tuple[str | int, ...]
    languages: tuple[str, ...]
    english: str


def missing_languages(value: Frozen, languages: Sequence[str], where: str) -> Iterator[MissingText]:
    """Yield each text inside a value that lacks one of the languages.

    References, open questions, disagreements and notes are not looked at, nor proper names. English is always there.
    """
    for name, info in type(value).model_fields.items():
        if name not in _NOT_ON_SCREENS and (type(value), name) not in _PROPER_NAMES:
            for each in _missing(getattr(value, name), languages, f"{where}, {name.rstrip('_')}"):
                yield replace(each, path=(info.alias or name, *each.path))


def _missing(value: Any, languages: Sequence[str], where: str) -> Iterator[MissingText]:
    if isinstance(value, Text):
        lacking = tuple(each for each in languages if each not in value.languages)
        if lacking:
            yield MissingText(where, (), lacking, str(value))
    elif isinstance(value, Frozen):
        yield from missing_languages(value, languages, where)
    elif isinstance(value, tuple):
        for place, each in enumerate(value):
            inside = where if isinstance(each, Text) else f"{where} {getattr(each, 'id', place + 1)}"
            yield from (replace(found, path=(place, *found.path)) for found in _missing(each, languages, inside))
