"""The empty sheet: what it holds, and that what is filled in comes back as it was meant."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from kummi.casework.context import Context
from kummi.casework.opening import open_case
from kummi.catalogue import Catalogue
from kummi.errors import InputError
from kummi.i18n.translator import translator_of
from kummi.importing.import_households import import_sheet
from kummi.importing.template import write_template
from kummi.model.household import Household
from kummi.model.programme import ProgrammeEntry
from kummi.store.database import Store
from kummi.store.tables import cases, persons

PROGRAMME = "xx-harbour"
SHOWN = [
    "pathway", "municipality", "arrived", "permit_held", "permit_granted", "permit_expires", "registered", "size",
    "adults", "children", "languages", "fields", "next_due",
]  # fmt: skip


@pytest.fixture
def entry(harbourland_alone: Catalogue) -> ProgrammeEntry:
    return harbourland_alone.programme(PROGRAMME)


def header_of(path: Path) -> list[str]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file, delimiter=";"))
    return [str(cell) for cell in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[0]]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("language", ["en", "xx"])
def test_an_untouched_template_holds_no_household(
    suffix: str, language: str, entry: ProgrammeEntry, context: Context, tmp_path: Path
) -> None:
    path = tmp_path / f"template{suffix}"
    write_template(entry, path, language)

    done = import_sheet(context, PROGRAMME, path)

    assert (done.taken, done.refused, done.already_there) == (0, 0, 0)


def test_headers_are_in_the_language_asked_for(entry: ProgrammeEntry, tmp_path: Path) -> None:
    write_template(entry, tmp_path / "a.csv", "xx")
    write_template(entry, tmp_path / "b.xlsx", "en")

    assert {"via", "tip de dom", "permis es hav"} <= set(header_of(tmp_path / "a.csv"))
    assert {"the pathway", "kind of housing", "identity number"} <= set(header_of(tmp_path / "b.xlsx"))


def test_a_csv_template_opens_in_a_spreadsheet(entry: ProgrammeEntry, tmp_path: Path) -> None:
    write_template(entry, tmp_path / "a.csv", "en")

    content = (tmp_path / "a.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfhousehold;the pathway;")
    assert content.splitlines()[1].startswith(b"EXAMPLE;resettled on a quota;North Quay;2024-03-01;")


def test_a_workbook_has_drop_downs_and_cells_for_dates(entry: ProgrammeEntry, tmp_path: Path) -> None:
    import zipfile

    write_template(entry, tmp_path / "b.xlsx", "xx")

    with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        words = archive.read("xl/sharedStrings.xml").decode()
    assert sheet.count('<dataValidation type="list"') == 7
    assert sheet.count('<dataValidation type="date"') == 6
    assert "domnav" in words
    assert "Nordkai" in words


def test_a_file_that_is_there_or_of_another_kind_is_refused(entry: ProgrammeEntry, tmp_path: Path) -> None:
    (tmp_path / "there.csv").write_text("mine")

    with pytest.raises(InputError, match="is there already"):
        write_template(entry, tmp_path / "there.csv", "en")
    with pytest.raises(InputError, match=r"ends in \.csv or \.xlsx"):
        write_template(entry, tmp_path / "sheet.ods", "en")
    with pytest.raises(InputError, match="cannot be written"):
        write_template(entry, tmp_path / "no" / "folder.xlsx", "en")
    assert (tmp_path / "there.csv").read_text() == "mine"


def anyone(chance: random.Random) -> Household:
    """Return an invented household about which much or little is known."""

    def day() -> date | None:
        return date(1960, 1, 1) + timedelta(days=chance.randint(0, 23_000)) if chance.random() < 0.7 else None

    def one(*values: Any) -> Any:
        return chance.choice([*values, None])

    members = [
        {
            "role": chance.choice(["adult", "child"]),
            "born": day(),
            "gender": chance.choice(["female", "male", "other", "unknown"]),
            "name": one("Åse Pine", "=Zelda", "-Xavier", "'Quoted'", 'Y "Z" ; ,'),
            "identity": one("7104-55", "0012", "123456"),
        }
        for _ in range(chance.randint(1, 4))
    ]
    granted = day()
    return Household.model_validate(
        {
            "pathway": chance.choice(["resettled", "asylum", "temporary_protection", "other_permit"]),
            "municipality": one("North Quay", "X2", "Ferinsul"),
            "arrived": day(),
            "permit": {"granted": granted, "held": True if granted else one(True, False)},
            "registered": day(),
            "languages": chance.choice([(), ("ar",), ("ar", "so")]),
            "members": members,
            "fields": {"moored": day(), "housing": one("boat", "house"), "school_place": one(True, False)},
        }
    )


def cells_of(household: Household, label: str, entry: ProgrammeEntry, language: str) -> list[list[Any]]:
    """Return the rows of a household as somebody fills them in, in the words of a language."""

    say = translator_of(entry, language).term

    def yes(value: bool | None) -> str:
        return "" if value is None else say("value", "yes" if value else "no")

    housing = {
        choice.id: choice.title.in_language(language) for field in entry.programme.fields for choice in field.choices
    }
    fields, permit = household.fields, household.permit
    home = [
        say("pathway", household.pathway), household.municipality, household.arrived, permit.granted, permit.expires,
        yes(permit.held), household.registered, " ".join(household.languages), fields["moored"],
        housing.get(str(fields["housing"]), ""), yes(fields["school_place"]),  # type: ignore[arg-type]
    ]  # fmt: skip
    return [
        [
            label, *(home if number == 0 else [None] * len(home)), say("role", each.role), each.born,
            say("gender", each.gender), each.name, each.identity,
        ]
        for number, each in enumerate(household.members)
    ]  # fmt: skip


def fill(path: Path, rows: list[list[Any]], header: list[str], chance: random.Random) -> None:
    if path.suffix == ".csv":
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows(
                [
                    cell.strftime("%d.%m.%Y") if isinstance(cell, date) and chance.random() < 0.5 else cell
                    for cell in row
                ]
                for row in rows
            )
        return
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        for at, cells in enumerate([header, *rows]):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(at, column, cell, day)
                elif cell is not None:
                    sheet.write_string(at, column, cell)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("language", ["en", "xx"])
@pytest.mark.parametrize("seed", range(3))
def test_a_filled_in_template_comes_back_as_it_was_meant(
    suffix: str,
    language: str,
    seed: int,
    entry: ProgrammeEntry,
    open_store: Callable[..., Store],
    context_at: Callable[[Store], Context],
    tmp_path: Path,
) -> None:
    chance = random.Random(seed)
    households = [anyone(chance) for _ in range(15)]
    path = tmp_path / f"template{suffix}"
    write_template(entry, path, language)
    rows = [row for number, each in enumerate(households) for row in cells_of(each, f"H{number}", entry, language)]
    fill(path, rows, header_of(path), chance)
    sheet, single = (replace(context_at(open_store("sqlite")), on=date(2025, 1, 1)) for _ in range(2))

    done = import_sheet(sheet, PROGRAMME, path)

    assert (done.taken, done.refused_rows) == (15, {})
    for each in households:
        open_case(single, PROGRAMME, each)
    assert known(sheet.store) == known(single.store)


def known(store: Store) -> list[list[tuple[Any, ...]]]:
    people = [persons.c[name] for name in ("case_id", "number", "role", "born", "gender", "name", "identity")]
    with store.reading() as connection:
        return [
            [tuple(row) for row in connection.execute(select(*columns).order_by(*columns[:2]))]
            for columns in ([cases.c.id, *(cases.c[name] for name in SHOWN)], people)
        ]
