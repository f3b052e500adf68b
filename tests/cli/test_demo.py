"""The demonstration shows every part of the main job, keeps nothing, and does not fall over a broken plugin."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from typing import Any

from kummi.catalogue.discover import GROUP


def test_demo_shows_every_part_of_every_healthy_country(bare: Any, install: Any) -> None:
    countries = {point.name: point.value for point in entry_points(group=GROUP)}
    install(**countries, yy="kummi_no_such_module:plugin")

    said = bare.done("demo", "--full")

    assert re.findall(r"^=== (\d)\. ", said.out, re.MULTILINE) == list("12345678")
    for code in countries:
        assert re.search(rf"^{code.upper()}-\d+ ", said.out, re.MULTILINE), f"no household of {code}"
    assert "every state follows from its events" in said.out
    assert " init " in said.out.splitlines()[-3]
    assert said.out.count("(support)") >= len(countries)
    assert "✗ task-" in said.out or "not met." in said.out
    assert list(bare.folder.glob("*.sqlite3")) == []


def test_demo_names_nobody(bare: Any, install: Any) -> None:
    install(fi="kummi_finland:plugin")

    assert "Example (invented)" not in bare.done("demo").out


def test_demo_is_read_in_two_minutes_and_still_shows_every_country(bare: Any, install: Any) -> None:
    countries = {point.name: point.value for point in entry_points(group=GROUP)}
    install(**countries)

    lines = bare.done("demo").out.splitlines()

    assert len(lines) <= 120
    assert sum("(matching)" in line for line in lines) == 1, "one case is told in full"
    for code in countries:
        assert any(f"{code.upper()}-" in line for line in lines), f"no household of {code}"
    assert "person 2" not in lines
