"""Each shape of a criterion, decided; then rules, findings and decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from pydantic import TypeAdapter

from kummi.errors import PluginError
from kummi.i18n.translator import Translator
from kummi.model.base import Origin
from kummi.model.criterion import Criterion
from kummi.model.facts import Facts
from kummi.model.places import Places
from kummi.model.rule import Eligibility, Result, Rule
from kummi.rules.decide import decide, decide_all, finding_of, ruleset_of

MET, NOT_MET, UNKNOWN = Result.MET, Result.NOT_MET, Result.UNKNOWN
CRITERION: TypeAdapter[Criterion] = TypeAdapter(Criterion)
ON = date(2024, 3, 1)
EVERYWHERE = Places({"north quay": "001", "nordkaj": "001"}, frozenset(), part_known=False, countrywide=True)
SOURCE = {"id": "act", "title": "Harbour Act", "read": "2026-01"}
FACTS = Facts(
    ON,
    {
        "pathway": "resettled",
        "municipality": "001",
        "arrived": date(2024, 2, 29),
        "permit.held": False,
        "household.size": 3,
        "tasks.consent": date(2024, 3, 1),
        "tasks.later": date(2024, 3, 2),
    },
    (
        {"role": "adult", "born": date(1988, 4, 2), "gender": None},
        {"role": "child", "born": date(2006, 3, 1), "gender": "female"},
        {"role": "child", "born": None, "gender": "female"},
    ),
)


def result(criterion: dict, facts: Facts = FACTS, places: Places = EVERYWHERE) -> Result:
    return decide(CRITERION.validate_python(criterion), replace(facts, places=places))


YES = {"fact": "pathway", "equals": "resettled"}
NO = {"fact": "pathway", "equals": "asylum"}
OPEN = {"fact": "registered", "before": "on"}


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ({"all": [YES, YES]}, MET),
        ({"all": [YES, OPEN]}, UNKNOWN),
        ({"all": [OPEN, NO]}, NOT_MET),
        ({"any": [NO, NO]}, NOT_MET),
        ({"any": [NO, OPEN]}, UNKNOWN),
        ({"any": [OPEN, YES]}, MET),
        ({"not": YES}, NOT_MET),
        ({"not": NO}, MET),
        ({"not": OPEN}, UNKNOWN),
        ({"fact": "pathway", "in": ["asylum", "resettled"]}, MET),
        ({"fact": "pathway", "in": ["asylum"]}, NOT_MET),
        ({"fact": "outcome", "in": ["completed"]}, UNKNOWN),
        ({"fact": "permit.held", "equals": False}, MET),
        ({"fact": "permit.held", "equals": True}, NOT_MET),
        ({"fact": "fields.speaks", "equals": True}, UNKNOWN),
        ({"fact": "household.size", "at_least": 3}, MET),
        ({"fact": "household.size", "at_least": 4}, NOT_MET),
        ({"fact": "household.size", "at_most": 3}, MET),
        ({"fact": "household.size", "at_most": 2}, NOT_MET),
        ({"fact": "household.adults", "at_most": 2}, UNKNOWN),
        ({"fact": "arrived", "before": "2024-03-01"}, MET),
        ({"fact": "arrived", "before": "2024-02-29"}, NOT_MET),
        ({"fact": "arrived", "before": "on"}, MET),
        ({"fact": "arrived", "before": "registered"}, UNKNOWN),
        ({"fact": "arrived", "after": "2024-02-28"}, MET),
        ({"fact": "arrived", "after": "2024-02-29"}, NOT_MET),
        ({"fact": "registered", "after": "arrived"}, UNKNOWN),
        ({"fact": "on", "within": "1 day", "of": "arrived"}, MET),
        ({"fact": "on", "within": "0 days", "of": "arrived"}, NOT_MET),
        ({"fact": "arrived", "within": "0 days", "of": "arrived"}, MET),
        ({"fact": "arrived", "within": "1 year", "of": "on"}, NOT_MET),
        ({"fact": "on", "within": "9999 years", "of": "arrived"}, MET),
        ({"fact": "on", "within": "1 month", "of": "2024-01-31"}, NOT_MET),
        ({"fact": "arrived", "within": "1 month", "of": "2024-01-31"}, MET),
        ({"has": "arrived"}, MET),
        ({"has": "registered"}, UNKNOWN),
        ({"not": {"has": "registered"}}, UNKNOWN),
        ({"resides_in": ["Nordkaj", "elsewhere"]}, MET),
        ({"resides_in": ["elsewhere"]}, NOT_MET),
        ({"resides_in": "programme"}, MET),
        ({"done": "consent"}, MET),
        ({"done": "later"}, NOT_MET),
        ({"done": "never-recorded"}, NOT_MET),
        ({"some_member": {"age": {"at_least": 18}}}, MET),
        ({"some_member": {"age": {"at_least": 36}}}, UNKNOWN),
        ({"every_member": {"age": {"at_most": 40}}}, UNKNOWN),
        ({"every_member": {"age": {"at_most": 30}}}, NOT_MET),
        ({"every_member": {"fact": "role", "in": ["adult", "child"]}}, MET),
        ({"some_member": {"fact": "role", "equals": "other"}}, NOT_MET),
        ({"some_member": {"all": [{"fact": "role", "equals": "child"}, {"age": {"at_least": 18}}]}}, MET),
        ({"some_member": {"age": {"at_least": 18, "at_most": 18}, "at": "arrived"}}, UNKNOWN),
        ({"age": {"at_least": 18}}, UNKNOWN),
    ],
)
def test_a_criterion_is_decided_in_three_values(criterion, expected):
    assert result(criterion) is expected


def test_a_rule_about_persons_of_an_empty_household_is_unknown():
    nobody = Facts(ON, FACTS.values)

    assert result({"some_member": {"fact": "role", "equals": "child"}}, nobody) is UNKNOWN
    assert result({"every_member": {"fact": "role", "equals": "child"}}, nobody) is UNKNOWN


@pytest.mark.parametrize(
    ("municipality", "part_known", "countrywide", "expected"),
    [
        ("001", False, False, MET),
        ("002", False, False, UNKNOWN),
        ("002", True, False, NOT_MET),
        ("002", True, True, MET),
        (None, True, True, UNKNOWN),
        (None, True, False, UNKNOWN),
    ],
)
def test_a_place_that_is_not_listed_is_refused_only_where_the_list_is_complete(
    municipality, part_known, countrywide, expected
):
    places = Places({}, frozenset({"001"}), part_known, countrywide)
    facts = Facts(ON, {"municipality": municipality})

    assert result({"resides_in": "programme"}, facts, places) is expected


def test_a_day_beyond_the_calendar_is_no_error():
    facts = Facts(date.max, {"permit.expires": date.max})

    assert result({"fact": "on", "within": "3 years", "of": "permit.expires"}, facts) is MET


# --- the escape hatch -------------------------------------------------------------------------------------------


def checked_by_hand(facts: Facts) -> bool | None:
    return facts.values.get("answer")  # type: ignore[return-value]


def fails(facts: Facts) -> bool:
    raise ValueError(str(facts.values))


@pytest.fixture
def plugin_module(monkeypatch):
    """This module under a name that can be imported, as a plugin's is."""
    import sys

    monkeypatch.setitem(sys.modules, "kummi_xx_rules", sys.modules[__name__])


