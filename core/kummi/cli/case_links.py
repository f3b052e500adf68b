"""``kummi case split``, ``merge``, ``transfer``: cases that part, become one, or go on elsewhere."""

from __future__ import annotations

import click

from kummi.cli.app import App
from kummi.cli.case_members import member_number
from kummi.cli.options import global_options, seen_option, writes
from kummi.message import Message


@click.command(short_help="Members go on as a case of their own.")
@click.argument("ref")
@click.argument("members", nargs=-1, required=True, metavar="MEMBER...")
@seen_option
@global_options
@writes
@click.pass_obj
def split(app: App, ref: str, members: tuple[str, ...], seen: int | None) -> None:
    """Let members of case REF go on as a case of their own from the day of --on, and print the new case.

    The new case stands where the old one does, with the same facts and tasks. The story of the old case says that they
    left and not where to, so that who stays cannot follow them.

    Example:  kummi case split XX-12 2 3 --on 2024-05-02
    """
    from kummi.casework.linking import split as part
    from kummi.cli.case_output import report_moved

    context = app.context_for(ref)
    report_moved(app, context, part(context, ref, [member_number(each) for each in members], seen=seen))


@click.command(short_help="Two cases become one.")
@click.argument("ref")
@click.argument("other")
@seen_option
@global_options
@writes
@click.pass_obj
def merge(app: App, ref: str, other: str, seen: int | None) -> None:
    """Make one case, REF, of two cases of one household. OTHER ends as merged, and counts nowhere.

    Its members are members of REF as long as they were of OTHER. Who is in both, by identity number or by name and date
    of birth, does not join twice. Households that came at other times keep a case each: law and money go by it.

    Example:  kummi case merge XX-12 XX-13 --on 2024-05-02
    """
    from kummi.casework.linking import merge as unite
    from kummi.cli.case_output import report_moved

    context = app.context_for(ref)
    report_moved(app, context, unite(context, ref, other, seen=seen))


@click.command(short_help="Hand a case on to another programme or place.")
@click.argument("ref")
@click.argument("to", metavar="PROGRAMME|PLACE")
@seen_option
@global_options
@writes
@click.pass_obj
def transfer(app: App, ref: str, to: str, seen: int | None) -> None:
    """Hand case REF on from the day of --on, with the consent of the household; it ends as transferred.

    To another PROGRAMME of the country: a new case is opened there and printed; money for the household is its own from
    that day on. To a PLACE where the programme is not:
    the household moves there. Where the programme is too, the case goes on: case change REF municipality=PLACE.

    Example:  kummi case transfer XX-12 xx-lighthouse --on 2024-05-02
    """
    from kummi.casework.linking import transfer as hand_on
    from kummi.cli.case_output import report_moved

    context = app.context_for(ref)
    done = hand_on(context, ref, to, seen=seen)
    ended = (Message("case {ref} is closed as transferred", ref=done.case.ref),) if done.new else ()
    report_moved(app, context, done.new or done.case, (*ended, *done.warnings))
