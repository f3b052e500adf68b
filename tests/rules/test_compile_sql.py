"""The SQL that rules become: simple rules stay simple, and the database counts months as Python does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from pydantic import TypeAdapter
from sqlalchemy import (
    Column,
    Connection,
    Date,
    MetaData,
    String,
    Table,
    and_,
    cast,
    create_engine,
    insert,
    null,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from kummi.errors import NotCompilableError
from kummi.model.criterion import Criterion
from kummi.model.dates import Duration
from kummi.model.places import Places
from kummi.model.rule import Rule
from kummi.rules.compile_sql import condition, eligibility_case
from kummi.rules.sql_dates import later
from kummi.store.fact_columns import case_columns

CRITERION: TypeAdapter[Criterion] = TypeAdapter(Criterion)
ON = date(2024, 2, 29)
PLACES = Places({"north quay": "001"}, frozenset({"001"}), part_known=True, countrywide=False)
BY_HAND = {"python": "kummi_xx:check", "says": "by hand"}
SOURCE = {"id": "act", "title": "Harbour Act", "read": "2026-01"}


def sql(criterion: dict, dialect=None) -> str:
    expression = condition(CRITERION.validate_python(criterion), ON, PLACES, case_columns(ON, newest=True))
    compiled = expression.compile(dialect=dialect or sqlite.dialect(), compile_kwargs={"literal_binds": True})
    return " ".join(str(compiled).split())


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ({"fact": "pathway", "in": ["asylum"]}, "cases.pathway IN ('asylum')"),
        ({"fact": "permit.held", "equals": True}, "cases.permit_held = 1"),
        ({"fact": "household.size", "at_least": 2}, "cases.size >= 2"),
        ({"not": {"fact": "arrived", "before": "on"}}, "cases.arrived >= '2024-02-29'"),
        (
            {"fact": "arrived", "within": "1 year", "of": "2024-02-29"},
            "cases.arrived >= '2024-02-29' AND cases.arrived <= '2025-02-28'",
        ),
        (
            {"fact": "on", "within": "1 year", "of": "arrived"},
            "'2024-02-29' >= cases.arrived AND cases.arrived > '2023-02-28'",
        ),
        ({"resides_in": "programme"}, "cases.municipality IN ('001')"),
        ({"fact": "on", "after": "2024-01-01"}, "1"),
        (
            {"any": [{"fact": "on", "before": "2024-01-01"}, {"fact": "pathway", "equals": "asylum"}]},
            "cases.pathway = 'asylum'",
        ),
    ],
)
def test_a_simple_rule_is_a_simple_comparison(criterion, expected):
    assert sql(criterion) == expected


def test_the_age_of_members_is_compared_with_one_day_of_birth():
    words = sql({"some_member": {"age": {"at_least": 18, "at_most": 29}}}, postgresql.dialect())

    assert "born <= '2006-02-28'" in words
    assert "born > '1994-02-28'" in words


def test_a_python_predicate_cannot_be_compiled_and_names_its_rule():
    criterion = CRITERION.validate_python({"all": [{"has": "arrived"}, {"not": BY_HAND}]})
    fine = Rule.model_validate({"id": "fine", "text": "x", "require": {"has": "arrived"}, "reference": SOURCE})
    rule = fine.model_copy(update={"id": "by-hand", "when": criterion})

    with pytest.raises(NotCompilableError, match=r"^the criterion calls the Python function kummi_xx:check"):
        condition(criterion, ON, PLACES, case_columns(ON))
    with pytest.raises(NotCompilableError, match=r"^rule 'by-hand' calls the Python function") as raised:
        eligibility_case([fine, rule], ON, PLACES, case_columns(ON))
    assert raised.value.rule == "by-hand"


def test_a_rule_that_is_not_law_that_day_need_not_compile():
    old = Rule.model_validate(
        {"id": "old", "text": "x", "require": BY_HAND, "valid_to": "2024-02-28", "reference": SOURCE}
    )

    assert eligibility_case([old], ON, PLACES, case_columns(ON)) is not None


# --- months and years in the database -----------------------------------------------------------------------------

COUNTED = Table("counted", MetaData(), Column("length", String), Column("day", Date), Column("after", Date))
STARTS = [date(2023, 12, 1) + timedelta(days=number) for number in range(460)]
STARTS += [date.min, date(1900, 2, 28), date(2000, 2, 29), date(9999, 11, 29), date(9999, 11, 30), date.max]
LENGTHS = ["0 days", "1 day", "45 days", "9999 days", "2 weeks", "0 months", "1 month", "2 months", "11 months"]
LENGTHS += ["13 months", "120 months", "1 year", "3 years", "4 years", "18 years", "100 years", "9999 years"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def counted(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """Days and what Python counts from each."""
    url = request.getfixturevalue("create_postgres")() if request.param == "postgresql" else "sqlite://"
    engine = create_engine(url)
    rows = [
        {"length": length, "day": day, "after": Duration.model_validate(length).after(day)}
        for length in LENGTHS
        for day in STARTS
    ]
    with engine.connect() as connection:
        COUNTED.metadata.create_all(connection)
        connection.execute(insert(COUNTED), rows)
        yield connection
    engine.dispose()


@pytest.mark.parametrize("length", LENGTHS)
def test_the_database_counts_a_duration_to_the_same_day(counted, length):
    day, after = COUNTED.c.day, COUNTED.c.after
    found = later(day, Duration.model_validate(length))
    agree = and_(found >= after, or_(found <= after, after == date.max))

    rows = counted.execute(select(day, agree).where(COUNTED.c.length == length)).all()

    assert len(rows) == len(STARTS)
    assert [row.day for row in rows if row[1] is not True] == []


def test_the_day_after_an_unknown_day_is_unknown(counted):
    unknown = later(cast(null(), Date), Duration.model_validate("1 month"))

    assert counted.scalar(select(unknown.is_(None))) is True
    assert counted.scalar(select(later(cast(null(), Date), Duration.model_validate("1 day")).is_(None))) is True
