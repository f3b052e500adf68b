"""What Kummi says of Denmark: figures by year, who is in the target group, deadlines, gaps, and whole stories."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import kummi_denmark
from kummi.casework.identity_numbers import doubt_about, never_given
from kummi.catalogue.catalogue import Catalogue, ProgrammeEntry
from kummi.catalogue.load_catalogue import load
from kummi.lifecycle.deadlines import due_on, holidays_of
from kummi.lifecycle.translations import missing_languages
from kummi.model.base import Declared
from kummi.model.decision import Result
from kummi.model.facts import Facts, FactValue
from kummi.model.reference import Certainty
from kummi.rules.decide import decide_all
from kummi.testing.play import play
from kummi.testing.scenario import read_scenario

STORIES = sorted((Path(kummi_denmark.__file__).parent / "scenarios").glob("*.yaml"))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(["DK"])


@pytest.fixture(scope="module")
def friends(catalogue: Catalogue) -> ProgrammeEntry:
    return catalogue.programme("dk-venner-viser-vej")


def test_nothing_is_wrong_with_the_plugin(catalogue: Catalogue) -> None:
    assert [str(fault) for fault in catalogue.faults] == []


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_story_holds(story: Path, catalogue: Catalogue) -> None:
    assert play(read_scenario(story), catalogue).departures == ()


def test_basic_grant_has_a_rate_for_the_years_that_were_read_and_no_other(friends: ProgrammeEntry) -> None:
    scheme = next(each for each in friends.schemes if each.id == "dk-basic-grant")

    by_year = {
        year: [rate.amount for rate in scheme.rates if rate.is_valid_on(date(year, 6, 15))]
        for year in range(2016, 2027)
    }

    assert {year: amounts for year, amounts in by_year.items() if amounts} == {
        2017: [Decimal(3960)],
        2018: [Decimal(3960)],
        2020: [Decimal(2858)],
        2024: [Decimal(3127)],
    }


def test_grant_for_unaccompanied_minors_is_known_for_two_years(friends: ProgrammeEntry) -> None:
    scheme = next(each for each in friends.schemes if each.id == "dk-unaccompanied-minor-grant")

    known = {rate.valid_from.year: rate.amount for rate in scheme.rates if rate.valid_from}

    assert known == {2020: Decimal(9503), 2024: Decimal(10397)}


def _results(friends: ProgrammeEntry, on: date, pathway: str, born: date) -> dict[str, Result]:
    values: dict[str, FactValue] = {"pathway": pathway, "municipality": "0461"}
    values |= {"registered": date(2020, 1, 2), "permit.held": True}
    asked = Facts(on, values, ({"role": "adult", "born": born},))
    findings = decide_all(friends.rules, asked, friends.places).findings
    return {finding.rule: finding.result for finding in findings}


def _against(results: dict[str, Result]) -> dict[str, Result]:
    return {rule: result for rule, result in results.items() if result is not Result.MET}


@pytest.mark.parametrize(
    ("pathway", "against"),
    [
        ("resettled", {}),
        ("asylum", {}),
        ("temporary_protection", {}),
        ("family_reunification", {"dk-family-of-refugee": Result.UNKNOWN}),
        ("unaccompanied_minor", {}),
        ("other_permit", {"dk-target-group-2022": Result.UNKNOWN}),
    ],
)
def test_each_pathway_of_an_adult_is_in_or_out_with_the_rule_that_says_so(
    friends: ProgrammeEntry, pathway: str, against: dict[str, Result]
) -> None:
    results = _results(friends, date(2024, 6, 3), pathway, born=date(1990, 1, 1))

    assert "dk-target-group-2022" in results
    assert _against(results) == against


def test_a_refugee_is_taken_from_the_eighteenth_birthday_on(friends: ProgrammeEntry) -> None:
    born = date(2006, 6, 4)
    before = _results(friends, date(2024, 6, 3), "unaccompanied_minor", born)
    after = _results(friends, date(2024, 6, 4), "unaccompanied_minor", born)

    assert _against(before) == {"dk-minor-has-guardian-instead": Result.NOT_MET}
    assert _against(after) == {}


def test_displaced_from_ukraine_are_taken_from_the_day_of_the_act(friends: ProgrammeEntry) -> None:
    born = date(1990, 1, 1)
    before = _results(friends, date(2022, 3, 15), "temporary_protection", born)
    after = _results(friends, date(2022, 3, 16), "temporary_protection", born)

    assert _against(before) == {"dk-target-group-2016": Result.NOT_MET}
    assert _against(after) == {}
    assert {"dk-target-group-2022", "dk-permit-ukraine", "dk-assigned-ukraine"} <= set(after)


@pytest.mark.parametrize(
    ("task", "decided", "due"),
    [
        # 25 to 27 March are three working days; Maundy Thursday to Easter Monday are not.
        ("responsibility-ukraine-four-days", date(2024, 3, 22), date(2024, 4, 2)),
        # 3 to 23 April 2024 hold no holiday: fifteen working days are three weeks.
        ("responsibility-ukraine-fifteen-days", date(2024, 4, 2), date(2024, 4, 23)),
    ],
)
def test_takeover_from_ukraine_is_due_in_danish_working_days(
    friends: ProgrammeEntry, task: str, decided: date, due: date
) -> None:
    deadline = next(each for each in friends.workflow.tasks if each.id == task).deadline
    facts = Facts(decided, {"fields.visitation_decided": decided})

    assert deadline is not None
    assert due_on(deadline, decided, facts, holidays_of(friends.country, None)) == due


@pytest.mark.parametrize(
    ("number", "doubtful", "refused"),
    [
        ("111111-1118", False, False),
        ("111111-1119", False, False),  # numbers without the check digit are valid
        ("290200-1234", False, False),  # there was a 29 February 2000
        ("0101-601234", True, False),
        ("610160-1234", True, False),
        ("321360-1234", False, True),
        ("300260-1234", False, True),
        ("290201-1234", False, True),
        ("000000-0000", False, True),
    ],
)
def test_a_number_whose_day_does_not_exist_is_refused_and_its_check_digit_is_not_looked_at(
    friends: ProgrammeEntry, number: str, doubtful: bool, refused: bool
) -> None:
    schemes = friends.country.identifiers

    assert bool(doubt_about(schemes, number, date(2026, 11, 2))) is doubtful
    assert bool(never_given(schemes, number)) is refused


def test_all_98_municipalities_have_a_code_of_their_own(friends: ProgrammeEntry) -> None:
    codes = {place.code for place in friends.country.municipalities}

    assert len(codes) == len(friends.country.municipalities) == 98
    assert friends.places.key("Ærø") == "0492"


def test_what_a_press_report_says_of_84_municipalities_stays_secondary(friends: ProgrammeEntry) -> None:
    rule = next(each for each in friends.rules if each.id == "dk-municipality-takes-part")

    assert [each.certainty for each in rule.reference if "Altinget" in each.title] == [Certainty.SECONDARY]


def test_every_text_on_a_screen_is_there_in_danish(friends: ProgrammeEntry) -> None:
    reports = friends.reports
    declared: tuple[Declared, ...] = (
        friends.workflow,
        friends.programme,
        *friends.rules,
        *friends.schemes,
        *reports.indicators,
    )
    declared += (*reports.formats, *reports.duties)
    missing = [where for each in declared for where, _ in missing_languages(each, ["da"], "")]

    assert missing == []


def test_there_are_stories_to_play() -> None:
    assert len(STORIES) >= 6


@pytest.mark.parametrize(
    ("scheme", "day", "amounts"),
    [
        ("dk-programme-costs", date(2015, 6, 1), [74095, 50750]),
        ("dk-programme-costs", date(2023, 6, 1), []),
        ("dk-programme-costs", date(2024, 6, 1), [41856]),
        ("dk-equalisation", date(2024, 6, 1), [6500, 10000, 17500]),
        ("dk-temporary-housing", date(2017, 12, 31), [24000]),
        ("dk-extra-in-work", date(2019, 1, 1), []),
    ],
)
def test_money_that_is_not_computed_is_listed_with_what_is_known(
    friends: ProgrammeEntry, scheme: str, day: date, amounts: list[int]
) -> None:
    found = next(each for each in friends.schemes if each.id == scheme)

    assert not found.is_computed
    assert [rate.amount for rate in found.rates if rate.is_valid_on(day)] == amounts


def test_result_grants_of_2015_end_with_that_year_and_only_by_assumption(friends: ProgrammeEntry) -> None:
    found = {
        scheme.id: (rate.amount, str(rate.valid_to), [each.certainty for each in rate.reference])
        for scheme in friends.schemes
        if scheme.is_computed
        for rate in scheme.rates
        if rate.valid_from == date(2015, 1, 5)
    }

    assert found == {
        "dk-result-employment": (48440, "2015-12-31", [Certainty.ASSUMED]),
        "dk-result-education": (48440, "2015-12-31", [Certainty.ASSUMED]),
        "dk-result-danish": (36331, "2015-12-31", [Certainty.ASSUMED]),
    }
