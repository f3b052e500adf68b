"""What money for one person each country's schemes come to, and who gets it."""

from __future__ import annotations

from collections.abc import Iterator

from kummi.model.funding import Standing
from kummi.network.comparison import NOTHING, ComparisonCell, ComparisonTable, Row, merged
from kummi.network.money import AGES, YEARS, MoneyView, TotalView, money_views, total_views
from kummi.network.selection import Selection, plain

_ALIKE = ("person", "pathway", "place")
"""Columns that join when all else is the same."""


def funding_tables(asked: Selection) -> Iterator[ComparisonTable]:
    """Yield what is known by who gets it, and scheme by scheme with the arithmetic."""
    money: list[MoneyView] = []
    totals: list[TotalView] = []
    for country in asked.countries:
        views = tuple(money_views(country, asked.of(country), asked.on, asked.language))
        money += views
        totals += total_views(views, country.currency)
    ages = {role.value: age for role, age in AGES.items()}
    heading = asked.gettext("Money for one person in the first {years} years", years=YEARS)
    example = asked.gettext(
        "An adult of {adult} and a child of {child} who live together; their period begins on {date} "
        "under every scheme. Each amount is in its own currency. What is not known is never counted as nothing.",
        date=asked.on,
        **ages,
    )
    note = f"{heading}. {example}"
    columns = "country place payee pathway person known if_conditions_hold assumed not_known"
    known = [_total(asked, each, money) for each in totals]
    yield asked.table("totals", columns, _joined(columns, known), note)
    columns = "country place scheme payee pathway person amount how"
    rows = [_money(asked, each) for each in money]
    yield asked.table("schemes", columns, _joined(columns, rows), is_detail=True)


def _joined(columns: str, rows: list[Row]) -> list[Row]:
    return merged(rows, *(columns.split().index(each) for each in _ALIKE))


def _total(asked: Selection, view: TotalView, money: list[MoneyView]) -> Row:
    pathway, person = asked.term("pathway", view.pathway), asked.term("role", view.person)
    parts = [each for each in money if _whose(each) == _whose(view) and not each.if_it_happens]
    sources = dict.fromkeys(source for each in parts for source in each.title.sources)
    sums = (view.known, view.if_conditions_hold, view.assumed)
    return (
        *plain(view.country, view.place or NOTHING),
        ComparisonCell(view.payee_title, tuple(sources)),
        *plain(pathway, person),
        *(ComparisonCell(str(each or NOTHING), money=each) for each in sums),
        ComparisonCell(str(view.not_known or NOTHING)),
    )


def _whose(view: MoneyView | TotalView) -> tuple[object, ...]:
    return view.country, view.place, view.pathway, view.person, view.payee_title


def _money(asked: Selection, view: MoneyView) -> Row:
    pathway, person = asked.term("pathway", view.pathway), asked.term("role", view.person)
    is_plain = view.standing in (Standing.PAYABLE, Standing.NOT_KNOWN)
    standing = "" if is_plain else f"{asked.term('standing', view.standing)}: {', '.join(view.because)}"
    how = "; ".join(part for part in (view.how.text, standing, *view.gaps) if part) or NOTHING
    said = asked.gettext("only if it happens: {how}", how=how) if view.if_it_happens else how
    return (
        *plain(view.country, view.place or NOTHING),
        view.title,
        *plain(view.payee_title, pathway, person),
        ComparisonCell(str(view.amount or NOTHING), money=view.amount),
        ComparisonCell(said, view.how.sources),
    )
