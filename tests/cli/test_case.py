"""Working on a case: what each command prints, as words and as JSON, what it refuses, and what it leaves alone."""

from __future__ import annotations

import re
from typing import Any

import pytest

CASE_KEYS = {
    "ref", "programme", "workflow", "rehearsal", "stage", "phase", "entered", "opened", "held_since", "closed",
    "outcome", "pathway", "municipality", "arrived", "permit", "registered", "household", "languages", "fields",
    "tasks", "seq", "stranded",
}  # fmt: skip
TASK_KEYS = {
    "id", "title", "done", "required", "owner", "owner_title", "kind", "done_on", "until", "due", "may_be_needed",
    "guidance", "reference",
}  # fmt: skip
FINDING_KEYS = {"rule", "result", "reason", "reference", "settle", "facts"}


def test_open_prints_the_number_and_what_to_do_next(cli: Any) -> None:
    file = cli.file("h.json", '{"pathway": "resettled", "members": [{"role": "adult"}]}')

    said = cli.done("case", "open", "xx-harbour", "--from", file, "--on", "2024-03-01")

    assert said.out.splitlines() == [
        "XX-1  Hailed (referral)  Harbour crews",
        "    municipality not known, resettled on a quota, 1 in the household, open since 2024-03-01",
        "What is next:  kummi case next XX-1",
    ]


def test_json_of_open_is_the_case_with_its_warnings(cli: Any) -> None:
    file = cli.file(
        "h.yaml",
        "pathway: asylum\nmunicipality: north quay\nfields: {housing: Boat, moored: 2024-02-20}\n"
        "members: [{role: adult, identity: 12-34}, {role: child}]",
    )

    said = cli.done("case", "open", "xx-harbour", "--from", file, "--on", "2024-03-01", "--json").json

    warnings = said.pop("warnings")
    assert warnings == [
        "member 1: the identity number does not have the form of a berth number; taken as it is, please check it"
    ]
    assert said.keys() == CASE_KEYS
    assert said["household"] == {"size": 2, "adults": 1, "children": 1}
    assert said["municipality"] == "X1"
    assert said["fields"] == {"housing": "boat", "moored": "2024-02-20"}
    assert said["permit"] == {"held": None, "granted": None, "expires": None}


def test_json_of_next_is_as_the_design_fixes_it(cli: Any) -> None:
    said = cli.done("case", "next", cli.open(), "--json", "--on", "2024-03-01").json

    assert said.keys() == {"ref", "stage", "phase", "seq", "leave_by", "stranded", "endings", "tasks", "moves"}
    assert (said["ref"], said["stage"], said["phase"]) == ("XX-1", "hailed", "referral")
    (task,) = said["tasks"]
    assert task.keys() == TASK_KEYS
    assert (task["id"], task["done"], task["required"], task["owner"], task["due"]) == (
        "referral-letter", False, True, "municipality", "2024-03-08",
    )  # fmt: skip
    shut = next(move for move in said["moves"] if move["to"] == "surveyed")
    assert shut.keys() == {"to", "phase", "outcome", "allowed", "findings"}
    assert shut["allowed"] is False
    assert shut["findings"][0].keys() == FINDING_KEYS
    assert shut["findings"][0]["rule"] == "task-referral-letter"
    assert all(move["findings"] == [] for move in said["moves"] if move["allowed"])


def test_a_confirmation_shows_what_holds_on_the_day_of_the_action(cli: Any) -> None:
    ref = cli.open()
    planned = cli.done("case", "change", ref, "municipality=South Quay", "--on", "2024-03-05", "--json").json
    assert planned["municipality"] == "X2"
    cli.done("case", "change", ref, "municipality=North Quay", "--on", "2099-01-01")

    cli.done("case", "leave", ref, "2", "how=moved_out", "--on", "2024-06-03")
    words = cli.done("case", "record", ref, "referral-letter", "--on", "2024-03-04").out
    assert "North Quay, resettled on a quota, 2 in the household" in words
    done = cli.done("case", "record", ref, "referral-letter", "--withdraw", "--on", "2024-03-05", "--json").json
    assert (done["municipality"], done["household"]) == ("X2", {"size": 2, "adults": 1, "children": 1})
    assert "South Quay, resettled on a quota, 2 in the" in cli.done("case", "next", ref, "--on", "2024-03-06").out


