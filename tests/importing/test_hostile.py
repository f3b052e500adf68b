"""Files that are not what they seem: one clear error, exit code 2, and a store that is as it was."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kummi.casework.context import Context
from kummi.errors import InputError
from kummi.importing import archive_parts as parts_module
from kummi.importing import workbook as workbook_module
from kummi.importing.import_households import import_sheet
from kummi.store.database import Store, find_url
from kummi.store.tables import cases, events, persons

GOOD = "household;pathway;role;born;name\nA;asylum;adult;1990-01-01;Zelda Pine\n"
BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>"""
SHEET = b"""<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>household</t></is></c></row>%s</sheetData></worksheet>"""


def is_empty(store: Store) -> bool:
    with store.reading() as connection:
        tables = (cases, persons, events)
        return not any(connection.execute(select(func.count()).select_from(each)).scalar_one() for each in tables)


def refused(context: Context, path: Path, sheet: str | None = None) -> str:
    """Import a file that cannot be used; return what is said of it."""
    with pytest.raises(InputError) as error:
        import_sheet(context, "xx-harbour", path, sheet=sheet)
    assert error.value.exit_code == 2
    assert is_empty(context.store)
    assert not list(path.parent.glob("*.rejects.csv*"))
    return str(error.value)


@pytest.fixture
def context(open_store: Callable[..., Store], context_at: Callable[[Store], Context]) -> Context:
    """A context over SQLite: no file gets as far as the database."""
    return context_at(open_store("sqlite"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "has no first row"),
        (b"\n" + GOOD.encode(), "has no first row"),
        (GOOD.split("\n", maxsplit=1)[0].encode(), "no row below its first"),
        (GOOD.encode().replace(b"Pine", b"Pi\0ne"), "NUL bytes"),
        (GOOD.encode("utf-16"), "UTF-16"),
        (GOOD.encode().replace(b"Pine", b"P\x81ne\xff"), "neither in UTF-8 nor in Windows-1252"),
        (GOOD.encode().replace(b"Zelda", b'"Zelda'), "quotation marks"),
        (GOOD.encode().replace(b"Zelda", b'"Zelda" x'), "quotation marks"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "an old or a protected Excel file"),
        (GOOD.split("\n")[1].encode(), "row 1 is not a header"),
        (GOOD.encode().replace(b"pathway", b"pathwya"), "there is no column 'pathwya'; did you mean 'pathway'"),
        (GOOD.encode().replace(b"name", b"born"), "row 1, column 5: 'born' is there already, in column 4"),
        (GOOD.encode().replace(b"household;", b"").replace(b"A;", b""), "the column 'household' is missing"),
    ],
)
def test_a_text_that_is_no_sheet_is_refused(
    content: bytes, words: str, context: Context, write: Callable[..., Path]
) -> None:
    said = refused(context, write(content))

    assert words in said
    assert "Zelda" not in said


UTF_8 = "household;pathway;role;name\nA;asylum;adult;Zélda Pïne\nB;asylum;adult;Yörick Öak\n".encode()


@pytest.mark.parametrize(
    ("content", "line", "byte"),
    [
        (UTF_8[:-4], 3, 80),  # cut within its last character beyond ASCII
        (UTF_8.replace("é".encode(), b"\xe9", 1), 2, 45),
        (b"\xef\xbb\xbf" + UTF_8.replace("é".encode(), b"\xe9").replace("ï".encode(), b"\xef"), 2, 48),
        ("household;pathway;role;name\nA;asylum;adult;Zelda Pinö".encode()[:-1], 2, 53),
        (UTF_8.replace("Ö".encode(), b"\x81"), 3, 80),
    ],
)
def test_a_text_that_was_meant_as_utf_8_is_never_taken_as_windows_1252(
    content: bytes, line: int, byte: int, context: Context, write: Callable[..., Path]
) -> None:
    said = refused(context, write(content))

    assert f"sheet.csv, line {line}: byte {byte} of the file is not UTF-8" in said
    assert "save it again as CSV in UTF-8" in said


def test_every_fault_of_a_header_is_told_at_once(context: Context, write: Callable[..., Path]) -> None:
    said = refused(context, write("household;pathwya;role;role;born\nA;asylum;adult;adult;1990-01-01\n"))

    assert said.splitlines() == [
        "row 1, column 2: there is no column 'pathwya'; did you mean 'pathway'?",
        "row 1, column 4: 'role' is there already, in column 3",
        "row 1: the column 'pathway' is missing",
    ]


