"""A sheet as text: any usual delimiter, UTF-8 with or without its mark, else Windows-1252."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from kummi.errors import Fault, InputError
from kummi.message import Message

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
