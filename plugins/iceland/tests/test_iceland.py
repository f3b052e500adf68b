"""What Kummi says of Iceland: who may have a guide, what is paid back, names by date; its stories in `scenarios`."""

from __future__ import annotations

from datetime import date

import pytest

from kummi import Pays, Result, Status
from kummi.testing import CountryUnderTest, contract

ICELAND = CountryUnderTest("is")
GUIDES, SPONSORSHIP = "is-leidsoguvinir", "is-community-sponsorship"

test_contract = contract("is")


def _findings(programme: str, on: date, pathway: str, places: bool | None = None) -> dict[str, Result]:
    household = {"pathway": pathway, "municipality": "0000", "registered": date(2022, 2, 1), "permit.held": True}
    household["fields.municipality_has_places"] = places
    return ICELAND.findings(programme, on, household, {"role": "adult", "born": date(1990, 1, 1)})


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
def test_each_pathway_is_in_or_out_with_the_rule_that_says_so(pathway: str, against: dict[str, Result]) -> None:
    results = _findings(GUIDES, date(2025, 6, 2), pathway)

    assert "is-target-group" in results
    assert _against(results) == against


def test_collective_protection_counts_from_the_day_it_was_activated() -> None:
    before = _findings(GUIDES, date(2022, 3, 3), "temporary_protection")
    after = _findings(GUIDES, date(2022, 3, 4), "temporary_protection")

    assert _against(before) == {"is-target-group-before-2022": Result.NOT_MET}
    assert _against(after) == {}
    assert {"is-target-group", "is-permit-collective"} <= set(after)


def test_after_the_last_day_that_was_read_collective_protection_is_open_and_not_refused() -> None:
    assert _against(_findings(GUIDES, date(2027, 3, 2), "temporary_protection")) == {}
    assert _against(_findings(GUIDES, date(2027, 3, 3), "temporary_protection")) == {
        "is-collective-prolonged": Result.UNKNOWN
    }


def test_sponsorship_beyond_the_quota_is_undecided_and_not_refused() -> None:
    on = date(2025, 6, 2)

    assert _against(_findings(SPONSORSHIP, on, "resettled", places=True)) == {}
    assert _against(_findings(SPONSORSHIP, on, "asylum", places=True)) == {"is-sponsorship-quota": Result.UNKNOWN}


def test_sponsorship_takes_no_live_cases() -> None:
    status = ICELAND.programme(SPONSORSHIP).programme.status

    assert status is Status.ADVOCACY
    assert not status.takes_cases


def test_what_is_spent_comes_back_for_24_months_and_no_amount_is_invented() -> None:
    paid_back, contract = (each for each in ICELAND.programme(GUIDES).schemes if each.is_computed)

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
def test_money_that_is_not_computed_is_listed_with_what_is_known(scheme: str, day: date, amounts: list[int]) -> None:
    assert not ICELAND.scheme(scheme).is_computed
    assert ICELAND.amounts(scheme, day) == amounts


def test_a_number_that_fails_is_warned_about_more_gently_since_numbers_lost_their_check_digit() -> None:
    right, wrong = "120160-3389", "120160-3399"

    assert ICELAND.doubt(right, date(2026, 2, 17)) is None
    assert ICELAND.doubt(right, date(2026, 11, 2)) is None
    assert ICELAND.doubt(wrong, date(2026, 2, 17)) == "the check digit of the Icelandic identity number does not fit"
    assert (
        ICELAND.doubt(wrong, date(2026, 11, 2))
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
def test_a_number_whose_day_does_not_exist_is_refused(number: str, doubtful: bool, refused: bool) -> None:
    assert bool(ICELAND.doubt(number, date(2026, 11, 2))) is doubtful
    assert ICELAND.refuses(number) is refused


@pytest.mark.parametrize(
    ("on", "name"),
    [(date(2023, 3, 31), "Fjölmenningarsetur"), (date(2023, 4, 1), "Fjölmenningarsetur hjá Vinnumálastofnun")],
)
def test_the_centre_is_called_by_its_name_of_the_day(on: date, name: str) -> None:
    named = ICELAND.authority("multicultural-centre").named_on(on)

    assert named is not None
    assert named.name.in_language("is") == name


def test_both_start_dates_of_the_ministry_stand() -> None:
    readings = [str(each.says) for point in ICELAND.country.disagreements for each in point.readings]

    assert {"15 March 2025 (page on reception)", "1 March 2025 (page on temporary protection)"} <= set(readings)
