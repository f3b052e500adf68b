"""Everything is said in the user's language: country's terms first, then the catalogue, then English."""

from __future__ import annotations

from datetime import date

import pytest

from kummi.i18n.terms import length, term
from kummi.i18n.translator import Translator, missing_phrases, phrases
from kummi.message import Message
from kummi.model.dates import Duration, Unit
from kummi.model.text import Text


def test_a_countrys_term_comes_before_the_catalogue_and_the_catalogue_before_english() -> None:
    own = Translator("sv", {"phase|support": "stödet"})

    assert [own.term("phase", each) for each in ("support", "closed")] == ["stödet", "avslutat"]
    assert Translator("zz").term("phase", "closed") == "closed"


def test_equal_english_words_of_two_kinds_are_two_words() -> None:
    swedish = Translator("sv")

    assert [swedish.term(kind, "closed") for kind in ("phase", "verdict")] == ["avslutat", "stängt"]


def test_parts_are_said_in_the_same_language_and_lists_with_commas() -> None:
    title = Text.model_validate({"en": "Plan", "sv": "Plan på svenska"})
    message = Message(
        "clearance of those who meet the household was good until {date}: {tasks}",
        date=date(2024, 3, 1),
        tasks=(title, term("phase", "closed")),
    )

    assert Translator("sv").say(message).endswith("2024-03-01: Plan på svenska, avslutat")
    assert str(message).endswith("2024-03-01: Plan, closed")


@pytest.mark.parametrize(
    ("language", "one", "many", "twenty_one"),
    [
        ("en", "1 day", "3 days", "21 days"),
        ("is", "1 dagur", "3 dagar", "21 dagur"),
        ("fi", "1 päivä", "3 päivää", "21 päivää"),
    ],
)
def test_numbers_take_the_form_of_the_language(language: str, one: str, many: str, twenty_one: str) -> None:
    said = [Translator(language).say(length(Duration(count=count, unit=Unit.DAYS))) for count in (1, 3, 21)]

    assert said == [one, many, twenty_one]


def test_a_language_that_core_lacks_is_brought_by_terms_also_for_numbers() -> None:
    own = Translator("xx", {"{count} month": "{count} mes", "{count} months": "{count} meses"})

    assert [own.ngettext("{count} month", "{count} months", count) for count in (1, 2)] == ["1 mes", "2 meses"]


def test_a_phrase_without_parts_keeps_its_braces() -> None:
    assert Translator().gettext("{...}") == "{...}"


def test_what_a_language_lacks_is_counted_without_what_terms_bring() -> None:
    assert len(missing_phrases("xx", {})) == len(phrases())
    assert len(missing_phrases("xx", {"phase|closed": "klosat"})) == len(phrases()) - 1
    assert "phase|closed" not in missing_phrases("sv", {})


def test_no_language_leads_out_of_the_folder_of_catalogues() -> None:
    assert Translator("../locale/sv").term("phase", "closed") == "closed"
