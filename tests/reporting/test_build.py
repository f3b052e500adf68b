"""Reports of four kinds, built from an invented register on both databases. All people are invented."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kummi.errors import NotFoundError
from kummi.i18n.translator import Translator
from kummi.model.dates import Period
from kummi.model.programme import ProgrammeEntry
from kummi.model.report import ColumnType, ReportTable
from kummi.reporting.build import build
from kummi.reporting.files import write_csv, write_json, write_xlsx

START, END = date(2024, 1, 1), date(2024, 12, 31)
TERMS = {"xx": {"value|yes": "si", "gender|female": "femina", "pathway|resettled on a quota": "kuota", "all": "tot"}}

Reporting = Callable[..., ProgrammeEntry]


def columns(*values: str) -> list[dict[str, Any]]:
    return [{"id": f"c{index}", "title": value, "value": value} for index, value in enumerate(values)]


@pytest.fixture
def built(reporting: Reporting, register: Any) -> Callable[..., ReportTable]:
    def ask(form: dict[str, Any], *indicators: dict[str, Any], language: str = "en") -> ReportTable:
        entry = reporting({"id": "form", **form}, *indicators)
        return build(
            register.connection, entry, "form", Period(START, END), Translator(language, TERMS.get(language, {}))
        )

    return ask


def test_a_list_of_persons_shows_facts_by_their_types_in_the_order_of_cases(register: Any, built: Any) -> None:
    register.add(date(2024, 6, 1), {"born": date(2006, 6, 2), "gender": "unknown", "role": "child"}, {"born": None})
    register.add(date(2024, 5, 1), permit_held=True, outcome="completed", closed_on=date(2024, 8, 1))

    table = built(
        {
            "rows": "persons",
            "columns": columns(
                "ref", "number", "role", "gender", "age", "birth_year", "permit.held", "outcome", "closed"
            ),
        }
    )

    assert [column.type for column in table.columns] == [
        *[ColumnType.TEXT, ColumnType.NUMBER, *[ColumnType.TEXT] * 2, *[ColumnType.NUMBER] * 2],
        *[ColumnType.YES_NO, ColumnType.TEXT, ColumnType.DATE],
    ]
    assert list(table.rows) == [
        ("XX-1", 1, "child", None, 17, 2006, None, None, None),
        ("XX-1", 2, "adult", "female", None, None, None, None, None),
        ("XX-2", 1, "adult", "female", 34, 1990, True, "completed", date(2024, 8, 1)),
    ]


def test_a_list_of_households_is_said_in_the_language_with_places_and_stages_by_name(register: Any, built: Any) -> None:
    own = {"housing": "boat", "moored": "2024-07-01", "school_place": True}
    register.add(date(2024, 5, 1), {}, {}, municipality="X1", fields=own, tasks={"consent": {"on": "2024-05-02"}})
    register.add(date(2024, 5, 1), municipality="Elsewhere", stage="a-stage-of-old", pathway="asylum")
    shown = ["ref", "stage", "pathway", "municipality", "household.size", "fields.housing", "fields.moored"]

    table = built(
        {"rows": "households", "columns": columns(*shown, "fields.school_place", "tasks.consent")}, language="xx"
    )

    assert list(table.rows) == [
        ("XX-1", "Kalat", "kuota", "Nordkai", 2, "domnav", date(2024, 7, 1), True, date(2024, 5, 2)),
        *[("XX-2", "a-stage-of-old", "arrived on their own, granted protection", "Elsewhere", 1, *[None] * 4)],
    ]


def test_a_report_is_about_its_period_its_programme_and_those_it_asks_for(register: Any, built: Any) -> None:
    adult: dict[str, Any] = {}
    child = {"born": date(2020, 1, 1)}
    register.add(START, adult, child)
    register.add(END, adult)
    register.add(date(2023, 12, 31))
    register.add(date(2025, 1, 1))
    register.add(START, rehearsal=True)
    register.add(START, programme="xx-lighthouse")
    register.add(START, pathway="asylum")

    table = built(
        {
            "rows": "persons",
            "columns": columns("ref", "number"),
            "where": {"fact": "pathway", "equals": "resettled"},
            "who": {"age": {"at_least": 18}},
        }
    )

    assert list(table.rows) == [("XX-1", 1), ("XX-2", 1)]


def test_a_list_dated_by_the_business_date_is_of_everyone_on_the_last_day(register: Any, built: Any) -> None:
    register.add(date(2019, 5, 1), {"born": date(2000, 12, 31)})

    table = built({"rows": "persons", "dated": "on", "columns": columns("ref", "age", "on")})

    assert list(table.rows) == [("XX-1", 24, END)]


def test_rows_can_be_read_again(register: Any, built: Any) -> None:
    register.add()
    table = built({"rows": "persons", "columns": columns("ref")})

    assert list(table.rows) == list(table.rows) == [("XX-1",)]


def test_a_column_that_cannot_be_filled_stays_empty_and_says_why(register: Any, built: Any) -> None:
    register.add()
    asked = [
        *columns("ref"),
        {"id": "number", "title": "Identity number", "gap": "It stays in the register.", "value": "born"},
    ]

    table = built({"rows": "persons", "columns": asked, "questions": [{"text": "Who reads it?"}]})

    assert list(table.rows) == [("XX-1", None)]
    assert table.notes == (
        "Persons are told apart by case number and number in the household; "
        "no report holds a name or an identity number.",
        "What changes, such as the municipality, is that of the last day of the period.",
        "Identity number: left empty. It stays in the register.",
        "Open question: Who reads it?",
    )


def test_a_report_names_its_receiver_and_its_sources(built: Any) -> None:
    table = built({"rows": "households", "columns": columns("ref"), "due": "in March"})

    assert table.sources == (
        "Receiver: the fund",
        "Due: in March",
        "Harbour Decree, https://example.org/decree, 2026-11",
    )


FIGURE = {"id": "h1", "code": "1.1", "counts": "persons", "dated": "opened"}
BANDS = [{"id": "children", "title": "under 18", "to": 17}, {"id": "adults", "title": "18 or more", "from": 18}]


def test_indicators_show_the_total_each_breakdown_and_all_together(register: Any, built: Any) -> None:
    child = {"born": date(2020, 1, 1)}
    register.add(START, child | {"gender": "male"}, {}, child, {"gender": "unknown"})

    table = built(
        {"rows": "indicators", "columns": columns("code", "group", "count")},
        FIGURE | {"by": ["gender", "age"], "age_bands": BANDS},
    )

    assert list(table.rows) == [
        ("1.1", "all", 4),
        ("1.1", "female", 2),
        ("1.1", "male", 1),
        ("1.1", "other", 0),
        ("1.1", "not asked", 1),
        ("1.1", "under 18", 2),
        ("1.1", "18 or more", 2),
        ("1.1", "age not known", 0),
        ("1.1", "female, under 18", 1),
        ("1.1", "female, 18 or more", 1),
        ("1.1", "male, under 18", 1),
        ("1.1", "not asked, 18 or more", 1),
    ]


def test_indicators_name_places_pathways_and_outcomes(register: Any, built: Any) -> None:
    register.add(START, municipality="X2", outcome="withdrawn")
    register.add(START)
    by = FIGURE | {"counts": "households", "by": ["municipality", "outcome", "pathway"]}

    rows = dict(built({"rows": "indicators", "columns": columns("group", "count")}, by, language="xx").rows)

    assert rows["tot"] == 2
    assert rows["Sudkai"] == rows["municipality not known"] == rows["withdrawn"] == rows["no outcome yet"] == 1
    assert rows["kuota"] == 2
    assert rows["Sudkai, withdrawn, kuota"] == 1


def test_a_figure_that_cannot_be_counted_is_empty_and_says_why(built: Any) -> None:
    missing = {"id": "h2", "counts": "persons", "dated": "opened", "gap": "Nobody asks about work."}

    table = built({"rows": "indicators", "columns": columns("indicator", "count", "gap")}, FIGURE, missing)

    assert list(table.rows) == [("h1", 0, None), ("h2", None, "Nobody asks about work.")]
    assert "h2: left empty. Nobody asks about work." in table.notes


def test_a_format_of_indicators_takes_those_that_it_names_and_narrows_them(register: Any, built: Any) -> None:
    register.add(START)
    register.add(START, {}, {"gender": "male"}, pathway="asylum")
    form = {"rows": "indicators", "columns": columns("indicator", "count")}

    narrow = {"where": {"fact": "pathway", "equals": "asylum"}, "who": {"fact": "gender", "equals": "female"}}
    others = (FIGURE | {"id": "h2"}, FIGURE | {"id": "h3", "counts": "households"})
    table = built(form | narrow | {"indicators": ["h3", "h2"]}, FIGURE, *others)

    assert list(table.rows) == [("h3", 1), ("h2", 1)]


def test_a_format_cannot_name_an_indicator_that_nobody_declares(built: Any) -> None:
    with pytest.raises(NotFoundError, match="no indicator named 'h9'"):
        built({"rows": "indicators", "columns": columns("count"), "indicators": ["h9"]}, FIGURE)


def test_entitlements_show_amounts_rates_and_what_is_open(register: Any, built: Any) -> None:
    child = {"born": date(2020, 1, 1), "role": "child"}
    register.add(START, {}, child, registered=date(2024, 2, 1), tasks={"voyage-plan": {"on": "2024-01-15"}})
    register.add(START)
    shown = ["ref", "number", "payee", "from", "to", "amount", "currency", "rate", "role"]

    table = built({"rows": "entitlements", "schemes": ["xx-harbour-money"], "columns": columns(*shown, "gap")})

    paid = ("municipality of residence", date(2024, 2, 1), date(2024, 12, 31))
    assert list(table.rows) == [
        ("XX-1", 1, *paid, Decimal("2200.00"), "XTS", "an adult, 2024", "adult", None),
        ("XX-1", 2, *paid, Decimal("3300.00"), "XTS", "a child, 2024", "child", None),
        *[("XX-2", 1, paid[0], None, None, None, "XTS", None, "adult", list(table.rows)[2][-1])],
    ]
    assert "start unknown" in str(list(table.rows)[2][-1])


def test_entitlements_are_of_the_persons_that_are_asked_for(register: Any, built: Any) -> None:
    register.add(START, {}, {"born": date(2020, 1, 1)}, {"born": None}, registered=date(2024, 2, 1))

    form = {"rows": "entitlements", "schemes": ["xx-harbour-money"], "who": {"age": {"at_most": 17}}}
    table = built(form | {"columns": columns("number", "amount", "gap")})

    (row,) = table.rows
    assert row[:2] == (2, Decimal("3300.00"))
    assert "A voyage plan was made" in str(row[2])


@pytest.mark.parametrize("rows", ["persons", "households", "indicators", "entitlements"])
@pytest.mark.parametrize("value", ["name", "identity", "salt"])
def test_no_column_can_ask_for_a_name_or_an_identity_number(built: Any, rows: str, value: str) -> None:
    with pytest.raises(NotFoundError, match=f"named '{value}'"):
        built({"rows": rows, "columns": columns(value)}, FIGURE)


def test_a_row_of_a_household_shows_nothing_of_one_person(built: Any) -> None:
    with pytest.raises(NotFoundError, match="value for the column 'c0' of households named 'gender'"):
        built({"rows": "households", "columns": columns("gender")})


def unpacked(content: bytes) -> bytes:
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return b"".join(parts.read(name) for name in parts.namelist())


def test_no_name_and_no_identity_number_is_in_any_file(register: Any, built: Any) -> None:
    register.add(START, {"name": "Amal Invented", "identity": "1988-77"}, registered=START)
    everything = {
        "persons": ["ref", "number", "age", "birth_year", "born", "gender", "role", "stage"],
        "households": ["ref", "stage", "registered"],
        "indicators": ["indicator", "group", "count", "gap"],
        "entitlements": ["ref", "number", "scheme", "amount", "gap", "born"],
    }

    for rows, shown in everything.items():
        table = built({"rows": rows, "columns": columns(*shown)}, FIGURE)
        for write in (write_csv, write_json, write_xlsx):
            content = unpacked(write(table))
            assert b"XX-1" in content or rows == "indicators"
            assert b"Amal" not in content
            assert b"1988-77" not in content


def test_the_same_register_gives_the_same_bytes(register: Any, built: Any) -> None:
    for number in range(30):
        register.add(date(2024, 1 + number % 12, 1), {}, {}, municipality=f"X{number % 3}")
    form = {"rows": "persons", "columns": columns("ref", "number", "municipality", "opened", "gender")}

    for write in (write_csv, write_json, write_xlsx):
        assert write(built(form)) == write(built(form))


def test_hostile_text_of_a_register_runs_nowhere(register: Any, built: Any) -> None:
    register.add(START, municipality='=cmd|"/C calc"!A0')
    table = built({"rows": "households", "columns": columns("municipality")})

    assert "'=cmd" in write_csv(table).decode()
    assert b"<f>" not in unpacked(write_xlsx(table))
    assert json.loads(write_json(table))["rows"] == [{"c0": '=cmd|"/C calc"!A0'}]


def test_an_unknown_format_offers_the_nearest(register: Any, reporting: Reporting) -> None:
    entry = reporting({"id": "participants", "rows": "persons", "columns": columns("ref")})

    with pytest.raises(NotFoundError, match="no report format named 'participant'; did you mean 'participants'"):
        build(register.connection, entry, "participant", Period(START, END), Translator())
