"""Dates counted by the database as ``kummi.model.dates`` counts them: a duration after a day, full years of age."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Interval, Text, case, cast, func, literal, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from kummi.errors import NotCompilableError
from kummi.model.dates import Duration, Unit

_DAYS_IN = {Unit.DAYS: 1, Unit.WEEKS: 7}
_MONTHS_IN = {Unit.MONTHS: 1, Unit.YEARS: 12}


def later(start: ColumnElement[date], duration: Duration) -> ColumnElement[date]:
    """Return the day so long after ``start``; NULL where ``start`` is.

    A day beyond the year 9999 comes out later than every date that can be stored.

    Raises:
        NotCompilableError: It is a duration of working days, which no database can count.
    """
    if duration.unit is Unit.WORKING_DAYS:
        raise NotCompilableError(str(duration))
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


class age_in_years(FunctionElement[int]):  # noqa: N801 (it reads as the SQL function that databases lack)
    """The full years of age of someone ``born`` on a day, on another ``day``; NULL where one of them is not known."""

    name = "age_in_years"
    type = Integer()
    inherit_cache = True

    def __init__(self, born: ColumnElement[Any], day: ColumnElement[Any]) -> None:
        super().__init__(born, day)


@compiles(age_in_years, "sqlite")
def _age_on_sqlite(element: age_in_years, compiler: SQLCompiler, **options: Any) -> str:
    """Compare the text of the dates: on the day before 1 March someone born on 29 February is a year older."""
    born, day = (compiler.process(part, **options) for part in element.clauses)
    return (
        f"(CAST(substr({day}, 1, 4) AS INTEGER) - CAST(substr({born}, 1, 4) AS INTEGER)"
        f" - (substr({day}, 6) < substr({born}, 6)"
        f" AND NOT (substr({born}, 6) = '02-29' AND substr(date({day}, '+1 day'), 6) = '03-01')))"
    )


@compiles(age_in_years, "postgresql")
def _age_on_postgres(element: age_in_years, compiler: SQLCompiler, **options: Any) -> str:
    """Add whole years to the birthday: PostgreSQL too takes the last day of a shorter month."""
    born, day = (f"CAST({compiler.process(part, **options)} AS DATE)" for part in element.clauses)
    years = f"CAST(EXTRACT(YEAR FROM {day}) - EXTRACT(YEAR FROM {born}) AS INTEGER)"
    return f"({years} - CASE WHEN {born} + make_interval(years => {years}) <= {day} THEN 0 ELSE 1 END)"


class json_date(FunctionElement[date]):  # noqa: N801 - used as a function
    """A date kept in JSON as ISO text, read as the database keeps dates."""

    type = Date()
    inherit_cache = True


@compiles(json_date, "sqlite")
def _json_date_on_sqlite(element: json_date, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(*element.clauses, **options)


@compiles(json_date, "postgresql")
def _json_date_on_postgres(element: json_date, compiler: SQLCompiler, **options: Any) -> str:
    (text,) = element.clauses
    return compiler.process(cast(text, Date), **options)


class json_items(FunctionElement[Any]):  # noqa: N801 - used as a function
    """The items of a list kept in JSON, a row each, in the column ``value``; none where it is NULL."""

    inherit_cache = True


@compiles(json_items, "sqlite")
def _json_items_on_sqlite(element: json_items, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(json_items, "postgresql")
def _json_items_on_postgres(element: json_items, compiler: SQLCompiler, **options: Any) -> str:
    return f"jsonb_array_elements({compiler.process(element.clauses, **options)})"
