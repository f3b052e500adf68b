"""``kummi case change`` and ``kummi case correct``: what is known of a household."""

from __future__ import annotations

import click

from kummi.cli.app import App, parse_date
from kummi.cli.options import global_options, seen_option, writes
from kummi.errors import Fault, InputError
from kummi.message import Message


@click.command(short_help="Facts are different from a day on.")
@click.argument("ref")
@click.argument("facts", nargs=-1, required=True, metavar="FIELD=VALUE...")
@seen_option
@global_options
@writes
@click.pass_obj
def change(app: App, ref: str, facts: tuple[str, ...], seen: int | None) -> None:
    """Write down that facts of case REF are different from the day of --on: it moved, or has a new permit.

    FIELD is municipality, permit.expires, registered and so on, languages, or one of the programme's own. An empty
    value: not known any more. A day that has not come yet is a plan. What was written wrong is corrected: case correct.

    Example:  kummi case change XX-12 municipality=Southpier --on 2024-05-01
    """
    from kummi.casework.facts import change_facts
    from kummi.cli.case_output import report_recorded

    context = app.context_for(ref)
    report_recorded(app, context, change_facts(context, ref, given_facts(facts), seen=seen))


@click.command(short_help="Facts never were as written.")
@click.argument("ref")
@click.argument("facts", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.option("--at", metavar="DAY", help="A day on which the wrong value holds, where a fact changed.")
@seen_option
@global_options
@writes
@click.pass_obj
def correct(app: App, ref: str, facts: tuple[str, ...], at: str | None, seen: int | None) -> None:
    """Write down that facts of case REF never were as written. --on is the day of the correction.

    FIELD is as for case change; FIELD.from is the right day of a change; a member's facts are member.1.born, .gender,
    .role, .name, .identity, .joined, .joined_how, .left and .left_how. An empty value: not known. Decisions that were
    made stay; a new one comes beside them.

    Example:  kummi case correct XX-12 registered=2024-02-01 member.2.born=2016-05-30
    """
    from kummi.casework.facts import correct_facts
    from kummi.cli.case_output import report_recorded

    context = app.context_for(ref)
    day = parse_date(at, "--at") if at else None
    report_recorded(app, context, correct_facts(context, ref, given_facts(facts), at=day, seen=seen))


def given_facts(facts: tuple[str, ...]) -> dict[str, str]:
    """Return ``FIELD=VALUE`` as typed, by field. Raises InputError for one that is not in this form, or comes twice."""
    given: dict[str, str] = {}
    for number, each in enumerate(facts, start=1):
        name, sign, value = each.partition("=")
        if not sign:
            wanted = Message("expected FIELD=VALUE, such as registered=2024-02-01")
            raise InputError(Fault(Message("fact {number}", number=number), wanted))
        given[name.strip()] = value.strip()
    return given
