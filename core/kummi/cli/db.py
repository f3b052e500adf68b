"""``kummi init`` and ``kummi db``: make the database, and look after it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kummi.cli.app import App
from kummi.cli.options import force_option, global_options, writes
from kummi.errors import Fault, IntegrityError
from kummi.i18n.terms import has_term, term
from kummi.message import Message, lines

if TYPE_CHECKING:
    from kummi.store.database import Store
    from kummi.views.base import Shown


@click.group(short_help="Look after the database: upgrade, check, backup, restore.")
@global_options
def db() -> None:
    """Look after the database.

    Example:  kummi db backup 2024-03-01.kummi-backup
    """


@db.command(short_help="Bring the schema up to date.")
@global_options
@writes
@click.pass_obj
def upgrade(app: App) -> None:
    """Bring the schema of an older database up to date. Safe to run twice.

    Example:  kummi db upgrade
    """
    from kummi.store.schema import HEAD, create_or_upgrade, require_current, revision_in

    store = app.raw_store()
    if not store.dialect.exists():
        require_current(store)
    before = revision_in(store) if app.dry_run else create_or_upgrade(store)
    said = Message("The schema is up to date.")
    if before != HEAD:
        said = Message(
            "The schema would be brought from {before} to {after}."
            if app.dry_run
            else "The schema was brought from {before} to {after}.",
            before=before or Message("nothing"),
            after=HEAD,
        )

    def view() -> Shown:
        from kummi.views.database import DatabaseUpgradeView

        return DatabaseUpgradeView(database=store.place, from_=before, to=HEAD)

    app.finish(view, lambda: click.echo(app.say(said)))


@db.command(short_help="Say what is wrong with the database.")
@global_options
@click.pass_obj
def check(app: App) -> None:
    """Check the database's files and schema, and count the cases that no installed plugin can move.

    The events are proved by: kummi audit verify

    What a killed command left half written beside the database is removed.

    Example:  kummi db check
    """
    from kummi.casework.stranded import count_stranded
    from kummi.store.output_file import remove_unfinished
    from kummi.store.schema import faults_of

    store = app.store()
    faults = faults_of(store)
    if faults:
        raise IntegrityError(Message("{faults}", faults=lines(*(Fault(store.place, each).located for each in faults))))
    removed = remove_unfinished(Path(store.url.database or "").parent) if store.dialect.name == "sqlite" else 0
    groups = count_stranded(store, app.found())

    def show() -> None:
        click.echo(app.say(Message("The database at {place} is sound.", place=store.place)))
        if removed:
            click.echo(
                app.say(Message("Half-written files of stopped commands that were removed: {removed}", removed=removed))
            )
        for group in groups:
            click.echo(f"  ! {app.say(group.message)}")

    def view() -> Shown:
        from kummi.views.database import DatabaseCheckView
        from kummi.views.plugin import stranded_group_view

        stranded = [stranded_group_view(each, app.say) for each in groups]
        return DatabaseCheckView(database=store.place, faults=[], removed=removed, stranded=stranded)

    app.finish(view, show)


@db.command(short_help="Write a copy of everything to a file.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@force_option
@global_options
@click.pass_obj
def backup(app: App, file: Path, force: bool) -> None:
    """Write a consistent copy of everything to FILE while others go on working.

    The file holds personal data: keep it where the database itself might lie. It is restored into SQLite and
    PostgreSQL alike.

    Example:  kummi db backup 2024-03-01.kummi-backup
    """
    from kummi.store.backup import write_backup

    counts = write_backup(app.store(), file, force=force)

    def view() -> Shown:
        from kummi.views.database import BackupView

        return BackupView(file=str(file), rows=counts)

    app.finish(
        view,
        lambda: click.echo(
            app.say(Message("{file} holds {rows}. It holds personal data.", file=file, rows=counted_rows(counts)))
        ),
    )


@db.command(short_help="Bring a copy back into an empty database.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@global_options
@writes
@click.pass_obj
def restore(app: App, file: Path) -> None:
    """Bring the copy in FILE back into a new or empty database, and prove it.

    With --dry-run it is restored into a throw-away database and proved there: so a backup is tested.

    Example:  kummi --db new.sqlite3 db restore 2024-03-01.kummi-backup
    """
    from tempfile import TemporaryDirectory

    if app.dry_run:
        with TemporaryDirectory(prefix="kummi-restore-") as folder:
            _restore(app, app.raw_store(str(Path(folder) / "restored.sqlite3")), file)
    else:
        _restore(app, app.raw_store(), file)


def counted_rows(counts: Mapping[str, int]) -> tuple[Message, ...]:
    """Say how many rows each table has."""
    return tuple(
        Message("{count} {table}", count=count, table=term("table", name) if has_term("table", name) else name)
        for name, count in counts.items()
    )


def _restore(app: App, store: Store, file: Path) -> None:
    from kummi.store.audit import verify
    from kummi.store.backup import restore_backup

    counts = restore_backup(store, file)
    verdict = verify(store)
    if verdict.faults:
        raise IntegrityError(
            Message(
                "restored, but the copy does not prove: {faults} ({count} in all)",
                faults=verdict.faults[0].located,
                count=len(verdict.faults),
            )
        )
    store.close()
    where = Message("The copy") if app.dry_run else store.place

    def view() -> Shown:
        from kummi.views.database import RestoreView

        return RestoreView(database=None if app.dry_run else store.place, rows=counts, seal=verdict.seal)

    app.finish(
        view,
        lambda: click.echo(
            app.say(Message("{where} holds {rows}; every event proves.", where=where, rows=counted_rows(counts)))
        ),
    )


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
