"""A sheet as text: any usual delimiter, UTF-8 with or without its mark, else Windows-1252."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from kummi.errors import Fault, InputError

DELIMITERS = (";", ",", "\t", "|")
_BLOCK = 1 << 20
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class TextFile:
    """The rows of a CSV file. Raises InputError where it cannot be read as text or has no row."""

    broken: Mapping[int, tuple[int, str]] = {}

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
                where = f"{self._path}, line {reader.line_num + self._skipped}"
                raise InputError(Fault(where, f"the quotation marks do not fit together ({error})")) from error

    def _look(self, count_known: Callable[[Sequence[str]], int]) -> tuple[int, str]:
        """Choose the delimiter under which most cells of the first row name a column, then the most cells."""
        with self._path.open(encoding=self._encoding, newline="") as file:
            first = file.readline(_BLOCK)
            if first.startswith("sep=") and len(first.strip()) == 5:  # a hint that Excel writes and understands
                return 1, first.strip()[-1]
        if not first.strip():
            raise InputError(Fault(str(self._path), "has no first row; expected the names of the columns there"))

        def fitting(delimiter: str) -> tuple[int, int]:
            cells = next(csv.reader([first], delimiter=delimiter), [])
            return count_known(cells), len(cells)

        return 0, max(DELIMITERS, key=fitting)


def _encoding_of(path: Path) -> str:
    """Read the whole file once, a block at a time, to know what its bytes mean. Raises InputError."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf_8, blocks = True, 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if not blocks and block.startswith(_UTF_16):
                raise InputError(Fault(str(path), "is written in UTF-16; save it as CSV in UTF-8"))
            if b"\0" in block:
                raise InputError(Fault(str(path), "holds NUL bytes, so it is not a text; expected a CSV or XLSX file"))
            blocks += 1
            if is_utf_8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf_8 = False
            if not is_utf_8 and block.translate(None, _NOT_IN_WINDOWS_1252) != block:
                raise InputError(Fault(str(path), "is written neither in UTF-8 nor in Windows-1252; save it in UTF-8"))
    if not blocks:
        raise InputError(Fault(str(path), "is empty; expected a CSV or XLSX file"))
    return "utf-8-sig" if is_utf_8 and not decoder.getstate()[0] else "cp1252"


_NOT_IN_WINDOWS_1252 = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
