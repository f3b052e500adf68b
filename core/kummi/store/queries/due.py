"""The questions of the morning list: which cases are due, end or are held, each along an index of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_

from kummi.model.case import Case
from kummi.model.vocabulary import Pathway, Phase
from kummi.store.cases import cases_in_scope, fetch_cases, fetch_raw, select_cases
from kummi.store.database import Connection, Store
from kummi.store.tables import cases


class Watched(StrEnum):
    """The days that are watched, by their columns: when something is due, when something ends, since when held."""

    DUE = "next_due"
    END = "next_end"
    HELD = "held_since"


@dataclass(frozen=True)
class DueFilter:
    """Which live cases are asked for: those whose watched day lies no later than the one of their programme.

    ``until`` is the last day of programmes that have no own one in ``own``; without it every day that is known counts.
    """

    watched: Watched
    until: date | None = None
    own: Mapping[str, date] = field(default_factory=dict)
    programme: str | None = None


def cases_due(store: Store, connection: Connection, wanted: DueFilter, limit: int, offset: int = 0) -> list[Case]:
    """Return the live cases of a question in the order of the watched day.

    A closed case is due on no day, held on none and ends on none, so none is found. Raises IntegrityError.
    """
    day = cases.c[wanted.watched]
    query = select_cases().where(_until(day, wanted))
    if wanted.programme:
        query = query.where(cases.c.programme == wanted.programme)
    return fetch_cases(store, connection, query.order_by(day, cases.c.id).limit(limit).offset(offset))


def _until(day: ColumnElement[date], wanted: DueFilter) -> ColumnElement[bool]:
    if wanted.until is None:
        return day.is_not(None)
    usual = wanted.until
    own = {each: last for each, last in wanted.own.items() if last != usual}
    if not own:
        return day <= usual
    conditions = [and_(cases.c.programme == each, day <= last) for each, last in own.items()]
    others = and_(cases.c.programme.not_in(own), day <= usual)
    return and_(day <= max(usual, *own.values()), or_(others, *conditions))  # the first part is for the index


def first_open_cases(
    store: Store,
    connection: Connection,
    programme: str,
    limit: int,
    *,
    pathway: Pathway | None = None,
    phases: Sequence[Phase] = (),
) -> list[int]:
    """Return the first numbers of the open live cases of a programme, of one pathway or some phases alone."""
    query = cases_in_scope(cases.c.id).where(cases.c.programme == programme, cases.c.phase != Phase.CLOSED.value)
    if pathway:
        query = query.where(cases.c.pathway == pathway.value)
    if phases:
        query = query.where(cases.c.phase.in_([phase.value for phase in phases]))
    return [row.id for row in fetch_raw(store, connection, query.order_by(cases.c.id).limit(limit))]
