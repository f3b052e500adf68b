"""The fold: every event, read from its data as JSON gives it back, and what no event may be."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kummi.errors import IntegrityError
from kummi.lifecycle.fold import facts_of_household, fold
from kummi.model.case import Case, facts_of
from kummi.model.case_events import CASE_EVENTS, CaseOpened, read_case_event
from kummi.model.household import Household
from kummi.model.vocabulary import Outcome, Pathway, Phase

DAY, LATER = date(2025, 1, 7), date(2025, 2, 1)
ASSESSED = {"outcome": "eligible", "ruleset": "0", "plugin": "harbour 1.0", "findings": {"harboured": "met"}}


def folded(case: Case | None, kind: str, data: dict[str, object], on: date) -> Case:
    """Fold an event that was stored as JSON, and read back as the very same event."""
    event = read_case_event(kind, 1, json.loads(json.dumps(data)))
    assert read_case_event(kind, 1, json.loads(json.dumps(event.to_data()))) == event
    return fold(case, event, on)


def test_opening_gives_every_fact_of_the_household(harbour) -> None:
    household = Household.model_validate(
        {
            "pathway": "asylum",
            "municipality": "kai",
            "permit": {"granted": "2024-12-01"},
            "members": [{"role": "adult"}, {"role": "child"}, {"role": "child"}],
            "fields": {"decided": "2024-11-30", "alone": False},
        }
    )
    event = CaseOpened.from_data(_opened() | {"facts": {"pathway": "asylum"}})
    event = replace(event, facts=facts_of_household(household, harbour.entry.places))
    case = folded(None, "opened", event.to_data(), DAY)

    assert case == fold(None, event, DAY)

    assert (case.pathway, case.municipality, case.size, case.adults, case.children) == (Pathway.ASYLUM, "1", 3, 1, 2)
    assert (case.permit_granted, case.permit_held, case.arrived) == (date(2024, 12, 1), True, None)
    assert case.fields == {"decided": date(2024, 11, 30), "alone": False}
    assert (case.stage, case.phase, case.entered_on, case.reached) == (
        "referred",
        Phase.REFERRAL,
        DAY,
        {case.phase: DAY},
    )


def places(case: Case, day: date) -> object:
    return facts_of(case, (), day).get("municipality")


def changed(**facts: tuple[object, object]) -> dict[str, object]:
    return {"facts": {name: {"from": before, "to": after} for name, (before, after) in facts.items()}}


def corrected(at: str | None = None, **facts: object) -> dict[str, object]:
    return {"facts": {name: {"at": at, "from": None, "to": value} for name, value in facts.items()}}


def test_a_correction_changes_what_it_names_for_all_days_and_none_makes_it_unknown(harbour) -> None:
    case = folded(
        harbour.opened(), "corrected", corrected(**{"arrived": "2025-01-02", "fields.decided": "2024-12-31"}), LATER
    )
    case = folded(case, "corrected", corrected(**{"household.size": 3}) | {"languages": ["so"]}, LATER)
    gone = folded(case, "corrected", corrected(**{"arrived": None, "fields.decided": None, "pathway": "asylum"}), LATER)

    assert (case.arrived, case.fields, case.timelines) == (date(2025, 1, 2), {"decided": date(2024, 12, 31)}, {})
    assert (case.languages, case.size, case.changed_on) == (("so",), 3, None)
    assert (gone.arrived, gone.fields, gone.pathway) == (None, {}, Pathway.ASYLUM)


def test_a_change_holds_from_its_day_and_until_the_next_one_that_is_known(harbour) -> None:
    first = folded(harbour.opened(), "changed", changed(municipality=("1", "2")), date(2025, 3, 1))
    late = folded(first, "changed", changed(municipality=("1", "3")), date(2025, 2, 1))

    days = (date(2025, 1, 31), date(2025, 2, 1), date(2025, 2, 28), date(2025, 3, 1))
    assert [facts_of(late, (), day).get("municipality") for day in days] == [
        first.timelines["municipality"].on(DAY),
        "3",
        "3",
        "2",
    ]
    assert (late.municipality, late.changed_on) == ("2", date(2025, 3, 1))


def test_a_correction_names_the_value_and_the_day_that_were_wrong(harbour) -> None:
    case = folded(harbour.opened(), "changed", changed(municipality=("1", "2")), date(2025, 3, 1))
    other = folded(case, "corrected", corrected("2025-03-01", municipality="3"), LATER)
    day = {"facts": {}, "moved": {"municipality": {"from": "2025-03-01", "to": "2025-04-01"}}}
    later = folded(other, "corrected", day, LATER)

    assert [facts_of(other, (), each).get("municipality") for each in (DAY, date(2025, 3, 1))] == [
        case.timelines["municipality"].on(DAY),
        "3",
    ]
    assert facts_of(later, (), date(2025, 3, 31)).get("municipality") == case.timelines["municipality"].on(DAY)
    assert (later.municipality, later.changed_on) == ("3", date(2025, 4, 1))


def test_records_are_kept_and_withdrawn(harbour) -> None:
    case = folded(harbour.opened(), "recorded", {"task": "talk", "until": "2025-06-01"}, DAY)

    assert (case.tasks["talk"].on, case.tasks["talk"].until) == (DAY, date(2025, 6, 1))
    assert folded(case, "withdrawn", {"task": "talk"}, LATER).tasks == {}


def test_the_first_day_in_a_phase_stays_when_it_is_entered_again(harbour) -> None:
    case = harbour.walked("introduced")
    back = folded(case, "advanced", {"from": "introduced", "to": "matching", "phase": "matching", "reset": []}, LATER)

    assert (back.entered_on, back.reached[Phase.MATCHING]) == (LATER, DAY)


def test_closing_ends_a_hold_and_reopening_forgets_the_end(harbour) -> None:
    held = folded(harbour.opened(), "held", {}, DAY)
    closed = folded(held, "closed", {"from": "referred", "to": "closed", "outcome": "withdrawn"}, LATER)
    reopened = folded(closed, "reopened", {"to": "referred", "phase": "referral"}, LATER)

    assert held.held_since == DAY
    assert (closed.held_since, closed.closed_on, closed.outcome) == (None, LATER, Outcome.WITHDRAWN)
    assert (reopened.stage, reopened.phase, reopened.closed_on, reopened.outcome) == (
        "referred", Phase.REFERRAL, None, None,
    )  # fmt: skip


def test_what_is_only_kept_changes_nothing(harbour) -> None:
    case = harbour.opened()

    assert folded(case, "assessed", ASSESSED, LATER) == case


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("advanced", {"to": "assessed"}),
        ("advanced", {"to": "assessed", "phase": "elsewhere"}),
        ("closed", {"to": "closed", "outcome": "lost"}),
        ("recorded", {}),
        ("recorded", {"task": "talk", "until": "soon"}),
        ("corrected", corrected(**{"shoe size": 44})),
        ("changed", {"facts": {"arrived": {"from": None}}}),
        ("corrected", {"facts": {}, "moved": {"municipality": {"from": "2025-01-01", "to": "2025-02-01"}}}),
        ("teleported", {}),
        ("opened", {}),
    ],
)
def test_an_event_that_no_deed_writes_is_broken_integrity(harbour, kind: str, data: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        folded(harbour.opened(), kind, data, DAY)


def test_a_case_begins_with_being_opened() -> None:
    with pytest.raises(IntegrityError, match="opened"):
        folded(None, "held", {}, DAY)


@pytest.mark.parametrize(("kind", "version"), [("teleported", 1), ("held", 2)])
def test_a_kind_or_version_that_is_not_known_is_named(kind: str, version: int) -> None:
    with pytest.raises(IntegrityError, match=f"a case has no event '{kind}' of version {version}"):
        read_case_event(kind, version, {})


VALUES = st.sampled_from([None, True, 3, "2025-01-01", "y"]).map(lambda to: {"at": None, "from": None, "to": to})
EVENTS = st.one_of(
    st.tuples(st.just("recorded"), st.fixed_dictionaries({"task": st.sampled_from("abc")})),
    st.tuples(st.just("withdrawn"), st.fixed_dictionaries({"task": st.sampled_from("abc")})),
    st.tuples(st.sampled_from(["changed", "corrected"]), VALUES.map(lambda value: {"facts": {"fields.x": value}})),
    st.tuples(
        st.just("advanced"),
        st.fixed_dictionaries(
            {"from": st.just("s0"), "to": st.sampled_from(["s1", "s2"]),
             "phase": st.sampled_from(["assessment", "matching"]),
             "reset": st.lists(st.sampled_from("abc"))}
        ),
    ),
    st.tuples(st.sampled_from(["held", "resumed"]), st.just({})),
    st.tuples(st.just("assessed"), st.just(ASSESSED)),
    st.tuples(st.just("closed"), st.just({"from": "s1", "to": "closed", "outcome": "withdrawn"})),
    st.tuples(st.just("reopened"), st.just({"to": "s1", "phase": "assessment"})),
)  # fmt: skip


@given(st.lists(st.tuples(EVENTS, st.dates(date(2025, 1, 1), date(2026, 1, 1))), max_size=12))
def test_the_same_events_give_the_same_state_and_a_phase_once_reached_stays_reached(events) -> None:
    def fold_all():
        case = folded(None, "opened", _opened(), DAY)
        for (kind, data), on in events:
            if kind == "advanced" and not case.is_open:
                continue
            before, case = case, folded(case, kind, json.loads(json.dumps(data)), on)
            assert before.reached.items() <= case.reached.items()
            assert (case.closed_on is not None) == (case.phase is Phase.CLOSED) == (case.outcome is not None)
        return case

    assert fold_all() == fold_all()


def test_every_kind_of_event_can_be_read_and_folded(harbour) -> None:
    from kummi.lifecycle import fold as module

    assert set(module._FOLDS) == set(CASE_EVENTS)
    assert len({(each.kind, each.version) for each in CASE_EVENTS}) == len(CASE_EVENTS)


def _opened() -> dict[str, object]:
    return {
        "country": "XX",
        "programme": "xx-harbour",
        "workflow": "1",
        "rehearsal": False,
        "stage": "referred",
        "phase": "referral",
        "facts": {"pathway": "resettled", "household.size": 1, "household.adults": 1, "household.children": 0},
    }
