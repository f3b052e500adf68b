"""A comparison as a file: an XLSX workbook with a sheet for each topic, or a Markdown document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from kummi.network.comparison import NOTHING, Comparison, ComparisonPage, ComparisonTable, Numbers

_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 (a workbook's creation date has no zone; fixed for equal bytes)


def as_workbook(comparison: Comparison) -> bytes:
    """Return the comparison as a workbook. Amounts are numbers, with their currency in the format of the cell."""
    from xlsxwriter import Workbook

    out = BytesIO()
    with Workbook(out, {"in_memory": True}) as workbook:
        workbook.set_properties(
            {"title": comparison.gettext("Programmes side by side on {date}", date=comparison.on), "created": _CREATED}
        )
        for page in comparison.pages:
            _Sheet(workbook, page).write(comparison)
    return out.getvalue()


class _Sheet:
    """Writes one topic, a row after the other."""

    def __init__(self, workbook: Any, page: ComparisonPage) -> None:
        self.workbook, self.page = workbook, page
        self.sheet = workbook.add_worksheet(page.title[:31])
        self.bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.amounts: dict[str, Any] = {}
        self.row = 0
        self.numbers = Numbers()

    def write(self, comparison: Comparison) -> None:
        self.sheet.set_column(0, 9, 28)
        for table in self.page.tables:
            self._heading(table.title, table.note)
            self._cells(list(table.columns.values()), self.bold)
            for row in table.rows:
                for column, cell in enumerate(row):
                    if cell.money:
                        self._money(column, cell.money.amount, cell.money.currency)
                    else:
                        self.sheet.write_string(self.row, column, self.numbers.cited(cell), self.wrapped)
                self.row += 1
            self.row += 1
        self._heading(comparison.gettext("Sources"))
        self._cells(
            [comparison.translator.term("column", key) for key in ("number", "source", "read", "address")], self.bold
        )
        for number, each in enumerate(self.numbers.sources, start=1):
            self._cells(
                [str(number), comparison.translator.say(each.named), each.read, each.url or NOTHING], self.wrapped
            )

    def _heading(self, *lines: str) -> None:
        for line, form in zip(lines, (self.bold, None), strict=False):
            if line:
                self.sheet.write_string(self.row, 0, line, form)
                self.row += 1

    def _cells(self, texts: Sequence[str], form: Any) -> None:
        for column, text in enumerate(texts):
            self.sheet.write_string(self.row, column, text, form)
        self.row += 1

    def _money(self, column: int, amount: Any, currency: str) -> None:
        if currency not in self.amounts:
            form = {"num_format": f'#,##0.00 "{currency}"', "valign": "top"}
            self.amounts[currency] = self.workbook.add_format(form)
        self.sheet.write_number(self.row, column, float(amount), self.amounts[currency])


def as_markdown(comparison: Comparison) -> str:
    """Return the comparison as a Markdown document: each topic with its tables and its own numbered sources."""
    lines = [f"# {comparison.gettext('Programmes side by side on {date}', date=comparison.on)}"]
    for page in comparison.pages:
        lines += ["", f"## {page.title}", *_page(comparison, page)]
    return "\n".join(lines) + "\n"


def _page(comparison: Comparison, page: ComparisonPage) -> Iterator[str]:
    numbers = Numbers()
    for table in page.tables:
        yield from ("", f"### {table.title}", "")
        yield from (table.note, "") if table.note else ()
        yield from _table(table, numbers)
    yield from ("", f"### {comparison.gettext('Sources')}", "")
    columns = [comparison.translator.term("column", key) for key in ("number", "source", "read", "address")]
    sources = enumerate(numbers.sources, start=1)
    yield from _rows(
        columns,
        (
            [str(number), comparison.translator.say(each.named), each.read, each.url or NOTHING]
            for number, each in sources
        ),
    )


def _table(table: ComparisonTable, numbers: Numbers) -> Iterator[str]:
    if not table.rows:
        yield NOTHING
        return
    yield from _rows(table.columns.values(), ([numbers.cited(cell) for cell in row] for row in table.rows))


def _rows(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    titles = list(columns)
    for row in (titles, ["---"] * len(titles), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
