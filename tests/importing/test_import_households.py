"""What comes of a sheet: good households taken at once, others refused with their reasons, nothing twice."""

from __future__ import annotations

import csv
import json
import os
import secrets
import shutil
import signal
import stat
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from kummi.casework.case_index import case_index_from
from kummi.casework.context import Context
from kummi.casework.linking import split
from kummi.casework.opening import open_case
from kummi.catalogue import FoundPlugin, load_found
from kummi.catalogue.country_plugin import CountryPlugin
from kummi.errors import InputError, RefusedError
from kummi.importing import import_households
from kummi.importing.import_households import import_sheet
from kummi.model.household import Household
from kummi.store.audit import verify
from kummi.store.database import Store, find_url
from kummi.store.tables import cases, events, persons
from kummi.testing import harbourland

PROGRAMME = "xx-harbour"
Rows = list[list[str]]


def count(store: Store) -> tuple[int, int, int]:
    """Return how many cases, persons and events there are."""
    with store.reading() as connection:
        one, two, three = (
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (cases, persons, events)
        )
    return one, two, three


def rejected(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_a_municipality_that_looks_like_a_date_is_text_and_stops_no_import(
    context: Context, write: Callable[..., Path], good: Rows, tmp_path: Path
) -> None:
    folder = tmp_path / "incomplete"
    shutil.copytree(Path(harbourland.__file__).parent, folder)
    country = folder / "country.yaml"
    country.write_text(country.read_text().replace("municipalities_complete: true", "municipalities_complete: false"))
    context = replace(context, catalogue=load_found((FoundPlugin("xx", "1.0", CountryPlugin(folder)),)))
    good[2][2] = "1990-01-30"

    done = import_sheet(context, PROGRAMME, write(good))

    assert (done.taken, done.refused) == (2, 0)
    with context.store.reading() as connection:
        places = connection.execute(select(cases.c.municipality).order_by(cases.c.id)).scalars().all()
    assert places == ["X1", "1990-01-30"]
    assert verify(context.store, follows=case_index_from(context.catalogue)).faults == ()


def test_rows_of_one_household_become_one_case(context: Context, write: Callable[..., Path], good: Rows) -> None:
    done = import_sheet(context, PROGRAMME, write(good))

    assert (done.taken, done.already_there, done.refused, done.numbers, done.rejects) == (2, 0, 0, [1, 2], None)
    assert count(context.store) == (2, 3, 2)
    with context.store.reading() as connection:
        rows = connection.execute(select(cases).order_by(cases.c.id)).mappings().all()
        people = connection.execute(select(persons).order_by(persons.c.case_id, persons.c.number)).mappings().all()
    assert [(row["pathway"], row["municipality"], row["size"], row["children"]) for row in rows] == [
        ("resettled", "X1", 2, 1),
        ("asylum", "X2", 1, 0),
    ]
    assert rows[1]["permit_granted"] == date(2024, 1, 10)
    assert [(row["name"], row["born"], row["identity"]) for row in people] == [
        ("Zelda Pine", date(1988, 4, 2), "7104-55"),
        ("Yorick Pine", date(2017, 9, 30), None),
        ("Xavier Oak", date(1990, 6, 5), None),
    ]
    assert not verify(context.store, follows=case_index_from(context.catalogue)).faults


def test_an_imported_case_is_the_case_that_opening_the_household_makes(
    context_at: Callable[[Store], Context],
    open_store: Callable[..., Store],
    write: Callable[..., Path],
    family: Household,
) -> None:
    header = "household;pathway;municipality;arrived;registered;permit.granted;permit.expires;languages;moored;housing;"
    header += "school place;role;born;gender;name;identity\n"
    home = ["A", "resettled", "North Quay", "2024-02-10", "2024-02-12", "2024-01-10", "2028-01-09", "ar so"]
    home += ["2024-02-11", "boat", "no"]
    rows = [
        [*home, each.role.value, str(each.born), each.gender.value, each.name or "", each.identity or ""]
        for each in family.members
    ]
    for database in ("sqlite", "postgresql"):
        sheet, single = (context_at(open_store(database)) for _ in range(2))
        import_sheet(sheet, PROGRAMME, write(header + "".join(";".join(row) + "\n" for row in rows)))
        open_case(single, PROGRAMME, family)
        for table in (cases, persons, events):
            assert settled_rows(sheet.store, table) == settled_rows(single.store, table)


def test_what_the_morning_list_shows_of_an_imported_case_hangs_on_its_persons_too(
    context: Context, write: Callable[..., Path], tmp_path: Path
) -> None:
    folder = tmp_path / "country"
    shutil.copytree(Path(harbourland.__file__).parent, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    workflow = folder / "workflow.yaml"
    when = "            when: {some_member: {fact: role, equals: child}}\n"
    deadline = '            deadline: {within: "5 working days"}\n'
    assert workflow.read_text().count(deadline) == 1
    workflow.write_text(workflow.read_text().replace(deadline, when + deadline))
    young = replace(context, catalogue=load_found((FoundPlugin("xx", "1.0", CountryPlugin(folder)),)))

    import_sheet(
        young, PROGRAMME, write("household;pathway;role;born\nA;asylum;adult;1990-01-01\nB;asylum;child;2020-01-01\n")
    )

    with context.store.reading() as connection:
        assert connection.execute(select(cases.c.next_due).order_by(cases.c.id)).scalars().all() == [
            None,
            date(2024, 3, 8),
        ]


def settled_rows(store: Store, table: Table) -> list[dict[str, Any]]:
    """Return the rows of a table without what hangs on the moment, the way in, and random ids."""
    with store.reading() as connection:
        return [_settled(row) for row in connection.execute(select(table)).mappings()]


def _settled(row: Mapping[str, Any]) -> dict[str, Any]:
    left_out = ("hash", "head", "id", "salt", "recorded_at", "import_key", "import_salt")
    plain = {name: value for name, value in row.items() if name not in left_out}
    if "data" in plain:
        plain["data"] = {
            name: value for name, value in json.loads(plain["data"]).items() if name not in ("members", "imported")
        }
    return plain


def test_the_same_file_twice_adds_nothing(context: Context, write: Callable[..., Path], good: Rows) -> None:
    import_sheet(context, PROGRAMME, write(good))
    before = count(context.store)

    again = import_sheet(replace(context, on=date(2024, 5, 1)), PROGRAMME, write(good, "renamed.csv"))

    assert (again.taken, again.already_there, again.refused) == (0, 2, 0)
    assert count(context.store) == before


def test_the_order_of_columns_and_the_form_of_dates_do_not_make_a_household_new(
    context: Context, write: Callable[..., Path]
) -> None:
    import_sheet(
        context, PROGRAMME, write("household;pathway;arrived;role;born\nA;asylum;2024-01-05;adult;1990-06-05\n")
    )

    again = import_sheet(
        context, PROGRAMME, write("born,role,arrived,household,pathway\n5.6.1990,Adult,05.01.2024,A,ASYLUM\n")
    )

    assert (again.taken, again.already_there) == (0, 1)


def test_a_household_with_one_bad_row_is_refused_whole_and_the_others_are_taken(
    context: Context, write: Callable[..., Path], good: Rows
) -> None:
    good[1][5] = "03/04/2017"

    done = import_sheet(context, PROGRAMME, path := write(good))

    assert (done.taken, done.refused, count(context.store)[0]) == (1, 1, 1)
    assert done.rejects == path.with_name("sheet.csv.rejects.csv")
    found = rejected(done.rejects)
    assert [(row["household"], row["refused row"], row["refused column"]) for row in found] == [
        ("A", "2", ""),
        ("A", "3", "born"),
    ]
    assert found[0]["refused because"] == "the household is refused for row 3"
    assert found[1]["refused because"].startswith("expected a date like 2024-03-31 or 31.03.2024")
    assert found[1]["born"] == "03/04/2017"
    assert list(found[0]) == [*HEADER, "refused row", "refused column", "refused because"]


HEADER = ("household", "pathway", "municipality", "permit granted", "role", "born", "gender", "name", "identity")


def test_rejects_stand_in_the_order_of_the_file(context: Context, write: Callable[..., Path], good: Rows) -> None:
    scattered = [good[0], ["C", "nothing", "", "", "adult", "", "", "", ""], good[1], ["", *good[2][1:]]]
    scattered[2][4] = "grandchild"

    done = import_sheet(context, PROGRAMME, write(scattered))

    assert done.rejects is not None
    assert [(row["refused row"], row["refused column"]) for row in rejected(done.rejects)] == [
        ("2", ""),
        ("3", "pathway"),
        ("4", "role"),
        ("5", "household"),
    ]
    assert done.taken == 0


def test_mended_rejects_can_be_sent_again(context: Context, write: Callable[..., Path], good: Rows) -> None:
    good[2][5] = "1990"
    first = import_sheet(context, PROGRAMME, write(good))
    assert first.rejects is not None
    mended = first.rejects.read_text(encoding="utf-8-sig").replace(";1990;", ";1990-06-05;")

    second = import_sheet(context, PROGRAMME, write(mended, "mended.csv"))

    assert (second.taken, second.refused) == (1, 0)


def test_a_rejects_file_runs_no_formula_and_only_its_owner_reads_it(
    context: Context, write: Callable[..., Path], good: Rows
) -> None:
    good[2][7], good[2][4] = '=HYPERLINK("http://example.org")', "neither"

    done = import_sheet(context, PROGRAMME, write(good))

    assert done.rejects is not None
    assert rejected(done.rejects)[0]["name"] == '\'=HYPERLINK("http://example.org")'
    assert stat.S_IMODE(done.rejects.stat().st_mode) == 0o600
    again = import_sheet(context, PROGRAMME, write(done.rejects.read_text().replace("neither", "adult"), "mended.csv"))
    assert again.taken == 1
    with context.store.reading() as connection:
        names = connection.execute(select(persons.c.name)).scalars().all()
    assert '=HYPERLINK("http://example.org")' in names


def test_reasons_name_rows_and_columns_and_never_repeat_what_stands_there(
    context: Context, write: Callable[..., Path], good: Rows
) -> None:
    good[0] = ["A", "Zelda Pine", "Zelda Pine", "Zelda Pine", "Zelda Pine", "7104-55", "Zelda Pine", "x" * 300, "7"]

    done = import_sheet(context, PROGRAMME, write(good))

    assert done.rejects is not None
    reasons = " ".join(row["refused because"] for row in rejected(done.rejects))
    assert "Zelda" not in reasons
    assert "7104" not in reasons
    columns = rejected(done.rejects)[0]["refused column"]
    assert columns == "pathway, municipality, permit.granted, role, born, gender"


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("pathway", "", "must be said"),
        ("role", "", "must be said"),
        ("household", "", "must be said"),
        ("born", "2024-03-02", "lies after 2024-03-01"),
        ("born", "1890-01-01", "older than 130"),
        ("born", "1.1.90", "expected a date"),
        ("born", "1990-02-30", "there is no such day"),
        ("born", "30.2.1990", "there is no such day"),
        ("born", "19900101", "expected a date"),
        ("born", "32143", "expected a date"),
        ("municipality", "North Qay", "did you mean 'North Quay'"),
        ("identity", "7", "at least 4"),
        ("name", "A\x07B", "holds a character that is no part of a text"),
    ],
)
def test_what_cannot_be_read_is_refused(
    column: str, text: str, reason: str, context: Context, write: Callable[..., Path], good: Rows
) -> None:
    good[2][HEADER.index(column)] = text

    done = import_sheet(context, PROGRAMME, write(good))

    assert (done.taken, done.refused) == (1, 1)
    assert done.rejects is not None
    row = rejected(done.rejects)[0]
    assert row["refused column"] == column
    assert reason in row["refused because"]


