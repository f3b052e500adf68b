"""What must hold of Finland: its law by date, its figures, its words, and that nothing is invented."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from stdnum.fi import hetu

from kummi import Certainty, Gender, MemberRole, Person, TaskKind
from kummi.testing import CountryUnderTest, contract

FINLAND = CountryUnderTest("fi")
PILOT, FRIEND = "fi-community-integration-pilot", "fi-ystavatoiminta"

test_contract = contract("fi")


def test_finland_has_two_programmes() -> None:
    assert set(FINLAND.programmes) == {PILOT, FRIEND}


def test_finland_has_its_own_terms_in_finnish_and_swedish() -> None:
    terms = [FINLAND.term(language, "payee", "county") for language in ("fi", "sv")]

    assert terms == ["hyvinvointialue", "välfärdsområdet"]
    assert FINLAND.phrase("sv", "identity number") == "personbeteckning"


@pytest.mark.parametrize(
    ("authority", "before", "after"),
    [
        ("regional-centre", "elinkeino-, liikenne- ja ympäristökeskus (ELY-keskus)", "elinvoimakeskus"),
        ("paying-centre", "kehittämis- ja hallintokeskus (KEHA-keskus)", "Työllisyys-, kehittämis- ja hallintokeskus"),
    ],
)
def test_authorities_change_their_names_on_new_years_day_of_2026(authority: str, before: str, after: str) -> None:
    found = FINLAND.authority(authority)
    names = [found.named_on(day) for day in (date(2025, 12, 31), date(2026, 1, 1))]

    assert [name.name.in_language("fi") for name in names if name] == [before, after]


@pytest.mark.parametrize(
    ("scheme", "under_7", "from_7"),
    [
        ("fi-municipality", 2741, 2052),
        ("fi-county", 948, 1097),
        ("fi-aland-municipality", 3157, 2609),
        ("fi-aland-health", 532, 540),
    ],
)
def test_rates_of_2025_are_those_of_the_decree(scheme: str, under_7: int, from_7: int) -> None:
    assert FINLAND.amounts(scheme, date(2025, 1, 1)) == [under_7, from_7]


def test_municipality_and_county_together_get_what_the_sources_sum_to() -> None:
    def both(day: date) -> list[Decimal]:
        pairs = zip(FINLAND.amounts("fi-municipality", day), FINLAND.amounts("fi-county", day), strict=True)
        return [municipality + county for municipality, county in pairs if municipality and county]

    assert both(date(2023, 6, 1)) == [6845, 2300] == FINLAND.amounts("fi-aland-municipality", date(2023, 6, 1))
    assert both(date(2025, 6, 1)) == [3689, 3149]


def test_no_amount_is_said_for_2024_where_sources_disagree() -> None:
    for scheme in ("fi-municipality", "fi-county", "fi-aland-municipality"):
        assert FINLAND.amounts(scheme, date(2024, 6, 1)) == [None, None]


def test_a_late_extract_is_no_reason_to_ask_again() -> None:
    """Six months is how fresh the paper must be when shown; the act sets no time for a new check."""
    for programme in (PILOT, FRIEND):
        tasks = FINLAND.programme(programme).workflow.tasks
        assert [task.valid_for for task in tasks if task.kind is TaskKind.CLEARANCE] == [None]


def test_both_sides_confirm_the_warm_handover() -> None:
    tasks = FINLAND.programme(PILOT).workflow.stage("warm-handover").tasks

    assert {task.owner for task in tasks if task.kind is TaskKind.HANDOVER and task.required} == {
        "municipality",
        "coordinator",
    }


def test_four_sources_on_the_number_of_places_all_stand() -> None:
    pilot = FINLAND.programme(PILOT).programme

    assert pilot.municipalities == ("Kokkola",)
    assert [str(each.says) for each in pilot.disagreements[0].readings] == [
        "about 15 (plan of 2023)",
        "about 14 (November 2024)",
        "14 (early 2025)",
        "13, chosen together with the ELY Centres",
    ]
    assert not pilot.municipalities_complete


def test_no_indicator_code_is_shipped_that_nobody_read() -> None:
    codes = {each.code for each in FINLAND.programme(PILOT).reports.indicators}

    assert codes == {None, "O.2.1", "O.2.2"}


@pytest.mark.parametrize(
    ("duty", "says", "section"),
    [
        ("fi-register-deletion", "four years after the client relationship ended", "section 77"),
        ("fi-old-act-claims", "2026-12-31", None),
        ("fi-agreement-review", "at least every four years", "section 42"),
        ("fi-compensation-claim", "two years from the end of the calendar year", "section 70"),
    ],
)
def test_what_the_act_asks_by_a_day_is_a_duty(duty: str, says: str, section: str | None) -> None:
    found = next(each for each in FINLAND.programme(PILOT).reports.duties if each.id == duty)

    assert says in str(found.due)
    assert [(each.id, each.section) for each in found.reference] == [("act-681-2023", section)]


def test_quotas_and_unit_costs_of_the_fund_are_noted_with_their_sources() -> None:
    notes = [each for each in FINLAND.programme(PILOT).programme.notes if each.reference]
    (quotas,) = (each for each in notes if "quota" in str(each.text))
    (costs,) = (each for each in notes if "unit costs" in str(each.text))

    assert "500 in 2024, 2025 and 2026" in str(quotas.text)
    assert [each.certainty for each in quotas.reference if each.id == "quota-2026"] == [Certainty.SECONDARY]
    assert "None is per refugee, sponsor or group" in str(costs.text)
    assert costs.reference[0].section == "sections 17 to 23"


def test_the_decided_end_of_temporary_protection_is_said_and_only_what_follows_is_asked() -> None:
    notes = [str(each.text) for each in FINLAND.programme(FRIEND).programme.notes]
    questions = [str(each.text) for each in FINLAND.country.questions]

    assert any("until 4 March 2027, by Council Implementing Decision (EU) 2025/1460" in each for each in notes)
    assert [each for each in questions if "temporary protection" in each] == [
        "Whether temporary protection goes on after 4 March 2027, and what its end means for the compensation of"
        " municipalities. A Council recommendation prepares the transition."
    ]


@pytest.mark.parametrize(
    ("scheme", "under_7", "from_7"),
    [
        ("fi-late-claims-municipality", 2185, 1496),
        ("fi-late-claims-county", 115, 264),
        ("fi-late-claims-aland", 2300, 1760),
    ],
)
def test_late_claims_have_the_rates_of_section_4_and_a_last_day(scheme: str, under_7: int, from_7: int) -> None:
    found = FINLAND.scheme(scheme)

    assert not found.is_computed
    assert FINLAND.amounts(scheme, date(2024, 12, 31)) == [under_7, from_7]
    assert FINLAND.amounts(scheme, date(2025, 1, 1)) == []
    assert found.claims[0].last_day(date(2024, 5, 1), date(2024, 5, 31)) == date(2026, 12, 31)


def test_late_claims_of_municipality_and_county_add_up_to_those_of_aland() -> None:
    day = date(2024, 6, 1)
    municipality, county, aland = (
        FINLAND.amounts(f"fi-late-claims-{each}", day) for each in ("municipality", "county", "aland")
    )

    assert [one + other for one, other in zip(municipality, county, strict=True) if one and other] == aland


def test_sums_of_aland_for_single_services_are_listed_and_not_computed() -> None:
    assert not FINLAND.scheme("fi-aland-services").is_computed
    assert FINLAND.amounts("fi-aland-services", date(2025, 1, 1)) == [11800, 700, 500, 2857, 560]
    assert FINLAND.amounts("fi-aland-services", date(2024, 12, 31)) == []


def test_costs_under_the_act_of_2010_have_a_last_day_that_is_said() -> None:
    (claim,) = FINLAND.scheme("fi-old-act-costs").claims

    assert claim.last_day(date(2023, 1, 1), date(2023, 12, 31)) == date(2026, 12, 31)
    assert claim.last_day(date(2025, 1, 1), date(2025, 12, 31)) is None


@pytest.mark.parametrize("day", [date(2011, 9, 1), date(2022, 12, 31)])
def test_rates_of_the_decree_of_2011_hold_from_its_first_day_to_its_change(day: date) -> None:
    assert FINLAND.amounts("fi-municipality", day) == [6845, 2300]
    assert FINLAND.amounts("fi-municipality", date(2011, 8, 31)) == []
    assert FINLAND.amounts("fi-initial-assessment", day) == [700]


CODES = ["131052-308T", "131052Y308T", "010124A903S", "010124B903S", "010180-9004", "150698+904Y"]


@pytest.mark.parametrize("code", CODES)
def test_the_form_takes_every_separator_and_lower_case(code: str) -> None:
    form = FINLAND.country.identifiers[0].form

    assert re.fullmatch(form, code)
    assert re.fullmatch(form, code.lower())


def test_the_form_refuses_a_separator_that_does_not_exist() -> None:
    assert not re.fullmatch(FINLAND.country.identifiers[0].form, "010180G906A")


def _with_its_character(code: str) -> str:
    return code[:-1] + "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(code[:6] + code[7:10]) % 31]


@pytest.mark.parametrize("code", CODES)
def test_a_code_with_its_right_character_brings_no_warning_a_temporary_one_neither(code: str) -> None:
    assert FINLAND.doubt(_with_its_character(code), date(2026, 1, 2)) is None
    assert (
        FINLAND.doubt("131052-308U", date(2026, 1, 2)) == "the check digit of the personal identity code does not fit"
    )


@pytest.mark.parametrize(
    ("code", "refused"), [("300280-9004", True), ("321280A9004", True), ("011380-9004", True), ("010180-9000", False)]
)
def test_a_code_whose_day_does_not_exist_is_refused_and_a_wrong_character_is_not(code: str, refused: bool) -> None:
    assert FINLAND.refuses(code) is refused


def test_the_library_knows_the_separators_of_2023() -> None:
    assert hetu.is_valid("131052-308T")
    assert hetu.is_valid("131052Y308T")
    assert not hetu.is_valid("131052-308U")


@pytest.mark.parametrize(
    ("place", "is_free"), [("Mariehamn", True), ("Vårdö", True), ("Kokkola", False), (None, False)]
)
def test_the_ninth_of_june_is_a_holiday_in_aland_alone(place: str | None, is_free: bool) -> None:
    assert FINLAND.is_holiday(date(2025, 6, 9), place) is is_free
    assert FINLAND.is_holiday(date(2025, 12, 6), place)


def test_after_a_move_the_county_is_paid_apart_by_the_municipality_of_the_time() -> None:
    adult = Person(1, MemberRole.ADULT, date(1985, 1, 5), Gender.MALE)
    values = {"pathway": "resettled", "municipality": "Kokkola", "registered": date(2025, 2, 26)}
    window, moves = (date(2025, 1, 1), date(2026, 2, 25)), {date(2025, 8, 26): "Helsinki"}

    lines = FINLAND.entitlements(PILOT, values, (adult,), *window, "fi-county", moves=moves)

    assert {title: str(each.payable) for title, each in FINLAND.totals(lines).items()} == {
        "wellbeing services county, or the City of Helsinki (Kokkola)": "548.50 EUR",
        "wellbeing services county, or the City of Helsinki (Helsinki)": "548.50 EUR",
    }
