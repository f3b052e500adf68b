"""Several coordinators at once: what they do comes one after the other, or one of them hears of the conflict."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from kummi.casework.commit import commit_event
from kummi.casework.context import Context
from kummi.casework.facts import correct_facts
from kummi.casework.loading import load
from kummi.casework.members import join
from kummi.casework.moving import hold, resume
from kummi.casework.next_steps import next_steps
from kummi.casework.opening import open_case
from kummi.errors import ConflictError
from kummi.model.case_events import CaseAssessed
from kummi.model.household import Household
from kummi.store.audit import verify
from kummi.store.database import Store, find_url
from kummi.store.dialects import sqlite
from kummi.store.schema import create_or_upgrade, faults_of, require_current
from kummi.store.tables import cases, events, persons

NOTHING = CaseAssessed("eligible", "", "")
"""An event that changes nothing of the state."""


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let SQLite report a conflict at once instead of waiting for the other writer."""
    monkeypatch.setattr(sqlite, "BUSY_MILLISECONDS", 30)


@pytest.fixture
def context_on(open_store: Callable[..., Store], context_at: Callable[[Store], Context]) -> Callable[[str], Context]:
    return lambda database: context_at(open_store(database))


def at_once(*works: Callable[[], None]) -> None:
    """Run functions in threads of their own that begin together; whatever one raises is raised here."""
    barrier = threading.Barrier(len(works))
    raised: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        barrier.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # raised again below, in the test's own thread
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if raised:
        raise raised[0]


def test_deeds_of_many_at_once_on_one_case_are_all_kept_or_reported(context: Context, family: Household) -> None:
    ref = open_case(context, "xx-harbour", family).case.ref
    ids = count(10_000)
    done, conflicts = [], []

    def work(name: str) -> Callable[[], None]:
        own = replace(context, actor=name, new_id=lambda: f"{next(ids):032x}")

        def run() -> None:
            for number in range(8):
                try:
                    correct_facts(own, ref, {f"member.{1 + number % 3}.name": f"{name} {number}"})
                except ConflictError as error:
                    conflicts.append(error.exit_code)
                else:
                    done.append(name)

        return run

    at_once(*(work(name) for name in ("astrid", "bo", "cecilie", "dag")))

    assert len(done) + len(conflicts) == 32
    assert set(conflicts) <= {4}
    assert next_steps(context, ref).loaded.case.seq == 1 + len(done)
    assert verify(context.store).faults == ()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_processes_that_try_again_lose_no_deed(
    database: str, new_store_url: Callable[..., str], context_at: Callable[[Store], Context], family: Household
) -> None:
    url = new_store_url(database)
    store = Store(find_url(url))
    ref = open_case(context_at(store), "xx-harbour", family).case.ref
    store.close()

    def work() -> None:
        context = replace(context_at(Store(find_url(url))), new_id=lambda: secrets.token_hex(16))
        for number in range(10):
            until_kept(lambda: correct_facts(context, ref, {"housing": "boat", "member.1.name": str(number)}))  # noqa: B023

    assert codes_of(work, work) == [0, 0]

    context = context_at(store)
    assert next_steps(context, ref).loaded.case.seq == 1 + 2 * 10
    assert verify(store).faults == ()
    store.close()


def until_kept(action: Callable[[], object]) -> None:
    """Do an action, and again as long as somebody else is in the way."""
    while True:
        with suppress(ConflictError):
            action()
            return