def test_a_confirmation_of_a_plan_shows_it_as_of_its_day_and_a_later_action_does_not(cli: Any) -> None:
    ref = cli.open()
    cli.done("case", "change", ref, "municipality=South Quay", "--on", "2099-01-01")

    said = cli.done("case", "split", ref, "2", "--on", "2024-05-02")
    assert "    North Quay, resettled on a quota, 1 in the household" in said.out
    tried = cli.done("case", "hold", ref, "--on", "2024-05-02", "--dry-run", "--json").json
    assert tried["municipality"] == "X1"


@pytest.mark.parametrize(
    ("change", "outcome", "against"),
    [
        ("", "eligible", {}),
        ("pathway=other_permit", "not_eligible", {"xx-pathway": "not_met"}),
        ("municipality=", "undetermined", {"xx-takes-part": "unknown"}),
    ],
)
def test_json_of_assess_is_as_the_design_fixes_it(cli: Any, change: str, outcome: str, against: dict) -> None:
    ref = cli.open()
    if change:
        cli.done("case", "correct", ref, change)

    said = cli.done("case", "assess", ref, "--json", "--on", "2024-03-01").json

    assert said.keys() == {"ref", "on", "outcome", "ruleset", "findings"}
    assert (said["ref"], said["on"], said["outcome"]) == (ref, "2024-03-01", outcome)
    assert all(each.keys() == FINDING_KEYS for each in said["findings"])
    assert {each["rule"]: each["result"] for each in said["findings"] if each["result"] != "met"} == against


def test_undetermined_says_which_document_from_whom_would_settle_it(cli: Any) -> None:
    ref = cli.open()
    cli.done("case", "correct", ref, "municipality=")

    said = cli.done("case", "assess", ref, "--on", "2024-03-01").out

    assert "to settle it: entry in the register of residents, from the municipality" in said


def test_refused_move_prints_every_finding_and_changes_nothing(cli: Any) -> None:
    ref = cli.open()
    before = cli.done("case", "timeline", ref).out

    said = cli("case", "advance", ref, "surveyed", "--on", "2024-03-01")

    assert said.code == 1
    assert said.out == ""
    assert said.err.splitlines() == [
        "Refused: case XX-1 cannot move to 'surveyed' on 2024-03-01",
        "  ✗ task-referral-letter: not met. the task 'Referral letter received' is not done yet; it is owed by: "
        "municipality",
        "      to settle it: municipality does it; then it is recorded as 'referral-letter'",
        "      source: Handbook for crews (invented), chapter 1 <https://example.org/crew-handbook> (2026-11)",
    ]
    assert cli.done("case", "timeline", ref).out == before


def test_json_of_a_refusal_holds_the_findings(cli: Any) -> None:
    said = cli("case", "advance", cli.open(), "surveyed", "--on", "2024-03-01", "--json")

    assert said.code == 1
    assert said.err == ""
    assert said.json.keys() == {"error", "exit", "message", "findings"}
    assert (said.json["error"], said.json["exit"]) == ("refused", 1)
    assert [each["rule"] for each in said.json["findings"]] == ["task-referral-letter"]


def test_json_of_bad_input_holds_every_fault(cli: Any) -> None:
    ref = cli.open()

    said = cli("case", "correct", ref, "arrived=soon", "housing=tent", "pathwy=asylum", "--json")

    assert said.code == 2
    assert said.json.keys() == {"error", "exit", "message", "faults"}
    assert said.json["error"] == "input"
    assert [each["where"] for each in said.json["faults"]] == ["arrived", "fields.housing", "pathwy"]


def test_json_of_wrong_usage_has_the_same_shape(cli: Any) -> None:
    said = cli("--json", "case", "show")

    assert said.code == 2
    assert said.json == {"error": "input", "exit": 2, "message": "Missing argument 'REF'."}


def test_conflict_ends_with_4_and_writes_nothing(cli: Any) -> None:
    ref = cli.open()
    cli.done("case", "record", ref, "referral-letter", "--on", "2024-03-02")

    said = cli("case", "hold", ref, "--seen", "1")

    assert said.code == 4
    assert said.err == f"Error: case {ref} has changed since it was looked at (then 1, now 2); nothing was written\n"
    assert cli.done("case", "show", ref, "--json").json["held_since"] is None
    assert cli("case", "hold", ref, "--seen", "2").code == 0


