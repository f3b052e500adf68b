"""The fold: every event, its data as JSON gives it back, and what no event may be."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kummi.errors import IntegrityError
from kummi.lifecycle.fold import KINDS, facts_as_data, fold
from kummi.model.household import Household
from kummi.model.vocabulary import Outcome, Pathway, Phase

DAY, LATER = date(2025, 1, 7), date(2025, 2, 1)


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
    data = {**_opened(), "facts": facts_as_data(household, harbour.entry.places)}
    case = fold(None, "opened", json.loads(json.dumps(data)), DAY)

    assert (case.pathway, case.municipality, case.size, case.adults, case.children) == (Pathway.ASYLUM, "1", 3, 1, 2)
    assert (case.permit_granted, case.permit_held, case.arrived) == (date(2024, 12, 1), True, None)
    assert case.fields == {"decided": date(2024, 11, 30), "alone": False}
    assert (case.stage, case.phase, case.entered_on, case.reached) == (
        "referred",
        Phase.REFERRAL,
        DAY,
        {case.phase: DAY},
    )


def test_set_changes_what_it_names_and_none_makes_it_unknown(harbour) -> None:
    case = fold(harbour.opened(), "set", {"arrived": "2025-01-02", "fields.decided": "2024-12-31"}, LATER)
    case = fold(case, "set", {"permit.granted": "2025-01-01", "languages": ["so"], "household.size": 3}, LATER)
    gone = fold(case, "set", {"arrived": None, "fields.decided": None, "pathway": "asylum"}, LATER)

    assert (case.arrived, case.fields, case.permit_held) == (date(2025, 1, 2), {"decided": date(2024, 12, 31)}, True)
    assert (case.languages, case.size) == (("so",), 3)
    assert (gone.arrived, gone.fields, gone.pathway) == (None, {}, Pathway.ASYLUM)


def test_records_are_kept_and_withdrawn(harbour) -> None:
    case = fold(harbour.opened(), "recorded", {"task": "talk", "until": "2025-06-01"}, DAY)

    assert (case.tasks["talk"].on, case.tasks["talk"].until) == (DAY, date(2025, 6, 1))
    assert fold(case, "withdrawn", {"task": "talk"}, LATER).tasks == {}


def test_the_first_day_in_a_phase_stays_when_it_is_entered_again(harbour) -> None:
    case = harbour.walked("introduced")
    back = fold(case, "advanced", {"from": "introduced", "to": "matching", "phase": "matching", "reset": []}, LATER)

    assert (back.entered_on, back.reached[Phase.MATCHING]) == (LATER, DAY)


def test_closing_ends_a_hold_and_reopening_forgets_the_end(harbour) -> None:
    held = fold(harbour.opened(), "held", {}, DAY)
    closed = fold(held, "closed", {"from": "referred", "to": "closed", "outcome": "withdrawn"}, LATER)
    reopened = fold(closed, "reopened", {"to": "referred", "phase": "referral"}, LATER)

    assert held.held_since == DAY
    assert (closed.held_since, closed.closed_on, closed.outcome) == (None, LATER, Outcome.WITHDRAWN)
    assert (reopened.stage, reopened.phase, reopened.closed_on, reopened.outcome) == (
        "referred", Phase.REFERRAL, None, None,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["assessed", "noted"])
def test_what_is_only_kept_changes_nothing(harbour, kind: str) -> None:
    case = harbour.opened()

    assert fold(case, kind, {"outcome": "eligible"}, LATER) == case


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("advanced", {"to": "assessed"}),
        ("advanced", {"to": "assessed", "phase": "elsewhere"}),
        ("closed", {"to": "closed", "outcome": "lost"}),
        ("recorded", {}),
        ("recorded", {"task": "talk", "until": "soon"}),
        ("set", {"shoe size": 44}),
        ("teleported", {}),
        ("opened", {}),
    ],
)
def test_an_event_that_no_deed_writes_is_broken_integrity(harbour, kind: str, data: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        fold(harbour.opened(), kind, data, DAY)


def test_a_case_begins_with_being_opened() -> None:
    with pytest.raises(IntegrityError, match="opened"):
        fold(None, "noted", {}, DAY)


EVENTS = st.one_of(
    st.tuples(st.just("recorded"), st.fixed_dictionaries({"task": st.sampled_from("abc")})),
    st.tuples(st.just("withdrawn"), st.fixed_dictionaries({"task": st.sampled_from("abc")})),
    st.tuples(st.just("set"), st.fixed_dictionaries({"fields.x": st.sampled_from([None, True, 3, "2025-01-01", "y"])})),
    st.tuples(
        st.just("advanced"),
        st.fixed_dictionaries(
            {"to": st.sampled_from(["s1", "s2"]), "phase": st.sampled_from(["assessment", "matching"]),
             "reset": st.lists(st.sampled_from("abc"))}
        ),
    ),
    st.tuples(st.sampled_from(["held", "resumed", "assessed", "noted"]), st.just({})),
    st.tuples(st.just("closed"), st.just({"to": "closed", "outcome": "withdrawn"})),
    st.tuples(st.just("reopened"), st.just({"to": "s1", "phase": "assessment"})),
)  # fmt: skip


@given(st.lists(st.tuples(EVENTS, st.dates(date(2025, 1, 1), date(2026, 1, 1))), max_size=12))
def test_the_same_events_give_the_same_state_and_a_phase_once_reached_stays_reached(events) -> None:
    def fold_all():
        case = fold(None, "opened", _opened(), DAY)
        for (kind, data), on in events:
            if kind == "advanced" and not case.is_open:
                continue
            before, case = case, fold(case, kind, json.loads(json.dumps(data)), on)
            assert before.reached.items() <= case.reached.items()
            assert (case.closed_on is not None) == (case.phase is Phase.CLOSED) == (case.outcome is not None)
        return case

    assert fold_all() == fold_all()


def test_every_kind_is_described_where_it_is_folded() -> None:
    from kummi.lifecycle import fold

    assert fold.__doc__
    assert all(f"``{kind}``" in fold.__doc__ for kind in KINDS)


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
