"""``kummi init``: make the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kummi.cli.app import App
from kummi.cli.options import global_options, writes

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
        ready = "would be made" if app.dry_run else "is ready"
        what = ready if before is None else "was there already and is up to date"
        click.echo(f"The database at {store.place} {what}.")
        programmes = app.found().programmes
        if not programmes:
            from kummi.catalogue.catalogue import NO_COUNTRY

            click.echo(NO_COUNTRY, err=True)
        else:
            click.echo(f"{len(programmes)} programmes are installed; see them with: kummi programme list")

    def view() -> Shown:
        from kummi.views.database import DatabaseMadeView

        return DatabaseMadeView(database=store.place, made=before is None)

    app.finish(view, show)
