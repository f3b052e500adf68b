"""Pictures of a workflow: whole, in the language asked for, and with every sign escaped."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from kummi.lifecycle.diagram import dot, mermaid, svg
from kummi.model.words import Words

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


def test_svg_is_well_formed_and_has_every_stage(harbour) -> None:
    texts = [each.text for each in ET.fromstring(svg(harbour.workflow)).iter("{http://www.w3.org/2000/svg}text")]

    assert {str(stage.title) for stage in harbour.workflow.stages} <= set(texts)
    assert "referral" in texts


@pytest.mark.parametrize("draw", [mermaid, dot, svg])
def test_a_diagram_speaks_the_language_asked_for(harbour, draw) -> None:
    words = Words({"xx": {"phase.referral": "first-phase-in-xx"}})
    drawn = draw(harbour.workflow, "xx", words)

    assert "first-phase-in-xx" in drawn
    assert re.search(r"(?:~|#126;)Assessed", drawn)


def test_signs_of_the_formats_in_titles_are_escaped(build) -> None:
    def nasty(data) -> None:
        data["stages"][0]["title"] = NASTY
        data["moves"][7]["title"] = NASTY

    workflow = build(nasty)
    joined = "".join(ET.fromstring(svg(workflow)).itertext())

    assert NASTY in joined.replace("\n", "")
    assert '\\"Quay\\" & \\\\ pier]|; end' in dot(workflow)
    label = re.search(r's1\["(.*)"\]', mermaid(workflow))
    assert label
    assert not set(label[1]) & set('<>"|]\\')


def test_the_same_workflow_gives_the_same_drawing(harbour, build) -> None:
    assert svg(build(None)) == svg(harbour.workflow)
