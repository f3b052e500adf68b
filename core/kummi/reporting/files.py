"""Report files: CSV, XLSX and JSON. The same table gives the same bytes, on any day and machine."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Any

from kummi.errors import InputError
from kummi.message import Message
from kummi.model.money import Money
from kummi.model.report import ColumnType, ReportLabels, ReportTable, ReportValue, Row, TableColumn
from kummi.model.spreadsheet import escape_formula, escape_formulas
from kummi.store.queries.reports import BATCH, ReportRows

XLSX_ROWS = 1_048_576
"""How many rows a sheet can hold, the header included."""

_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 (a workbook's creation date has no zone; fixed for equal bytes)
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")
_WIDTHS = {ColumnType.DATE: 12, ColumnType.NUMBER: 10, ColumnType.MONEY: 14, ColumnType.YES_NO: 8, ColumnType.TEXT: 24}


def write_csv(table: ReportTable, delimiter: str = ";") -> bytes:
    """Write a table as CSV: UTF-8 with a byte order mark, CRLF, ISO dates, a point before the decimals.

    Notes follow after an empty line, each behind ``#``. Text that a spreadsheet would run as a formula is shown
    behind an apostrophe.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([escape_formula(column.title) for column in table.columns])
    texts = [_text_of(column, table.labels) for column in table.columns]
    # A column at a time, since that costs half as much as asking each cell what it is.
    for columns in _batches(table.rows):
        shown = (text(cells) for text, cells in zip(texts, columns, strict=True))
        writer.writerows(zip(*shown, strict=True))
    if table.notes:
        writer.writerow([])
        writer.writerows([f"# {note}"] for note in table.notes)
    return out.getvalue().encode("utf-8-sig")


def _batches(rows: Iterable[Row]) -> Iterator[Iterable[Iterable[Any]]]:
    """Yield rows some thousand at a time, as the cells of each column."""
    if isinstance(rows, ReportRows):
        yield from rows.batches()
        return
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield zip(*batch, strict=True)


def _text_of(column: TableColumn, labels: ReportLabels) -> Callable[[Iterable[Any]], Iterable[object]]:
    """Return what puts the cells of a column into the form of a CSV file; what is not known stays so."""
    match column.type:
        case ColumnType.TEXT:
            return escape_formulas
        case ColumnType.YES_NO:
            return partial(map, {True: labels.yes, False: labels.no}.get)
        case ColumnType.MONEY:
            return partial(map, lambda cell: None if cell is None else f"{cell:.2f}")
        case ColumnType.DATE:
            return partial(map, _IsoDates().__getitem__)
        case ColumnType.NUMBER:
            return iter


class _IsoDates(dict[date | None, str | None]):
    """Days in ISO form, each written once: a report has many rows of few days."""

    def __missing__(self, day: date | None) -> str | None:
        text = self[day] = None if day is None else day.isoformat()
        return text


def write_json(table: ReportTable) -> bytes:
    """Write a table as JSON.

    The shape is ``{"format", "programme", "title", "period": {"from", "to"}, "columns": [{"id", "title", "type"}],
    "rows": [{column id: value}], "notes": [...], "sources": [...]}`` with ISO dates, amounts as ``"12.00 XTS"``,
    true and false, and null for what is not known. Each row stands on a line of its own.
    """
    head = {
        "format": table.format,
        "programme": table.programme,
        "title": table.title,
        "period": {"from": table.period.start.isoformat(), "to": table.period.end.isoformat()},
        "columns": [{"id": each.id, "title": each.title, "type": each.type.value} for each in table.columns],
    }
    tail = {"notes": list(table.notes), "sources": list(table.sources)}
    rows = ",\n".join(map(_dumps, _objects(table)))
    return f'{_dumps(head)[:-1]}, "rows": [\n{rows}\n], {_dumps(tail)[1:]}\n'.encode()


def _objects(table: ReportTable) -> Iterator[dict[str, str | int | bool | None]]:
    ids = [column.id for column in table.columns]
    for row in table.rows:
        yield dict(zip(ids, (_as_json(cell, table.currency) for cell in row), strict=True))


