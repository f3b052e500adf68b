"""A case whose stage or programme is not there any more: every question goes on to be answered, and says what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kummi.casework.bulk import assess_all
from kummi.casework.case_index import case_index_from
from kummi.casework.context import Context
from kummi.casework.due import due
from kummi.casework.facts import correct_facts
from kummi.casework.listing import list_cases, timeline
from kummi.casework.moving import advance, close, hold, reopen, resume
from kummi.casework.next_steps import next_steps, what_next
from kummi.casework.opening import open_case
from kummi.casework.recording import assess, record_task, withdraw_task
from kummi.casework.stranded import Stranded, count_stranded, stranded
from kummi.errors import InputError
from kummi.model.case import Case
from kummi.model.household import Household
from kummi.model.rule import Eligibility
from kummi.model.vocabulary import Outcome
from kummi.store.audit import verify
from kummi.store.queries.case_list import CaseFilter

Bring = Callable[[Context, str, str], Case]


def without_stage(context: Context, stage: str) -> Context:
    """The same context where the version of the workflow has not this stage any more."""
    entry = context.entry("xx-harbour")
    workflow = entry.workflow.model_copy(
        update={
            "stages": tuple(each for each in entry.workflow.stages if each.id != stage),
            "moves": tuple(each for each in entry.workflow.moves if stage not in (*each.from_, each.to)),
        }
    )
    return with_programmes(context, dict(context.catalogue.programmes) | {entry.id: replace(entry, workflow=workflow)})


def with_programmes(context: Context, programmes: dict[str, Any]) -> Context:
    return replace(context, catalogue=replace(context.catalogue, programmes=programmes))


def without_programme(context: Context) -> Context:
    others = {name: entry for name, entry in context.catalogue.programmes.items() if name != "xx-harbour"}
    return with_programmes(context, others)


@pytest.fixture
def refs(context: Context, family: Household, bring_to: Bring) -> list[str]:
    """One case in ``sailing``, and one that nothing is wrong with."""
    found = [open_case(context, "xx-harbour", family).case.ref for _ in range(2)]
    bring_to(context, found[0], "sailing")
    return found


STAGE_GONE = "version 2025.1 of the workflow of xx-harbour has no stage 'sailing'"


def test_case_in_a_stage_that_is_gone_is_in_every_list_and_says_what_to_do(context: Context, refs: list[str]) -> None:
    after = without_stage(replace(context, on=context.on + timedelta(days=60)), "sailing")

    assert [case.ref for case in list_cases(after, CaseFilter())] == refs
    found = what_next(after, refs[0])
    assert isinstance(found, Stranded)
    assert (str(found.why), str(found.settle)) == (
        STAGE_GONE,
        "put it back, install the version of plugin xx that has it, or move the case: kummi case restage",
    )
    assert next_steps(after, refs[1]).moves
    assert timeline(after, refs[0])[1]
    assert {(item.loaded.case.ref, item.kind) for item in due(after, 7)} >= {(refs[0], "stranded"), (refs[1], "task")}
    assert assess_all(after, "xx-harbour").counts["eligible"] == 2
    assert verify(context.store).faults == ()


def test_case_of_a_programme_that_is_gone_is_in_every_list_and_says_what_to_do(
    context: Context, refs: list[str]
) -> None:
    after = without_programme(replace(context, on=context.on + timedelta(days=60)))

    assert [case.ref for case in list_cases(after, CaseFilter())] == refs
    found = what_next(after, refs[0])
    assert isinstance(found, Stranded)
    assert str(found.why) == "the programme xx-harbour is not installed"
    assert timeline(after, refs[0])[1]
    assert {(item.loaded.case.ref, item.kind) for item in due(after, 7)} == {(ref, "stranded") for ref in refs}
    with pytest.raises(InputError, match="XX-1 is stranded: the programme xx-harbour is not installed; install the"):
        record_task(after, refs[0], "monthly-check")


def test_stranded_case_moves_nowhere_until_its_stage_is_back(context: Context, refs: list[str]) -> None:
    after = without_stage(context, "sailing")

    for step in (
        lambda: advance(after, refs[0], "landing"),
        lambda: close(after, refs[0], Outcome.WITHDRAWN),
    ):
        with pytest.raises(InputError, match=r"case XX-1 is stranded: version 2025\.1"):
            step()
    with pytest.raises(InputError, match="is stranded"):
        next_steps(after, refs[0])
    close(context, refs[0], Outcome.WITHDRAWN)
    with pytest.raises(InputError, match="is stranded"):
        reopen(after, refs[0], "they came back")


def test_what_is_known_of_a_stranded_case_is_still_recorded(context: Context, refs: list[str]) -> None:
    after = without_stage(context, "sailing")

    withdraw_task(after, refs[0], "consent")
    record_task(after, refs[0], "consent")
    correct_facts(after, refs[0], {"registered": "2024-02-20"})
    assert assess(after, refs[0])[1].outcome is Eligibility.ELIGIBLE
    hold(after, refs[0])
    resume(after, refs[0])

    assert [item.kind for item in due(after, 0) if item.loaded.case.ref == refs[0]] == ["stranded"]
    assert verify(context.store).faults == ()
    assert stranded(next_steps(context, refs[0]).loaded.case, context.catalogue) is None


def test_audit_passes_over_a_stranded_case_and_over_what_was_written_on_it(context: Context, refs: list[str]) -> None:
    after = without_stage(context, "sailing")

    verdict = verify(context.store, follows=case_index_from(after.catalogue))
    assert (verdict.faults, verdict.unchecked) == ((), 1)

    correct_facts(after, refs[0], {"registered": "2024-02-20"})
    assert verify(context.store, follows=case_index_from(after.catalogue)).faults == ()
    assert verify(context.store, follows=case_index_from(context.catalogue)).faults == ()


def test_stranded_cases_are_counted_by_programme_and_stage(context: Context, refs: list[str]) -> None:
    assert count_stranded(context.store, context.catalogue) == []
    (stage,) = count_stranded(context.store, without_stage(context, "sailing").catalogue)
    assert (stage.programme, stage.stage, stage.cases) == ("xx-harbour", "sailing", 1)
    assert str(stage).startswith("1 case is stranded: version 2025.1 of the workflow of xx-harbour has no stage")

    close(context, refs[0], Outcome.ENDED_EARLY)

    assert count_stranded(context.store, without_stage(context, "sailing").catalogue) == []
    (programme,) = count_stranded(context.store, without_programme(context).catalogue)
    assert (programme.stage, programme.cases) == ("hailed", 1)
