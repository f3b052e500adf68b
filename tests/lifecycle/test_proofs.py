"""One broken workflow for each proof, and the shortest way that shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kummi.lifecycle.proofs.prove import prove
from kummi.lifecycle.proofs.violation import Proof, Violation
from kummi.model.programme import Programme
from kummi.model.rule import Rule
from kummi.model.workflow import Workflow

SOURCE = {"id": "act", "title": "Harbour Act", "read": "2026-01"}
Change = Callable[[dict[str, Any]], Any]


@pytest.fixture
def violations(harbour, build) -> Callable[[Change | None], list[Violation]]:
    def found(change: Change | None = None) -> list[Violation]:
        return list(prove(replace(harbour, workflow=build(change)).entry))

    return found


def stage_of(data: dict[str, Any], stage_id: str) -> dict[str, Any]:
    return next(each for each in data["stages"] if each["id"] == stage_id)


def side_stage(data: dict[str, Any], stage_id: str, like: str, *, after: str, before: str | None) -> None:
    """Add a stage beside another, with the same phase and no tasks."""
    title = {"en": stage_id.capitalize(), "xx": f"~{stage_id.capitalize()}"}
    data["stages"].append({**stage_of(data, like), "id": stage_id, "title": title, "tasks": []})
    data["moves"].append({"from": after, "to": stage_id})
    if before:
        data["moves"].append({"from": stage_id, "to": before})


def guard(require: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": "guard", "text": {"en": "Guard", "xx": "Gard"}, "require": require, "reference": SOURCE}]


def test_the_unbroken_workflow_has_no_flaw(violations) -> None:
    assert violations(None) == []


# --- structure ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "where", "message"),
    [
        (lambda d: d["moves"][0].update(to="asessed"), "move referred to asessed", "did you mean 'assessed'?"),
        (lambda d: d["moves"][0].update({"from": "refered"}), "move refered to assessed", "did you mean 'referred'?"),
        (lambda d: d.update(initial="refered"), "initial", "no stage 'refered'; did you mean 'referred'?"),
        (lambda d: d.update(initial="assessed"), "initial", "begins in the phase 'referral', and 'assessed' is not"),
        (lambda d: d["stages"].append(d["stages"][0]), "stage referred", "two stages have this id"),
        (lambda d: d["stages"][0]["tasks"].extend(d["stages"][1]["tasks"]), "task talk", "two tasks have this id"),
        (lambda d: d["stages"].pop(6), "stages", "no stage is in the phase 'conclusion'"),
        (lambda d: d["stages"][0].update(phase="on_hold"), "stage referred", "a hold is core's own"),
        (
            lambda d: d["moves"].append({"from": "matching", "to": "matching"}),
            "move matching to matching",
            "comes from",
        ),
        (lambda d: d["moves"].append(d["moves"][0]), "stage referred", "two moves lead from it to 'assessed'"),
        (
            lambda d: d["stages"][1]["tasks"][0]["deadline"].update(of="permit.grantet"),
            "task talk, deadline",
            "no date fact 'permit.grantet'; did you mean 'permit.granted'?",
        ),
        (
            lambda d: d["stages"][1].update(deadline={"within": "1 day", "of": "pathway"}),
            "stage assessed, deadline",
            "'pathway' is not a date",
        ),
        (
            lambda d: d["moves"][0].update(guards=guard({"has": "fields.decidet"})),
            "rule guard",
            "did you mean 'fields.decided'?",
        ),
        (
            lambda d: d["stages"][1]["tasks"][0].update(when={"done": "tolk"}),
            "task talk, when",
            "did you mean 'talk'?",
        ),
        (
            lambda d: [d["moves"][at].update(guards=guard({"has": fact})) for at, fact in ((0, "arrived"), (1, "on"))],
            "rule guard",
            "two different rules have this id",
        ),
    ],
)
def test_a_name_that_names_nothing_or_two_things(violations, change: Change, where: str, message: str) -> None:
    found = [each for each in violations(change) if each.proof is Proof.STRUCTURE]

    assert any(str(each.where) == where and message in str(each.message) for each in found), [
        str(each) for each in found
    ]


def test_a_deadline_may_count_from_a_task_a_field_or_the_stage(violations) -> None:
    for fact in ("tasks.talk", "fields.decided", "arrived", "entered", "reached.matching"):
        assert violations(lambda d, of=fact: d["stages"][1]["tasks"][0]["deadline"].update(of=of)) == []


# --- 1 refinement ------------------------------------------------------------------------------------------------


def test_refinement_shows_the_shortest_way_to_a_step_that_the_lifecycle_has_not(violations) -> None:
    def skip(data) -> None:
        stage_of(data, "assessed")["tasks"].append({**stage_of(data, "prepared")["tasks"][0], "id": "early"})
        data["moves"].append({"from": "assessed", "to": "matching"})

    (violation,) = violations(skip)
    assert (violation.proof, violation.proof.number, str(violation.where)) == (
        Proof.REFINEMENT,
        1,
        "move assessed to matching",
    )
    assert violation.way() == "Referred -> Assessed -> Matching"
    assert violation.way("xx") == "~Referred -> ~Assessed -> ~Matching"
    assert "does not go from 'assessment' to 'matching'; from there it goes to: assessment, preparation, closed" in str(
        violation
    )


@pytest.mark.parametrize(
    ("change", "way", "message"),
    [
        (lambda d: d["moves"][8].update(outcome="completed"), "Referred -> Closed", "cannot end as 'completed'"),
        (
            lambda d: d["moves"][9].update({"from": "supported"}),
            "Referred -> Assessed -> Prepared -> Matching -> Introduced -> Supported -> Closed",
            "only for: matching",
        ),
        (lambda d: d["moves"][8].pop("outcome"), "Referred -> Closed", "needs an outcome"),
        (lambda d: d["moves"][0].update(outcome="declined"), "Referred -> Assessed", "only a move to a closed stage"),
        (
            lambda d: d["moves"].append({"from": "closed", "to": "referred"}),
            "Referred -> Closed -> Referred",
            "reopened",
        ),
    ],
)
def test_refinement_of_outcomes_and_of_what_is_closed(violations, change: Change, way: str, message: str) -> None:
    found = [each for each in violations(change) if each.proof is Proof.REFINEMENT]

    assert [each.way() for each in found] == [way]
    assert message in str(found[0].message)


# --- 2 soundness -------------------------------------------------------------------------------------------------


def test_soundness_names_a_stage_that_no_way_leads_to(violations) -> None:
    (violation,) = violations(lambda d: d["stages"].append({**d["stages"][1], "id": "island", "tasks": []}))

    assert (violation.proof.number, str(violation.where), str(violation.message)) == (
        2,
        "stage island",
        "no way leads to this stage",
    )


def test_soundness_shows_the_shortest_way_to_where_a_case_is_stuck(violations) -> None:
    def trap(data) -> None:
        data["moves"][8]["from"] = ["referred", "matching"]
        side_stage(data, "limbo", "assessed", after="assessed", before=None)

    (violation,) = violations(trap)
    assert str(violation) == "stage limbo: Referred -> Assessed -> Limbo: no way leads from here to a closed stage"


def test_soundness_finds_a_round_from_which_nothing_leads_out(violations) -> None:
    def carousel(data) -> None:
        data["moves"][8]["from"] = ["referred", "matching"]
        side_stage(data, "limbo", "assessed", after="assessed", before=None)
        side_stage(data, "edge", "assessed", after="limbo", before="limbo")

    (violation,) = violations(carousel)
    assert violation.way() == "Referred -> Assessed -> Limbo"


def test_soundness_asks_that_every_open_stage_can_still_be_completed(violations) -> None:
    (violation,) = violations(lambda d: side_stage(d, "aside", "introduced", after="introduced", before=None))

    assert violation.way() == "Referred -> Assessed -> Prepared -> Matching -> Introduced -> Aside"
    assert str(violation.message) == "from here a case can end, but never be completed"


def test_soundness_asks_for_a_way_to_complete(violations) -> None:
    (violation,) = violations(lambda d: d["moves"][7].update(outcome="transferred"))

    assert (violation.proof, str(violation.message)) == (Proof.SOUNDNESS, "no move closes a case as 'completed'")


# --- 3 consent ---------------------------------------------------------------------------------------------------


def consents(data: dict[str, Any]) -> list[dict[str, Any]]:
    return stage_of(data, "prepared")["tasks"]


@pytest.mark.parametrize(
    "change",
    [
        lambda d: consents(d).clear(),
        lambda d: consents(d)[0].update(required=False),
        lambda d: consents(d)[0].update(kind="document"),
        lambda d: consents(d)[0].update(when={"fact": "permit.held", "equals": True}),
        lambda d: stage_of(d, "matching")["tasks"].append(consents(d).pop()),
    ],
    ids=["none", "optional", "not a consent", "only for some", "too late"],
)
def test_consent_shows_the_shortest_way_to_matching_without_it(violations, change: Change) -> None:
    (violation,) = violations(change)

    assert (violation.proof.number, str(violation.where)) == (3, "stage matching")
    assert violation.way() == "Referred -> Assessed -> Prepared -> Matching"


def test_consent_finds_the_way_round(violations) -> None:
    (violation,) = violations(lambda d: side_stage(d, "hurried", "prepared", after="assessed", before="matching"))

    assert violation.way() == "Referred -> Assessed -> Hurried -> Matching"


HELD = {"fact": "permit.held", "equals": True}


@pytest.mark.parametrize(
    "require",
    [HELD, {"all": [{"has": "arrived"}, HELD]}, {"done": "consent"}],
    ids=["the same", "among others", "done"],
)
def test_consent_for_some_counts_where_the_guard_lets_only_those_on(violations, require: dict[str, Any]) -> None:
    def some(data) -> None:
        consents(data)[0]["when"] = HELD
        data["moves"][2]["guards"] = guard(require)

    assert violations(some) == []


def test_consent_for_some_does_not_count_under_a_guard_that_holds_only_for_a_time(violations) -> None:
    def some(data) -> None:
        consents(data)[0]["when"] = HELD
        data["moves"][2]["guards"] = [{**guard(HELD)[0], "valid_from": "2026-01-01"}]

    assert [each.proof for each in violations(some)] == [Proof.CONSENT]


def test_two_consents_that_leave_nobody_out_count_as_one(violations) -> None:
    def split(data) -> None:
        consents(data)[0]["when"] = HELD
        consents(data).append({**consents(data)[0], "id": "other-consent", "when": {"not": HELD}})

    assert violations(split) == []


# --- 4 clearance -------------------------------------------------------------------------------------------------


def test_clearance_shows_the_shortest_way_to_introduction_without_it(violations) -> None:
    (violation,) = violations(lambda d: stage_of(d, "matching")["tasks"].clear())

    assert (violation.proof.number, str(violation.where)) == (4, "stage introduced")
    assert violation.way() == "Referred -> Assessed -> Prepared -> Matching -> Introduced"


def test_clearance_asked_in_introduction_comes_too_late(violations) -> None:
    def late(data) -> None:
        stage_of(data, "introduced")["tasks"].append(stage_of(data, "matching")["tasks"].pop())

    assert [each.proof for each in violations(late)] == [Proof.CLEARANCE]


def test_clearance_finds_the_way_round(violations) -> None:
    (violation,) = violations(lambda d: side_stage(d, "hurried", "matching", after="prepared", before="introduced"))

    assert violation.way() == "Referred -> Assessed -> Prepared -> Hurried -> Introduced"


def test_clearance_says_when_it_ends_or_why_it_does_not(violations) -> None:
    def endless(data) -> dict[str, Any]:
        cleared = stage_of(data, "matching")["tasks"][0]
        cleared.pop("valid_for")
        return cleared

    (violation,) = violations(endless)
    assert (violation.proof, str(violation.where)) == (Proof.CLEARANCE, "task cleared")
    assert violations(lambda d: endless(d).update(guidance={"en": "The law sets no end.", "xx": "~"})) == []


# --- 5 no contradiction ------------------------------------------------------------------------------------------


def move_of(data: dict[str, Any], source: str, to: str) -> dict[str, Any]:
    return next(each for each in data["moves"] if each["from"] == source and each["to"] == to)


def contradictions(found: list[Violation]) -> list[tuple[str, str, str]]:
    return [(str(each.where), each.way(), str(each.message)) for each in found if each.proof is Proof.CONTRADICTION]


ASYLUM = {"fact": "pathway", "equals": "asylum"}
RESETTLED = {"fact": "pathway", "equals": "resettled"}
TO_PREPARED = ("move assessed to prepared", "Referred -> Assessed -> Prepared")


@pytest.mark.parametrize(
    ("require", "clash"),
    [
        ({"all": [ASYLUM, RESETTLED]}, "rule guard can never hold"),
        ({"all": [{"fact": "arrived", "before": "2024-01-01"}, {"fact": "arrived", "after": "2024-01-01"}]},
         "rule guard can never hold"),
        ({"not": {"done": "talk"}}, "task talk and rule guard can never hold together"),
        ({"fact": "phase", "equals": "support"},
         "the phase 'assessment' and rule guard can never hold together"),
    ],
)  # fmt: skip
def test_guard_that_can_never_hold_in_its_stage_is_shown_with_the_way_there(violations, require, clash: str) -> None:
    found = violations(lambda d: move_of(d, "assessed", "prepared").update(guards=guard(require)))

    assert contradictions(found) == [(*TO_PREPARED, f"no household can ever take this move: {clash}")]


def test_guard_against_what_every_way_has_asked_before_is_shown_with_the_way_there(violations) -> None:
    def change(data: dict[str, Any]) -> None:
        move_of(data, "referred", "assessed").update(guards=[{**guard(ASYLUM)[0], "id": "came-alone"}])
        move_of(data, "prepared", "matching").update(guards=guard(RESETTLED))

    assert contradictions(violations(change)) == [
        (
            "move prepared to matching",
            "Referred -> Assessed -> Prepared -> Matching",
            "no household can ever take this move: rule came-alone (asked on every way here) and rule guard "
            "can never hold together",
        )
    ]


def test_guard_against_the_rules_of_eligibility_is_shown(harbour, build) -> None:
    rule = Rule.model_validate({**guard(ASYLUM)[0], "id": "target-group"})
    broken = build(lambda d: move_of(d, "matching", "introduced").update(guards=guard(RESETTLED)))

    found = contradictions(list(prove(replace(harbour, workflow=broken, rules=(rule,)).entry)))

    assert [(where, "rule target-group (asked on every way here)" in message) for where, _, message in found] == [
        ("move matching to introduced", True)
    ]


def test_what_may_change_on_the_way_or_is_asked_on_one_way_alone_contradicts_nothing(violations) -> None:
    def change(data: dict[str, Any]) -> None:
        side_stage(data, "visited", "assessed", after="referred", before="prepared")
        move_of(data, "referred", "visited").update(guards=[{**guard(ASYLUM)[0], "id": "one-way"}])
        homeless = {"fact": "permit.held", "equals": False}
        move_of(data, "referred", "assessed").update(guards=[{**guard(homeless)[0], "id": "no-permit-yet"}])
        move_of(data, "prepared", "matching").update(
            guards=guard({"all": [RESETTLED, {"fact": "permit.held", "equals": True}]})
        )

    assert contradictions(violations(change)) == []


def test_a_date_that_may_be_renewed_on_the_way_contradicts_nothing(violations) -> None:
    def change(data: dict[str, Any]) -> None:
        before, after = ({"fact": "fields.moored", key: "2025-01-01"} for key in ("before", "after"))
        move_of(data, "referred", "assessed").update(guards=[{**guard(before)[0], "id": "moored-early"}])
        move_of(data, "prepared", "matching").update(guards=guard(after))

    assert contradictions(violations(change)) == []


def test_guards_of_different_laws_contradict_nothing(violations) -> None:
    before = {**guard(ASYLUM)[0], "valid_to": "2024-12-31"}
    after = {**guard(RESETTLED)[0], "id": "later", "valid_from": "2025-01-01"}

    assert contradictions(violations(lambda d: move_of(d, "assessed", "prepared").update(guards=[before, after]))) == []


# --- 6 completeness ----------------------------------------------------------------------------------------------


def test_every_task_is_owed_by_a_role_of_the_country(violations) -> None:
    (violation,) = violations(lambda d: stage_of(d, "assessed")["tasks"][0].update(owner="cordinator"))

    assert (violation.proof.number, str(violation.where)) == (6, "task talk")
    assert "did you mean 'coordinator'?" in str(violation.message)


def test_a_missing_translation_is_a_gap_that_says_where(violations) -> None:
    def english(data) -> None:
        stage_of(data, "assessed")["title"] = "Assessed"
        stage_of(data, "assessed")["tasks"][0]["title"] = "Talk"

    found = violations(english)
    assert all(each.gap for each in found)
    assert [(each.where, str(each.message)) for each in found] == [
        ("workflow, stages assessed, title", "no text in: xx"),
        ("workflow, stages assessed, tasks talk, title", "no text in: xx"),
    ]


def test_a_workflow_broken_in_many_places_is_told_all_at_once(harbour) -> None:
    broken = Workflow.model_validate(
        {
            "for": ["xx-harbour"],
            "version": "1",
            "initial": "nowhere",
            "stages": [{"id": "lost", "phase": "support", "title": "Lost", "reference": SOURCE}],
            "moves": [{"from": "lost", "to": "found"}],
        }
    )
    programme: Programme = harbour.programme
    found = {each.proof for each in prove(replace(harbour, workflow=broken, programme=programme).entry)}

    assert found == {Proof.STRUCTURE, Proof.SOUNDNESS, Proof.COMPLETENESS}
