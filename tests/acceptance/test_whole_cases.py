"""A household of every country goes from referral to closed through the command line, on SQLite and PostgreSQL."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any


def test_household_goes_from_referral_to_closed(
    kummi: Any, story: tuple[Path, dict[str, Any]], walk: Callable[..., Any]
) -> None:
    path, told = story
    start = date.fromisoformat(told["on"])
    days = [each["on"] for each in told.get("steps", ()) if "on" in each]
    day = kummi.at(told["on"])
    opened = day.json("case", "open", told["programme"], "--from", str(path))
    ref = opened["ref"]

    assert day.json("case", "assess", ref)["outcome"] == "eligible"
    day = walk(day, ref, "support", days)
    assert [each["ref"] for each in day.json("case", "list", "--phase", "support")] == [ref]

    end = kummi.at(max(str(start.replace(year=start.year + 1)), *days, day.on))
    _renew_clearance(end, ref)
    walk(end, ref, "closed")

    case = end.json("case", "show", ref)
    assert (case["phase"], case["outcome"], case["closed"]) == ("closed", "completed", end.on)
    _money(end, ref, case)
    _report(end, told["programme"], ref, start)
    _story(end, ref, case["seq"])
    assert end.json("case", "list") == []
    assert end.json("audit", "verify") | {"seal": ""} == {
        "cases": 1, "events": case["seq"], "faults": [], "seal": "", "seal_holds": None, "unchecked": 0,
    }  # fmt: skip


def test_commands_do_the_same_as_processes_of_their_own(kummi: Any, household: str) -> None:
    apart = replace(kummi, apart=True)

    ref = apart.json("case", "open", "xx-harbour", "--from", household)["ref"]
    assert apart.refused("case", "advance", ref, "surveyed") == ["task-referral-letter"]
    apart("case", "record", ref, "referral-letter")
    apart("case", "advance", ref, "surveyed")

    assert apart("case", "next", ref) == kummi("case", "next", ref)
    assert apart("audit", "verify") == kummi("audit", "verify")


def _renew_clearance(kummi: Any, ref: str) -> None:
    """Record anew what put the case on hold by itself."""
    for task in kummi.json("case", "next", ref)["tasks"]:
        if task["kind"] == "clearance" and not task["done"]:
            kummi("case", "record", ref, task["id"])


def _money(kummi: Any, ref: str, case: dict[str, Any]) -> None:
    found = kummi.json("funding", "entitlements", ref, "--from", "2024-01-01", "--to", "2025-12-31")
    assert found["ref"] == ref
    for line in found["lines"]:
        assert 1 <= line["person"] <= case["household"]["size"]
        assert (line["amount"] is None) or line["amount"].split()[1].isupper()
        assert line["amount"] or line["gap"] or line["computed"], "an amount, a gap, or actual cost"
        assert line["reference"], "no figure without its source"


def _report(kummi: Any, programme: str, ref: str, start: date) -> None:
    formats = [each for each in kummi.json("report", "list", programme) if each["format"]]
    period = ("--from", f"{start.year}-01-01", "--to", f"{start.year + 1}-12-31")
    for each in formats:
        for kind in ("csv", "xlsx"):
            first, second = kummi.folder / f"first.{kind}", kummi.folder / f"second.{kind}"
            kummi("report", "build", programme, each["format"], *period, "--to-file", str(first), "--force")
            kummi("report", "build", programme, each["format"], *period, "--to-file", str(second), "--force")
            assert first.read_bytes() == second.read_bytes(), "the same cases give the same bytes"
        assert list(csv.reader(StringIO((kummi.folder / "first.csv").read_text(encoding="utf-8-sig"))))


def _story(kummi: Any, ref: str, count: int) -> None:
    events = kummi.json("case", "timeline", ref)["events"]
    assert [each["seq"] for each in events] == list(range(1, count + 1))
    assert (events[0]["kind"], events[-1]["kind"]) == ("opened", "closed")
    assert {each["actor"] for each in events} == {"acceptance"}
