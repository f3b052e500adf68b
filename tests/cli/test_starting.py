"""A command imports what it needs: heavy libraries, other countries and the proofs only where they are used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kummi.testing import harbourland

HEAVY = (
    "alembic", "holidays", "kummi.lifecycle.proofs.prove", "kummi.network", "kummi.reporting",
    "kummi.rules.compile_sql", "kummi.testing", "kummi.views", "psycopg", "python_calamine", "rich", "stdnum",
    "transitions", "xlsxwriter", "yaml",
)  # fmt: skip
SCRIPT = """
import sys
from kummi.cli.root import run
try:
    run()
except SystemExit as left:
    loaded = [name for name in {heavy} if name in sys.modules]
    countries = sorted(name for name in sys.modules if name.startswith("kummi_") and "." not in name)
    print(*loaded, *countries, file=sys.stderr)
    raise
"""


def run_apart(drafts: Path, *words: str) -> list[str]:
    """Run a command in a process of its own, with every plugin that is really installed; return what it loaded."""
    command = [sys.executable, "-c", SCRIPT.format(heavy=HEAVY), *words, "--plugins-dir", str(drafts)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    return done.stderr.split()


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a draft that the first command has read and proved, and kept what it found."""
    folder = tmp_path_factory.mktemp("drafts")
    shutil.copytree(Path(harbourland.__file__).parent, folder / "harbourland", ignore=shutil.ignore_patterns("*.py*"))
    run_apart(folder, "programme", "show", "xx-harbour")
    return folder


@pytest.fixture
def loaded(cli: Any, drafts: Path) -> Callable[..., list[str]]:
    """Return a function that runs a command in a process of its own, on a database with one case."""
    cli.open()
    return partial(run_apart, drafts)


def test_showing_a_case_imports_nothing_heavy_and_no_other_country(loaded: Any) -> None:
    assert loaded("case", "show", "XX-1") == []


def test_next_imports_no_country_that_it_does_not_touch(loaded: Any) -> None:
    assert not [name for name in loaded("case", "next", "XX-1") if name.startswith("kummi_")]


@pytest.mark.parametrize(
    ("command", "never"),
    [
        (("case", "timeline", "XX-1"), HEAVY),
        (("case", "next", "XX-1"), ("alembic", "rich", "xlsxwriter", "python_calamine", "stdnum", "yaml")),
        (("case", "record", "XX-1", "referral-letter"), ("alembic", "rich", "xlsxwriter", "stdnum", "yaml")),
        (("due",), ("alembic", "rich", "xlsxwriter", "kummi.reporting", "kummi.network")),
        (("programme", "show", "xx-harbour"), ("sqlalchemy", "alembic", "rich", "holidays", "transitions", "yaml")),
    ],
    ids=lambda value: " ".join(value) if value[0] in ("case", "due", "programme") else "",
)
def test_command_imports_only_what_it_needs(loaded: Any, command: tuple[str, ...], never: tuple[str, ...]) -> None:
    assert sorted({*loaded(*command)} & {*never}) == []
