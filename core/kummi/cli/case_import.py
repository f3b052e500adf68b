"""``kummi case template`` and ``kummi case import``: households by the sheetful."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kummi.cli.app import App, country_of
from kummi.cli.options import force_option, global_options, writes
from kummi.message import Message
from kummi.model.case import case_ref

if TYPE_CHECKING:
    from kummi.views.base import Shown


@click.command(short_help="Write the empty sheet that a municipality fills in.")
@click.argument("programme_id", metavar="PROGRAMME")
@click.argument("target", type=click.Path(path_type=Path), metavar="FILE")
@force_option
@global_options
@click.pass_obj
def template(app: App, programme_id: str, target: Path, force: bool) -> None:
    """Write the empty sheet of PROGRAMME to FILE, a new .csv or .xlsx, with headers in the language of --lang.

    Its first row below the headers is an invented example, which case import leaves out.

    Example:  kummi case template xx-harbour households.xlsx --lang xx
    """
    from kummi.importing.template import write_template

    entry = app.catalogue(country_of(programme_id)).programme(programme_id)
    write_template(entry, target, app.language, force=force)

    def view() -> Shown:
        from kummi.views.case import TemplateView

        return TemplateView(programme=entry.id, file=str(target), language=app.language)

    said = Message(
        "{file} is ready to be filled in; take it back with: kummi case import {programme} {file}",
        file=target,
        programme=entry.id,
    )
    app.finish(view, lambda: click.echo(app.say(said)))


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let nobody look for cycles among the millions of small values that an import makes: there are none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@click.command("import", short_help="Take the households of a sheet.")
@click.argument("programme_id", metavar="PROGRAMME")
@click.argument("source", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--rejects", type=click.Path(path_type=Path), metavar="FILE", help="Where refused rows go.")
@click.option("--sheet", metavar="NAME", help="Which sheet of a workbook; the first when left out.")
@click.option("--force", is_flag=True, help="Write over a rejects file that is there already.")
@global_options
@writes
@click.pass_context
def import_(
    click_context: click.Context, programme_id: str, source: Path, rejects: Path | None, sheet: str | None, force: bool
) -> None:
    """Take the households of FILE, a .csv or .xlsx, into PROGRAMME on the business date.

    One row is a person; rows with the same household belong together and are taken, or refused, together. Good
    households are taken all at once. Refused rows go to a rejects file (FILE.rejects.csv), each with its row, column
    and reason; mend them there and import that file. Where that file is there already, nothing is taken, so that what
    you mended in it is not lost. The same file twice adds nothing. A household that may be there already is taken and
    flagged.

    A workbook of more than 350,000 rows is refused: send it in parts.

    Ends with 0 when every household was taken or is there already, with 2 when any was refused (the good ones are
    kept), and with 2 and nothing written when the file cannot be used at all.

    Example:  kummi case import xx-harbour households.xlsx
    """
    from kummi.cli.terminal import counting
    from kummi.importing.import_households import SHOWN, import_sheet

    app: App = click_context.obj
    context = app.context_for_programme(programme_id)
    with counting(app.say(Message("Importing")), None) as step, _without_collecting():
        done = import_sheet(
            context, programme_id, source, sheet=sheet, rejects=rejects, force=force, step=step, say=app.say
        )
    refs = [case_ref(done.country, number) for number in done.numbers]

    def show() -> None:
        click.echo(app.say(_taken(done.taken, refs)))
        click.echo(app.say(Message("{already_there} already there", already_there=done.already_there)))
        click.echo(
            app.say(Message("{refused} refused, {count} rows", refused=done.refused, count=len(done.refused_rows)))
        )
        for new, other in done.flagged[:SHOWN]:
            click.echo(
                "  "
                + app.say(Message("{new} may be the same household as {other}; look at both", new=new, other=other))
            )
        if len(done.flagged) > SHOWN:
            click.echo(
                "  "
                + app.say(
                    Message("and {count} more that may be the same; --json lists all", count=len(done.flagged) - SHOWN)
                )
            )

    for warning in done.warnings:
        app.warn(warning)
    if done.doubts > len(done.warnings):
        click.echo(app.say(Message("Warning: and {doubts} more", doubts=done.doubts - len(done.warnings))), err=True)

    def view() -> Shown:
        from kummi.views.case import import_view

        return import_view(programme_id, done, refs, app.say)

    app.finish(view, show)
    if done.refused_rows:
        for bad in [cell for cells in done.refused_rows.values() for cell in cells][:SHOWN]:
            click.echo(
                app.say(
                    Message("row {row}, column {column}: {reason}", row=bad.row, column=bad.column, reason=bad.reason)
                    if bad.column
                    else Message("row {row}: {doubt}", row=bad.row, doubt=bad.reason)
                ),
                err=True,
            )
        if done.rejects:
            click.echo(
                app.say(Message("The refused rows are in {rejects}; it holds personal data", rejects=done.rejects)),
                err=True,
            )
        click_context.exit(2)


def _taken(count: int, refs: Sequence[str]) -> Message:
    if not refs:
        return Message("{count} households taken", count=count)
    return Message("{count} households taken, {first} to {last}", count=count, first=refs[0], last=refs[-1])
