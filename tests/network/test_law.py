"""What the law of two days says differently, from which day, and who keeps the older one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kummi.model.country import PathwayEnd
from kummi.model.funding import ClaimDeadline
from kummi.model.vocabulary import Pathway
from kummi.network.law import Changes, law_changes
from kummi.testing.harbourland import harbourland

BEFORE, AFTER = date(2024, 6, 1), date(2025, 6, 1)


@pytest.fixture(scope="module")
def changes() -> Changes:
    return law_changes(harbourland(), "xx-harbour", (BEFORE, AFTER), "en")


@pytest.fixture(scope="module")
def said(changes: Changes) -> list[str]:
    return [changes.sentence(each) for each in changes.found]


def test_a_rule_that_takes_the_place_of_another_is_named_with_it(said: list[str]) -> None:
    (rule,) = (each for each in said if "xx-three-years" in each)

    assert rule.startswith("from 2025-01-01: rules: “The permit was granted no more than three years ago”")
    assert "instead of “The permit was granted no more than two years ago” [xx-two-years]" in rule


def test_a_shorter_duration_says_who_keeps_the_longer_one(said: list[str]) -> None:
    (duration,) = (each for each in said if "those who began earlier keep" in each)

    assert duration.startswith("from 2025-01-01: “Harbour money” [xx-harbour-money]")
    assert "2 years instead of 3 years; those who began earlier keep 3 years" in duration
    assert "Who was registered before 2025 keeps three years" in duration


def test_a_rate_is_named_with_the_one_before_it_and_a_dispute_is_said(said: list[str]) -> None:
    assert any("2520.00 (an adult, 2025) instead of 2400.00 (an adult, 2024)" in each for each in said)
    assert any("sources disagree: 550.00 / 560.00 (for each person) instead of 500.00" in each for each in said)


def test_an_authority_by_its_new_name(said: list[str]) -> None:
    assert any("“Harbour Agency” instead of “Harbour Office”" in each for each in said)


def test_every_change_has_a_source_and_they_stand_in_the_order_of_their_days(changes: Changes) -> None:
    assert all(each.sources for each in changes.found)
    assert [each.day for each in changes.found] == sorted(each.day for each in changes.found)


def test_days_may_be_given_in_either_order_and_one_day_changes_nothing(changes: Changes) -> None:
    assert law_changes(harbourland(), "xx-harbour", (AFTER, BEFORE), "en").found == changes.found
    assert law_changes(harbourland(), "xx-harbour", (AFTER, AFTER), "en").found == ()


def test_the_day_from_which_a_programme_has_its_status_is_said() -> None:
    found = law_changes(harbourland(), "xx-lighthouse", (date(2025, 1, 1), AFTER), "en")

    assert any(each.day == AFTER and each.what == "study" for each in found.found)


def test_country_says_what_changes_for_any_of_its_programmes_once(changes: Changes) -> None:
    found = law_changes(harbourland(), "XX", (BEFORE, AFTER), "en").found

    assert len(set(found)) == len(found)
    assert {each.what for each in changes.found} <= {each.what for each in found}


def test_what_is_declared_anew_and_stays_the_same_is_no_change() -> None:
    catalogue = harbourland()
    entry = catalogue.programmes["xx-harbour"]
    scheme = next(each for each in entry.schemes if each.id == "xx-harbour-money")
    rate = scheme.rates[2]
    again = rate.model_copy(update={"valid_from": date(2026, 1, 1), "valid_to": None})
    same = replace(entry, schemes=(scheme.model_copy(update={"rates": (rate, again)}),))

    found = law_changes(
        replace(catalogue, programmes={"xx-harbour": same}), "xx-harbour", (AFTER, date(2026, 6, 1)), "en"
    )

    assert not [each for each in found.found if "2520" in each.what]


def test_what_is_declared_anew_under_the_same_name_is_said_in_what_differs() -> None:
    catalogue = harbourland()
    entry = catalogue.programmes["xx-harbour"]
    scheme = next(each for each in entry.schemes if each.id == "xx-harbour-money")
    base = {"text": "claimed late", "reference": [scheme.reference[0]]}
    claims = tuple(
        ClaimDeadline.model_validate({**base, "within": within, **days})
        for within, days in (("12 months", {"valid_to": "2026-01-31"}), ("6 months", {"valid_from": "2026-02-01"}))
    )
    changed = replace(entry, schemes=(scheme.model_copy(update={"claims": claims}),))

    found = law_changes(
        replace(catalogue, programmes={"xx-harbour": changed}), "xx-harbour", (AFTER, date(2026, 6, 1)), "en"
    )

    assert [each.what for each in found.found if "6 months" in each.what] == ["6 months instead of 12 months"]


def test_the_end_of_the_ground_of_a_pathway_is_a_change() -> None:
    catalogue = harbourland()
    entry = catalogue.programmes["xx-harbour"]
    end = PathwayEnd(
        pathway=Pathway.TEMPORARY_PROTECTION, until=date(2026, 3, 4), reference=entry.programme.window.reference
    )
    ends = replace(entry, country=entry.country.model_copy(update={"pathway_ends": (end,)}))

    found = law_changes(
        replace(catalogue, programmes={"xx-harbour": ends}), "xx-harbour", (AFTER, date(2026, 6, 1)), "en"
    )

    assert [each.day for each in found.found if each.what == "it has ended"] == [date(2026, 3, 5)]
