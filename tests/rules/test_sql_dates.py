"""Age in SQL is the age of the model, on both databases. All dates are invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Date, literal, make_url, select

from kummi.model.dates import age_on
from kummi.rules.sql_dates import age_in_years
from kummi.store.database import Store

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store without tables, on each database: one for all examples."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path_factory.mktemp('store') / 'kummi.sqlite3'}"
    else:
        address = request.getfixturevalue("create_postgres")()
    opened = Store(make_url(address))
    yield opened
    opened.close()


def age_in_sql(store: Store, born: date | None, day: date | None) -> Any:
    with store.reading() as connection:
        return connection.scalar(select(age_in_years(literal(born, Date), literal(day, Date))))


@given(born=DAYS, day=DAYS)
@example(born=date(2008, 2, 29), day=date(2026, 2, 27))
@example(born=date(2008, 2, 29), day=date(2026, 2, 28))
@example(born=date(2008, 2, 29), day=date(2026, 3, 1))
@example(born=date(2008, 2, 29), day=date(2028, 2, 28))
@example(born=date(2008, 2, 29), day=date(2028, 2, 29))
@example(born=date(1896, 2, 29), day=date(1900, 2, 28))
@example(born=date(2008, 2, 28), day=date(2026, 2, 28))
@example(born=date(2024, 5, 2), day=date(2024, 5, 1))
@settings(max_examples=100)
def test_age_in_sql_is_the_age_of_the_model(store: Store, born: date, day: date) -> None:
    assert age_in_sql(store, born, day) == age_on(born, day)


def test_every_day_around_the_birthday_of_someone_born_on_29_february(store: Store) -> None:
    born = date(2004, 2, 29)
    days = [date(year, 2, 26) + timedelta(days=offset) for year in range(2005, 2025) for offset in range(6)]

    assert [age_in_sql(store, born, day) for day in days] == [age_on(born, day) for day in days]


@pytest.mark.parametrize(("born", "day"), [(None, date(2024, 1, 1)), (date(2024, 1, 1), None)])
def test_an_age_is_not_known_where_a_day_is_not(store: Store, born: date | None, day: date | None) -> None:
    assert age_in_sql(store, born, day) is None
