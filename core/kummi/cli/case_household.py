"""What is known of a household and who is in it: ``case change``, ``correct``, ``join``, ``leave``, ``split`` …"""

from __future__ import annotations

import click

from kummi.cli.app import App, parse_date
from kummi.cli.options import global_options, seen_option, writes
from kummi.errors import Fault, InputError, message_of
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
    from kummi.cli.case_output import report_recorded

    context = app.context_for(ref)
    report_recorded(app, context, part(context, ref, [member_number(each) for each in members], seen=seen))


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
    of birth, does not join twice. Households that came at other times keep a case each: law and money go by it. REF
    keeps its own facts and tasks; a warning names what OTHER knew otherwise.

    Example:  kummi case merge XX-12 XX-13 --on 2024-05-02
    """
    from kummi.casework.linking import merge as unite
    from kummi.cli.case_output import report_recorded

    context = app.context_for(ref)
    report_recorded(app, context, unite(context, ref, other, seen=seen))


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
