"""The rows of one sheet of an XLSX workbook, read once and kept packed, so that many rows take little room.

A formula is not looked at, only noted: what it last came to may be anything.
"""

from __future__ import annotations

import marshal
import posixpath
import re
import zlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from kummi.errors import Fault, InputError, NotFoundError
from kummi.importing.archive_parts import LARGEST_SMALL_PART, Elements, Parts, local, open_parts
from kummi.message import Message

LARGEST_AREA = 40_000_000
"""Cells between the first and the last that is used."""
LONGEST_TEXT = 32_767
"""Characters in one cell: as many as spreadsheet programs take."""
LARGEST_TEXT = 48_000_000
"""Bytes of the text of all cells together, and of all texts that they share."""
MOST_ROWS = 350_000
"""Rows that are not empty."""

_LONGEST_ROW = 1_000_000
_MOST_TEXTS = 2_000_000
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_PACKED_TOGETHER = 1000
FORMULA = Message("holds a formula; send its value")
ERROR = Message("holds an error of the spreadsheet")


class Workbook:
    """The rows of one sheet of a workbook. Raises InputError where it is not whole, or holds what it should not."""

    delimiter = ";"

    def __init__(self, path: Path, sheet: str | None) -> None:
        with open_parts(path) as parts:
            contents = _Contents(parts)
            if sheet is not None and sheet not in contents.sheets:
                raise NotFoundError(Message("sheet"), sheet, contents.sheets)
            name = sheet if sheet is not None else next(iter(contents.sheets))
            texts, dates = _SharedTexts(parts.fault), _Dates(counts_from_1904=contents.counts_from_1904)
            if contents.texts:
                parts.read(contents.texts, texts)
            if contents.styles:
                parts.read(contents.styles, dates, LARGEST_SMALL_PART)
            cells = _Cells(parts.fault, texts, dates)
            parts.read(contents.sheets[name], cells)
        self.broken: Mapping[int, tuple[int, Message]] = cells.broken
        self._packed = cells.packed()
        if not self._packed:
            raise InputError(Fault(str(path), Message("the sheet '{name}' is empty", name=name)))

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row that is not empty, with its number and its cells as text."""
        for some in self._packed:
            yield from marshal.loads(zlib.decompress(some))  # noqa: S302  # packed above, by this very process


class _Contents(Elements):
    """What a workbook is made of: the part of each sheet that people see, in their order, and of what sheets share."""

    def __init__(self, parts: Parts) -> None:
        if "xl/workbook.xml" not in parts.names:
            raise parts.fault(Message("is not an XLSX workbook; save it as .xlsx, or send it as CSV"))
        self.sheets: dict[str, str] = {}
        self.texts = self.styles = ""
        self.counts_from_1904 = False
        self._targets: dict[str, str] = {}
        parts.read("xl/_rels/workbook.xml.rels", self, LARGEST_SMALL_PART)
        parts.read("xl/workbook.xml", self, LARGEST_SMALL_PART)
        if not self.sheets:
            raise parts.fault(Message("has no sheet that can be seen"))

    def start(self, name: str, given: Mapping[str, str]) -> None:
        """Meet a relationship or a sheet."""
        if name == "Relationship":
            target = posixpath.normpath(posixpath.join("/xl", given.get("Target", "")))[1:]
            self._targets[given.get("Id", "")] = target
            kind = given.get("Type", "").rpartition("/")[2]
            if kind == "sharedStrings":
                self.texts = target
            elif kind == "styles":
                self.styles = target
        elif name == "sheet" and given.get("state", "visible") == "visible":
            by = next((value for key, value in given.items() if local(key) == "id"), "")
            self.sheets[given.get("name", "")] = self._targets.get(by, "")
        elif name == "workbookPr":
            self.counts_from_1904 = given.get("date1904", "") in ("1", "true")


class _Text(Elements):
    """The text of a cell or of a shared text as its pieces come; how it is to be spoken is left out."""

    def __init__(self, fault: Callable[[Message], InputError]) -> None:
        self._fault = fault
        self._pieces: list[str] = []
        self._length = 0
        self._aside = 0
        self._is_taken = False

    def start(self, name: str, _given: Mapping[str, str]) -> None:
        """Meet the beginning of an element."""
        if name in ("t", "v"):
            self._is_taken = not self._aside
        elif name == "rPh":
            self._aside += 1

    def end(self, name: str) -> None:
        """Meet the end of an element."""
        if name in ("t", "v"):
            self._is_taken = False
        elif name == "rPh":
            self._aside -= 1

    def text(self, data: str) -> None:
        """Take a piece of the text."""
        if self._is_taken:
            self._length += len(data)
            if self._length > LONGEST_TEXT:
                raise self._fault(
                    Message("holds a text of more than {most} characters; it is not opened", most=f"{LONGEST_TEXT:,}")
                )
            self._pieces.append(data)

    def taken(self) -> str:
        """Return the text, and begin anew."""
        found = "".join(self._pieces)
        self._pieces.clear()
        self._length = 0
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), found) if "_x" in found else found


_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class _SharedTexts(_Text):
    """The texts that cells name by number, end to end in one piece of memory."""

    def __init__(self, fault: Callable[[Message], InputError]) -> None:
        super().__init__(fault)
        self._all, self._ends = bytearray(), array("Q", [0])

    def end(self, name: str) -> None:
        """Keep a text that is whole."""
        super().end(name)
        if name == "si":
            self._all += self.taken().encode("utf-8", "surrogatepass")
            self._ends.append(len(self._all))
            if len(self._all) > LARGEST_TEXT or len(self._ends) > _MOST_TEXTS:
                raise self._fault(
                    Message("holds more than {most} bytes of text; send it in smaller parts", most=f"{LARGEST_TEXT:,}")
                )

    def __getitem__(self, number: str) -> str:
        """Return a text by its number. Raises ValueError where there is none."""
        at = int(number)
        if not 0 <= at < len(self._ends) - 1:
            raise ValueError(Message("there is no such text"))
        return self._all[self._ends[at] : self._ends[at + 1]].decode("utf-8", "surrogatepass")


class _Dates(Elements):
    """Which styles of cells show a number as a date, and which date a number is."""

    def __init__(self, *, counts_from_1904: bool) -> None:
        self._from_1904 = counts_from_1904
        self._formats: dict[str, bool] = {}
        self._styles: list[bool] = []
        self._in_styles = False

    def start(self, name: str, given: Mapping[str, str]) -> None:
        """Meet a format or a style."""
        if name == "numFmt":
            self._formats[given.get("numFmtId", "")] = _shows_a_date(given.get("formatCode", ""))
        elif name == "cellXfs":
            self._in_styles = True
        elif name == "xf" and self._in_styles:
            number = given.get("numFmtId", "0")
            self._styles.append(self._formats.get(number, number in _DATE_FORMATS))

    def end(self, name: str) -> None:
        """Meet the end of the styles."""
        if name == "cellXfs":
            self._in_styles = False

    def is_date(self, style: str) -> bool:
        """Whether cells of a style show dates. Raises ValueError for a style that is no number."""
        at = int(style)
        return 0 <= at < len(self._styles) and self._styles[at]

    def text_of(self, days: float) -> str | None:
        """Return a number of days as an ISO date, with the time where there is one; None where it is no date."""
        if not 1 <= days < 2_958_466:  # until the end of the year 9999
            return None
        if self._from_1904:
            start = datetime(1904, 1, 1)  # noqa: DTZ001  # a sheet knows no time zone
        else:  # spreadsheets count a 29 February 1900, which there was not
            start = datetime(1899, 12, 30) if days >= 60 else datetime(1899, 12, 31)  # noqa: DTZ001
        try:
            moment = start + timedelta(seconds=round(days * 86_400))
        except OverflowError:
            return None
        return moment.isoformat(sep=" ") if days % 1 else moment.date().isoformat()


_DATE_FORMATS = frozenset(str(number) for number in (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
"""The formats of dates that have a number and no code."""
_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


def _shows_a_date(code: str) -> bool:
    """Whether a format of numbers shows a date or a time.

    >>> [_shows_a_date(code) for code in ("dd.mm.yyyy", 'yyyy"year"', "0.00", '#,##0 "days"', "[Red]0", "General")]
    [True, True, False, False, False, False]
    """
    return re.search("[dmyhs]", _NOT_CODE.sub("", code.partition(";")[0]), re.IGNORECASE) is not None


class _Cells(_Text):
    """Goes through the elements of a sheet as they are met: there are millions, so as little as can be is done."""

    def __init__(self, fault: Callable[[Message], InputError], texts: _SharedTexts, dates: _Dates) -> None:
        super().__init__(fault)
        self.broken: dict[int, tuple[int, Message]] = {}
        self._texts, self._dates = texts, dates
        self._columns: dict[str, int] = {}
        self._row, self._number = "", 0
        self._column, self._last_column = 0, 0
        self._given: Mapping[str, str] = {}
        self._cells: list[str] = []
        self._rows = _PackedRows(fault)
        self.packed = self._rows.packed

    def start(self, name: str, given: Mapping[str, str]) -> None:
        """Meet the beginning of a row, of a cell or of something in one."""
        if name == "c":
            self._given = given
            self._column = self._column_of(given.get("r", ""))
            if given.get("t") == "e":
                self._note(ERROR)
        elif name == "row":
            self._begin_row(given.get("r", ""))
        elif name == "f":
            self._note(FORMULA)
        else:
            super().start(name, given)

    def end(self, name: str) -> None:
        """Meet the end of a row, of a cell or of something in one."""
        if name == "c":
            value = self._value(self.taken())
            if value:
                self._put(value)
        elif name == "row":
            if self._cells:
                self._rows.keep(self._number, self._cells)
                self._cells = []
        else:
            super().end(name)

    def _begin_row(self, row: str) -> None:
        if not (row.isascii() and row.isdigit() and len(row) < 8 and self._number < int(row) <= _LAST_ROW):
            raise self._fault(_ASTRAY)
        self._row, self._number = row, int(row)

    def _column_of(self, cell: str) -> int:
        letters = cell[: -len(self._row)] if self._row and cell.endswith(self._row) else ""
        known = self._columns.get(letters)
        if known is None:
            known = self._columns[letters] = _number_of(letters)
        if not 1 <= known <= _LAST_COLUMN:
            raise self._fault(_ASTRAY)
        return known

    def _value(self, text: str) -> str:
        kind = self._given.get("t", "n")
        try:
            if kind == "s":
                return self._texts[text].strip() if text else ""
            if kind == "b":
                return {"1": "true", "0": "false"}.get(text, text)
            if kind == "n" and text:
                return self._number_text(float(text))
        except ValueError:
            message = Message("its cell {name} cannot be read; save it again", name=self._given.get("r", "")[:10])
            raise self._fault(message) from None
        return text.strip()

    def _number_text(self, number: float) -> str:
        """Return a number as it would stand in a text file: dates as ISO, whole numbers without a point."""
        style = self._given.get("s")
        if style and self._dates.is_date(style):
            day = self._dates.text_of(number)
            if day:
                return day
        return str(int(number)) if number.is_integer() else str(number)

    def _put(self, value: str) -> None:
        self._last_column = max(self._last_column, self._column)
        if self._number * self._last_column > LARGEST_AREA:
            raise self._fault(_ASTRAY)
        missing = self._column - len(self._cells)
        if missing > 0:
            self._cells += [""] * missing
        self._cells[self._column - 1] = value

    def _note(self, what: Message) -> None:
        self.broken.setdefault(self._number, (self._column - 1, what))
        if len(self.broken) > MOST_ROWS:
            raise self._fault(_TOO_MANY_ROWS)


_ASTRAY = Message(
    "spreads over more than {most} cells, or has cells outside their rows; "
    "save it again without what stands far away from the rest",
    most=f"{LARGEST_AREA:,}",
)
_TOO_MANY_ROWS = Message("has more than {most} rows; send it in smaller parts", most=f"{MOST_ROWS:,}")


def _number_of(letters: str) -> int:
    """Return the number of a column; 0 where the letters are not those of one.

    >>> _number_of("A"), _number_of("AB"), _number_of("Ä"), _number_of("")
    (1, 28, 0, 0)
    """
    number = 0
    if len(letters) > 3 or not (letters.isascii() and letters.isalpha() and letters.isupper()):
        return 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class _PackedRows:
    """Rows as they are kept: some at a time, packed."""

    def __init__(self, fault: Callable[[Message], InputError]) -> None:
        self._fault = fault
        self._packed: list[bytes] = []
        self._waiting: list[tuple[int, Sequence[str]]] = []
        self._bytes = self._bytes_waiting = self._count = 0

    def keep(self, number: int, cells: Sequence[str]) -> None:
        """Keep a row. Raises InputError where it is too long, or all of them are too much."""
        size = sum(len(cell) if cell.isascii() else len(cell.encode("utf-8", "surrogatepass")) for cell in cells)
        self._bytes += size
        self._bytes_waiting += size
        self._count += 1
        if size > _LONGEST_ROW or self._bytes > LARGEST_TEXT:
            message = Message(
                "holds more than {most} bytes of text, or very much in row {number}",
                most=f"{LARGEST_TEXT:,}",
                number=number,
            )
            raise self._fault(message)
        if self._count > MOST_ROWS:
            raise self._fault(_TOO_MANY_ROWS)
        self._waiting.append((number, cells))
        if len(self._waiting) >= _PACKED_TOGETHER or self._bytes_waiting > _LONGEST_ROW:
            self._pack()

    def packed(self) -> list[bytes]:
        """Return all rows, packed."""
        if self._waiting:
            self._pack()
        return self._packed

    def _pack(self) -> None:
        self._packed.append(zlib.compress(marshal.dumps(self._waiting), 1))
        self._waiting = []
        self._bytes_waiting = 0
