"""What the calendar alone brings to a case, whatever day it is."""

from __future__ import annotations

from datetime import date

from kummi.lifecycle.fold import fold
from kummi.lifecycle.upcoming import endings, next_due, next_end
from kummi.model.case_events import TaskWithdrawn

DAY = date(2025, 1, 7)
END = date(2026, 1, 7)
"""The last day of a clearance recorded on DAY that is good for 12 months."""


def due(harbour, case):
    return next_due(harbour.loaded(case, date.max))


def ends(harbour, case):
    return next_end(harbour.loaded(case, date.max))


def test_next_due_is_the_earliest_of_tasks_repeats_and_stage(harbour, build) -> None:
    def half_a_year(data) -> None:
        data["stages"][5]["deadline"] = {"within": "2 weeks"}

    assert due(harbour, harbour.walked("assessed")) == date(2025, 1, 14)
    supported = harbour.walked("supported")
    assert due(harbour, supported) is None
    assert due(harbour, harbour.record(supported, "check", DAY)) == date(2025, 2, 7)
    harbour.workflow = build(half_a_year)
    assert due(harbour, supported) == date(2025, 1, 21)


def test_next_end_is_the_earliest_end_of_clearance_and_permit(harbour) -> None:
    supported = harbour.walked("supported")

    assert ends(harbour, harbour.walked("assessed")) is None
    assert ends(harbour, supported) == END
    assert ends(harbour, harbour.corrected(supported, {"permit.expires": date(2025, 6, 30)})) == date(2025, 6, 30)
    assert (
        ends(harbour, harbour.corrected(supported, {"permit.held": False, "permit.expires": date(2025, 6, 30)})) == END
    )


def test_consent_and_clearance_that_are_gone_are_due_since_the_stage_was_entered(harbour) -> None:
    for task in ("consent", "cleared"):
        case = fold(harbour.walked("supported"), TaskWithdrawn(task), date(2025, 3, 3))
        assert due(harbour, case) == DAY
    early = harbour.corrected(harbour.walked("prepared"), {"registered": None})
    assert due(harbour, early) is None


def test_a_task_that_only_the_day_asks_for_is_kept_in_sight(harbour, build) -> None:
    def from_2027_on(data) -> None:
        data["stages"][1]["tasks"][0]["when"] = {"fact": "on", "after": "2026-12-31"}

    harbour.workflow = build(from_2027_on)
    assert due(harbour, harbour.walked("assessed")) == date(2025, 1, 14)


def test_nothing_is_due_or_ends_of_a_closed_case(harbour) -> None:
    case = harbour.go(harbour.walked("supported"), "closed", DAY)

    assert due(harbour, case) is None
    assert ends(harbour, case) is None
    assert list(endings(harbour.loaded(case, DAY))) == []
