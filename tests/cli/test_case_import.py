"""``kummi case template`` and ``kummi case import`` as they are typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SHEET = """\
household;pathway;municipality;role;born;name;identity
A;resettled;North Quay;adult;1990-01-31;Zelda Pine;7104-55
A;;;child;2015-05-01;Yorick Pine;
B;asylum;South Quay;adult;1.2.1985;Xavier Oak;7104-55
"""
BAD = "C;asylum;South Quay;adult;01/02/1985;Wanda Elm;\n"


def test_a_template_is_written_and_taken_back(cli: Any, tmp_path: Path) -> None:
    target = tmp_path / "sheet.xlsx"

    said = cli.done("case", "template", "xx-harbour", str(target), "--lang", "xx", "--json")

    assert said.json == {"programme": "xx-harbour", "file": str(target), "language": "xx"}
    assert cli.done("case", "import", "xx-harbour", str(target), "--json", "--on", "2024-03-01").json["taken"] == 0


def test_a_sheet_is_taken_and_what_came_of_it_is_said(cli: Any) -> None:
    file = cli.file("sheet.csv", SHEET)

    first = cli.done("case", "import", "xx-harbour", file, "--on", "2024-03-01")
    again = cli.done("case", "import", "xx-harbour", file, "--on", "2024-03-01", "--json")

    assert first.out.splitlines() == [
        "2 households taken, XX-1 to XX-2",
        "0 already there",
        "0 refused, 0 rows",
        "  XX-2 may be the same household as XX-1; look at both",
    ]
    assert again.json == {
        "programme": "xx-harbour",
        "taken": 0,
        "already_there": 2,
        "refused": 0,
        "refused_rows": 0,
        "refs": [],
        "flagged": [],
        "warnings": [],
        "rejects": None,
    }
    assert cli.done("audit", "verify").code == 0


def test_refused_rows_end_with_two_and_the_good_ones_are_kept(cli: Any) -> None:
    file = cli.file("sheet.csv", SHEET + BAD)

    said = cli("case", "import", "xx-harbour", file, "--on", "2024-03-01", "--json")

    assert said.code == 2
    assert said.json["taken"] == 2
    assert (said.json["refused"], said.json["refused_rows"]) == (1, 1)
    assert said.json["refs"] == ["XX-1", "XX-2"]
    assert said.json["flagged"] == [{"ref": "XX-2", "may_be": "XX-1"}]
    assert said.json["rejects"] == f"{file}.rejects.csv"
    assert "row 5, column born: expected a date like 2024-03-31 or 31.03.2024" in said.err
    assert "Wanda" not in said.out + said.err
    assert "Wanda" in Path(f"{file}.rejects.csv").read_text()
    assert len(cli.done("case", "list", "--json").json) == 2


def test_the_rejects_file_can_be_named(cli: Any, tmp_path: Path) -> None:
    file, rejects = cli.file("sheet.csv", SHEET + BAD), tmp_path / "bad.csv"

    said = cli("case", "import", "xx-harbour", file, "--on", "2024-03-01", "--rejects", str(rejects))

    assert said.code == 2
    assert rejects.exists()
    assert f"The refused rows are in {rejects}; it holds personal data" in said.err


def test_a_dry_run_says_what_would_come_of_it_and_keeps_nothing(cli: Any) -> None:
    file = cli.file("sheet.csv", SHEET + BAD)

    said = cli("case", "import", "xx-harbour", file, "--on", "2024-03-01", "--dry-run")

    assert said.code == 2
    assert "2 households taken" in said.out
    assert "dry run: nothing was kept" in said.err
    assert cli.done("case", "list", "--json").json == []
    assert not Path(f"{file}.rejects.csv").exists()


def test_all_cases_that_may_move_are_moved_and_assessed_at_once(cli: Any) -> None:
    cli.done("case", "import", "xx-harbour", cli.file("sheet.csv", SHEET), "--on", "2024-03-01")
    cli.done("case", "record", "XX-1", "referral-letter", "--on", "2024-03-02")

    way = ("--programme", "xx-harbour", "--from", "hailed", "--to", "surveyed", "--on", "2024-03-02")
    moved = cli.done("case", "advance", *way, "--json").json
    counted = cli.done("case", "assess", "--programme", "xx-harbour", "--on", "2024-03-02", "--json").json

    assert (moved["moved"], moved["stayed"]) == (1, 1)
    assert counted["counts"] == {"eligible": 0, "not_eligible": 0, "undetermined": 2}
