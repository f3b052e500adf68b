"""Observers are told what was written, by whoever wrote it, after the commit: all of it, once, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kummi.casework import bulk
from kummi.casework.bulk import advance_all
from kummi.casework.context import Context
from kummi.casework.facts import correct_facts
from kummi.casework.listing import timeline
from kummi.casework.moving import advance, hold
from kummi.casework.next_steps import next_steps
from kummi.casework.opening import open_case
from kummi.casework.recording import assess, record_task
from kummi.errors import ConflictError, RefusedError
from kummi.importing.import_households import import_sheet
from kummi.model.event import Event
from kummi.model.household import Household


class Observer:
    """Keeps each list that it is told, and may do something when it is told of a kind of event."""

    def __init__(self) -> None:
        self.told: list[list[Event]] = []
        self.then: dict[str, Callable[[Event], object]] = {}

    def __call__(self, events: Sequence[Event]) -> None:
        self.told.append(list(events))
        for each in events:
            self.then.get(each.kind, lambda _: None)(each)

    @property
    def calls(self) -> list[list[tuple[str, int, str]]]:
        return [[(each.ref, each.seq, each.kind) for each in events] for events in self.told]


@pytest.fixture
def observer() -> Observer:
    return Observer()


@pytest.fixture
def watched(context: Context, observer: Observer) -> Context:
    return replace(context, observers=observer)


def test_each_deed_is_told_as_it_stands_in_the_record(watched: Context, observer: Observer, family: Household) -> None:
    ref = open_case(watched, "xx-harbour", family).case.ref
    record_task(watched, ref, "referral-letter")
    assess(watched, ref)
    advance(watched, ref, "surveyed")

    assert observer.calls == [
        [(ref, 1, "opened")],
        [(ref, 2, "recorded")],
        [(ref, 3, "assessed")],
        [(ref, 4, "advanced")],
    ]
    stored = [moment.event for moment in timeline(watched, ref)[1]]
    told = [event for events in observer.told for event in events]
    assert [(each.programme, each.happened_on, each.data) for each in told] == [
        (each.programme, each.happened_on, each.data) for each in stored
    ]
    assert [each.recorded_at.isoformat(timespec="microseconds") for each in told] == [
        each.recorded_at for each in stored
    ]


def test_an_event_is_told_after_its_commit(watched: Context, observer: Observer, family: Household) -> None:
    seen = []
    observer.then["opened"] = lambda event: seen.append(next_steps(watched, event.ref).loaded.case.seq)

    open_case(watched, "xx-harbour", family)

    assert seen == [1]


def test_two_writers_tell_each_what_they_wrote(watched: Context, observer: Observer, family: Household) -> None:
    ref = open_case(watched, "xx-harbour", family).case.ref
    observer.then["recorded"] = lambda event: correct_facts(watched, event.ref, {"registered": "2024-02-20"})

    record_task(watched, ref, "referral-letter")

    assert observer.calls[1:] == [[(ref, 2, "recorded")], [(ref, 3, "corrected")]]


def test_nothing_is_told_of_what_was_not_kept(watched: Context, observer: Observer, family: Household) -> None:
    open_case(watched, "xx-harbour", family, rehearse=True)
    hold(watched, "XX-1")
    open_case(replace(watched, dry_run=True), "xx-harbour", family)
    with pytest.raises(RefusedError):
        advance(watched, "XX-1", "surveyed")
    with pytest.raises(ConflictError):
        record_task(watched, "XX-1", "referral-letter", seen=9)

    assert observer.calls == []


def test_many_cases_that_move_are_told_part_by_part(
    watched: Context, observer: Observer, family: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    quiet = replace(watched, observers=None)
    refs = [open_case(quiet, "xx-harbour", family).case.ref for _ in range(3)]
    for ref in refs:
        record_task(quiet, ref, "referral-letter")

    advance_all(watched, "xx-harbour", "hailed", "surveyed")

    assert observer.calls == [[(ref, 3, "advanced") for ref in refs[:2]], [(refs[2], 3, "advanced")]]
    assert observer.told[0][0].data == {"from": "hailed", "to": "surveyed", "phase": "assessment"}


def test_an_import_is_told_as_one_list(watched: Context, observer: Observer, tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_text("household,pathway,role\na,resettled,adult\nb,asylum,adult\nb,asylum,child\n")

    import_sheet(watched, "xx-harbour", file)

    assert observer.calls == [[("XX-1", 1, "opened"), ("XX-2", 1, "opened")]]
