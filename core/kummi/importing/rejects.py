"""The rejects file: every row that was not taken, as it came, with the reason; to be mended and sent again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO

from kummi.importing.columns import REJECTED
from kummi.importing.files import SheetSource
from kummi.importing.households import BadCell
from kummi.message import Message
from kummi.model.spreadsheet import escape_formula


def write_rejects(
    source: SheetSource, refused: Mapping[int, Sequence[BadCell]], file: IO[bytes], say: Callable[[Message], str]
) -> None:
    """Write the refused rows in the order of the file, with their reasons. They hold personal data."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    csv.writer(text, delimiter=source.delimiter).writerows(_lines(source, refused, say))
    text.detach()
    file.flush()


def _lines(
    source: SheetSource, refused: Mapping[int, Sequence[BadCell]], say: Callable[[Message], str]
) -> Iterator[list[str]]:
    rows = source.rows()
    _, header = next(rows)
    kept = [at for at, name in enumerate(header) if name.casefold() not in REJECTED]
    yield [*(escape_formula(header[at]) for at in kept), *REJECTED]
    for number, cells in rows:
        if number in refused:
            whole = [*cells, *[""] * (len(header) - len(cells))]
            shown = [escape_formula(whole[at]) for at in [*kept, *range(len(header), len(whole))]]
            bad = refused[number]
            columns = ", ".join(dict.fromkeys(each.column for each in bad if each.column))
            reasons = "; ".join(dict.fromkeys(say(each.reason) for each in bad))
            yield [*shown, str(number), columns, reasons]
