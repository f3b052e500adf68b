"""Sheets as municipalities send them, good and hostile."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

HEADER = ("household", "pathway", "municipality", "permit granted", "role", "born", "gender", "name", "identity")
GOOD: list[list[str]] = [
    ["A", "resettled", "North Quay", "2024-01-10", "adult", "1988-04-02", "female", "Zelda Pine", "7104-55"],
    ["A", "", "", "", "child", "2017-09-30", "male", "Yorick Pine", ""],
    ["B", "asylum", "South Quay", "10.01.2024", "adult", "5.6.1990", "male", "Xavier Oak", ""],
]


def csv_of(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER, delimiter: str = ";") -> str:
    return "".join(delimiter.join(cells) + "\n" for cells in (header, *rows))


@pytest.fixture
def good() -> list[list[str]]:
    """The rows of two invented households."""
    return [list(cells) for cells in GOOD]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a sheet: rows below the usual header, or the text or bytes of a whole file."""

    def write_(content: Sequence[Sequence[str]] | str | bytes, name: str = "sheet.csv") -> Path:
        if not isinstance(content, str | bytes):
            content = csv_of(content)
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a workbook; a cell may be a value, or a function that is given its place."""

    def write_(rows: Sequence[Sequence[Any]], name: str = "sheet.xlsx", header: Sequence[str] = HEADER) -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(str(path)) as book:
            sheet, day = book.add_worksheet("people"), book.add_format({"num_format": "dd.mm.yyyy"})
            for row, cells in enumerate((header, *rows)):
                for column, cell in enumerate(cells):
                    if callable(cell):
                        cell(sheet, row, column)
                    elif hasattr(cell, "isoformat"):
                        sheet.write_datetime(row, column, cell, day)
                    else:
                        sheet.write(row, column, cell)
        return path

    return write_


@pytest.fixture
def spoiled(workbook: Callable[..., Path]) -> Callable[..., Path]:
    """Return a function that writes a good workbook with some of its parts put in the place of its own."""

    def write_(parts: Mapping[str, bytes | None], name: str = "spoiled.xlsx") -> Path:
        good = workbook(GOOD)
        path = good.with_name(name)
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for each in source.namelist():
                if each not in parts:
                    target.writestr(each, source.read(each))
            for each, content in parts.items():
                if content is not None:
                    target.writestr(each, content)
        return path

    return write_
