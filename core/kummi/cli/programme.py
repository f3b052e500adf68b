"""``kummi programme``: what programmes there are, and how each works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from kummi.cli.app import App, country_of
from kummi.cli.case_output import place_name
from kummi.cli.options import force_option, global_options, sources_option
from kummi.cli.table import Sources, screen_width, table, wrapped
from kummi.message import Message

if TYPE_CHECKING:
    from kummi.model.programme import ProgrammeEntry
    from kummi.views.base import Shown


@click.group(short_help="What programmes there are, and how each works.")
@global_options
def programme() -> None:
    """Show programmes.

    Example:  kummi programme show xx-harbour
    """


@programme.command("list", short_help="List the programmes.")
@global_options
@click.pass_obj
def list_(app: App) -> None:
    """List the programmes with their status and window; * marks those that take cases on the business date.

    Example:  kummi programme list --on 2024-03-01
    """
    from kummi.catalogue.catalogue import NO_COUNTRY

    catalogue = app.found()
    found = [entry for _, entry in sorted(catalogue.programmes.items())]

    def view() -> Shown:
        from kummi.views.programme import programme_row_view

        return [programme_row_view(each, app.on, app.say) for each in found]

    def show() -> None:
        if not found:
            click.echo(app.say(NO_COUNTRY), err=True)
        rows = [
            (
                "*" if _is_open(each, app.on) else " ",
                each.id,
                app.translator(each).term("status", each.programme.status),
                _window(each),
                title,
            )
            for each in found
            for title in (app.say(each.programme.title),)
        ]
        for line in table(rows):
            click.echo(line)
        for fault in catalogue.faults:
            click.echo(app.say(Message("broken: {fault}", fault=fault)), err=True)

    app.finish(view, show)


def _is_open(entry: ProgrammeEntry, on: date) -> bool:
    return entry.programme.status.takes_cases and entry.programme.window.contains(on)


def _window(entry: ProgrammeEntry) -> str:
    window = entry.programme.window
    return f"{window.start or '…'} – {window.end or '…'}"


@programme.command("show", short_help="Show one programme: stages, tasks, rules, what is open.")
@click.argument("programme_id", metavar="PROGRAMME")
@sources_option
@global_options
@click.pass_obj
def show_(app: App, programme_id: str, with_sources: bool) -> None:
    """Show PROGRAMME: who runs it and with whom, its stages with their tasks, who may enter, notes, what is open.

    Example:  kummi programme show xx-harbour --lang xx
    """
    entry = app.catalogue(country_of(programme_id)).programme(programme_id)

    def show() -> None:
        for line in _lines(app, entry, in_full=with_sources):
            click.echo(line)

    def view() -> Shown:
        from kummi.views.programme import programme_view

        return programme_view(entry, app.on, app.translator(entry))

    app.finish(view, show)


def _lines(app: App, entry: ProgrammeEntry, *, in_full: bool) -> Iterator[str]:
    from kummi.network.overview import support_words

    programme, translator = entry.programme, app.translator(entry)
    owners = entry.owners_on(app.on)
    countrywide = translator.gettext("the whole country") if programme.countrywide else ""
    places = (
        countrywide
        or ", ".join(place_name(app, entry, entry.places.key(name)) for name in programme.municipalities)
        or translator.term("result", "unknown")
    )
    status = translator.term("status", programme.status)
    yield f"{app.say(programme.title)} ({programme.id}): {status}, {_window(entry)}"
    yield f"{translator.gettext('Run by')}: {app.say(programme.owner)}"
    if programme.partners:
        yield f"{translator.gettext('Partners')}: {', '.join(map(app.say, programme.partners))}"
    yield f"{translator.gettext('A supporter is called')}: {app.say(programme.supporter)}"
    for key, said in zip(("form", "duration"), support_words(entry, app.on, translator), strict=True):
        yield f"{translator.term('column', key)}: {said}"
    yield f"{translator.gettext('Places')}: {places}"
    yield f"\n{translator.gettext('Stages and tasks (* required)')}"
    for stage in entry.workflow.stages:
        yield f"  {translator.term('phase', stage.phase)}: {app.say(stage.title)} [{stage.id}]"
        for task in stage.tasks:
            owner = app.say(owners[task.owner]) if task.owner in owners else task.owner
            yield f"      {'*' if task.required else ' '} {app.say(task.title)} [{task.id}] ({owner})"
    yield f"\n{translator.gettext('Who may enter')} ({translator.gettext('law of {day}', day=app.on)})"
    for rule in entry.rules:
        if rule.is_valid_on(app.on):
            yield f"  {rule.id}: {app.say(rule.text)}"
    if programme.disagreements:
        yield f"\n{translator.gettext('Sources disagree')}"
    for point in programme.disagreements:
        yield f"  ? {app.say(point.about)}: {' | '.join(app.say(reading.says) for reading in point.readings)}"
    if programme.questions:
        yield f"\n{translator.gettext('Open questions')}"
    yield from (f"  ? {app.say(each.text)}" for each in programme.questions)
    yield from _notes(app, entry, in_full=in_full)


def _notes(app: App, entry: ProgrammeEntry, *, in_full: bool) -> Iterator[str]:
    """Say what is worth knowing of a programme, with the numbers of its sources."""
    sources = Sources()
    if entry.programme.notes:
        yield f"\n{app.translator(entry).gettext('Notes')}"
    for each in entry.programme.notes:
        said = f"{app.say(each.text)} {sources.numbers(each.reference)}"
        yield from wrapped(said, screen_width(), "  ", "  ")
    yield from sources.shown(app.translator(entry), in_full=in_full)


@programme.command("diagram", short_help="Draw a programme's workflow: Mermaid or DOT.")
@click.argument("programme_id", metavar="PROGRAMME")
@click.option("--form", type=click.Choice(["mermaid", "dot"]), default="mermaid", show_default=True)
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@force_option
@global_options
@click.pass_obj
def diagram(app: App, programme_id: str, form: Literal["mermaid", "dot"], target: Path | None, force: bool) -> None:
    """Draw the workflow of PROGRAMME.

    Example:  kummi programme diagram xx-harbour --form dot --to harbour.dot
    """
    from kummi.lifecycle.diagram import dot, mermaid
    from kummi.store.output_file import write_file

    entry = app.catalogue(country_of(programme_id)).programme(programme_id)
    draw = mermaid if form == "mermaid" else dot
    text = draw(entry.workflow, app.translator(entry))
    if target:
        write_file(target, text.encode(), personal=False, force=force)

    def view() -> Shown:
        from kummi.views.programme import DiagramView

        return DiagramView(programme=programme_id, form=form, diagram=text)

    app.finish(view, lambda: click.echo(app.say(Message("{file} is written.", file=target)) if target else text))
