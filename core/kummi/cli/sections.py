"""A comparison on a terminal: tables that wrap their cells instead of cutting them off."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from io import StringIO

from kummi.network.comparison import Comparison
from kummi.network.tables import Section, as_rows

IN_A_PIPE = 140
"""Columns of text where no terminal says how wide it is."""


def section_lines(found: Comparison, only: Sequence[str] = ()) -> Iterator[str]:
    """Yield the lines of a comparison, of all its sections or of some."""
    for section in as_rows(found):
        if not only or section.key in only:
            yield from _lines(section)


def _lines(section: Section) -> Iterator[str]:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else IN_A_PIPE
    page = Console(file=StringIO(), width=width, highlight=False, markup=False)
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in section.columns:
        grid.add_column(column, overflow="fold")
    for row in section.rows:
        grid.add_row(*row)
    page.print(section.title.upper())
    if section.note:
        page.print(section.note)
    page.print(grid)
    text = page.file
    assert isinstance(text, StringIO)
    yield from text.getvalue().splitlines()
