"""Facts are set as strictly as a referral is read, with every fault at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kummi.casework.case_index import case_index_from
from kummi.casework.context import Context
from kummi.casework.due import due
from kummi.casework.facts import change_facts, correct_facts
from kummi.casework.listing import household_of
from kummi.casework.members import join
from kummi.casework.next_steps import next_steps
from kummi.casework.opening import open_case
from kummi.casework.value_reader import NOT_PLAIN
from kummi.catalogue import FoundPlugin, load_found
from kummi.catalogue.country_plugin import CountryPlugin
from kummi.errors import InputError
from kummi.model.case import Case
from kummi.model.household import Household
from kummi.model.vocabulary import Pathway
from kummi.store.audit import verify
from kummi.testing import harbourland


@pytest.fixture
def ref(context: Context, family: Household) -> str:
    return open_case(context, "xx-harbour", family).case.ref


def faults(context: Context, ref: str, given: dict[str, str]) -> list[str]:
    before = verify(context.store)
    with pytest.raises(InputError) as caught:
        correct_facts(context, ref, given)
    assert verify(context.store) == before
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("name", "text", "attribute", "value"),
    [
        ("pathway", "Asylum", "pathway", Pathway.ASYLUM),
        ("municipality", "sudkai", "municipality", "X2"),
        ("municipality", "  Old   Pier ", "municipality", "Old Pier"),
        ("municipality", "1990-01-30", "municipality", "1990-01-30"),
        ("municipality", "2024-99-99", "municipality", "2024-99-99"),
        ("municipality", "091", "municipality", "091"),
        ("municipality", "no", "municipality", "no"),
        ("municipality", "", "municipality", None),
        ("arrived", "2024-03-05", "arrived", date(2024, 3, 5)),
        ("arrived", "", "arrived", None),
        ("permit.expires", "2030-01-01", "permit_expires", date(2030, 1, 1)),
        ("permit.granted", "", "permit_granted", None),
        ("permit.held", "", "permit_held", None),
        ("registered", "", "registered", None),
        ("languages", "AR, fa", "languages", ("ar", "fa")),
        ("languages", "", "languages", ()),
    ],
)
def test_a_core_fact_is_read_by_its_type(
    context: Context, ref: str, name: str, text: str, attribute: str, value: object
) -> None:
    assert getattr(correct_facts(context, ref, {name: text}).case, attribute) == value
    assert getattr(next_steps(context, ref).loaded.case, attribute) == value
    assert verify(context.store, follows=case_index_from(context.catalogue)).faults == ()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("housing", "HOUSE", "house"),
        ("fields.housing", "house", "house"),
        ("moored", "2024-01-31", date(2024, 1, 31)),
        ("school_place", "Yes", True),
        ("school_place", "", None),
        ("housing", "", None),
    ],
)
def test_a_field_of_the_programme_is_read_by_its_declared_type(
    context: Context, ref: str, name: str, text: str, value: object
) -> None:
    case = correct_facts(context, ref, {name: text}).case

    assert case.fields.get(name.removeprefix("fields.")) == value
    assert verify(context.store, follows=case_index_from(context.catalogue)).faults == ()


EXPECTED_DATE = "expected a date like 2024-03-31 or 31.03.2024"


MEMBER_FACTS = (
    "expected member.N.FACT, of these facts: role, born, gender, name, identity, joined, joined_how, left, left_how"
)


def test_everything_wrong_is_said_at_once_and_nothing_is_kept(context: Context, ref: str) -> None:
    given = {
        "pathway": "asilum",
        "arrived": "5/3/2024",
        "registered": "20240305",
        "permit.held": "perhaps",
        "languages": "arabik",
        "municipality": "x" * 81,
        "housing": "boot",
        "moored": "2024-02-30",
        "fields.moored": "2024-02-01",
        "citizenship": "xx",
        "member.1.born": "2024-03-02",
        "member.2.gender": "man",
        "member.3.shoe": "38",
        "member.0.born": "1990-01-01",
        "member.²": "x",
        "member.3.name": "A\0",
    }
    assert faults(context, ref, given) == [
        "pathway: 'asilum' is not one of the choices; did you mean 'asylum'?",
        f"arrived: {EXPECTED_DATE}; other forms leave doubt about day and month",
        f"registered: {EXPECTED_DATE}; other forms leave doubt about day and month",
        "permit.held: expected yes or no",
        "languages: expected names or codes of languages, such as: Arabic, so",
        "municipality: the name of a place has at most 80 characters",
        "fields.housing: 'boot' is not one of the choices; did you mean 'boat'?",
        f"fields.moored: there is no such day; {EXPECTED_DATE}",
        "fields.moored: is given twice",
        "fact 10: there is no such fact; known: arrived, housing, languages, member.1.born, member.1.gender, "
        "moored, municipality, pathway, permit.expires, permit.granted, permit.held, registered …",
        "member.1.born: the date of birth lies after 2024-03-01",
        "member.2.gender: what is given is not one of the choices; known: female, male, other, unknown",
        f"member.3: {MEMBER_FACTS}",
        f"member: {MEMBER_FACTS}",
        f"member: {MEMBER_FACTS}",
        f"member.3.name: {NOT_PLAIN}",
    ]


def test_nothing_is_not_a_fact(context: Context, ref: str) -> None:
    assert faults(context, ref, {}) == ["nothing is given; expected FIELD=VALUE"]


def test_an_empty_pathway_is_not_possible(context: Context, ref: str) -> None:
    assert faults(context, ref, {"pathway": ""})[0].startswith("pathway: what is given is not one of the choices")


# --- the permit --------------------------------------------------------------------------------------------------


def test_a_day_of_grant_means_that_the_permit_is_held(context: Context, ref: str) -> None:
    correct_facts(context, ref, {"permit.granted": "", "permit.held": "no"})
    case = correct_facts(context, ref, {"permit.granted": "2024-02-20"}).case

    assert (case.permit_held, case.permit_granted) == (True, date(2024, 2, 20))


def test_a_permit_that_contradicts_what_is_known_is_refused(context: Context, ref: str) -> None:
    held = ["permit.held: a permit granted on 2024-01-10 is held; clear permit.granted= too"]
    order = ["permit.expires: the permit expires before it was granted"]

    assert faults(context, ref, {"permit.held": "no"}) == held
    assert faults(context, ref, {"permit.expires": "2024-01-09"}) == order
    assert faults(context, ref, {"permit.granted": "2028-01-10"}) == order
    case = correct_facts(context, ref, {"permit.held": "no", "permit.granted": "", "permit.expires": ""}).case
    assert (case.permit_held, case.permit_granted, case.permit_expires) == (False, None, None)


# --- over time ----------------------------------------------------------------------------------------------------


def on(context: Context, day: str) -> Context:
    return replace(context, on=date.fromisoformat(day))


def values(context: Context, ref: str, name: str, *days: str) -> list[object]:
    return [next_steps(on(context, day), ref).loaded.facts.get(name) for day in days]


def test_a_change_holds_from_its_day_and_a_correction_on_all_days(context: Context, ref: str) -> None:
    change_facts(on(context, "2024-06-01"), ref, {"municipality": "South Quay"})
    correct_facts(on(context, "2024-07-01"), ref, {"municipality": "Old Pier"}, at=date(2024, 3, 2))

    assert values(context, ref, "municipality", "2024-03-01", "2024-05-31", "2024-06-01") == [
        "Old Pier",
        "Old Pier",
        "X2",
    ]
    assert verify(context.store, follows=case_index_from(context.catalogue)).faults == ()


def test_the_day_of_a_change_can_be_corrected(context: Context, ref: str) -> None:
    change_facts(on(context, "2024-06-01"), ref, {"municipality": "South Quay"})
    correct_facts(on(context, "2024-07-01"), ref, {"municipality.from": "2024-05-15", "arrived": "2024-02-11"})

    before, after = values(context, ref, "municipality", "2024-05-14", "2024-05-15")
    assert (before, after) == ("X1", "X2")
    assert faults(
        context, ref, {"registered.from": "2024-05-15", "shoes.from": "2024-05-15", "housing.from": "soon"}
    ) == [
        "fact 2: there is no such fact; known: arrived, housing, languages, member.1.born, member.1.gender, moored, "
        "municipality, pathway, permit.expires, permit.granted, permit.held, registered …",
        f"housing.from: {EXPECTED_DATE}; other forms leave doubt about day and month",
        "registered.from: never changed, so there is no day to correct",
    ]


def test_which_value_was_wrong_is_asked_for_where_there_are_several(context: Context, ref: str) -> None:
    change_facts(on(context, "2024-06-01"), ref, {"municipality": "South Quay"})
    change_facts(on(context, "2024-08-01"), ref, {"municipality": "North Quay"})

    assert faults(on(context, "2024-09-01"), ref, {"municipality": "Old Pier", "municipality.from": "2024-05-01"}) == [
        "municipality: had several values (… – 2024-05-31; 2024-06-01 – 2024-07-31; 2024-08-01 – …); say which was "
        "wrong: --at DAY, a day on which it held"
    ]
    assert faults(on(context, "2024-09-01"), ref, {"municipality.from": "2024-05-01"}) == [
        "municipality.from: changed on 2024-06-01, 2024-08-01; say which: --at DAY; it stays between the changes "
        "around it"
    ]


def test_what_cannot_change_or_does_not_is_refused(context: Context, ref: str) -> None:
    def refused(day: str, **given: str) -> list[str]:
        with pytest.raises(InputError) as caught:
            change_facts(on(context, day), ref, given)
        return [str(fault) for fault in caught.value.faults]

    change_facts(on(context, "2024-06-01"), ref, {"municipality": "South Quay"})
    assert refused("2024-06-01", municipality="North Quay") == [
        f"municipality: changed on 2024-06-01 already; where it was written wrong: kummi case correct {ref} "
        "municipality=… --at 2024-06-01"
    ]
    assert refused("2024-06-02", municipality="South Quay") == ["municipality: is so on 2024-06-02 already"]
    assert refused("2024-06-02", arrived="2024-02-11") == [
        f"arrived: does not change once it is known; where it was written wrong: kummi case correct {ref} arrived=…"
    ]
    assert refused("2024-06-02", **{"member.1.born": "1990-01-01"}) == [
        "member.1.born: a fact of a member is corrected: case correct; members come and go: case join, leave"
    ]


def test_a_change_of_a_day_that_has_not_come_is_a_plan_and_says_so(context: Context, ref: str) -> None:
    recorded = change_facts(on(context, "2035-06-01"), ref, {"municipality": "South Quay"})

    assert [str(each) for each in recorded.warnings] == [
        "2035-06-01 has not come yet: this is planned, and holds from that day on"
    ]
    assert values(context, ref, "municipality", "2024-03-01", "2035-06-01") == ["X1", "X2"]


def test_a_permit_may_not_contradict_itself_on_any_day(context: Context, ref: str) -> None:
    change_facts(on(context, "2024-06-01"), ref, {"permit.granted": "", "permit.held": "no", "permit.expires": ""})

    assert faults(on(context, "2024-07-01"), ref, {"permit.held": "no"})[0].startswith(
        "permit.held: had several values"
    )
    with pytest.raises(InputError, match="a permit granted on 2024-01-10 is held"):
        correct_facts(on(context, "2024-07-01"), ref, {"permit.held": "no"}, at=date(2024, 3, 1))


# --- members -----------------------------------------------------------------------------------------------------


def people(context: Context, case: Case) -> list[tuple[object, ...]]:
    return [
        (row["number"], row["role"], row["born"], row["gender"], row["name"]) for row in household_of(context, case)
    ]


def test_a_members_facts_change_and_may_become_unknown(context: Context, ref: str) -> None:
    given = {
        "member.3.role": "adult",
        "member.3.born": "",
        "member.3.gender": "",
        "member.3.name": "",
        "member.1.identity": "",
    }
    case = correct_facts(context, ref, given).case

    assert (case.size, case.adults, case.children) == (3, 3, 0)
    assert people(context, case)[2] == (3, "adult", None, "unknown", None)
    assert household_of(context, case)[0]["identity"] is None
    assert faults(context, ref, {"member.1.role": ""}) == ["member.1.role: expected adult or child"]
    assert verify(context.store, follows=case_index_from(context.catalogue)).faults == ()


def test_what_is_due_is_worked_out_from_the_members_as_they_are_now(
    context: Context, family: Household, bring_to: Callable[[Context, str, str], Case], tmp_path: Path
) -> None:
    folder = shutil.copytree(Path(harbourland.__file__).parent, tmp_path / "country")
    workflow = (folder / "workflow.yaml").read_text()
    when = '            when: {some_member: {age: {at_least: 18}, at: "on"}}\n'
    with_deadline = workflow.replace(when, f'{when}            deadline: {{within: "1 month"}}\n')
    (folder / "workflow.yaml").write_text(with_deadline)
    context = replace(context, catalogue=load_found((FoundPlugin("xx", "1.0", CountryPlugin(folder)),)))
    ref = open_case(context, "xx-harbour", family.model_copy(update={"members": family.members[:1]})).case.ref
    bring_to(context, ref, "landing")

    def owed() -> list[date]:
        return [item.day for item in due(replace(context, on=date(2024, 4, 1)), 0)]

    assert owed() == [date(2024, 4, 1)]
    correct_facts(context, ref, {"member.1.born": "2010-01-01", "member.1.role": "child"})
    assert owed() == []
    join(context, ref, {"role": "adult", "born": "1990-01-01", "how": "arrived"})
    assert owed() == [date(2024, 4, 1)]


def test_a_place_that_the_plugin_does_not_list_is_taken_with_a_warning(context: Context, ref: str) -> None:
    recorded = correct_facts(context, ref, {"municipality": "Old Pier"})

    assert tuple(map(str, recorded.warnings)) == (
        "the municipality is not on the plugin's list of places; taken as it is",
    )


def test_a_change_that_should_never_have_been_is_taken_back_by_correcting_it_to_what_was_before(
    context: Context, family: Household
) -> None:
    ref = open_case(context, "xx-harbour", family).case.ref
    june = replace(context, on=date(2024, 6, 1))
    change_facts(june, ref, {"municipality": "South Quay"})
    with pytest.raises(InputError, match=f"kummi case correct {ref} municipality=… --at 2024-06-01"):
        change_facts(june, ref, {"municipality": "Far Island"})

    case = correct_facts(june, ref, {"municipality": "North Quay"}, at=june.on).case

    assert (case.municipality, dict(case.timelines)) == ("X1", {})
    assert change_facts(june, ref, {"municipality": "South Quay"}).case.timelines["municipality"].changes == (june.on,)
    assert verify(context.store, follows=case_index_from(context.catalogue)).faults == ()


def test_a_change_that_is_taken_back_has_no_other_day(context: Context, family: Household) -> None:
    ref = open_case(context, "xx-harbour", family).case.ref
    june = replace(context, on=date(2024, 6, 1))
    change_facts(june, ref, {"municipality": "South Quay"})

    with pytest.raises(InputError):
        correct_facts(june, ref, {"municipality": "North Quay", "municipality.from": "2024-05-01"}, at=june.on)
