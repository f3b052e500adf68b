"""A comparison as a Markdown document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kummi.network.comparison import NOTHING, Comparison, ComparisonPage, ComparisonTable, Numbers


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
    yield from _rows(columns, ([str(number), str(each), each.read, each.url or NOTHING] for number, each in sources))


def _table(table: ComparisonTable, numbers: Numbers) -> Iterator[str]:
    if not table.rows:
        yield NOTHING
        return
    yield from _rows(table.columns.values(), ([numbers.cited(cell) for cell in row] for row in table.rows))


def _rows(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    titles = list(columns)
    for row in (titles, ["---"] * len(titles), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