def codes_of(*works: Callable[[], None]) -> list[int]:
    """Run each function in a process of its own, all at once; 0 is one that ended well."""
    children = []
    for work in works:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                work()
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    return [os.waitpid(child, 0)[1] for child in children]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_who_make_the_same_new_store_at_once_leave_one_whole_store(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = str(tmp_path / "new.sqlite3") if database == "sqlite" else request.getfixturevalue("fresh_postgres")

    def make() -> None:
        until_kept(lambda: create_or_upgrade(Store(find_url(url))))

    assert codes_of(make, make, make) == [0, 0, 0]
    store = Store(find_url(url))
    require_current(store)
    assert faults_of(store) == []
    store.close()


def test_cases_opened_at_once_have_numbers_of_their_own(context: Context, family: Household) -> None:
    ids = count(10_000)
    refs: list[str] = []

    def work() -> None:
        own = replace(context, new_id=lambda: f"{next(ids):032x}")
        refs.extend(open_case(own, "xx-harbour", family).case.ref for _ in range(5))

    at_once(work, work, work)

    assert len(set(refs)) == 15
    assert verify(context.store).cases == 15


def test_a_case_that_moved_on_between_reading_and_writing_is_a_conflict(
    context_on: Callable[[str], Context], family: Household
) -> None:
    context = context_on("postgresql")
    ref = open_case(context, "xx-harbour", family).case.ref

    def slow_deed() -> None:
        with context.writing() as connection:
            loaded = load(context, connection, ref)
            hold(replace(context, actor="bo"), ref)
            commit_event(context, connection, loaded, NOTHING)

    with pytest.raises(ConflictError, match="someone else is changing the same data; nothing was written") as caught:
        slow_deed()
    assert caught.value.exit_code == 4
    assert next_steps(context, ref).loaded.case.seq == 2
    assert verify(context.store).faults == ()


def test_a_second_writer_of_an_sqlite_file_hears_of_the_first(
    short_patience: None, context_on: Callable[[str], Context], family: Household
) -> None:
    context = context_on("sqlite")
    ref = open_case(context, "xx-harbour", family).case.ref

    with context.store.writing() as connection:
        connection.execute(update(cases).values(size=3))
        with pytest.raises(ConflictError, match="nothing was written, try again") as caught:
            hold(context, ref)
        assert next_steps(context, ref).loaded.case.held_since is None  # reading never waits

    assert caught.value.exit_code == 4
    assert hold(context, ref).held_since == context.on


def test_two_who_add_the_same_person_at_once_do_not_both_succeed(
    context_on: Callable[[str], Context], family: Household
) -> None:
    context = context_on("postgresql")
    ref = open_case(context, "xx-harbour", family).case.ref
    first_is_in = threading.Event()

    def first() -> None:
        with context.store.writing() as connection:
            row = dict(connection.execute(select(persons).where(persons.c.number == 3)).mappings().one())
            connection.execute(insert(persons).values(row | {"id": "f" * 32, "number": 4}))
            first_is_in.set()
            connection.execute(select(func.pg_sleep(0.3)))

    def second() -> None:
        first_is_in.wait(10)
        with pytest.raises(ConflictError):
            join(context, ref, {"role": "child", "how": "arrived"})

    at_once(first, second)
    with context.store.reading() as connection:
        assert connection.execute(select(func.max(events.c.seq))).scalar_one() == 1


def test_a_case_looked_at_before_it_changed_is_not_written_to(context: Context, family: Household) -> None:
    opened = open_case(context, "xx-harbour", family).case
    hold(context, opened.ref, seen=opened.seq)

    with pytest.raises(
        ConflictError, match=r"has changed since it was looked at \(then 1, now 2\); nothing was"
    ) as caught:
        resume(replace(context, actor="bo"), opened.ref, seen=opened.seq)
    assert caught.value.exit_code == 4
    assert next_steps(context, opened.ref).loaded.case.seq == 2


def test_a_row_changed_under_a_deed_is_never_written_over(context: Context, family: Household) -> None:
    ref = open_case(context, "xx-harbour", family).case.ref
    with context.store.reading() as connection:
        stale = load(context, connection, ref)
    hold(context, ref)

    with pytest.raises(ConflictError, match="was changed by someone else"), context.writing() as connection:
        commit_event(context, connection, stale, NOTHING)
    assert verify(context.store).faults == ()
