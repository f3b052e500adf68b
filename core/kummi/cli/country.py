"""``kummi country``: what the installed plugins say of their countries."""

from __future__ import annotations

from typing import Any

import click

from kummi.cli.app import App
from kummi.cli.findings import reference_line
from kummi.cli.options import global_options
from kummi.cli.table import table
from kummi.i18n.translator import Translator
from kummi.model.country import Country


@click.group(short_help="What is installed for which country.")
@global_options
def country() -> None:
    """Show the countries that are installed.

    Example:  kummi country list
    """


@country.command("list", short_help="List the installed countries.")
@global_options
@click.pass_obj
def list_(app: App) -> None:
    """List the installed countries with their languages and programmes.

    Example:  kummi country list
    """
    from kummi.catalogue.catalogue import NO_COUNTRY

    catalogue = app.found()
    rows: list[dict[str, Any]] = [
        {
            "code": each.code,
            "name": app.say(each.name),
            "languages": list(each.languages),
            "currency": each.currency,
            "programmes": sorted(key for key, entry in catalogue.programmes.items() if entry.country.code == each.code),
            "plugin": str(each.origin),
        }
        for each in catalogue.countries.values()
    ]

    def show() -> None:
        if not rows:
            click.echo(NO_COUNTRY, err=True)
        lines = [
            (
                row["code"],
                row["name"],
                ", ".join(row["languages"]),
                row["currency"],
                f"{len(row['programmes'])} programmes",
            )
            for row in rows
        ]
        for line in table(lines):
            click.echo(line)

    app.finish(rows, show)


@country.command("show", short_help="Show one country: authorities, words, numbers, open questions.")
@click.argument("code")
@global_options
@click.pass_obj
def show_(app: App, code: str) -> None:
    """Show the country with CODE: its authorities by date, official words, identity numbers, open questions.

    Example:  kummi country show xx
    """
    catalogue = app.catalogue({code.lower()})
    found = catalogue.country(code)
    entry = next((each for each in catalogue.programmes.values() if each.country.code == found.code), None)
    app.finish(_data(app, found), lambda: _show(app, found, app.translator(entry)))


def _data(app: App, found: Country) -> dict[str, Any]:
    return {
        "code": found.code,
        "name": app.say(found.name),
        "languages": list(found.languages),
        "currency": found.currency,
        "authorities": [_authority(app, each) for each in found.authorities],
        "identifiers": [{"id": each.id, "title": app.say(each.title)} for each in found.identifiers],
        "terms": [{"id": each.id, "text": each.text.model_dump()} for each in found.terms],
        "questions": [app.say(each.text) for each in found.questions],
        "disagreements": [_disagreement(app, each) for each in found.disagreements],
    }


def _authority(app: App, authority: Any) -> dict[str, Any]:
    named = authority.named_on(app.on)
    source = "; ".join(reference_line(each) for each in named.reference) if named else None
    return {"id": authority.id, "name": app.say(named.name) if named else None, "reference": source}


def _disagreement(app: App, point: Any) -> dict[str, Any]:
    readings = [
        {"says": app.say(each.says), "reference": "; ".join(reference_line(source) for source in each.reference)}
        for each in point.readings
    ]
    return {"about": app.say(point.about), "readings": readings}


def _show(app: App, found: Country, translator: Translator) -> None:
    data = _data(app, found)
    click.echo(f"{data['name']} ({found.code}): {', '.join(found.languages)}; {found.currency}; {found.origin}")
    click.echo(f"\n{translator.gettext('Authorities')} ({app.on})")
    for each in data["authorities"]:
        click.echo(f"  {each['id']}: {each['name'] or translator.gettext('no name known for this day')}")
    click.echo(f"\n{translator.gettext('Identity numbers')}")
    for each in found.identifiers:
        note = f" ({app.say(each.note)})" if each.note else ""
        click.echo(f"  {app.say(each.title)}{note}")
    click.echo(f"\n{translator.gettext('Official words')}")
    for line in table([(each.id, " / ".join(dict(each.text.entries).values())) for each in found.terms], "  "):
        click.echo(line)
    for point in data["disagreements"]:
        click.echo(f"\n{translator.gettext('Sources disagree')}: {point['about']}")
        for reading in point["readings"]:
            click.echo(f"  - {reading['says']} [{reading['reference']}]")
    click.echo(f"\n{translator.gettext('Open questions')}")
    for question in data["questions"]:
        click.echo(f"  ? {question}")
