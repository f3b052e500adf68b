"""Cases of the invented country that core's own tests use, on the way that the benchmarks take them."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import event

from kummi.casework.commit import commit_event
from kummi.casework.context import Context
from kummi.casework.household_validation import typed_fields
from kummi.casework.loading import loaded_case
from kummi.casework.opening import Admission, NewHousehold
from kummi.catalogue import Catalogue
from kummi.model.case import Person
from kummi.model.case_events import TaskRecorded
from kummi.model.household import Household
from kummi.store.cases import load_case
from kummi.store.database import Store, find_url
from kummi.store.schema import create_or_upgrade
from kummi.testing.harbourland import harbourland

PROGRAMME = "xx-harbour"
ON = date(2025, 6, 2)
"""The business date of every benchmark."""

WALK = ("surveyed", "outfitting", "crew-sought", "gangway", "sailing", "landing")
"""The stages that a case moves to, one after the other, from the first one."""

TASKS = (
    "referral-letter", "first-talk", "berth-decision", "consent", "voyage-plan", "crew-cleared", "crew-accepts",
    "first-meeting", "rope-given", "rope-taken", "monthly-check", "farewell-talk",
)  # fmt: skip
"""What must be recorded to go all that way."""

HOUSEHOLD = Household.model_validate(
    {
        "pathway": "resettled",
        "municipality": "North Quay",
        "arrived": "2025-02-10",
        "permit": {"granted": "2025-01-10"},
        "registered": "2025-02-12",
        "languages": ["ar"],
        "members": [
            {"role": "adult", "born": "1988-04-02", "gender": "female"},
            {"role": "adult", "born": "1986-11-20", "gender": "male"},
            {"role": "child", "born": "2017-09-30", "gender": "male"},
        ],
        "fields": {"housing": "house", "moored": "2025-02-12"},
    }
)


@cache
def catalogue() -> Catalogue:
    """Return the catalogue of the invented country alone."""
    return harbourland()


def new_store(file: Path) -> Store:
    """Make an empty store in a file."""
    store = Store(find_url(str(file)))
    create_or_upgrade(store)
    return store


def file_of(store: Store) -> Path:
    """Return the file of a store on SQLite."""
    return Path(str(store.url.database))


def context_at(store: Store) -> Context:
    """Set up a context with numbered ids and the real clock."""
    numbers = itertools.count(1)
    return Context(store, catalogue(), "bench", ON, lambda: datetime.now(UTC), lambda: f"{next(numbers):032x}")


def without_waiting(store: Store) -> Store:
    """Let a store hand its commits to the operating system and not wait for the disk."""

    @event.listens_for(store.engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    store.engine.dispose()
    return store


def ready_cases(context: Context, count: int) -> None:
    """Open cases in which everything is recorded already, so that they can be moved one stage after the other."""
    entry = context.entry(PROGRAMME)
    household = HOUSEHOLD.model_copy(update={"fields": typed_fields(HOUSEHOLD.fields, entry)[0]})
    with context.writing() as connection:
        numbers = context.store.dialect.reserve_case_ids(connection, count)
        Admission(context, connection, entry).admit([NewHousehold(number, household) for number in numbers])
        for number in numbers:
            case = load_case(context.store, connection, number)
            assert case is not None
            for task in TASKS:
                loaded = loaded_case(context, case, _members())
                case = commit_event(context, connection, loaded, TaskRecorded(task))


@cache
def _members() -> tuple[Person, ...]:
    return tuple(
        Person(number, each.role, each.born, each.gender) for number, each in enumerate(HOUSEHOLD.members, start=1)
    )