def test_a_header_that_may_be_a_name_is_not_repeated(context: Context, write: Callable[..., Path]) -> None:
    said = refused(context, write("household;pathway;role;Amal Invented\nA;asylum;adult;x\n"))

    assert "row 1, column 4: there is no column; known: " in said
    assert "Amal" not in said


def test_what_is_no_file_is_refused(context: Context, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")

    assert "is a folder" in refused(context, tmp_path)
    assert "is not a plain file" in refused(context, tmp_path / "pipe.csv")
    assert "there is no such file" in refused(context, tmp_path / "nothing.csv")


def test_a_file_of_two_gigabytes_is_refused_before_it_is_read(context: Context, tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(GOOD.encode())
        file.truncate(2 << 30)  # sparse: it takes no room

    assert "2,147,483,648 bytes, more than 200,000,000" in refused(context, path)


@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"]
)
def test_an_entity_bomb_is_refused(part: str, context: Context, spoiled: Callable[..., Path]) -> None:
    assert "declares a document type" in refused(context, spoiled({part: BOMB}))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_an_entity_bomb_in_another_encoding_is_refused(
    encoding: str, context: Context, spoiled: Callable[..., Path]
) -> None:
    bomb = BOMB.decode().replace("1.0", f'1.0" encoding="{encoding.removesuffix("-sig")}', 1).encode(encoding)

    assert "declares a document type" in refused(context, spoiled({"xl/sharedStrings.xml": bomb}))


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "xl/workbook.bin"])
def test_macros_are_refused_whatever_the_file_is_called(
    part: str, context: Context, spoiled: Callable[..., Path]
) -> None:
    for name in ("macros.xlsm", "macros.xlsx", "macros.csv"):
        assert "holds macros" in refused(context, spoiled({part: b"<x/>"}, name))


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.6, 0.9, 0.99])
def test_a_truncated_workbook_is_refused(kept: float, context: Context, spoiled: Callable[..., Path]) -> None:
    path = spoiled({})
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])

    assert "is not a whole XLSX file" in refused(context, path)


