"""A story is played as it is told, and every departure from it is reported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from kummi.casework.context import Context
from kummi.casework.listing import timeline
from kummi.catalogue import Catalogue
from kummi.catalogue.yaml.source import read_yaml
from kummi.errors import InputError
from kummi.store.audit import verify
from kummi.testing.harbourland import harbourland
from kummi.testing.play import play, play_at, throw_away_context
from kummi.testing.scenario import Scenario, read_scenario
from kummi.testing.stories import play_all

STORY: dict[str, Any] = read_yaml(
    "story.yaml",
    b"""
scenario: A family is supported for a year
programme: xx-harbour
on: "2024-03-01"
household:
  pathway: resettled
  municipality: North Quay
  arrived: "2024-02-10"
  permit: {granted: "2024-01-10"}
  registered: "2024-02-12"
  members: [{role: adult, born: "1988-04-02"}, {role: child, born: "2017-09-30"}]
""",
).data


@pytest.fixture(scope="module")
def countries() -> Catalogue:
    return harbourland()


Told = Callable[..., tuple[str, ...]]


@pytest.fixture
def departures(countries: Catalogue) -> Told:
    """Return a function that plays the story with some things told otherwise, and returns where it departs."""

    def told(**changes: Any) -> tuple[str, ...]:
        return tuple(map(str, play(Scenario.model_validate(STORY | changes), countries).departures))

    return told


def steps(*given: dict[str, Any]) -> dict[str, Any]:
    return {"steps": list(given)}


def test_a_whole_story_holds_with_every_kind_of_step_and_its_money(countries: Catalogue) -> None:
    story = STORY | {
        "expect": {"eligibility": "eligible"},
        "steps": [
            {"record": "referral-letter"},
            {"advance": "surveyed", "expect": {"phase": "assessment", "stage": "surveyed"}},
            {"advance": "outfitting", "refused_by": ["task-first-talk"]},
            {"correct": {"housing": "house", "moored": "2024-02-11", "school_place": True, "languages": ["ar", "so"]}},
            {"correct": {"housing": None}},
            {"walk_to": "crew-sought"},
            {"on": "2024-04-01", "record": "crew-cleared", "until": "2024-04-20"},
            {"walk_to": "sailing", "expect": {"phase": "support"}},
            {"on": "2024-04-21", "expect": {"phase": "on_hold"}},
            {"record": "crew-cleared", "expect": {"phase": "support"}},
            {"hold": "in hospital"},
            {"resume": True},
            {"on": "2024-05-01", "close": "ended_early", "expect": {"outcome": "ended_early"}},
            {"on": "2024-05-02", "reopen": "a mistake", "expect": {"stage": "sailing"}},
            {"record": "monthly-check"},
            {"withdraw": "monthly-check"},
            {"on": "2024-12-01", "walk_to": "closed", "outcome": "completed", "expect": {"phase": "closed"}},
        ],
        "funding": [
            # 2,520 + 3,720 a year, in months from the 12th: eleven lie in 2025 whole, 6,240 x 11/12 = 5,720; of the two
            # that do not, 11 of 31 days and 20 of 31 days do: 520 x 31/31 = 520
            {
                "scheme": "xx-harbour-money",
                "from": "2025-01-01",
                "to": "2025-12-31",
                "total": "5720.00 XTS",
                "assumed": "520.00 XTS",
            },
            {"scheme": "xx-crew-grant", "from": "2025-01-01", "to": "2025-12-31", "total": "0.00 XTS"},
            {"scheme": "xx-harbour-money", "from": "2026-01-01", "to": "2026-12-31", "total": "unknown"},
        ],
    }
    told = play(Scenario.model_validate(story), countries)

    assert told.departures == ()
    assert told.holds
    assert told.case is not None
    assert (told.case.outcome, told.case.languages, told.case.fields["school_place"]) == (
        "completed",
        ("ar", "so"),
        True,
    )
    assert "housing" not in told.case.fields
    assert str(told.lines[0]) == "2024-03-01  opened as XX-1 in 'hailed'"
    assert str(told.lines[-3]).startswith("2024-12-01  xx-harbour-money, 2025-01-01 to 2025-12-31: ")


def test_a_story_tells_how_households_part_unite_and_are_handed_on(countries: Catalogue) -> None:
    baby = {"pathway": "resettled", "members": [{"role": "child", "born": "2024-01-05"}]}
    story = steps(
        {"split": [2]},
        {"merge": baby},
        {"transfer": "Far Island", "refused_by": ["consent"]},
        {"record": "consent"},
        {"on": "2024-03-09", "transfer": "Far Island", "expect": {"outcome": "transferred"}},
    )
    told = play(Scenario.model_validate(STORY | story), countries)

    assert told.departures == ()
    assert [str(line).partition("  ")[2] for line in told.lines[1:4]] == [
        "split, members 2 go on as XX-2",
        "merged with XX-3",
        "step 3, transfer Far Island: refused by consent, as it should be",
    ]
    assert told.case is not None
    assert (told.case.size, told.case.children, told.case.municipality) == (2, 1, "X3")


def test_a_story_is_recorded_on_the_days_it_tells_of(countries: Catalogue) -> None:
    story = Scenario.model_validate(STORY | steps({"on": "2024-05-01", "record": "referral-letter"}))
    with throw_away_context(countries, story.on) as context:
        play_at(context, story)
        _, moments = timeline(context, "XX-1")

    assert [str(moment.recorded_on) for moment in moments] == ["2024-03-01", "2024-05-01"]


def test_playing_twice_tells_the_same_to_the_letter(countries: Catalogue) -> None:
    story = Scenario.model_validate(STORY | steps({"walk_to": "closed", "outcome": "completed"}))
    first, second = play(story, countries), play(story, countries)

    assert (first.lines, first.case) == (second.lines, second.case)


def test_a_story_that_ends_at_the_door_holds(departures: Told) -> None:
    assert departures(programme="xx-lighthouse", refused_by=["programme-status"]) == ()
    assert departures(programme="xx-lighthouse", rehearse=True) == ()


def test_a_walk_does_what_is_required_and_takes_the_shortest_way(countries: Catalogue) -> None:
    told = play(Scenario.model_validate(STORY | steps({"walk_to": "outfitting"})), countries)

    assert [str(line).split("  ")[1] for line in told.lines] == [
        "opened as XX-1 in 'hailed'",
        "recorded referral-letter",
        "moved to 'surveyed'",
        "recorded first-talk",
        "recorded berth-decision",
        "moved to 'outfitting'",
    ]


CASES: list[tuple[str, dict[str, Any], str]] = [
    (
        "eligibility",
        {"expect": {"eligibility": "not_eligible"}},
        "eligibility: expected not_eligible, found eligible (every rule is met)",
    ),
    (
        "eligibility, with what stands against it",
        {"household": STORY["household"] | {"municipality": "Far Island"}, "expect": {"eligibility": "eligible"}},
        "eligibility: expected eligible, found not_eligible (xx-takes-part not_met: ",
    ),
    (
        "the rule against it",
        {
            "household": STORY["household"] | {"municipality": "Far Island"},
            "expect": {"eligibility": "not_eligible", "against": ["xx-permit", "xx-takes-part"]},
        },
        "eligibility: expected to stand against it: xx-permit",
    ),
    (
        "an opening that is refused",
        {"programme": "xx-lighthouse"},
        "2024-03-01, open: expected to be allowed, but it was refused by programme-status: the programme is study",
    ),
    (
        "an opening that is not refused",
        {"refused_by": ["programme-window"]},
        "2024-03-01, open: expected a refusal by programme-window; it was allowed",
    ),
    (
        "a refusal by another rule",
        steps({"advance": "surveyed", "refused_by": ["consent"]}),
        "step 1, advance surveyed: expected a refusal by consent, but it was refused by task-referral-letter: ",
    ),
    (
        "an action that should be refused",
        steps({"record": "consent", "refused_by": ["on-hold"]}),
        "2024-03-01, step 1, record consent: expected a refusal by on-hold; it was allowed",
    ),
    (
        "an action that should not",
        steps({"on": "2024-03-05", "advance": "surveyed"}),
        "2024-03-05, step 1, advance surveyed: expected to be allowed, but it was refused by task-referral-letter: ",
    ),
    (
        "an unknown task",
        steps({"record": "concent"}),
        "step 1, record concent: no task in xx-harbour named 'concent'; did",
    ),
    ("an unknown stage", steps({"advance": "ashore"}), "step 1, advance ashore: no stage in xx-harbour named 'ashore'"),
    ("a wrong fact", steps({"correct": {"housing": "boot"}}), "'boot' is not one of the choices; did you mean 'boat'?"),
    ("the phase", steps({"expect": {"phase": "support"}}), "step 1: expected phase support, found referral"),
    ("the stage", steps({"hold": "", "expect": {"stage": "sailing"}}), "step 1: expected stage sailing, found hailed"),
    (
        "the outcome",
        steps({"close": "declined", "expect": {"outcome": "withdrawn"}}),
        "step 1: expected outcome withdrawn, found declined",
    ),
    ("time", steps({"on": "2024-02-01"}), "step 1: the story goes back from 2024-03-01 to 2024-02-01"),
    (
        "a walk to nowhere",
        steps({"walk_to": "landing"}, {"walk_to": "sailing"}),
        "step 2, walk_to sailing: there is no way from 'landing' to 'sailing'",
    ),
    (
        "a walk that a rule stops",
        {"household": STORY["household"] | {"municipality": "Far Island"}} | steps({"walk_to": "sailing"}),
        "step 1, walk_to sailing: expected to be allowed, but it was refused by xx-takes-part: ",
    ),
    (
        "a sum",
        {"funding": [{"scheme": "xx-harbour-money", "from": "2025-01-01", "to": "2025-12-31", "total": "1.00 XTS"}]},
        "funding, xx-harbour-money, 2025-01-01 to 2025-12-31: expected 1.00 XTS, found ",
    ),
    (
        "a sum that is not known",
        {"funding": [{"scheme": "xx-harbour-money", "from": "2026-01-01", "to": "2026-01-31", "total": "1.00 XTS"}]},
        "expected 1.00 XTS, found unknown (",
    ),
    (
        "a scheme",
        {"funding": [{"scheme": "xx-sea", "from": "2025-01-01", "to": "2025-12-31", "total": "unknown"}]},
        "funding: no scheme 'xx-sea' in xx-harbour",
    ),
    ("a programme", {"programme": "xx-harbor"}, "no programme named 'xx-harbor'; did you mean 'xx-harbour'?"),
]


@pytest.mark.parametrize(("changes", "said"), [pytest.param(c, s, id=name) for name, c, s in CASES])
def test_a_departure_is_told_with_what_was_expected_and_what_was_found(
    departures: Told, changes: dict[str, Any], said: str
) -> None:
    (found,) = departures(**changes)

    assert said in found


def test_a_story_stops_where_it_departs(countries: Catalogue) -> None:
    story = STORY | steps({"advance": "sailing"}, {"record": "consent"})
    told = play(Scenario.model_validate(story), countries)

    assert len(told.departures) == 1
    assert len(told.lines) == 1


def test_a_story_is_played_on_either_database(context: Context) -> None:
    story = Scenario.model_validate(STORY | steps({"walk_to": "closed", "outcome": "completed"}))

    assert play_at(context, story).departures == ()
    assert verify(context.store).cases == 1


def test_stories_that_depart_or_cannot_be_read_are_named(countries: Catalogue, tmp_path: Path) -> None:
    for name, changes in (("good", {}), ("departs", steps({"advance": "surveyed"})), ("broken", {"programm": "x"})):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(STORY | changes))

    run = play_all(tuple(sorted(tmp_path.glob("*.yaml"))), countries)

    assert run.played == 3
    assert [str(each).split(": ")[0] for each in run.failed] == ["broken.yaml", "departs.yaml"]


# --- reading -----------------------------------------------------------------------------------------------------


def faults(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "story.yaml"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        read_scenario(file)
    return [str(fault) for fault in caught.value.faults]


BROKEN = """\
scenario: A story with a fault in every part
programme: xx-harbour
on: 2024-02-30
household:
  pathway: resetled
  members: []
