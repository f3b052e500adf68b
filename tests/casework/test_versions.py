"""Two versions of a workflow side by side: each case goes by the one that it is pinned to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kummi.casework.bulk import advance_all
from kummi.casework.case_index import case_index_from
from kummi.casework.context import Context
from kummi.casework.listing import timeline
from kummi.casework.moving import advance, restage
from kummi.casework.next_steps import next_steps, what_next
from kummi.casework.opening import open_case
from kummi.casework.recording import record_task
from kummi.casework.stranded import Stranded, count_stranded
from kummi.errors import InputError, NotFoundError, RefusedError
from kummi.model.case import Case
from kummi.model.household import Household
from kummi.model.workflow import Workflow
from kummi.store.audit import verify

Bring = Callable[[Context, str, str], Case]
NEW = "2031.1"


def with_new_version(context: Context, *, keeps_old: bool = True) -> Context:
    """The same context where ``surveyed`` is called ``looked-at`` from a new version of the workflow on."""
    entry = context.entry("xx-harbour")
    text = entry.workflow.model_dump_json(by_alias=True).replace('"surveyed"', '"looked-at"')
    new = Workflow.model_validate_json(text).model_copy(update={"version": NEW})
    changed = replace(entry, workflow=new, older=(entry.workflow,) if keeps_old else ())
    programmes = dict(context.catalogue.programmes) | {entry.id: changed}
    return replace(context, catalogue=replace(context.catalogue, programmes=programmes))


def do_tasks(context: Context, ref: str) -> None:
    for state in next_steps(context, ref).tasks:
        if state.outstanding:
            record_task(context, ref, state.task.id)


def ways(context: Context, ref: str) -> set[str]:
    return {each.move.to for each in next_steps(context, ref).moves if each.move.outcome is None}


def test_each_case_goes_by_the_version_that_it_was_opened_under(context: Context, family: Household) -> None:
    old = open_case(context, "xx-harbour", family).case
    after = with_new_version(context)
    new = open_case(after, "xx-harbour", family).case

    assert (old.workflow, new.workflow) == ("2025.1", NEW)
    assert (ways(after, old.ref), ways(after, new.ref)) == ({"aboard", "surveyed"}, {"aboard", "looked-at"})
    do_tasks(after, old.ref)
    assert advance(after, old.ref, "surveyed").stage == "surveyed"
    with pytest.raises(NotFoundError, match="surveyed"):
        advance(after, new.ref, "surveyed")
    assert count_stranded(after.store, after.catalogue) == []
    assert verify(after.store, follows=case_index_from(after.catalogue)).faults == ()


def test_all_cases_of_a_stage_are_moved_by_the_version_of_each(context: Context, family: Household) -> None:
    old = open_case(context, "xx-harbour", family).case
    after = with_new_version(context)
    new = open_case(after, "xx-harbour", family).case

    for case in (old, new):
        do_tasks(after, case.ref)
    assert advance_all(after, "xx-harbour", "hailed", "surveyed").moved == 1
    assert advance_all(after, "xx-harbour", "hailed", "looked-at").moved == 1
    assert [next_steps(after, each.ref).loaded.case.stage for each in (old, new)] == ["surveyed", "looked-at"]
    with pytest.raises(NotFoundError):
        advance_all(after, "xx-harbour", "hailed", "nowhere")


def test_case_whose_version_is_gone_is_stranded_and_says_which_versions_there_are(
    context: Context, family: Household
) -> None:
    ref = open_case(context, "xx-harbour", family).case.ref
    after = with_new_version(context, keeps_old=False)

    found = what_next(after, ref)
    assert isinstance(found, Stranded)
    assert str(found.why) == "version 2025.1 of the workflow of xx-harbour is not there any more; there is: 2031.1"
    with pytest.raises(InputError, match="is stranded"):
        advance(after, ref, "looked-at")
    (group,) = count_stranded(after.store, after.catalogue)
    assert (group.version, group.stage, group.cases) == ("2025.1", "hailed", 1)
    verdict = verify(after.store, follows=case_index_from(after.catalogue))
    assert (verdict.faults, verdict.unchecked) == ((), 1)


def test_stranded_case_is_moved_to_a_stage_of_the_current_version_and_goes_by_it(
    context: Context, family: Household, bring_to: Bring
) -> None:
    ref = open_case(context, "xx-harbour", family).case.ref
    bring_to(context, ref, "surveyed")
    after = with_new_version(context, keeps_old=False)

    case = restage(after, ref, "looked-at", "the stage was renamed")

    assert (case.workflow, case.stage) == (NEW, "looked-at")
    assert next_steps(after, ref).moves
    assert [entry.event.kind for entry in timeline(after, ref)[1]][-1] == "restaged"
    assert timeline(after, ref)[1][-1].note == "the stage was renamed"
    assert verify(after.store, follows=case_index_from(after.catalogue)).faults == ()


def test_restaging_goes_round_no_guard(context: Context, family: Household) -> None:
    ref = open_case(context, "xx-harbour", family).case.ref
    after = with_new_version(context, keeps_old=False)

    with pytest.raises(RefusedError, match="is not stranded"):
        restage(context, ref, "hailed", "for once")
    with pytest.raises(RefusedError, match="has been in: referral"):
        restage(after, ref, "sailing", "straight to the sea")
    with pytest.raises(NotFoundError, match="version"):
        restage(after, ref, "hailed", "back to the old one", version="2025.1")
    with pytest.raises(NotFoundError, match="stage"):
        restage(after, ref, "surveyed", "the old name")
    with pytest.raises(InputError, match="reason"):
        restage(after, ref, "hailed", " ")
    assert isinstance(what_next(after, ref), Stranded)
