"""``kummi init``: make the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kummi.cli.app import App
from kummi.cli.options import global_options, writes
from kummi.message import Message

if TYPE_CHECKING:
    from kummi.views.base import Shown


@click.command(short_help="Make the database.")
@global_options
@writes
@click.pass_obj
def init(app: App) -> None:
    """Make the database, or bring an older one up to date. Safe to run twice.

    Example:  kummi --db district.sqlite3 init
    """
    from kummi.store.schema import create_or_upgrade, revision_in

    store = app.raw_store()
    before = revision_in(store) if app.dry_run else create_or_upgrade(store)

    def show() -> None:
        made = Message("The database at {place} is ready.", place=store.place)
        if before is not None:
            made = Message("The database at {place} was there already and is up to date.", place=store.place)
        elif app.dry_run:
            made = Message("The database at {place} would be made.", place=store.place)
        click.echo(app.say(made))
        programmes = app.found().programmes
        if not programmes:
            from kummi.catalogue.catalogue import NO_COUNTRY

            click.echo(app.say(NO_COUNTRY), err=True)
        else:
            click.echo(
                app.say(
                    Message(
                        "{count} programmes are installed; see them with: kummi programme list", count=len(programmes)
                    )
                )
            )

    def view() -> Shown:
        from kummi.views.database import DatabaseMadeView

        return DatabaseMadeView(database=store.place, made=before is None)

    app.finish(view, show)