@pytest.mark.parametrize(("answer", "expected"), [(True, MET), (False, NOT_MET), (None, UNKNOWN)])
def test_a_python_predicate_answers_in_three_values(plugin_module, answer, expected):
    facts = Facts(ON, {"answer": answer})

    assert result({"python": "kummi_xx_rules:checked_by_hand", "says": "by hand"}, facts) is expected


def test_a_python_predicate_that_answers_otherwise_is_the_plugins_fault(plugin_module):
    with pytest.raises(PluginError, match=r"'kummi_xx_rules:checked_by_hand' must answer True, False or None, not str"):
        result({"python": "kummi_xx_rules:checked_by_hand", "says": "by hand"}, Facts(ON, {"answer": "maybe"}))


def test_a_failing_python_predicate_tells_its_kind_of_error_and_no_facts(plugin_module):
    with pytest.raises(PluginError) as raised:
        result({"python": "kummi_xx_rules:fails", "says": "by hand"}, Facts(ON, {"municipality": "Secret Quay"}))

    assert str(raised.value) == "the function 'kummi_xx_rules:fails' failed with ValueError"


def test_a_python_predicate_that_is_not_there_is_the_plugins_fault():
    with pytest.raises(PluginError, match="no Python function at 'kummi_nowhere:check'"):
        result({"python": "kummi_nowhere:check", "says": "by hand"})


