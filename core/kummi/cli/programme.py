"""``kummi programme``: what programmes there are, and how each works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kummi.cli.app import App, country_of
from kummi.cli.case_output import place_name
from kummi.cli.findings import reference_line
from kummi.cli.options import force_option, global_options, sources_option
from kummi.cli.sources import Sources
from kummi.cli.table import screen_width, table, wrapped

if TYPE_CHECKING:
    from kummi.catalogue.catalogue import ProgrammeEntry


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
    rows = [_row(app, entry) for _, entry in sorted(catalogue.programmes.items())]

    def show() -> None:
        if not rows:
            click.echo(NO_COUNTRY, err=True)
        lines = [("*" if row["open"] else " ", row["id"], row["status"], _window(row), row["title"]) for row in rows]
        for line in table(lines):
            click.echo(line)
        for fault in catalogue.faults:
            click.echo(f"broken: {fault}", err=True)

    app.finish(rows, show)


def _row(app: App, entry: ProgrammeEntry) -> dict[str, Any]:
    loaded = entry.programme
    return {
        "id": loaded.id,
        "title": app.say(loaded.title),
        "country": entry.country.code,
        "status": loaded.status.value,
        "start": loaded.window.start,
        "end": loaded.window.end,
        "open": loaded.status.takes_cases and loaded.window.contains(app.on),
        "owner": app.say(loaded.owner),
    }


def _window(row: dict[str, Any]) -> str:
    return f"{row['start'] or '…'} – {row['end'] or '…'}"


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

    app.finish(_data(app, entry), show)


def _data(app: App, entry: ProgrammeEntry) -> dict[str, Any]:
    loaded = entry.programme
    form, duration = _support(app, entry)
    return _row(app, entry) | {
        "supporter": app.say(loaded.supporter),
        "form": form if loaded.form else None,
        "duration": duration if loaded.duration else None,
        "partners": [app.say(each) for each in loaded.partners],
        "fields": [
            {
                "id": each.id,
                "type": each.type.value,
                "title": app.say(each.title),
                "choices": [{"id": choice.id, "title": app.say(choice.title)} for choice in each.choices],
            }
            for each in loaded.fields
        ],
        "municipalities": list(loaded.municipalities),
        "stages": [
            {
                "id": stage.id,
                "phase": stage.phase.value,
                "title": app.say(stage.title),
                "tasks": [
                    {"id": each.id, "title": app.say(each.title), "owner": each.owner, "required": each.required}
                    for each in stage.tasks
                ],
                "moves": [{"to": move.to, "outcome": move.outcome} for move in entry.workflow.moves_from(stage.id)],
            }
            for stage in entry.workflow.stages
        ],
        "rules": [
            {
                "id": rule.id,
                "text": app.say(rule.text),
                "valid_from": rule.valid_from,
                "valid_to": rule.valid_to,
                "reference": "; ".join(reference_line(each) for each in rule.reference),
            }
            for rule in entry.rules
        ],
        "notes": [
            {"text": app.say(each.text), "reference": [reference_line(source) for source in each.reference]}
            for each in loaded.notes
        ],
        "questions": [app.say(each.text) for each in loaded.questions],
        "disagreements": [
            {"about": app.say(each.about), "readings": [app.say(reading.says) for reading in each.readings]}
            for each in loaded.disagreements
        ],
        "reference": "; ".join(reference_line(each) for each in loaded.reference),
    }


def _support(app: App, entry: ProgrammeEntry) -> tuple[str, str]:
    """Say in what form support is given, and for how long."""
    from kummi.network.overview import duration_cell, form_cell
    from kummi.network.selection import Selection

    asked = Selection((entry,), app.on, app.translator(entry))
    return form_cell(asked, entry.programme.form).text, duration_cell(asked, entry.programme.duration).text


def _lines(app: App, entry: ProgrammeEntry, *, in_full: bool) -> Iterator[str]:
    from kummi.casework.context import owners_of

    data, translator = _data(app, entry), app.translator(entry)
    owners = owners_of(entry, app.on)
    countrywide = translator.gettext("the whole country") if entry.programme.countrywide else ""
    places = (
        countrywide
        or ", ".join(place_name(app, entry, entry.places.key(name)) for name in data["municipalities"])
        or translator.term("result", "unknown")
    )
    yield f"{data['title']} ({data['id']}): {translator.term('status', data['status'])}, {_window(data)}"
    yield f"{translator.gettext('Run by')}: {data['owner']}"
    if data["partners"]:
        yield f"{translator.gettext('Partners')}: {', '.join(data['partners'])}"
    yield f"{translator.gettext('A supporter is called')}: {data['supporter']}"
    for key, said in zip(("form", "duration"), _support(app, entry), strict=True):
        yield f"{translator.term('column', key)}: {said}"
    yield f"{translator.gettext('Places')}: {places}"
    yield f"\n{translator.gettext('Stages and tasks (* required)')}"
    for stage in data["stages"]:
        yield f"  {translator.term('phase', stage['phase'])}: {stage['title']} [{stage['id']}]"
        for task in stage["tasks"]:
            owner = app.say(owners.get(task["owner"], task["owner"]))
            yield f"      {'*' if task['required'] else ' '} {task['title']} [{task['id']}] ({owner})"
    yield f"\n{translator.gettext('Who may enter')} ({translator.gettext('law of {day}', day=app.on)})"
    for rule in entry.rules:
        if rule.is_valid_on(app.on):
            yield f"  {rule.id}: {app.say(rule.text)}"
    for key in ("disagreements", "questions"):
        if data[key]:
            yield f"\n{translator.gettext('Sources disagree' if key == 'disagreements' else 'Open questions')}"
        for each in data[key]:
            yield f"  ? {each['about'] + ': ' + ' | '.join(each['readings']) if key == 'disagreements' else each}"
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
def diagram(app: App, programme_id: str, form: str, target: Path | None, force: bool) -> None:
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
    app.finish(
        {"programme": programme_id, "form": form, "diagram": text},
        lambda: click.echo(f"{target} is written." if target else text),
    )
