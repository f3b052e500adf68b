"""Where facts stand in the tables; that they are read rightly is shown by tests/rules/test_agreement.py."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from kummi.model.facts import CORE_FACTS
from kummi.model.programme import CaseField
from kummi.store import tables
from kummi.store.fact_columns import case_columns

ON = date(2024, 3, 1)
FIELDS = [
    CaseField.model_validate({"id": "decided", "title": "decided", "type": "date"}),
    CaseField.model_validate({"id": "rooms", "title": "rooms", "type": "number"}),
]


def sql(expression, dialect) -> str:
    return str(expression.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def test_every_fact_of_core_but_the_business_date_has_a_column():
    household = case_columns(ON)
    _, _, person = household.members()

    missing = [fact.name for fact in CORE_FACTS if person.fact(fact.name) is None]

    assert missing == ["on"]
    assert [name for name in ("role", "gender", "born") if household.fact(name) is not None] == []


@pytest.mark.parametrize(
    "name", ["fields.unheard", "reached.nowhere", "reached.closed", "entered", "household.cats", "until.talk"]
)
def test_a_fact_that_is_never_known_has_no_column(name):
    assert case_columns(ON, FIELDS).fact(name) is None


def test_a_field_is_read_from_json_as_its_declared_type():
    columns = case_columns(ON, FIELDS)

    assert "AS DATE" not in sql(columns.fact("fields.decided"), sqlite.dialect())  # there it would become a number
    assert "CAST(CAST(cases.fields ->> 'decided' AS VARCHAR) AS DATE)" in sql(
        columns.fact("fields.decided"), postgresql.dialect()
    )
    assert "CAST(CAST(cases.fields ->> 'rooms' AS VARCHAR) AS BIGINT)" in sql(
        columns.fact("fields.rooms"), postgresql.dialect()
    )


def test_a_day_later_than_the_business_date_is_not_known_yet():
    expected = "CASE WHEN (cases.reached_support <= '2024-03-01') THEN cases.reached_support END"

    assert sql(case_columns(ON).fact("reached.support"), sqlite.dialect()) == expected


def test_persons_are_tied_to_the_case_they_belong_to():
    cases = tables.cases.alias("c")

    persons, tie, columns = case_columns(ON, cases=cases).members()

    assert sql(tie, sqlite.dialect()).replace(persons.name, "persons_1") == (
        "persons_1.case_id = c.id AND (persons_1.joined_on IS NULL OR persons_1.joined_on <= '2024-03-01') "
        "AND (persons_1.left_on IS NULL OR persons_1.left_on > '2024-03-01')"
    )
    assert columns.fact("opened") is cases.c.opened_on
    assert columns.fact("born") is persons.c.born