def test_facts_of_a_household_may_stand_in_any_of_its_rows_but_must_agree(
    context: Context, write: Callable[..., Path], good: Rows
) -> None:
    good[1][2], good[1][1] = "North Quay", "asylum"

    done = import_sheet(context, PROGRAMME, write(good))

    assert done.rejects is not None
    assert [(row["refused column"], row["refused because"]) for row in rejected(done.rejects)][1] == (
        "pathway",
        "differs from row 2 of the same household",
    )
    good[0][1] = ""
    assert import_sheet(context, PROGRAMME, write(good)).refused == 0


def test_more_cells_than_columns_are_refused_and_fewer_are_empty(
    context: Context, write: Callable[..., Path], good: Rows
) -> None:
    done = import_sheet(context, PROGRAMME, write([[*good[0], "more"], good[1], good[2][:5]]))

    assert (done.taken, done.refused) == (1, 1)
    assert "more cells than the first row" in str(done.refused_rows[2][0].reason)


def test_households_that_may_be_there_already_are_flagged_and_taken(
    context: Context, write: Callable[..., Path], family: Household
) -> None:
    there = open_case(context, PROGRAMME, family).case.ref
    births = [str(each.born) for each in family.members]
    rows = [
        ["same number", "asylum", "", "", "adult", "", "", "", family.members[0].identity or ""],
        *(["same births", "resettled", "", "", "adult", born, "", "", ""] for born in reversed(births)),
        *(
            ["other births", "resettled", "", "", "adult", born, "", "", ""]
            for born in [births[0], births[1], "2001-01-01"]
        ),
        *(["other way", "asylum", "", "", "adult", born, "", "", ""] for born in births),
        *(["twin", "asylum", "", "", "adult", born, "", "", ""] for born in births),
        ["births not known", "resettled", "", "", "adult", "", "", "", ""],
    ]

    done = import_sheet(context, PROGRAMME, write(rows))

    assert done.taken == 6
    assert done.flagged == [("XX-2", there), ("XX-3", there), ("XX-6", "XX-5")]
    with context.store.reading() as connection:
        names = connection.execute(select(func.count()).select_from(cases)).scalar_one()
    assert names == 7


