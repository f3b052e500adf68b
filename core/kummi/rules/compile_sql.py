"""Criteria and rules as SQL conditions over all cases at once, on SQLite and PostgreSQL alike.

SQL's own three values are the rules': NULL is unknown, and AND, OR and NOT follow Kleene. Where one side of a
comparison of dates is a constant (the business date, a date of the law), months and years are counted here, to the
same day as ``Duration.after`` counts them, so that the database only compares; where both sides are columns it counts
by ``kummi.rules.sql_dates``.
"""

from __future__ import annotations

import operator
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)
from sqlalchemy import false as sql_false
from sqlalchemy import true as sql_true
from sqlalchemy.types import TypeEngine

from kummi.errors import NotCompilableError
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
    Scalar,
    SomeMember,
    Within,
)
from kummi.model.dates import Duration, Unit, age_on
from kummi.model.facts import MUNICIPALITY, TASK
from kummi.model.places import Places
from kummi.model.rule import Eligibility, Requirement, Rule
from kummi.rules.inspect import walk
from kummi.rules.sql_dates import later

Condition = ColumnElement[bool]
Day = date | ColumnElement[date]


class Columns(Protocol):
    """Where the facts of a case are found in the database, as they are known on the business date."""

    def fact(self, name: str) -> ColumnElement[Any] | None:
        """Return the column or expression of a fact, typed as the fact is; None for a fact that is never known."""

    def members(self) -> tuple[FromClause, Condition, Columns]:
        """Return the persons, the condition that ties them to the case, and the columns of one person's facts."""


@dataclass(frozen=True)
class _Asked:
    """What a criterion is asked about: the day, the programme's places, and where the facts are."""

    on: date
    places: Places
    columns: Columns


def condition(criterion: Criterion, on: date, places: Places, columns: Columns) -> Condition:
    """Return a criterion as an SQL condition that is NULL where it is unknown.

    It agrees with ``kummi.rules.decide.decide`` on every case.

    Raises:
        NotCompilableError: A part of it is a Python predicate.
    """
    return _compile(criterion, _Asked(on, places, columns))


def fulfilment(requirement: Requirement, on: date, places: Places, columns: Columns) -> Condition:
    """Return a requirement as an SQL condition that is never NULL.

    It agrees with ``kummi.rules.decide.fulfils`` on every case.

    Raises:
        NotCompilableError: A part of its criterion cannot be asked of the database.
    """
    met = condition(requirement.criterion, on, places, columns)
    return func.coalesce(met, sql_true() if requirement.open_while_unknown else sql_false())


def eligibility_case(rules: Iterable[Rule], on: date, places: Places, columns: Columns) -> ColumnElement[str]:
    """Return an expression that is ``eligible``, ``not_eligible`` or ``undetermined`` for each case.

    It agrees with ``kummi.rules.decide.decide_all(...).outcome``; rules that are not law on the day are left out.

    Raises:
        NotCompilableError: A rule holds a Python predicate; the error names the rule.
    """
    asked = _Asked(on, places, columns)
    law = sorted((rule for rule in rules if rule.is_valid_on(on)), key=_asks_of_members)
    conditions = [_rule(rule, asked) for rule in law]
    return case(
        (and_(sql_true(), *conditions), str(Eligibility.ELIGIBLE)),
        (or_(sql_false(), *map(not_, conditions)), str(Eligibility.NOT_ELIGIBLE)),
        else_=str(Eligibility.UNDETERMINED),
    )


def _asks_of_members(rule: Rule) -> bool:
    """Whether a rule reads a second table: such rules come last, since a database stops at the first that decides."""
    return any(isinstance(part, SomeMember | EveryMember) for part in walk(rule.whole))


def _rule(rule: Rule, asked: _Asked) -> Condition:
    try:
        return _compile(rule.whole, asked)
    except NotCompilableError as error:
        raise NotCompilableError(error.python, rule.id) from error


def _compile(criterion: Criterion, asked: _Asked) -> Condition:
    return _COMPILERS[type(criterion)](criterion, asked)


_UNKNOWN: Condition = cast(null(), Boolean)


def _if_known(column: ColumnElement[Any], then: Condition) -> Condition:
    """Unknown where the column is NULL, else ``then``."""
    return case((column.is_not(None), then))


def _literal(value: Scalar) -> ColumnElement[Any]:
    return literal(value, _SQL_TYPES[type(value)])


_SQL_TYPES: dict[type, TypeEngine[Any]] = {bool: Boolean(), int: BigInteger(), date: Date(), str: String()}


def _fact(name: str, asked: _Asked) -> ColumnElement[Any] | None:
    return _literal(asked.on) if name == "on" else asked.columns.fact(name)


def _day(given: date | str, asked: _Asked) -> Day | None:
    """Return a date as such, the business date too, and any other date fact as its column."""
    if isinstance(given, date):
        return given
    return asked.on if given == "on" else asked.columns.fact(given)


def _all(criterion: All, asked: _Asked) -> Condition:
    return and_(*(_compile(part, asked) for part in criterion.all))


def _any(criterion: AnyOf, asked: _Asked) -> Condition:
    return or_(*(_compile(part, asked) for part in criterion.any))


def _not(criterion: Not, asked: _Asked) -> Condition:
    return not_(_compile(criterion.not_, asked))


def _in(criterion: In, asked: _Asked) -> Condition:
    column = _fact(criterion.fact, asked)
    return _UNKNOWN if column is None else column.in_([_literal(value) for value in criterion.in_])


