"""How cells are read: in every language of the country, and never by a guess."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from kummi.casework.value_reader import DateReader, LanguageReader, value_of_fact, value_of_field
from kummi.catalogue import Catalogue, load
from kummi.importing.columns import columns_of, match_header
from kummi.importing.households import reader_of
from kummi.importing.sheet_file import open_source
from kummi.importing.workbook import Workbook
from kummi.model.facts import HOUSEHOLD_FACTS


def test_languages_are_read_by_their_names_in_the_languages_of_the_country() -> None:
    entry = load(["fi"]).programme("fi-ystavatoiminta")

    assert LanguageReader(entry)("arabia, soranî, somaliska, persia") == ("ar", "ckb", "so", "fa")
    with pytest.raises(ValueError, match="expected names or codes of languages") as caught:
        LanguageReader(entry)("arabia, Amal Invented")
    assert "Amal" not in str(caught.value)


@pytest.mark.parametrize("text", ["1.1.1799", "0001-01-01", "2200-01-01", "9999-12-31"])
def test_a_date_far_from_our_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a year from 1800 to 2199"):
        DateReader(["%d.%m.%Y"])(text)


@given(
    st.dates(date(1800, 1, 1), date(2199, 12, 31)),
    st.sampled_from(["%d.%m.%Y", "%Y-%m-%d", "{0.day}.{0.month}.{0.year}"]),
)
def test_dates_in_the_countrys_form_and_iso_come_back(day: date, form: str) -> None:
    text = form.format(day) if "{" in form else day.strftime(form)

    assert DateReader(["%d.%m.%Y"])(text) == day


@pytest.mark.parametrize(
    "text",
    ["03/04/2024", "3.4.24", "03-04-2024", "2024/03/04", "20240304", "4 March 2024", "45355", "2024-3-4", "",
     "2024-W10-1", "1.2.2024 10:30", "٣.٤.٢٠٢٤", "2024-03-04T09:00", "0001.1.1"],
)  # fmt: skip
def test_a_date_in_any_other_form_is_refused_and_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected a date like 2024-03-31 or 31\.03\.2024"):
        DateReader(["%d.%m.%Y"])(text)


def test_a_date_that_two_forms_read_differently_is_refused() -> None:
    read = DateReader(["%d/%m/%Y", "%m/%d/%Y"])

    assert read("04/04/2024") == date(2024, 4, 4)
    with pytest.raises(ValueError, match="can be read in two ways"):
        read("03/04/2024")


def test_a_form_without_anything_between_its_parts_needs_all_digits() -> None:
    read = DateReader(["%Y%m%d"])

    assert read("20240304") == date(2024, 3, 4)
    with pytest.raises(ValueError, match="expected a date"):
        read("2024304")


def test_midnight_after_a_date_is_that_date() -> None:
    assert DateReader([])("2024-03-04 00:00:00") == date(2024, 3, 4)


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("pathway", "RESETTLED", "resettled"),
        ("pathway", "resettled  on a quota", "resettled"),
        ("permit.held", "si", True),
        ("permit.held", "No", False),
        ("permit.held", "true", True),
        ("fields.housing", "domnav", "boat"),
        ("fields.housing", "House", "house"),
        ("municipality", "nordkai", "X1"),
        ("municipality", "x1", "X1"),
        ("languages", "ar, EN so", ("ar", "en", "so")),
        ("languages", "Arabic; central kurdish/Dari so", ("ar", "ckb", "prs", "so")),
        ("languages", "Somali Tigrinya  so", ("so", "ti")),
        ("gender", "not asked", "unknown"),
    ],
)
def test_values_are_read_in_english_and_in_the_countrys_words(
    column: str, text: str, value: object, harbourland_alone: Catalogue
) -> None:
    entry = harbourland_alone.programme("xx-harbour")

    assert reader_of(next(each for each in columns_of(entry) if each.name == column), entry)(text) == value


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (["household", "Pathway", "ROLE"], ["household", "pathway", "role"]),
        (["household", "via", "the role in the household"], ["household", "pathway", "role"]),
        (["household", "the pathway", " role ", "permis es hav"], ["household", "pathway", "role", "permit.held"]),
        (["household", "pathway", "role", "permit_granted"], ["household", "pathway", "role", "permit.granted"]),
        (["household", "pathway", "role", "school place"], ["household", "pathway", "role", "fields.school_place"]),
        (["household", "pathway", "role", "TIP DE DOM"], ["household", "pathway", "role", "fields.housing"]),
        (["household", "pathway", "role", "", "refused row"], ["household", "pathway", "role", None, None]),
    ],
)
def test_headers_are_known_by_plain_names_and_titles_in_every_language(
    header: list[str], names: list[str | None], harbourland_alone: Catalogue
) -> None:
    entry = harbourland_alone.programme("xx-harbour")

    found = match_header(header, columns_of(entry), entry.country.languages)

    assert [each and each.name for each in found] == names


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "written",
    [lambda text: text.encode(), lambda text: b"\xef\xbb\xbf" + text.encode(), lambda text: text.encode("cp1252")],
)
def test_text_is_read_with_any_delimiter_in_any_usual_encoding(
    delimiter: str, written: Callable[[str], bytes], write: Callable[..., Path]
) -> None:
    rows = [["household", "name", "a, b; c"], ["Å", "Øyvind “Æ” Ö", 'said "x"\nand y']]
    text = "".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n" for row in rows)

    source = open_source(write(written(text)), None, lambda cells: sum(cell in ("household", "name") for cell in cells))

    assert list(source.rows()) == [(1, rows[0]), (2, rows[1])]


def test_the_hint_of_the_delimiter_that_excel_writes_is_taken(write: Callable[..., Path]) -> None:
    source = open_source(write("sep=|\nhousehold|a;b;c\n1|2\n"), None, len)

    assert list(source.rows()) == [(2, ["household", "a;b;c"]), (3, ["1", "2"])]


def test_a_country_without_a_form_of_its_own_takes_iso_alone() -> None:
    with pytest.raises(ValueError, match="expected a date like 2024-03-31; other forms"):
        DateReader([])("31.03.2024")


@pytest.mark.parametrize("counts_from_1904", [False, True])
def test_cells_of_a_workbook_are_read_as_they_are_seen(counts_from_1904: bool, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": counts_from_1904}) as book:
        sheet = book.add_worksheet()
        moment = datetime.fromisoformat("2024-02-29T13:30")
        for column, form in enumerate(("dd.mm.yyyy", "[$-40B]d. mmmm yyyy", "yyyy-mm-dd hh:mm")):
            sheet.write_datetime(
                0, column, moment if "h" in form else moment.date(), book.add_format({"num_format": form})
            )
        sheet.write_row(1, 0, [7, 7.5, True, "Åse _x0041_ ", 123456789012])
        sheet.write_number(1, 5, 12, book.add_format({"num_format": '0 "days"'}))
        sheet.write_rich_string(1, 6, "Zelda ", book.add_format({"bold": True}), "Pine")

    assert list(Workbook(path, None).rows()) == [
        (1, ["2024-02-29", "2024-02-29", "2024-02-29 13:30:00"]),
        (2, ["7", "7.5", "true", "Åse _x0041_", "123456789012", "12", "Zelda Pine"]),
    ]


WORDS = [
    "yes",
    "no",
    "si",
    "NO",
    "1",
    "0",
    "true",
    " No ",
    "boat",
    "domnav",
    "Resettled",
    "resettled on a quota",
    "asylum",
]


@given(
    day=st.dates(min_value=date(1900, 1, 1)),
    form=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", " %d.%m.%Y", "%d/%m/%y"]),
    number=st.integers(-1, 10**10).map(str),
    word=st.sampled_from([*WORDS, "nordkai", "x1", "North  Quay"]),
)
def test_what_a_sheet_takes_a_command_a_question_and_a_file_take_with_the_same_value(
    harbourland_alone: Catalogue, day: date, form: str, number: str, word: str
) -> None:
    entry = harbourland_alone.programme("xx-harbour")
    columns = {each.name: each for each in columns_of(entry)}
    facts = {
        fact.name: partial(value_of_fact, fact=fact, entry=entry) for fact in HOUSEHOLD_FACTS.values() if fact.entered
    }
    own = {f"fields.{each.id}": partial(value_of_field, field=each, entry=entry) for each in entry.programme.fields}

    for name, read in (facts | own).items():
        for text in (day.strftime(form), number, word):
            try:
                value = reader_of(columns[name], entry)(text)
            except ValueError:
                continue
            assert read(text) == value, (name, text)