def test_a_workbook_with_flipped_bytes_is_refused_or_read_but_never_a_bug(
    context: Context, spoiled: Callable[..., Path]
) -> None:
    path = spoiled({})
    content = bytearray(path.read_bytes())
    for at in range(0, len(content), max(1, len(content) // 150)):
        flipped = content.copy()
        flipped[at] ^= 0xFF
        path.write_bytes(flipped)
        try:
            import_sheet(context, "xx-harbour", path)
        except InputError:
            pass
        finally:
            path.with_name(path.name + ".rejects.csv").unlink(missing_ok=True)


def test_an_empty_part_or_one_that_is_missing_is_refused(context: Context, spoiled: Callable[..., Path]) -> None:
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"):
        for content in (None, b"", b"<a><b></a>"):
            is_no_workbook = part == "xl/workbook.xml" and content is None
            wanted = "is not an XLSX workbook" if is_no_workbook else "whole"
            assert wanted in refused(context, spoiled({part: content}))


def test_a_zip_that_is_no_workbook_is_refused(context: Context, write: Callable[..., Path]) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("sheet.csv", GOOD)

    assert "is not an XLSX workbook" in refused(context, write(held.getvalue(), "sheet.xlsx"))
    assert "is not a whole XLSX file" in refused(context, write(GOOD, "sheet.xlsx"))


def test_a_workbook_that_says_it_unpacks_to_too_much_is_refused(
    context: Context, spoiled: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts_module, "LARGEST_UNPACKED", 1_000_000)

    assert "unpacks to more than 1,000,000 bytes" in refused(context, spoiled({"xl/media/image.bin": b"0" * 1_000_001}))


def test_a_part_that_unpacks_to_more_than_it_says_is_refused(context: Context, spoiled: Callable[..., Path]) -> None:
    part = "xl/sharedStrings.xml"
    strings = b"<sst>" + b" " * 5_000_000 + b"</sst>"
    path = spoiled({part: strings})
    short, crc = 1000, zlib.crc32(strings[:1001])
    content = path.read_bytes()
    for was, now in ((len(strings), short), (zlib.crc32(strings), crc)):
        assert content.count(struct.pack("<I", was)) == 2
        content = content.replace(struct.pack("<I", was), struct.pack("<I", now))
    path.write_bytes(content)

    assert "unpacks to more than it says" in refused(context, path)


TEXTS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>'
BOMBS = {
    "a text that unpacks a thousandfold": TEXTS % (b"<si><t>" + b"a" * 80_000_000 + b"</t></si>"),
    "many texts that unpack a thousandfold": TEXTS % (b"<si><t>aaaaaaaaaaaaaaaaaaaaaaaaaaa</t></si>" * 2_000_000),
    "a long text": TEXTS % (b"<si><t>" + b"a" * 40_000 + b"</t></si>"),
    "a long text in pieces": TEXTS
    % (b"<si>" + b"<r><t>" + b"a" * 30_000 + b"</t></r>" + b"<r><t>aaa</t></r>" * 2000 + b"</si>"),
    "an endless tag": TEXTS % (b'<si x="' + os.urandom(900_000).hex().encode() + b'"/>'),
    "an endless remark": TEXTS % (b"<!--" + os.urandom(900_000).hex().encode() + b"-->"),
    "elements in elements": TEXTS % (b"<a>" * 5000 + b"</a>" * 5000),
    "many names": TEXTS % b"".join(b"<a%d/>" % number for number in range(80_000)),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_would_fill_the_memory_is_refused(bomb: str, context: Context, spoiled: Callable[..., Path]) -> None:
    said = refused(context, spoiled({"xl/sharedStrings.xml": BOMBS[bomb]}))

    assert any(words in said for words in ("too much", "more than", "endless tags", "not whole")), said


def test_the_hostile_files_take_next_to_no_memory(spoiled: Callable[..., Path]) -> None:
    paths = [str(spoiled({"xl/sharedStrings.xml": bomb}, f"{name}.xlsx")) for name, bomb in BOMBS.items()]
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from kummi.importing.workbook import Workbook; from kummi.errors import InputError\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for name in sys.argv[1:]:\n"
        "    try: Workbook(Path(name), None)\n"
        "    except InputError: continue\n"
        "    sys.exit(f'{name} was opened')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )

    grown = subprocess.run([sys.executable, "-c", program, *paths], check=True, capture_output=True, text=True).stdout

    assert int(grown) < 50_000 * (1024 if sys.platform == "darwin" else 1)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("unheard-of", "an encoding that is not read"),
        ("shift_jis", "an encoding that is not read"),
        ("utf-16", "whole"),
    ],
)
def test_a_part_that_says_it_is_in_an_odd_encoding_is_refused(
    encoding: str, said: str, context: Context, spoiled: Callable[..., Path]
) -> None:
    part = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + TEXTS % b"<si><t>a</t></si>"

    for name in ("xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        assert said in refused(context, spoiled({name: part}))


def test_a_part_in_utf_16_is_read(
    context: Context, spoiled: Callable[..., Path], workbook: Callable[..., Path]
) -> None:
    good = workbook([["A", "asylum", "", "", "adult", "", "", "Åse Pine", ""]])
    with zipfile.ZipFile(good) as archive:
        texts = archive.read("xl/sharedStrings.xml").decode().replace("UTF-8", "UTF-16").encode("utf-16")
        sheet = archive.read("xl/worksheets/sheet1.xml")

    assert (
        import_sheet(
            context, "xx-harbour", spoiled({"xl/sharedStrings.xml": texts, "xl/worksheets/sheet1.xml": sheet})
        ).taken
        == 1
    )


def test_cells_that_name_one_long_text_a_million_times_are_refused(
    context: Context, spoiled: Callable[..., Path]
) -> None:
    texts = TEXTS % (b"<si><t>" + os.urandom(16_000).hex().encode() + b"</t></si>")
    row = b"".join(b'<c r="%s%%d" t="s"><v>0</v></c>' % bytes([letter]) for letter in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    rows = b"".join(b'<row r="%d">%s</row>' % (number, row.replace(b"%d", b"%d" % number)) for number in range(2, 90))

    said = refused(context, spoiled({"xl/sharedStrings.xml": texts, "xl/worksheets/sheet1.xml": SHEET % rows}))

    assert "bytes of text" in said


def test_too_many_rows_are_refused(
    context: Context, spoiled: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_module, "MOST_ROWS", 100)
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (number, number) for number in range(2, 200))

    assert "rows; send it in smaller parts" in refused(context, spoiled({"xl/worksheets/sheet1.xml": SHEET % rows}))


def test_an_archive_that_says_its_list_of_parts_is_endless_is_refused(
    context: Context, spoiled: Callable[..., Path]
) -> None:
    path = spoiled({})
    content = bytearray(path.read_bytes())
    end = content.rindex(b"PK\x05\x06")
    struct.pack_into("<L", content, end + 12, 0xFFFFFFF0)
    path.write_bytes(content)

    assert "is not a whole XLSX file" in refused(context, path)


def test_empty_cells_far_away_take_nothing(
    context: Context, spoiled: Callable[..., Path], workbook: Callable[..., Path]
) -> None:
    with zipfile.ZipFile(workbook([["A", "asylum", "", "", "adult", "", "", "", ""]])) as archive:
        sheet, texts = (archive.read(f"xl/{name}") for name in ("worksheets/sheet1.xml", "sharedStrings.xml"))
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'

    path = spoiled({"xl/worksheets/sheet1.xml": sheet.replace(b"</sheetData>", far), "xl/sharedStrings.xml": texts})

    assert import_sheet(context, "xx-harbour", path).taken == 1


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="B2" t="s"><v>99</v></c>',
        b'<c r="B2" t="s"><v>x</v></c>',
        b'<c r="B2"><v>words</v></c>',
        b'<c r="B2" s="x"><v>1</v></c>',
    ],
)
def test_a_cell_that_points_nowhere_is_refused(cell: bytes, context: Context, spoiled: Callable[..., Path]) -> None:
    sheet = SHEET % (b'<row r="2">' + cell + b"</row>")

    assert "its cell B2 cannot be read" in refused(context, spoiled({"xl/worksheets/sheet1.xml": sheet}))


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="2"><c r="XFD2"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        b'<row r="2"><c r="A1048576"><v>1</v></c><c r="XFD2"><v>1</v></c></row>',
        b'<row><c r="A2"><v>1</v></c></row>',
        b'<row r="9999999999"><c r="A9999999999"><v>1</v></c></row>',
    ],
)
def test_cells_far_apart_are_refused_before_room_is_made_for_all_between(
    rows: bytes, context: Context, spoiled: Callable[..., Path]
) -> None:
    assert "spreads over more than" in refused(context, spoiled({"xl/worksheets/sheet1.xml": SHEET % rows}))


