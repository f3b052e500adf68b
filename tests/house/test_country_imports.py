"""A country and its tests import of core only what it offers them: ``kummi`` and ``kummi.testing``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(ROOT.glob("plugins/*/**/*.py"))
OFFERED = ("kummi", "kummi.testing")


def imported(source: str) -> Iterator[str]:
    """Yield every module of core that a source imports."""
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        yield from (name for name in names if name.split(".")[0] == "kummi")


def test_both_the_plugins_and_their_tests_are_read() -> None:
    assert len([file for file in FILES if file.parent.name == "tests"]) == 5
    assert len([file for file in FILES if file.parent.name.startswith("kummi_")]) >= 5


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_country_imports_only_what_core_offers(file: Path) -> None:
    assert [name for name in imported(file.read_text(encoding="utf-8")) if name not in OFFERED] == []


def test_an_import_of_the_inside_is_found_out() -> None:
    source = "from kummi import Case\nfrom kummi.model.case import Case\nimport kummi.rules\nimport kummi_land\n"

    assert list(imported(source)) == ["kummi", "kummi.model.case", "kummi.rules"]
