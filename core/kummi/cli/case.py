"""``kummi case``: open a case, see what is next, record, move, close."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kummi.cli.app import App, parse_date
from kummi.cli.case_household import change, correct, join, leave, merge, split, transfer
from kummi.cli.case_import import import_, template
from kummi.cli.options import global_options, known_option, seen_option, sources_option, writes
from kummi.cli.table import table
from kummi.errors import Fault, InputError
from kummi.i18n.terms import term
from kummi.message import Message
from kummi.model.vocabulary import Outcome, Phase

if TYPE_CHECKING:
    from kummi.model.household import Household
    from kummi.model.programme import ProgrammeEntry
    from kummi.views.base import Shown


@click.group(short_help="Open a case, see what is next, record, move, close.")
@global_options
def case() -> None:
    """Work on cases.

    Example:  kummi case next XX-12
    """


@case.command("open", short_help="Open a case for a household.")
@click.argument("programme_id", metavar="PROGRAMME")
@click.option(
    "--from", "source", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE",
    help="A YAML or JSON file with the household; without it you are asked.",
)  # fmt: skip
@click.option("--rehearse", is_flag=True, help="Only rehearse: never part of lists, reports or figures.")
@global_options
@writes
@click.pass_obj
def open_(app: App, programme_id: str, source: Path | None, rehearse: bool) -> None:
    """Open a case under PROGRAMME on the business date.

    On a terminal, and without --from, you are asked for what is needed, one question at a time.

    Example:  kummi case open xx-harbour --from household.yaml
    """
    from kummi.casework.opening import open_case
    from kummi.cli.case_output import case_head, changed, warn
    from kummi.cli.household_input import read_household

    context = app.context_for_programme(programme_id)
    entry = context.entry(programme_id)
    household = read_household(source, entry) if source else _ask(app, entry, rehearse=rehearse)
    opened = open_case(context, programme_id, household, rehearse=rehearse)

    def show() -> None:
        for line in case_head(app, opened.case, context.catalogue):
            click.echo(line)
        click.echo(f"{app.translator(entry).gettext('What is next')}:  kummi case next {opened.case.ref}")

    warn(app, opened.warnings)
    app.finish(lambda: changed(app, context, opened.case, opened.warnings), show)


def _ask(app: App, entry: ProgrammeEntry, *, rehearse: bool) -> Household:
    """Ask for the household, unless the programme would refuse it whatever the answers are."""
    from kummi.cli.household_input import ask_household
    from kummi.lifecycle.eligibility import must_take_households

    must_take_households(entry, app.on, rehearse=rehearse)
    return ask_household(app, entry)


@case.command("list", short_help="List cases.")
@click.option("--programme", "programme_id", metavar="PROGRAMME", help="Only of this programme.")
@click.option("--phase", type=click.Choice([phase.value for phase in Phase]), help="Only in this phase.")
@click.option("--municipality", metavar="PLACE", help="Only in this municipality.")
@click.option("--closed", is_flag=True, help="Closed cases too.")
@click.option("--rehearsals", is_flag=True, help="Rehearsals instead of live cases.")
@click.option("--after", type=click.IntRange(0), default=0, metavar="N", help="Go on after this number.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many.")
@global_options
@click.pass_obj
def list_(app: App, /, programme_id: str | None, phase: str | None, municipality: str | None, **wanted: Any) -> None:
    """List open cases in the order of their numbers, as they are on the day of --on and without those opened later.

    Example:  kummi case list --phase matching
    """
    from kummi.casework.listing import list_cases
    from kummi.casework.stranded import stranded
    from kummi.cli.case_output import place_name, stage_title
    from kummi.lifecycle.clearance import shown_phase
    from kummi.store.queries.case_list import CaseFilter

    context = app.context_for_programme(programme_id) if programme_id else app.context()
    entries = [context.entry(programme_id)] if programme_id else list(context.catalogue.programmes.values())
    if municipality:
        municipality = _place(municipality, entries)
    rehearsal = wanted.pop("rehearsals")
    found = list_cases(
        context, CaseFilter(programme_id, Phase(phase) if phase else None, municipality, rehearsal=rehearsal, **wanted)
    )

    def show() -> None:
        rows = []
        for each in found:
            entry = context.catalogue.programmes.get(each.programme)
            stage = stage_title(app, entry, each.stage)
            place = place_name(app, entry, each.municipality)
            phase = shown_phase(each, entry, context.on)
            is_stranded = stranded(each, context.catalogue) is not None
            translator = app.translator(entry)
            said = translator.gettext("stranded") if is_stranded else translator.term("phase", phase)
            rows.append((each.ref, said, stage, place, str(each.size), str(each.opened_on), each.programme))
        for line in table(rows):
            click.echo(line)
        if len(found) == wanted["limit"]:
            click.echo(app.say(Message("more with: --after {id}", id=found[-1].id)), err=True)
        if not found:
            click.echo(app.say(Message("no case")), err=True)

    def view() -> Shown:
        from kummi.views.case import case_view

        return [case_view(each, context.catalogue, context.on, app.say) for each in found]

    app.finish(view, show)


def _place(name: str, entries: list[ProgrammeEntry]) -> str:
    """Return the stored form of a place's name or code. Raises InputError where it means several places."""
    keys = sorted({entry.places.key(name) for entry in entries if entry.places.is_known(name)})
    if len(keys) > 1:
        raise InputError(
            Fault(
                "--municipality",
                Message("'{name}' may be {keys}; say the --programme too", name=name, keys=" or ".join(keys)),
            )
        )
    return keys[0] if keys else " ".join(name.split())


