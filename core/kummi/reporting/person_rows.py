"""Rows of persons and households, as a report shows them."""

from __future__ import annotations

from collections.abc import Iterable

from kummi.model.period import Period
from kummi.model.report import ReportFormat, Row
from kummi.reporting.column_types import shown
from kummi.reporting.report_translator import ReportTranslator, Say
from kummi.store.database import Connection
from kummi.store.queries.report_query import ReportQuery
from kummi.store.queries.report_rows import read_rows


def person_rows(
    connection: Connection, form: ReportFormat, query: ReportQuery, translator: ReportTranslator, period: Period
) -> Iterable[Row]:
    """Return the rows of persons or households whose ``dated`` day lies in the period, read while they are iterated.

    They come in the order of their case and their number in the household.
    """
    names = [shown(column) for column in form.columns]
    return read_rows(connection, query, form, period, [(name, _say(name, query, translator)) for name in names])


def _say(name: str | None, query: ReportQuery, translator: ReportTranslator) -> Say | None:
    if name == "stage":
        return translator.stage
    return translator.of_fact(query.facts[name]) if name in query.facts else None
