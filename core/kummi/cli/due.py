"""``kummi due``: the morning list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from kummi.cli.app import App, table
from kummi.cli.options import global_options

if TYPE_CHECKING:
    from kummi.casework.next_steps import Due


@click.command(short_help="The morning list: overdue, due soon, blocked.")
@click.option("--days", type=click.IntRange(0, 366), default=7, show_default=True, help="How many days ahead.")
@click.option("--programme", "programme_id", metavar="PROGRAMME", help="Only of this programme.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True, help="At most so many cases.")
@global_options
@click.pass_obj
def due(app: App, days: int, programme_id: str | None, limit: int) -> None:
    """List what is overdue, what is due within some days and what is blocked, and who owes it.

    Example:  kummi due --days 14
    """
    from kummi.casework.next_steps import due as morning
    from kummi.cli.case_output import due_data

    desk = app.desk_for_programme(programme_id) if programme_id else app.desk()
    if programme_id:
        desk.entry(programme_id)
    found = morning(desk, days, programme_id, limit)
    app.finish([due_data(app, each) for each in found], lambda: click.echo("\n".join(_lines(app, found, days))))


def _lines(app: App, found: Sequence[Due], days: int) -> Iterator[str]:
    from kummi.cli.case_output import due_row

    words = app.words()
    blocked = [item for item in found if item.kind in ("held", "lapsed", "stranded")]
    overdue = [item for item in found if item not in blocked and item.overdue_on(app.on)]
    soon = [item for item in found if item not in blocked and item not in overdue]
    by = app.on + timedelta(days=days)
    sections = (
        (app.word(words, "cli.overdue"), overdue),
        (app.word(words, "cli.due_soon", day=by), soon),
        (app.word(words, "cli.blocked"), blocked),
    )
    for title, items in sections:
        if items:
            yield f"{title} ({len(items)})"
            yield from table([due_row(app, item) for item in items], "  ")
    if not found:
        yield app.word(words, "cli.nothing_due")
