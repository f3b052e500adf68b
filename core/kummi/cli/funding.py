"""``kummi funding``: what public money there is, and what a household brings to whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from kummi.cli.app import App, country_of, parse_period
from kummi.cli.options import global_options, known_option, sources_option
from kummi.cli.table import Sources, table
from kummi.i18n.translator import Translator
from kummi.message import alternatives
from kummi.model.funding import Scheme, Standing
from kummi.model.reference import Reference
from kummi.model.text import Text
from kummi.model.vocabulary import NOT_COUNTED

if TYPE_CHECKING:
    from kummi.funding.entitlement_line import Entitlement
    from kummi.model.case import LoadedCase
    from kummi.model.programme import ProgrammeEntry
    from kummi.views.base import Shown


@click.group(short_help="Public money: schemes, and what a case is worth to whom.")
@global_options
def funding() -> None:
    """Show public money per person.

    Example:  kummi funding entitlements XX-12 --from 2025-01-01 --to 2025-12-31
    """


@funding.command(short_help="List the schemes of a programme with their rates.")
@click.argument("programme_id", metavar="PROGRAMME")
@sources_option
@global_options
@click.pass_obj
def schemes(app: App, programme_id: str, with_sources: bool) -> None:
    """List the schemes that apply under PROGRAMME: every dated rate, notes, claim deadlines and open questions.

    A scheme that cannot be computed yet is listed with what is known of it.

    Example:  kummi funding schemes xx-harbour --sources
    """
    entry = app.catalogue(country_of(programme_id)).programme(programme_id)

    def show() -> None:
        sources = Sources()
        for scheme in entry.schemes:
            for line in _scheme_lines(app, entry, scheme, sources):
                click.echo(line)
        for line in sources.shown(app.translator(entry), in_full=with_sources):
            click.echo(line)

    def view() -> Shown:
        from kummi.views.funding import scheme_view

        return [scheme_view(scheme, entry.country.currency, app.say) for scheme in entry.schemes]

    app.finish(view, show)


def _scheme_lines(app: App, entry: ProgrammeEntry, scheme: Scheme, sources: Sources) -> Iterator[str]:
    currency, translator = entry.country.currency, app.translator(entry)

    def labelled(label: str, text: Text, reference: Sequence[Reference]) -> str:
        return f"    {label}: {app.say(text)} {sources.numbers(reference)}"

    paid_to = translator.gettext("paid to: {payee}", payee=scheme.payee_title)
    days = () if scheme.period.is_always else (str(scheme.period),)
    said = (app.say(scheme.title) + f" [{scheme.id}]", paid_to, translator.term("kind of payment", scheme.pays), *days)
    yield f"{', '.join(said)} {sources.numbers(scheme.reference)}"
    for rate in scheme.rates:
        figures = rate.disputed if rate.amount is None else (rate.amount,)
        amounts = [f"{figure} {currency}" for figure in figures]
        amount = translator.say(alternatives(*amounts)) if amounts else translator.gettext("no figure known")
        yield f"    {rate.period}  {amount}  {app.say(rate.text)} {sources.numbers(rate.reference)}"
        if rate.note:
            yield f"        {app.say(rate.note)}"
    yield from (labelled(translator.gettext("condition"), need.text, need.reference) for need in scheme.needs)
    yield from (labelled(translator.term("standing", "assumed"), each.text, each.reference) for each in scheme.assumes)
    yield from (labelled(translator.gettext("claimed"), each.text, each.reference) for each in scheme.claims)
    yield from (f"    {app.say(each.text)} {sources.numbers(each.reference)}".rstrip() for each in scheme.notes)
    yield from (f"    ? {app.say(each.text)} {sources.numbers(each.reference)}".rstrip() for each in scheme.questions)


@funding.command(short_help="What a case is worth: per person, scheme and payee.")
@click.argument("ref")
@click.option("--from", "start", required=True, metavar="DATE", help="First day.")
@click.option("--to", "end", required=True, metavar="DATE", help="Last day.")
@known_option
@global_options
@click.pass_obj
def entitlements(app: App, ref: str, start: str, end: str) -> None:
    """Work out what public money case REF gives to whom between two days, by which rule and source.

    A rate that no source gives for a day is shown as unknown and never counted as nothing. What fails a condition is
    "not payable" and in no sum. Each payee has a sum of what is payable, one of what is payable once conditions that
    are not known yet hold, and one of what rests on an assumed reading.

    Example:  kummi funding entitlements XX-12 --from 2025-01-01 --to 2025-12-31
    """
    from kummi.casework.loading import load
    from kummi.funding.entitlements import entitlements_of

    context = app.context_for(ref)
    with context.store.reading() as connection:
        loaded = load(context, connection, ref)
    lines = entitlements_of(loaded, parse_period(start, end))

    def show() -> None:
        for line in entitlement_lines(app, loaded, lines):
            click.echo(line)

    def view() -> Shown:
        from kummi.views.funding import entitlements_view

        return entitlements_view(loaded, lines, app.on, app.say)

    app.finish(view, show)


def entitlement_lines(
    app: App, loaded: LoadedCase, lines: Sequence[Entitlement], with_sources: bool = True
) -> Iterator[str]:
    """Say what a case brings to whom: each line with its arithmetic, what each payee gets, and the numbered sources."""
    translator = app.translator(loaded.programme)
    sources = Sources()
    if loaded.case.outcome in NOT_COUNTED:
        outcome = translator.term("outcome", loaded.case.outcome)
        yield f"{loaded.case.ref}: {translator.gettext('{outcome}: it brings nothing', outcome=outcome)}"
    elif not lines:
        yield f"{loaded.case.ref}: {translator.gettext('no scheme pays for this household in these days')}"
    for person in dict.fromkeys(line.person for line in lines):
        own = [line for line in lines if line.person == person]
        yield translator.gettext("person {number}", number=person)
        yield from table([_line_row(line, sources, translator) for line in own], "  ")
        yield from dict.fromkeys(each for line in own for each in _remarks(line, translator))
    yield from _total_lines(app, loaded, lines)
    unknown = [f"{app.say(each.title)} [{each.id}]" for each in loaded.programme.schemes if not each.is_computed]
    if unknown:
        yield translator.gettext(
            "Not computed for any household: {schemes}; see: kummi funding schemes {programme}",
            schemes="; ".join(unknown),
            programme=loaded.programme.id,
        )
    if with_sources:
        yield from sources.lines(translator)


def _line_row(line: Entitlement, sources: Sources, translator: Translator) -> tuple[str, ...]:
    standing = translator.term("standing", line.standing)
    if line.standing is Standing.NOT_PAYABLE:
        amount, why = (
            standing,
            f"{translator.term('result', 'not_met')}: {'; '.join(map(translator.say, line.because))}",
        )
    elif line.gap:
        amount, why = translator.gettext("not computed"), translator.say(line.gap.text)
    else:
        amount = str(line.money) if line.money else translator.gettext("actual cost")
        mark = "" if line.standing is Standing.PAYABLE else f" ({standing})"
        why = f"{translator.say(line.computed)}{mark}"
    return (_days(line, translator), amount, line.scheme.id, why, sources.numbers(line.reference))


def _days(line: Entitlement, translator: Translator) -> str:
    if line.start is None:
        return translator.gettext("days not known")
    return f"{line.start} – {line.end}" if line.start != line.end else str(line.start)


def _remarks(line: Entitlement, translator: Translator) -> Iterator[str]:
    """Say what the money still hangs on, what it rests on, and by when it is claimed."""
    if line.standing is not Standing.NOT_PAYABLE:
        yield from (f"      {translator.term('standing', 'assumed')}: {translator.say(each)}" for each in line.assumed)
        yield from (
            f"      {translator.term('result', need.result)}: {translator.say(need.reason)}" for need in line.needs
        )
        if line.claim_by:
            yield f"      {translator.gettext('claim by {date}', date=line.claim_by)}: {line.scheme.id}"


def _total_lines(app: App, loaded: LoadedCase, lines: Sequence[Entitlement]) -> Iterator[str]:
    from kummi.funding.entitlement_line import totals_by_payee

    translator = app.translator(loaded.programme)
    for (_, title), found in totals_by_payee(lines, loaded.programme.country.currency).items():
        parts = [translator.gettext("Paid to {payee}: {total}", payee=translator.say(title), total=found.payable)]
        hanging, assumed = found.if_conditions_hold, found.assumed
        if hanging.amount:
            parts.append(translator.gettext("{total} more if conditions hold that are not known yet", total=hanging))
        if assumed.amount:
            parts.append(translator.gettext("{total} more on an assumed reading", total=assumed))
        gaps, at_cost, not_payable = len(found.gaps), len(found.actual_cost), len(found.not_payable)
        if gaps:
            parts.append(translator.gettext("not in it: {count} lines that could not be computed", count=gaps))
        if at_cost:
            parts.append(translator.gettext("and {count} lines at actual cost", count=at_cost))
        if not_payable:
            parts.append(translator.gettext("lines that are not payable: {count}", count=not_payable))
        yield "; ".join(parts)
