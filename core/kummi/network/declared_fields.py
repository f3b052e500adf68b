"""Everything that is declared for a programme, or for a country, in parts that can be held against each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from kummi.catalogue.catalogue import Catalogue
from kummi.errors import Fault, InputError
from kummi.message import Message
from kummi.model.country import Country
from kummi.model.criterion import CRITERIA
from kummi.model.dates import Duration
from kummi.model.programme import DurationOfSupport, FormOfSupport, ProgrammeEntry
from kummi.model.reference import Reference
from kummi.model.text import Text
from kummi.model.workflow import Move
from kummi.network.selection import entries_of, named

Where = tuple[str, ...]
"""The way to a value: parts, elements and fields, from the outside in."""

LEAVES = (Text, Duration, FormOfSupport, DurationOfSupport, *CRITERIA)
"""Models that are said as a whole, and not field by field."""

NOT_DECLARED = ("origin",)
"""What a loaded value has besides what its plugin declares."""


@dataclass(frozen=True)
class DeclaredFields:
    """A programme or country by its name, the parts of it, its programmes and its languages."""

    name: str
    parts: Mapping[str, Any]
    entries: tuple[ProgrammeEntry, ...]
    languages: frozenset[str]

    @property
    def is_country(self) -> bool:
        """Whether this is a whole country."""
        return "country" in self.parts


def declared_fields(catalogue: Catalogue, name: str) -> DeclaredFields:
    """Return what is declared for the programme with this id, or the country with this code or name.

    Raises:
        NotFoundError: If there is no such programme or country.
        PluginError: If the programme is declared but cannot be used.
    """
    found = named(catalogue, name)
    return of_programme(found) if isinstance(found, ProgrammeEntry) else of_country(found, entries_of(catalogue, found))


def two(catalogue: Catalogue, left: str, right: str) -> tuple[DeclaredFields, DeclaredFields]:
    """Return what is declared for two programmes, or for two countries. Raises InputError for one of each."""
    both = declared_fields(catalogue, left), declared_fields(catalogue, right)
    if both[0].is_country is not both[1].is_country:
        raise InputError(Fault(f"{left} {right}", Message("expected two programmes or two countries, not one of each")))
    return both


def of_programme(entry: ProgrammeEntry) -> DeclaredFields:
    """Return everything that holds for one programme."""
    reports = entry.reports
    parts: dict[str, Any] = {
        "programme": entry.programme,
        "rules": entry.rules,
        "workflow": entry.workflow,
        "schemes": entry.schemes,
        "indicators": reports.indicators,
        "formats": reports.formats,
        "duties": reports.duties,
        "authorities": entry.country.authorities,
        "owners": entry.country.owners,
    }
    return DeclaredFields(entry.id, parts, (entry,), frozenset(entry.country.languages))


def of_country(country: Country, entries: Sequence[ProgrammeEntry]) -> DeclaredFields:
    """Return a country with its programmes, and what holds for any of them."""
    parts: dict[str, Any] = {
        "country": country,
        "programmes": tuple(entry.programme for entry in entries),
        "rules": _each_once(rule for entry in entries for rule in entry.rules),
        "schemes": _each_once(scheme for entry in entries for scheme in entry.schemes),
        "duties": _each_once(duty for entry in entries for duty in entry.reports.duties),
    }
    return DeclaredFields(country.code, parts, tuple(entries), frozenset(country.languages))


def _each_once(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple({value.id: value for value in values}.values())


def key_of(value: Any) -> str | None:
    """Return the name by which a value is told apart from the others in its list, if it has one."""
    if isinstance(value, Move):
        outcome = f" ({value.outcome})" if value.outcome else ""
        return f"{', '.join(value.from_)} → {value.to}{outcome}"
    if isinstance(value, Reference):  # the same document is cited at several places
        return None
    found = getattr(value, "id", None)
    return found if isinstance(found, str) else None


def fields_of(model: BaseModel) -> Iterator[tuple[str, Any]]:
    """Yield what is declared of a model: its fields, without those that loading adds."""
    for name in type(model).model_fields:
        if name not in NOT_DECLARED:
            yield name, getattr(model, name)


def models_in(value: Any, where: Where = ()) -> Iterator[tuple[Where, BaseModel]]:
    """Yield every model in a value with the way to it, outside first; what is said as a whole is not entered."""
    if isinstance(value, BaseModel) and not isinstance(value, LEAVES):
        yield where, value
        for name, inner in fields_of(value):
            yield from models_in(inner, (*where, name))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from models_in(inner, (*where, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from models_in(each, (*where[:-1], key_of(each) or where[-1]))
