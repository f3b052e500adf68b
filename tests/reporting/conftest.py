"""An invented programme with its reports, and a register of invented cases in each database."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.engine import make_url

from kummi.catalogue.country_plugin import CountryPlugin
from kummi.model.programme import ProgrammeEntry
from kummi.model.report import Indicator, ReportFormat, Reports
from kummi.store.database import Store
from kummi.store.tables import cases, metadata, persons

SOURCE = {"id": "decree", "title": "Harbour Decree", "url": "https://example.org/decree", "read": "2026-11"}


@pytest.fixture(scope="session")
def harbour() -> ProgrammeEntry:
    """The invented programme, with no report but those that a test gives it."""
    given = CountryPlugin("kummi.testing.harbourland").given()
    assert given.country is not None
    programme = next(each for each in given.programmes if each.id == "xx-harbour")
    workflow, terms = given.workflows[0], given.words
    return ProgrammeEntry(programme, given.country, workflow, given.rules, given.schemes, Reports(), terms)


@pytest.fixture(scope="session")
def reporting(harbour: ProgrammeEntry) -> Callable[..., ProgrammeEntry]:
    """A function that gives the programme these indicators and formats, written as in a file."""

    def give(*declared: dict[str, Any]) -> ProgrammeEntry:
        indicators = [each for each in declared if "counts" in each]
        formats = [each for each in declared if "rows" in each]
        reports = Reports(
            indicators=tuple(
                Indicator.model_validate({"title": each["id"], "reference": SOURCE, **each}) for each in indicators
            ),
            formats=tuple(
                ReportFormat.model_validate({"title": each["id"], "reference": SOURCE, "receiver": "the fund", **each})
                for each in formats
            ),
        )
        return replace(harbour, reports=reports)

    return give


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An empty store, on each database."""
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("store")
        address = f"sqlite:///{folder / 'kummi.sqlite3'}"
    else:
        address = request.getfixturevalue("create_postgres")()
    opened = Store(make_url(address))
    metadata.create_all(opened.engine)
    yield opened
    opened.close()


class Register:
    """Invented cases in a transaction that is never committed."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._ids = itertools.count(1)
        self._people = itertools.count(1)

    def add(self, opened: date = date(2024, 5, 1), *people: dict[str, Any], **given: Any) -> int:
        """Add a case opened on a day with these persons (else one adult); returns its number."""
        number = next(self._ids)
        people = people or ({},)
        joined = [each["joined_on"] for each in people if each.get("joined_on")]
        row = {
            "id": number,
            "country": "XX",
            "programme": "xx-harbour",
            "workflow": "2025.1",
            "rehearsal": False,
            "stage": "hailed",
            "phase": "referral",
            "entered_on": opened,
            "opened_on": opened,
            "pathway": "resettled",
            "size": len(people),
            "adults": len(people),
            "children": 0,
            "languages": [],
            "fields": {},
            "tasks": {},
            "timelines": {},
            "seq": 1,
            "head": "",
        }
        row["changed_on"] = max(joined, default=None)
        self.connection.execute(insert(cases).values(row | given))
        for position, person in enumerate(people, start=1):
            self._add_person(number, position, person)
        return number

    def _add_person(self, case_id: int, number: int, given: dict[str, Any]) -> None:
        key = f"{next(self._people):032x}"
        row = {"id": key, "case_id": case_id, "programme": "xx-harbour", "number": number, "salt": key}
        row |= {"version": 1, "person_id": key}
        row |= {"role": "adult", "born": date(1990, 1, 1), "gender": "female", "name": None, "identity": None}
        self.connection.execute(insert(persons).values(row | given))


@pytest.fixture
def register(store: Store) -> Iterator[Register]:
    """A register to add cases to; nothing is left of it after the test."""
    with store.writing(commit=False) as connection:
        yield Register(connection)


@pytest.fixture(scope="module")
def empty_register(store: Store) -> Callable[[], AbstractContextManager[Register]]:
    """A function that opens an empty register, for tests that need one for each example."""

    @contextmanager
    def opened() -> Iterator[Register]:
        with store.writing(commit=False) as connection:
            yield Register(connection)

    return opened
