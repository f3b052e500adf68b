"""What Kummi says of Iceland: who may have a guide, what is paid back, names by date, and whole stories."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import kummi_iceland
from kummi.casework.identity_numbers import doubt_about, never_given
from kummi.catalogue.catalogue import Catalogue, ProgrammeEntry
from kummi.catalogue.load_catalogue import load
from kummi.lifecycle.translations import missing_languages
from kummi.model.base import Declared
from kummi.model.decision import Result
from kummi.model.facts import Facts, FactValue
from kummi.model.funding import Pays
from kummi.model.vocabulary import Status
from kummi.rules.decide import decide_all
from kummi.testing.play import play
from kummi.testing.scenario import read_scenario

STORIES = sorted((Path(kummi_iceland.__file__).parent / "scenarios").glob("*.yaml"))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(["IS"])


@pytest.fixture(scope="module")
def guides(catalogue: Catalogue) -> ProgrammeEntry:
    return catalogue.programme("is-leidsoguvinir")


@pytest.fixture(scope="module")
def sponsorship(catalogue: Catalogue) -> ProgrammeEntry:
    return catalogue.programme("is-community-sponsorship")


def test_nothing_is_wrong_with_the_plugin(catalogue: Catalogue) -> None:
    assert [str(fault) for fault in catalogue.faults] == []


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_story_holds(story: Path, catalogue: Catalogue) -> None:
    assert play(read_scenario(story), catalogue).departures == ()


def _results(entry: ProgrammeEntry, on: date, pathway: str, places: bool | None = None) -> dict[str, Result]:
    values: dict[str, FactValue] = {"pathway": pathway, "municipality": "0000", "registered": date(2022, 2, 1)}
    values |= {"permit.held": True, "fields.municipality_has_places": places}
    asked = Facts(on, values, ({"role": "adult", "born": date(1990, 1, 1)},))
    findings = decide_all(entry.rules, asked, entry.places).findings
    return {finding.rule: finding.result for finding in findings}


def _against(results: dict[str, Result]) -> dict[str, Result]:
    return {rule: result for rule, result in results.items() if result is not Result.MET}


@pytest.mark.parametrize(
    ("pathway", "against"),
    [
        ("resettled", {}),
        ("asylum", {}),
        ("temporary_protection", {}),
        ("family_reunification", {"is-family-of-protected": Result.UNKNOWN}),
        ("unaccompanied_minor", {"is-child-protection-agrees": Result.UNKNOWN}),
        ("other_permit", {"is-target-group": Result.UNKNOWN}),
    ],
)
def test_each_pathway_is_in_or_out_with_the_rule_that_says_so(
    guides: ProgrammeEntry, pathway: str, against: dict[str, Result]
) -> None:
    results = _results(guides, date(2025, 6, 2), pathway)

    assert "is-target-group" in results
    assert _against(results) == against


def test_collective_protection_counts_from_the_day_it_was_activated(guides: ProgrammeEntry) -> None:
    before = _results(guides, date(2022, 3, 3), "temporary_protection")
    after = _results(guides, date(2022, 3, 4), "temporary_protection")

    assert _against(before) == {"is-target-group-before-2022": Result.NOT_MET}
    assert _against(after) == {}
    assert {"is-target-group", "is-permit-collective"} <= set(after)


def test_after_the_last_day_that_was_read_collective_protection_is_open_and_not_refused(guides: ProgrammeEntry) -> None:
    assert _against(_results(guides, date(2027, 3, 2), "temporary_protection")) == {}
    assert _against(_results(guides, date(2027, 3, 3), "temporary_protection")) == {
        "is-collective-prolonged": Result.UNKNOWN
    }


def test_sponsorship_beyond_the_quota_is_undecided_and_not_refused(sponsorship: ProgrammeEntry) -> None:
    on = date(2025, 6, 2)

    assert _against(_results(sponsorship, on, "resettled", places=True)) == {}
    assert _against(_results(sponsorship, on, "asylum", places=True)) == {"is-sponsorship-quota": Result.UNKNOWN}


def test_sponsorship_takes_no_live_cases(sponsorship: ProgrammeEntry) -> None:
    assert sponsorship.programme.status is Status.ADVOCACY
    assert not sponsorship.programme.status.takes_cases


def test_what_is_spent_comes_back_for_24_months_and_no_amount_is_invented(guides: ProgrammeEntry) -> None:
    paid_back, contract = (each for each in guides.schemes if each.is_computed)

    assert (paid_back.pays, str(paid_back.spans[0].lasts), paid_back.rates) == (Pays.ACTUAL_COST, "24 months", ())
    assert [rate.amount for rate in contract.rates] == [None]


@pytest.mark.parametrize(
    ("scheme", "day", "amounts"),
    [
        ("is-reception-totals", date(2023, 6, 1), [700_000_000, 30_100_000]),
        ("is-reception-totals", date(2024, 6, 1), []),
        ("is-quota-contracts", date(2016, 6, 1), [173_400_000, 41_000_000]),
    ],
)
def test_money_that_is_not_computed_is_listed_with_what_is_known(
    guides: ProgrammeEntry, scheme: str, day: date, amounts: list[int]
) -> None:
    found = next(each for each in guides.schemes if each.id == scheme)

    assert not found.is_computed
    assert [rate.amount for rate in found.rates if rate.is_valid_on(day)] == amounts


def test_a_number_that_fails_is_warned_about_more_gently_since_numbers_lost_their_check_digit(
    guides: ProgrammeEntry,
) -> None:
    schemes = guides.country.identifiers
    right, wrong = "120160-3389", "120160-3399"

    assert doubt_about(schemes, right, date(2026, 2, 17)) is None
    assert doubt_about(schemes, right, date(2026, 11, 2)) is None
    assert (
        doubt_about(schemes, wrong, date(2026, 2, 17))
        == "the check digit of the Icelandic identity number does not fit"
    )
    assert (
        doubt_about(schemes, wrong, date(2026, 11, 2))
        == "the check digit of the Icelandic identity number does not fit, as it need not in one given after 2026-02-17"
    )


@pytest.mark.parametrize(
    ("number", "doubtful", "refused"),
    [
        ("892350-1739", False, False),  # a system number holds no date
        ("320160-3389", False, True),
        ("311160-3389", False, True),
        ("301360-3389", False, True),
        ("520160-3389", True, False),  # an organisation's: 40 added to the day
    ],
)
def test_a_number_whose_day_does_not_exist_is_refused(
    guides: ProgrammeEntry, number: str, doubtful: bool, refused: bool
) -> None:
    schemes = guides.country.identifiers

    assert bool(doubt_about(schemes, number, date(2026, 11, 2))) is doubtful
    assert bool(never_given(schemes, number)) is refused


@pytest.mark.parametrize(
    ("on", "name"),
    [(date(2023, 3, 31), "Fjölmenningarsetur"), (date(2023, 4, 1), "Fjölmenningarsetur hjá Vinnumálastofnun")],
)
def test_the_centre_is_called_by_its_name_of_the_day(guides: ProgrammeEntry, on: date, name: str) -> None:
    centre = next(each for each in guides.country.authorities if each.id == "multicultural-centre")
    named = centre.named_on(on)

    assert named is not None
    assert named.name.in_language("is") == name


def test_both_start_dates_of_the_ministry_stand(guides: ProgrammeEntry) -> None:
    readings = [str(each.says) for point in guides.country.disagreements for each in point.readings]

    assert {"15 March 2025 (page on reception)", "1 March 2025 (page on temporary protection)"} <= set(readings)


@pytest.mark.parametrize("programme", ["is-leidsoguvinir", "is-community-sponsorship"])
def test_every_text_on_a_screen_is_there_in_icelandic(catalogue: Catalogue, programme: str) -> None:
    entry = catalogue.programme(programme)
    reports = entry.reports
    declared: tuple[Declared, ...] = (
        entry.workflow,
        entry.programme,
        *entry.rules,
        *entry.schemes,
        *reports.indicators,
    )
    declared += (*reports.formats, *reports.duties)
    missing = [where for each in declared for where, _ in missing_languages(each, ["is"], "")]

    assert missing == []


def test_there_are_stories_to_play() -> None:
    assert len(STORIES) >= 6
