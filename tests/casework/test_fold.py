"""Whatever is done to a case, its state is the fold of its events, and a dry run leaves nothing behind."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from kummi.casework.case_index import case_index_from
from kummi.casework.context import Context
from kummi.casework.due import due
from kummi.casework.facts import correct_facts
from kummi.casework.listing import timeline
from kummi.casework.members import join, leave
from kummi.casework.moving import advance, close, hold, reopen, resume
from kummi.casework.next_steps import next_steps
from kummi.casework.opening import open_case
from kummi.casework.recording import assess, record_task, withdraw_task
from kummi.errors import InputError, RefusedError
from kummi.model.case import Case
from kummi.model.household import Household
from kummi.model.vocabulary import LeftHow, Outcome, Pathway, Phase
from kummi.store.audit import verify
from kummi.store.database import Store
from kummi.store.tables import cases, events, notes, person_versions, persons

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


class Actions(RuleBasedStateMachine):
    """Random actions on two cases, on days that go back and forth, tried out first and then done."""

    context: Context
    family: Household
    bring_to: Callable[[Context, str, str], Case]
    opened: ClassVar[list[list[str]]]

    @initialize(stage=st.sampled_from(["hailed", "outfitting", "gangway", "sailing", "landing"]))
    def open_two(self, stage: str) -> None:
        with self.context.store.writing() as connection:  # what an example before left need not be looked at again
            for table in (events, notes, persons, person_versions, cases):
                connection.execute(delete(table))
        small = self.family.model_copy(update={"members": self.family.members[:1]})
        self.refs = [open_case(self.context, "xx-harbour", each).case.ref for each in (self.family, small)]
        self.opened.append(self.refs)
        type(self).bring_to(self.context, self.refs[0], stage)
        self.day = self.context.on

    def do(self, number: int, shift: int, action: Callable[[Context, str], object]) -> None:
        ref = self.refs[number]
        context = replace(self.context, on=self.day + timedelta(days=shift))
        before = next_steps(context, ref).loaded.case
        dry = done = None
        with suppress(RefusedError, InputError):
            dry = action(replace(context, dry_run=True), ref)
        assert next_steps(context, ref).loaded.case == before
        with suppress(RefusedError, InputError):
            done = action(context, ref)
        assert (dry is None) == (done is None)
        after = next_steps(context, ref).loaded.case
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
        self.do(number, shift, lambda context, ref: record_task(context, ref, task, until=until))

    @rule(number=numbers, shift=shifts)
    def record_what_is_owed(self, number: int, shift: int) -> None:
        for state in next_steps(replace(self.context, on=self.day), self.refs[number]).tasks:
            if state.outstanding:
                self.do(number, shift, lambda context, ref, task=state.task.id: record_task(context, ref, task))

    @rule(number=numbers, shift=shifts, task=st.sampled_from(TASKS))
    def withdraw(self, number: int, shift: int, task: str) -> None:
        self.do(number, shift, lambda context, ref: withdraw_task(context, ref, task))

    @rule(number=numbers, shift=shifts, given=st.fixed_dictionaries({}, optional=FACTS))
    def set(self, number: int, shift: int, given: dict[str, str]) -> None:
        self.do(number, shift, lambda context, ref: correct_facts(context, ref, given))

    @rule(number=numbers, shift=shifts, stage=st.sampled_from(STAGES))
    def advance(self, number: int, shift: int, stage: str) -> None:
        self.do(number, shift, lambda context, ref: advance(context, ref, stage))

    @rule(number=numbers, pick=st.integers(0, 3))
    def take_an_open_move(self, number: int, pick: int) -> None:
        context = replace(self.context, on=self.day)
        open_ = [each.move for each in next_steps(context, self.refs[number]).moves if each.allowed]
        moves = [move for move in open_ if not move.outcome]
        if moves:
            self.do(number, 0, lambda context, ref: advance(context, ref, moves[pick % len(moves)].to))

    @rule(number=numbers, shift=shifts, note=st.sampled_from([None, "a note", "øæå “…”\n"]))
    def hold(self, number: int, shift: int, note: str | None) -> None:
        self.do(number, shift, lambda context, ref: hold(context, ref, note=note))

    @rule(number=numbers, shift=shifts)
    def resume(self, number: int, shift: int) -> None:
        self.do(number, shift, resume)

    @rule(number=numbers, shift=shifts, outcome=st.sampled_from(list(Outcome)))
    def close(self, number: int, shift: int, outcome: Outcome) -> None:
        self.do(number, shift, lambda context, ref: close(context, ref, outcome))

    @rule(number=numbers, shift=shifts)
    def reopen(self, number: int, shift: int) -> None:
        self.do(number, shift, lambda context, ref: reopen(context, ref, "a reason"))

    @rule(number=numbers, shift=shifts)
    def assess(self, number: int, shift: int) -> None:
        self.do(number, shift, assess)

    @invariant()
    def it_proves(self) -> None:
        verdict = verify(self.context.store, follows=case_index_from(self.context.catalogue))
        assert (verdict.faults, verdict.unchecked) == ((), 0)

    @invariant()
    def steps_are_in_the_order_of_their_days(self) -> None:
        for ref in getattr(self, "refs", ()):
            case, moments = timeline(self.context, ref)
            steps = [m.event for m in moments if m.event.kind in ("advanced", "held", "resumed", "closed", "reopened")]
            assert [each.happened_on for each in steps] == sorted(each.happened_on for each in steps)
            assert all(moment.event.happened_on >= case.opened_on for moment in moments)

    @invariant()
    def nobody_meets_a_household_without_consent_and_clearance_recorded_once(self) -> None:
        for ref in getattr(self, "refs", ()):
            case = next_steps(self.context, ref).loaded.case
            if case.phase in (Phase.INTRODUCTION, Phase.SUPPORT):
                kinds = [m.event.data.get("task") for m in timeline(self.context, ref)[1] if m.event.kind == "recorded"]
                assert {"consent", "crew-cleared"} <= set(kinds)

    @invariant()
    def the_morning_list_can_be_made(self) -> None:
        if hasattr(self, "day"):
            due(replace(self.context, on=self.day), 30)


@pytest.mark.parametrize(("database", "examples"), [("sqlite", 12), ("postgresql", 4)])
def test_any_deeds_in_any_order_leave_a_store_that_proves(
    database: str,
    examples: int,
    open_store: Callable[..., Store],
    context_at: Callable[[Store], Context],
    family: Household,
    bring_to: Callable[[Context, str, str], Case],
) -> None:
    ids = itertools.count(1)
    shared = replace(context_at(open_store(database)), new_id=lambda: f"{next(ids):032x}")

    class OnOneStore(Actions):
        context = shared
        opened: ClassVar[list[list[str]]] = []

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
    assert len(OnOneStore.opened) >= examples
    assert verify(shared.store).cases == 2


DEEDS: dict[str, Callable[[Context, str], Any]] = {
    "record": lambda context, ref: record_task(context, ref, "monthly-check"),
    "withdraw": lambda context, ref: withdraw_task(context, ref, "consent"),
    "set": lambda context, ref: correct_facts(context, ref, {"housing": "house", "member.1.name": "A"}),
    "join": lambda context, ref: join(context, ref, {"role": "child", "how": "arrived"}),
    "leave": lambda context, ref: leave(context, ref, 2, LeftHow.MOVED_OUT),
    "assess": assess,
    "advance": lambda context, ref: advance(context, ref, "crew-sought"),
    "hold": lambda context, ref: hold(context, ref, note="a note"),
    "close": lambda context, ref: close(context, ref, Outcome.ENDED_EARLY, note="a note"),
}


def rows(store: Store) -> list[list[tuple[Any, ...]]]:
    with store.reading() as connection:
        return [
            [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in (cases, events, persons, notes)
        ]


def test_a_dry_run_of_any_deed_says_what_would_be_and_keeps_nothing(
    context: Context, family: Household, bring_to: Callable[[Context, str, str], Case]
) -> None:
    ref = open_case(context, "xx-harbour", family).case.ref
    bring_to(context, ref, "sailing")
    dry = replace(context, dry_run=True)
    before = rows(context.store)

    assert open_case(dry, "xx-harbour", family).case.seq == 1
    for name, action in DEEDS.items():
        said = action(dry, ref)
        case = said if isinstance(said, Case) else said[0] if isinstance(said, tuple) else said.case
        assert case.seq == next_steps(context, ref).loaded.case.seq + 1, name
        assert rows(context.store) == before, name

    hold(context, ref)
    before = rows(context.store)
    assert resume(dry, ref).held_since is None
    assert rows(context.store) == before

    close(context, ref, Outcome.ENDED_EARLY)
    before = rows(context.store)
    assert reopen(dry, ref, "a reason").is_open
    assert rows(context.store) == before