def test_the_case_of_who_was_split_off_is_not_named(
    context: Context, write: Callable[..., Path], family: Household
) -> None:
    there = open_case(context, PROGRAMME, family).case.ref
    split(replace(context, on=date(2024, 5, 2)), there, [2, 3])
    births = [str(each.born) for each in family.members[1:]]
    rows = [["same births", "resettled", "", "", "adult", born, "", "", ""] for born in births]

    done = import_sheet(context, PROGRAMME, write(rows))

    assert (done.taken, done.flagged, done.doubts) == (1, [], 1)
    assert [str(each) for each in done.warnings] == [
        "XX-3 may be the household of another case, which is not named here; ask the lead of your network"
    ]


def test_a_rehearsal_is_nobody_that_may_be_there_already(
    context: Context, write: Callable[..., Path], family: Household
) -> None:
    open_case(context, PROGRAMME, family, rehearse=True)
    rows = [["A", "resettled", "", "", "adult", str(each.born), "", "", each.identity or ""] for each in family.members]

    assert import_sheet(context, PROGRAMME, write(rows)).flagged == []


def test_doubtful_numbers_are_taken_with_a_warning_that_does_not_repeat_them(
    context: Context, write: Callable[..., Path], good: Rows
) -> None:
    good[2][8] = "WRONG-NUMBER"

    done = import_sheet(context, PROGRAMME, write(good))

    assert done.taken == 2
    assert list(map(str, done.warnings)) == ["row 4: the identity number does not have the form of a berth number"]