@case.command(short_help="Show everything known of a case.")
@click.argument("ref")
@known_option
@global_options
@click.pass_obj
def show(app: App, ref: str) -> None:
    """Show case REF with its household. Names are shown here and nowhere else; --json holds none.

    Example:  kummi case show XX-12
    """
    from kummi.casework.listing import find, household_of
    from kummi.cli.case_output import case_lines

    context = app.context_for(ref)
    found = find(context, ref)

    def view() -> Shown:
        from kummi.views.case import case_view

        return case_view(found, context.catalogue, context.on, app.say)

    def show_lines() -> None:
        click.echo("\n".join(case_lines(app, found, context.catalogue, household_of(context, found))))

    app.finish(view, show_lines)


@case.command("next", short_help="What is done, what is missing, what is open, and why not.")
@click.argument("ref")
@click.argument("task", required=False)
@click.option("--guidance", is_flag=True, help="Say how each missing task is done, instead of the moves.")
@sources_option
@known_option
@global_options
@click.pass_obj
def next_(app: App, ref: str, task: str | None, guidance: bool, with_sources: bool) -> None:
    """Show what may be done next with case REF.

    What is done, what is missing, who owes it and by when, which moves are open, and for each closed one every finding
    that closes it and what would settle it. With TASK only that task, and how it is done.

    Example:  kummi case next XX-12 --guidance
    """
    from kummi.casework.next_steps import only_task, what_next
    from kummi.casework.stranded import Stranded
    from kummi.cli.case_output import case_head, guidance_lines, next_lines

    context = app.context_for(ref)
    found = what_next(context, ref)
    ahead = only_task(found, task) if task and not isinstance(found, Stranded) else found

    def view() -> Shown:
        from kummi.views.next_steps import next_view, stranded_next_view

        return stranded_next_view(ahead, app.say) if isinstance(ahead, Stranded) else next_view(ahead, app.on, app.say)

    def lines() -> Iterator[str]:
        if isinstance(ahead, Stranded):
            return case_head(app, ahead.case, context.catalogue)
        if task or guidance:
            return guidance_lines(app, ahead, context.catalogue, task, in_full=with_sources)
        return next_lines(app, ahead, context.catalogue)

    app.finish(view, lambda: click.echo("\n".join(lines())))


@case.command(short_help="Decide who is eligible, and keep the decision.")
@click.argument("ref", required=False)
@click.option("--programme", "programme_id", metavar="PROGRAMME", help="Count all open cases of this programme.")
@global_options
@writes
@click.pass_obj
def assess(app: App, ref: str | None, programme_id: str | None) -> None:
    """Decide the eligibility of case REF under the law of the business date; the decision joins the earlier ones.

    Until a case enters preparation, a day outside the programme's window is a no; later it stays under its own law.
    With --programme every open case is decided at once and nothing is kept: how many, and which stand out.

    Example:  kummi case assess XX-12 --on 2024-03-01
    """
    from kummi.casework.recording import assess as decide
    from kummi.cli.case_output import decision_lines

    if (ref is None) == (programme_id is None):
        raise InputError(Message("say one of the two: a case number, or --programme PROGRAMME"))
    if programme_id:
        _assess_all(app, programme_id)
        return
    context = app.context_for(str(ref))
    found, decision = decide(context, str(ref))
    lines = decision_lines(app, found, decision, context.entry(found.programme))

    def view() -> Shown:
        from kummi.views.finding import decision_view

        return decision_view(found.ref, decision, app.say)

    app.finish(view, lambda: click.echo("\n".join(lines)))