@pytest.mark.parametrize(
    "command",
    [
        ("record", "referral-letter"),
        ("correct", "registered=2024-03-02"),
        ("correct", "member.1.born=1990-01-01"),
        ("join", "role=child", "how=born"),
        ("leave", "2", "how=moved_out"),
        ("split", "2"),
        ("hold", "--reason", "away"),
        ("close", "withdrawn"),
        ("assess",),
    ],
    ids=" ".join,
)
def test_dry_run_keeps_nothing_and_says_so(cli: Any, command: tuple[str, ...]) -> None:
    ref = cli.open()
    before = cli.done("audit", "verify", "--json").json

    said = cli.done("case", command[0], ref, *command[1:], "--dry-run")
    as_json = cli.done("case", command[0], ref, *command[1:], "--dry-run", "--json").json

    assert said.err.endswith("dry run: nothing was kept\n")
    assert as_json["dry_run"] is True
    assert cli.done("audit", "verify", "--json").json == before


def test_dry_run_of_open_makes_no_case(cli: Any) -> None:
    cli.open("--dry-run")

    assert cli.done("case", "list", "--json").json == []


def test_every_writing_command_of_cases_takes_a_dry_run(cli: Any) -> None:
    writing = (
        "open assess record change correct join leave split merge transfer advance hold resume close reopen restage"
    )
    for command in writing.split():
        assert "--dry-run" in cli.done("case", command, "--help").out, command


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (("case", "open", "xx-harbor", "--from", "{file}"), "did you mean 'xx-harbour'?"),
        (("case", "record", "{ref}", "referal-letter"), "did you mean 'referral-letter'?"),
        (("case", "advance", "{ref}", "surveyd"), "did you mean 'surveyed'?"),
        (("case", "correct", "{ref}", "housing=boots"), "did you mean 'boat'?"),
        (("case", "correct", "{ref}", "pathway=asylm"), "did you mean 'asylum'?"),
        (("case", "correct", "{ref}", "registerd=2024-01-01"), "did you mean 'registered'?"),
        (("case", "close", "{ref}", "complete"), "'completed'"),
        (("case", "list", "--phase", "mtching"), "'matching'"),
        (("report", "build", "xx-harbour", "xx-particpants", "--from", "2024-01-01", "--to", "2024-12-31"),
         "did you mean 'xx-participants'?"),
        (("network", "compare", "--topic", "fundin"), "did you mean 'funding'?"),
        (("network", "compare", "xx-harbor"), "did you mean 'xx-harbour'?"),
        (("plugin", "show", "xy"), "known: xx"),
        (("country", "show", "xy"), "known: XX"),
        (("case", "show", "XX-7"), "no case named 'XX-7'"),
        (("case", "show", "number seven"), "'number seven' is not a case number; expected"),
    ],
)  # fmt: skip
def test_name_that_is_nearly_right_is_helped(cli: Any, words: tuple[str, ...], near: str) -> None:
    ref = cli.open()
    file = str(cli.folder / "household.yaml")

    said = cli(*(each.format(ref=ref, file=file) for each in words))

    assert said.code == 2
    assert near in said.err


@pytest.mark.parametrize("name", ["North Quay", "north quay", "Nordkai", "X1", "  North   Quay "])
def test_place_is_known_by_every_name_it_has(cli: Any, name: str) -> None:
    ref = cli.open()

    assert [each["ref"] for each in cli.done("case", "list", "--municipality", name, "--json").json] == [ref]
    assert cli.done("case", "list", "--municipality", "South Quay", "--json").json == []


def test_place_that_is_not_on_the_list_is_taken_with_a_warning(cli: Any) -> None:
    said = cli.done("case", "correct", cli.open(), "municipality=Nowhere")

    assert said.err == ("Warning: the municipality is not on the plugin's list of places; taken as it is\n")


@pytest.mark.parametrize("ref", ["XX-1", "xx-1", "XX-0001", "1", " 1 "])
def test_case_number_is_read_as_people_write_it(cli: Any, ref: str) -> None:
    cli.open()

    assert cli.done("case", "show", ref, "--json").json["ref"] == "XX-1"


def test_list_goes_on_after_a_number(cli: Any) -> None:
    for _ in range(3):
        cli.open()

    first = cli.done("case", "list", "--limit", "2")
    rest = cli.done("case", "list", "--after", "2", "--json").json

    assert first.err == "more with: --after 2\n"
    assert [each["ref"] for each in rest] == ["XX-3"]


def test_rehearsal_stays_out_of_lists_and_is_marked(cli: Any) -> None:
    ref = cli.open("--rehearse")

    assert cli.done("case", "list", "--json").json == []
    assert [each["ref"] for each in cli.done("case", "list", "--rehearsals", "--json").json] == [ref]
    assert "XX-1 (rehearsal)" in cli.done("case", "show", ref).out


