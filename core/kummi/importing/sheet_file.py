"""Open a sheet that somebody sent, by what it is and not by its name, and read one that is text.

Text has any usual delimiter, and is UTF-8 with or without its mark, else Windows-1252.
"""

from __future__ import annotations

import codecs
import csv
import re
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from kummi.errors import Fault, InputError, why_not_opened
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


DELIMITERS = (";", ",", "\t", "|")
_BLOCK = 1 << 20
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class TextFile:
    """The rows of a CSV file. Raises InputError where it cannot be read as text or has no row."""

    broken: Mapping[int, tuple[int, Message]] = {}

    def __init__(self, path: Path, count_known: Callable[[Sequence[str]], int]) -> None:
        self._path = path
        self._encoding = _encoding_of(path)
        self._skipped, self.delimiter = self._look(count_known)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row that is not empty, with its number and its cells."""
        with self._path.open(encoding=self._encoding, newline="") as file:
            if self._skipped:
                file.readline()
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            try:
                for number, cells in enumerate(reader, start=1 + self._skipped):
                    if any(cells):
                        yield number, list(map(str.strip, cells))
            except csv.Error as error:
                where = Message("{path}, line {number}", path=self._path, number=reader.line_num + self._skipped)
                raise InputError(
                    Fault(where, Message("the quotation marks do not fit together ({error})", error=error))
                ) from error

    def _look(self, count_known: Callable[[Sequence[str]], int]) -> tuple[int, str]:
        """Choose the delimiter under which most cells of the first row name a column, then the most cells."""
        with self._path.open(encoding=self._encoding, newline="") as file:
            first = file.readline(_BLOCK)
            if first.startswith("sep=") and len(first.strip()) == 5:  # a hint that Excel writes and understands
                return 1, first.strip()[-1]
        if not first.strip():
            raise InputError(
                Fault(str(self._path), Message("has no first row; expected the names of the columns there"))
            )

        def fitting(delimiter: str) -> tuple[int, int]:
            cells = next(csv.reader([first], delimiter=delimiter), [])
            return count_known(cells), len(cells)

        return 0, max(DELIMITERS, key=fitting)


def _encoding_of(path: Path) -> str:
    """Read the whole file once, a block at a time, to know what its bytes mean. Raises InputError.

    Text in Windows-1252 forms next to no characters of UTF-8, and hardly ever an accented letter. Text that does, and
    has a byte that is none, was cut or mended on its way: taken as Windows-1252 it would turn every name into other
    letters.
    """
    count = _Characters()
    is_empty = True
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if is_empty and block.startswith(_UTF_16):
                raise InputError(Fault(str(path), Message("is written in UTF-16; save it as CSV in UTF-8")))
            if b"\0" in block:
                raise InputError(
                    Fault(str(path), Message("holds NUL bytes, so it is not a text; expected a CSV or XLSX file"))
                )
            is_empty = False
            count.meet(block)
            if count.bad and block.translate(None, _NOT_IN_WINDOWS_1252) != block:
                count.is_windows = False
    if is_empty:
        raise InputError(Fault(str(path), Message("is empty; expected a CSV or XLSX file")))
    count.finish()
    if not count.bad:
        return "utf-8-sig"
    if count.is_cut_utf_8:
        raise InputError(
            Fault(
                Message("{path}, line {bad_line}", path=path, bad_line=count.bad_line),
                Message(
                    "byte {bad_byte} of the file is not UTF-8, as the rest is: the file was cut short or "
                    "changed on its way; expected UTF-8 throughout; ask for it again, or save it again as "
                    "CSV in UTF-8",
                    bad_byte=count.bad_byte,
                ),
            )
        )
    if not count.is_windows:
        raise InputError(Fault(str(path), Message("is written neither in UTF-8 nor in Windows-1252; save it in UTF-8")))
    return "cp1252"


_NOT_IN_WINDOWS_1252 = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
_NOT_UTF_8 = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_LATIN_LETTER = re.compile("[\xc0-\xff]")


class _Characters:
    """Counts the characters beyond ASCII that bytes form in UTF-8, and the bytes that form none."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.good = self.bad = 0
        self.has_letters = False
        self.bad_line = self.bad_byte = 0
        self.is_windows = True
        self._has_mark = self._ends_cut = False
        self._lines, self._bytes = 1, 0

    def meet(self, block: bytes) -> None:
        """Count the characters of a block."""
        if not self._bytes:
            self._has_mark = block.startswith(codecs.BOM_UTF8)
        self._count(self._decoder.decode(block))

    def finish(self) -> None:
        """Count what is left where the last character is not whole."""
        before = self.bad
        self._count(self._decoder.decode(b"", final=True))
        self._ends_cut = self.bad > before

    @property
    def is_cut_utf_8(self) -> bool:
        """Whether a file that is not UTF-8 throughout was meant to be."""
        is_all_but_its_end = self._ends_cut and self.bad_byte > self._bytes - 3
        return self._has_mark or self.has_letters or self.good >= self.bad or is_all_but_its_end

    def _count(self, text: str) -> None:
        first = _NOT_UTF_8.search(text)
        if first:
            before = text[: first.start()]
            if not self.bad:
                self.bad_line = self._lines + before.count("\n")
                self.bad_byte = self._bytes + len(before.encode("utf-8", "surrogateescape")) + 1
            self.bad += len(_NOT_UTF_8.findall(text))
        if not text.isascii():
            self.good += len(_BEYOND_ASCII.findall(text)) - len(_NOT_UTF_8.findall(text))
            self.has_letters = self.has_letters or bool(_LATIN_LETTER.search(text))
        self._lines += text.count("\n")
        self._bytes += len(text.encode("utf-8", "surrogateescape"))
