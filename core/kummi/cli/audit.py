"""``kummi audit``: prove that nothing was changed behind the events' back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kummi.cli.app import App
from kummi.cli.options import global_options
from kummi.cli.terminal import counting
from kummi.errors import IntegrityError
from kummi.message import Message, lines

if TYPE_CHECKING:
    from kummi.views.base import Shown


@click.group(short_help="Prove the record.")
@global_options
def audit() -> None:
    """Prove that what is stored is what was recorded.

    Example:  kummi audit verify
    """


@audit.command(short_help="Prove every case from its events.")
@click.option("--seal", metavar="HASH", help="The seal of an earlier audit: was anything up to it changed?")
@global_options
@click.pass_obj
def verify(app: App, seal: str | None) -> None:
    """Prove that the state of every case follows from its events and that no event was changed, removed or reordered.

    The seal at the end stands for all events up to now. Written down outside and given back later with --seal, it also
    proves that no whole case was taken away, whatever was added since. Take it while nobody else writes.

    What is kept for the morning list is worked out again where the country of a case is installed.

    Example:  kummi audit verify
    """
    from kummi.casework.case_index import case_index_from
    from kummi.store.audit import count_streams
    from kummi.store.audit import verify as prove

    store = app.store()
    with counting(app.say(Message("Proving")), count_streams(store)) as step:
        verdict = prove(store, step, earlier=seal, follows=case_index_from(app.found()))
    if verdict.faults:
        faults = lines(*(Message("  {fault}", fault=fault.located) for fault in verdict.faults))
        raise IntegrityError(Message("the record does not prove:\n{faults}", faults=faults))
    if verdict.holds is False:
        raise IntegrityError(
            Message(
                "every event proves, but the record up to the seal is not as it was: cases or events "
                "were taken away, put in between (a clock that was set back does that too), or written "
                "anew"
            )
        )

    def show() -> None:
        click.echo(
            app.say(
                Message(
                    "{cases} cases, {events} events: every state follows from its events.",
                    cases=verdict.cases,
                    events=verdict.events,
                )
            )
        )
        if verdict.holds:
            click.echo(app.say(Message("Everything up to the seal is as it was.")))
        if verdict.unchecked:
            click.echo(
                app.say(
                    Message(
                        "Of {unchecked} cases the workflow is not here: their morning list was not looked at.",
                        unchecked=verdict.unchecked,
                    )
                )
            )
        click.echo(app.say(Message("Seal: {seal}", seal=verdict.seal)))

    def view() -> Shown:
        from kummi.views.database import audit_view

        return audit_view(verdict)

    app.finish(view, show)
