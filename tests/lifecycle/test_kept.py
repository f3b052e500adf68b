"""What is worked out for a workflow or a country goes with it: nothing is kept for ever, or found for another."""

from __future__ import annotations

import gc
import weakref

from kummi.lifecycle.deadlines import holidays_of
from kummi.lifecycle.kept import once_for_each
from kummi.lifecycle.workflow_index import workflow_index


class Thing:
    pass


def test_worked_out_once_for_each_object_and_anew_for_an_equal_one() -> None:
    asked: list[Thing] = []

    @once_for_each
    def number(of: Thing) -> int:
        asked.append(of)
        return len(asked)

    one, other = Thing(), Thing()

    assert [number(one), number(one), number(other)] == [1, 1, 2]


def test_object_that_takes_the_place_of_another_in_memory_is_worked_out_for_itself() -> None:
    names = iter(range(1000))

    @once_for_each
    def name(of: Thing) -> int:
        return next(names)

    assert len({name(Thing()) for _ in range(100)}) == 100


def test_workflow_and_country_that_nobody_uses_any_more_are_let_go(harbour) -> None:
    workflow, country = harbour.workflow.model_copy(), harbour.country.model_copy()
    workflow_index(workflow)
    holidays_of(country, "1")
    gone = [weakref.ref(workflow), weakref.ref(country)]

    del workflow, country
    gc.collect()

    assert [each() for each in gone] == [None, None]