def test_programme_that_is_only_studied_refuses_live_cases_and_names_the_fact(cli: Any) -> None:
    file = cli.file("h.yaml", "pathway: resettled\nmembers: [{role: adult}]")

    said = cli("case", "open", "xx-lighthouse", "--from", file)

    assert said.code == 1
    assert "programme-status: not met. the programme is study and takes no cases (as of 2025-06-01)" in said.err
    assert "Study on lighthouses" in said.err
    assert cli("case", "open", "xx-lighthouse", "--from", file, "--rehearse").code == 0


def test_observer_that_fails_undoes_nothing(cli: Any, install: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys
    from types import SimpleNamespace

    from kummi import hookimpl

    told = []

    class Observer:
        @hookimpl
        def kummi_after_event(self, events: Any) -> None:
            told.extend((each.ref, each.kind) for each in events)
            raise RuntimeError("the printer is on fire")

    monkeypatch.setitem(sys.modules, "kummi_test_observer", SimpleNamespace(plugin=Observer()))
    install(xx="kummi.testing.harbourland:plugin", printer="kummi_test_observer:plugin")
    ref = cli.open()

    said = cli.done("case", "record", ref, "referral-letter", "--on", "2024-03-04")

    assert told == [(ref, "opened"), (ref, "recorded")]
    assert "Warning: an observer failed; the action itself is done" in said.err
    assert cli.done("case", "show", ref, "--json").json["tasks"] == {
        "referral-letter": {"on": "2024-03-04", "until": None}
    }


def test_due_lists_what_is_overdue_soon_and_blocked(cli: Any) -> None:
    cli.open()
    held = cli.open()
    cli.done("case", "hold", held, "--on", "2024-03-02")

    soon = cli.done("due", "--on", "2024-03-02").out
    late = cli.done("due", "--on", "2024-03-12", "--json").json

    assert "Due by 2024-03-09 (1)\n  2024-03-08  XX-1  Referral letter received  municipality" in soon
    assert "Blocked (1)\n  2024-03-02  XX-2  on hold since 2024-03-02" in soon
    assert late[0].keys() == {
        "ref", "programme", "stage", "kind", "due", "overdue", "task", "title", "owner", "owner_title",
        "stranded", "refs", "ends", "what",
    }  # fmt: skip
    assert {each["ref"]: each["overdue"] for each in late} == {"XX-1": True, "XX-2": False}


def test_due_begins_with_a_withdrawn_consent_and_says_what_to_do(cli: Any) -> None:
    cli.open()
    ref = cli.open()
    for stage, *tasks in (
        ("surveyed", "referral-letter"),
        ("outfitting", "first-talk", "berth-decision"),
        ("crew-sought", "consent", "voyage-plan"),
    ):
        for task in tasks:
            cli.done("case", "record", ref, task, "--on", "2024-03-01")
        cli.done("case", "advance", ref, stage, "--on", "2024-03-01")
    cli.done("case", "record", ref, "consent", "--withdraw", "--on", "2024-03-05")

    said = cli.done("due", "--on", "2024-03-20").out.splitlines()
    ahead = cli.done("case", "next", ref, "--on", "2024-03-20").out

    gone = "consent was withdrawn or is not recorded: The household consents to be supported by a crew"
    assert said[:2] == ["At once (1)", f"  {ref}  {gone}"]
    for what in (
        gone,
        f"kummi case record {ref} consent",
        f"kummi case hold {ref}",
        f"kummi case close {ref} withdrawn",
    ):
        assert what in "".join(said[1:3])
        assert what in ahead
    assert said[3] == "Overdue (1)"


def test_due_and_next_tell_what_ends_soon(cli: Any) -> None:
    file = cli.file(
        "ends.yaml",
        "household:\n  pathway: resettled\n  permit: {granted: 2024-01-10, expires: 2024-03-25}\n"
        "  members: [{role: adult}]\n",
    )
    ref = cli.done("case", "open", "xx-harbour", "--from", file, "--on", "2024-03-01", "--json").json["ref"]
    cli.done("case", "record", ref, "referral-letter", "--on", "2024-03-01")
    row = f"  2024-03-25  {ref}  ends: the residence permit\n"

    assert cli.done("due", "--on", "2024-03-02").out == f"Ends soon (1)\n{row}"
    assert f"Overdue (1)\n{row.replace('ends', 'ended')}" in cli.done("due", "--on", "2024-03-26").out
    assert "    2024-03-25  ends: the residence permit\n" in cli.done("case", "next", ref, "--on", "2024-03-02").out
    assert cli.done("case", "next", ref, "--on", "2024-03-02", "--json").json["endings"] == [
        {"ends": "permit", "day": "2024-03-25", "task": None, "title": None, "pathway": None, "reference": ""}
    ]


def test_what_has_not_come_yet_is_not_recorded_and_can_be_looked_at(cli: Any) -> None:
    ref = cli.open()
    said = cli("case", "record", ref, "referral-letter", "--on", "2199-12-31")

    assert said.code == 2
    assert "--on: 2199-12-31 has not come yet, today is " in said.err
    assert cli.done("case", "next", ref, "--on", "2199-12-31").out.startswith(ref)


def test_timeline_tells_when_it_happened_and_when_it_was_recorded(cli: Any) -> None:
    ref = cli.open()
    cli.done("case", "hold", ref, "--on", "2024-03-02", "--reason", "away until May")

    words = cli.done("case", "timeline", ref).out
    event = cli.done("case", "timeline", ref, "--json").json["events"][-1]

    assert re.search(r"2024-03-02  \S+  put on hold – away until May", words)
    assert "recorded on" in words
    assert event.keys() == {"seq", "happened", "recorded", "kind", "actor", "data", "has_note", "hash"}
    assert event["has_note"] is True
    assert "away" not in cli.done("case", "timeline", ref, "--json").out


@pytest.mark.parametrize("command", ["show", "next", "timeline"])
def test_what_was_known_before_anything_was_recorded_is_nothing_and_is_said(cli: Any, command: str) -> None:
    ref = cli.open()

    assert cli("case", command, ref, "--known", "2024-03-01").err == (
        f"Error: --known: nothing was recorded of case {ref} by the end of 2024-03-01\n"
    )
    assert cli("case", command, ref, "--known", "soon").err.startswith("Error: --known: 'soon' is not a date")
    assert cli.done("case", command, ref, "--known", "2199-01-01").out == cli.done("case", command, ref).out


def test_what_a_transfer_leaves_in_doubt_is_said_on_the_screen(cli: Any) -> None:
    ref = cli.open()
    cli.done("case", "record", ref, "consent", "--on", "2024-03-02")

    said = cli.done("case", "transfer", ref, "Old Pier", "--on", "2024-03-02")

    assert "the municipality is not on the plugin's list of places; taken as it is" in said.err


def test_a_case_on_hold_by_itself_says_so_wherever_its_phase_is_shown(cli: Any) -> None:
    ref = cli.open()
    cli.walk(ref, "sailing", "2024-04-01")
    later = ("--on", "2030-01-01")

    assert "(on hold)" in cli.done("case", "show", ref, *later).out.splitlines()[0]
    assert " on hold " in cli.done("case", "list", "--phase", "on_hold", *later).out
    phases = {
        name: cli.done("case", name, *words, "--json", *later).json
        for name, words in {"list": (), "show": (ref,), "next": (ref,)}.items()
    }
    assert {phases["list"][0]["phase"], phases["show"]["phase"], phases["next"]["phase"]} == {"on_hold"}
    assert cli.done("case", "show", ref, "--json", "--on", "2024-04-01").json["phase"] == "support"


def test_a_wrong_fact_is_placed_where_it_was_typed(cli: Any) -> None:
    said = cli("case", "correct", cli.open(), "arrived.from=2024-02-11", "zzzz=1", "--on", "2024-03-02")

    assert said.code == 2
    assert "fact 2: there is no such fact" in said.err


def test_what_is_planned_says_so(cli: Any) -> None:
    ref = cli.open()
    cli.done("case", "change", ref, "municipality=South Quay", "--on", "2090-01-01")

    assert "  from 2090-01-01: the municipality: South Quay" in cli.done("case", "show", ref).out.splitlines()
    assert "(planned on " in cli.done("case", "timeline", ref).out
    assert "2090" not in cli.done("case", "show", ref, "--on", "2090-01-01").out


def test_too_large_a_household_is_refused_in_words(cli: Any) -> None:
    file = cli.file("h.json", '{"pathway": "resettled", "members": [' + ", ".join(['{"role": "adult"}'] * 41) + "]}")

    said = cli("case", "open", "xx-harbour", "--from", file)

    assert said.code == 2
    assert "members: expected at most 40 of them, found 41" in said.err


def test_a_programme_of_another_country_is_no_place_to_move_to(cli: Any) -> None:
    ref = cli.open()

    for name in ("xx-harbor", "yy-venner-viser-vej"):
        said = cli("case", "transfer", ref, name)
        assert said.code == 2
        assert "there is no such programme" in said.err