def _assess_all(app: App, programme_id: str) -> None:
    from kummi.casework.bulk import assess_all

    found = assess_all(app.context_for_programme(programme_id), programme_id)

    def show() -> None:
        for outcome, count in found.counts.items():
            click.echo(f"{count:8}  {app.say(term('eligibility', outcome))}")
        for ref, outcome in found.standing_out:
            click.echo(
                "  "
                + app.say(
                    Message("{ref}: {outcome}; kummi case assess {ref}", ref=ref, outcome=term("eligibility", outcome))
                )
            )

    def view() -> Shown:
        from kummi.views.finding import assessed_cases_view

        return assessed_cases_view(programme_id, app.on, found)

    app.finish(view, show)


@case.command(short_help="Record a task as done.")
@click.argument("ref")
@click.argument("task")
@click.option("--until", metavar="DATE", help="Until when what was shown is good, if not as long as usual.")
@click.option("--withdraw", is_flag=True, help="Take it back: a consent withdrawn, a mistake.")
@seen_option
@global_options
@writes
@click.pass_obj
def record(app: App, ref: str, task: str, until: str | None, withdraw: bool, seen: int | None) -> None:
    """Record TASK of case REF as done on the business date, which may be long past but not in the future.

    With --withdraw it is taken back; for today that always works while the case is open.

    Example:  kummi case record XX-12 consent --on 2024-03-01
    """
    from kummi.casework.recording import record_task, withdraw_task
    from kummi.cli.case_output import report_recorded

    context = app.context_for(ref)
    if withdraw:
        report_recorded(app, context, withdraw_task(context, ref, task, seen=seen))
    else:
        good_until = parse_date(until, "--until") if until else None
        report_recorded(app, context, record_task(context, ref, task, until=good_until, seen=seen))


@case.command(short_help="Move to a stage.")
@click.argument("ref", required=False)
@click.argument("stage", required=False)
@click.option("--programme", "programme_id", metavar="PROGRAMME", help="All cases of this programme that may move.")
@click.option("--from", "source", metavar="STAGE", help="With --programme: the stage that they leave.")
@click.option("--to", "target", metavar="STAGE", help="With --programme: the stage that they enter.")
@seen_option
@global_options
@writes
@click.pass_obj
def advance(app: App, /, ref: str | None, stage: str | None, seen: int | None, **bulk: str | None) -> None:
    """Move case REF to STAGE; refused with every finding that stands against it.

    With --programme, --from and --to, every case in the one stage that may move is moved; the others are counted.

    Example:  kummi case advance XX-12 matching
    """
    from kummi.casework.moving import advance as move

    if bulk["programme_id"]:
        _advance_all(app, ref, bulk)
        return
    if not (ref and stage):
        raise InputError(Message("say which case and which stage: kummi case advance XX-12 STAGE"))
    from kummi.cli.case_output import report_moved

    context = app.context_for(ref)
    report_moved(app, context, move(context, ref, stage, seen=seen))


def _advance_all(app: App, ref: str | None, bulk: dict[str, str | None]) -> None:
    from kummi.casework.bulk import advance_all
    from kummi.cli.terminal import counting

    programme_id, source, target = bulk["programme_id"], bulk["source"], bulk["target"]
    if ref or not (programme_id and source and target):
        raise InputError(
            Message("for many cases say all three and no case: --programme PROGRAMME --from STAGE --to STAGE")
        )
    with counting(app.say(Message("Moving")), None) as step:
        found = advance_all(app.context_for_programme(programme_id), programme_id, source, target, step)

    def show() -> None:
        click.echo(
            app.say(
                Message(
                    "{moved} cases moved to '{target}', {stayed} may not move yet: kummi case next tells why",
                    moved=found.moved,
                    target=target,
                    stayed=found.stayed,
                )
            )
        )

    def view() -> Shown:
        from kummi.views.case import MovedCasesView

        return MovedCasesView(programme=programme_id, to=target, moved=found.moved, stayed=found.stayed)

    app.finish(view, show)


