"""Decide criteria and rules for one case, in three values: what is not known is never a no.

Compositions follow Kleene: ``all`` is not met as soon as one part is not, and unknown while a part is unknown;
``any`` is the mirror image; ``not`` of unknown is unknown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from kummi.errors import PluginError
from kummi.message import Message
from kummi.model.criterion import (
    After,
    Age,
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Before,
    Criterion,
    Done,
    Equals,
    EveryMember,
    Has,
    In,
    Not,
    Predicate,
    ResidesIn,
    SomeMember,
    Within,
)
from kummi.model.dates import age_on
from kummi.model.facts import MUNICIPALITY, TASK, Facts, FactValue
from kummi.model.places import Places
from kummi.model.rule import Decision, Finding, Requirement, Result, Rule
from kummi.rules.inspect import PERSON_FACTS, facts_in, function_at

MET, NOT_MET, UNKNOWN = Result.MET, Result.NOT_MET, Result.UNKNOWN


def decide(criterion: Criterion, facts: Facts) -> Result:
    """Return whether a criterion is met by the facts.

    Raises:
        PluginError: A Python predicate is missing or failed.
    """
    return _DECIDERS[type(criterion)](criterion, facts)


def fulfils(facts: Facts, requirement: Requirement) -> bool:
    """Whether the facts leave open what a requirement is about. Raises PluginError as ``decide`` does."""
    result = decide(requirement.criterion, facts)
    return result is MET or (result is UNKNOWN and requirement.open_while_unknown)


def finding_of(rule: Rule, facts: Facts) -> Finding | None:
    """Return what a rule says of a case, or None where it does not apply.

    It does not apply on a day on which it is not law, nor where its ``when`` is not met. While ``when`` is unknown, a
    requirement that is not met is unknown too. ``rule.for_`` is not looked at: give only rules of the programme.
    """
    if not rule.is_valid_on(facts.on):
        return None
    applies = MET if rule.when is None else decide(rule.when, facts)
    if applies is NOT_MET:
        return None
    result = decide(rule.require, facts)
    if applies is UNKNOWN and result is NOT_MET:
        result = UNKNOWN
    settle = None if result is MET else _settlement(rule)
    return Finding(rule.id, result, rule.text, rule.reference, settle, _facts_used(rule, facts), rule.origin)


def decide_all(rules: Iterable[Rule], facts: Facts) -> Decision:
    """Return the findings of all rules that apply, with the hash of the rules that are law that day."""
    law = tuple(rules)
    return Decision(facts.on, ruleset_of(law, facts.on), findings_of(law, facts))


def findings_of(rules: Iterable[Rule], facts: Facts) -> tuple[Finding, ...]:
    """Return the findings of all rules that apply: what ``decide_all`` finds, without the cost of the hash."""
    findings = (finding_of(rule, facts) for rule in rules)
    return tuple(finding for finding in findings if finding)


def ruleset_of(rules: Iterable[Rule], on: date) -> str:
    """Return twelve hexadecimal digits that stand for the content of the rules that are law on a day.

    Where a rule came from (plugin, file, line) and the order of the rules make no difference.
    """
    law = [
        json.dumps(rule.model_dump(mode="json", by_alias=True, exclude={"origin"}), sort_keys=True)
        for rule in rules
        if rule.is_valid_on(on)
    ]
    return hashlib.sha256("\n".join(sorted(law)).encode()).hexdigest()[:12]


def _settlement(rule: Rule) -> Message | None:
    if rule.settled_by is None:
        return None
    return Message("{document}, from {source}", document=rule.settled_by.document, source=rule.settled_by.from_)


def _facts_used(rule: Rule, facts: Facts) -> dict[str, FactValue]:
    names = facts_in(rule.require) if rule.when is None else (*facts_in(rule.when), *facts_in(rule.require))
    return {name: facts.get(name) for name in names if name not in PERSON_FACTS}


def _all_of(results: Iterable[Result]) -> Result:
    found = MET
    for result in results:
        if result is NOT_MET:
            return NOT_MET
        if result is UNKNOWN:
            found = UNKNOWN
    return found


def _any_of(results: Iterable[Result]) -> Result:
    found = NOT_MET
    for result in results:
        if result is MET:
            return MET
        if result is UNKNOWN:
            found = UNKNOWN
    return found


def _all(criterion: All, facts: Facts) -> Result:
    return _all_of(decide(part, facts) for part in criterion.all)


def _any(criterion: AnyOf, facts: Facts) -> Result:
    return _any_of(decide(part, facts) for part in criterion.any)


_OPPOSITE = {MET: NOT_MET, NOT_MET: MET, UNKNOWN: UNKNOWN}


def _not(criterion: Not, facts: Facts) -> Result:
    return _OPPOSITE[decide(criterion.not_, facts)]


def _in(criterion: In, facts: Facts) -> Result:
    value = facts.get(criterion.fact)
    if value is None:
        return UNKNOWN
    return MET if value in criterion.in_ else NOT_MET


def _equals(criterion: Equals, facts: Facts) -> Result:
    value = facts.get(criterion.fact)
    if value is None:
        return UNKNOWN
    return MET if value == criterion.equals else NOT_MET


def _at_least(criterion: AtLeast, facts: Facts) -> Result:
    value: Any = facts.get(criterion.fact)
    if value is None:
        return UNKNOWN
    return MET if value >= criterion.at_least else NOT_MET


def _at_most(criterion: AtMost, facts: Facts) -> Result:
    value: Any = facts.get(criterion.fact)
    if value is None:
        return UNKNOWN
    return MET if value <= criterion.at_most else NOT_MET


def _day(given: date | str, facts: Facts) -> Any:
    return facts.get(given) if isinstance(given, str) else given


def _before(criterion: Before, facts: Facts) -> Result:
    value: Any = facts.get(criterion.fact)
    bound = _day(criterion.before, facts)
    if value is None or bound is None:
        return UNKNOWN
    return MET if value < bound else NOT_MET


def _after(criterion: After, facts: Facts) -> Result:
    value: Any = facts.get(criterion.fact)
    bound = _day(criterion.after, facts)
    if value is None or bound is None:
        return UNKNOWN
    return MET if value > bound else NOT_MET


def _within(criterion: Within, facts: Facts) -> Result:
    value: Any = facts.get(criterion.fact)
    start = _day(criterion.of, facts)
    if value is None or start is None:
        return UNKNOWN
    return MET if start <= value <= criterion.within.after(start) else NOT_MET


def _has(criterion: Has, facts: Facts) -> Result:
    return UNKNOWN if facts.get(criterion.has) is None else MET


def _resides_in(criterion: ResidesIn, facts: Facts) -> Result:
    place: Any = facts.get(MUNICIPALITY)
    if place is None:
        return UNKNOWN
    if criterion.resides_in == "programme":
        return _takes_part(place, facts.places)
    return MET if any(facts.places.key(name) == place for name in criterion.resides_in) else NOT_MET


def _takes_part(place: str, places: Places) -> Result:
    if places.countrywide or place in places.takes_part:
        return MET
    return NOT_MET if places.part_known else UNKNOWN


def _age(criterion: Age, facts: Facts) -> Result:
    born: Any = facts.get("born")
    day: Any = facts.get(criterion.at)
    if born is None or day is None:
        return UNKNOWN
    age, span = age_on(born, day), criterion.age
    young = span.at_least is not None and age < span.at_least
    old = span.at_most is not None and age > span.at_most
    return NOT_MET if young or old else MET


def _some_member(criterion: SomeMember, facts: Facts) -> Result:
    if not facts.members:
        return UNKNOWN
    return _any_of(decide(criterion.some_member, facts.about(member)) for member in facts.members)


def _every_member(criterion: EveryMember, facts: Facts) -> Result:
    if not facts.members:
        return UNKNOWN
    return _all_of(decide(criterion.every_member, facts.about(member)) for member in facts.members)


def _done(criterion: Done, facts: Facts) -> Result:
    day: Any = facts.get(f"{TASK}{criterion.done}")
    return MET if day is not None and day <= facts.on else NOT_MET


_ANSWERS: dict[bool | None, Result] = {True: MET, False: NOT_MET, None: UNKNOWN}


def _python(criterion: Predicate, facts: Facts) -> Result:
    return _ANSWERS[ask_predicate(criterion.python, facts)]


_DECIDERS: dict[type, Callable[[Any, Facts], Result]] = {
    All: _all,
    AnyOf: _any,
    Not: _not,
    In: _in,
    Equals: _equals,
    AtLeast: _at_least,
    AtMost: _at_most,
    Before: _before,
    After: _after,
    Within: _within,
    Has: _has,
    ResidesIn: _resides_in,
    Age: _age,
    SomeMember: _some_member,
    EveryMember: _every_member,
    Done: _done,
    Predicate: _python,
}


def ask_predicate(address: str, facts: Facts) -> bool | None:
    """Call a plugin's function with facts.

    Raises:
        PluginError: There is no such function, it failed, or it answered neither true, false nor None.
    """
    function = function_at(address)
    try:
        answer = function(facts)
    except Exception as error:
        # its message may hold what the function was given, so only its kind is told
        raise PluginError(
            Message("the function '{address}' failed with {kind}", address=address, kind=type(error).__name__)
        ) from error
    if answer is None or isinstance(answer, bool):
        return answer
    raise PluginError(
        Message(
            "the function '{address}' must answer True, False or None, not {kind}",
            address=address,
            kind=type(answer).__name__,
        )
    )
