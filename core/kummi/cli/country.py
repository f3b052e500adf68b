"""``kummi country``: what the installed plugins say of their countries."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from kummi.cli.app import App
from kummi.cli.options import global_options
from kummi.cli.table import table
from kummi.i18n.translator import Translator
from kummi.message import Message
from kummi.model.country import Country

if TYPE_CHECKING:
    from kummi.views.base import Shown


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
    found = list(catalogue.countries.values())

    def view() -> Shown:
        from kummi.views.country import country_row_view

        return [country_row_view(each, catalogue, app.say) for each in found]

    def show() -> None:
        if not found:
            click.echo(app.say(NO_COUNTRY), err=True)
        counts = Counter(entry.country.code for entry in catalogue.programmes.values())
        rows = [
            (
                each.code,
                app.say(each.name),
                ", ".join(each.languages),
                each.currency,
                app.say(Message.plural("{count} programme", "{count} programmes", counts[each.code])),
            )
            for each in found
        ]
        for line in table(rows):
            click.echo(line)

    app.finish(view, show)


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

    def view() -> Shown:
        from kummi.views.country import country_view

        return country_view(found, app.on, app.say)

    app.finish(view, lambda: _show(app, found, app.translator(entry)))


def _show(app: App, found: Country, translator: Translator) -> None:
    click.echo(f"{app.say(found.name)} ({found.code}): {', '.join(found.languages)}; {found.currency}; {found.origin}")
    click.echo(f"\n{translator.gettext('Authorities')} ({app.on})")
    for authority in found.authorities:
        named = authority.named_on(app.on)
        name = app.say(named.name) if named else translator.gettext("no name known for this day")
        click.echo(f"  {authority.id}: {name}")
    click.echo(f"\n{translator.gettext('Identity numbers')}")
    for each in found.identifiers:
        note = f" ({app.say(each.note)})" if each.note else ""
        click.echo(f"  {app.say(each.title)}{note}")
    click.echo(f"\n{translator.gettext('Official words')}")
    for line in table([(each.id, " / ".join(dict(each.text.entries).values())) for each in found.terms], "  "):
        click.echo(line)
    for point in found.disagreements:
        click.echo(f"\n{translator.gettext('Sources disagree')}: {app.say(point.about)}")
        for reading in point.readings:
            click.echo(
                f"  - {app.say(reading.says)} [{'; '.join(app.say(each.citation) for each in reading.reference)}]"
            )
    click.echo(f"\n{translator.gettext('Open questions')}")
    for question in found.questions:
        click.echo(f"  ? {app.say(question.text)}")
