"""Full years of age in SQL, counted as ``kummi.model.dates.age_on`` counts them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class age_in_years(FunctionElement[int]):  # noqa: N801 (it reads as the SQL function that databases lack)
    """The full years of age of someone ``born`` on a day, on another ``day``; NULL where one of them is not known."""

    name = "age_in_years"
    type = Integer()
    inherit_cache = True

    def __init__(self, born: ColumnElement[Any], day: ColumnElement[Any]) -> None:
        super().__init__(born, day)


@compiles(age_in_years, "sqlite")
def _sqlite(element: age_in_years, compiler: Any, **given: Any) -> str:
    """Compare the text of the dates: on the day before 1 March someone born on 29 February is a year older."""
    born, day = (compiler.process(part, **given) for part in element.clauses)
    return (
        f"(CAST(substr({day}, 1, 4) AS INTEGER) - CAST(substr({born}, 1, 4) AS INTEGER)"
        f" - (substr({day}, 6) < substr({born}, 6)"
        f" AND NOT (substr({born}, 6) = '02-29' AND substr(date({day}, '+1 day'), 6) = '03-01')))"
    )


@compiles(age_in_years, "postgresql")
def _postgresql(element: age_in_years, compiler: Any, **given: Any) -> str:
    """Add whole years to the birthday: PostgreSQL too takes the last day of a shorter month."""
    born, day = (f"CAST({compiler.process(part, **given)} AS DATE)" for part in element.clauses)
    years = f"CAST(EXTRACT(YEAR FROM {day}) - EXTRACT(YEAR FROM {born}) AS INTEGER)"
    return f"({years} - CASE WHEN {born} + make_interval(years => {years}) <= {day} THEN 0 ELSE 1 END)"
