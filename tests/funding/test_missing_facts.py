"""What would settle a criterion that cannot be decided."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from kummi.funding.scheme_evaluation import missing_facts, missing_in_words, plain_label
from kummi.i18n.translator import Translator
from kummi.model.criterion import Criterion
from kummi.model.facts import Facts
from kummi.model.places import Places

PLACES = Places({}, frozenset({"X1"}), part_known=False, countrywide=False)
KNOWN = Facts(
    date(2025, 1, 1),
    {"pathway": "asylum", "municipality": "X9"},
    persons=({"born": None, "role": "child"}, {"born": date(1990, 1, 1), "role": "adult"}),
    places=PLACES,
)
PERMIT = {"fact": "permit.held", "equals": True}
ASYLUM = {"fact": "pathway", "equals": "asylum"}


@pytest.mark.parametrize(
    ("criterion", "missing"),
    [
        ({"all": [ASYLUM, PERMIT, {"not": PERMIT}]}, ("permit.held",)),
        ({"any": [ASYLUM, PERMIT]}, ()),
        ({"fact": "on", "within": "3 years", "of": "permit.granted"}, ("permit.granted",)),
        ({"fact": "arrived", "before": "registered"}, ("arrived", "registered")),
        ({"some_member": {"age": {"at_most": 6}}}, ("born",)),
        ({"resides_in": "programme"}, ("municipality",)),
        ({"has": "fields.job"}, ("fields.job",)),
        ({"python": f"{__name__}:nobody_knows", "says": "what a neighbour thinks"}, ("what a neighbour thinks",)),
    ],
)
def test_only_facts_that_would_settle_it_are_named(criterion: Any, missing: tuple[str, ...]) -> None:
    parsed = TypeAdapter[Any](Criterion).validate_python(criterion)

    assert missing_facts(parsed, KNOWN) == missing


def nobody_knows(facts: Facts) -> None:
    return None


def test_facts_are_said_in_every_language_and_unnamed_ones_as_they_are_written() -> None:
    translator = Translator("xx", {"fact|the date of birth": "dat de nask"})

    text = missing_in_words(("born", "fields.job"), plain_label)

    assert Translator().say(text) == "the date of birth, fields.job"
    assert translator.say(text) == "dat de nask, fields.job"
    assert missing_in_words((), plain_label) == "-"