def test_a_dry_run_keeps_nothing(context: Context, write: Callable[..., Path], good: Rows) -> None:
    good[2][4] = "neither"
    path = write(good)

    done = import_sheet(replace(context, dry_run=True), PROGRAMME, path)

    assert (done.taken, done.refused, done.rejects) == (1, 1, None)
    assert count(context.store) == (0, 0, 0)
    assert [each.name for each in path.parent.glob("*rejects*")] == []


def test_a_programme_that_takes_no_cases_takes_no_sheet(
    context: Context, write: Callable[..., Path], good: Rows
) -> None:
    with pytest.raises(RefusedError):
        import_sheet(context, "xx-lighthouse", write(good))


def test_the_file_itself_cannot_be_its_rejects_file(context: Context, write: Callable[..., Path], good: Rows) -> None:
    path = write(good)

    with pytest.raises(InputError, match="is the file itself"):
        import_sheet(context, PROGRAMME, path, rejects=path.parent / "." / path.name)


def test_a_failure_in_the_middle_leaves_nothing(
    context: Context, write: Callable[..., Path], good: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_households, "CHUNK", 1)
    good[0][4] = "neither"

    def fail(_: int) -> None:
        if count_in_transaction := len(told):
            raise RuntimeError(str(count_in_transaction))
        told.append(1)

    told: list[int] = []
    path = write(good)
    with pytest.raises(RuntimeError):
        import_sheet(context, PROGRAMME, path, step=fail)

    assert count(context.store) == (0, 0, 0)
    assert [each.name for each in path.parent.glob("*rejects*")] == []


