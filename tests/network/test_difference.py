"""Whatever is changed in what a programme declares, the difference is found and named where it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from kummi.catalogue.catalogue import Catalogue
from kummi.errors import InputError, NotFoundError
from kummi.model.text import Text
from kummi.network.declared_fields import DeclaredFields, declared_fields, key_of
from kummi.network.difference import Differences, differ, differences
from kummi.network.selection import Selection, select_programmes
from kummi.testing.harbourland import harbourland

Way = tuple[str | int, ...]
ON = date(2025, 6, 1)


@cache
def catalogue() -> Catalogue:
    return harbourland()


@cache
def asked() -> Selection:
    return select_programmes(catalogue(), [], ON, "en")


@cache
def harbour() -> DeclaredFields:
    return declared_fields(catalogue(), "xx-harbour")


def steps(value: Any) -> Iterator[tuple[str | int, Any]]:
    """Yield the parts of a value, each under its name or number."""
    if isinstance(value, Text):
        yield from dict(value.entries).items()
    elif isinstance(value, BaseModel):
        yield from ((name, getattr(value, name)) for name in type(value).model_fields if name != "origin")
    elif isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, tuple):
        yield from enumerate(value)


def ways(value: Any, way: Way = ()) -> Iterator[tuple[Way, Any]]:
    """Yield every value inside a value, and the way to it."""
    for step, inner in steps(value):
        yield (*way, step), inner
        yield from ways(inner, (*way, step))


@cache
def single_values() -> tuple[Way, ...]:
    """The way to every single value, but for the id of the programme that is asked about."""
    kinds = (str, bool, int, date, Decimal, Enum)
    found = (way for way, value in ways(dict(harbour().parts)) if isinstance(value, kinds))
    return tuple(way for way in found if way != ("programme", "id"))


@cache
def elements() -> tuple[Way, ...]:
    """The way to every element of a list."""
    return tuple(way for way, _ in ways(dict(harbour().parts)) if isinstance(way[-1], int))


def value_at(value: Any, way: Way) -> Any:
    for step in way:
        value = dict(steps(value))[step]
    return value


def other(value: Any) -> Any:
    """Return another value of the same kind."""
    match value:
        case bool():
            return not value
        case Enum():
            kinds = list(type(value))
            return kinds[(kinds.index(value) + 1) % len(kinds)]
        case date():
            return value + timedelta(days=1)
        case str():
            return f"{value}z"
    return value + 1


def changed(value: Any, way: Way, new: Any, *, remove: bool = False) -> Any:
    """Return a value with one value inside it changed, or taken out of its list."""
    if not way:
        return new
    step, *rest = way
    if isinstance(value, tuple):
        assert isinstance(step, int)
        here = () if remove and not rest else (changed(value[step], tuple(rest), new, remove=remove),)
        return (*value[:step], *here, *value[step + 1 :])
    inner = changed(dict(steps(value))[step], tuple(rest), new, remove=remove)
    if isinstance(value, Text):
        return Text.model_validate(dict(value.entries) | {step: inner})
    return value | {step: inner} if isinstance(value, dict) else value.model_copy(update={step: inner})


def sentences(parts: Any) -> list[str]:
    found = differences(harbour(), replace(harbour(), parts=parts), asked())
    whole = Differences("mine", "theirs", asked(), found)
    return [whole.sentence(each) for each in found]


def is_there(sentence: str, way: Way, parts: Any) -> bool:
    """Whether a sentence names the part that a way begins with, and every element that it goes through."""
    first = 2 if way[0] == "programme" else 1  # the programmes themselves are named by who asks
    for length in range(first, len(way) - 1):
        keys = [key_of(value_at(whole, way[:length])) for whole in (dict(harbour().parts), parts)]
        if any(keys) and not any(key in sentence for key in keys if key):
            return False
    return sentence.startswith(str(way[0]))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(single_values()))
def test_one_value_changed_anywhere_is_found_and_named_there(way: Way) -> None:
    old = value_at(dict(harbour().parts), way)
    new = ("Far Island",) if way[-1] == "resides_in" else other(old)

    parts = changed(dict(harbour().parts), way, new)
    said = sentences(parts)

    there = [each for each in said if is_there(each, way, parts)]
    assert there, (way, said)
    if isinstance(new, str | date | Decimal) and not isinstance(new, Enum):
        assert any(str(new) in each for each in there), (way, said)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(elements()))
def test_one_element_taken_away_anywhere_is_found_and_named(way: Way) -> None:
    gone = value_at(dict(harbour().parts), way)

    parts = changed(dict(harbour().parts), way, None, remove=True)
    said = sentences(parts)

    assert any(is_there(each, way, parts) and (key_of(gone) or "") in each for each in said), (way, said)


def test_elements_in_another_order_are_a_difference() -> None:
    stages = harbour().parts["workflow"].stages
    workflow = harbour().parts["workflow"].model_copy(update={"stages": (stages[1], stages[0], *stages[2:])})

    (said,) = sentences({**harbour().parts, "workflow": workflow})

    assert said.startswith("workflow, stages, order: mine hailed; aboard; ")


def test_nothing_differs_from_itself() -> None:
    assert sentences(dict(harbour().parts)) == []


def test_two_programmes_differ_in_sentences_with_what_the_law_of_the_day_says_first() -> None:
    found = differ(catalogue(), "xx-harbour", "xx-lighthouse", ON, "en")
    said = [found.sentence(each) for each in found.found]

    assert "programme, supporter: xx-harbour “crew”; xx-lighthouse “keeper”" in said
    assert "programme, standing, status: xx-harbour established; xx-lighthouse study" in said
    assert "programme, duration: xx-harbour 12 months – 2 years; xx-lighthouse –" in said
    assert any(each.startswith("schemes: only xx-harbour has “Crew grant” [xx-crew-grant]") for each in said)
    assert all(each.sources for each in found.found)


def test_countries_and_programmes_are_not_held_against_each_other() -> None:
    with pytest.raises(InputError, match="expected two programmes or two countries, not one of each"):
        differ(catalogue(), "XX", "xx-harbour", ON, "en")
    with pytest.raises(NotFoundError, match="did you mean 'xx-harbour'"):
        differ(catalogue(), "xx-harbor", "xx-lighthouse", ON, "en")
    assert differ(catalogue(), "XX", "harbourland", ON, "en").found == ()
