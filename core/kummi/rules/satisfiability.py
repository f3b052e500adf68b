"""Whether some criteria can hold together, found out before anything runs.

A "no" is certain; "yes" is also the answer where it is not known. Values, numbers, ages, places and days of one fact
are compared, and a condition with its own opposite; what two facts have to do with each other is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import reduce
from typing import Any

from kummi.model.criterion import (
    After,
    Age,
    AgeSpan,
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Before,
    Criterion,
    Equals,
    EveryMember,
    Has,
    In,
    Not,
    ResidesIn,
    SomeMember,
    Within,
    negation,
)
from kummi.model.facts import MUNICIPALITY
from kummi.model.places import Places
from kummi.rules.inspect import parts_of

MOST = 5000
"""Steps after which criteria are too tangled to go on."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Range:
    """What a fact may be: one of some values, none of some others, between two ends. None means anything."""

    among: frozenset[Any] | None = None
    without: frozenset[Any] = frozenset()
    low: Any = None
    high: Any = None

    def within(self, other: _Range) -> _Range:
        """Return what both allow."""
        among = self.among if other.among is None else other.among if self.among is None else self.among & other.among
        return _Range(
            among, self.without | other.without, _end(max, self.low, other.low), _end(min, self.high, other.high)
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left."""
        if self.among is not None:
            return not any(self._allows(value) for value in self.among)
        answers = {value for value in self.without if isinstance(value, bool)}  # 0 and 1 are equal to them
        return len(answers) == 2 or _before(self.high, self.low)

    def _allows(self, value: Any) -> bool:
        return value not in self.without and not _before(value, self.low) and not _before(self.high, value)


def _end(choose: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
    if one is None or other is None:
        return one if other is None else other
    return choose(one, other) if type(one) is type(other) else one


def _before(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one is not None and bool(one < other)


Asked = tuple[Criterion, bool]
"""A criterion, and whether it is to hold or not to hold."""
_NOTHING = _Range(frozenset())


def can_hold_together(criteria: Iterable[Criterion], places: Places) -> bool:
    """Return False where no case can meet all of these; True where one can, or that is not known."""
    return _Search(places).holds([(each, True) for each in criteria], _Case())


@dataclass(frozen=True)
class _Case:
    """What is known of a case: its facts, what some person and what every person is asked, and choices still open."""

    facts: Mapping[Any, _Range] = field(default_factory=dict)
    some: tuple[Asked, ...] = ()
    every: tuple[Asked, ...] = ()
    choices: tuple[tuple[Asked, ...], ...] = ()

    def with_fact(self, about: Any, may_be: _Range) -> _Case:
        known = self.facts.get(about, _Range()).within(may_be)
        return replace(self, facts={**self.facts, about: known})


class _Search:
    """Looks for one case that meets all that is asked, trying each part of an "any" in its turn."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.steps = 0

    def holds(self, asked: Iterable[Asked], case: _Case) -> bool:
        for each in asked:
            case = self.told(each, case)
        self.steps += 1
        if any(known.is_empty for known in case.facts.values()):
            return False
        if self.steps > MOST:
            return True
        if case.choices:
            first, later = case.choices[0], replace(case, choices=case.choices[1:])
            return any(self.holds([way], later) for way in first)
        alone = [(each, *case.every) for each in case.some] or ([case.every] if case.every else [])
        return all(self.holds(each, _Case(case.facts)) for each in alone)

    def told(self, asked: Asked, case: _Case) -> _Case:
        """Return what is known of a case after one more criterion."""
        criterion, wanted = _in_parts(asked[0]), asked[1]
        parts = tuple((part, wanted != isinstance(criterion, Not)) for part in parts_of(criterion))
        match criterion:
            case Not() | All() | AnyOf() if len(parts) == 1 or isinstance(criterion, All) == wanted:
                return reduce(lambda known, part: self.told(part, known), parts, case)
            case All() | AnyOf():
                return replace(case, choices=(*case.choices, parts))
            case SomeMember() | EveryMember() if isinstance(criterion, SomeMember) == wanted:
                return replace(case, some=(*case.some, *parts))
            case SomeMember() | EveryMember():
                return replace(case, every=(*case.every, *parts))
            case _:
                return case.with_fact(*_said(criterion, wanted, self.places))


def _in_parts(criterion: Criterion) -> Criterion:
    """Return a criterion with two ends as both of them, so that each says one thing when it is turned round."""
    match criterion:
        case Age(age=span, at=at) if span.at_least is not None and span.at_most is not None:
            lower, upper = AgeSpan(at_least=span.at_least), AgeSpan(at_most=span.at_most)
            return All(all=(Age(age=lower, at=at), Age(age=upper, at=at)))
        case Within(fact=fact, of=date() as start, within=length):
            after_it = After(fact=fact, after=length.after(start))
            return negation(AnyOf(any=(Before(fact=fact, before=start), after_it)))
        case _:
            return criterion


def _said(leaf: Criterion, wanted: bool, places: Places) -> tuple[Any, _Range]:  # noqa: C901, PLR0911  one a shape
    """Return what a criterion without parts is about, and what that may be where it holds, or does not."""
    match leaf:
        case In(fact=fact, in_=values):
            return fact, _among(values, wanted)
        case Equals(fact=fact, equals=value):
            return fact, _among((value,), wanted)
        case AtLeast(fact=fact, at_least=low):
            return fact, _Range(low=low) if wanted else _Range(high=low - 1)
        case AtMost(fact=fact, at_most=high):
            return fact, _Range(high=high) if wanted else _Range(low=high + 1)
        case Before(fact=fact, before=date() as day):
            earlier = _Range(high=day - DAY) if day > date.min else _NOTHING
            return fact, earlier if wanted else _Range(low=day)
        case After(fact=fact, after=date() as day):
            later = _Range(low=day + DAY) if day < date.max else _NOTHING
            return fact, later if wanted else _Range(high=day)
        case Age(age=AgeSpan(at_least=int() as low), at=at):
            return ("age", at), _Range(low=low) if wanted else _Range(high=low - 1)
        case Age(age=AgeSpan(at_most=int() as high), at=at):
            return ("age", at), _Range(high=high) if wanted else _Range(low=high + 1)
        case ResidesIn(resides_in=tuple() as names):
            return MUNICIPALITY, _among(places.all_keys(names), wanted)
        case Has() if not wanted:  # what is not known is never known to be missing
            return leaf, _NOTHING
        case _:
            return leaf, _among((True,), wanted)


def _among(values: Iterable[Any], wanted: bool) -> _Range:
    return _Range(among=frozenset(values)) if wanted else _Range(without=frozenset(values))