def test_workbooks_are_taken_as_text_files_are(
    context: Context, workbook: Callable[..., Path], write: Callable[..., Path], good: Rows
) -> None:
    cells: list[list[Any]] = [list(row) for row in good]
    cells[0][3], cells[0][5], cells[2][5] = date(2024, 1, 10), datetime(1988, 4, 2), date(1990, 6, 5)  # noqa: DTZ001

    done = import_sheet(context, PROGRAMME, workbook(cells))
    again = import_sheet(context, PROGRAMME, write(good))

    assert (done.taken, done.refused, again.already_there) == (2, 0, 2)


def test_cells_of_a_workbook_with_formulas_errors_or_times_are_refused(
    context: Context, workbook: Callable[..., Path]
) -> None:
    def formula(sheet: Any, row: int, column: int) -> None:
        sheet.write_formula(row, column, "=1+1", None, "1990-01-01")

    def error(sheet: Any, row: int, column: int) -> None:
        sheet.write_formula(row, column, "=1/0", None, "#DIV/0!")

    rows = [
        ["A", "asylum", "", "", "adult", formula, "", "", ""],
        ["B", "asylum", "", "", "adult", error, "", "", ""],
        ["C", "asylum", "", "", "adult", datetime(1990, 1, 1, 12, 30), "", "", ""],  # noqa: DTZ001
        ["D", "asylum", "", "", "adult", "", "", "", 1234567],
        [formula, "asylum", "", "", "adult", "", "", "", ""],
    ]

    done = import_sheet(context, PROGRAMME, workbook(rows))

    assert (done.taken, done.refused) == (1, 4)
    reasons = {row: (bad[0].column, str(bad[0].reason)) for row, bad in done.refused_rows.items()}
    assert reasons[2] == ("born", "holds a formula; send its value")
    assert reasons[3] == ("born", "holds an error of the spreadsheet")
    assert reasons[4][1].startswith("expected a date")
    assert reasons[6] == ("household", "holds a formula; send its value")
    with context.store.reading() as connection:
        assert connection.execute(select(persons.c.identity)).scalars().all() == ["1234567"]


@pytest.mark.parametrize(("database", "times"), [("sqlite", 6), ("postgresql", 2)])
def test_killing_an_import_leaves_all_of_it_or_nothing(
    database: str,
    times: int,
    new_store_url: Callable[..., str],
    context_at: Callable[[Store], Context],
    write: Callable[..., Path],
) -> None:
    url, size = new_store_url(database), 600
    lines = "".join(f"H{number};asylum;adult;1990-01-01\n" for number in range(size))
    path = write("household;pathway;role;born\n" + lines)
    taken = 0
    for wait in (0.02 * number for number in range(times)):
        child = os.fork()
        if child == 0:
            try:
                context = replace(context_at(Store(find_url(url))), new_id=lambda: secrets.token_hex(16))
                import_sheet(context, PROGRAMME, path)
            finally:
                os._exit(1)
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        store = Store(find_url(url))
        verdict = verify(store)
        taken = count(store)[0]
        store.close()
        assert not verdict.faults
        assert taken in (0, size)
    store = Store(find_url(url))
    import_sheet(replace(context_at(store), new_id=lambda: secrets.token_hex(16)), PROGRAMME, path)
    assert count(store) == (size, size, size)
    store.close()
