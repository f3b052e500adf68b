"""Open a file that somebody sent: look at what it is before believing what it is called."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from kummi.errors import Fault, InputError, why_not_opened
from kummi.importing.text_file import TextFile
from kummi.importing.workbook import Workbook
from kummi.message import Message

LARGEST = 200_000_000
"""Bytes of a file; a larger one is a mistake."""

_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class SheetSource(Protocol):
    """The rows of a sheet, as often as they are asked for.

    ``broken`` names cells that must not be used: by row, the number of the column (from 0) and what is wrong with it.
    ``delimiter`` is that of a text file, or what suits one.
    """

    delimiter: str

    @property
    def broken(self) -> Mapping[int, tuple[int, Message]]:
        """Return the first cell of each row that must not be used."""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row that is not empty, with its number (from 1) and its cells as text without spaces around."""


def open_source(path: Path, sheet: str | None, count_known: Callable[[Sequence[str]], int]) -> SheetSource:
    """Open a CSV or XLSX file.

    Args:
        path: The file.
        sheet: The name of a sheet of a workbook; the first one when left out.
        count_known: Counts the cells of a row that name a column, by which a delimiter is chosen.

    Raises:
        InputError: It is not a file of these kinds, not whole, too large, or holds what a sheet of people never needs.
    """
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise InputError(Fault(str(path), Message("is a folder; expected a CSV or XLSX file")))
        if not stat.S_ISREG(about.st_mode):
            raise InputError(Fault(str(path), Message("is not a plain file; expected a CSV or XLSX file")))
        if about.st_size > LARGEST:
            raise InputError(
                Fault(
                    str(path),
                    Message(
                        "has {size} bytes, more than {largest}; send it in smaller parts",
                        size=f"{about.st_size:,}",
                        largest=f"{LARGEST:,}",
                    ),
                )
            )
        with path.open("rb") as file:
            start = file.read(8)
        return _opened(path, start, sheet, count_known)
    except OSError as error:
        raise InputError(Fault(str(path), Message("cannot be read: {why}", why=why_not_opened(error)))) from error


def _opened(path: Path, start: bytes, sheet: str | None, count_known: Callable[[Sequence[str]], int]) -> SheetSource:
    if start.startswith(_OLD_OFFICE):
        raise InputError(
            Fault(str(path), Message("is an old or a protected Excel file; save it as .xlsx without a password"))
        )
    if start.startswith(_ZIP):
        return Workbook(path, sheet)
    if path.suffix.casefold() in (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"):
        raise InputError(Fault(str(path), Message("is not a whole XLSX file; save it again, or send it as CSV")))
    if sheet:
        raise InputError(Fault("--sheet", Message("only a workbook has sheets, and this file is plain text")))
    return TextFile(path, count_known)