# --- rules ------------------------------------------------------------------------------------------------------


def rule(require: dict, *, named: str = "a-rule", **more: object) -> Rule:
    return Rule.model_validate({"id": named, "text": "A rule", "require": require, "reference": SOURCE, **more})


def finding(given: Rule, facts: Facts = FACTS):
    return finding_of(given, replace(facts, places=EVERYWHERE))


def test_a_finding_carries_words_reference_facts_and_origin():
    origin = Origin(plugin="xx", version="1", file="eligibility.yaml", line=3)
    given = rule({"all": [YES, {"done": "consent"}]}, when={"resides_in": ["Nordkaj"]}, origin=origin)

    found = finding(given)

    assert found is not None
    assert (found.rule, found.result, str(found.reason)) == ("a-rule", MET, "A rule")
    assert [reference.title for reference in found.reference] == ["Harbour Act"]
    assert found.facts == {"municipality": "001", "pathway": "resettled", "tasks.consent": date(2024, 3, 1)}
    assert found.origin == origin


def test_a_finding_never_shows_a_persons_facts():
    found = finding(rule({"some_member": {"all": [{"age": {"at_least": 18}}, {"fact": "gender", "equals": "female"}]}}))

    assert found is not None
    assert found.facts == {"on": ON}


def test_a_rule_says_what_would_settle_it_only_while_it_is_not_met():
    settled_by = {"document": {"en": "the decision", "xx": "papir"}, "from": {"en": "the office", "xx": "kontor"}}
    translators = Translator(), Translator("xx", {"{document}, from {source}": "{document} ({source})"})

    met, not_met, unknown = (
        finding_of(rule(require, settled_by=settled_by), replace(FACTS, places=EVERYWHERE))
        for require in (YES, NO, OPEN)
    )

    assert met is not None
    assert met.settle is None
    for found in (not_met, unknown):
        assert found is not None
        assert found.settle is not None
        assert [each.say(found.settle) for each in translators] == ["the decision, from the office", "papir (kontor)"]


@pytest.mark.parametrize(
    ("when", "require", "expected"),
    [(YES, NO, NOT_MET), (YES, OPEN, UNKNOWN), (OPEN, NO, UNKNOWN), (OPEN, OPEN, UNKNOWN), (OPEN, YES, MET)],
)
def test_a_rule_of_which_it_is_not_known_whether_it_applies_refuses_nobody(when, require, expected):
    found = finding(rule(require, when=when))

    assert found is not None
    assert found.result is expected


def test_a_rule_that_does_not_apply_has_no_finding():
    assert finding(rule(NO, when=NO)) is None
    assert finding(rule(NO, valid_from=date(2024, 3, 2))) is None
    assert finding(rule(NO, valid_to=date(2024, 2, 29))) is None
    assert finding(rule(NO, valid_from=ON, valid_to=ON)) is not None


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        ([], Eligibility.ELIGIBLE),
        ([YES], Eligibility.ELIGIBLE),
        ([YES, OPEN], Eligibility.UNDETERMINED),
        ([YES, OPEN, NO], Eligibility.NOT_ELIGIBLE),
    ],
)
def test_findings_come_to_one_outcome(requires, expected):
    rules = [rule(require, named=f"rule-{number}") for number, require in enumerate(requires)]

    decision = decide_all(rules, replace(FACTS, places=EVERYWHERE))

    assert decision.outcome is expected
    assert [found.rule for found in decision.findings] == [each.id for each in rules]
    assert decision.on == ON


def test_the_ruleset_stands_for_the_law_of_the_day_and_not_for_where_it_is_written():
    now, gone = rule(YES), rule(NO, named="gone", valid_to=date(2024, 1, 1))
    moved = now.model_copy(update={"origin": Origin(plugin="xx", version="2", line=7)})
    same = ruleset_of([now], ON)

    assert len(same) == 12
    assert ruleset_of([moved, gone], ON) == same
    assert ruleset_of([now, rule(OPEN, named="b")], ON) == ruleset_of([rule(OPEN, named="b"), now], ON) != same
    assert ruleset_of([now, gone], date(2024, 1, 1)) != same
    assert ruleset_of([rule(NO)], ON) != same
    assert decide_all([now, gone], replace(FACTS, places=EVERYWHERE)).ruleset == same
