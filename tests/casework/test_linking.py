"""Households part into two cases, two cases become one, and a case is handed on; chains are never joined."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from kummi.casework.case_index import case_index_from
from kummi.casework.context import Context
from kummi.casework.facts import change_facts, correct_facts
from kummi.casework.linking import merge, split, transfer
from kummi.casework.listing import find, timeline
from kummi.casework.loading import load
from kummi.casework.members import join, leave
from kummi.casework.moving import close, reopen
from kummi.casework.next_steps import next_steps
from kummi.casework.opening import open_case
from kummi.casework.recording import record_task, withdraw_task
from kummi.catalogue import FoundPlugin, load_found
from kummi.catalogue import load as load_catalogue
from kummi.catalogue.country_plugin import CountryPlugin
from kummi.errors import ConflictError, InputError, RefusedError
from kummi.funding.entitlements import entitlements_of
from kummi.model.case import Case
from kummi.model.dates import Period
from kummi.model.household import Household, Member
from kummi.model.report import Indicator
from kummi.model.vocabulary import LeftHow, MemberRole, Outcome, Phase
from kummi.reporting.indicators import count
from kummi.store.audit import verify
from kummi.store.queries.reports import ReportQuery
from kummi.store.tables import events, persons
from kummi.testing import harbourland

APRIL, MAY, JUNE = date(2024, 4, 1), date(2024, 5, 2), date(2024, 6, 3)
YEAR = Period(date(2024, 1, 1), date(2024, 12, 31))
Bring = Callable[[Context, str, str], Case]


@pytest.fixture
def ref(context: Context, family: Household) -> str:
    return open_case(context, "xx-harbour", family).case.ref


def on(context: Context, day: date) -> Context:
    return replace(context, on=day)


def members(context: Context, ref: str, day: date) -> list[int]:
    with context.store.reading() as connection:
        loaded = load(on(context, day), connection, ref)
    return [person.number for person in loaded.persons if person.is_member_on(day)]


def proved(context: Context) -> bool:
    return verify(context.store, follows=case_index_from(context.catalogue)).faults == ()


def worth(context: Context, ref: str) -> list[tuple[int, str, str]]:
    """Return who gets what in the two years, as far as it is known."""
    with context.store.reading() as connection:
        loaded = load(on(context, JUNE), connection, ref)
    period = Period(date(2024, 1, 1), date(2025, 12, 31))
    lines = entitlements_of(loaded, period)
    return [(line.person, line.scheme.id, str(line.amount)) for line in lines]


def counted(context: Context, what: str, dated: str = "opened") -> int:
    entry = context.entry("xx-harbour")
    figure = {"id": "figure", "title": "figure", "counts": what, "dated": dated, "reference": SOURCE}
    with context.store.reading() as connection:
        indicator = Indicator.model_validate(figure)
        return count(connection, ReportQuery(entry, YEAR.end), indicator, YEAR).total


SOURCE = {"id": "act", "title": "Harbour Act", "read": "2026-01"}


# --- split -------------------------------------------------------------------------------------------------------


def test_a_split_goes_on_where_the_old_case_stands_with_what_is_known(
    context: Context, ref: str, bring_to: Bring
) -> None:
    bring_to(context, ref, "crew-sought")
    change_facts(on(context, APRIL), ref, {"municipality": "South Quay"})
    new = split(on(context, MAY), ref, [2, 3]).case
    old = find(on(context, MAY), ref)

    assert (new.stage, new.phase, new.tasks, new.reached) == (old.stage, old.phase, old.tasks, old.reached)
    assert (new.municipality, new.timelines, new.fields) == (old.municipality, old.timelines, old.fields)
    assert ((old.size, old.adults, old.children), (new.size, new.adults, new.children)) == ((1, 1, 0), (2, 1, 1))
    assert (members(context, ref, APRIL), members(context, ref, MAY)) == ([1, 2, 3], [1])
    assert (members(context, new.ref, APRIL), members(context, new.ref, MAY)) == ([], [1, 2])
    assert next_steps(on(context, MAY), new.ref).loaded.case == new
    assert proved(context)


def test_a_split_is_one_action_and_the_old_story_does_not_say_where_they_went(context: Context, ref: str) -> None:
    new = split(on(context, MAY), ref, [3]).case
    _, story = timeline(context, ref)
    with context.store.reading() as connection:
        last = connection.execute(select(events).where(events.c.kind.in_(["left", "split_off"]))).all()
        people = connection.execute(select(persons).where(persons.c.person_id == _person(context, 3))).all()

    assert len({row.action for row in last}) == 1
    assert not any(str(new.id) in str(entry.event.data.get("source")) for entry in story)
    assert new.ref not in "".join(str(entry.event.data) for entry in story)
    assert [row.case_id for row in people] == [1, new.id]


def _person(context: Context, number: int) -> str:
    with context.store.reading() as connection:
        query = select(persons.c.person_id).where(persons.c.case_id == 1, persons.c.number == number)
        return str(connection.execute(query).scalar_one())


def test_who_was_split_off_counts_once(context: Context, ref: str) -> None:
    split(on(context, MAY), ref, [3])

    assert (counted(context, "persons"), counted(context, "households")) == (3, 2)


def test_what_is_paid_once_for_a_person_comes_once_over_two_cases(context: Context) -> None:
    there = replace(context, catalogue=load_catalogue(["fi"]), on=date(2025, 2, 1))
    household = {
        "pathway": "resettled",
        "municipality": "Kokkola",
        "arrived": "2025-01-10",
        "registered": "2025-01-15",
        "permit": {"granted": "2023-11-20"},
        "members": [{"role": "adult", "born": "1990-02-03"}, {"role": "adult", "born": "1991-02-03"}],
    }
    program = "fi-community-integration-pilot"
    ref = open_case(there, program, Household.model_validate(household)).case.ref
    before = worth(there, ref)
    new = split(on(there, date(2025, 8, 15)), ref, [2]).case

    once = [scheme for _, scheme, amount in before if amount == "7741.00"]
    assert len(once) == 2
    after = [*worth(there, ref), *worth(there, new.ref)]
    assert [scheme for _, scheme, amount in after if amount == "7741.00"] == once


@pytest.mark.parametrize(("numbers", "said"), [([1, 2, 3], "nobody would be left"), ([7], "has no such member")])
def test_a_split_leaves_somebody_and_names_members(context: Context, ref: str, numbers: list[int], said: str) -> None:
    with pytest.raises(InputError, match=said):
        split(on(context, MAY), ref, numbers)
    assert members(context, ref, MAY) == [1, 2, 3]


# --- merge -------------------------------------------------------------------------------------------------------


def test_two_cases_of_one_household_become_one_and_nobody_joins_twice(context: Context, family: Household) -> None:
    alone = family.model_copy(update={"members": family.members[:1]})
    refs = [open_case(context, "xx-harbour", each).case.ref for each in (alone, family)]
    whole = merge(on(context, MAY), refs[0], refs[1]).case
    other = find(on(context, MAY), refs[1])

    assert (whole.size, whole.adults, whole.children) == (3, 2, 1)
    assert members(context, refs[0], MAY) == [1, 2, 3]
    assert (other.phase, other.outcome, other.size) == (Phase.CLOSED, Outcome.MERGED, 0)
    assert timeline(context, refs[1])[1][-1].event.data["into"] == whole.id
    assert (counted(context, "persons"), counted(context, "households")) == (3, 1)
    assert proved(context)


def test_the_older_case_may_be_the_one_that_ends(context: Context, family: Household) -> None:
    refs = [open_case(context, "xx-harbour", family).case.ref for _ in range(2)]

    assert merge(on(context, MAY), refs[1], refs[0]).case.size == 3
    with pytest.raises(RefusedError, match="another case has its household"):
        reopen(on(context, MAY), refs[0], "why not")
    assert proved(context)


def test_what_was_merged_is_said_to_be_so_and_not_to_be_reopened(context: Context, family: Household) -> None:
    whole, gone = (open_case(context, "xx-harbour", family).case.ref for _ in range(2))
    merge(on(context, MAY), whole, gone)
    late = on(context, JUNE)

    for action in (
        lambda: change_facts(late, gone, {"municipality": "South Quay"}),
        lambda: record_task(late, gone, "referral-letter"),
        lambda: split(late, gone, [1]),
    ):
        with pytest.raises(RefusedError) as caught:
            action()
        assert str(caught.value) == f"case {gone} is closed: another case has its household"


def test_a_split_is_merged_back_and_not_voided_which_would_lose_persons(context: Context, ref: str) -> None:
    new = split(on(context, MAY), ref, [2, 3]).case.ref

    with pytest.raises(RefusedError) as caught:
        close(on(context, JUNE), new, Outcome.VOIDED, note="a slip")
    assert str(caught.value) == (
        f"members of case {new} came from another case and would be in none; "
        f"merge it back first: kummi case merge OLD {new}"
    )
    assert merge(on(context, JUNE), ref, new).case.size == 3


def test_only_two_open_cases_of_one_programme_become_one(context: Context, ref: str, family: Household) -> None:
    with pytest.raises(InputError, match="with itself"):
        merge(on(context, MAY), ref, ref)
    rehearsal = open_case(context, "xx-harbour", family, rehearse=True).case.ref
    with pytest.raises(InputError, match="no rehearsal"):
        merge(on(context, MAY), ref, rehearsal)
    ended = open_case(context, "xx-harbour", family).case.ref
    close(context, ended, Outcome.WITHDRAWN)
    with pytest.raises(RefusedError, match="is closed"):
        merge(on(context, MAY), ref, ended)
    with pytest.raises(ConflictError):
        merge(on(context, MAY), ref, ended, seen=9)


def test_households_that_came_at_other_times_keep_own_cases(context: Context, ref: str, family: Household) -> None:
    later = family.model_copy(update={"registered": date(2024, 2, 20), "fields": {"moored": date(2024, 2, 1)}})
    other = open_case(context, "xx-harbour", later).case.ref
    correct_facts(context, ref, {"moored": "2024-02-02"})

    with pytest.raises(InputError) as caught:
        merge(on(context, MAY), ref, other)
    assert [str(fault.where) for fault in caught.value.faults] == ["registered", "fields.moored"]
    assert find(context, other).is_open


def test_what_a_merged_case_alone_knew_is_named(context: Context, ref: str, family: Household) -> None:
    there = family.model_copy(update={"municipality": "X2", "languages": ("ar", "fa")})
    other = open_case(context, "xx-harbour", there).case.ref
    record_task(context, other, "referral-letter")

    facts, tasks = merge(on(context, MAY), ref, other).warnings

    assert str(facts).startswith(
        f"case {other} had other values of: the municipality, languages; case {ref} keeps its own"
    )
    assert str(tasks).startswith(f"recorded in case {other} alone: referral-letter;")
    assert find(on(context, MAY), ref).municipality == "X1"


def test_a_case_with_members_of_a_merged_one_is_not_voided(context: Context, ref: str, family: Household) -> None:
    stranger = family.model_copy(update={"members": (Member(role=MemberRole.ADULT),)})
    merge(on(context, MAY), ref, open_case(context, "xx-harbour", stranger).case.ref)

    with pytest.raises(RefusedError, match=f"kummi case split {ref} MEMBER"):
        close(on(context, JUNE), ref, Outcome.VOIDED, note="a slip")


def test_who_went_on_alone_leaves_no_second_time(context: Context, ref: str) -> None:
    split(on(context, MAY), ref, [2])

    with pytest.raises(InputError, match="went on as a case of their own; kummi case merge"):
        split(on(context, MAY), ref, [2])


def test_who_was_in_the_other_case_is_a_member_as_long(context: Context, family: Household) -> None:
    alone = family.model_copy(update={"members": family.members[:1]})
    ref, other = (open_case(context, "xx-harbour", each).case.ref for each in (alone, family))
    join(on(context, APRIL), other, {"role": "child", "how": "born", "born": "2024-04-01"})
    merge(on(context, MAY), ref, other)

    assert members(context, ref, date(2024, 3, 30)) == [1, 2, 3]
    assert members(context, ref, APRIL) == [1, 2, 3, 4]
    assert (counted(context, "persons"), counted(context, "households")) == (4, 1)
    assert worth(context, other) == []
    assert proved(context)


def test_a_split_is_taken_back_by_a_merge(context: Context, ref: str) -> None:
    new = split(on(context, MAY), ref, [2]).case
    whole = merge(on(context, JUNE), ref, new.ref).case

    assert whole.size == 3
    assert members(context, ref, APRIL) == [1, 2, 3]
    assert members(context, ref, MAY) == [1, 3, 4]
    assert (counted(context, "persons"), counted(context, "households")) == (3, 1)
    assert proved(context)


def test_nobody_is_made_a_member_twice_by_a_correction(context: Context, ref: str) -> None:
    new = split(on(context, APRIL), ref, [2]).case
    for case, wrong in ((ref, "member.2.left"), (new.ref, "member.1.joined")):
        with pytest.raises(InputError, match="bound to a membership in another case"):
            correct_facts(on(context, MAY), case, {wrong: ""})
    with pytest.raises(InputError, match="went on as a case of their own"):
        join(on(context, MAY), ref, {"role": "adult", "how": "joined", "name": "Yorick Pine", "born": "1985-11-30"})

    leave(on(context, APRIL), ref, 3, LeftHow.MOVED_OUT)
    correct_facts(on(context, APRIL), ref, {"member.3.identity": "H-0003"})
    join(on(context, MAY), ref, {"role": "child", "how": "arrived", "identity": "H-0003"})
    with pytest.raises(InputError, match="a member twice on one day"):
        correct_facts(on(context, JUNE), ref, {"member.3.left": "2024-05-03"})
    assert proved(context)


# --- transfer ----------------------------------------------------------------------------------------------------


def test_a_case_is_handed_on_only_with_consent(context: Context, ref: str, bring_to: Bring) -> None:
    with pytest.raises(RefusedError, match="without the consent"):
        transfer(on(context, MAY), ref, "Old Pier")
    assert find(context, ref).is_open


def test_where_a_case_cannot_go_is_said_before_consent_is_asked(context: Context, ref: str) -> None:
    with pytest.raises(InputError, match="no such programme"):
        transfer(on(context, MAY), ref, "XX-harbor")
    with pytest.raises(InputError, match="the programme is there too"):
        transfer(on(context, MAY), ref, "South Quay")
    with pytest.raises(RefusedError, match="cannot take a household"):
        transfer(on(context, MAY), ref, "xx-lighthouse")


def test_a_case_is_handed_on_to_a_place_where_the_programme_is_not(context: Context, ref: str, bring_to: Bring) -> None:
    bring_to(context, ref, "outfitting")
    record_task(context, ref, "consent")
    there = on(context, MAY)

    with pytest.raises(InputError, match="no such programme"):
        transfer(there, ref, "XX-harbor")
    with pytest.raises(InputError, match="expected the name of a place"):
        transfer(there, ref, " ")
    with pytest.raises(InputError, match="so the case goes on: kummi case change"):
        transfer(there, ref, "South Quay")
    done = transfer(there, ref, "Far Island")
    assert done.warnings == ()
    assert (done.new, done.case.outcome, done.case.municipality) == (None, Outcome.TRANSFERRED, "X3")
    assert find(on(context, APRIL), ref).municipality == "X1"
    assert proved(context)


def test_a_place_that_the_plugin_does_not_list_is_taken_as_it_is_and_said(
    context: Context, ref: str, bring_to: Bring
) -> None:
    bring_to(context, ref, "outfitting")
    record_task(context, ref, "consent")
    done = transfer(on(context, MAY), ref, "Old  Pier")

    assert done.case.municipality == "Old Pier"
    assert [str(each) for each in done.warnings] == [
        "the municipality is not on the plugin's list of places; taken as it is"
    ]


@pytest.fixture
def two_live(context: Context, tmp_path: Path) -> Context:
    """Harbourland with a second programme that takes cases."""
    folder = shutil.copytree(Path(harbourland.__file__).parent, tmp_path / "country")
    programmes = yaml.safe_load((folder / "programme.yaml").read_text())
    tender = programmes["programmes"][0] | {"id": "xx-tender", "fields": [], "questions": []}
    programmes["programmes"].append(tender)
    (folder / "programme.yaml").write_text(yaml.safe_dump(programmes))
    workflow = (folder / "workflow.yaml").read_text()
    (folder / "workflow.yaml").write_text(workflow.replace("xx-lighthouse]", "xx-lighthouse, xx-tender]"))
    return replace(context, catalogue=load_found((FoundPlugin("xx", "1.0", CountryPlugin(folder)),)))


def test_a_case_is_handed_on_to_another_programme_with_its_members(
    two_live: Context, family: Household, bring_to: Bring
) -> None:
    context = two_live
    ref = open_case(context, "xx-harbour", family).case.ref
    bring_to(context, ref, "outfitting")
    record_task(context, ref, "consent")
    done = transfer(on(context, MAY), ref, "xx-tender")

    assert done.new is not None
    assert (done.case.outcome, done.new.programme, done.new.opened_on) == (Outcome.TRANSFERRED, "xx-tender", MAY)
    assert (done.new.size, done.new.municipality, done.new.pathway) == (3, "X1", done.case.pathway)
    assert (members(context, ref, APRIL), members(context, ref, MAY)) == ([1, 2, 3], [])
    assert (members(context, done.new.ref, APRIL), members(context, done.new.ref, MAY)) == ([], [1, 2, 3])
    assert timeline(context, ref)[1][-1].event.data["into"] == done.new.id
    with pytest.raises(RefusedError, match="another case has its household"):
        reopen(on(context, JUNE), ref, "back")
    assert timeline(context, done.new.ref)[1][0].event.data["source"] == done.case.id
    with pytest.raises(RefusedError, match=f"hand it on instead: kummi case transfer {done.new.ref} PROGRAMME"):
        close(on(context, JUNE), done.new.ref, Outcome.VOIDED, note="a slip")
    assert proved(context)


def test_who_came_later_is_taken_over_with_their_own_beginning(
    two_live: Context, family: Household, bring_to: Bring
) -> None:
    ref = open_case(two_live, "xx-harbour", family).case.ref
    bring_to(two_live, ref, "outfitting")
    record_task(two_live, ref, "consent")
    join(on(two_live, APRIL), ref, {"role": "adult", "how": "arrived", "born": "1990-01-01"})
    new = transfer(on(two_live, MAY), ref, "xx-tender").new

    assert new is not None
    with two_live.store.reading() as connection:
        loaded = load(on(two_live, MAY), connection, new.ref)
    assert [person.entered_on for person in loaded.persons] == [None, None, None, APRIL]


def test_a_programme_that_takes_no_cases_takes_no_case_over(context: Context, ref: str, bring_to: Bring) -> None:
    bring_to(context, ref, "outfitting")
    record_task(context, ref, "consent")

    with pytest.raises(RefusedError, match="cannot take a household"):
        transfer(on(context, MAY), ref, "xx-lighthouse")
    with pytest.raises(InputError, match="another programme"):
        transfer(on(context, MAY), ref, "xx-harbour")
    assert find(context, ref).is_open


def test_a_case_opened_by_mistake_is_voided_with_a_reason_and_counts_nowhere(context: Context, ref: str) -> None:
    with pytest.raises(InputError, match="only with a reason"):
        close(context, ref, Outcome.VOIDED)
    close(context, ref, Outcome.VOIDED, note="entered twice")

    assert (counted(context, "persons"), counted(context, "households")) == (0, 0)
    assert proved(context)


def test_a_dry_run_keeps_nothing(context: Context, ref: str, family: Household) -> None:
    trying: Any = replace(context, on=MAY, dry_run=True)
    other = open_case(context, "xx-harbour", family).case.ref
    before = verify(context.store)

    assert split(trying, ref, [2]).case.size == 1
    assert merge(trying, ref, other).case.size == 3
    assert verify(context.store) == before


def test_nobody_leaves_a_case_before_they_came_to_it(context: Context, ref: str) -> None:
    new = split(on(context, MAY), ref, [1, 3]).case.ref

    with pytest.raises(InputError, match="joined on 2024-05-02; somebody leaves on a later day"):
        merge(on(context, APRIL), ref, new)
    assert find(context, new).is_open


def test_who_came_back_is_named_by_the_number_of_now(context: Context, ref: str) -> None:
    merge(on(context, JUNE), ref, split(on(context, MAY), ref, [2]).case.ref)

    with pytest.raises(InputError, match="member 2: is member 4 again"):
        split(on(context, JUNE), ref, [2])


def test_a_part_without_an_adult_is_named(context: Context, ref: str) -> None:
    (said,) = split(on(context, MAY), ref, [3]).warnings
    assert str(said).startswith("there is no adult in case XX-2;")
    assert split(on(context, JUNE), ref, [2]).warnings == ()


def test_late_news_of_a_household_that_parted_since_says_so(context: Context, ref: str) -> None:
    new = split(on(context, MAY), ref, [2]).case.ref

    late = change_facts(on(context, APRIL), ref, {"municipality": "South Quay"}).warnings
    assert [str(each) for each in late] == [
        "members went on as a case of their own later; where this holds for them too, it is written down in their case "
        "as well"
    ]
    assert change_facts(on(context, JUNE), ref, {"municipality": "North Quay"}).warnings == ()
    assert new not in str(late)


@pytest.mark.parametrize("where", [0, 1])
def test_a_correction_of_who_is_in_two_cases_says_so(context: Context, ref: str, where: int) -> None:
    new = split(on(context, MAY), ref, [2]).case.ref

    given = [(ref, "member.2.born"), (new, "member.1.born")][where]
    (said,) = correct_facts(on(context, JUNE), given[0], {given[1]: "1985-01-07"}).warnings
    assert "is in another case too" in str(said)


@pytest.mark.parametrize("identity", [True, False])
def test_who_was_split_off_counts_once_where_the_day_that_counts_is_recorded_in_both_cases(
    context: Context, family: Household, identity: bool
) -> None:
    if not identity:
        nameless = tuple(each.model_copy(update={"identity": None}) for each in family.members)
        family = family.model_copy(update={"members": nameless})
    ref = open_case(context, "xx-harbour", family).case.ref
    record_task(on(context, APRIL), ref, "referral-letter")
    new = split(on(context, MAY), ref, [2]).case.ref
    assert counted(context, "persons", "tasks.referral-letter") == 3

    withdraw_task(on(context, MAY), new, "referral-letter")
    record_task(on(context, JUNE), new, "referral-letter")

    assert counted(context, "persons", "tasks.referral-letter") == 3
