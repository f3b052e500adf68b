"""Killed at any instant, or out of room: what is stored proves, and holds whole events only."""

from __future__ import annotations

import os
import random
import resource
import secrets
import signal
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import event, func, select, text

from kummi.casework.context import Context
from kummi.casework.facts import correct_facts
from kummi.casework.members import join, leave
from kummi.casework.moving import close, hold, reopen, resume
from kummi.casework.opening import open_case
from kummi.casework.recording import assess
from kummi.model.case import Case
from kummi.model.household import Household
from kummi.model.vocabulary import LeftHow, Outcome
from kummi.store.audit import verify
from kummi.store.database import Store, StoreFullError, find_url
from kummi.store.tables import events, notes, persons


def live_through(context: Context, family: Household, bring_to: Callable[[Context, str, str], Case]) -> None:
    """Do every kind of action to one case."""
    ref = open_case(context, "xx-harbour", family).case.ref
    assess(context, ref)
    correct_facts(context, ref, {"member.3.name": "Wanda Pine", "housing": "house"})
    join(context, ref, {"role": "child", "how": "arrived", "name": "Willa Pine"})
    leave(context, ref, 2, LeftHow.MOVED_OUT)
    bring_to(context, ref, "sailing")
    hold(context, ref, note="a note")
    resume(context, ref)
    close(context, ref, Outcome.ENDED_EARLY)
    reopen(context, ref, "a reason")


def killed_while_working(
    url: str, work: Callable[[Context], None], context_at: Callable[[Store], Context], wait: float
) -> None:
    """Let a process of its own work on a store without end, and kill it some seconds after it began."""
    told, tells = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            context = replace(context_at(Store(find_url(url))), new_id=lambda: secrets.token_hex(16))
            os.write(tells, b"!")
            while True:
                work(context)
        finally:
            os._exit(1)
    assert os.read(told, 1) == b"!"
    time.sleep(wait)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(told)
    os.close(tells)
    assert os.WTERMSIG(status) == signal.SIGKILL, "the work ended by itself"


@pytest.mark.parametrize(("database", "times"), [("sqlite", 15), ("postgresql", 3)])
def test_killing_the_process_at_any_instant_leaves_a_store_that_proves(
    database: str,
    times: int,
    new_store_url: Callable[..., str],
    open_store: Callable[..., Store],
    context_at: Callable[[Store], Context],
    family: Household,
    bring_to: Callable[[Context, str, str], Case],
) -> None:
    url = new_store_url(database)
    elsewhere = open_store(database)
    began = time.monotonic()
    live_through(context_at(elsewhere), family, bring_to)  # compiled here, statements are so in every process forked
    a_life = time.monotonic() - began
    elsewhere.close()
    instants = random.Random(2024)
    seen: list[int] = []
    while len(seen) < times or seen[-1] <= 3 * len(seen):
        if len(seen) > 1 and seen[-1] - seen[-2] <= 1:
            a_life *= 1.5  # on a busy machine it was killed before it did anything
        killed_while_working(
            url, lambda context: live_through(context, family, bring_to), context_at, instants.uniform(0, a_life)
        )
        store = Store(find_url(url))
        verdict = verify(store)
        assert verdict.faults == ()
        seen.append(verdict.events)
        again = replace(context_at(store), new_id=lambda: secrets.token_hex(16))
        assert open_case(again, "xx-harbour", family).case.seq == 1  # nothing stands in the way of the next action
        store.close()

        assert len(seen) < 10 * times, "the process was always killed before it did anything"

    assert seen == sorted(seen)


def test_a_full_disk_keeps_what_was_there_and_nothing_half_written(
    new_store_url: Callable[[str], str],
    context_at: Callable[[Store], Context],
    family: Household,
    bring_to: Callable[[Context, str, str], Case],
) -> None:
    store = Store(find_url(new_store_url("sqlite")))
    with store.reading() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    store.close()
    limit = lambda connection, _: connection.execute(f"PRAGMA max_page_count={pages + 20}")  # noqa: E731
    event.listen(store.engine, "connect", limit)
    context = context_at(store)

    def work_until_full() -> None:
        for _ in range(1000):
            live_through(context, family, bring_to)

    with pytest.raises(StoreFullError, match=r"the disk is full or read-only; nothing was written$") as caught:
        work_until_full()

    assert caught.value.exit_code == 2
    before = verify(store)
    assert before.faults == ()
    assert before.events > 10

    store.close()
    event.remove(store.engine, "connect", limit)
    live_through(replace(context, new_id=lambda: secrets.token_hex(16)), family, bring_to)
    assert verify(store).events > before.events
    store.close()


def test_a_write_that_the_system_refuses_is_reported_and_leaves_nothing_half_written(
    new_store_url: Callable[..., str],
    context_at: Callable[[Store], Context],
    family: Household,
    bring_to: Callable[[Context, str, str], Case],
) -> None:
    url = new_store_url("sqlite")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
            context = replace(context_at(Store(find_url(url))), new_id=lambda: secrets.token_hex(16))
            while True:
                live_through(context, family, bring_to)
        except StoreFullError:
            code = 0
        finally:
            os._exit(code)

    assert os.waitpid(child, 0)[1] == 0
    store = Store(find_url(url))
    verdict = verify(store)
    assert verdict.faults == ()
    assert verdict.events > 10
    store.close()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_store_that_may_only_be_read_says_so_and_can_be_read(
    database: str,
    new_store_url: Callable[[str], str],
    context_at: Callable[[Store], Context],
    family: Household,
) -> None:
    store = Store(find_url(new_store_url(database)))
    context = context_at(store)
    open_case(context, "xx-harbour", family)
    store.close()
    if store.dialect.name == "sqlite":
        event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON"))
    else:
        event.listen(
            store.engine,
            "connect",
            lambda connection, _: connection.execute("SET default_transaction_read_only = on") and connection.commit(),
        )

    with pytest.raises(StoreFullError, match="the disk is full or read-only; nothing was written"):
        hold(context, "XX-1")
    assert verify(store).events == 1
    store.close()


def test_a_deed_that_fails_at_its_last_write_leaves_nothing(
    context: Context, family: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_case(context, "xx-harbour", family).case
    before = verify(context.store)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("out of the blue")

    monkeypatch.setattr("kummi.casework.commit.save_case", fail)
    for action in (
        lambda: correct_facts(context, opened.ref, {"housing": "house", "member.1.name": "Other"}),
        lambda: join(context, opened.ref, {"role": "child", "how": "arrived"}),
        lambda: leave(context, opened.ref, 2, LeftHow.DIED),
        lambda: hold(context, opened.ref, note="a note"),
    ):
        with pytest.raises(RuntimeError):
            action()

    assert verify(context.store) == before
    with context.store.reading() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(each)).scalar_one() for each in (events, persons, notes)
        ]
    assert counts == [1, 3, 0]
