"""What Kummi says of Denmark: figures by year, target group, deadlines and gaps; its stories are in `scenarios`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kummi import Certainty, Result
from kummi.testing import CountryUnderTest, contract

DENMARK = CountryUnderTest("dk")
FRIENDS = "dk-venner-viser-vej"

test_contract = contract("dk")


def test_basic_grant_has_a_rate_for_the_years_that_were_read_and_no_other() -> None:
    by_year = {year: DENMARK.amounts("dk-basic-grant", date(year, 6, 15)) for year in range(2016, 2027)}

    assert {year: amounts for year, amounts in by_year.items() if amounts} == {
        2017: [Decimal(3960)],
        2018: [Decimal(3960)],
        2020: [Decimal(2858)],
        2024: [Decimal(3127)],
    }


def test_grant_for_unaccompanied_minors_is_known_for_two_years() -> None:
    rates = DENMARK.scheme("dk-unaccompanied-minor-grant").rates

    known = {rate.valid_from.year: rate.amount for rate in rates if rate.valid_from}

    assert known == {2020: Decimal(9503), 2024: Decimal(10397)}


def _findings(on: date, pathway: str, born: date) -> dict[str, Result]:
    household = {"pathway": pathway, "municipality": "0461", "registered": date(2020, 1, 2), "permit.held": True}
    return DENMARK.findings(FRIENDS, on, household, {"role": "adult", "born": born})


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
    pathway: str, against: dict[str, Result]
) -> None:
    results = _findings(date(2024, 6, 3), pathway, born=date(1990, 1, 1))

    assert "dk-target-group-2022" in results
    assert _against(results) == against


def test_a_refugee_is_taken_from_the_eighteenth_birthday_on() -> None:
    born = date(2006, 6, 4)
    before = _findings(date(2024, 6, 3), "unaccompanied_minor", born)
    after = _findings(date(2024, 6, 4), "unaccompanied_minor", born)

    assert _against(before) == {"dk-minor-has-guardian-instead": Result.NOT_MET}
    assert _against(after) == {}


def test_displaced_from_ukraine_are_taken_from_the_day_of_the_act() -> None:
    born = date(1990, 1, 1)
    before = _findings(date(2022, 3, 15), "temporary_protection", born)
    after = _findings(date(2022, 3, 16), "temporary_protection", born)

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
def test_takeover_from_ukraine_is_due_in_danish_working_days(task: str, decided: date, due: date) -> None:
    assert DENMARK.due(FRIENDS, task, decided, {"fields.visitation_decided": decided}) == due


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
    number: str, doubtful: bool, refused: bool
) -> None:
    assert bool(DENMARK.doubt(number, date(2026, 11, 2))) is doubtful
    assert DENMARK.refuses(number) is refused


def test_all_98_municipalities_have_a_code_of_their_own() -> None:
    codes = {place.code for place in DENMARK.country.municipalities}

    assert len(codes) == len(DENMARK.country.municipalities) == 98
    assert DENMARK.programme(FRIENDS).places.key("Ærø") == "0492"


def test_what_a_press_report_says_of_84_municipalities_stays_secondary() -> None:
    rule = next(each for each in DENMARK.programme(FRIENDS).rules if each.id == "dk-municipality-takes-part")

    assert [each.certainty for each in rule.reference if "Altinget" in each.title] == [Certainty.SECONDARY]


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
def test_money_that_is_not_computed_is_listed_with_what_is_known(scheme: str, day: date, amounts: list[int]) -> None:
    assert not DENMARK.scheme(scheme).is_computed
    assert DENMARK.amounts(scheme, day) == amounts


def test_result_grants_of_2015_end_with_that_year_and_only_by_assumption() -> None:
    found = {
        scheme.id: (rate.amount, str(rate.valid_to), [each.certainty for each in rate.reference])
        for scheme in DENMARK.programme(FRIENDS).schemes
        if scheme.is_computed
        for rate in scheme.rates
        if rate.valid_from == date(2015, 1, 5)
    }

    assert found == {
        "dk-result-employment": (48440, "2015-12-31", [Certainty.ASSUMED]),
        "dk-result-education": (48440, "2015-12-31", [Certainty.ASSUMED]),
        "dk-result-danish": (36331, "2015-12-31", [Certainty.ASSUMED]),
    }
