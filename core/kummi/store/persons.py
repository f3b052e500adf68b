"""Read and write the persons of households: the only door to their rows.

Where a query of another module asks something of persons, it takes the columns and the join from here, so that how
personal data is kept is known to this module alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from kummi.model.case import Person
from kummi.model.vocabulary import LINKED, Gender, JoinedHow, LeftHow, MemberRole, Pathway
from kummi.store.cases import cases_in_scope
from kummi.store.database import Connection, Store
from kummi.store.tables import cases, person_versions, persons

_SOME = 500
"""How many values one statement is given in a list."""

_OF_PERSON = ("number", "role", "gender", "born", "joined_on", "left_on", "entered_on")
"""The columns of what rules may know of a person."""
_DAYS = ("born", "joined_on", "entered_on", "left_on")
_SELECT_OF_CASE = (
    select(*(persons.c[name] for name in _OF_PERSON))
    .where(persons.c.case_id == bindparam("id"))
    .order_by(persons.c.number)
)
_INSERT = insert(persons)

PERSON: FromClause = persons
"""The person of each row of a query that ``with_persons`` joined."""


def with_persons(query: Select[Any]) -> Select[Any]:
    """Give a query of cases a row for each person who is or was a member, of each case."""
    return query.join(persons, persons.c.case_id == cases.c.id)


def members_of(case_id: ColumnElement[int], on: date) -> tuple[FromClause, ColumnElement[bool]]:
    """Return the persons as a table of a subquery, and the condition of being a member of a case on a day."""
    person = persons.alias()
    return person, and_(person.c.case_id == case_id, is_member_on(literal(on, Date), person))


def is_member_on(day: ColumnElement[date], person: FromClause = persons) -> ColumnElement[bool]:
    """Return the condition that a person is a member on a day, as ``Person.is_member_on`` says."""
    joined, left = person.c.joined_on, person.c.left_on
    return and_(or_(joined.is_(None), joined <= day), or_(left.is_(None), left > day))


def counted_from(day: ColumnElement[date]) -> ColumnElement[date]:
    """Return the day of something of a household for ``PERSON``: for who came later, the own day of that."""
    return case((persons.c.entered_on > day, persons.c.entered_on), else_=day)


def somebody_may_count(day: ColumnElement[date], start: date, end: date) -> ColumnElement[bool]:
    """Return what is true of every case of which somebody counts, by ``counted_from`` its day, in a period.

    Whoever counts from an own day joined by the last change of the case, or before it was opened, in the case that it
    goes on from.
    """
    later = or_(cases.c.changed_on >= start, cases.c.opened_on >= start)
    return and_(day <= end, or_(day >= start, later))


def is_counted_on(day: ColumnElement[date]) -> ColumnElement[bool]:
    """Return the condition that ``PERSON`` had not left on a day, and counts in this case.

    Who was split off later counts in the case that they came from; who is handed on with their case, on that day too.
    """
    joined, how, left = persons.c.joined_on, persons.c.joined_how, persons.c.left_on
    here = or_(joined.is_(None), how.is_(None), how != JoinedHow.SPLIT.value, joined <= day)
    handed_on = and_(left == day, persons.c.left_how == LeftHow.TRANSFERRED.value)
    return and_(or_(left.is_(None), left > day, handed_on), here)


def repeated_identities() -> CTE:
    """Return the identity numbers that more than one row has."""
    known = select(persons.c.identity).where(persons.c.identity.is_not(None)).group_by(persons.c.identity)
    return known.having(func.count() > 1).cte("repeated")


def is_in_several_cases() -> ColumnElement[bool]:
    """Return the condition that ``PERSON`` has no identity number, and came from another case or left for one."""
    linked = or_(persons.c.joined_how.in_(LINKED), persons.c.left_how.in_(LINKED))
    return and_(persons.c.identity.is_(None), linked)


def load_persons(store: Store, connection: Connection, case_id: int) -> tuple[Person, ...]:
    """Return what rules may know of all who are or were members of a household, in the order of their numbers."""
    rows = store.prepared(_SELECT_OF_CASE).run(connection, {"id": case_id})
    return tuple(_person(row, store.dialect.read_date) for row in rows)


def load_persons_of(connection: Connection, case_ids: Sequence[int]) -> dict[int, tuple[Person, ...]]:
    """Return what rules may know of all who are or were members of several households, by case."""
    found: dict[int, tuple[Person, ...]] = {}
    columns = (*(persons.c[name] for name in _OF_PERSON), persons.c.case_id)
    for start in range(0, len(case_ids), _SOME):
        some = select(*columns).where(persons.c.case_id.in_(case_ids[start : start + _SOME]))
        for row in connection.execute(some.order_by(persons.c.case_id, persons.c.number)):
            found[row.case_id] = (*found.get(row.case_id, ()), _person(row[:-1], lambda day: day))
    return found


def person_of(row: Mapping[str, Any]) -> Person:
    """Build what rules may know of a person from a row as ``load_person_rows`` gives it."""
    return _person([row[name] for name in _OF_PERSON], lambda day: day)


def raw_person(store: Store, row: Any) -> Person:
    """Build what rules may know of a person from a raw row."""
    return _person([getattr(row, name) for name in _OF_PERSON], store.dialect.read_date)


def _person(row: Sequence[Any], read: Callable[[Any], date]) -> Person:
    """Build what rules may know of a person from the columns of ``_OF_PERSON``."""
    number, role, gender, *days = row
    born, joined_on, left_on, entered_on = [None if day is None else read(day) for day in days]
    return Person(number, MemberRole(role), born, Gender(gender), joined_on, left_on, entered_on)


def load_person_rows(connection: Connection, case_id: int) -> list[dict[str, Any]]:
    """Return everything that is kept of all who are or were members of a household, in the order of their numbers."""
    query = select(persons).where(persons.c.case_id == case_id).order_by(persons.c.number)
    return [dict(row) for row in connection.execute(query).mappings()]


def load_person_versions(connection: Connection, case_id: int) -> dict[tuple[str, int], Mapping[str, Any]]:
    """Return every version that is kept of the rows of those who are or were members, by id and version."""
    rows = [
        row
        for table in (persons, person_versions)
        for row in connection.execute(select(table).where(table.c.case_id == case_id)).mappings()
    ]
    return {(row["id"], row["version"]): dict(row) for row in rows}


def insert_persons(store: Store, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert persons of households, each with a value for every column; days are dates or None."""
    write = store.dialect.write_date
    written = [{**row, **{name: write(row[name]) for name in _DAYS if row[name] is not None}} for row in rows]
    store.prepared(_INSERT).run_many(connection, written)


