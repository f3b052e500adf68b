"""``kummi report``: the files that funders and authorities ask for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kummi.cli.app import App, country_of, parse_period
from kummi.cli.options import force_option, global_options
from kummi.cli.table import table
from kummi.cli.terminal import write_bytes
from kummi.errors import InputError, NotFoundError
from kummi.message import Message
from kummi.model.report import Duty, ReportFormat

if TYPE_CHECKING:
    from kummi.views.base import Shown


@click.group(short_help="The files that funders and authorities ask for.")
@global_options
def report() -> None:
    """List and build report files. None of them holds a name.

    Example:  kummi report build xx-harbour xx-register --from 2024-01-01 --to 2024-12-31 --to-file register.xlsx
    """


@report.command("list", short_help="List the reports of a programme, and its duties to report.")
@click.argument("programme_id", metavar="[PROGRAMME]", required=False)
@global_options
@click.pass_obj
def list_(app: App, programme_id: str | None) -> None:
    """List the reports that can be built for PROGRAMME, or for every programme, and every duty to report.

    Example:  kummi report list xx-harbour
    """
    catalogue = app.catalogue(country_of(programme_id) if programme_id else None)
    entries = [catalogue.programme(programme_id)] if programme_id else list(catalogue.programmes.values())
    found: list[tuple[str, ReportFormat | Duty]] = []
    for entry in entries:
        found += [(entry.id, each) for each in entry.reports.formats]
        found += [(entry.id, each) for each in entry.reports.duties]

    def view() -> Shown:
        from kummi.views.report import report_row_view

        return [report_row_view(programme, each, app.say) for programme, each in found]

    def show() -> None:
        rows = [
            (
                programme,
                each.id if isinstance(each, ReportFormat) else f"({app.say(Message('duty'))})",
                *(app.say(text) for text in (each.title, each.receiver, each.due)),
            )
            for programme, each in found
        ]
        for line in table(rows):
            click.echo(line)

    app.finish(view, show)


@report.command(short_help="Build a report file: CSV, XLSX or JSON.")
@click.argument("programme_id", metavar="PROGRAMME")
@click.argument("format_id", metavar="REPORT")
@click.option("--from", "start", required=True, metavar="DATE", help="First day of the period.")
@click.option("--to", "end", required=True, metavar="DATE", help="Last day of the period.")
@click.option(
    "--to-file",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="FILE.csv, .xlsx or .json; else CSV here.",
)
@force_option
@global_options
@click.pass_obj
def build(app: App, programme_id: str, format_id: str, start: str, end: str, target: Path | None, force: bool) -> None:
    """Build REPORT of PROGRAMME over a period. The same cases give the same bytes.

    A file with a row for each person or household can be read by its owner only.

    Example:  kummi report build xx-harbour xx-register --from 2024-01-01 --to 2024-12-31 --to-file register.xlsx
    """
    from kummi.reporting.build import build as build_table
    from kummi.reporting.files import write_csv, write_json, write_xlsx
    from kummi.store.output_file import write_file

    context = app.context_for_programme(programme_id)
    entry = context.entry(programme_id)
    form = next((each for each in entry.reports.formats if each.id == format_id), None)
    if form is None:
        raise NotFoundError(
            Message("report of {programme_id}", programme_id=programme_id),
            format_id,
            [each.id for each in entry.reports.formats],
        )
    kind = (target.suffix if target else ".json" if app.settings.as_json else ".csv").removeprefix(".")
    with context.store.reading() as connection:
        made = build_table(
            connection,
            entry,
            format_id,
            parse_period(start, end),
            app.translator(entry),
        )
        match kind:
            case "csv":
                content: bytes | None = write_csv(made, form.delimiter)
            case "xlsx":
                content = write_xlsx(made)
            case "json":
                content = write_json(made)
            case _:
                content = context.catalogue.behaviour.render(made, form)
    if content is None:
        raise InputError(
            Message("--to-file: '.{kind}' is not a form that can be written; expected .csv, .xlsx or .json", kind=kind)
        )
    if target is None:
        _print(content, kind)
        return
    write_file(target, content, personal=form.rows != "indicators", force=force)
    notes = list(made.notes)

    def show() -> None:
        click.echo(
            app.say(
                Message(
                    "{target} is written: {title}, {start} to {end}.",
                    target=target,
                    title=made.title,
                    start=start,
                    end=end,
                )
            )
        )
        for note in notes:
            click.echo("  " + app.say(Message("open: {note}", note=note)))

    def view() -> Shown:
        from kummi.views.report import ReportFileView

        return ReportFileView(file=str(target), report=format_id, programme=programme_id, notes=notes)

    app.finish(view, show)


def _print(content: bytes, kind: str) -> None:
    """Print a file: a script gets CSV as it is, and a person at a terminal or a reader of JSON as text."""
    if kind == "json" or sys.stdout.isatty():
        click.echo(content.decode("utf-8-sig").replace("\r\n", "\n"), nl=False)
    else:
        write_bytes(content)
