"""Kill the process that writes, with ``kill -9`` at any instant, and see that the store verifies.

A child does a coordinator's actions as fast as it can, each in its own transaction, and says after each that it is
done. It is killed after a random time. Then every hash and every fold is checked, and that nothing it called done is
missing.
"""

from __future__ import annotations

import os
import random
import secrets
import signal
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.harbour import HOUSEHOLD, PROGRAMME, context_at, new_store
from benchmarks.measure import Measured, Options
from kummi.casework.facts import correct_facts
from kummi.casework.moving import advance
from kummi.casework.opening import open_case
from kummi.casework.recording import record_task
from kummi.store.audit import verify
from kummi.store.database import Store, find_url

USUAL = 300
QUICK = 20
_A_STORE = 25
"""Kills before a new store is begun, so that checking stays short."""


def run(options: Options) -> list[Measured]:
    """Kill, check, and count."""
    chance = random.Random(1951)
    kills = options.number(USUAL, QUICK)
    broken = lost = events = 0
    for number in range(kills):
        file = options.folder / f"kill-{number // _A_STORE}.sqlite3"
        if not file.exists():
            new_store(file).close()
            before = 0
        done = _killed_after(file, chance.uniform(0.005, 0.12))
        store = Store(find_url(str(file)))
        verdict = verify(store)
        store.close()
        broken += bool(verdict.faults)
        lost += verdict.events < before + done
        events += verdict.events - before
        before = verdict.events
    print(f"    {kills} processes killed, {events:,} events written, every store checked after each")
    return [
        Measured("kill, stores that do not verify", broken, at_most=0),
        Measured("kill, stores that lack what was done", lost, at_most=0),
    ]


def _killed_after(file: Path, seconds: float) -> int:
    """Let a child write for so long after its first action, and return how many actions it called done."""
    told, telling = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        _write_on(file, telling)
    os.close(telling)
    first = os.read(told, 1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(told, "rb") as rest:
        return len(first) + len(rest.read())


def _write_on(file: Path, telling: int) -> None:
    """Open cases and take them on, without end; leaves only by being killed."""
    try:
        context = replace(context_at(Store(find_url(str(file)))), new_id=lambda: secrets.token_hex(16))
        while True:
            ref = open_case(context, PROGRAMME, HOUSEHOLD).case.ref
            os.write(telling, b".")
            record_task(context, ref, "referral-letter")
            os.write(telling, b".")
            correct_facts(context, ref, {"housing": "boat", "member.1.gender": "unknown"})
            os.write(telling, b".")
            advance(context, ref, "surveyed")
            os.write(telling, b".")
    finally:
        os._exit(1)
