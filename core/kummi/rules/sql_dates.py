"""A duration after a date column, counted by the database to the same day as ``Duration.after`` counts it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Interval, Text, case, cast, func, literal, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from kummi.model.dates import Duration, Unit

_DAYS_IN = {Unit.DAYS: 1, Unit.WEEKS: 7}
_MONTHS_IN = {Unit.MONTHS: 1, Unit.YEARS: 12}


def later(start: ColumnElement[date], duration: Duration) -> ColumnElement[date]:
    """Return the day so long after ``start``; NULL where ``start`` is.

    A day beyond the year 9999 comes out later than every date that can be stored. Working days cannot be counted.
    """
    if duration.unit in _MONTHS_IN:
        return _MonthsLater(start, literal(f"+{duration.count * _MONTHS_IN[duration.unit]} months", Text))
    return _DaysLater(start, literal(f"+{duration.count * _DAYS_IN[duration.unit]} days", Text))


class _Later(FunctionElement[date]):
    """A date and the step from it: text that both databases read, such as ``+36 months``."""

    type = Date()
    inherit_cache = True


class _MonthsLater(_Later):
    """Whole months later, the day of the month kept or clamped to the month's last."""

    inherit_cache = True


class _DaysLater(_Later):
    """Days later."""

    inherit_cache = True


def _text(text: str) -> ColumnElement[str]:
    return literal_column(f"'{text}'", Text)


_BEYOND = _text("9999-99-99")  # SQLite keeps dates as text, and this sorts after every date
_MONTH_START, _NEXT_MONTH, _DAY_BEFORE = _text("start of month"), _text("+1 month"), _text("-1 day")


@compiles(_MonthsLater, "sqlite")
def _months_on_sqlite(element: _MonthsLater, compiler: SQLCompiler, **options: Any) -> str:
    start, step = element.clauses
    kept = func.date(start, step)  # 31 January and a month gives 3 March
    month_end = func.date(start, _MONTH_START, step, _NEXT_MONTH, _DAY_BEFORE)
    clamped = func.coalesce(func.min(kept, month_end), kept, case((start.is_not(None), _BEYOND)))
    return compiler.process(clamped, **options)


@compiles(_DaysLater, "sqlite")
def _days_on_sqlite(element: _DaysLater, compiler: SQLCompiler, **options: Any) -> str:
    start, step = element.clauses
    return compiler.process(func.coalesce(func.date(start, step), case((start.is_not(None), _BEYOND))), **options)


@compiles(_DaysLater, "postgresql")
@compiles(_MonthsLater, "postgresql")
def _on_postgres(element: _Later, compiler: SQLCompiler, **options: Any) -> str:
    start, step = element.clauses
    return compiler.process(cast(start + cast(step, Interval), Date), **options)
