"""Working days, and the day a deadline falls on."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from kummi.lifecycle.deadlines import calendar_faults, deadline_day_from, holidays_of
from kummi.model.country import Country
from kummi.model.facts import Facts
from kummi.model.workflow import Deadline

# The calendar is Portugal's: 25 April is a holiday everywhere, Whit Monday in the archipelago of subdivision 20 alone.
WEDNESDAY = date(2025, 4, 23)


def deadline(within: str, of: str = "entered") -> Deadline:
    return Deadline.model_validate({"within": within, "of": of})


def test_working_days_skip_weekends_and_the_countrys_holidays(harbour) -> None:
    is_holiday = holidays_of(harbour.entry, "1")

    assert deadline_day_from(deadline("2 working days"), WEDNESDAY, Facts(WEDNESDAY, {}), is_holiday) == date(
        2025, 4, 28
    )
    assert deadline_day_from(deadline("2 days"), WEDNESDAY, Facts(WEDNESDAY, {}), is_holiday) == date(2025, 4, 25)


@pytest.mark.parametrize("place", ["2", "Outer Isles", "INSEL"])
def test_an_archipelago_keeps_its_own_holidays_by_every_name_it_has(harbour, place: str) -> None:
    friday = date(2025, 6, 6)

    assert deadline_day_from(
        deadline("1 working day"), friday, Facts(friday, {}), holidays_of(harbour.entry, place)
    ) == date(2025, 6, 11)


@pytest.mark.parametrize("place", ["1", None, "a place that nobody listed"])
def test_elsewhere_the_countrys_calendar_counts(harbour, place: str | None) -> None:
    assert not holidays_of(harbour.entry, place)(date(2025, 6, 9))
    assert holidays_of(harbour.entry, "2")(date(2025, 6, 9))


def test_a_deadline_counts_from_another_fact_and_waits_while_that_is_not_known(harbour) -> None:
    counted = deadline("1 month", "permit.granted")
    is_holiday = holidays_of(harbour.entry, None)

    assert deadline_day_from(
        counted, WEDNESDAY, Facts(WEDNESDAY, {"permit.granted": date(2025, 1, 31)}), is_holiday
    ) == date(2025, 2, 28)
    assert deadline_day_from(counted, WEDNESDAY, Facts(WEDNESDAY, {}), is_holiday) is None


def test_faults_name_a_calendar_that_the_library_has_not(harbour) -> None:
    assert calendar_faults(harbour.country) == ()
    assert "no country 'QQ'" in str(calendar_faults(_with(harbour.country, {"country": "QQ"}))[0])


def test_faults_name_a_subdivision_that_the_library_has_not_and_a_place_that_uses_it(harbour) -> None:
    unknown, unlisted = calendar_faults(_with(harbour.country, {"country": "PT", "subdivisions": ["21"]}))

    assert "no subdivision '21' of PT" in str(unknown)
    assert "Outer Isles: the subdivision '20'" in str(unlisted)


def test_the_library_is_not_imported_before_a_working_day_is_counted() -> None:
    code = "import sys, kummi.lifecycle.tasks, kummi.lifecycle.moves; sys.exit('holidays' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _with(country: Country, calendar: dict[str, object]) -> Country:
    return Country.model_validate({**country.model_dump(by_alias=True), "calendar": calendar})
