"""The parts of an XLSX file, which is a zip archive of XML, read within bounds.

A small file can unpack to any size, and XML that is short can ask for much memory: by entities, by one endless tag, by
elements in elements, by names. Here each has a bound, so that whoever reads the parts has to bound only what is kept.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from kummi.errors import Fault, InputError
from kummi.message import Message

LARGEST_UNPACKED = 500_000_000
"""Bytes of all parts of a workbook together."""
LARGEST_RATIO = 200
"""How many times larger than packed a part may be; what spreadsheet programs write is 10 to 30 times larger."""
LARGEST_SMALL_PART = 10_000_000
"""Bytes of a part that says how the workbook is made."""
MOST_PARTS = 2000

_BLOCK = 1 << 18
_LARGEST_READ = 1 << 20
_RATIO_IS_ASKED_FROM = 1_000_000
_LONGEST_TAG = 1 << 20
_MOST_NAMES = 10_000
_DEEPEST = 100
_MACROS = ("vbaproject", "macrosheets/", ".xlsb", "workbook.bin")


class Elements:
    """What is done with the elements of a part, whose names come without a prefix: nothing, where nothing is said."""

    def start(self, name: str, given: Mapping[str, str]) -> None:
        """Meet the beginning of an element, with its attributes."""

    def end(self, name: str) -> None:
        """Meet the end of an element."""

    def text(self, data: str) -> None:
        """Meet some of the text in an element."""


class _SmallReads(io.FileIO):
    """A file of which nobody takes much at a time: an archive may say that the list of its parts has any length."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > _LARGEST_READ:
            raise BadZipFile("the list of parts is too long")
        return super().read(size)


class Parts:
    """The parts of a workbook's archive, by their names. Raises InputError where they cannot be those of a sheet."""

    def __init__(self, path: Path, archive: ZipFile) -> None:
        self._path, self._archive = path, archive
        names = archive.namelist()
        self.names = frozenset(names)
        if any(word in name.casefold() for name in names for word in _MACROS):
            raise self.fault(Message("holds macros; save it as .xlsx, which cannot"))
        unpacked = sum(part.file_size for part in archive.infolist())
        if len(names) > MOST_PARTS:
            raise self.fault(
                Message("holds more than {most} parts; save it anew, with the sheet alone", most=f"{MOST_PARTS:,}")
            )
        if unpacked > LARGEST_UNPACKED:
            raise self.fault(
                Message("unpacks to more than {most} bytes; send it in smaller parts", most=f"{LARGEST_UNPACKED:,}")
            )
        if len(self.names) < len(names):
            raise self.fault(Message("holds a part twice"))

    def fault(self, message: Message) -> InputError:
        """Return what is wrong with the file as an error."""
        return InputError(Fault(str(self._path), message))

    def read(self, name: str, elements: Elements, largest: int = LARGEST_UNPACKED) -> None:
        """Go through the elements of a part. Raises InputError where it is not whole or breaks a bound."""
        part = self._part(name, largest)
        parser = self._parser(elements)
        fed = 0
        try:
            for block in self._blocks(part):
                parser.Parse(block, False)
                fed += len(block)
                if fed - parser.CurrentByteIndex > _LONGEST_TAG or len(parser.intern) > _MOST_NAMES:
                    raise self.fault(
                        Message(
                            "its part {name} is not what a spreadsheet program writes: it has endless tags", name=name
                        )
                    )
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            where = Message("line {number}", number=error.lineno) if error.lineno else Message("its end")
            message = Message("its part {name} is not whole, at {where}; save it again", name=name, where=where)
            raise self.fault(message) from error
        except (LookupError, ValueError) as error:
            message = Message("its part {name} is in an encoding that is not read; save it again", name=name)
            raise self.fault(message) from error
        except (BadZipFile, zlib.error, EOFError, OSError, RuntimeError, struct.error) as error:
            message = Message("its part {name} cannot be unpacked, so it is not a whole XLSX file", name=name)
            raise self.fault(message) from error

    def _part(self, name: str, largest: int) -> ZipInfo:
        if name not in self.names:
            raise self.fault(Message("lacks its part {name}, so it is not a whole XLSX file", name=name))
        part = self._archive.getinfo(name)
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or part.flag_bits & 1:
            raise self.fault(
                Message(
                    "its part {name} is packed in a way that no spreadsheet program uses, or by a password", name=name
                )
            )
        is_bomb = part.file_size > max(_RATIO_IS_ASKED_FROM, LARGEST_RATIO * part.compress_size)
        if is_bomb or part.file_size > largest:
            raise self.fault(
                Message(
                    "its part {name} unpacks to {size} bytes, which is too much; it is not opened",
                    name=name,
                    size=f"{part.file_size:,}",
                )
            )
        return part

    def _parser(self, elements: Elements) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        start, end, depth = elements.start, elements.end, 0

        def started(name: str, given: Mapping[str, str]) -> None:
            nonlocal depth
            depth += 1
            if depth > _DEEPEST:
                raise self.fault(
                    Message("has elements more than {most} deep in each other; it is not opened", most=_DEEPEST)
                )
            start(local(name) if ":" in name else name, given)

        def ended(name: str) -> None:
            nonlocal depth
            depth -= 1
            end(local(name) if ":" in name else name)

        parser.buffer_text = True
        parser.StartElementHandler = started
        parser.EndElementHandler = ended
        parser.CharacterDataHandler = elements.text
        parser.StartDoctypeDeclHandler = self._refuse_document_type
        return parser

    def _blocks(self, part: ZipInfo) -> Iterator[bytes]:
        """Unpack a part, and not more of it than it says."""
        said = part.file_size
        part.file_size = said + 1  # else whatever lies beyond would be left out in silence
        try:
            unpacked = 0
            with self._archive.open(part) as file:
                while block := file.read(_BLOCK):
                    unpacked += len(block)
                    if unpacked > said:
                        raise self.fault(Message("its part {name} unpacks to more than it says", name=part.filename))
                    yield block
        finally:
            part.file_size = said

    def _refuse_document_type(self, *_: object) -> None:
        raise self.fault(Message("declares a document type, which no spreadsheet program writes; it is not opened"))


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]


@contextmanager
def open_parts(path: Path) -> Iterator[Parts]:
    """Open a workbook. Raises InputError where it is not a whole archive of a bounded size."""
    with _SmallReads(path) as file:
        try:
            archive = ZipFile(file)
        except (BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
            raise InputError(
                Fault(str(path), Message("is not a whole XLSX file; it may have been cut off on its way"))
            ) from error
        with archive:
            yield Parts(path, archive)
