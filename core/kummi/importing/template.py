"""The empty sheet that a municipality fills in: headers in its language, one invented example, as CSV or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kummi.errors import Fault, InputError
from kummi.i18n.translator import translator_of
from kummi.importing.columns import SheetColumn, columns_of, headers_of
from kummi.message import Message
from kummi.model.facts import FactType
from kummi.store.output_file import output_file

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from kummi.model.programme import ProgrammeEntry

ROWS = 1000
"""Rows of a workbook that are prepared with drop-downs and date cells."""

_EXAMPLE_DAY = date(2024, 3, 1)
_EXAMPLE_BIRTH = date(1990, 5, 17)


def write_template(entry: ProgrammeEntry, path: Path, language: str, *, force: bool = False) -> None:
    """Write the sheet of a programme in a language of its country, or in English.

    Raises InputError for another kind of file, or one that is there already and shall not be written over (``force``).
    """
    kinds = {".csv": _write_csv, ".xlsx": _write_xlsx}
    write = kinds.get(path.suffix.casefold())
    if write is None:
        raise InputError(Fault(str(path), Message("expected a name that ends in .csv or .xlsx")))
    columns = columns_of(entry)
    headers = headers_of(columns, language)
    example = [_example(each, entry, language) for each in columns]
    with output_file(path, personal=False, force=force) as file:
        write(file, headers, columns, example, language, entry)


def _example(column: SheetColumn, entry: ProgrammeEntry, language: str) -> Any:
    """Return what the example says; the import leaves out a row whose household is called so."""
    if column.name == "household":
        return translator_of(entry, language).gettext("EXAMPLE")
    if column.name == "languages":
        return "ar en"
    if column.name == "name":
        return "Example Person"
    if column.type is FactType.DATE:
        return _EXAMPLE_BIRTH if column.name == "born" else _EXAMPLE_DAY
    allowed = _choices(column, entry, language)
    return allowed[0] if allowed else 1 if column.type is FactType.NUMBER else ""


def _choices(column: SheetColumn, entry: ProgrammeEntry, language: str) -> list[str]:
    if column.type is FactType.PLACE:
        return [place.name.in_language(language) for place in entry.country.municipalities]
    return [title.in_language(language) for title in column.choices.values()]


def _write_csv(
    file: IO[bytes],
    headers: Sequence[str],
    _: Sequence[SheetColumn],
    example: Sequence[Any],
    __: str,
    ___: ProgrammeEntry,
) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    csv.writer(text, delimiter=";").writerows([headers, example])
    text.detach()


def _write_xlsx(
    file: IO[bytes],
    headers: Sequence[str],
    columns: Sequence[SheetColumn],
    example: Sequence[Any],
    language: str,
    entry: ProgrammeEntry,
) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, lists = book.add_worksheet(entry.id[:31]), book.add_worksheet("lists")
        lists.hide()
        head, italic = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"italic": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        for at, (header, column) in enumerate(zip(headers, columns, strict=True)):
            sheet.set_column(at, at, 18, day if column.type is FactType.DATE else book.add_format({"num_format": "@"}))
            sheet.write_string(0, at, header, head)
            if isinstance(example[at], date):
                sheet.write_datetime(1, at, example[at], day)
            else:
                sheet.write(1, at, example[at], italic)
            _help(sheet, lists, at, column, _choices(column, entry, language), entry)


def _help(
    sheet: Worksheet, lists: Worksheet, at: int, column: SheetColumn, choices: Sequence[str], entry: ProgrammeEntry
) -> None:
    """Give the cells of a column their drop-down, or let them take dates only."""
    if column.type is FactType.DATE:
        rule = {"validate": "date", "criteria": ">=", "value": date(1900, 1, 1)}
        sheet.data_validation(1, at, ROWS, at, rule)
    elif choices:
        for row, words in enumerate(choices):
            lists.write_string(row, at, words)
        open_list = column.type is FactType.PLACE and not entry.country.municipalities_complete
        letters = _letters(at)
        source = f"=lists!${letters}$1:${letters}${len(choices)}"
        sheet.data_validation(1, at, ROWS, at, {"validate": "list", "source": source, "show_error": not open_list})


def _letters(at: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(at))
