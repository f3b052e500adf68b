"""The demonstration shows every part of the main job, keeps nothing, and does not fall over a broken plugin."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from typing import Any

from kummi.catalogue.discover import GROUP


def test_demo_shows_every_part_of_every_healthy_country(bare: Any, install: Any) -> None:
    countries = {point.name: point.value for point in entry_points(group=GROUP)}
    install(**countries, yy="kummi_no_such_module:plugin")

    said = bare.done("demo")

    titles = re.findall(r"^(\d)\. (.+)\n=+$", said.out, re.MULTILINE)
    assert [number for number, _ in titles] == [str(number) for number in range(1, len(titles) + 1)]
    assert len(titles) == 8
    for code in countries:
        assert re.search(rf"^{code.upper()}-\d+ ", said.out, re.MULTILINE), f"no household of {code}"
    assert "every state follows from its events" in said.out
    assert " init " in said.out.splitlines()[-3]
    assert "✗ task-" in said.out or "not met." in said.out
    assert list(bare.folder.glob("*.sqlite3")) == []


def test_demo_names_nobody(bare: Any, install: Any) -> None:
    install(fi="kummi_finland:plugin")

    assert "Example (invented)" not in bare.done("demo").out
