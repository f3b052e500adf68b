"""Which cases have their dates in the morning list in common."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kummi.casework.case_index import IndexKey, with_permit
from kummi.catalogue import Catalogue
from kummi.model.programme import ProgrammeEntry
from kummi.model.workflow import Workflow
from kummi.store.cases import CaseIndex


@pytest.fixture
def entry(harbourland_alone: Catalogue) -> ProgrammeEntry:
    return harbourland_alone.programme("xx-harbour")


def with_task(entry: ProgrammeEntry, stage: str, **changes: Any) -> ProgrammeEntry:
    """Return the programme with the first task of a stage changed."""
    data = entry.workflow.model_dump(mode="json", by_alias=True)
    tasks = next(each for each in data["stages"] if each["id"] == stage)["tasks"]
    tasks[0] |= changes
    return replace(entry, workflow=Workflow.model_validate(data))


def test_only_what_the_stage_asks_about_is_compared(entry: ProgrammeEntry) -> None:
    assert IndexKey(entry, "hailed").facts == ()
    assert IndexKey(entry, "surveyed").facts == ("pathway", "permit.granted")


@pytest.mark.parametrize(
    "when",
    [
        {"some_member": {"age": {"at_least": 18}}},
        {"not": {"every_member": {"age": {"at_least": 18}}}},
        {"python": "builtins:bool", "says": "anything at all"},
    ],
)
def test_where_persons_or_code_are_asked_every_case_stands_alone(when: dict[str, Any], entry: ProgrammeEntry) -> None:
    assert IndexKey(entry, "hailed").shared
    assert not IndexKey(with_task(entry, "hailed", when=when), "hailed").shared


def test_the_day_of_a_task_counts_only_where_something_follows_from_it(entry: ProgrammeEntry) -> None:
    def records(stage: str, task: str, day: str) -> Any:
        return IndexKey(entry, stage).records({task: {"on": day}})

    assert records("surveyed", "first-talk", "2024-01-01") == records("surveyed", "first-talk", "2024-02-01")
    assert records("sailing", "monthly-check", "2024-01-01") != records("sailing", "monthly-check", "2024-02-01")
    assert records("surveyed", "crew-cleared", "2024-01-01") != records("surveyed", "crew-cleared", "2024-02-01")


def test_only_the_end_of_the_permit_is_each_households_own(entry: ProgrammeEntry) -> None:
    shared = CaseIndex(next_end=date(2025, 6, 1))

    assert [with_permit(shared, day).next_end for day in (None, date(2025, 5, 1), date(2025, 7, 1))] == [
        date(2025, 6, 1), date(2025, 5, 1), date(2025, 6, 1),
    ]  # fmt: skip
    assert with_permit(CaseIndex(), date(2025, 5, 1)).next_end == date(2025, 5, 1)