def replace_person(connection: Connection, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Let a new version of a person's row take the place of the one before, which is kept."""
    connection.execute(insert(person_versions).values(**before))
    same = (persons.c.id == before["id"], persons.c.version == before["version"])
    connection.execute(update(persons).where(*same).values(**after))


def live_cases_with_identities(connection: Connection, identities: Sequence[str], limit: int) -> dict[int, str]:
    """Return the first live cases of a person with one of some identity numbers: their numbers, with the country."""
    query = _live_households().where(persons.c.identity.in_(identities)).limit(limit)
    return {row.id: row.country for row in connection.execute(query)}


def live_cases_with_births(
    connection: Connection, programme: str, pathway: Pathway, births: Sequence[date]
) -> dict[int, str]:
    """Return the live cases of a programme whose members have these dates of birth: their numbers, with the country.

    They are its members now, or all who ever were: a household that parted is still the one that came.
    """
    births = sorted(births)
    eldest = _live_households().where(
        persons.c.born == births[0],
        cases.c.programme == programme,
        cases.c.pathway == pathway.value,
    )
    countries = {row.id: row.country for row in connection.execute(eldest)}
    people = load_persons_of(connection, list(countries))
    alike = {number for number, each in people.items() if births in (_births_now(each), _births_ever(each))}
    return {number: country for number, country in countries.items() if number in alike}


def _births_now(people: Iterable[Person]) -> list[date]:
    return sorted(each.born for each in people if each.born and each.left_on is None)


def _births_ever(people: Iterable[Person]) -> list[date]:
    return sorted(each.born for each in people if each.born)


def _live_households() -> Select[Any]:
    return with_persons(cases_in_scope(cases.c.id, cases.c.country)).distinct().order_by(cases.c.id)


def first_live_cases(connection: Connection, identities: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield those of some identity numbers that a person of a live case has, each with the first such case."""
    asked = list(identities)
    for start in range(0, len(asked), _SOME):
        query = with_persons(cases_in_scope(persons.c.identity, func.min(persons.c.case_id)))
        query = query.where(persons.c.identity.in_(asked[start : start + _SOME])).group_by(persons.c.identity)
        yield from ((identity, number) for identity, number in connection.execute(query))


def cases_split_off(connection: Connection, case_ids: Sequence[int]) -> set[int]:
    """Return those of some cases that somebody is in who was split off another, here or before they came here.

    Who came back to the case that they had been split off is in their old case again, which is none of these.
    """
    some = [case_ids[start : start + _SOME] for start in range(0, len(case_ids), _SOME)]
    return {number for each in some for number in _split_off_among(connection, each)}


def _split_off_among(connection: Connection, case_ids: Sequence[int]) -> set[int]:
    member, parted, split = persons.alias(), persons.alias(), persons.alias()
    had_parted = exists().where(
        parted.c.case_id == member.c.case_id,
        parted.c.person_id == member.c.person_id,
        parted.c.left_how == LeftHow.SPLIT.value,
    )
    query = (
        select(member.c.case_id)
        .distinct()
        .join_from(member, split, split.c.person_id == member.c.person_id)
        .where(member.c.case_id.in_(case_ids), split.c.joined_how == JoinedHow.SPLIT.value, ~had_parted)
    )
    return set(connection.execute(query).scalars())


Births = tuple[str, tuple[date, ...]]
"""A household's pathway and all its dates of birth, sorted."""

_arrivals = Table(
    "arrivals",
    MetaData(),
    Column("born", Date, primary_key=True),
    Column("size", Integer, primary_key=True),
    Column("pathway", String(30), primary_key=True),
    prefixes=["TEMPORARY"],
)
"""The eldest's date of birth, the size and the pathway of new households, while they are compared with older ones."""


def older_households_like(
    connection: Connection, country: str, before: int, new: Iterable[Births]
) -> Iterator[tuple[int, Births]]:
    """Yield live cases of a country, of numbers below ``before``, that have the pathway and births of a new household.

    They are compared all at once: there is no index to ask about one.
    """
    wanted = set(new)
    keys = {(births[0], len(births), pathway) for pathway, births in wanted}
    if not keys or not _is_any_below(connection, before):
        return
    with _arrivals_in(connection):
        while some := list(islice(keys, _SOME * 10)):
            rows = [{"born": born, "size": size, "pathway": pathway} for born, size, pathway in some]
            connection.execute(insert(_arrivals), rows)
            yield from (
                (number, births) for number, births in _like_arrivals(connection, country, before) if births in wanted
            )
            connection.execute(delete(_arrivals))
            keys.difference_update(some)


def _is_any_below(connection: Connection, number: int) -> bool:
    query = cases_in_scope(cases.c.id, rehearsal=None).where(cases.c.id < number).limit(1)
    return connection.execute(query).first() is not None


@contextmanager
def _arrivals_in(connection: Connection) -> Iterator[None]:
    _arrivals.create(connection)
    try:
        yield
    finally:
        _arrivals.drop(connection)


def _like_arrivals(connection: Connection, country: str, before: int) -> Iterator[tuple[int, Births]]:
    """Yield the older cases that one of the arrivals may be, with their pathway and births where all are known."""
    same = (
        (_arrivals.c.born == persons.c.born)
        & (_arrivals.c.size == cases.c.size)
        & (_arrivals.c.pathway == cases.c.pathway)
    )
    query = with_persons(cases_in_scope(cases.c.id, cases.c.pathway)).distinct().join(_arrivals, same)
    query = query.where(cases.c.id < before, cases.c.country == country)
    pathways = {row.id: row.pathway for row in connection.execute(query)}
    for number, people in load_persons_of(connection, list(pathways)).items():
        births = births_of(pathways[number], [each.born for each in people if each.left_on is None])
        if births:
            yield number, births


def births_of(pathway: str, born: Sequence[date | None]) -> Births | None:
    """Return what tells a household by its births; None where somebody's date of birth is not known."""
    known = [day for day in born if day]
    return (pathway, tuple(sorted(known))) if len(known) == len(born) else None
