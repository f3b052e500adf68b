"""A sheet of an XLSX workbook, looked through before anything in it is trusted.

Every XML part is read once beforehand: none may declare a document type (which is how entity bombs begin), unpack to
more than it says, or hold macros. In the sheet itself, cells with formulas are noted: what a formula last came to may
be anything.
"""

from __future__ import annotations

import posixpath
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from kummi.errors import Fault, InputError, NotFoundError

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

LARGEST_UNPACKED = 2_000_000_000
"""Bytes of all parts of a workbook together."""
LARGEST_AREA = 40_000_000
"""Cells between the first and the last that is used."""
MOST_PARTS = 2000

_BLOCK = 1 << 18
_MACROS = ("vbaproject", "macrosheets/", ".xlsb", "workbook.bin")
FORMULA = "holds a formula; send its value"
ERROR = "holds an error of the spreadsheet"


class Workbook:
    """The rows of one sheet of a workbook. Raises InputError where it is not whole, or holds what it should not."""

    delimiter = ";"

    def __init__(self, path: Path, sheet: str | None) -> None:
        from python_calamine import CalamineError, CalamineWorkbook

        self._path = path
        parts = _Parts(path)
        part_of = parts.look_through()
        if sheet is not None and sheet not in part_of:
            raise NotFoundError("sheet", sheet, part_of)
        name = sheet if sheet is not None else next(iter(part_of))
        self.broken: Mapping[int, tuple[int, str]] = parts.look_at_cells(part_of[name])
        try:
            self._sheet: CalamineSheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name)
        except (CalamineError, OSError, ValueError) as error:
            raise InputError(Fault(str(path), f"is not a whole XLSX file ({type(error).__name__})")) from error
        start = self._sheet.start
        if start is None:
            raise InputError(Fault(str(path), f"the sheet '{name}' is empty"))
        self._left = start[1]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row that is not empty, with its number and its cells as text."""
        left = [""] * self._left
        for number, cells in enumerate(self._sheet.iter_rows(), start=1):
            texts = [cell.strip() if type(cell) is str else _text(cell) for cell in cells]
            if any(texts):
                yield number, left + texts


def _text(cell: object) -> str:
    """Return a cell as it would stand in a text file: dates as ISO, whole numbers without a point."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


