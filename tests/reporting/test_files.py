"""Report files: typed cells, harmless text, the same bytes every time. All content is invented."""

from __future__ import annotations

import csv
import io
import json
import os
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from kummi.errors import InputError
from kummi.model.dates import Period
from kummi.model.report import ColumnType, ReportLabels, ReportTable, TableColumn
from kummi.reporting import files
from kummi.reporting.files import write_csv, write_json, write_xlsx

COLUMNS = (
    TableColumn("ref", "Case", ColumnType.TEXT),
    TableColumn("since", "Since", ColumnType.DATE),
    TableColumn("size", "Persons", ColumnType.NUMBER),
    TableColumn("amount", "Amount", ColumnType.MONEY),
    TableColumn("school", "At school", ColumnType.YES_NO),
)
TABLE = ReportTable(
    format="xx-list",
    programme="xx-harbour",
    title="List of the year",
    period=Period(date(2024, 1, 1), date(2024, 12, 31)),
    currency="XTS",
    columns=COLUMNS,
    rows=(("XX-1", date(2024, 2, 29), 3, Decimal("1234.50"), True), (None, None, None, None, None)),
    notes=("Open question: who pays?",),
    sources=("Harbour Decree",),
    labels=ReportLabels("si", "no", "Raport", "Notas", "Program", "Tempo", "Fontes"),
)
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://example.org";"x")')
WRITERS = pytest.mark.parametrize("write", [write_csv, write_json, write_xlsx])


def read_csv(content: bytes, delimiter: str = ";") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_csv_is_what_spreadsheets_open_without_asking() -> None:
    assert write_csv(TABLE) == (
        b"\xef\xbb\xbfCase;Since;Persons;Amount;At school\r\n"
        b"XX-1;2024-02-29;3;1234.50;si\r\n"
        b";;;;\r\n"
        b"\r\n"
        b"# Open question: who pays?\r\n"
    )


def test_csv_takes_the_delimiter_of_the_format() -> None:
    table = replace(TABLE, rows=(("a, b", None, -3, Decimal("-0.5"), False),), notes=())

    assert read_csv(write_csv(table, ","), ",")[1] == ["a, b", "", "-3", "-0.50", "no"]


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_text_never_starts_a_formula(text: str) -> None:
    columns = (replace(COLUMNS[0], title=text), *COLUMNS[1:])
    table = replace(TABLE, columns=columns, rows=((text, None, None, None, None),))

    header, row, *_ = read_csv(write_csv(table))

    assert header[0] == row[0] == f"'{text}"


def test_json_has_the_documented_shape() -> None:
    assert json.loads(write_json(TABLE)) == {
        "format": "xx-list",
        "programme": "xx-harbour",
        "title": "List of the year",
        "period": {"from": "2024-01-01", "to": "2024-12-31"},
        "columns": [
            {"id": "ref", "title": "Case", "type": "text"},
            {"id": "since", "title": "Since", "type": "date"},
            {"id": "size", "title": "Persons", "type": "number"},
            {"id": "amount", "title": "Amount", "type": "money"},
            {"id": "school", "title": "At school", "type": "yes_no"},
        ],
        "rows": [
            {"ref": "XX-1", "since": "2024-02-29", "size": 3, "amount": "1234.50 XTS", "school": True},
            {"ref": None, "since": None, "size": None, "amount": None, "school": None},
        ],
        "notes": ["Open question: who pays?"],
        "sources": ["Harbour Decree"],
    }


def test_xlsx_cells_have_the_types_of_their_values() -> None:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(write_xlsx(TABLE))).get_sheet_by_name("Raport")

    header, row = sheet.to_python()[:2]
    assert header == ["Case", "Since", "Persons", "Amount", "At school"]
    assert row == ["XX-1", date(2024, 2, 29), 3, 1234.5, True]
    assert [type(cell) for cell in row] == [str, date, float, float, bool]


def test_xlsx_tells_on_a_second_sheet_what_a_reader_must_know() -> None:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(write_xlsx(TABLE))).get_sheet_by_name("Notas")

    assert sheet.to_python() == [
        ["Raport", "List of the year"],
        ["Program", "xx-harbour"],
        ["Tempo", "2024-01-01 – 2024-12-31"],
        ["Notas", "Open question: who pays?"],
        ["Fontes", "Harbour Decree"],
    ]


def test_xlsx_text_stays_text() -> None:
    table = replace(TABLE, rows=tuple((text, None, None, None, None) for text in (*HOSTILE, "http://example.org")))
    content = write_xlsx(table)

    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert "=1+1" in sheet


def test_xlsx_takes_any_word_for_the_name_of_a_sheet() -> None:
    labels = replace(TABLE.labels, report="Raport: [di] ano / 'kun' un nom mult plu long ke permisat", notes="N?")

    names = CalamineWorkbook.from_filelike(io.BytesIO(write_xlsx(replace(TABLE, labels=labels)))).sheet_names

    assert names == ["Raport   di  ano    kun  un nom", "N"]


def test_a_report_too_long_for_xlsx_is_refused_and_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "XLSX_ROWS", 3)
    write_xlsx(TABLE)

    with pytest.raises(InputError, match="more than 2 rows"):
        write_xlsx(replace(TABLE, rows=[*TABLE.rows, *TABLE.rows]))


@WRITERS
def test_the_same_table_gives_the_same_bytes_at_any_time_on_any_machine(
    write: Callable[[ReportTable], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write(TABLE)
    later = time.time() + 100_000
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(later))
    before = os.umask(0o002)

    again = write(TABLE)

    os.umask(before)
    assert again == first


@WRITERS
def test_a_table_without_rows_is_a_file_with_a_header(write: Callable[[ReportTable], bytes]) -> None:
    content = write(replace(TABLE, rows=()))

    texts: Any = (
        content if write is not write_xlsx else zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    )
    assert b"At school" in texts