expect: {against: [xx-permit]}
steps:
  - {record: consent, advance: surveyed}
  - {on: 2024-03-05, refused_by: [xx-permit]}
  - {advance: surveyed, until: 2024-04-01}
  - {close: declined, outcome: declined}
  - {reccord: consent}
  - {resume: false}
funding:
  - {scheme: xx-harbour-money, from: 2025-02-01, to: 2025-01-01, total: 1 XTS}
  - {scheme: xx-harbour-money, from: 2025-01-01, to: 2025-02-01, total: plenty}
"""


def test_everything_wrong_with_a_story_is_said_at_once_with_its_line(tmp_path: Path) -> None:
    found = faults(tmp_path, BROKEN)

    lines = [int(each.split(":")[1]) for each in found]
    assert sorted(set(lines)) == [3, 5, 6, 7, 9, 10, 11, 12, 13, 14, 16, 17]
    said = "\n".join(found)
    for words in (
        "'against' goes with an eligibility of not_eligible or undetermined",
        "a step has one action, not record and advance",
        "'refused_by' needs an action that is refused",
        "'until' goes with 'record' only",
        "'outcome' goes with 'walk_to' only",
        "did you mean 'record'?",
        "did you mean 'resettled'?",
        "the window ends on 2025-01-01, before it begins on 2025-02-01",
    ):
        assert words in said


def test_a_refused_household_can_have_no_steps(tmp_path: Path) -> None:
    text = yaml.safe_dump(STORY | {"refused_by": ["programme-status"]} | steps({"record": "consent"}))

    assert "a household that is refused has no case, so nothing can be expected of it" in faults(tmp_path, text)[0]


def test_what_is_no_yaml_is_said_with_its_line(tmp_path: Path) -> None:
    (said,) = faults(tmp_path, "scenario: x\nprogramme: [y\n")
    assert said.startswith("story.yaml:")
    assert "not valid YAML" in said


def test_a_key_given_twice_is_a_fault_and_not_the_last_word(tmp_path: Path) -> None:
    text = yaml.safe_dump(STORY) + "programme: xx-lighthouse\n"

    assert any("this key is already given above" in fault for fault in faults(tmp_path, text))


def test_an_empty_file_and_a_missing_one_are_clear_errors(tmp_path: Path) -> None:
    assert faults(tmp_path, "") != []
    with pytest.raises(InputError, match="cannot be read: there is no such file or folder"):
        read_scenario(tmp_path / "none.yaml")
