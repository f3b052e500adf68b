"""``kummi audit``: prove that nothing was changed behind the events' back."""

from __future__ import annotations

import click

from kummi.cli.app import App
from kummi.cli.options import global_options
from kummi.cli.progress import counting
from kummi.errors import IntegrityError


@click.group(short_help="Prove the record.")
@global_options
def audit() -> None:
    """Prove that what is stored is what was recorded.

    Example:  kummi audit verify
    """


@audit.command(short_help="Prove every case from its events.")
@click.option("--seal", metavar="HASH", help="The seal of an earlier audit that should still hold (no event since).")
@global_options
@click.pass_obj
def verify(app: App, seal: str | None) -> None:
    """Prove that the state of every case follows from its events and that no event was changed, removed or reordered.

    The seal at the end stands for all events up to now. Written down outside, it also proves that no whole case was
    taken away later.

    Example:  kummi audit verify
    """
    from sqlalchemy import func, select

    from kummi.store.audit import verify as prove
    from kummi.store.tables import cases

    store = app.store()
    with store.reading() as connection:
        total = connection.execute(select(func.count()).select_from(cases)).scalar_one()
    with counting("Proving", total) as step:
        verdict = prove(store, step)
    if verdict.faults:
        raise IntegrityError("\n".join(["the record does not prove:", *(f"  {fault}" for fault in verdict.faults)]))
    if seal and seal != verdict.seal:
        raise IntegrityError(
            f"every event proves, but the seal is {verdict.seal} now: something was added or taken away"
        )

    def show() -> None:
        click.echo(f"{verdict.cases} cases, {verdict.events} events: every state follows from its events.")
        click.echo(f"Seal: {verdict.seal}")

    app.finish({"cases": verdict.cases, "events": verdict.events, "faults": [], "seal": verdict.seal}, show)
