"""Criteria in words, in each language."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from kummi.i18n.translator import Translator
from kummi.model.country import Municipality
from kummi.model.criterion import Criterion
from kummi.model.programme import Programme
from kummi.model.workflow import Task
from kummi.rules.describe import describe, labels_of

CRITERION: TypeAdapter[Criterion] = TypeAdapter(Criterion)
SOURCE = {"id": "act", "title": "Harbour Act", "read": "2026-01"}
PROGRAMME = Programme.model_validate(
    {
        "id": "xx-harbour",
        "title": "Harbour friends",
        "owner": "Harbour Red Cross",
        "supporter": "friend",
        "standing": {"is": "pilot", "reference": SOURCE},
        "reference": SOURCE,
        "fields": [
            {"id": "speaks", "title": {"en": "speaks Harbourish", "xx": "taler havnsk"}, "type": "yes_no"},
            {
                "id": "housing",
                "title": "housing",
                "type": "choice",
                "choices": [{"id": "own", "title": {"en": "their own", "xx": "egen"}}],
            },
        ],
    }
)
CONSENT = Task.model_validate(
    {
        "id": "consent",
        "kind": "consent",
        "title": {"en": "Consent", "xx": "Ja-ord"},
        "owner": "coordinator",
        "reference": SOURCE,
    }
)
QUAY = Municipality.model_validate({"code": "001", "name": {"en": "North Quay", "xx": "Nordkaj"}})
HARBOURISH = {
    "all of: {parts}": "alt af: {parts}",
    "not ({part})": "ikke ({part})",
    "{fact} is one of {values}": "{fact} er en af {values}",
    "{fact}: yes": "{fact}: ja",
    "task {task} is done": "opgaven {task} er klaret",
    "fact|the pathway": "vejen",
    "pathway|arrived on their own, granted protection": "asyl",
}


def said(criterion: dict, language: str = "en") -> str:
    translator = Translator(language, HARBOURISH if language == "xx" else {})
    return describe(CRITERION.validate_python(criterion), translator, labels_of(PROGRAMME, [CONSENT], [QUAY]))


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        (
            {"all": [{"done": "consent"}, {"not": {"has": "arrived"}}]},
            "all of: (task “Consent” is done; not (the day of arrival is known))",
        ),
        ({"any": [{"fact": "permit.held", "equals": False}]}, "at least one of: (a residence permit is held: no)"),
        (
            {"fact": "pathway", "in": ["resettled", "asylum"]},
            "the pathway is one of (resettled on a quota; arrived on their own, granted protection)",
        ),
        ({"fact": "fields.housing", "equals": "own"}, "“housing” is “their own”"),
        ({"fact": "fields.speaks", "equals": True}, "“speaks Harbourish”: yes"),
        ({"fact": "household.size", "at_least": 2}, "the number of persons is at least 2"),
        ({"fact": "household.size", "at_most": 2}, "the number of persons is at most 2"),
        ({"fact": "tasks.consent", "before": "2024-03-01"}, "the day the task “Consent” was done is before 2024-03-01"),
        ({"fact": "reached.support", "after": "on"}, "the first day in the phase support is after the business date"),
        (
            {"fact": "registered", "within": "1 month", "of": "arrived"},
            "the day of first registration in a municipality is no earlier than the day of arrival"
            " and no later than 1 month after the day of arrival",
        ),
        (
            {"fact": "registered", "within": "6 months", "of": "2024-03-01"},
            "the day of first registration in a municipality is no earlier than 2024-03-01"
            " and no later than 6 months after 2024-03-01",
        ),
        (
            {"resides_in": ["001", "Nordkaj", "elsewhere"]},
            "the household lives in one of (“North Quay”; “North Quay”; “elsewhere”)",
        ),
        ({"resides_in": "programme"}, "the household lives in a municipality that takes part"),
        (
            {"some_member": {"age": {"at_least": 7, "at_most": 17}, "at": "arrived"}},
            "some person of the household: (the person is 7 to 17 years old on the day of arrival)",
        ),
        (
            {"every_member": {"age": {"at_least": 18}}},
            "every person of the household: (the person is at least 18 years old on the business date)",
        ),
        ({"age": {"at_most": 17}}, "the person is at most 17 years old on the business date"),
        ({"python": "kummi_xx:check", "says": "who asked first"}, "checked by the plugin's own code: who asked first"),
    ],
)
def test_a_criterion_is_said_in_english(criterion, words):
    assert said(criterion) == words


def test_a_criterion_is_said_in_the_countrys_language_and_in_english_where_a_phrase_is_missing():
    criterion = {
        "all": [
            {"fact": "pathway", "in": ["asylum", "resettled"]},
            {"not": {"fact": "fields.speaks", "equals": True}},
            {"done": "consent"},
            {"resides_in": ["001"]},
        ]
    }

    assert said(criterion, "xx") == (
        "alt af: (vejen er en af (asyl; resettled on a quota); ikke (“taler havnsk”: ja); opgaven “Ja-ord” er klaret;"
        " the household lives in one of (“Nordkaj”))"
    )
