"""``kummi due``: the morning list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from kummi.cli.app import App
from kummi.cli.options import global_options
from kummi.cli.table import table

if TYPE_CHECKING:
    from kummi.casework.due import Due, EndingForAll
    from kummi.views.base import Shown


@click.command(short_help="The morning list: overdue, due soon, ending, blocked.")
@click.option(
    "--days", type=click.IntRange(0, 366),
    help="How many days ahead, instead of the programme's own notice: 7 for what is due, 30 for what ends.",
)  # fmt: skip
@click.option("--programme", "programme_id", metavar="PROGRAMME", help="Only of this programme.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True, help="At most so many cases.")
@global_options
@click.pass_obj
def due(app: App, days: int | None, programme_id: str | None, limit: int) -> None:
    """List what cannot wait, what is overdue or due soon, what ends soon and what is blocked, and who owes it.

    What ends: consent, clearance, a permit, the protection that a pathway rests on, the programme. Of that the list
    tells 30 days ahead at least.

    Example:  kummi due --days 14
    """
    from kummi.casework.due import due as morning
    from kummi.casework.due import endings_of_programmes

    context = app.context_for_programme(programme_id) if programme_id else app.context()
    if programme_id:
        context.entry(programme_id)
    found = morning(context, days, programme_id, limit)
    for_all = endings_of_programmes(context, days, programme_id)

    def view() -> Shown:
        from kummi.cli.case_output import ending_words
        from kummi.views.due import due_view, ending_for_all_view

        return [
            *(ending_for_all_view(each, app.on, ending_words(app, each.entry, each.ending)) for each in for_all),
            *(due_view(each, app.on, _what(app, each), _owner(app, each) or None, app.say) for each in found),
        ]

    app.finish(view, lambda: click.echo("\n".join(_lines(app, found, for_all, days))))


Row = tuple[str, ...]


def _lines(app: App, found: Sequence[Due], for_all: Sequence[EndingForAll], days: int | None) -> Iterator[str]:
    translator = app.translator()
    at_once = [item for item in found if item.kind == "consent"]
    blocked = [item for item in found if item.kind in ("held", "lapsed", "stranded")]
    other = [item for item in found if item not in at_once and item not in blocked]
    overdue = [item for item in other if item.overdue_on(app.on)]
    ending = [item for item in other if item.kind == "ends" and item not in overdue]
    soon = [item for item in other if item not in overdue and item not in ending]
    ended = [each for each in for_all if each.ending.day < app.on]
    still = [each for each in for_all if each not in ended]
    by = max([app.on + timedelta(days=7 if days is None else days), *(item.day for item in soon)])
    yield from _at_once(app, at_once)
    yield from _section(translator.gettext("Overdue"), _rows(app, overdue, ended))
    yield from _section(translator.gettext("Due by {day}", day=by), _rows(app, soon, ()))
    yield from _section(translator.gettext("Ends soon"), _rows(app, ending, still))
    yield from _section(translator.gettext("Blocked"), _rows(app, blocked, ()))
    if not found and not for_all:
        yield translator.gettext("nothing is due")


def _section(title: str, rows: Sequence[Row]) -> Iterator[str]:
    if rows:
        yield f"{title} ({len(rows)})"
        yield from table(rows, "  ")


def _rows(app: App, items: Sequence[Due], for_all: Sequence[EndingForAll]) -> list[Row]:
    return sorted([*(_row_for_all(app, each) for each in for_all), *(_row(app, each) for each in items)])


def _at_once(app: App, items: Sequence[Due]) -> Iterator[str]:
    """Say what cannot wait, and what to do about each."""
    from kummi.casework.stranded import Stranded
    from kummi.cli.case_output import consent_lines

    if items:
        yield f"{app.translator().gettext('At once')} ({len(items)})"
    for item in items:
        assert item.task is not None
        assert not isinstance(item.loaded, Stranded)
        first, *more = consent_lines(app, item.loaded, item.task)
        yield f"  {item.loaded.case.ref}  {first}"
        yield from (f"      {line}" for line in more)


def _row(app: App, item: Due) -> Row:
    """Say a due thing in one row: the day, the case, what, who owes it."""
    from kummi.casework.stranded import Stranded

    ref = item.loaded.case.ref
    last = f"kummi case next {ref}" if isinstance(item.loaded, Stranded) else _owner(app, item)
    return (str(item.day), ref, _what(app, item), last)


def _owner(app: App, item: Due) -> str:
    from kummi.casework.stranded import Stranded
    from kummi.cli.case_output import owner_name

    if item.task is None or isinstance(item.loaded, Stranded):
        return ""
    return owner_name(app, item.loaded.programme, item.task.task.owner)


def _row_for_all(app: App, each: EndingForAll) -> Row:
    from kummi.casework.due import SHOWN
    from kummi.cli.case_output import ending_words

    refs = ", ".join(each.refs[:SHOWN]) + (", …" if len(each.refs) > SHOWN else "")
    concerned = app.translator(each.entry).gettext("cases: {refs}", refs=refs)
    return (str(each.ending.day), each.entry.id, ending_words(app, each.entry, each.ending), concerned)


def _what(app: App, item: Due) -> str:
    from kummi.casework.stranded import Stranded
    from kummi.cli.case_output import consent_lines, ending_words

    if isinstance(item.loaded, Stranded):
        return f"{app.translator().gettext('stranded')}: {app.say(item.loaded.why)}"
    entry, translator = item.loaded.programme, app.translator(item.loaded.programme)
    if item.ending:
        return ending_words(app, entry, item.ending)
    if item.kind == "held":
        return translator.gettext("on hold since {day}", day=item.day)
    if item.task is None:
        stage = app.say(item.loaded.workflow.stage(item.loaded.case.stage).title)
        return translator.gettext("the stage '{stage}' should be left", stage=stage)
    if item.kind == "consent":
        return next(consent_lines(app, item.loaded, item.task))
    title = app.say(item.task.task.title)
    return (
        f"{title} ({translator.gettext('on hold by itself: a clearance has ended')})"
        if item.kind == "lapsed"
        else title
    )
