"""``kummi funding``: what public money there is, and what a household brings to whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from kummi.cli.app import App, country_of, parse_date, table
from kummi.cli.findings import reference_line
from kummi.cli.options import global_options
from kummi.model.reference import Reference
from kummi.model.words import Words

if TYPE_CHECKING:
    from kummi.casework.desk import OpenCase
    from kummi.catalogue.catalogue import ProgrammeEntry
    from kummi.funding.entitlement import Entitlement


@click.group(short_help="Public money: schemes, and what a case is worth to whom.")
@global_options
def funding() -> None:
    """Show public money per person.

    Example:  kummi funding entitlements XX-12 --from 2025-01-01 --to 2025-12-31
    """


@funding.command(short_help="List the schemes of a programme with their rates.")
@click.argument("programme_id", metavar="PROGRAMME")
@global_options
@click.pass_obj
def schemes(app: App, programme_id: str) -> None:
    """List the schemes that apply under PROGRAMME, with every dated rate and its source.

    Example:  kummi funding schemes xx-harbour
    """
    entry = app.catalogue(country_of(programme_id)).programme(programme_id)

    def show() -> None:
        for line in _scheme_lines(app, entry):
            click.echo(line)

    app.finish(_scheme_data(app, entry), show)


def _scheme_data(app: App, entry: ProgrammeEntry) -> list[dict[str, Any]]:
    return [
        {
            "id": scheme.id,
            "title": app.say(scheme.title),
            "payee": scheme.payee.value,
            "pays": scheme.pays.value,
            "starts": scheme.starts,
            "spans": [str(span.lasts) for span in scheme.spans],
            "rates": [
                {
                    "text": app.say(rate.text),
                    "amount": None if rate.amount is None else f"{rate.amount} {entry.country.currency}",
                    "disputed": [f"{amount} {entry.country.currency}" for amount in rate.disputed],
                    "from": rate.valid_from,
                    "to": rate.valid_to,
                    "reference": "; ".join(reference_line(each) for each in rate.reference),
                }
                for rate in scheme.rates
            ],
            "questions": [app.say(each.text) for each in scheme.questions],
        }
        for scheme in entry.schemes
    ]


def _scheme_lines(app: App, entry: ProgrammeEntry) -> Iterator[str]:
    for scheme in _scheme_data(app, entry):
        yield f"{scheme['title']} [{scheme['id']}], paid to the {scheme['payee']}, {scheme['pays'].replace('_', ' ')}"
        for rate in scheme["rates"]:
            amount = rate["amount"] or " or ".join(rate["disputed"]) or app.word(entry.words, "cli.no_figure")
            yield f"    {rate['from'] or '…'} – {rate['to'] or '…'}  {amount}  {rate['text']}"
            yield f"        {rate['reference']}"
        for question in scheme["questions"]:
            yield f"    ? {question}"


@funding.command(short_help="What a case is worth: per person, scheme and payee.")
@click.argument("ref")
@click.option("--from", "start", required=True, metavar="DATE", help="First day.")
@click.option("--to", "end", required=True, metavar="DATE", help="Last day.")
@global_options
@click.pass_obj
def entitlements(app: App, ref: str, start: str, end: str) -> None:
    """Work out what public money case REF gives to whom between two days, by which rule and source.

    A rate that no source gives for a day is shown as unknown and never counted as nothing.

    Example:  kummi funding entitlements XX-12 --from 2025-01-01 --to 2025-12-31
    """
    from kummi.casework.desk import look_up
    from kummi.funding.entitlements import entitlements_of

    desk = app.desk_for(ref)
    with desk.store.reading() as connection:
        it = look_up(desk, connection, ref)
    lines = entitlements_of(it.entry, it.facts, it.members, parse_date(start, "--from"), parse_date(end, "--to"))

    def show() -> None:
        for line in entitlement_lines(app, it, lines):
            click.echo(line)

    app.finish(_entitlement_data(app, it, lines), show)


def _entitlement_data(app: App, it: OpenCase, lines: Sequence[Entitlement]) -> dict[str, Any]:
    from kummi.funding.totals import totals_by_payee

    totals = totals_by_payee(lines, it.entry.country.currency)
    return {
        "ref": it.case.ref,
        "on": app.on,
        "lines": [_line_data(app, each) for each in lines],
        "totals": {
            payee.value: {"total": str(found.money), "gaps": len(found.gaps), "actual_cost": len(found.actual_cost)}
            for payee, found in totals.items()
        },
    }


def _line_data(app: App, line: Entitlement) -> dict[str, Any]:
    return {
        "person": line.person,
        "scheme": line.scheme.id,
        "payee": line.payee.value,
        "payee_title": app.say(line.scheme.payee_title),
        "from": line.start,
        "to": line.end,
        "amount": str(line.money) if line.money else None,
        "computed": app.say(line.computed) or None,
        "rule": app.say(line.rate.text) if line.rate else None,
        "reference": [reference_line(each) for each in line.reference],
        "gap": app.say(line.gap.text) if line.gap else None,
        "needs": [
            {"rule": each.rule, "result": each.result.value, "reason": app.say(each.reason)} for each in line.needs
        ],
    }


def entitlement_lines(app: App, it: OpenCase, lines: Sequence[Entitlement]) -> Iterator[str]:
    """Say what a case brings to whom: each line with its arithmetic, what each payee gets, and the numbered sources."""
    words = it.entry.words
    if not lines:
        yield f"{it.case.ref}: {app.word(words, 'cli.no_scheme')}"
        return
    sources = _Sources()
    for person in dict.fromkeys(line.person for line in lines):
        own = [line for line in lines if line.person == person]
        yield app.word(words, "cli.person", number=person)
        yield from table([_line_row(app, line, sources, words) for line in own], "  ")
        needs = dict.fromkeys(
            f"{app.word(words, f'result.{need.result}')}: {app.say(need.reason)}" for line in own for need in line.needs
        )
        yield from (f"      {need}" for need in needs)
    for payee, found in _entitlement_data(app, it, lines)["totals"].items():
        parts = [app.word(words, "cli.to_payee", payee=app.word(words, f"payee.{payee}"), total=found["total"])]
        if found["gaps"]:
            parts.append(app.word(words, "cli.lines_missing", count=found["gaps"]))
        if found["actual_cost"]:
            parts.append(app.word(words, "cli.lines_at_cost", count=found["actual_cost"]))
        yield "; ".join(parts)
    yield from sources.lines()


def _line_row(app: App, line: Entitlement, sources: _Sources, words: Words) -> tuple[str, ...]:
    amount = str(line.money) if line.money else app.word(words, "cli.not_computed" if line.gap else "cli.actual_cost")
    why = app.say(line.gap.text if line.gap else line.computed)
    days = f"{line.start} – {line.end}" if line.start != line.end else str(line.start)
    return (days, amount, line.scheme.id, why, " ".join(sources.number(reference) for reference in line.reference))


class _Sources:
    """The sources of a page, numbered in the order in which they are first named."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, reference: Reference) -> str:
        return f"[{self._numbers.setdefault(reference_line(reference), len(self._numbers) + 1)}]"

    def lines(self) -> Iterator[str]:
        yield from (f"  [{number}] {line}" for line, number in self._numbers.items())
