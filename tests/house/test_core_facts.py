"""A core fact is defined in one place: whatever core does with it derives from that."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import Boolean, Date, Integer, String

import kummi
from kummi.i18n.terms import TERMS
from kummi.model.case import Case
from kummi.model.facts import CORE_FACTS, ENTERED_FACTS, HOUSEHOLD_FACTS, Fact, FactType
from kummi.model.household import Household, Member
from kummi.store.tables import cases, persons

CORE = Path(kummi.__file__).parent
DEFINED = {CORE / "model" / "facts.py", CORE / "i18n" / "terms.py"}
WORDS_OF_OTHER_THINGS = {"pathway", "municipality", "size", "adults", "children", "arrived"}
"""Names that are words for other things too: the kinds of what ends and of places, ways of joining, keys of JSON."""
WRITTEN_TOO: dict[str, str] = {
    "casework/facts.py": "says which of two facts about a permit contradict each other",
    "views/case.py": "the JSON of a case is documented key by key",
    "views/funding.py": "the JSON of money has the facts that are asked about a place as keys",
    "store/migrations/versions/0001_the_first_tables.py": "a migration says what the tables were then",
}
"""The other modules that write the name of a fact or of its column, and why."""


def strings_of(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_the_name_of_a_fact_is_written_once() -> None:
    names = {name for fact in HOUSEHOLD_FACTS.values() for name in (fact.name, fact.column)} - WORDS_OF_OTHER_THINGS

    found = {
        path.relative_to(CORE).as_posix(): sorted(names.intersection(strings_of(path)))
        for path in CORE.rglob("*.py")
        if path not in DEFINED
    }

    assert {path for path, written in found.items() if written} == set(WRITTEN_TOO), found


@pytest.mark.parametrize("fact", HOUSEHOLD_FACTS.values(), ids=lambda fact: fact.name)
def test_a_fact_of_the_household_is_a_column_and_an_attribute_of_its_type(fact: Fact) -> None:
    types = {
        FactType.DATE: Date,
        FactType.YES_NO: Boolean,
        FactType.NUMBER: Integer,
        FactType.CHOICE: String,
        FactType.PLACE: String,
    }

    column = cases.c[fact.column]

    assert isinstance(column.type, types[fact.type])
    assert column.nullable is not fact.required
    assert fact.column in {each.name for each in fields(Case)}


@pytest.mark.parametrize("fact", ENTERED_FACTS, ids=lambda fact: fact.name)
def test_a_fact_that_is_entered_has_its_place_in_the_file_of_a_household(fact: Fact) -> None:
    model: type[BaseModel] = Member if fact.about == "person" else Household
    *groups, name = fact.name.split(".")
    for group in groups:
        model = model.model_fields[group].annotation  # type: ignore[assignment]

    assert model.model_fields[name].is_required() is fact.required


@pytest.mark.parametrize("fact", [fact for fact in CORE_FACTS if fact.about == "person"], ids=lambda fact: fact.name)
def test_a_fact_of_a_person_is_a_column_of_persons(fact: Fact) -> None:
    assert (fact.column or fact.name) in persons.c


@pytest.mark.parametrize("fact", ENTERED_FACTS, ids=lambda fact: fact.name)
def test_a_fact_that_is_entered_has_words(fact: Fact) -> None:
    assert TERMS["fact"][fact.name]
    assert all(TERMS[fact.name][choice] for choice in fact.choices)


def test_every_value_of_a_choice_is_one_of_its_enum() -> None:
    for fact in CORE_FACTS:
        kinds: set[Any] = {type(choice) for choice in fact.choices}
        assert (fact.type is FactType.CHOICE) == bool(fact.choices)
        assert len(kinds) <= 1
        assert all(fact.typed(str(choice)) is choice for choice in fact.choices)


def test_what_implies_a_fact_is_a_fact_and_makes_it_true() -> None:
    for fact in CORE_FACTS:
        if fact.implied_by:
            assert fact.type is FactType.YES_NO
            assert fact.implied_by in HOUSEHOLD_FACTS
