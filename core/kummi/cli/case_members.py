"""``kummi case join``, ``leave``: who is a member of a household, and from when to when."""

from __future__ import annotations

import click

from kummi.cli.app import App
from kummi.cli.case_facts import given_facts
from kummi.cli.options import global_options, seen_option, writes
from kummi.errors import Fault, InputError, message_of
from kummi.message import Message


@click.command(short_help="Somebody joins the household.")
@click.argument("ref")
@click.argument("facts", nargs=-1, required=True, metavar="FIELD=VALUE...")
@seen_option
@global_options
@writes
@click.pass_obj
def join(app: App, ref: str, facts: tuple[str, ...], seen: int | None) -> None:
    """Write down that somebody is a member of the household of case REF from the day of --on.

    FIELD is role (adult or child) and how (born, arrived or joined), which are needed, and born, gender, name,
    identity. What is asked of a day before, counts without the person; money is paid from the person's own start.

    Example:  kummi case join XX-12 role=child how=born --on 2024-05-02
    """
    from kummi.casework.members import join as add
    from kummi.cli.case_output import report_recorded

    context = app.context_for(ref)
    report_recorded(app, context, add(context, ref, given_facts(facts), seen=seen))


@click.command(short_help="Somebody leaves the household.")
@click.argument("ref")
@click.argument("member")
@click.argument("how", metavar="how=HOW")
@seen_option
@global_options
@writes
@click.pass_obj
def leave(app: App, ref: str, member: str, how: str, seen: int | None) -> None:
    """Write down that MEMBER of case REF is not a member any more from the day of --on.

    MEMBER is the number that case show has. HOW is moved_out, died or left_country. The last member does not leave: the
    case is closed.

    Example:  kummi case leave XX-12 2 how=moved_out --on 2024-05-02
    """
    from kummi.casework.members import leave as let_go
    from kummi.casework.members import read_left_how
    from kummi.cli.case_output import report_recorded

    name, sign, value = how.partition("=")
    try:
        if name.strip() != "how" or not sign:
            raise ValueError(Message("expected how=HOW, such as how=moved_out"))  # noqa: TRY301
        way = read_left_how(value)
    except ValueError as error:
        raise InputError(Fault("how", message_of(error))) from None
    context = app.context_for(ref)
    report_recorded(app, context, let_go(context, ref, member_number(member), way, seen=seen))


def member_number(text: str) -> int:
    """Return the number of a member as typed. Raises InputError that never repeats what may be a name."""
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 3):
        wanted = Message("expected the number of a member, as case show has it, such as 2")
        raise InputError(Fault("MEMBER", wanted))
    return int(text)
