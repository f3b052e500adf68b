"""The moves that core gives every workflow, and how a country says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kummi.lifecycle.diagram import mermaid
from kummi.lifecycle.phases import may_end
from kummi.lifecycle.proofs.prove import prove
from kummi.model.base import Origin
from kummi.model.vocabulary import NOT_COUNTED, OPEN_PHASES, Outcome
from kummi.model.workflow import ANY_OPEN, ENDINGS, Move, Workflow, with_endings
from kummi.testing.harbourland import harbourland

CORE = Origin(plugin="kummi", version="0")


@pytest.fixture
def declaring(build) -> Callable[..., Workflow]:
    """Return a function that builds the workflow with these moves instead of its own from every open stage."""

    def built(*moves: dict[str, object]) -> Workflow:
        def change(data: dict[str, Any]) -> None:
            data["moves"] = [move for move in data["moves"] if move["from"] != ANY_OPEN] + list(moves)

        return build(change)

    return built


def ending(found: Workflow, outcome: Outcome) -> list[Move]:
    return [move for move in found.moves if move.outcome is outcome]


def test_endings_are_all_outcomes_that_the_lifecycle_allows_from_every_open_phase() -> None:
    allowed = [each for each in Outcome if all(may_end(phase, each) for phase in OPEN_PHASES)]

    assert allowed == [*ENDINGS, *NOT_COUNTED]


def test_workflow_that_declares_none_has_each_ending_from_every_open_stage_and_its_origin_is_core(
    harbour, declaring
) -> None:
    found = with_endings(declaring(), CORE)

    for outcome in ENDINGS:
        (move,) = ending(found, outcome)
        assert (move.from_, move.to, move.origin) == ((ANY_OPEN,), "closed", CORE)
        assert move in found.moves_from("referred")
        assert move in found.moves_from("concluded")
    assert not any(move.outcome in ENDINGS for move in found.moves_from("closed"))
    assert not [violation for violation in prove(replace(harbour, workflow=found).entry) if not violation.gap]


@pytest.mark.parametrize("source", [ANY_OPEN, "referred"])
def test_ending_that_the_workflow_declares_stays_as_declared_and_core_adds_the_others(declaring, source: str) -> None:
    declared = {"from": source, "to": "closed", "outcome": "declined", "title": {"en": "No, thanks"}}

    found = with_endings(declaring(declared), CORE)

    (move,) = ending(found, Outcome.DECLINED)
    assert (move.from_, str(move.title), move.origin) == ((source,), "No, thanks", None)
    assert [each.outcome for each in found.moves if each.origin == CORE] == [
        each for each in ENDINGS if each is not Outcome.DECLINED
    ]


def test_dead_end_is_a_violation_though_core_lets_a_case_end_there(harbour, build) -> None:
    def change(data: dict[str, Any]) -> None:
        data["moves"] = [move for move in data["moves"] if "supported" not in move["from"]]

    violations = prove(replace(harbour, workflow=with_endings(build(change), CORE)).entry)

    assert "from here a case can end, but never be completed" in " ".join(str(violation) for violation in violations)


def test_diagram_says_the_endings_of_core_once(declaring) -> None:
    drawn = mermaid(with_endings(declaring(), CORE))

    assert drawn.count("withdrawn") == 1
    assert drawn.count("transferred") == 1


def test_loaded_programme_has_the_endings_and_names_core_with_its_version_as_their_origin() -> None:
    moves = harbourland().programme("xx-harbour").workflow.moves

    given = [move for move in moves if move.outcome in ENDINGS]
    assert [move.outcome for move in given] == list(ENDINGS)
    assert {move.origin.plugin for move in given if move.origin} == {"kummi"}
    assert {move.origin.plugin for move in moves if move.origin} == {"kummi", "xx"}
