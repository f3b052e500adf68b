"""The lock files name what the packages ask for, in the versions that they ask for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["build"]]
DEV = PROJECT["project"]["optional-dependencies"]["dev"]
LOCKS = {"run.txt": RUN, "dev.txt": [*RUN, *DEV], "lowest.txt": [*RUN, *DEV]}


def pinned(lock: str) -> dict[str, set[str]]:
    """Return the versions that a lock file names, by name: there are several where Pythons or platforms differ."""
    found: dict[str, set[str]] = {}
    for entry in _entries(lock):
        name, version = re.split(r"==|[ ;\\]", entry)[:2]
        found.setdefault(_normal(name.split("[")[0]), set()).add(version)
    return found


def _entries(lock: str) -> Iterator[str]:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    yield from (line for line in text.splitlines() if line and not line.startswith(("#", " ")))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_every_requirement_in_a_version_that_is_promised(lock: str) -> None:
    versions = pinned(lock)

    for text in LOCKS[lock]:
        wanted = Requirement(text)
        locked = versions.get(_normal(wanted.name), set())
        assert locked, f"{wanted.name} is not in requirements/{lock}: run make lock"
        assert all(each in wanted.specifier for each in locked), f"{text} against {locked}: run make lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_its_hashes(lock: str) -> None:
    assert not [entry.split()[0] for entry in _entries(lock) if "--hash=sha256:" not in entry]


def test_lowest_versions_are_those_that_the_ranges_begin_with() -> None:
    versions = pinned("lowest.txt")

    for text in PROJECT["project"]["dependencies"]:
        wanted = Requirement(text)
        lowest = next(Version(each.version) for each in wanted.specifier if each.operator == ">=")
        locked = {Version(each) for each in versions[_normal(wanted.name)]}
        assert locked == {lowest}, f"{text} against {locked}: run make lock, or begin the range with what exists"
