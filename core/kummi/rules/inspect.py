"""What a criterion asks about: its parts, the facts, tasks and places it names, and what is wrong with those names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any

from kummi.errors import PluginError, did_you_mean, message_of
from kummi.message import Message
from kummi.model.criterion import (
    After,
    Age,
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Before,
    Criterion,
    Done,
    Equals,
    EveryMember,
    Has,
    In,
    Not,
    Predicate,
    ResidesIn,
    Scalar,
    SomeMember,
    Within,
)
from kummi.model.facts import CORE_FACTS, FIELD, MUNICIPALITY, TASK, Fact, Facts, FactType
from kummi.model.programme import Programme

PERSON_FACTS = frozenset(fact.name for fact in CORE_FACTS if fact.about == "person")
"""Facts that only a rule about one person can ask."""


@dataclass(frozen=True)
class Problem:
    """Something that is wrong in a declared value, and the keys and positions that lead to it in its file."""

    message: Message
    path: tuple[str | int, ...] = ()

    def below(self, *keys: str | int, where: Message | str = "") -> Problem:
        """Return the problem as one of the value around it, its message begun with where it is."""
        located = Message("{where}: {message}", where=where, message=self.message)
        return Problem(located if where else self.message, (*keys, *self.path))


def keyed_parts_of(criterion: Criterion) -> Iterator[tuple[tuple[str | int, ...], Criterion]]:
    """Yield the criteria directly inside a composition, each with the keys that lead to it in a file."""
    key = _KEYS.get(type(criterion), "")
    for number, part in enumerate(parts_of(criterion)):
        yield (key, number) if isinstance(criterion, All | AnyOf) else (key,), part


_KEYS: dict[type, str] = {All: "all", AnyOf: "any", Not: "not", SomeMember: "some_member", EveryMember: "every_member"}


def parts_of(criterion: Criterion) -> tuple[Criterion, ...]:
    """Return the criteria directly inside a composition; a leaf has none."""
    match criterion:
        case All():
            return criterion.all
        case AnyOf():
            return criterion.any
        case Not():
            return (criterion.not_,)
        case SomeMember():
            return (criterion.some_member,)
        case EveryMember():
            return (criterion.every_member,)
        case _:
            return ()


def walk(criterion: Criterion) -> Iterator[Criterion]:
    """Yield a criterion and everything inside it, outside first, in the order it is written."""
    yield criterion
    for part in parts_of(criterion):
        yield from walk(part)


def facts_in(criterion: Criterion) -> tuple[str, ...]:
    """Return the names of all facts that a criterion asks, person facts too, each once, in the order it is written.

    A task that must be done is the fact ``tasks.<id>``; living somewhere is the fact ``municipality``. What a Python
    predicate asks is not known.
    """
    return tuple(dict.fromkeys(name for part in walk(criterion) for name in _FACTS[type(part)](part)))


def places_in(criterion: Criterion) -> tuple[str, ...]:
    """Return the names of all places that a criterion names, as they are written."""
    found = (part.resides_in for part in walk(criterion) if isinstance(part, ResidesIn))
    return tuple(dict.fromkeys(name for names in found if not isinstance(names, str) for name in names))


def _named(*values: object) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str))


_FACTS: dict[type, Any] = {
    All: lambda _: (),
    AnyOf: lambda _: (),
    Not: lambda _: (),
    SomeMember: lambda _: (),
    EveryMember: lambda _: (),
    Predicate: lambda _: (),
    In: lambda each: (each.fact,),
    Equals: lambda each: (each.fact,),
    AtLeast: lambda each: (each.fact,),
    AtMost: lambda each: (each.fact,),
    Before: lambda each: _named(each.fact, each.before),
    After: lambda each: _named(each.fact, each.after),
    Within: lambda each: _named(each.fact, each.of),
    Has: lambda each: (each.has,),
    ResidesIn: lambda _: (MUNICIPALITY,),
    Age: lambda each: ("born", each.at),
    Done: lambda each: (f"{TASK}{each.done}",),
}


def known_facts(programme: Programme, tasks: Iterable[str]) -> dict[str, Fact]:
    """Return every fact that rules of a programme may ask, by name: core's, its own fields, its workflow's tasks."""
    facts = list(CORE_FACTS)
    for field in programme.fields:
        choices = tuple(choice.id for choice in field.choices)
        facts.append(Fact(f"{FIELD}{field.id}", field.type, "household", choices))
    facts.extend(Fact(f"{TASK}{task}", FactType.DATE, "case") for task in tasks)
    return {fact.name: fact for fact in facts}


def problems_in(criterion: Criterion, known: Mapping[str, Fact], *, person: bool = False) -> list[Problem]:
    """Return what is wrong with a criterion, and where in it; empty when it can be used.

    Args:
        criterion: What a plugin wrote.
        known: The facts that may be asked, by name (``known_facts``).
        person: Whether it is asked about one person (a funding scheme's population), so that person facts are allowed.
    """
    allowed = {name: fact for name, fact in known.items() if person or fact.about != "person"}
    asked = _FACTS[type(criterion)](criterion)
    problems = [
        Problem(_unknown(name, known, allowed), _key_of(name, criterion)) for name in asked if name not in allowed
    ]
    if not problems:
        problems += map(Problem, _CHECKS.get(type(criterion), _nothing_more)(criterion, known))
    if isinstance(criterion, SomeMember | EveryMember) and person:
        problems.append(Problem(Message("a rule about one person cannot ask about all persons of the household again")))
    inside = person or isinstance(criterion, SomeMember | EveryMember)
    for keys, part in keyed_parts_of(criterion):
        problems += [problem.below(*keys) for problem in problems_in(part, known, person=inside)]
    return problems


def _key_of(name: str, criterion: Criterion) -> tuple[str, ...]:
    """Return the key of a criterion under which a fact or a task is named."""
    named = (name, name.removeprefix(TASK))
    return tuple(key for key in type(criterion).model_fields if getattr(criterion, key) in named)[:1]


def _unknown(name: str, known: Mapping[str, Fact], allowed: Mapping[str, Fact]) -> Message:
    if name in known:
        return Message("'{name}' is a fact of one person: ask it inside some_member or every_member", name=name)
    if name.startswith(TASK):
        tasks = [each.removeprefix(TASK) for each in allowed if each.startswith(TASK)]
        return Message(
            "no task named '{name}'{hint}",
            name=name.removeprefix(TASK),
            hint=did_you_mean(name.removeprefix(TASK), tasks),
        )
    return Message("no fact named '{name}'{hint}", name=name, hint=did_you_mean(name, allowed))


def _nothing_more(_criterion: Criterion, _known: Mapping[str, Fact]) -> list[Message]:
    return []


def _check_values(criterion: In | Equals, known: Mapping[str, Fact]) -> list[Message]:
    fact = known[criterion.fact]
    if fact.name == MUNICIPALITY:
        return [Message("ask where the household lives with resides_in, which knows places by every name they have")]
    values = criterion.in_ if isinstance(criterion, In) else (criterion.equals,)
    return [problem for value in values if (problem := _misfit(value, fact))]


_HOLDS: dict[FactType, tuple[type, Message]] = {
    FactType.DATE: (date, Message("a date such as 2024-03-01")),
    FactType.YES_NO: (bool, Message("true or false")),
    FactType.NUMBER: (int, Message("a whole number")),
    FactType.CHOICE: (str, Message("one of its choices")),
    FactType.PLACE: (str, Message("the name of a place")),
}


def _misfit(value: Scalar, fact: Fact) -> Message | None:
    expected, words = _HOLDS[fact.type]
    if type(value) is not expected:
        return Message("'{name}' is {words}, not '{value}'", name=fact.name, words=words, value=value)
    if fact.choices and value not in fact.choices:
        return Message(
            "'{value}' is not a value of '{name}'{hint}",
            value=value,
            name=fact.name,
            hint=did_you_mean(str(value), fact.choices),
        )
    return None


def _check_number(criterion: AtLeast | AtMost, known: Mapping[str, Fact]) -> list[Message]:
    return _typed(known[criterion.fact], FactType.NUMBER, Message("compared as a number"))


def _check_dates(criterion: Before | After | Within | Age, known: Mapping[str, Fact]) -> list[Message]:
    names = _FACTS[type(criterion)](criterion)
    return [problem for name in names for problem in _typed(known[name], FactType.DATE, Message("compared as a date"))]


def _typed(fact: Fact, expected: FactType, use: Message) -> list[Message]:
    message = Message("'{fact}' is a {kind} fact and cannot be {use}", fact=fact.name, kind=fact.type, use=use)
    return [] if fact.type is expected else [message]


def _check_places(criterion: ResidesIn, _known: Mapping[str, Fact]) -> list[Message]:
    return [] if criterion.resides_in else [Message("resides_in names no place")]


def _check_python(criterion: Predicate, _known: Mapping[str, Fact]) -> list[Message]:
    try:
        function_at(criterion.python)
    except PluginError as error:
        return [message_of(error)]
    return []


_CHECKS: dict[type, Any] = {
    In: _check_values,
    Equals: _check_values,
    AtLeast: _check_number,
    AtMost: _check_number,
    Before: _check_dates,
    After: _check_dates,
    Within: _check_dates,
    Age: _check_dates,
    ResidesIn: _check_places,
    Predicate: _check_python,
}


@cache
def function_at(address: str) -> Callable[[Facts], object]:
    """Return the function at ``package.module:function``. Raises PluginError where there is none."""
    module, _, name = address.partition(":")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise PluginError(
            Message("no Python function at '{address}': {error}", address=address, error=error)
        ) from error
    if not callable(found):
        raise PluginError(Message("'{address}' is not a function", address=address))
    return found  # type: ignore[no-any-return]  # its answer is checked when it is asked