@case.command(short_help="Put on hold.")
@click.argument("ref")
@click.option("--reason", metavar="TEXT", help="Kept with the personal data.")
@seen_option
@global_options
@writes
@click.pass_obj
def hold(app: App, ref: str, reason: str | None, seen: int | None) -> None:
    """Put case REF on hold; it keeps its stage.

    Example:  kummi case hold XX-12 --reason "the family is away until May"
    """
    from kummi.casework.moving import hold as put_on_hold
    from kummi.cli.case_output import report_moved

    context = app.context_for(ref)
    report_moved(app, context, put_on_hold(context, ref, note=reason, seen=seen))


@case.command(short_help="Take off hold.")
@click.argument("ref")
@seen_option
@global_options
@writes
@click.pass_obj
def resume(app: App, ref: str, seen: int | None) -> None:
    """Take case REF off hold, back to where it was.

    Example:  kummi case resume XX-12
    """
    from kummi.casework.moving import resume as take_off_hold
    from kummi.cli.case_output import report_moved

    context = app.context_for(ref)
    report_moved(app, context, take_off_hold(context, ref, seen=seen))


@case.command(short_help="Close with an outcome.")
@click.argument("ref")
@click.argument("outcome", type=click.Choice([outcome.value for outcome in Outcome if outcome is not Outcome.MERGED]))
@click.option("--reason", metavar="TEXT", help="Kept with the personal data.")
@seen_option
@global_options
@writes
@click.pass_obj
def close(app: App, ref: str, outcome: str, reason: str | None, seen: int | None) -> None:
    """Close case REF with OUTCOME.

    Example:  kummi case close XX-12 completed
    """
    from kummi.casework.moving import close as end
    from kummi.cli.case_output import report_moved

    context = app.context_for(ref)
    report_moved(app, context, end(context, ref, Outcome(outcome), note=reason, seen=seen))


@case.command(short_help="Open a closed case again.")
@click.argument("ref")
@click.option("--reason", metavar="TEXT", required=True, help="Why; kept with the personal data.")
@seen_option
@global_options
@writes
@click.pass_obj
def reopen(app: App, ref: str, reason: str, seen: int | None) -> None:
    """Open closed case REF again, in the stage that it was closed from.

    Example:  kummi case reopen XX-12 --reason "closed by mistake"
    """
    from kummi.casework.moving import reopen as open_again
    from kummi.cli.case_output import report_moved

    context = app.context_for(ref)
    report_moved(app, context, open_again(context, ref, reason, seen=seen))


@case.command(short_help="Move a case whose stage is not there any more.")
@click.argument("ref")
@click.argument("stage")
@click.option("--reason", metavar="TEXT", required=True, help="Why; kept with the personal data.")
@click.option("--version", metavar="VERSION", help="The version of the workflow; the current one unless it is named.")
@seen_option
@global_options
@writes
@click.pass_obj
def restage(app: App, ref: str, stage: str, reason: str, version: str | None, seen: int | None) -> None:
    """Move stranded case REF to STAGE, and pin it to that version of the workflow.

    A case is stranded when its version of the workflow, or its stage in it, is not there any more. It goes on in a
    phase that it has been in.

    Example:  kummi case restage XX-12 sailing --reason "the stage was renamed"
    """
    from kummi.casework.moving import restage as move_stranded
    from kummi.cli.case_output import report_moved

    context = app.context_for(ref)
    report_moved(app, context, move_stranded(context, ref, stage, reason, version=version, seen=seen))


@case.command(short_help="The story of a case.")
@click.argument("ref")
@known_option
@global_options
@click.pass_obj
def timeline(app: App, ref: str) -> None:
    """Tell what happened in case REF, when, and by whom it was recorded.

    Example:  kummi case timeline XX-12
    """
    from kummi.casework.listing import timeline as story
    from kummi.cli.case_output import case_head, moment_row

    context = app.context_for(ref)
    found, moments = story(context, ref)
    entry = context.catalogue.programmes.get(found.programme)

    def show() -> None:
        for line in (
            *case_head(app, found, context.catalogue),
            *table([moment_row(app, each, entry) for each in moments], "  "),
        ):
            click.echo(line)

    def view() -> Shown:
        from kummi.views.case import timeline_view

        return timeline_view(found.ref, moments)

    app.finish(view, show)


case.add_command(template)
case.add_command(import_)
case.add_command(change)
case.add_command(join)
case.add_command(leave)
case.add_command(correct)
case.add_command(split)
case.add_command(merge)
case.add_command(transfer)
