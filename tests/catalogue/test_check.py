"""What ``plugin check`` says: faults, proofs, translations, sources, open questions, and the badge they earn."""

from __future__ import annotations

import pytest

from kummi.catalogue.check import Maturity, ScenarioRun, check_plugin
from kummi.errors import NotFoundError
from kummi.lifecycle.flaw import Proof
from kummi.model.words import ENGLISH
from kummi.testing.harbourland import harbourland


def test_harbourland_is_sourced_and_proved() -> None:
    report = check_plugin(harbourland(), "xx")

    assert report.maturity is Maturity.SOURCED
    assert {each.programme for each in report.proofs} == {"xx-harbour", "xx-lighthouse"}
    assert all(each.holds for each in report.proofs)
    assert (report.faults, report.unsourced, report.questions) == ((), (), 2)


def test_plugin_with_a_fault_is_a_draft_and_shows_the_shortest_way_that_breaks_a_proof(country) -> None:
    country.replace("workflow.yaml", "kind: consent", "kind: talk")

    report = check_plugin(country.load(), "xx")

    assert report.maturity is Maturity.DRAFT
    (broken,) = [each for each in report.proofs if each.programme == "xx-harbour" and not each.holds]
    assert broken.proof is Proof.CONSENT
    assert broken.flaws[0].way() == "Hailed -> Surveyed -> Fitting out -> Crew sought"


def test_plugin_whose_files_cannot_be_read_is_a_draft_with_its_faults(country) -> None:
    country.write("funding.yaml", "schemes: [")

    report = check_plugin(country.load(), "xx")

    assert (report.maturity, len(report.faults), report.proofs) == (Maturity.DRAFT, 1, ())


def test_plugin_that_gives_nothing_is_a_draft() -> None:
    class Nothing:
        pass

    assert check_plugin(harbourland(Nothing()), "other-1").maturity is Maturity.DRAFT


def test_missing_translations_are_counted_by_language(country) -> None:
    country.replace("workflow.yaml", "title: {en: Surveyed, xx: Mirat}", "title: Surveyed")
    country.replace("funding.yaml", "title: {en: Crew grant, xx: Don a krui}", "title: Crew grant")
    country.write("words.yaml", "xx: {value.yes: si, value.no: no}\n")

    report = check_plugin(country.load(), "xx")

    assert report.missing_texts == {"xx": 2}
    assert report.missing_words == {"xx": len(ENGLISH) - 2}


def test_value_without_a_source_is_named_with_its_place_and_makes_a_draft(country) -> None:
    country.replace("country.yaml", "xx: krui}, reference: crew-handbook}", "xx: krui}}")

    report = check_plugin(country.load(), "xx")

    assert report.unsourced == ("country.yaml:1: term crew",)
    assert report.maturity is Maturity.DRAFT


@pytest.mark.parametrize(
    ("run", "badge"),
    [
        (ScenarioRun(6), Maturity.TESTED),
        (ScenarioRun(6, ("a story",)), Maturity.SOURCED),
        (ScenarioRun(0), Maturity.SOURCED),
    ],
)
def test_badge_tested_needs_scenarios_that_all_pass(run: ScenarioRun, badge: Maturity) -> None:
    assert check_plugin(harbourland(), "xx", lambda: run).maturity is badge


def test_badge_reviewed_needs_the_day_on_which_somebody_read_it_all(country) -> None:
    country.replace("country.yaml", "currency: XTS", "currency: XTS\nreviewed_on: 2026-11-01")

    assert check_plugin(country.load(), "xx", lambda: ScenarioRun(6)).maturity is Maturity.REVIEWED


def test_plugin_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="no plugin named 'yy'"):
        check_plugin(harbourland(), "yy")
