"""``kummi init``: make the database."""

from __future__ import annotations

import click

from kummi.cli.app import App
from kummi.cli.options import global_options


@click.command(short_help="Make the database.")
@global_options
@click.pass_obj
def init(app: App) -> None:
    """Make the database, or bring an older one up to date. Safe to run twice.

    Example:  kummi --db district.sqlite3 init
    """
    from kummi.store.schema import create_or_upgrade

    store = app.raw_store()
    before = create_or_upgrade(store)

    def show() -> None:
        what = "is ready" if before is None else "was there already and is up to date"
        click.echo(f"The database at {store.place} {what}.")
        programmes = app.found().programmes
        if not programmes:
            from kummi.catalogue.catalogue import NO_COUNTRY

            click.echo(NO_COUNTRY, err=True)
        else:
            click.echo(f"{len(programmes)} programmes are installed; see them with: kummi programme list")

    app.finish({"database": store.place, "made": before is None}, show)
