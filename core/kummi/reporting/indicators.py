"""Indicators: what each of them counts over a period, and its rows: the total, each breakdown, and all together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kummi.model.dates import Period
from kummi.model.report import Breakdown, Indicator, ReportValue
from kummi.model.vocabulary import NOT_COUNTED, Gender, Outcome, Pathway
from kummi.reporting.report_translator import ReportTranslator
from kummi.store.database import Connection
from kummi.store.queries.reports import OTHER_AGE, Group, ReportQuery, count_groups


@dataclass(frozen=True)
class Counted:
    """The figure of one indicator: how many are in each combination of ``by`` that someone is in."""

    by: tuple[Breakdown, ...]
    groups: Mapping[Group, int]

    @property
    def total(self) -> int:
        """How many there are in all."""
        return sum(self.groups.values())

    def along(self, breakdown: Breakdown) -> Mapping[str | None, int]:
        """Return how many there are in each group of one breakdown, whatever the others."""
        position, found = self.by.index(breakdown), Counter[str | None]()
        for group, count in self.groups.items():
            found[group[position]] += count
        return found


def count(connection: Connection, query: ReportQuery, indicator: Indicator, period: Period) -> Counted:
    """Count an indicator over a period; everyone counts once, and rehearsals never."""
    return Counted(indicator.by, count_groups(connection, query, indicator, period))


_CLOSED: Mapping[Breakdown, tuple[str, ...]] = {
    Breakdown.GENDER: tuple(each for each in Gender if each is not Gender.UNKNOWN),
    Breakdown.PATHWAY: tuple(Pathway),
    Breakdown.OUTCOME: tuple(each for each in Outcome if each not in NOT_COUNTED),
}


@dataclass(frozen=True)
class Figure:
    """One row: an indicator, the group it is about, and how many; no count where it cannot be counted."""

    indicator: Indicator
    group: str
    count: int | None

    def cells(self, translator: ReportTranslator) -> dict[str, ReportValue]:
        """Return the values that a column of a report of indicators may show."""
        gap = self.indicator.gap
        return {
            "indicator": self.indicator.title.in_language(translator.language),
            "code": self.indicator.code,
            "group": self.group,
            "count": self.count,
            "gap": gap.in_language(translator.language) if gap else None,
        }


def figures(indicator: Indicator, counted: Counted | None, translator: ReportTranslator) -> Iterator[Figure]:
    """Yield the rows of an indicator, always in the same order.

    A single breakdown shows all its groups, at 0 too, and those not known; the combination of all breakdowns shows
    the groups that someone is in. Each of them adds up to the total.
    """
    yield Figure(indicator, translator.gettext("all"), None if counted is None else counted.total)
    if counted is None:
        return
    orders = {each: _order(each, indicator, counted) for each in indicator.by}
    for breakdown, order in orders.items():
        along = counted.along(breakdown)
        for value in order:
            yield Figure(indicator, _name(breakdown, value, indicator, translator), along.get(value, 0))
    if len(indicator.by) > 1:
        for group in sorted(counted.groups, key=lambda group: _rank(group, orders)):
            names = (_name(*each, indicator, translator) for each in zip(indicator.by, group, strict=True))
            yield Figure(indicator, ", ".join(names), counted.groups[group])


def _order(breakdown: Breakdown, indicator: Indicator, counted: Counted) -> tuple[str | None, ...]:
    """Return every group of a breakdown in the order in which they are shown, "not known" last."""
    along = counted.along(breakdown)
    match breakdown:
        case Breakdown.AGE:
            other = (OTHER_AGE,) if OTHER_AGE in along else ()
            return (*(band.id for band in indicator.age_bands), *other, None)
        case Breakdown.MUNICIPALITY:
            return (*sorted(place for place in along if place is not None), *((None,) if None in along else ()))
        case Breakdown.PATHWAY:
            return _CLOSED[breakdown]
        case _:
            return (*_CLOSED[breakdown], None)


def _rank(group: Group, orders: Mapping[Breakdown, tuple[str | None, ...]]) -> tuple[int, ...]:
    return tuple(order.index(value) for value, order in zip(group, orders.values(), strict=True))


def _name(breakdown: Breakdown, value: str | None, indicator: Indicator, translator: ReportTranslator) -> str:
    if breakdown is Breakdown.GENDER:
        return translator.term("gender", value or Gender.UNKNOWN)
    if value is None:
        return translator.term("unknown", breakdown)
    match breakdown:
        case Breakdown.MUNICIPALITY:
            return translator.place(value)
        case Breakdown.AGE:
            titles = {band.id: band.title.in_language(translator.language) for band in indicator.age_bands}
            return titles.get(value) or translator.gettext("other age")
        case _:
            return translator.term(breakdown, value)