class _Parts:
    """The parts of a workbook's archive."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def look_through(self) -> dict[str, str]:
        """Look at every part; return the part of each sheet that people see, by its name, in their order."""
        with self._archive() as archive:
            parts = archive.infolist()
            names = [part.filename for part in parts]
            if any(word in name.casefold() for name in names for word in _MACROS):
                raise self._fault("holds macros; save it as .xlsx, which cannot")
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise self._fault(f"unpacks to more than {LARGEST_UNPACKED:,} bytes; send it in smaller parts")
            for part in parts:
                if part.filename.endswith(".xml") and not part.filename.startswith("xl/worksheets/"):
                    self._parse(archive, part, None)
            if "xl/workbook.xml" not in names:
                raise self._fault("is not an XLSX workbook; save it as .xlsx, or send it as CSV")
            if len(set(names)) < len(names):
                raise self._fault("holds a part twice")
            return self._sheets(archive)

    def look_at_cells(self, part: str) -> dict[int, tuple[int, str]]:
        """Return the first cell of each row of a sheet that has a formula or an error."""
        cells = _Cells()
        with self._archive() as archive:
            self._parse(archive, self._info(archive, part), cells.meet)
        if cells.is_astray or cells.last_row * cells.last_column > LARGEST_AREA:
            raise self._fault(
                f"spreads over more than {LARGEST_AREA:,} cells, or has cells outside their rows; "
                "save it again without what stands far away from the rest"
            )
        return cells.broken

    def _sheets(self, archive: ZipFile) -> dict[str, str]:
        targets: dict[str, str] = {}
        sheets: dict[str, str] = {}

        def relation(name: str, given: list[str]) -> None:
            if _local(name) == "Relationship":
                attributes = _mapping(given)
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        def sheet(name: str, given: list[str]) -> None:
            attributes = _mapping(given)
            if _local(name) == "sheet" and attributes.get("state", "visible") == "visible":
                sheets[attributes.get("name", "")] = attributes.get("id", "")

        self._parse(archive, self._info(archive, "xl/_rels/workbook.xml.rels"), relation)
        self._parse(archive, self._info(archive, "xl/workbook.xml"), sheet)
        if not sheets:
            raise self._fault("has no sheet that can be seen")
        return {name: posixpath.normpath(posixpath.join("/xl", targets.get(by, "")))[1:] for name, by in sheets.items()}

    def _archive(self) -> ZipFile:
        try:
            return ZipFile(self._path)
        except (BadZipFile, ValueError) as error:
            raise self._fault("is not a whole XLSX file; it may have been cut off on its way") from error

    def _info(self, archive: ZipFile, part: str) -> ZipInfo:
        try:
            return archive.getinfo(part)
        except KeyError as error:
            raise self._fault(f"lacks its part {part}, so it is not a whole XLSX file") from error

    def _parse(self, archive: ZipFile, part: ZipInfo, meet: Callable[[str, list[str]], Any] | None) -> None:
        parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.StartElementHandler = meet
        parser.StartDoctypeDeclHandler = self._refuse_document_type
        try:
            for block in self._blocks(archive, part):
                parser.Parse(block, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise self._fault(f"its part {part.filename} is not whole ({error})") from error
        except (BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            raise self._fault(f"its part {part.filename} cannot be unpacked ({type(error).__name__})") from error

    def _blocks(self, archive: ZipFile, part: ZipInfo) -> Iterator[bytes]:
        """Unpack a part, and not more of it than it says."""
        said = part.file_size
        part.file_size = said + 1  # else whatever lies beyond would be left out in silence, here but not elsewhere
        try:
            unpacked = 0
            with archive.open(part) as file:
                while block := file.read(_BLOCK):
                    unpacked += len(block)
                    if unpacked > said:
                        raise self._fault(f"its part {part.filename} unpacks to more than it says")
                    yield block
        finally:
            part.file_size = said

    def _refuse_document_type(self, *_: object) -> None:
        raise self._fault("declares a document type, which no spreadsheet program writes; it is not opened")

    def _fault(self, message: str) -> InputError:
        return InputError(Fault(str(self._path), message))


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _mapping(given: list[str]) -> dict[str, str]:
    return {_local(name): value for name, value in zip(given[::2], given[1::2], strict=True)}


class _Cells:
    """Goes through the elements of a sheet as they are met: there are millions, so as little as can be is done."""

    def __init__(self) -> None:
        self.broken: dict[int, tuple[int, str]] = {}
        self.last_row = 0
        self.is_astray = False
        self._rightmost = "A"
        self._row = ""
        self._cell = ""

    @property
    def last_column(self) -> int:
        """The number of the last column that is used."""
        return _number_of(self._rightmost)

    def meet(self, name: str, given: list[str]) -> None:
        """Look at an element."""
        if ":" in name:
            name = _local(name)
        if name == "c":
            self._meet_cell(given)
        elif name == "f":
            self._note(FORMULA)
        elif name == "row":
            self._row = _mapping(given).get("r", "")
            self.is_astray = self.is_astray or not (self._row.isascii() and self._row.isdigit())
            if not self.is_astray:
                self.last_row = max(self.last_row, int(self._row))

    def _meet_cell(self, given: list[str]) -> None:
        if not given or given[0] != "r":  # what programs write first
            attributes = _mapping(given)
            given = ["r", attributes.pop("r", ""), *(part for pair in attributes.items() for part in pair)]
        self._cell = cell = given[1]
        if not cell.endswith(self._row):
            self.is_astray = True
        letters = cell[: -len(self._row)]
        if len(letters) >= len(self._rightmost) and (len(letters), letters) > (len(self._rightmost), self._rightmost):
            self._rightmost = letters
        if "e" in given and _mapping(given).get("t") == "e":
            self._note(ERROR)

    def _note(self, what: str) -> None:
        if not self.is_astray:
            self.broken.setdefault(int(self._row), (_number_of(self._cell[: -len(self._row)]) - 1, what))


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
