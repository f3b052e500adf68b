"""Whatever is done to a case, its state is the fold of its events, and a dry run leaves nothing behind."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from kummi.casework.desk import Desk, derived_from
from kummi.casework.listing import timeline
from kummi.casework.morning import due
from kummi.casework.moving import advance, close, hold, reopen, resume
from kummi.casework.next_steps import next_steps
from kummi.casework.opening import open_case
from kummi.casework.recording import assess, record_task, set_facts, withdraw_task
from kummi.errors import InputError, RefusedError
from kummi.model.case import Case
from kummi.model.household import Household
from kummi.model.vocabulary import Outcome, Pathway, Phase
from kummi.store.audit import verify
from kummi.store.store import Store
from kummi.store.tables import cases, events, notes, persons

TASKS = [
    "referral-letter", "first-talk", "berth-decision", "consent", "voyage-plan", "crew-cleared", "crew-accepts",
    "first-meeting", "rope-given", "rope-taken", "monthly-check", "farewell-talk",
]  # fmt: skip
STAGES = ["aboard", "surveyed", "outfitting", "crew-sought", "gangway", "sailing", "landing"]
FACTS = {
    "pathway": st.sampled_from(list(Pathway)),
    "municipality": st.sampled_from(["North Quay", "Sudkai", "Far Island", "Elsewhere", ""]),
    "permit.granted": st.sampled_from(["2023-12-31", "2021-01-01", ""]),
    "permit.held": st.sampled_from(["yes", "no", ""]),
    "housing": st.sampled_from(["boat", "house", ""]),
    "school_place": st.sampled_from(["yes", "no", ""]),
    "moored": st.sampled_from(["2024-01-01", ""]),
    "languages": st.sampled_from(["ar", "ar,so", ""]),
    "member.1.born": st.sampled_from(["1990-01-01", "2010-01-01", ""]),
    "member.2.role": st.sampled_from(["adult", "child"]),
    "member.3.role": st.sampled_from(["adult", "child"]),
}


class Deeds(RuleBasedStateMachine):
    """Random deeds on two cases, on days that go back and forth, tried out first and then done."""

    desk: Desk
    family: Household
    bring_to: Callable[[Desk, str, str], Case]

    @initialize(stage=st.sampled_from(["hailed", "outfitting", "gangway", "sailing", "landing"]))
    def open_two(self, stage: str) -> None:
        small = self.family.model_copy(update={"members": self.family.members[:1]})
        self.refs = [open_case(self.desk, "xx-harbour", each).case.ref for each in (self.family, small)]
        type(self).bring_to(self.desk, self.refs[0], stage)
        self.day = self.desk.on

    def do(self, number: int, shift: int, deed: Callable[[Desk, str], object]) -> None:
        ref = self.refs[number]
        desk = replace(self.desk, on=self.day + timedelta(days=shift))
        before = next_steps(desk, ref).it.case
        dry = done = None
        with suppress(RefusedError, InputError):
            dry = deed(replace(desk, dry_run=True), ref)
        assert next_steps(desk, ref).it.case == before
        with suppress(RefusedError, InputError):
            done = deed(desk, ref)
        assert (dry is None) == (done is None)
        after = next_steps(desk, ref).it.case
        assert after.seq == before.seq + (done is not None)
        if done is None:
            assert after == before

    numbers, shifts = st.integers(0, 1), st.sampled_from([0, 0, 0, 0, -40, -3, 5])

    @rule(days=st.sampled_from([1, 30, 400]))
    def time_passes(self, days: int) -> None:
        assume(self.day < date(2032, 1, 1))
        self.day += timedelta(days=days)

    @rule(number=numbers, shift=shifts, task=st.sampled_from(TASKS), good=st.sampled_from([None, 10, 3000]))
    def record(self, number: int, shift: int, task: str, good: int | None) -> None:
        until = None if good is None else self.day + timedelta(days=good)
        self.do(number, shift, lambda desk, ref: record_task(desk, ref, task, until=until))

    @rule(number=numbers, shift=shifts)
    def record_what_is_owed(self, number: int, shift: int) -> None:
        for state in next_steps(replace(self.desk, on=self.day), self.refs[number]).tasks:
            if state.outstanding:
                self.do(number, shift, lambda desk, ref, task=state.task.id: record_task(desk, ref, task))

    @rule(number=numbers, shift=shifts, task=st.sampled_from(TASKS))
    def withdraw(self, number: int, shift: int, task: str) -> None:
        self.do(number, shift, lambda desk, ref: withdraw_task(desk, ref, task))

    @rule(number=numbers, shift=shifts, given=st.fixed_dictionaries({}, optional=FACTS))
    def set(self, number: int, shift: int, given: dict[str, str]) -> None:
        self.do(number, shift, lambda desk, ref: set_facts(desk, ref, given))

    @rule(number=numbers, shift=shifts, stage=st.sampled_from(STAGES))
    def advance(self, number: int, shift: int, stage: str) -> None:
        self.do(number, shift, lambda desk, ref: advance(desk, ref, stage))

    @rule(number=numbers, pick=st.integers(0, 3))
    def take_an_open_move(self, number: int, pick: int) -> None:
        desk = replace(self.desk, on=self.day)
        open_ = [each.move for each in next_steps(desk, self.refs[number]).moves if each.allowed]
        moves = [move for move in open_ if not move.outcome]
        if moves:
            self.do(number, 0, lambda desk, ref: advance(desk, ref, moves[pick % len(moves)].to))

    @rule(number=numbers, shift=shifts, note=st.sampled_from([None, "a note", "øæå “…”\n"]))
    def hold(self, number: int, shift: int, note: str | None) -> None:
        self.do(number, shift, lambda desk, ref: hold(desk, ref, note=note))

    @rule(number=numbers, shift=shifts)
    def resume(self, number: int, shift: int) -> None:
        self.do(number, shift, resume)

    @rule(number=numbers, shift=shifts, outcome=st.sampled_from(list(Outcome)))
    def close(self, number: int, shift: int, outcome: Outcome) -> None:
        self.do(number, shift, lambda desk, ref: close(desk, ref, outcome))

    @rule(number=numbers, shift=shifts)
    def reopen(self, number: int, shift: int) -> None:
        self.do(number, shift, lambda desk, ref: reopen(desk, ref, "a reason"))

    @rule(number=numbers, shift=shifts)
    def assess(self, number: int, shift: int) -> None:
        self.do(number, shift, assess)

    @invariant()
    def it_proves(self) -> None:
        verdict = verify(self.desk.store, follows=derived_from(self.desk.catalogue))
        assert (verdict.faults, verdict.unchecked) == ((), 0)

    @invariant()
    def steps_are_in_the_order_of_their_days(self) -> None:
        for ref in getattr(self, "refs", ()):
            case, moments = timeline(self.desk, ref)
            steps = [m.event for m in moments if m.event.kind in ("advanced", "held", "resumed", "closed", "reopened")]
            assert [each.happened_on for each in steps] == sorted(each.happened_on for each in steps)
            assert all(moment.event.happened_on >= case.opened_on for moment in moments)

    @invariant()
    def nobody_meets_a_household_without_consent_and_clearance_recorded_once(self) -> None:
        for ref in getattr(self, "refs", ()):
            case = next_steps(self.desk, ref).it.case
            if case.phase in (Phase.INTRODUCTION, Phase.SUPPORT):
                kinds = [m.event.data.get("task") for m in timeline(self.desk, ref)[1] if m.event.kind == "recorded"]
                assert {"consent", "crew-cleared"} <= set(kinds)

    @invariant()
    def the_morning_list_can_be_made(self) -> None:
        if hasattr(self, "day"):
            due(replace(self.desk, on=self.day), 30)


@pytest.mark.parametrize(("database", "examples"), [("sqlite", 12), ("postgresql", 4)])
def test_any_deeds_in_any_order_leave_a_store_that_proves(
    database: str,
    examples: int,
    open_store: Callable[..., Store],
    desk_at: Callable[[Store], Desk],
    family: Household,
    bring_to: Callable[[Desk, str, str], Case],
) -> None:
    ids = itertools.count(1)
    shared = replace(desk_at(open_store(database)), new_id=lambda: f"{next(ids):032x}")

    class OnOneStore(Deeds):
        desk = shared

    OnOneStore.family, OnOneStore.bring_to = family, bring_to
    run_state_machine_as_test(
        OnOneStore,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert verify(shared.store).cases >= examples


DEEDS: dict[str, Callable[[Desk, str], Any]] = {
    "record": lambda desk, ref: record_task(desk, ref, "monthly-check"),
    "withdraw": lambda desk, ref: withdraw_task(desk, ref, "consent"),
    "set": lambda desk, ref: set_facts(desk, ref, {"housing": "house", "member.4.role": "child", "member.1.name": "A"}),
    "assess": assess,
    "advance": lambda desk, ref: advance(desk, ref, "crew-sought"),
    "hold": lambda desk, ref: hold(desk, ref, note="a note"),
    "close": lambda desk, ref: close(desk, ref, Outcome.ENDED_EARLY, note="a note"),
}


def rows(store: Store) -> list[list[tuple[Any, ...]]]:
    with store.reading() as connection:
        return [
            [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in (cases, events, persons, notes)
        ]


def test_a_dry_run_of_any_deed_says_what_would_be_and_keeps_nothing(
    desk: Desk, family: Household, bring_to: Callable[[Desk, str, str], Case]
) -> None:
    ref = open_case(desk, "xx-harbour", family).case.ref
    bring_to(desk, ref, "sailing")
    dry = replace(desk, dry_run=True)
    before = rows(desk.store)

    assert open_case(dry, "xx-harbour", family).case.seq == 1
    for name, deed in DEEDS.items():
        said = deed(dry, ref)
        case = said if isinstance(said, Case) else said[0] if isinstance(said, tuple) else said.case
        assert case.seq == next_steps(desk, ref).it.case.seq + 1, name
        assert rows(desk.store) == before, name

    hold(desk, ref)
    before = rows(desk.store)
    assert resume(dry, ref).held_since is None
    assert rows(desk.store) == before

    close(desk, ref, Outcome.ENDED_EARLY)
    before = rows(desk.store)
    assert reopen(dry, ref, "a reason").is_open
    assert rows(desk.store) == before