def _equals(criterion: Equals, asked: _Asked) -> Condition:
    column = _fact(criterion.fact, asked)
    return _UNKNOWN if column is None else column == _literal(criterion.equals)


def _at_least(criterion: AtLeast, asked: _Asked) -> Condition:
    column = _fact(criterion.fact, asked)
    return _UNKNOWN if column is None else column >= _literal(criterion.at_least)


def _at_most(criterion: AtMost, asked: _Asked) -> Condition:
    column = _fact(criterion.fact, asked)
    return _UNKNOWN if column is None else column <= _literal(criterion.at_most)


def _before(criterion: Before, asked: _Asked) -> Condition:
    return _compare(_day(criterion.fact, asked), operator.lt, _day(criterion.before, asked))


def _after(criterion: After, asked: _Asked) -> Condition:
    return _compare(_day(criterion.fact, asked), operator.gt, _day(criterion.after, asked))


def _compare(left: Day | None, compared: Callable[[Any, Any], Any], right: Day | None) -> Condition:
    if left is None or right is None:
        return _UNKNOWN
    if isinstance(left, date) and isinstance(right, date):
        return sql_true() if compared(left, right) else sql_false()
    return compared(_column(left), _column(right))  # type: ignore[no-any-return]  # of two columns it is a condition


def _column(day: Day) -> ColumnElement[date]:
    return _literal(day) if isinstance(day, date) else day


def _within(criterion: Within, asked: _Asked) -> Condition:
    day, start, length = _day(criterion.fact, asked), _day(criterion.of, asked), criterion.within
    if day is None or start is None:
        return _UNKNOWN
    if isinstance(start, date):
        in_time = _compare(day, operator.le, length.after(start))
    elif isinstance(day, date):
        in_time = not_(_among_first(_count_days(lambda each: length.after(each) < day), start))
    else:
        in_time = day <= later(start, length)
    return and_(_compare(day, operator.ge, start), in_time)


def _count_days(holds: Callable[[date], bool]) -> int:
    """Count the days of the calendar, from its first, on which something holds that stops holding once for good."""
    return bisect_left(_CALENDAR, True, key=lambda ordinal: not holds(date.fromordinal(ordinal)))


_CALENDAR = range(1, date.max.toordinal() + 1)


def _among_first(count: int, column: ColumnElement[date]) -> Condition:
    """Whether a date is one of the first days of the calendar, so many."""
    return column <= _literal(date.fromordinal(count)) if count else column < _literal(date.min)


def _has(criterion: Has, asked: _Asked) -> Condition:
    column = _fact(criterion.has, asked)
    return _UNKNOWN if column is None else _if_known(column, sql_true())


def _resides_in(criterion: ResidesIn, asked: _Asked) -> Condition:
    place = asked.columns.fact(MUNICIPALITY)
    if place is None:
        return _UNKNOWN
    if criterion.resides_in == "programme":
        return _takes_part(place, asked.places)
    return _one_of(asked.places.all_keys(criterion.resides_in), place)


def _takes_part(place: ColumnElement[str], places: Places) -> Condition:
    if places.countrywide:
        return _if_known(place, sql_true())
    listed = _one_of(places.takes_part, place)
    return listed if places.part_known else case((listed, sql_true()))


def _one_of(keys: frozenset[str], place: ColumnElement[str]) -> Condition:
    # SQL says that nothing, not even NULL, is in an empty list; here it is still unknown
    return place.in_(sorted(keys)) if keys else _if_known(place, sql_false())


def _age(criterion: Age, asked: _Asked) -> Condition:
    born, day = asked.columns.fact("born"), _day(criterion.at, asked)
    if born is None or day is None:
        return _UNKNOWN
    span = criterion.age
    old_enough = [] if span.at_least is None else [_aged(span.at_least, born, day)]
    too_old = [] if span.at_most is None else [_aged(span.at_most + 1, born, day)]
    return and_(*old_enough, *map(not_, too_old))


def _aged(years: int, born: ColumnElement[date], day: Day) -> Condition:
    if isinstance(day, date):
        return _among_first(_count_days(lambda each: age_on(each, day) >= years), born)
    return later(born, Duration(count=years, unit=Unit.YEARS)) <= day


def _some_member(criterion: SomeMember, asked: _Asked) -> Condition:
    return _of_members(func.max, criterion.some_member, asked)


def _every_member(criterion: EveryMember, asked: _Asked) -> Condition:
    return _of_members(func.min, criterion.every_member, asked)


def _of_members(pick: Any, criterion: Criterion, asked: _Asked) -> Condition:
    """Take the best or the worst answer of the household: met 2, unknown 1, not met 0, and nobody there is NULL."""
    persons, of_the_case, columns = asked.columns.members()
    one = _compile(criterion, _Asked(asked.on, asked.places, columns))
    answer = case({True: 2, False: 0}, value=one, else_=1)
    # an aggregate over outer columns alone would belong to the outer query, so the inner ones are named once more
    answers = select(pick(case((of_the_case, answer)))).select_from(persons).where(of_the_case)
    picked = answers.correlate_except(persons).scalar_subquery()
    return case({2: sql_true(), 0: sql_false()}, value=picked)


def _done(criterion: Done, asked: _Asked) -> Condition:
    day = asked.columns.fact(f"{TASK}{criterion.done}")
    return sql_false() if day is None else day.is_not(None)


def _python(criterion: Predicate, _asked: _Asked) -> Condition:
    raise NotCompilableError(criterion.python)


_COMPILERS: dict[type, Callable[[Any, _Asked], Condition]] = {
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
