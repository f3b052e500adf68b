"""Indicators: what each of them counts over a period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from kummi.model.period import Period
from kummi.model.report import Breakdown, Indicator
from kummi.store.database import Connection
from kummi.store.queries.report_counts import Group, count_groups
from kummi.store.queries.report_query import ReportQuery


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
