"""What else happens to cases: holds, other matches, withdrawn consent, early ends, conflicts, tampering."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

REASON = ("--reason", "a reason that is kept with the personal data")


@pytest.fixture
def ref(kummi: Any, household: str) -> str:
    """The number of a case that was just opened."""
    return str(kummi.json("case", "open", "xx-harbour", "--from", household)["ref"])


def test_hold_stops_every_move_and_resume_goes_back_to_where_it_was(
    kummi: Any, ref: str, walk: Callable[..., None]
) -> None:
    walk(kummi, ref, "support")

    kummi("case", "hold", ref, *REASON)

    held = kummi.json("case", "next", ref)
    assert held["phase"] == "on_hold"
    assert "on-hold" in kummi.refused("case", "advance", ref, "landing")
    assert [each["kind"] for each in kummi.json("due")] == ["held"]
    kummi("case", "resume", ref)
    assert kummi.json("case", "next", ref)["phase"] == "support"
    assert kummi.refused("case", "resume", ref) == []


def test_another_match_needs_another_yes_and_clearance(kummi: Any, ref: str, walk: Callable[..., None]) -> None:
    walk(kummi, ref, "support")

    kummi("case", "advance", ref, "crew-sought")

    ahead = kummi.json("case", "next", ref)
    owed = {task["id"] for task in ahead["tasks"] if task["required"] and not task["done"]}
    assert (ahead["phase"], owed) == ("matching", {"crew-cleared", "crew-accepts"})
    assert kummi.refused("case", "advance", ref, "gangway")
    walk(kummi, ref, "closed")
    assert kummi.json("case", "show", ref)["outcome"] == "completed"


def test_withdrawn_consent_closes_the_way_until_it_is_given_again(
    kummi: Any, ref: str, walk: Callable[..., None]
) -> None:
    walk(kummi, ref, "matching")
    for task in ("crew-cleared", "crew-accepts"):
        kummi("case", "record", ref, task)

    kummi("case", "record", ref, "consent", "--withdraw")

    assert "consent" in kummi.refused("case", "advance", ref, "gangway")
    kummi("case", "record", ref, "consent")
    kummi("case", "advance", ref, "gangway")
    kinds = [each["kind"] for each in kummi.json("case", "timeline", ref)["events"]]
    assert kinds[-3:] == ["withdrawn", "recorded", "advanced"]


def test_clearance_that_ends_in_support_puts_the_case_on_hold_by_itself(
    kummi: Any, ref: str, walk: Callable[..., None]
) -> None:
    walk(kummi, ref, "support")

    later = kummi.at("2025-04-01")

    assert later.json("case", "next", ref)["phase"] == "on_hold"
    assert "crew-cleared" in {each["task"] for each in later.json("due")}
    assert later.refused("case", "advance", ref, "landing")
    later("case", "record", ref, "crew-cleared")
    assert later.json("case", "next", ref)["phase"] == "support"


def test_nobody_is_kept_in_early_end_asks_no_task(kummi: Any, ref: str, walk: Callable[..., None]) -> None:
    walk(kummi, ref, "introduction")

    kummi("case", "close", ref, "ended_early", *REASON)

    assert kummi.json("case", "show", ref)["outcome"] == "ended_early"
    assert kummi.refused("case", "record", ref, "first-meeting") == []


def test_reopened_case_stands_where_it_was_closed_from(kummi: Any, ref: str, walk: Callable[..., None]) -> None:
    walk(kummi, ref, "support")
    kummi("case", "close", ref, "withdrawn")

    assert kummi.run("case", "reopen", ref).returncode == 2, "only with a reason"
    kummi("case", "reopen", ref, *REASON)

    case = kummi.json("case", "show", ref)
    assert (case["stage"], case["outcome"], case["closed"]) == ("sailing", None, None)


def test_household_that_is_not_eligible_is_refused_with_rule_reason_and_reference(kummi: Any, ref: str) -> None:
    kummi("case", "correct", ref, "pathway=other_permit")

    done = kummi.run("case", "advance", ref, "surveyed")
    assert done.returncode == 1
    kummi("case", "record", ref, "referral-letter")
    decision = kummi.json("case", "assess", ref)

    assert decision["outcome"] == "not_eligible"
    (against,) = [each for each in decision["findings"] if each["result"] != "met"]
    assert against["rule"] == "xx-pathway"
    assert against["reference"].startswith("Harbour Act (invented), section 3")
    kummi("case", "close", ref, "not_eligible")


def test_law_of_the_day_decides_and_a_later_law_does_not_rewrite_it(kummi: Any, ref: str) -> None:
    kummi("case", "correct", ref, "permit.granted=2022-06-01")

    before = kummi.at("2024-12-31").json("case", "assess", ref)
    after = kummi.at("2025-01-01").json("case", "assess", ref)

    assert (before["outcome"], after["outcome"]) == ("not_eligible", "eligible")
    assert before["ruleset"] != after["ruleset"]
    kept = [
        each["data"]["outcome"] for each in kummi.json("case", "timeline", ref)["events"] if each["kind"] == "assessed"
    ]
    assert kept == ["not_eligible", "eligible"]


def test_second_coordinator_gets_a_conflict_and_loses_nothing(kummi: Any, ref: str) -> None:
    seen = kummi.json("case", "next", ref)["seq"]
    kummi("case", "correct", ref, "registered=2024-02-13", "--seen", str(seen))

    done = kummi.run("case", "correct", ref, "registered=2024-02-14", "--seen", str(seen), "--json")

    assert done.returncode == 4
    assert json.loads(done.stdout)["error"] == "conflict"
    assert kummi.json("case", "show", ref)["registered"] == "2024-02-13"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases SET stage = 'landing'",
        "UPDATE events SET actor = 'someone else' WHERE seq = 1",
        "DELETE FROM events WHERE seq = 2",
        "UPDATE persons SET born = '1990-01-01' WHERE number = 1",
        "DELETE FROM persons WHERE number = 2",
    ],
)
def test_what_is_changed_behind_the_events_is_found(kummi: Any, ref: str, statement: str) -> None:
    kummi("case", "record", ref, "referral-letter")
    kummi("audit", "verify")

    _change(kummi.database, statement)

    done = kummi.run("audit", "verify")
    assert done.returncode == 5
    assert f"case {ref}" in done.stderr


def _change(database: str, statement: str) -> None:
    if database.startswith("postgresql"):
        with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement.encode())
        return
    lite = sqlite3.connect(database)
    with lite:
        lite.execute(statement)
    lite.close()
