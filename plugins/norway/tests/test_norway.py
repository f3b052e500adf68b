"""What Kummi says of Norway: figures by year, target group, deadlines, numbers and gaps; its stories in `scenarios`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kummi import Certainty, Gender, MemberRole, Person, Result
from kummi.testing import CountryUnderTest, contract

NORWAY = CountryUnderTest("no")
GUIDE = "no-flyktningguide"

test_contract = contract("no")


def _lines(scheme: str, members: tuple[Person, ...], year: int, pathway: str = "asylum", **fields: object) -> list:
    values = {"pathway": pathway, **{f"fields.{name}": value for name, value in fields.items()}}
    return NORWAY.entitlements(GUIDE, values, members, date(year, 1, 1), date(year, 12, 31), scheme)


def _person(number: int, role: MemberRole, born: date) -> Person:
    return Person(number, role, born, Gender.UNKNOWN)


ADULT = _person(1, MemberRole.ADULT, date(1985, 1, 1))


@pytest.mark.parametrize(
    ("settled", "amount"),
    [(2013, 70_500), (2014, 84_000), (2015, 167_000), (2016, 230_000), (2017, 235_000)],
)
def test_grant_of_2017_falls_with_each_year_since_settlement(settled: int, amount: int) -> None:
    (line,) = _lines("no-integration-grant", (ADULT,), 2017, settled_on=date(settled, 6, 1))

    assert line.amount == Decimal(amount)


def test_nobody_is_paid_for_in_the_sixth_calendar_year() -> None:
    assert _lines("no-integration-grant", (ADULT,), 2017, settled_on=date(2012, 12, 31)) == []


@pytest.mark.parametrize("year", [2016, 2018, 2022, 2023, 2025, 2026])
def test_year_without_a_source_has_no_rate(year: int) -> None:
    (line,) = _lines("no-integration-grant", (ADULT,), year, settled_on=date(year, 6, 1))

    assert line.amount is None
    assert line.gap is not None


def test_adult_in_a_family_in_2024_is_shown_both_figures_and_computed_neither() -> None:
    couple = (ADULT, _person(2, MemberRole.ADULT, date(1986, 1, 1)))
    lines = _lines("no-integration-grant", couple, 2024, settled_on=date(2024, 3, 1))

    assert [line.amount for line in lines] == [None, None]
    assert all(line.gap and "194400.00 / 187000.00" in str(line.gap.text) for line in lines)
    assert {each.certainty for line in lines if line.rate for each in line.rate.reference} == {Certainty.SECONDARY}


def test_parent_alone_is_neither_a_single_adult_nor_another_one() -> None:
    child = _person(2, MemberRole.CHILD, date(2010, 1, 1))
    parent_line, child_line = _lines("no-integration-grant", (ADULT, child), 2017, settled_on=date(2017, 3, 1))

    assert parent_line.amount is None
    assert child_line.amount == Decimal(185_000)


def test_person_is_an_adult_from_the_year_of_turning_18() -> None:
    turns_18 = _person(2, MemberRole.CHILD, date(1999, 12, 31))
    a_day_younger = _person(3, MemberRole.CHILD, date(2000, 1, 1))
    household = (ADULT, turns_18, a_day_younger)
    lines = _lines("no-integration-grant", household, 2017, settled_on=date(2017, 1, 2))

    assert [line.rate and str(line.rate.text) for line in lines[1:]] == [
        "Year 1, adult alone with children, 2017",
        "Year 1, child, 2017",
    ]


def test_child_born_within_six_months_of_settlement_is_in_the_scheme_and_a_later_one_is_not() -> None:
    children = (_person(2, MemberRole.CHILD, date(2016, 9, 1)), _person(3, MemberRole.CHILD, date(2016, 9, 2)))
    lines = _lines("no-integration-grant", (ADULT, *children), 2017, settled_on=date(2016, 3, 1))

    assert [(line.person, line.amount) for line in lines] == [(1, Decimal(230_000)), (2, Decimal(230_000))]


@pytest.mark.parametrize(("age", "paid"), [(59, []), (60, [Decimal(180_600)])])
def test_grant_for_the_elderly_begins_at_sixty(age: int, paid: list[Decimal]) -> None:
    old = _person(1, MemberRole.ADULT, date(2024 - age, 3, 1))

    assert [line.amount for line in _lines("no-elderly-grant", (old,), 2024, settled_on=date(2024, 3, 1))] == paid


@pytest.mark.parametrize(("born", "paid"), [(date(2018, 3, 2), [Decimal(27_800)]), (date(2018, 3, 1), [])])
def test_kindergarten_grant_ends_with_the_sixth_birthday(born: date, paid: list[Decimal]) -> None:
    household = (ADULT, _person(2, MemberRole.CHILD, born))

    lines = _lines("no-kindergarten-grant", household, 2024, settled_on=date(2024, 3, 1))

    assert [line.amount for line in lines] == paid


@pytest.mark.parametrize(
    ("born", "settled", "year", "paid"),
    [
        (2007, 2022, 2023, [Decimal(1_118_000)]),
        (2006, 2022, 2023, [Decimal(705_000)]),
        (2003, 2019, 2023, [Decimal(705_000)]),
        (2002, 2019, 2023, []),
        (2002, 2016, 2016, [Decimal(307_000)]),
        (2002, 2015, 2016, [Decimal(207_000)]),
        (2007, 2022, 2024, [None]),
    ],
)
def test_extra_grant_for_minors_goes_by_the_age_of_the_calendar_year(
    born: int, settled: int, year: int, paid: list[Decimal | None]
) -> None:
    minor = _person(1, MemberRole.CHILD, date(born, 7, 1))
    known = {"pathway": "unaccompanied_minor", "settled_on": date(settled, 2, 1)}

    assert [line.amount for line in _lines("no-minor-grant", (minor,), year, **known)] == paid


def test_family_of_a_humanitarian_permit_is_paid_for_three_years() -> None:
    known = {"pathway": "family_reunification", "family_of_refugee": True}
    known |= {"family_of_humanitarian": True, "family_applied_in_time": True}

    third = _lines("no-integration-grant", (ADULT,), 2017, settled_on=date(2015, 5, 1), **known)
    fourth = _lines("no-integration-grant", (ADULT,), 2017, settled_on=date(2014, 5, 1), **known)

    assert [line.amount for line in third] == [Decimal(167_000)]
    assert fourth == []


@pytest.mark.parametrize("settled", [date(2017, 2, 1), date(2016, 11, 20)])
def test_year_of_birth_of_a_child_born_after_the_settlement_is_an_open_question(settled: date) -> None:
    child = _person(2, MemberRole.CHILD, date(2017, 5, 1))

    of_child = [
        line for line in _lines("no-integration-grant", (ADULT, child), 2017, settled_on=settled) if line.person == 2
    ]

    assert [line.amount for line in of_child] == [None]
    assert "year of the birth" in str(of_child[0].gap and of_child[0].gap.text)


def test_later_years_of_a_child_born_after_the_settlement_are_marked_as_a_reading() -> None:
    child = _person(1, MemberRole.CHILD, date(2016, 2, 1))
    (line,) = _lines("no-integration-grant", (child,), 2017, settled_on=date(2015, 11, 20))

    assert line.amount == Decimal(167_000)
    assert "after the settlement" in str(line.assumed[0])


def test_child_born_more_than_six_months_after_the_settlement_is_not_included() -> None:
    child = _person(1, MemberRole.CHILD, date(2017, 8, 2))

    assert _lines("no-integration-grant", (child,), 2017, settled_on=date(2017, 2, 1)) == []


def test_late_family_application_is_shown_as_a_missing_precondition() -> None:
    known = {"pathway": "family_reunification", "family_of_refugee": True}
    known |= {"family_of_humanitarian": False, "family_applied_in_time": False}

    (line,) = _lines("no-integration-grant", (ADULT,), 2017, settled_on=date(2017, 5, 1), **known)

    assert [(need.rule, need.result) for need in line.needs] == [("no-need-family-applied-in-time", Result.NOT_MET)]


def _against(pathway: str, granted: date, born: date) -> dict[str, Result]:
    household = {"pathway": pathway, "municipality": "0301", "fields.settled_on": date(2024, 3, 4)}
    household |= {"permit.held": True, "permit.granted": granted}
    return NORWAY.against(GUIDE, date(2024, 6, 3), household, {"role": "adult", "born": born})


@pytest.mark.parametrize(
    ("pathway", "against"),
    [
        ("resettled", {}),
        ("asylum", {}),
        ("temporary_protection", {}),
        ("family_reunification", {"no-family-of-refugee": Result.UNKNOWN}),
        ("unaccompanied_minor", {"no-minor-by-age": Result.NOT_MET}),
        ("other_permit", {"no-target-group": Result.UNKNOWN}),
    ],
)
def test_each_pathway_of_an_adult_is_in_or_out_with_the_rule_that_says_so(
    pathway: str, against: dict[str, Result]
) -> None:
    assert _against(pathway, date(2024, 1, 8), date(1990, 1, 1)) == against


def test_collective_protection_counts_from_11_march_2022() -> None:
    born = date(1990, 1, 1)

    assert _against("temporary_protection", date(2022, 3, 11), born) == {}
    assert _against("temporary_protection", date(2022, 3, 10), born) == {"no-collective-from": Result.NOT_MET}


@pytest.mark.parametrize(
    ("task", "fact", "day", "due"),
    [
        ("quota-answer", None, date(2024, 3, 1), date(2024, 3, 8)),
        ("settled", "permit.granted", date(2024, 1, 22), date(2024, 7, 22)),
        ("settled-minor", "permit.granted", date(2024, 1, 22), date(2024, 4, 22)),
        ("programme-start", "fields.settled_on", date(2024, 4, 2), date(2024, 7, 2)),
        ("nir-end", "fields.programme_ended_on", date(2024, 12, 31), date(2025, 2, 28)),
        ("guide-talk", "tasks.id-card", date(2024, 6, 3), date(2027, 6, 3)),
    ],
)
def test_deadlines_are_those_of_the_sources(task: str, fact: str | None, day: date, due: date) -> None:
    assert NORWAY.due(GUIDE, task, day, {fact: day} if fact else {}) == due


@pytest.mark.parametrize(("born", "owner"), [(date(2009, 6, 4), "bufetat"), (date(2009, 6, 3), "imdi")])
def test_the_state_child_welfare_settles_those_under_fifteen(born: date, owner: str) -> None:
    day, household, child = date(2024, 6, 3), {"pathway": "unaccompanied_minor"}, {"role": "child", "born": born}
    deciding = ("settlement-decision", "care-centre-settlement")

    asked = [task for task in deciding if NORWAY.asks(GUIDE, task, day, household, child) is Result.MET]

    assert [NORWAY.task(GUIDE, task).owner for task in asked] == [owner]


def test_no_renewal_of_a_police_certificate_is_asked_for() -> None:
    certificate = NORWAY.task(GUIDE, "police-certificate")

    assert (certificate.valid_for, certificate.repeats) == (None, None)


@pytest.mark.parametrize(
    ("number", "doubtful"),
    [
        ("151086 95088", False),
        ("15108695088", False),
        ("151086 95077", True),  # the second check digit is wrong
        ("551086 95071", False),  # a D-number: 40 added to the day
        ("551086 95072", True),
        ("155086 95060", False),  # an H-number: 40 added to the month
        ("855086 95012", False),  # an FH-number is not tested
        ("1510869508", True),  # a digit short
    ],
)
def test_birth_numbers_d_numbers_and_auxiliary_numbers_are_told_apart(number: str, doubtful: bool) -> None:
    assert bool(NORWAY.doubt(number, date(2026, 11, 2))) is doubtful


@pytest.mark.parametrize("number", ["151086 95077", "551086 95072"])
def test_check_digits_that_do_not_fit_are_only_hinted_at_from_2032_on(number: str) -> None:
    before, after = (NORWAY.doubt(number, date(*day)) for day in ((2031, 12, 31), (2032, 1, 1)))

    assert before is not None
    assert after == f"{before}, as it need not in one given after 2031-12-31"


@pytest.mark.parametrize(
    ("number", "refused"),
    [
        ("321086 95088", True),
        ("151386 95088", True),
        ("721086 95071", True),
        ("155386 95060", True),
        ("551086 95071", False),
        ("155086 95060", False),
        ("855086 95012", False),
        ("159086 95060", False),
    ],
)
def test_a_number_whose_day_does_not_exist_is_refused(number: str, refused: bool) -> None:
    assert NORWAY.refuses(number) is refused


def test_study_is_of_october_2024_and_takes_no_cases() -> None:
    standing = NORWAY.programme("no-community-support").programme.standing

    assert not standing.status.takes_cases
    assert standing.since == date(2024, 10, 1)


def test_oslo_keeps_its_leading_zero() -> None:
    assert NORWAY.programme(GUIDE).places.key("oslo") == "0301"


@pytest.mark.parametrize(
    ("scheme", "day", "amounts"),
    [
        ("no-impairment-grants", date(2023, 6, 1), [196400, 1520000]),
        ("no-impairment-grants", date(2024, 6, 1), [196400, 1608000]),
        ("no-norwegian-training-grant", date(2023, 6, 1), [45000, 217000, 643900]),
        ("no-norwegian-training-grant", date(2024, 6, 1), [None, 694600]),
        ("no-organisation-grant", date(2022, 6, 1), []),
    ],
)
def test_money_that_is_not_computed_is_listed_with_what_is_known(
    scheme: str, day: date, amounts: list[int | None]
) -> None:
    assert not NORWAY.scheme(scheme).is_computed
    assert NORWAY.amounts(scheme, day) == amounts
