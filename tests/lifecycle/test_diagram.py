"""Diagrams of a workflow: whole, in the language asked for, and with every sign escaped."""

from __future__ import annotations

import re

import pytest

from kummi.i18n.translator import Translator
from kummi.lifecycle.diagram import dot, mermaid

NASTY = '<b>"Quay" & \\ pier]|; end'


def test_mermaid_shows_phases_stages_and_moves(harbour) -> None:
    lines = mermaid(harbour.workflow).splitlines()

    assert lines[:4] == ["flowchart TD", '  subgraph phase1["referral"]', '    s1["Referred"]', "  end"]
    assert '    s4["Matching<br/>#10005; no supporter found"]' in lines
    assert '    s8["Closed<br/>#10005; withdrawn"]' in lines
    assert "  s1 --> s2" in lines
    assert "  s6 -.-> s4" in lines
    assert '  s7 -->|"completed"| s8' in lines


def test_dot_shows_the_same(harbour) -> None:
    drawn = dot(harbour.workflow)

    assert '"referred" -> "assessed" [label=""];' in drawn
    assert '"supported" -> "matching" [label="", style=dashed];' in drawn
    assert '"matching" [label="Matching\\n✕ no supporter found"];' in drawn


@pytest.mark.parametrize("draw", [mermaid, dot])
def test_every_phase_and_stage_is_shown(harbour, draw) -> None:
    drawn = draw(harbour.workflow)

    assert all(str(stage.title) in drawn for stage in harbour.workflow.stages)
    assert all(f"{phase}" in drawn for phase in ("referral", "preparation", "closed"))


@pytest.mark.parametrize("draw", [mermaid, dot])
def test_a_diagram_speaks_the_language_asked_for(harbour, draw) -> None:
    drawn = draw(harbour.workflow, Translator("xx", {"phase|referral": "first-phase-in-xx"}))

    assert "first-phase-in-xx" in drawn
    assert re.search(r"(?:~|#126;)Assessed", drawn)


def test_signs_of_the_formats_in_titles_are_escaped(build) -> None:
    def nasty(data) -> None:
        data["stages"][0]["title"] = NASTY
        data["moves"][7]["title"] = NASTY

    workflow = build(nasty)
    assert '\\"Quay\\" & \\\\ pier]|; end' in dot(workflow)
    label = re.search(r's1\["(.*)"\]', mermaid(workflow))
    assert label
    assert not set(label[1]) & set('<>"|]\\')


@pytest.mark.parametrize("draw", [mermaid, dot])
def test_the_same_workflow_gives_the_same_diagram(harbour, build, draw) -> None:
    assert draw(build(None)) == draw(harbour.workflow)