_dumps = partial(json.dumps, ensure_ascii=False)


def _as_json(cell: ReportValue, currency: str) -> str | int | bool | None:
    match cell:
        case date():
            return cell.isoformat()
        case Decimal():
            return str(Money(cell, currency))
        case _:
            return cell


def write_xlsx(table: ReportTable) -> bytes:
    """Write a table as an XLSX workbook: typed cells under a frozen header, and a second sheet with the notes.

    Raises InputError when the rows do not fit in a sheet.
    """
    from xlsxwriter import Workbook

    out = io.BytesIO()
    # Rows go to disk one by one, so that a large report needs no more memory than a small one.
    with Workbook(out, {"constant_memory": True}) as workbook:
        workbook.set_properties({"title": table.title, "created": _CREATED})
        header = workbook.add_format(
            {"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        _write_rows(workbook.add_worksheet(_sheet_name(table.labels.report)), table, _formats(workbook), header)
        _write_notes(workbook.add_worksheet(_sheet_name(table.labels.notes)), table, header)
    return _packed_alike(out)


def _packed_alike(workbook: io.BytesIO) -> bytes:
    """Pack the parts of a workbook again without the times and permissions of the files they were written to."""
    out = io.BytesIO()
    with zipfile.ZipFile(workbook) as given, zipfile.ZipFile(out, "w") as packed:
        for name in given.namelist():
            part = zipfile.ZipInfo(name)
            part.compress_type, part.create_system = zipfile.ZIP_DEFLATED, 0
            with given.open(name) as source, packed.open(part, "w") as target:
                shutil.copyfileobj(source, target)
    return out.getvalue()


def _formats(workbook: Any) -> dict[type, Any]:
    return {
        date: workbook.add_format({"num_format": "yyyy-mm-dd"}),
        Decimal: workbook.add_format({"num_format": "#,##0.00"}),
        int: workbook.add_format({"num_format": "0"}),
    }


def _write_rows(sheet: Any, table: ReportTable, formats: dict[type, Any], header: Any) -> None:
    sheet.freeze_panes(1, 0)
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, _width(column))
        sheet.write_string(0, index, column.title, header)
    for number, row in enumerate(table.rows, start=1):
        if number >= XLSX_ROWS:
            raise InputError(
                Message(
                    "the report has more than {most} rows, which is all that XLSX holds: take CSV",
                    most=XLSX_ROWS - 1,
                )
            )
        for index, cell in enumerate(row):
            _write_cell(sheet, number, index, cell, formats)


def _width(column: TableColumn) -> int:
    return max(_WIDTHS[column.type], min(len(column.title) + 2, 40))


def _write_cell(sheet: Any, row: int, column: int, cell: ReportValue, formats: dict[type, Any]) -> None:
    match cell:
        case None:
            return
        case bool():
            sheet.write_boolean(row, column, cell)
        case str():
            sheet.write_string(row, column, cell)
        case date():
            sheet.write_datetime(row, column, cell, formats[date])
        case Decimal():
            sheet.write_number(row, column, float(cell), formats[Decimal])
        case _:
            sheet.write_number(row, column, cell, formats[int])


def _write_notes(sheet: Any, table: ReportTable, header: Any) -> None:
    """Write what a reader must know beside the figures, a label and a text in each row."""
    labels = table.labels
    lines = [(labels.report, table.title), (labels.programme, table.programme), (labels.period, str(table.period))]
    lines += [(labels.notes, note) for note in table.notes]
    lines += [(labels.sources, source) for source in table.sources]
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 110)
    for number, (label, text) in enumerate(lines):
        sheet.write_string(number, 0, label, header)
        sheet.write_string(number, 1, text)


def _sheet_name(title: str) -> str:
    """Keep a title within what spreadsheets take for the name of a sheet."""
    return _NOT_IN_SHEET_NAMES.sub(" ", title)[:31].strip()
