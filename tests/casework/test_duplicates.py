"""What points to another case of the same persons, and names none that somebody was split off to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kummi.casework.context import Context
from kummi.casework.linking import merge, split
from kummi.casework.members import join
from kummi.casework.opening import open_case
from kummi.errors import InputError
from kummi.model.household import Household

MAY, JUNE = date(2024, 5, 2), date(2024, 6, 3)
WITHHELD = (
    "there is another case with such a person, which is not named here; ask the lead of your network before you go on"
)


@pytest.fixture
def ref(context: Context, family: Household) -> str:
    return open_case(context, "xx-harbour", family).case.ref


def on(context: Context, day: date) -> Context:
    return replace(context, on=day)


def said_at_joining(context: Context, ref: str, family: Household) -> list[str]:
    known = {"role": "adult", "how": "joined", "identity": family.members[0].identity or ""}
    return [str(each) for each in join(on(context, JUNE), ref, known).warnings]


def said_at_opening(context: Context, family: Household) -> list[str]:
    return [str(each) for each in open_case(on(context, JUNE), "xx-harbour", family).warnings]


def test_joining_does_not_name_the_case_of_who_was_split_off(context: Context, ref: str, family: Household) -> None:
    new = split(on(context, MAY), ref, [1]).case
    others = family.model_copy(update={"members": family.members[2:]})
    elsewhere = open_case(context, "xx-harbour", others).case.ref

    said = said_at_joining(context, elsewhere, family)
    assert said[-1] == WITHHELD
    assert new.ref not in "".join(said)
    with pytest.raises(InputError, match="went on as a case of their own; kummi case merge"):
        said_at_joining(context, ref, family)


def test_opening_names_the_old_case_and_not_the_one_of_who_was_split_off(
    context: Context, ref: str, family: Household
) -> None:
    new = split(on(context, MAY), ref, [1]).case
    alone = family.model_copy(update={"members": family.members[:1]})

    assert said_at_opening(context, alone) == [
        f"this may be a household already there: {ref}; look before you go on",
        WITHHELD,
    ]
    births = alone.model_copy(update={"members": (alone.members[0].model_copy(update={"identity": None}),)})
    assert new.ref not in "".join(said_at_opening(context, births))


def test_a_case_is_not_named_either_that_the_split_off_one_was_merged_with(
    context: Context, ref: str, family: Household
) -> None:
    new = split(on(context, MAY), ref, [1]).case
    host = Household.model_validate({"pathway": "resettled", "members": [{"role": "adult", "born": "1950-01-01"}]})
    into = merge(on(context, MAY), open_case(context, "xx-harbour", host).case.ref, new.ref).case
    alone = family.model_copy(update={"members": family.members[:1]})

    said = said_at_opening(context, alone)
    assert said[-1] == WITHHELD
    assert not [ref for ref in (new.ref, into.ref) if ref in "".join(said)]


def test_who_came_back_to_the_old_case_is_named_as_everybody(context: Context, ref: str, family: Household) -> None:
    new = split(on(context, MAY), ref, [1]).case
    merge(on(context, JUNE), ref, new.ref)
    alone = family.model_copy(update={"members": family.members[:1]})

    assert said_at_opening(context, alone)[0] == f"this may be a household already there: {ref}; look before you go on"


def test_a_household_that_parted_is_known_again_when_it_is_referred_anew(
    context: Context, ref: str, family: Household
) -> None:
    split(on(context, MAY), ref, [1, 3])
    nameless = tuple(each.model_copy(update={"identity": None}) for each in family.members)

    said = said_at_opening(context, family.model_copy(update={"members": nameless}))

    assert said[0] == f"this may be a household already there: {ref}; look before you go on"
