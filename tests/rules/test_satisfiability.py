"""Whether criteria can hold together: a "no" is certain, and nothing that some case meets is called impossible."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from kummi.model.criterion import Criterion
from kummi.model.places import Places
from kummi.rules.satisfiability import can_hold_together

PLACES = Places({"north quay": "X1", "x1": "X1", "south quay": "X2", "x2": "X2"}, frozenset(), True, False)
READ: TypeAdapter[Criterion] = TypeAdapter(Criterion)


def holds(*written: Any) -> bool:
    return can_hold_together([READ.validate_python(each) for each in written], PLACES)


RESETTLED = {"fact": "pathway", "equals": "resettled"}
ASYLUM = {"fact": "pathway", "in": ["asylum", "temporary_protection"]}
ADULT, CHILD = {"age": {"at_least": 18}}, {"age": {"at_most": 17}}
IN_2024 = {"fact": "registered", "within": "1 year", "of": "2024-01-01"}
HELD = {"fact": "permit.held", "equals": True}
NORTH = {"resides_in": ["North Quay"]}


@pytest.mark.parametrize(
    "written",
    [
        (RESETTLED, ASYLUM),
        (RESETTLED, {"not": {"fact": "pathway", "in": ["resettled", "asylum"]}}),
        ({"all": [ASYLUM, {"not": {"any": [ASYLUM, HELD]}}]},),
        ({"any": [RESETTLED, {"fact": "pathway", "equals": "family_reunification"}]}, ASYLUM),
        ({"fact": "household.size", "at_least": 4}, {"fact": "household.size", "at_most": 3}),
        ({"fact": "household.size", "equals": 2}, {"not": {"fact": "household.size", "at_most": 3}}),
        ({"fact": "registered", "before": "2024-01-01"}, {"fact": "registered", "after": "2023-12-30"},
         {"not": {"fact": "registered", "equals": "2023-12-31"}},
         {"not": {"fact": "registered", "before": "2024-01-01"}}),
        (IN_2024, {"fact": "registered", "before": "2024-01-01"}),
        (IN_2024, {"fact": "registered", "after": "2025-01-01"}),
        (ADULT, CHILD),
        ({"age": {"at_least": 7, "at_most": 17}}, {"not": {"age": {"at_least": 5, "at_most": 20}}}),
        (HELD, {"fact": "permit.held", "equals": False}),
        ({"not": HELD}, {"not": {"fact": "permit.held", "equals": False}}),
        (NORTH, {"resides_in": ["X2"]}),
        (NORTH, {"not": {"resides_in": ["x1", "South Quay"]}}),
        ({"not": {"has": "arrived"}},),
        ({"done": "consent"}, {"not": {"done": "consent"}}),
        ({"fact": "arrived", "before": "registered"}, {"not": {"fact": "arrived", "before": "registered"}}),
        ({"some_member": ADULT}, {"every_member": CHILD}),
        ({"some_member": ADULT}, {"not": {"some_member": ADULT}}),
        ({"every_member": ADULT}, {"every_member": CHILD}),
        ({"some_member": {"all": [ADULT, RESETTLED]}}, ASYLUM),
    ],
)  # fmt: skip
def test_what_no_case_can_meet_is_found(written: tuple[Any, ...]) -> None:
    assert not holds(*written)


@pytest.mark.parametrize(
    "written",
    [
        (),
        (RESETTLED, {"not": ASYLUM}),
        ({"any": [RESETTLED, ASYLUM]}, ASYLUM),
        ({"fact": "registered", "before": "2024-01-02"}, {"fact": "registered", "after": "2023-12-31"}),
        (IN_2024, {"fact": "registered", "equals": "2025-01-01"}),
        (ADULT, {"age": {"at_most": 17}, "at": "arrived"}),
        ({"some_member": ADULT}, {"some_member": CHILD}),
        ({"resides_in": "programme"}, NORTH),
        ({"not": {"fact": "household.size", "in": [0, 1]}},),
        ({"fact": "household.size", "at_least": 3}, {"fact": "household.size", "at_most": 3}),
    ],
)
def test_what_some_case_can_meet_is_not_called_impossible(written: tuple[Any, ...]) -> None:
    assert holds(*written)


def test_what_is_too_tangled_is_taken_to_be_possible() -> None:
    fields = [f"fields.f{number}" for number in range(30)]
    chosen = [{"any": [{"fact": name, "equals": 2}, {"fact": name, "equals": 3}]} for name in fields]
    never = {"any": [{"all": [RESETTLED, ASYLUM]}, {"all": [HELD, {"not": HELD}]}]}

    assert not holds(*chosen[:3], never)
    assert holds(*chosen, never)
