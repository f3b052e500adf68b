"""What the plugin says of Sweden; its stories that lawyers can read in `scenarios`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kummi import Certainty, Gender, MemberRole, Pathway, Person, Phase, Status, TaskKind
from kummi.testing import CountryUnderTest, contract

SWEDEN = CountryUnderTest("se")
PILOTS = ("se-danderyd", "se-mora", "se-strangnas", "se-sjobo", "se-stockholm")
A_DAY = date(2025, 3, 3)

test_contract = contract("se")


def test_five_pilots_and_kompis_are_the_programmes() -> None:
    assert sorted(SWEDEN.programmes) == sorted((*PILOTS, "se-kompis"))


def test_sweden_has_its_own_terms() -> None:
    assert SWEDEN.term("sv", "outcome", "no_sponsor") == "ingen guide hittad"
    assert SWEDEN.term("sv", "phase", "referral") == "anvisning"


@pytest.mark.parametrize(
    ("programme", "status", "start", "end"),
    [
        ("se-danderyd", Status.PILOT, date(2023, 1, 1), None),
        ("se-mora", Status.PILOT, date(2023, 1, 1), None),
        ("se-strangnas", Status.PILOT, date(2023, 8, 30), date(2024, 5, 28)),
        ("se-sjobo", Status.ESTABLISHED, date(2023, 1, 1), None),
        ("se-stockholm", Status.PILOT, date(2025, 1, 1), None),
        ("se-kompis", Status.PILOT, date(2023, 2, 1), date(2025, 12, 31)),
    ],
)
def test_each_programme_keeps_its_own_window_and_status(
    programme: str, status: Status, start: date, end: date | None
) -> None:
    found = SWEDEN.programme(programme).programme
    assert (found.status, found.window.start, found.window.end) == (status, start, end)


def test_pilots_share_a_workflow_and_kompis_has_its_own() -> None:
    shared = {SWEDEN.programme(pilot).workflow for pilot in PILOTS}
    assert len(shared) == 1
    assert SWEDEN.programme("se-kompis").workflow not in shared


def test_contact_before_departure_is_a_side_stage_of_quota_refugees() -> None:
    workflow = SWEDEN.programme("se-danderyd").workflow
    assert workflow.stage("before-departure").phase is Phase.REFERRAL
    into = [move for move in workflow.moves if move.to == "before-departure"]
    assert [rule.id for move in into for rule in move.guards] == ["only-quota-before-departure"]
    assert any("placement" in move.from_ and move.to == "reception" for move in workflow.moves)


@pytest.mark.parametrize(
    ("programme", "verdicts"),
    [
        ("se-danderyd", "open open depends depends depends depends"),
        ("se-kompis", "open closed closed closed closed closed"),
    ],
)
def test_each_pathway_is_open_closed_or_depends(programme: str, verdicts: str) -> None:
    assert [SWEDEN.verdict(programme, pathway, A_DAY) for pathway in Pathway] == verdicts.split()


def test_temporary_protection_is_closed_until_it_can_be_registered() -> None:
    before, after = date(2024, 6, 13), date(2024, 6, 14)
    verdicts = [SWEDEN.verdict("se-danderyd", Pathway.TEMPORARY_PROTECTION, day) for day in (before, after)]
    assert verdicts == ["closed", "depends"]


FLAT_RATES = {
    2016: (125000, 78200),
    2017: (126400, 79100),
    2018: (133200, 80300),
    2019: (142600, 82100),
    2020: (146100, 82100),
    2021: (149600, 84000),
    2022: (151800, 85200),
    2023: (165000, 92600),
    2024: (165000, 92600),
    2025: (165000, 92600),
    2026: (165000, 165000, 92600),
}


@pytest.mark.parametrize("year", FLAT_RATES)
def test_flat_rate_of_each_year_is_the_one_of_the_source(year: int) -> None:
    for day in (date(year, 1, 1), date(year, 12, 31)):
        assert tuple(SWEDEN.amounts("se-flat-rate", day)) == FLAT_RATES[year]


def test_flat_rate_before_2016_is_unknown() -> None:
    assert SWEDEN.rates("se-flat-rate", date(2015, 12, 31)) == []


def test_flat_rate_comes_in_ten_twenty_and_seven_tenths() -> None:
    scheme = SWEDEN.scheme("se-flat-rate")
    shares = [(str(each.after), each.share) for each in scheme.instalments]
    later = [(f"{months} months", Decimal("0.1")) for months in range(6, 25, 3)]
    assert shares == [("1 month", Decimal("0.1")), ("3 months", Decimal("0.2")), *later]
    assert (scheme.age_at, scheme.rate_on) == ("month_before_end", "start")


@pytest.mark.parametrize("scheme", ["se-initial-assigned", "se-initial-own"])
@pytest.mark.parametrize(("year", "price_base"), [(2025, 58800), (2026, 59200)])
def test_computed_initial_costs_follow_from_the_shares_and_say_so(scheme: str, year: int, price_base: int) -> None:
    shares = {"se-initial-assigned": ("0.1745", "0.349", "0.2182"), "se-initial-own": ("0.0524", "0.0698")}[scheme]
    rates = [rate for rate in SWEDEN.rates(scheme, date(year, 6, 1)) if rate.amount]
    assert list(dict.fromkeys(rate.amount for rate in rates)) == [
        round(price_base * Decimal(share)) for share in shares
    ]
    assert all(rate.reference[0].certainty is Certainty.ASSUMED for rate in rates)


def test_health_examination_has_no_sum_between_2021_and_2025() -> None:
    assert [year for year in range(2018, 2028) if not SWEDEN.rates("se-health-examination", date(year, 6, 1))] == [
        2018,
        2022,
        2023,
        2024,
        2027,
    ]


@pytest.mark.parametrize(
    ("number", "doubted"),
    [
        ("811228-9841", False),
        ("19811228-9841", False),
        ("198112289841", False),
        ("811228-9842", True),
        ("701063-2391", False),
        ("197010632391", False),
        ("701063-2392", True),
        ("197010632392", True),
        ("811228+9841", False),
        ("LMA 1234567", False),
        ("8112", False),
    ],
)
def test_identity_numbers_are_doubted_only_where_the_check_digit_counts(number: str, doubted: bool) -> None:
    assert bool(SWEDEN.doubt(number, A_DAY)) is doubted


@pytest.mark.parametrize(
    ("number", "refused"),
    [
        ("811328-9841", True),
        ("810230-9841", True),
        ("198102309841", True),
        ("811232-9841", True),
        ("701092-2391", True),
        ("701063-2391", False),
        ("811228-9842", False),
        ("LMA 1234567", False),
    ],
)
def test_a_number_whose_day_does_not_exist_is_refused(number: str, refused: bool) -> None:
    assert SWEDEN.refuses(number) is refused


def test_participant_register_leaves_names_and_numbers_to_the_project() -> None:
    formats = {each.id: each for each in SWEDEN.programme("se-kompis").reports.formats}
    register = formats["se-individregister"]
    assert {column.id for column in register.columns if column.gap} == {"unique-identifier", "name-and-contact"}
    assert "se-individregister" not in {each.id for each in SWEDEN.programme("se-mora").reports.formats}


def test_the_holder_of_the_guide_grants_changes_with_the_day() -> None:
    holder = SWEDEN.authority("refugee-guide-grants")
    names = [holder.named_on(day) for day in (date(2013, 6, 1), date(2014, 6, 1), date(2024, 6, 1))]
    assert [name and name.name.in_language("sv") for name in names] == [
        "Länsstyrelsen i Kronobergs län",
        None,
        "Länsstyrelsen i Jönköpings län",
    ]


def test_both_readings_stand_where_sources_disagree() -> None:
    about = SWEDEN.programme("se-kompis").programme.disagreements
    assert [len(each.readings) for each in about] == [3, 2]
    assert len(SWEDEN.country.disagreements) == 3
    assert len(SWEDEN.country.questions) >= 15


def test_temporary_protection_and_establishment_of_2026_are_noted_with_their_sources() -> None:
    notes = {note.reference[0].id: note for note in SWEDEN.programme("se-mora").programme.notes if note.reference}

    assert set(notes) == {"tpd-2027", "act-2017-584"}
    assert "until 4 March 2027" in str(notes["tpd-2027"].text)
    assert notes["tpd-2027"].reference[0].certainty is Certainty.SECONDARY
    assert "67 in 2026" in str(notes["act-2017-584"].text)


def test_what_the_trial_asks_and_what_a_grant_must_account_for_are_duties() -> None:
    duties = {each.id: each for each in SWEDEN.programme("se-danderyd").reports.duties}

    assert "social and economic integration, values, health and well-being" in str(duties["se-duty-trial"].title)
    assert "account of the sum and of what it was used for" in str(duties["se-duty-37a"].title)
    assert "se-duty-claim-data" in duties


def test_clearance_says_what_the_act_read_in_full_says_and_what_is_a_reading() -> None:
    for programme in ("se-danderyd", "se-kompis"):
        tasks = SWEDEN.programme(programme).workflow.tasks
        (clearance,) = (task for task in tasks if task.kind is TaskKind.CLEARANCE)
        assert clearance.reference[0].section == "sections 1 and 3 to 6"
        assert "is a reading" in str(clearance.guidance)


def test_what_was_settled_is_asked_no_more() -> None:
    asked = [str(each.text) for each in SWEDEN.country.questions]

    assert [each for each in asked if "three months" in each] == [
        "Whether the Aliens Ordinance counts the three months for relatives in another way for quota refugees."
        " The Aliens Act does not: it has one rule for refugees and names no resettled persons there."
    ]
    assert any(each.startswith("The target age for pension of 2026") and "is 67" in each for each in asked)


def test_who_is_66_in_2026_is_below_the_line_by_a_derived_reading_and_a_younger_person_for_sure() -> None:
    rates = SWEDEN.rates("se-flat-rate", date(2026, 6, 1))
    found = [(rate.amount, rate.reference[0].certainty) for rate in rates]

    assert found == [
        (165000, Certainty.READ),
        (165000, Certainty.ASSUMED),
        (92600, Certainty.ASSUMED),
    ]
    assert {each.id for each in rates[1].reference[1:]} == {"target-age-2026", "target-age-blog"}


@pytest.mark.parametrize(
    ("scheme", "day", "amounts"),
    [
        ("se-basic", date(2018, 6, 1), [227500]),
        ("se-basic", date(2019, 12, 31), [232500]),
        ("se-basic", date(2020, 1, 1), []),
        ("se-establishment-benefit", date(2025, 6, 1), [308, 231, 800, 1500, 4500]),
        ("se-minors-assigned", date(2017, 7, 1), [52000, 500000, 9450]),
        ("se-temporary-housing-days", date(2022, 7, 1), [10000, 300, 150, 400]),
        ("se-grant-37a", date(2018, 6, 1), [66000000]),
        ("se-grant-37a", date(2025, 6, 1), []),
    ],
)
def test_money_that_is_not_computed_is_listed_with_what_is_known(scheme: str, day: date, amounts: list[int]) -> None:
    assert not SWEDEN.scheme(scheme).is_computed
    assert SWEDEN.amounts(scheme, day) == amounts


def test_after_a_move_each_municipality_is_summed_by_name() -> None:
    # Received 10 March 2024, moved 5 December: 10 % of 165,000 to the first; 20 + 10 + 10 % where the man is registered
    # at the end of the month before June, September and December; 50 % and an extra tenth of 16,500 where he moves to.
    man = Person(1, MemberRole.ADULT, date(1990, 1, 25), Gender.MALE)
    values = {"pathway": "resettled", "fields.permit_basis": "aa-5-2"}
    values |= {"fields.received": date(2024, 3, 10), "municipality": "0180"}
    window, moves = (date(2024, 1, 1), date(2026, 12, 31)), {date(2024, 12, 5): "Uppsala"}
    lines = SWEDEN.entitlements("se-stockholm", values, (man,), *window, moves=moves)

    found = SWEDEN.totals(line for line in lines if line.scheme.id.startswith("se-flat-rate"))

    assert {title: (str(each.payable), str(each.assumed)) for title, each in found.items()} == {
        "municipality of first reception: Stockholm": ("16500.00 SEK", "0.00 SEK"),
        "municipality where the person is registered: Stockholm": ("66000.00 SEK", "0.00 SEK"),
        "municipality where the person is registered: Uppsala": ("82500.00 SEK", "0.00 SEK"),
        "municipality the person moves to: Uppsala": ("0.00 SEK", "16500.00 SEK"),
    }
