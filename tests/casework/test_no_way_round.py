"""No step of a case goes round the machine of the lifecycle: where it refuses, nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from transitions.core import Event

from kummi.casework.bulk import advance_all
from kummi.casework.context import Context
from kummi.casework.moving import advance, close, hold, reopen, resume
from kummi.casework.opening import open_case
from kummi.casework.recording import record_task
from kummi.errors import RefusedError
from kummi.hookspecs import hookimpl
from kummi.model.case import Case
from kummi.model.household import Household
from kummi.model.rule import Finding
from kummi.model.vocabulary import Outcome
from kummi.store.tables import events
from kummi.testing.harbourland import harbourland

Bring = Callable[[Context, str, str], Case]


class Watches:
    """A plugin whose own code is asked of every move, so that many cases are moved one by one."""

    @hookimpl
    def kummi_extends(self) -> list[str]:
        return ["xx-harbour"]

    @hookimpl
    def kummi_check_move(self) -> list[Finding]:
        return []


@pytest.fixture
def ref(context: Context, family: Household) -> str:
    found = open_case(context, "xx-harbour", family).case.ref
    record_task(context, found, "referral-letter")
    return found


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function that breaks the machine: from then on it refuses every trigger."""
    return lambda: monkeypatch.setattr(Event, "trigger", lambda *_, **__: False)


def written(context: Context) -> int:
    with context.store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(events)).scalar_one())


def must_be_refused(context: Context, step: Callable[..., Any], *arguments: Any) -> None:
    before = written(context)
    with pytest.raises(RefusedError):
        step(context, *arguments)
    assert written(context) == before


def test_single_move_hold_and_close_go_through_the_machine(
    context: Context, ref: str, refuse: Callable[[], None]
) -> None:
    refuse()

    must_be_refused(context, advance, ref, "surveyed")
    must_be_refused(context, hold, ref)
    must_be_refused(context, close, ref, Outcome.WITHDRAWN)


def test_resuming_goes_through_the_machine(context: Context, ref: str, refuse: Callable[[], None]) -> None:
    hold(context, ref)
    refuse()

    must_be_refused(context, resume, ref)


def test_reopening_goes_through_the_machine(context: Context, ref: str, refuse: Callable[[], None]) -> None:
    close(context, ref, Outcome.WITHDRAWN)
    refuse()

    must_be_refused(context, reopen, ref, "closed by mistake")


def test_bulk_move_goes_through_the_machine(context: Context, ref: str, refuse: Callable[[], None]) -> None:
    refuse()

    must_be_refused(context, advance_all, "xx-harbour", "hailed", "surveyed")


def test_bulk_move_that_is_taken_case_by_case_goes_through_the_machine(
    context: Context, ref: str, refuse: Callable[[], None]
) -> None:
    refuse()
    before = written(context)

    counted = advance_all(replace(context, catalogue=harbourland(Watches())), "xx-harbour", "hailed", "surveyed")

    assert (counted.moved, counted.stayed, written(context)) == (0, 1, before)


def test_bulk_rematch_goes_through_the_machine(
    context: Context, ref: str, bring_to: Bring, refuse: Callable[[], None]
) -> None:
    bring_to(context, ref, "sailing")
    refuse()
    before = written(context)

    counted = advance_all(replace(context, on=context.on + timedelta(days=9)), "xx-harbour", "sailing", "crew-sought")

    assert (counted.moved, counted.stayed, written(context)) == (0, 1, before)
