"""What a criterion names, and what is found wrong with it when it is loaded."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from kummi.model.criterion import Criterion
from kummi.model.facts import CORE_FACTS, Fact, FactType
from kummi.model.programme import Programme
from kummi.rules.inspect import facts_in, known_facts, places_in, problems_in

CRITERION: TypeAdapter[Criterion] = TypeAdapter(Criterion)
KNOWN = {fact.name: fact for fact in CORE_FACTS} | {
    "fields.rooms": Fact("fields.rooms", FactType.NUMBER, "household"),
    "fields.town": Fact("fields.town", FactType.PLACE, "household"),
    "tasks.consent": Fact("tasks.consent", FactType.DATE, "case"),
}
EVERYTHING = {
    "all": [
        {"any": [{"fact": "pathway", "in": ["asylum"]}, {"not": {"fact": "pathway", "equals": "asylum"}}]},
        {"fact": "arrived", "within": "1 year", "of": "registered"},
        {"fact": "tasks.talk", "before": "2024-01-01"},
        {"fact": "arrived", "after": "permit.granted"},
        {"some_member": {"age": {"at_least": 18}, "at": "opened"}},
        {"every_member": {"has": "gender"}},
        {"resides_in": ["North Quay", "002"]},
        {"resides_in": "programme"},
        {"done": "consent"},
        {"fact": "household.size", "at_least": 1},
        {"fact": "household.adults", "at_most": 9},
        {"python": "kummi_xx:check", "says": "something"},
    ]
}


def test_every_name_in_a_criterion_is_found_once_in_the_order_it_is_written():
    criterion = CRITERION.validate_python(EVERYTHING)

    assert facts_in(criterion) == (
        "pathway",
        "arrived",
        "registered",
        "tasks.talk",
        "permit.granted",
        "born",
        "opened",
        "gender",
        "municipality",
        "tasks.consent",
        "household.size",
        "household.adults",
    )
    assert places_in(criterion) == ("North Quay", "002")


def problems(criterion: dict, *, person: bool = False) -> list[str]:
    return [str(problem.message) for problem in problems_in(CRITERION.validate_python(criterion), KNOWN, person=person)]


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ({"has": "arived"}, "no fact named 'arived'; did you mean 'arrived'?"),
        ({"fact": "fields.room", "at_least": 1}, "no fact named 'fields.room'; did you mean 'fields.rooms'?"),
        ({"fact": "arrived", "after": "regist"}, "no fact named 'regist'; did you mean 'registered'?"),
        ({"done": "consnt"}, "no task named 'consnt'; did you mean 'consent'?"),
        ({"has": "tasks.consnt"}, "no task named 'consnt'; did you mean 'consent'?"),
        ({"fact": "pathway", "in": ["asylm"]}, "'asylm' is not a value of 'pathway'; did you mean 'asylum'?"),
        ({"fact": "pathway", "equals": True}, "'pathway' is one of its choices, not 'True'"),
        ({"fact": "permit.held", "equals": "yes"}, "'permit.held' is true or false, not 'yes'"),
        ({"fact": "permit.held", "equals": 1}, "'permit.held' is true or false, not '1'"),
        ({"fact": "fields.rooms", "equals": True}, "'fields.rooms' is a whole number, not 'True'"),
        ({"fact": "arrived", "in": ["soon"]}, "'arrived' is a date such as 2024-03-01, not 'soon'"),
        ({"fact": "fields.town", "in": [3]}, "'fields.town' is the name of a place, not '3'"),
        (
            {"fact": "municipality", "in": ["North Quay"]},
            "ask where the household lives with resides_in, which knows places by every name they have",
        ),
        ({"resides_in": []}, "resides_in names no place"),
        ({"fact": "pathway", "at_least": 1}, "'pathway' is a choice fact and cannot be compared as a number"),
        ({"fact": "pathway", "before": "on"}, "'pathway' is a choice fact and cannot be compared as a date"),
        (
            {"fact": "on", "after": "household.size"},
            "'household.size' is a number fact and cannot be compared as a date",
        ),
        (
            {"fact": "on", "within": "1 year", "of": "permit.held"},
            "'permit.held' is a yes_no fact and cannot be compared as a date",
        ),
        (
            {"some_member": {"age": {"at_least": 1}, "at": "pathway"}},
            "'pathway' is a choice fact and cannot be compared as a date",
        ),
        ({"has": "gender"}, "'gender' is a fact of one person: ask it inside some_member or every_member"),
        ({"age": {"at_least": 18}}, "'born' is a fact of one person: ask it inside some_member or every_member"),
        (
            {"some_member": {"every_member": {"has": "gender"}}},
            "a rule about one person cannot ask about all persons of the household again",
        ),
        (
            {"python": "kummi_nowhere:check", "says": "x"},
            "no Python function at 'kummi_nowhere:check': No module named 'kummi_nowhere'",
        ),
        ({"python": "datetime:MAXYEAR", "says": "x"}, "'datetime:MAXYEAR' is not a function"),
    ],
)
def test_a_fault_in_a_criterion_is_told_with_what_was_expected(criterion, expected):
    assert problems(criterion) == [expected]


def test_all_faults_of_a_criterion_are_told_at_once():
    found = problems({"all": [{"has": "arived"}, {"not": {"fact": "pathway", "in": ["asylm", "resetled"]}}]})

    assert len(found) == 3


@pytest.mark.parametrize(
    "criterion",
    [
        {"some_member": {"all": [{"age": {"at_most": 17}, "at": "arrived"}, {"fact": "role", "equals": "child"}]}},
        {"fact": "arrived", "equals": "2024-03-01"},
        {"resides_in": "programme"},
        {"fact": "fields.town", "in": ["North Quay"]},
        {"python": "kummi.rules.inspect:facts_in", "says": "any function will do"},
    ],
)
def test_a_criterion_without_fault_has_no_problem(criterion):
    assert problems(criterion) == []


def test_facts_of_a_person_are_allowed_where_a_rule_is_about_one_person():
    assert problems({"all": [{"has": "gender"}, {"age": {"at_most": 17}}]}, person=True) == []


def test_a_programmes_own_fields_and_tasks_are_known_facts():
    source = {"id": "act", "title": "Harbour Act", "read": "2026-01"}
    field = {"id": "housing", "title": "Housing", "type": "choice", "choices": [{"id": "own", "title": "Own"}]}
    programme = Programme.model_validate(
        {
            "id": "xx-harbour",
            "title": "Harbour friends",
            "owner": "Harbour Red Cross",
            "supporter": "friend",
            "standing": {"is": "pilot", "reference": source},
            "reference": source,
            "fields": [field],
        }
    )

    known = known_facts(programme, ["consent"])

    assert known["fields.housing"] == Fact("fields.housing", FactType.CHOICE, "household", ("own",))
    assert known["tasks.consent"].type is FactType.DATE
    assert set(known) - {"fields.housing", "tasks.consent"} == {fact.name for fact in CORE_FACTS}


def test_a_problem_says_which_key_of_a_nested_criterion_it_is_about():
    nested = {
        "any": [
            {"fact": "pathway", "equals": "asylum"},
            {"not": {"all": [{"fact": "arrived", "before": "regstered"}, {"done": "consnt"}]}},
            {"some_member": {"age": {"at_least": 18}, "at": "opend"}},
        ]
    }

    found = {each.path: str(each.message) for each in problems_in(CRITERION.validate_python(nested), KNOWN)}

    assert set(found) == {
        ("any", 1, "not", "all", 0, "before"), ("any", 1, "not", "all", 1, "done"), ("any", 2, "some_member", "at"),
    }  # fmt: skip
    assert "did you mean 'registered'" in found["any", 1, "not", "all", 0, "before"]
