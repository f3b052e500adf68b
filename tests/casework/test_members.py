"""Members of a household join and leave on a day; what was written wrong of them is corrected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from kummi.casework.context import Context
from kummi.casework.facts import correct_facts
from kummi.casework.listing import timeline
from kummi.casework.loading import load
from kummi.casework.members import join, leave
from kummi.casework.moving import close
from kummi.casework.opening import open_case
from kummi.errors import InputError, RefusedError
from kummi.model.case import LoadedCase
from kummi.model.facts import Facts
from kummi.model.household import Household
from kummi.model.vocabulary import LeftHow, Outcome
from kummi.store.audit import verify
from kummi.store.tables import cases, persons

BABY = {"role": "child", "how": "born", "name": "Willa Pine"}
MARCH, MAY, JUNE = date(2024, 3, 1), date(2024, 5, 2), date(2024, 6, 3)


@pytest.fixture
def ref(context: Context, family: Household) -> str:
    return open_case(context, "xx-harbour", family).case.ref


def on(context: Context, day: date) -> Context:
    return replace(context, on=day)


def loaded(context: Context, ref: str, day: date) -> LoadedCase:
    with context.store.reading() as connection:
        return load(on(context, day), connection, ref)


def facts(context: Context, ref: str, day: date) -> Facts:
    return loaded(context, ref, day).facts


def size(context: Context, ref: str, day: date) -> tuple[Any, ...]:
    found = facts(context, ref, day)
    counted = tuple(found.get(f"household.{each}") for each in ("size", "adults", "children"))
    assert counted[0] == len(found.members)
    return counted


def rows(context: Context) -> list[Mapping[str, Any]]:
    with context.store.reading() as connection:
        return list(connection.execute(select(persons).order_by(persons.c.number)).mappings())


def faults(action: Callable[[], object]) -> list[str]:
    with pytest.raises(InputError) as caught:
        action()
    return [str(fault) for fault in caught.value.faults]


def test_a_member_counts_from_the_day_of_joining_on(context: Context, ref: str) -> None:
    joined = join(on(context, MAY), ref, {**BABY, "gender": "female"}).case

    assert (joined.size, joined.adults, joined.children, joined.changed_on) == (4, 2, 2, MAY)
    assert size(context, ref, date(2024, 5, 1)) == (3, 2, 1)
    assert size(context, ref, MAY) == (4, 2, 2)
    assert verify(context.store).faults == ()


def test_a_member_counts_until_the_day_of_leaving(context: Context, ref: str) -> None:
    left = leave(on(context, MAY), ref, 2, LeftHow.MOVED_OUT).case

    assert (left.size, left.adults, left.children, left.changed_on) == (2, 1, 1, MAY)
    assert size(context, ref, date(2024, 5, 1)) == (3, 2, 1)
    assert size(context, ref, MAY) == (2, 1, 1)
    assert verify(context.store).faults == ()


def test_the_event_says_neither_how_nor_who(context: Context, ref: str) -> None:
    join(on(context, MAY), ref, BABY)
    leave(on(context, JUNE), ref, 2, LeftHow.DIED)

    told = [moment.event for moment in timeline(context, ref)[1][1:]]
    assert [(each.kind, each.happened_on) for each in told] == [("joined", MAY), ("left", JUNE)]
    for event in told:
        assert set(event.data) == {"facts", "members"}
        assert [set(each) for each in event.data["members"]] == [{"id", "version", "number", "digest"}]
        assert not any(word in event.raw for word in ("born", "died", "Willa"))


def test_the_timeline_knows_from_the_rows_who_came_and_how(context: Context, ref: str) -> None:
    join(on(context, MAY), ref, BABY)
    correct_facts(on(context, JUNE), ref, {"member.4.name": "Willa Oak"})
    leave(on(context, JUNE), ref, 4, LeftHow.MOVED_OUT)

    changes = [each for moment in timeline(context, ref)[1] for each in moment.members]
    assert [each.number for each in changes] == [4, 4, 4]
    came, mended, went = changes
    assert came.before is None
    assert came.after is not None
    assert mended.before is not None
    assert mended.after is not None
    assert went.after is not None
    assert (came.after["joined_how"], came.after["joined_on"], came.after["born"]) == ("born", MAY, MAY)
    assert (mended.before["name"], mended.after["name"]) == ("Willa Pine", "Willa Oak")
    assert (went.after["left_how"], went.after["left_on"], went.after["version"]) == ("moved_out", JUNE, 3)


def test_numbers_are_never_given_twice(context: Context, ref: str) -> None:
    join(on(context, MAY), ref, BABY)
    leave(on(context, JUNE), ref, 4, LeftHow.MOVED_OUT)
    join(on(context, JUNE), ref, {"role": "adult", "how": "joined"})

    assert [row["number"] for row in rows(context)] == [1, 2, 3, 4, 5]


def test_who_comes_back_is_the_same_person_with_a_number_of_a_new_membership(context: Context, ref: str) -> None:
    leave(on(context, MAY), ref, 1, LeftHow.LEFT_COUNTRY)
    join(on(context, JUNE), ref, {"role": "adult", "how": "joined", "identity": "7104-55"})

    first, *_, again = rows(context)
    assert (again["number"], again["person_id"]) == (4, first["person_id"])
    assert again["entered_on"] is None, "the period of the person goes on"
    assert [size(context, ref, day)[0] for day in (MARCH, MAY, JUNE)] == [3, 2, 3]


def test_the_own_way_of_who_arrives_later_begins_then_and_that_of_a_child_is_the_household_s(
    context: Context, ref: str
) -> None:
    join(on(context, MAY), ref, BABY)
    join(on(context, MAY), ref, {"role": "adult", "how": "arrived"})

    *_, child, adult = loaded(context, ref, MAY).persons
    assert (child.entered_on, adult.entered_on) == (None, MAY)
    assert [each.get("joined") for each in facts(context, ref, MAY).members] == [None, None, None, MAY, MAY]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"role": "adult"}, ["how: expected one of: born, arrived, joined"]),
        ({"how": "joined"}, ["role: a new person needs a role: adult or child"]),
        ({"role": "adult", "how": "split"}, ["how: expected one of: born, arrived, joined"]),
        (
            {"role": "child", "how": "born", "born": "2024-05-01"},
            ["born: somebody who is born joins on the day of birth: born= and --on are one day"],
        ),
        (
            {"role": "child", "how": "arrived", "born": "2024-05-03"},
            ["born: the date of birth lies after 2024-05-02"],
        ),
        (
            {"role": "adult", "how": "joined", "identity": "7104-55"},
            ["identity: this is member 1 already; nobody joins twice"],
        ),
        (
            {"role": "child", "how": "joined", "name": "Xenia Pine", "born": "2017-09-30"},
            ["identity: this is member 3 already; nobody joins twice"],
        ),
        (
            {"role": "adult", "how": "joined", "Zelda": "x"},
            [
                "fact 3: expected one of role, born, gender, name, identity, how; "
                "known: born, gender, how, identity, name, role"
            ],
        ),
    ],
)
def test_who_cannot_join_is_refused_in_words_and_nothing_is_written(
    context: Context, ref: str, given: dict[str, str], said: list[str]
) -> None:
    assert faults(lambda: join(on(context, MAY), ref, given)) == said
    assert len(rows(context)) == 3


def test_who_left_does_not_come_back_before_that(context: Context, ref: str) -> None:
    leave(on(context, JUNE), ref, 1, LeftHow.MOVED_OUT)

    back = {"role": "adult", "how": "joined", "identity": "7104-55"}
    assert faults(lambda: join(on(context, MAY), ref, back)) == ["--on: this is member 1, who left on 2024-06-03"]


@pytest.mark.parametrize("action", [lambda *at: join(*at, BABY), lambda *at: leave(*at, 2, LeftHow.DIED)])
def test_no_day_before_the_opening_and_none_that_has_not_come(
    context: Context, ref: str, action: Callable[..., object]
) -> None:
    for day, why in ((date(2024, 2, 29), "was opened on 2024-03-01"), (date(2040, 1, 1), "has not come yet")):
        assert why in "\n".join(faults(lambda: action(on(context, day), ref)))  # noqa: B023


def test_a_rehearsal_may_run_ahead(context: Context, family: Household) -> None:
    ref = open_case(context, "xx-harbour", family, rehearse=True).case.ref

    assert join(on(context, date(2040, 1, 1)), ref, BABY).case.size == 4


def test_the_household_of_a_closed_case_is_left_as_it_is(context: Context, ref: str) -> None:
    close(context, ref, Outcome.WITHDRAWN)

    with pytest.raises(RefusedError, match="is closed, so nobody can add a member"):
        join(on(context, MAY), ref, BABY)


def test_who_is_no_member_cannot_leave(context: Context, ref: str) -> None:
    join(on(context, MAY), ref, BABY)
    leave(on(context, MAY), ref, 2, LeftHow.MOVED_OUT)

    assert faults(lambda: leave(on(context, JUNE), ref, 9, LeftHow.DIED)) == [
        f"member 9: case {ref} has no such member; see: kummi case show {ref}"
    ]
    assert faults(lambda: leave(on(context, JUNE), ref, 2, LeftHow.DIED)) == [
        f"member 2: left on 2024-05-02 already; if that is wrong: kummi case correct {ref} member.2.left=DATE"
    ]
    assert faults(lambda: leave(on(context, MAY), ref, 4, LeftHow.DIED)) == [
        "member 4: joined on 2024-05-02; somebody leaves on a later day"
    ]


def test_the_last_member_does_not_leave_but_the_case_is_closed(context: Context, ref: str) -> None:
    for number in (1, 2):
        leave(on(context, MAY), ref, number, LeftHow.MOVED_OUT)

    assert faults(lambda: leave(on(context, JUNE), ref, 3, LeftHow.DIED)) == [
        f"MEMBER: nobody would be left in case {ref}; "
        f"a household that is gone has no case: kummi case close {ref} OUTCOME"
    ]


def test_a_dry_run_of_joining_keeps_nothing(context: Context, ref: str) -> None:
    assert join(replace(on(context, MAY), dry_run=True), ref, BABY).case.size == 4

    assert len(rows(context)) == 3
    assert size(context, ref, MAY) == (3, 2, 1)


def test_a_person_of_another_case_is_pointed_out(context: Context, ref: str, family: Household) -> None:
    other = open_case(context, "xx-harbour", family.model_copy(update={"members": family.members[1:]})).case.ref

    warnings = join(on(context, MAY), other, {"role": "adult", "how": "joined", "identity": "7104-55"}).warnings
    assert [str(each) for each in warnings] == [f"this may be a person of another case: {ref}; look before you go on"]


def test_the_days_of_a_membership_are_corrected(context: Context, ref: str) -> None:
    join(on(context, MAY), ref, {"role": "adult", "how": "arrived"})
    leave(on(context, JUNE), ref, 4, LeftHow.MOVED_OUT)
    late = on(context, date(2024, 7, 1))

    case = correct_facts(late, ref, {"member.4.joined": "2024-04-01", "member.4.left": "2024-06-10"}).case

    assert case.changed_on == date(2024, 6, 10)
    days = ("2024-03-31", "2024-04-01", "2024-06-09", "2024-06-10")
    assert [size(context, ref, date.fromisoformat(day))[0] for day in days] == [3, 4, 4, 3]
    assert loaded(context, ref, MAY).persons[3].entered_on == date(2024, 4, 1), "the own way begins with joining"
    assert verify(context.store).faults == ()

    stays = correct_facts(late, ref, {"member.4.left": ""}).case
    assert (stays.size, rows(context)[3]["left_how"]) == (4, None)
    since_ever = correct_facts(late, ref, {"member.4.joined": ""}).case
    assert since_ever.size == size(context, ref, MARCH)[0] == 4
    assert (rows(context)[3]["joined_how"], rows(context)[3]["entered_on"]) == (None, None)


def test_who_was_written_down_by_mistake_never_was_a_member(context: Context, ref: str) -> None:
    join(on(context, MAY), ref, {"role": "adult", "how": "arrived"})

    case = correct_facts(on(context, JUNE), ref, {"member.4.left": "2024-05-02"}).case

    assert case.size == 3
    assert {size(context, ref, day) for day in (MARCH, MAY, JUNE)} == {(3, 2, 1)}


def test_a_correction_that_cannot_be_is_refused(context: Context, ref: str) -> None:
    join(on(context, MAY), ref, {**BABY, "born": "2024-05-02"})
    late = on(context, JUNE)

    assert faults(lambda: correct_facts(late, ref, {"member.4.joined": "2024-02-01"})) == [
        "member.4.joined: the case was opened on 2024-03-01; who was there then has no day of joining",
        "member.4.born: the date of birth lies after 2024-02-01",
    ]
    assert faults(
        lambda: correct_facts(late, ref, {"member.3.joined": "2024-04-01", "member.2.left": "2024-04-01"})
    ) == [
        "member.3.joined: say how too: member.3.joined_how=…",
        f"member.2.left: has not left; who leaves: kummi case leave {ref} 2",
    ]
    assert faults(lambda: correct_facts(late, ref, {"member.3.joined_how": "arrived"})) == [
        "member.3.joined_how: goes with a day of joining: member.3.joined=DATE"
    ]
    assert faults(lambda: correct_facts(late, ref, {"member.4.joined": "2024-06-04", "member.9.born": ""})) == [
        f"member.9: there is no such member; who comes is added: kummi case join {ref}"
    ]
    assert faults(lambda: correct_facts(late, ref, {"member.4.joined": "2024-06-04"})) == [
        "member.4.joined: lies after the business date, 2024-06-03"
    ]


def test_the_columns_of_a_case_hold_the_newest_members(context: Context, ref: str) -> None:
    join(on(context, JUNE), ref, BABY)
    leave(on(context, MAY), ref, 2, LeftHow.MOVED_OUT)  # late news

    with context.store.reading() as connection:
        row = connection.execute(select(cases)).mappings().one()
    assert (row["size"], row["adults"], row["children"], row["changed_on"]) == (3, 1, 2, JUNE)
    assert [size(context, ref, day) for day in (MARCH, MAY, JUNE)] == [(3, 2, 1), (2, 1, 1), (3, 1, 2)]


def test_a_household_has_no_more_members_than_it_may(context: Context, family: Household) -> None:
    many = family.model_copy(update={"members": (family.members[0], *(family.members[2:] * 39))})
    ref = open_case(context, "xx-harbour", many).case.ref

    assert faults(lambda: join(on(context, MAY), ref, BABY)) == ["role: a household has at most 40 persons"]
    leave(on(context, MAY), ref, 40, LeftHow.MOVED_OUT)
    assert join(on(context, MAY), ref, BABY).case.size == 40
