"""What each person is worth, in arithmetic that can be followed by hand. All money, law and people are invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kummi.funding.entitlement_line import Entitlement, total, totals_by_payee
from kummi.funding.entitlements import entitlements
from kummi.i18n.translator import Translator
from kummi.model.case import Person
from kummi.model.dates import Period
from kummi.model.facts import Facts, FactValue
from kummi.model.funding import Scheme
from kummi.model.places import Places
from kummi.model.timeline import Timeline
from kummi.model.vocabulary import Gender, MemberRole

SOURCE = {"id": "harbour-act", "title": "Harbour Act", "url": "https://example.org/act", "read": "2026-11-01"}
OTHER_SOURCE = SOURCE | {"id": "harbour-decree", "title": "Harbour Decree"}
PLACES = Places({}, frozenset(), part_known=False, countrywide=True)
CHILD = {"age": {"at_most": 6}}
ADULT = {"age": {"at_least": 18}}
XX = Translator("xx", {"gap|rate unknown for this date": "ingen rat for dis dag"})


def rate(amount: str | None, **given: Any) -> dict[str, Any]:
    return {"amount": amount, "text": "a rate", "reference": SOURCE, **given}


def span(lasts: str, **given: Any) -> dict[str, Any]:
    return {"lasts": lasts, "reference": SOURCE, **given}


def scheme(pays: str, **given: Any) -> Scheme:
    """Make a scheme that lasts two years from registration, with a rate of 1,200 from 2020 on."""
    base: dict[str, Any] = {
        "id": "harbour-money",
        "title": "Harbour money",
        "payer": "state",
        "payee": "municipality",
        "payee_title": "municipality",
        "starts": "registered",
        "pays": pays,
        "spans": [span("2 years")],
        "rates": [rate("1200", valid_from="2020-01-01")],
        "reference": SOURCE,
    }
    return Scheme.model_validate(base | given)


def moved(day: str) -> Timeline:
    """Return where a household lived that moved once."""
    return Timeline.always("North Quay").changed(date.fromisoformat(day), "South Quay")


def person(born: date | None = date(1990, 1, 1), number: int = 1) -> Person:
    return Person(number, MemberRole.ADULT, born, Gender.UNKNOWN)


def ask(
    schemes: Scheme | Sequence[Scheme],
    start: date,
    end: date,
    members: Sequence[Person] = (person(),),
    places: Timeline | None = None,
    **facts: FactValue,
) -> tuple[Entitlement, ...]:
    """Ask for the entitlements of a household; ``permit__granted`` stands for ``permit.granted``."""
    named = {name.replace("__", "."): value for name, value in facts.items()}
    about = tuple({"role": each.role, "born": each.born, "gender": None} for each in members)
    lived = {} if places is None else {"municipality": places}
    asked_facts = Facts(date(2026, 1, 1), named, about, PLACES, timelines=lived)
    asked = (schemes,) if isinstance(schemes, Scheme) else schemes
    return entitlements(asked, asked_facts, members, "XTS", Period(start, end))


def shown(lines: Sequence[Entitlement]) -> list[tuple[str, str]]:
    """Show lines as their days and the amount with its arithmetic, or the gap."""
    return [
        (
            f"{line.start}..{line.end}" if line.start else "days not known",
            f"{line.money or '-'}: {line.gap.text if line.gap else line.computed}",
        )
        for line in lines
    ]


def payable(lines: Sequence[Entitlement]) -> str:
    """Return what is surely paid."""
    return str(total(lines, "XTS").payable)


def need(require: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {
        "id": "agreement",
        "text": "the municipality has an agreement",
        "require": require,
        "reference": SOURCE,
        **given,
    }


def test_a_year_counts_in_twelfths_by_the_months_that_begin_in_the_window() -> None:
    # 1,200 a year is 100 a month. Registered on 15 March 2024, so the months begin on the 15th. From 1 January to
    # 31 December 2024 ten of them begin: 15 March to 15 December. 1,200 x 10/12 = 1,000.
    lines = ask(scheme("per_year"), date(2024, 1, 1), date(2024, 12, 31), registered=date(2024, 3, 15))

    assert shown(lines) == [("2024-03-15..2025-01-14", "1000.00 XTS: 1200.00 a year x 10 of 12 months")]
    assert lines[0].amount == Decimal("1000.00")


def test_each_year_of_the_persons_own_period_has_its_own_line_and_the_span_ends_it() -> None:
    lines = ask(scheme("per_year"), date(2020, 1, 1), date(2030, 12, 31), registered=date(2024, 3, 15))

    assert shown(lines) == [
        ("2024-03-15..2025-03-14", "1200.00 XTS: 1200.00 a year x 12 of 12 months"),
        ("2025-03-15..2026-03-14", "1200.00 XTS: 1200.00 a year x 12 of 12 months"),
    ]


def test_the_age_band_changes_with_the_first_month_that_begins_after_the_birthday() -> None:
    # 2,741 a year under 7, 2,052 from 7. Registered on 1 January 2025; seven years old on 20 April 2025. January to
    # April begin before the birthday: 2,741 x 4/12 = 913.67. May to December begin after it: 2,052 x 8/12 = 1,368.00.
    banded = scheme("per_year", rates=[rate("2741", when=CHILD), rate("2052")])
    child = person(date(2018, 4, 20))

    lines = ask(banded, date(2025, 1, 1), date(2025, 12, 31), [child], registered=date(2025, 1, 1))

    assert shown(lines) == [
        ("2025-01-01..2025-04-30", "913.67 XTS: 2741.00 a year x 4 of 12 months"),
        ("2025-05-01..2025-12-31", "1368.00 XTS: 2052.00 a year x 8 of 12 months"),
    ]


def test_the_extra_for_the_first_time_as_an_adult_is_paid_when_the_person_comes_of_age() -> None:
    # Eighteen on 10 June 2025; the months begin on the 1st, so July is the first month paid as an adult.
    extra = scheme("first_time", who=ADULT, rates=[rate("7741", valid_from="2025-01-01")])
    youth = person(date(2007, 6, 10))

    lines = ask(extra, date(2024, 1, 1), date(2026, 12, 31), [youth], registered=date(2024, 9, 1))

    assert shown(lines) == [
        ("2025-07-01..2025-07-01", "7741.00 XTS: 7741.00 once, in the first month in which the condition is met")
    ]


def test_the_extra_is_paid_at_the_start_for_an_adult_and_not_again_when_a_later_rate_begins() -> None:
    # Adult from the first month in 2024, for which no rate is known: the rate of 2025 must not pay a second first time.
    extra = scheme("first_time", who=ADULT, rates=[rate("7741", valid_from="2025-01-01")])

    assert shown(ask(extra, date(2024, 1, 1), date(2026, 12, 31), registered=date(2024, 9, 1))) == [
        ("2024-09-01..2024-09-01", "-: rate unknown for this date")
    ]
    assert ask(extra, date(2025, 1, 1), date(2026, 12, 31), registered=date(2024, 9, 1)) == ()


def test_a_child_that_does_not_come_of_age_in_the_period_is_not_worth_the_extra() -> None:
    extra = scheme("first_time", who=ADULT)

    assert ask(extra, date(2024, 1, 1), date(2030, 1, 1), [person(date(2015, 1, 1))], registered=date(2024, 9, 1)) == ()


def test_a_transition_clause_is_the_first_span_that_is_met() -> None:
    # Begun before 2025: three years; from 2025: two. One day apart, one year's money apart.
    clause = [
        span("3 years", when={"fact": "registered", "before": "2025-01-01"}, reference=OTHER_SOURCE),
        span("2 years"),
    ]
    both = scheme("per_year", spans=clause)

    before = ask(both, date(2024, 1, 1), date(2030, 1, 1), registered=date(2024, 12, 31))
    after = ask(both, date(2024, 1, 1), date(2030, 1, 1), registered=date(2025, 1, 1))

    assert payable(before) == "3600.00 XTS"
    assert payable(after) == "2400.00 XTS"
    assert [each.id for each in before[0].reference] == ["harbour-act", "harbour-decree"]


def test_a_span_may_begin_with_another_fact_than_the_scheme() -> None:
    spans = [span("1 year", when={"fact": "pathway", "equals": "asylum"}, starts="permit.granted"), span("1 year")]
    days: dict[str, Any] = {"registered": date(2024, 5, 1), "permit__granted": date(2024, 2, 1)}

    asylum = ask(scheme("per_year", spans=spans), date(2024, 1, 1), date(2024, 12, 31), pathway="asylum", **days)
    quota = ask(scheme("per_year", spans=spans), date(2024, 1, 1), date(2024, 12, 31), pathway="resettled", **days)

    assert asylum[0].start == date(2024, 2, 1)
    assert quota[0].start == date(2024, 5, 1)


def test_months_are_paid_from_the_first_of_the_next_month_where_the_scheme_says_so() -> None:
    # 100 a month in 2024, unknown in 2025: registered on 10 October, paid November and December, 2 x 100 = 200.
    monthly = scheme(
        "per_month", starts_next_month=True, rates=[rate("100", valid_from="2024-01-01", valid_to="2024-12-31")]
    )

    lines = ask(monthly, date(2024, 1, 1), date(2025, 6, 30), registered=date(2024, 10, 10))

    assert shown(lines) == [
        ("2024-11-01..2024-12-31", "200.00 XTS: 100.00 a month x 2 months"),
        ("2025-01-01..2025-06-30", "-: rate unknown for this date"),
    ]
    assert lines[1].gap is not None
    assert XX.say(lines[1].gap.text) == "ingen rat for dis dag"


def test_days_are_counted_within_the_window_and_the_period() -> None:
    # 30 days from 20 January 2024: 12 in January, 18 in February. In February 18 x 1,200 = 21,600.
    daily = scheme("per_day", spans=[span("30 days")])

    lines = ask(daily, date(2024, 2, 1), date(2024, 12, 31), registered=date(2024, 1, 20))

    assert shown(lines) == [("2024-02-01..2024-02-18", "21600.00 XTS: 1200.00 a day x 18 days")]


def test_a_single_payment_counts_on_the_start_day_only() -> None:
    once = scheme("once")

    assert shown(ask(once, date(2024, 3, 1), date(2024, 3, 1), registered=date(2024, 3, 1))) == [
        ("2024-03-01..2024-03-01", "1200.00 XTS: 1200.00 once")
    ]
    assert ask(once, date(2024, 3, 2), date(2024, 12, 31), registered=date(2024, 3, 1)) == ()


def instalments(**given: Any) -> Scheme:
    parts = [
        {"after": "1 month", "share": "0.1"},
        {"after": "3 months", "share": "0.2"},
        {"after": "24 months", "share": "0.7"},
    ]
    return scheme("instalments", instalments=parts, age_at="month_before_end", **given)


def test_instalments_are_shares_on_their_days_with_the_age_of_the_end_of_the_month_before() -> None:
    # 165,000 below 66, 92,600 from 66. Sixty-six on 31 December 2024. Received 10 October 2024.
    # Paid 10 November (age on 31 October, 65): 10 % of 165,000 = 16,500.
    # Paid 10 January (age on 31 December, 66): 20 % of 92,600 = 18,520. Paid 10 October 2026: 70 % of 92,600 = 64,820.
    flat = instalments(rates=[rate("165000", when={"age": {"at_most": 65}}), rate("92600")], rate_on="start")

    lines = ask(flat, date(2024, 1, 1), date(2026, 12, 31), [person(date(1958, 12, 31))], registered=date(2024, 10, 10))

    assert shown(lines) == [
        ("2024-11-10..2024-11-10", "16500.00 XTS: 10 % of 165000.00"),
        ("2025-01-10..2025-01-10", "18520.00 XTS: 20 % of 92600.00"),
        ("2026-10-10..2026-10-10", "64820.00 XTS: 70 % of 92600.00"),
    ]


def test_the_rate_of_the_start_is_that_of_the_day_of_the_fact_not_of_the_next_month() -> None:
    rates = [rate("1000", valid_to="2024-12-31"), rate("2000", valid_from="2025-01-01")]
    received = date(2024, 12, 15)
    asked = (date(2024, 1, 1), date(2024, 12, 31) + timedelta(days=800))

    by_start = ask(instalments(rates=rates, rate_on="start", starts_next_month=True), *asked, registered=received)
    by_payment = ask(instalments(rates=rates, starts_next_month=True), *asked, registered=received)

    assert payable(by_start) == "1000.00 XTS"
    assert payable(by_payment) == "2000.00 XTS"


def test_calendar_years_pay_the_rate_of_their_ordinal_on_the_start_day_and_each_first_of_january() -> None:
    # Settled 1 July 2024. Year 1 is 2024: 190 for an adult. Year 2: sources disagree. Year 3: no rate known.
    # "Adult" is asked at the end of the year, so someone who turns 18 in November 2024 counts as one.
    rates = [
        rate("190", year=1, when=ADULT, valid_from="2024-01-01", valid_to="2024-12-31"),
        rate("170", year=1, valid_from="2024-01-01", valid_to="2024-12-31"),
        rate(None, disputed=["160", "150.50"], year=2, valid_from="2025-01-01", valid_to="2025-12-31"),
    ]
    yearly = scheme("calendar_years", spans=[span("3 years")], rates=rates, age_at="year_end")

    lines = ask(yearly, date(2024, 1, 1), date(2030, 1, 1), [person(date(2006, 11, 5))], registered=date(2024, 7, 1))

    assert shown(lines) == [
        ("2024-07-01..2024-12-31", "190.00 XTS: 190.00 for 2024, year 1"),
        ("2025-01-01..2025-12-31", "-: sources disagree: 160.00 / 150.50"),
        ("2026-01-01..2026-12-31", "-: rate unknown for this date"),
    ]


def test_actual_cost_has_no_amount_and_says_for_how_long() -> None:
    lines = ask(
        scheme("actual_cost", rates=[], spans=[span("24 months")]),
        date(2024, 6, 1),
        date(2027, 1, 1),
        registered=date(2024, 1, 10),
    )

    assert shown(lines) == [("2024-06-01..2026-01-09", "-: actual cost is paid back, for 24 months")]
    assert lines[0].is_actual_cost


def test_an_unknown_start_is_a_gap_that_names_the_fact() -> None:
    lines = ask(scheme("per_year"), date(2024, 1, 1), date(2024, 12, 31))

    assert shown(lines) == [("days not known", "-: start unknown: the day of first registration in a municipality")]
    assert lines[0].gap is not None
    assert lines[0].gap.missing == ("registered",)


def test_an_unknown_start_is_silent_for_what_may_never_start_and_for_whom_the_scheme_is_not_about() -> None:
    job = scheme("once", starts="fields.job", may_never_start=True)
    only_asylum = scheme("once", who={"fact": "pathway", "equals": "asylum"})

    assert ask([job, only_asylum], date(2024, 1, 1), date(2024, 12, 31), pathway="resettled") == ()


def test_what_is_sure_of_an_unknown_duration_is_computed_and_the_rest_names_what_is_missing() -> None:
    # Two years or three, depending on the permit: 2024 and 2025 are sure, 1,200 each; only 2026 is not.
    spans = [span("3 years", when={"fact": "permit.granted", "before": "2025-01-01"}), span("2 years")]

    lines = ask(scheme("per_year", spans=spans), date(2024, 1, 1), date(2030, 12, 31), registered=date(2024, 1, 1))

    assert shown(lines) == [
        ("2024-01-01..2024-12-31", "1200.00 XTS: 1200.00 a year x 12 of 12 months"),
        ("2025-01-01..2025-12-31", "1200.00 XTS: 1200.00 a year x 12 of 12 months"),
        ("2026-01-01..2026-12-31", "-: duration unknown, missing: the day the permit was granted"),
    ]


def test_nothing_is_sure_of_a_duration_where_it_may_be_that_none_is_met() -> None:
    spans = [span("1 year", when={"fact": "permit.granted", "before": "2025-01-01"})]

    lines = ask(scheme("per_year", spans=spans), date(2020, 1, 1), date(2030, 12, 31), registered=date(2024, 1, 1))

    assert shown(lines) == [("2024-01-01..2024-12-31", "-: duration unknown, missing: the day the permit was granted")]


def test_no_span_for_a_person_is_a_gap_without_days() -> None:
    spans = [span("3 years", when={"fact": "pathway", "equals": "asylum"})]

    lines = ask(
        scheme("per_year", spans=spans),
        date(2024, 1, 1),
        date(2024, 12, 31),
        registered=date(2024, 1, 1),
        pathway="resettled",
    )

    assert shown(lines) == [("days not known", "-: duration unknown for this person")]


def test_an_unknown_age_leaves_the_rate_open_and_names_the_date_of_birth() -> None:
    banded = scheme("per_year", rates=[rate("2741", when=CHILD), rate("2052")])

    lines = ask(banded, date(2025, 1, 1), date(2025, 12, 31), [person(None)], registered=date(2025, 1, 1))

    assert shown(lines) == [("2025-01-01..2025-12-31", "-: the rate cannot be chosen, missing: the date of birth")]
    assert payable(lines) == "0.00 XTS"
    assert total(lines, "XTS").gaps == lines


def test_who_is_not_covered_has_no_line_and_who_is_unknown_has_a_gap() -> None:
    young = scheme("per_year", who={"age": {"at_most": 17}})
    members = [person(date(1990, 1, 1), 1), person(None, 2)]

    lines = ask(young, date(2025, 1, 1), date(2025, 12, 31), members, registered=date(2025, 1, 1))

    assert [(line.person, str(line.gap and line.gap.text)) for line in lines] == [
        (2, "it is not known whether the person is covered, missing: the date of birth")
    ]


def test_cover_ends_with_the_first_period_in_which_who_is_not_met() -> None:
    # Eighteen on 2 July 2025: the last month that begins under age is that of 1 July. 1,200 x 7/12 = 700.
    young = scheme("per_year", who={"age": {"at_most": 17}})

    lines = ask(young, date(2025, 1, 1), date(2026, 12, 31), [person(date(2007, 7, 2))], registered=date(2025, 1, 1))

    assert shown(lines) == [("2025-01-01..2025-07-31", "700.00 XTS: 1200.00 a year x 7 of 12 months")]


def test_a_child_born_later_is_paid_for_from_the_first_month_after_birth_to_the_end_of_the_familys_period() -> None:
    # The family's two years began on 1 January 2024. Born on 10 October 2025: November and December are left.
    lines = ask(
        scheme("per_year"),
        date(2024, 1, 1),
        date(2030, 1, 1),
        [person(date(2025, 10, 10))],
        registered=date(2024, 1, 1),
    )

    assert shown(lines) == [("2025-11-01..2025-12-31", "200.00 XTS: 1200.00 a year x 2 of 12 months")]


def test_a_month_that_a_new_rate_cuts_is_not_paid_in_part_for_a_child_born_after_it_began() -> None:
    # The months run from the 15th. Born on 20 December 2024: the month of 15 December is not paid, also not from the
    # new rate's day on; the first month is that of 15 January.
    rates = [rate("1200", valid_from="2020-01-01", valid_to="2024-12-31"), rate("2400", valid_from="2025-01-01")]
    lines = ask(
        scheme("per_year", rates=rates),
        date(2024, 12, 1),
        date(2025, 2, 14),
        [person(date(2024, 12, 20))],
        registered=date(2024, 12, 15),
    )

    assert [str(line.start) for line in lines] == ["2025-01-15"]


def test_covered_without_any_rate_that_is_met_is_a_gap_and_never_nothing() -> None:
    banded = scheme("per_year", rates=[rate("2741", when=CHILD)])

    lines = ask(banded, date(2025, 1, 1), date(2025, 12, 31), registered=date(2025, 1, 1))

    assert shown(lines) == [("2025-01-01..2025-12-31", "-: rate unknown for this person")]


def test_a_rate_without_an_amount_is_a_gap_with_the_source_that_gives_none() -> None:
    lines = ask(
        scheme("once", rates=[rate(None, reference=OTHER_SOURCE)]),
        date(2025, 1, 1),
        date(2025, 12, 31),
        registered=date(2025, 1, 1),
    )

    assert shown(lines) == [("2025-01-01..2025-01-01", "-: the sources give no amount")]
    assert [each.id for each in lines[0].reference] == ["harbour-decree", "harbour-act"]


def test_a_condition_that_is_not_met_leaves_nothing_payable_and_one_not_known_yet_stands_apart() -> None:
    needy = scheme("once", needs=[need({"fact": "fields.agreement", "equals": True})])
    asked = (date(2025, 1, 1), date(2025, 12, 31))

    (unknown,) = ask(needy, *asked, registered=date(2025, 1, 1))
    (met,) = ask(needy, *asked, registered=date(2025, 1, 1), fields__agreement=True)
    (failed,) = ask(needy, *asked, registered=date(2025, 1, 1), fields__agreement=False)

    assert [line.standing for line in (unknown, met, failed)] == ["if_conditions_hold", "payable", "not_payable"]
    assert [str(each) for each in failed.because] == ["the municipality has an agreement"]
    assert (failed.amount, failed.is_actual_cost) == (None, False)
    found = total((unknown, met, failed), "XTS")
    assert (str(found.payable), str(found.if_conditions_hold)) == ("1200.00 XTS", "1200.00 XTS")
    assert found.not_payable == (failed,)


def test_actual_cost_whose_condition_is_not_met_is_not_paid_back() -> None:
    needy = scheme("actual_cost", rates=[], needs=[need({"fact": "fields.agreement", "equals": True})])

    lines = ask(needy, date(2025, 1, 1), date(2025, 12, 31), registered=date(2025, 1, 1), fields__agreement=False)

    assert [line.standing for line in lines] == ["not_payable"]
    assert total(lines, "XTS").actual_cost == ()


def test_a_condition_that_is_met_within_the_paid_days_is_met_and_a_task_nobody_recorded_may_still_be_done() -> None:
    yearly = scheme("per_year", needs=[need({"done": "plan"})])
    facts: dict[str, Any] = {"registered": date(2025, 1, 1), "tasks__plan": date(2025, 5, 1)}

    (first_year, _) = ask(yearly, date(2025, 1, 1), date(2026, 12, 31), **facts)
    (before,) = ask(yearly, date(2025, 1, 1), date(2025, 3, 31), **facts)
    (open_task,) = ask(yearly, date(2025, 1, 1), date(2025, 3, 31), registered=date(2025, 1, 1))

    assert [each.standing for each in (first_year, before, open_task)] == [
        "payable",
        "not_payable",
        "if_conditions_hold",
    ]


def test_an_amount_that_rests_on_an_assumed_reading_is_marked_and_kept_apart() -> None:
    reading = {"text": "paid beside the day rate", "when": {"fact": "pathway", "equals": "unaccompanied_minor"}}
    beside = scheme("once", assumes=[reading | {"reference": SOURCE}])
    guessed = scheme("once", rates=[rate("700", reference=SOURCE | {"certainty": "assumed", "note": "rounded here"})])
    asked = (date(2025, 1, 1), date(2025, 12, 31))

    minor = ask(beside, *asked, registered=date(2025, 1, 1), pathway="unaccompanied_minor")
    adult = ask(beside, *asked, registered=date(2025, 1, 1), pathway="asylum")
    rounded = ask(guessed, *asked, registered=date(2025, 1, 1))

    assert [(line.standing, [str(each) for each in line.because]) for line in (*minor, *adult, *rounded)] == [
        ("assumed", ["paid beside the day rate"]),
        ("payable", []),
        ("assumed", ["rounded here"]),
    ]
    found = total((*minor, *adult, *rounded), "XTS")
    assert (str(found.payable), str(found.assumed)) == ("1200.00 XTS", "1900.00 XTS")


def test_an_assumption_with_days_is_about_every_month_that_holds_one_of_them() -> None:
    # Protection is decided to 4 March 2027. Months begin on the 1st: March holds days after it, February does not.
    after = {"text": "what follows is not decided", "valid_from": "2027-03-05", "reference": SOURCE}
    monthly = scheme("per_month", spans=[span("6 months")], assumes=[after])

    lines = ask(monthly, date(2027, 1, 1), date(2027, 12, 31), registered=date(2027, 1, 1))

    assert [(str(line.start), str(line.money), line.standing) for line in lines] == [
        ("2027-01-01", "2400.00 XTS", "payable"),
        ("2027-03-01", "4800.00 XTS", "assumed"),
    ]


TWO_RATES = [rate("3100", valid_from="2024-01-01", valid_to="2024-12-31"), rate("6200", valid_from="2025-01-01")]


def test_a_change_of_rate_cuts_a_month_by_its_days_and_the_parts_are_assumed_where_the_law_says_nothing() -> None:
    # From 15 December 2024: of the 31 days to 14 January, 17 lie in 2024: 3,100 x 17/31 = 1,700; 14 in 2025: 6,200 x
    # 14/31 = 2,800. The month of 15 January lies in 2025 whole.
    monthly = scheme("per_month", spans=[span("2 months")], rates=TWO_RATES)

    lines = ask(monthly, date(2024, 1, 1), date(2025, 12, 31), registered=date(2024, 12, 15))

    assert shown(lines) == [
        ("2024-12-15..2024-12-31", "1700.00 XTS: 3100.00 a month x 17 of 31 days"),
        ("2025-01-01..2025-01-14", "2800.00 XTS: 6200.00 a month x 14 of 31 days"),
        ("2025-01-15..2025-02-14", "6200.00 XTS: 6200.00 a month x 1 month"),
    ]
    assert [line.standing for line in lines] == ["assumed", "assumed", "payable"]
    assert "was not read" in str(lines[0].because[0])


@pytest.mark.parametrize(
    ("rate_on", "comes_to"),
    [
        ("each_day", ["1700.00 XTS", "2800.00 XTS", "6200.00 XTS"]),
        ("period_start", ["3100.00 XTS", "6200.00 XTS"]),
        ("year_start", ["6200.00 XTS"]),
        ("start", ["6200.00 XTS"]),
    ],
)
def test_a_law_that_says_how_a_change_of_rate_counts_is_followed(rate_on: str, comes_to: list[str]) -> None:
    monthly = scheme("per_month", spans=[span("2 months")], rates=TWO_RATES, rate_on=rate_on)

    lines = ask(monthly, date(2024, 1, 1), date(2025, 12, 31), registered=date(2024, 12, 15))

    assert [str(line.money) for line in lines] == comes_to
    assert {line.standing for line in lines} == {"payable"}


def test_the_rate_of_the_year_begun_changes_with_the_persons_own_year() -> None:
    yearly = scheme("per_year", rates=TWO_RATES, rate_on="year_start")

    lines = ask(yearly, date(2024, 1, 1), date(2026, 12, 31), registered=date(2024, 7, 1))

    assert [str(line.money) for line in lines] == ["3100.00 XTS", "6200.00 XTS"]


def test_a_year_rate_is_cut_inside_the_month_in_which_it_ends_and_the_rest_of_the_month_is_not_known() -> None:
    # 3,100 a year; the month of 15 December: 3,100 / 12 x 17/31 = 141.67. From 1 January there is no rate.
    yearly = scheme("per_year", spans=[span("2 months")], rates=TWO_RATES[:1])

    lines = ask(yearly, date(2024, 1, 1), date(2025, 12, 31), registered=date(2024, 12, 15))

    assert shown(lines) == [
        ("2024-12-15..2024-12-31", "141.67 XTS: 3100.00 a year / 12 x 17 of 31 days"),
        ("2025-01-01..2025-02-14", "-: rate unknown for this date"),
    ]


def test_a_month_in_which_a_rate_ends_and_the_same_amount_goes_on_is_not_cut() -> None:
    same = scheme("per_month", rates=[TWO_RATES[0], rate("3100", valid_from="2025-01-01")], spans=[span("1 month")])

    lines = ask(same, date(2024, 1, 1), date(2025, 12, 31), registered=date(2024, 12, 15))

    assert shown(lines) == [("2024-12-15..2025-01-14", "3100.00 XTS: 3100.00 a month x 1 month")]


def test_the_years_of_a_rate_may_be_counted_from_another_day_and_end_the_day_before_it_returns() -> None:
    # The programme began on 1 March 2021: its three years end with 29 February 2024, and year four begins on 1 March.
    rates = [rate("300", year=1, last_year=3), rate("200", year=4, last_year=5)]
    job = scheme("once", starts="fields.job", rates=rates, years_from="fields.begun")

    def worth(day: date, **facts: FactValue) -> str:
        (line,) = ask(job, date(2020, 1, 1), date(2030, 1, 1), fields__job=day, **facts)
        return str(line.money or (line.gap and line.gap.text))

    begun = {"fields__begun": date(2021, 3, 1)}
    assert worth(date(2024, 2, 29), **begun) == "300.00 XTS"
    assert worth(date(2024, 3, 1), **begun) == "200.00 XTS"
    assert worth(date(2026, 3, 1), **begun) == "rate unknown for this date"
    assert worth(date(2024, 3, 1)) == "start unknown: fields.begun"


def test_outside_the_days_of_a_scheme_nothing_is_paid_and_nothing_is_missing() -> None:
    from_2024 = scheme("per_year", valid_from="2024-01-01", rates=[rate("1200", valid_from="2024-01-01")])

    lines = ask(from_2024, date(2023, 1, 1), date(2024, 12, 31), registered=date(2023, 1, 1))

    assert shown(lines) == [("2024-01-01..2024-12-31", "1200.00 XTS: 1200.00 a year x 12 of 12 months")]


def test_a_move_and_a_share_for_another_make_payees_of_their_own() -> None:
    # Received 10 October 2024; moved 20 December. Who is paid is asked on the last day of the month before a payment.
    parts = [
        {"after": "1 month", "share": "0.1", "payee_title": "municipality of first reception"},
        {"after": "2 months", "share": "0.2"},
        {"after": "3 months", "share": "0.7"},
    ]
    flat = scheme("instalments", instalments=parts, age_at="month_before_end")

    lines = ask(flat, date(2024, 1, 1), date(2026, 12, 31), registered=date(2024, 10, 10), places=moved("2024-12-20"))

    assert {str(title): str(found.payable) for (_, title), found in totals_by_payee(lines, "XTS").items()} == {
        "municipality of first reception: North Quay": "120.00 XTS",
        "municipality: North Quay": "240.00 XTS",
        "municipality: South Quay": "840.00 XTS",
    }


@pytest.mark.parametrize(
    ("rate_on", "north", "south", "assumed"),
    [
        # Registered on 10 October 2024, moved on 20 December: ten of the 31 days from 10 December go to North Quay.
        (None, "200.00", "2100.00", "100.00"),
        ("each_day", "232.26", "2167.74", "0.00"),
        ("period_start", "200.00", "2100.00", "100.00"),
    ],
)
def test_a_municipality_is_paid_up_to_the_move_and_the_next_from_it(
    rate_on: str | None, north: str, south: str, assumed: str
) -> None:
    monthly = scheme("per_year", rate_on=rate_on)
    window, registered = (date(2024, 1, 1), date(2026, 12, 31)), date(2024, 10, 10)

    lines = ask(monthly, *window, registered=registered, places=moved("2024-12-20"))

    found = total(lines, "XTS")
    payable = {str(title): str(each.payable) for (_, title), each in totals_by_payee(lines, "XTS").items()}
    assert payable == {"municipality: North Quay": f"{north} XTS", "municipality: South Quay": f"{south} XTS"}
    assert str(found.assumed) == f"{assumed} XTS"
    stayed = total(ask(monthly, *window, registered=registered), "XTS")
    assert found.payable.amount + found.assumed.amount == stayed.payable.amount


def test_what_a_move_starts_is_paid_for_each_move() -> None:
    extra = scheme("once", starts="moved", may_never_start=True)
    twice = moved("2024-12-20").changed(date(2025, 3, 1), "East Quay")

    lines = ask(extra, date(2024, 1, 1), date(2026, 12, 31), registered=date(2024, 10, 10), places=twice)

    assert [(line.start, str(line.payee_title)) for line in lines] == [
        (date(2024, 12, 20), "municipality: South Quay"),
        (date(2025, 3, 1), "municipality: East Quay"),
    ]
    assert ask(extra, date(2024, 1, 1), date(2026, 12, 31), registered=date(2024, 10, 10)) == ()


def test_a_line_says_by_when_its_money_is_claimed() -> None:
    claims = [
        {"text": "under the old act", "by": "2026-12-31", "valid_to": "2024-12-31", "reference": SOURCE},
        {"text": "two years after the calendar year", "within": "2 years", "reference": SOURCE},
    ]
    yearly = scheme("per_year", claims=claims)

    lines = ask(yearly, date(2024, 1, 1), date(2026, 12, 31), registered=date(2024, 7, 1))

    assert [str(line.claim_by) for line in lines] == ["2026-12-31", "2027-12-31"]


def test_a_scheme_that_is_not_computed_has_no_lines() -> None:
    known_of = scheme("not_computed", spans=[], starts=None)

    assert ask(known_of, date(2024, 1, 1), date(2026, 12, 31), registered=date(2024, 7, 1)) == ()


DAYS = st.dates(date(2020, 1, 1), date(2027, 12, 31))
BANDED = {
    "rates": [
        rate("2741.33", when=CHILD, valid_from="2021-01-01", valid_to="2023-06-30"),
        rate("2052.10", valid_from="2021-01-01", valid_to="2023-06-30"),
        rate("999.99", valid_from="2024-01-01"),
    ]
}
EVERY_WAY = [
    *(scheme(pays, **BANDED) for pays in ("per_year", "per_month", "per_day", "once", "first_time", "calendar_years")),
    instalments(**BANDED),
]


@pytest.mark.parametrize("way", EVERY_WAY, ids=lambda each: str(each.pays))
@given(starts=DAYS, cut=DAYS, born=DAYS)
def test_two_windows_that_meet_add_up_to_the_whole(way: Scheme, starts: date, cut: date, born: date) -> None:
    def paid(start: date, end: date) -> Decimal:
        found = total(ask(way, start, end, [person(born)], registered=starts), "XTS")
        return found.payable.amount + found.assumed.amount

    first, last = date(2019, 1, 1), date(2035, 1, 1)

    halves = paid(first, cut) + paid(cut + timedelta(days=1), last)

    assert abs(halves - paid(first, last)) <= Decimal("0.01")


@pytest.mark.parametrize("way", EVERY_WAY, ids=lambda each: str(each.pays))
@given(starts=DAYS)
def test_nothing_is_computed_outside_the_validity_of_every_rate(way: Scheme, starts: date) -> None:
    for line in ask(way, date(2019, 1, 1), date(2035, 1, 1), registered=starts):
        assert line.start is not None
        in_law = date(2021, 1, 1) <= line.start <= date(2023, 6, 30) or line.start >= date(2024, 1, 1)
        assert (line.amount is not None) == in_law


@given(starts=DAYS, start=DAYS, length=st.integers(0, 1000))
def test_lines_of_a_person_and_scheme_never_overlap_and_begin_in_the_window(
    starts: date, start: date, length: int
) -> None:
    end = start + timedelta(days=length)

    lines = ask(scheme("per_month", **BANDED), start, end, registered=starts)

    days = [(line.start, line.end) for line in lines if line.start and line.end]
    assert len(days) == len(lines)
    assert all(start <= first <= end for first, _ in days)
    assert all(before[1] < after[0] for before, after in pairwise(days))


def test_a_member_is_paid_for_from_the_own_start_and_not_after_leaving() -> None:
    # Months of 1,200 from 1 January 2024 for two years. The second came on 10 March and has months of the own from
    # then on; the third, born into the household on 10 March, has the months of the household that begin after that;
    # the first left on 1 May and is paid for until April.
    first = replace(person(), left_on=date(2024, 5, 1))
    came = replace(person(number=2), joined_on=date(2024, 3, 10), entered_on=date(2024, 3, 10))
    child = replace(person(date(2024, 3, 10), 3), joined_on=date(2024, 3, 10))

    lines = ask(
        scheme("per_month"), date(2024, 1, 1), date(2026, 12, 31), [first, came, child], registered=date(2024, 1, 1)
    )

    assert [(line.person, str(line.start), str(line.end)) for line in lines] == [
        (1, "2024-01-01", "2024-04-30"),
        (2, "2024-03-10", "2026-03-09"),
        (3, "2024-04-01", "2025-12-31"),
    ]
    assert payable(lines) == "58800.00 XTS"  # 4 + 24 + 21 months