def test_a_formula_under_another_prefix_is_a_formula(context: Context, spoiled: Callable[..., Path]) -> None:
    header = b"".join(
        b'<x:c r="%s1" t="inlineStr"><x:is><x:t>%s</x:t></x:is></x:c>' % (letter, name)
        for letter, name in ((b"A", b"household"), (b"B", b"pathway"), (b"C", b"role"))
    )
    sheet = (
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        b'<x:row r="1">' + header + b"</x:row>"
        b'<x:row r="2"><x:c r="A2" t="str"><x:f>1+1</x:f><x:v>A</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )

    done = import_sheet(context, "xx-harbour", spoiled({"xl/worksheets/sheet1.xml": sheet}))

    assert (done.taken, done.refused) == (0, 1)
    assert any("formula" in str(bad.reason) for bad in done.refused_rows[2])


def test_only_sheets_that_are_there_and_seen_can_be_chosen(
    context: Context, workbook: Callable[..., Path], write: Callable[..., Path], good: list[list[str]]
) -> None:
    assert "did you mean 'people'" in refused(context, workbook(good), sheet="peple")
    assert "only a workbook has sheets" in refused(context, write(GOOD), sheet="people")
    assert import_sheet(context, "xx-harbour", workbook(good), sheet="people").taken == 2


def test_an_empty_sheet_is_refused(context: Context, workbook: Callable[..., Path]) -> None:
    assert "is empty" in refused(context, workbook([], header=()))


def test_a_hostile_file_ends_the_command_with_two_and_one_line(tmp_path: Path) -> None:
    path, database = tmp_path / "sheet.csv", tmp_path / "cases.sqlite3"
    path.write_bytes(b"\0" * 100)
    program = (
        "from importlib.metadata import EntryPoint; from types import SimpleNamespace\n"
        "from kummi.catalogue import discover\n"
        "points = [EntryPoint('xx', 'kummi.testing.harbourland:plugin', discover.GROUP)]\n"
        "discover.metadata = SimpleNamespace(entry_points=lambda group: points)\n"
        "import sys; from kummi.cli.root import run; run(sys.argv[1:])\n"
    )
    start = [sys.executable, "-c", program]
    subprocess.run([*start, "init", "--db", str(database)], check=True, capture_output=True)

    words = ["case", "import", "xx-harbour", str(path), "--db", str(database)]
    ended = subprocess.run([*start, *words], check=False, capture_output=True, text=True)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"Error: {path}: holds NUL bytes, so it is not a text; expected a CSV or XLSX file\n"
    store = Store(find_url(str(database)))
    assert is_empty(store)
    store.close()
