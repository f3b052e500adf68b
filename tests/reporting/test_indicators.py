"""Figures: everyone once, on the first day that counts, nobody dropped. All people are invented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kummi.errors import NotFoundError
from kummi.model.dates import Period, age_on
from kummi.model.programme import ProgrammeEntry
from kummi.model.report import Breakdown
from kummi.reporting.indicators import Counted, count
from kummi.store.queries.reports import OTHER_AGE, ReportQuery

START, END = date(2024, 1, 1), date(2024, 12, 31)
BANDS = [
    {"id": "children", "title": "under 18", "to": 17},
    {"id": "adults", "title": "18 to 60", "from": 18, "to": 60},
]

Reporting = Callable[..., ProgrammeEntry]


@pytest.fixture
def counted(reporting: Reporting, register: Any) -> Callable[..., Counted]:
    def ask(start: date = START, end: date = END, **given: Any) -> Counted:
        entry = reporting({"id": "figure", "counts": "persons", "dated": "opened", **given})
        return count(register.connection, ReportQuery(entry, end), entry.reports.indicators[0], Period(start, end))

    return ask


def test_a_person_in_two_cases_counts_once_at_the_first_date(register: Any, counted: Any) -> None:
    person = {"identity": "1234-56"}
    register.add(date(2024, 9, 1), person | {"born": date(2006, 6, 1)}, pathway="asylum")
    register.add(date(2024, 3, 1), person | {"born": date(2006, 6, 1)}, pathway="resettled")

    found = counted(by=["age", "pathway"], age_bands=BANDS)

    assert found.groups == {("children", "resettled"): 1}


def test_who_joins_later_counts_from_then_and_who_left_before_does_not_count(register: Any, counted: Any) -> None:
    joined = {"joined_on": date(2024, 8, 1), "joined_how": "born", "entered_on": date(2024, 8, 1)}
    register.add(date(2024, 3, 1), {}, joined, {"left_on": date(2024, 3, 1)}, {"left_on": date(2024, 4, 1)})

    assert counted().total == 3
    assert counted(end=date(2024, 7, 31)).total == 2
    assert counted(start=date(2024, 7, 1)).total == 1


def test_who_came_late_counts_from_the_own_day_in_the_case_that_the_household_goes_on_in(
    register: Any, counted: Any
) -> None:
    register.add(date(2024, 11, 1), {}, {"entered_on": date(2024, 8, 1)}, arrived=date(2023, 3, 1))

    assert counted(start=date(2024, 7, 1), dated="arrived").total == 1
    assert counted(start=date(2023, 1, 1), dated="arrived").total == 2


def test_the_place_is_that_of_the_last_day(register: Any, counted: Any) -> None:
    timeline = {"municipality": [["0001-01-01", "X1"], ["2025-02-01", "X2"]]}
    register.add(date(2024, 3, 1), municipality="X2", timelines=timeline, changed_on=date(2025, 2, 1))

    assert counted(by=["municipality"]).groups == {("X1",): 1}
    assert counted(by=["municipality"], end=date(2025, 12, 31)).groups == {("X2",): 1}


def test_a_person_counts_in_one_period_only(register: Any, counted: Any) -> None:
    register.add(date(2023, 9, 1), {"identity": "1234-56"})
    register.add(date(2024, 3, 1), {"identity": "1234-56"}, {"identity": "6543-21"})

    assert counted().total == 1
    assert counted(start=date(2023, 1, 1)).total == 2
    assert counted(start=date(2023, 1, 1), end=date(2023, 12, 31)).total == 1


def test_an_earlier_case_that_does_not_meet_the_indicator_takes_nobody_away(register: Any, counted: Any) -> None:
    register.add(date(2023, 9, 1), {"identity": "1234-56"}, pathway="asylum")
    register.add(date(2023, 9, 1), {"identity": "1234-56"}, rehearsal=True)
    register.add(date(2023, 9, 1), {"identity": "1234-56"}, programme="xx-lighthouse")
    register.add(date(2024, 3, 1), {"identity": "1234-56"})

    assert counted(where={"fact": "pathway", "equals": "resettled"}).total == 1


def test_a_person_listed_twice_in_one_household_counts_once(register: Any, counted: Any) -> None:
    register.add(date(2024, 3, 1), {"identity": "1234-56"}, {"identity": "1234-56"})

    assert counted().total == 1


def test_persons_without_an_identity_number_are_each_one_person(register: Any, counted: Any) -> None:
    register.add(date(2024, 3, 1), {}, {})
    register.add(date(2024, 4, 1), {})

    assert counted().total == 3


def test_the_first_and_the_last_day_belong_to_the_period(register: Any, counted: Any) -> None:
    for day in (date(2023, 12, 31), START, END, date(2025, 1, 1)):
        register.add(day)

    assert counted().total == 2


def test_rehearsals_and_other_programmes_never_count(register: Any, counted: Any) -> None:
    register.add(rehearsal=True)
    register.add(programme="xx-lighthouse")

    assert counted().groups == {}
    assert counted().total == 0


def test_a_case_without_the_date_does_not_count(register: Any, counted: Any) -> None:
    register.add()
    register.add(reached_support=date(2024, 6, 1))

    assert counted(dated="reached.support").total == 1


def test_a_task_can_say_when_someone_counts(register: Any, counted: Any) -> None:
    register.add(tasks={"consent": {"on": "2024-06-01"}})
    register.add(tasks={"consent": {"on": "2025-06-01"}})

    assert counted(dated="tasks.consent").total == 1


def test_nobody_is_dropped_whose_gender_age_place_or_outcome_is_not_known(register: Any, counted: Any) -> None:
    register.add(START, {"gender": "unknown", "born": None})
    register.add(START, {"gender": "other", "born": date(1930, 1, 1)}, municipality="X1", outcome="completed")

    found = counted(by=["gender", "age", "municipality", "outcome"], age_bands=BANDS)

    assert found.groups == {(None, None, None, None): 1, ("other", OTHER_AGE, "X1", "completed"): 1}
    assert found.along(Breakdown.GENDER) == {None: 1, "other": 1}


def test_someone_born_on_29_february_is_of_age_on_28_february_of_a_common_year(register: Any, counted: Any) -> None:
    register.add(date(2026, 2, 27), {"born": date(2008, 2, 29)})
    register.add(date(2026, 2, 28), {"born": date(2008, 2, 29)})

    found = counted(date(2026, 1, 1), date(2026, 12, 31), by=["age"], age_bands=BANDS)

    assert found.groups == {("children",): 1, ("adults",): 1}


def test_only_persons_who_are_asked_for_count(register: Any, counted: Any) -> None:
    register.add(START, {"born": date(1990, 1, 1)}, {"born": date(2015, 1, 1)}, {"born": None})

    assert counted(who={"age": {"at_least": 18}, "at": "opened"}).total == 1


def test_households_count_once_each_whoever_lives_in_them(register: Any, counted: Any) -> None:
    register.add(START, {"identity": "1234-56"}, {})
    register.add(START, {"identity": "1234-56"})

    assert counted(counts="households", by=["pathway"]).groups == {("resettled",): 2}


def test_a_figure_dated_by_the_business_date_is_of_everyone_on_the_last_day(register: Any, counted: Any) -> None:
    register.add(date(2019, 5, 1), {"identity": "1234-56", "born": date(2006, 12, 31)})
    register.add(date(2020, 5, 1), {"identity": "1234-56", "born": date(2006, 12, 31)}, {"born": None})

    assert counted(dated="on", by=["age"], age_bands=BANDS).groups == {("adults",): 1, (None,): 1}


def test_a_figure_is_dated_by_a_date_of_the_case(counted: Any) -> None:
    with pytest.raises(NotFoundError, match="no date to report by named 'pathway'"):
        counted(dated="pathway")
    with pytest.raises(NotFoundError, match="no date to report by named 'born'"):
        counted(counts="households", dated="born")


PERSON = st.fixed_dictionaries(
    {
        "born": st.none() | st.dates(date(1940, 1, 1), date(2025, 1, 1)) | st.just(date(2008, 2, 29)),
        "gender": st.sampled_from(["female", "male", "other", "unknown"]),
        "identity": st.none() | st.sampled_from([f"{number:04}-00" for number in range(6)]),
    }
)
CASE = st.tuples(
    st.dates(date(2023, 11, 1), date(2025, 2, 1)) | st.sampled_from([START, END, date(2024, 2, 28)]),
    st.lists(PERSON, min_size=1, max_size=4),
    st.fixed_dictionaries(
        {
            "pathway": st.sampled_from(["resettled", "asylum", "other_permit"]),
            "municipality": st.sampled_from([None, "X1", "X2"]),
            "rehearsal": st.booleans(),
        }
    ),
)


def by_hand(stories: list[Any]) -> Counter[tuple[str | None, ...]]:
    """Count as a person with a pencil would: go through all persons by date, and cross out who comes again."""
    seen, found = set(), Counter[tuple[str | None, ...]]()
    live = [(day, number, people, case) for number, (day, people, case) in enumerate(stories) if not case["rehearsal"]]
    for day, number, people, case in sorted(live, key=lambda each: each[:2]):
        for position, person in enumerate(people):
            key = person["identity"] or (number, position)
            if case["pathway"] == "other_permit" or day > END or key in seen:
                continue
            seen.add(key)
            if day >= START:
                gender = None if person["gender"] == "unknown" else person["gender"]
                found[gender, band_by_hand(person["born"], day), case["pathway"], case["municipality"]] += 1
    return found


def band_by_hand(born: date | None, day: date) -> str | None:
    if born is None:
        return None
    age = age_on(born, day)
    return "children" if age <= 17 else "adults" if age <= 60 else OTHER_AGE


@given(stories=st.lists(CASE, max_size=12))
@settings(max_examples=60)
def test_groups_add_up_to_the_total_that_a_pencil_finds(
    empty_register: Any, reporting: Reporting, stories: list[Any]
) -> None:
    by = ["gender", "age", "pathway", "municipality"]
    where = {"not": {"fact": "pathway", "equals": "other_permit"}}
    entry = reporting(
        {"id": "all", "counts": "persons", "dated": "opened", "where": where, "by": by, "age_bands": BANDS},
        {"id": "total", "counts": "persons", "dated": "opened", "where": where},
    )
    with empty_register() as register:
        for day, people, case in stories:
            register.add(day, *people, **case)
        split, total = (
            count(register.connection, ReportQuery(entry, END), each, Period(START, END))
            for each in entry.reports.indicators
        )

    assert dict(split.groups) == dict(by_hand(stories))
    assert split.total == total.total
    assert all(sum(split.along(each).values()) == total.total for each in split.by)
