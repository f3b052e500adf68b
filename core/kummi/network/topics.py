"""The tables of each topic of a comparison: eligibility, funding, stages, reports and names; and all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from kummi.catalogue.catalogue import Catalogue
from kummi.model.country import Country
from kummi.model.funding import Standing
from kummi.model.programme import ProgrammeEntry
from kummi.model.text import Text
from kummi.model.vocabulary import Pathway, Phase
from kummi.network.comparison import (
    NOTHING,
    Comparison,
    ComparisonCell,
    ComparisonPage,
    ComparisonTable,
    Row,
    Topic,
    merged,
)
from kummi.network.money import AGES, YEARS, MoneyView, TotalView, money_views, total_views
from kummi.network.overview import PathwayView, Verdict, badges, conditions, overview_tables, pathway_view
from kummi.network.selection import Selection, cells_of, select_programmes


def eligibility_tables(asked: Selection) -> Iterator[ComparisonTable]:
    """Yield the verdict on each pathway, the rules behind it, and the rules that ask the same of everyone."""
    views = {entry.id: _views(asked, entry) for entry in asked.entries}
    columns = {"programme": asked.term("column", "programme")}
    columns |= {pathway.value: asked.term("pathway", pathway) for pathway in Pathway}
    rows = tuple((ComparisonCell(name), *(_verdict(asked, each) for each in of.values())) for name, of in views.items())
    yield ComparisonTable("pathways", asked.term("heading", "pathways"), columns, rows, is_matrix=True)
    reasons = [row for name, of in views.items() for row in _reasons(asked, name, of)]
    yield asked.table("reasons", "programme verdict pathway rule", merged(reasons, 2, 0), is_detail=True)
    asks = [
        (ComparisonCell(entry.id), rule)
        for entry in asked.entries
        for rule in conditions(entry, asked.on, asked.language)
    ]
    yield asked.table("conditions", "programme rule", merged(asks, 0), is_detail=True)


def _views(asked: Selection, entry: ProgrammeEntry) -> dict[Pathway, PathwayView]:
    return {pathway: pathway_view(entry, pathway, asked.on, asked.language) for pathway in Pathway}


def _verdict(asked: Selection, view: PathwayView) -> ComparisonCell:
    return ComparisonCell(asked.term("verdict", view.verdict), view.sources)


def _reasons(asked: Selection, name: str, views: dict[Pathway, PathwayView]) -> Iterator[Row]:
    for pathway, view in views.items():
        for verdict, rules in ((Verdict.CLOSED, view.against), (Verdict.DEPENDS, view.depends_on)):
            for rule in rules:
                yield *cells_of(name, asked.term("verdict", verdict), asked.term("pathway", pathway)), rule


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
        *cells_of(view.country, view.place or NOTHING),
        ComparisonCell(view.payee_title, tuple(sources)),
        *cells_of(pathway, person),
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
        *cells_of(view.country, view.place or NOTHING),
        view.title,
        *cells_of(view.payee_title, pathway, person),
        ComparisonCell(str(view.amount or NOTHING), money=view.amount),
        ComparisonCell(said, view.how.sources),
    )


def stage_tables(asked: Selection) -> Iterator[ComparisonTable]:
    """Yield the stages of each programme, phase by phase; programmes with the same stages share their rows."""
    ways: dict[tuple[Row, ...], list[str]] = {}
    for entry in asked.entries:
        ways.setdefault(tuple(_phases(asked, entry)), []).append(entry.id)
    rows = [(ComparisonCell("; ".join(names)), *row) for way, names in ways.items() for row in way]
    yield asked.table("stages_by_phase", "programme phase stages_column", rows)
    tasks = [row for entry in asked.entries for row in _tasks(asked, entry)]
    yield asked.table("tasks", "programme stage task", merged(tasks, 0), is_detail=True)


def _phases(asked: Selection, entry: ProgrammeEntry) -> Iterator[Row]:
    for phase in (phase for phase in Phase if phase is not Phase.ON_HOLD):
        stages = [each for each in entry.workflow.stages if each.phase is phase]
        sources = dict.fromkeys(source for each in stages for source in each.reference)
        titles = "; ".join(asked.text(each.title) for each in stages) or NOTHING
        yield ComparisonCell(asked.term("phase", phase)), ComparisonCell(titles, tuple(sources))


def _tasks(asked: Selection, entry: ProgrammeEntry) -> Iterator[Row]:
    for stage in entry.workflow.stages:
        for task in stage.tasks:
            optional = "" if task.required else f" ({asked.gettext('Not required')})"
            yield (
                ComparisonCell(entry.id),
                ComparisonCell(asked.text(stage.title)),
                ComparisonCell(asked.text(task.title) + optional, task.reference),
            )


def report_tables(asked: Selection) -> Iterator[ComparisonTable]:
    """Yield the duties to report and the files, each once with the programmes that have it."""
    duties = [row for entry in asked.entries for row in _duties(asked, entry)]
    yield asked.table("duties", "programme duty who receiver due", merged(duties, 0))
    files = [row for entry in asked.entries for row in _formats(asked, entry)]
    yield asked.table("formats", "programme report receiver due", merged(files, 0), is_detail=True)


def _duties(asked: Selection, entry: ProgrammeEntry) -> Iterator[Row]:
    for duty in entry.reports.duties:
        who, receiver, due = (asked.text(each) for each in (duty.who, duty.receiver, duty.due))
        yield (
            ComparisonCell(entry.id),
            ComparisonCell(asked.text(duty.title), duty.reference),
            *cells_of(who, receiver, due),
        )


def _formats(asked: Selection, entry: ProgrammeEntry) -> Iterator[Row]:
    for form in entry.reports.formats:
        receiver, due = asked.text(form.receiver), asked.text(form.due) or NOTHING
        yield (
            ComparisonCell(entry.id),
            ComparisonCell(asked.text(form.title), form.reference),
            *cells_of(receiver, due),
        )


def naming_tables(asked: Selection) -> Iterator[ComparisonTable]:
    """Yield what programmes and supporters are called, and each country's official words with their meaning."""
    rows = (_programme(asked, entry) for entry in asked.entries)
    yield asked.table("names", "programme name own_name supporter own_supporter", rows)
    terms = [row for country in asked.countries for row in _terms(asked, country)]
    yield asked.table("terms", "country meaning term", terms, is_detail=True)


def _programme(asked: Selection, entry: ProgrammeEntry) -> Row:
    programme, languages = entry.programme, entry.country.languages
    return (
        ComparisonCell(programme.id),
        ComparisonCell(asked.text(programme.title), programme.reference[:1]),
        ComparisonCell(_own(programme.title, languages)),
        *cells_of(asked.text(programme.supporter), _own(programme.supporter, languages)),
    )


def _own(text: Text, languages: tuple[str, ...]) -> str:
    """Return a text in every language of the country, each once, with the code of the language."""
    words = dict(text.entries)
    own = {words[language]: language for language in languages if language in words}
    return "; ".join(f"{said} ({language})" for said, language in own.items())


def _terms(asked: Selection, country: Country) -> Iterator[Row]:
    for term in country.terms:
        yield (
            ComparisonCell(country.code),
            ComparisonCell(asked.text(term.text), term.reference),
            ComparisonCell(_own(term.text, country.languages)),
        )


_TABLES: dict[Topic, Callable[[Selection], Iterator[ComparisonTable]]] = {
    Topic.STAGES: stage_tables,
    Topic.ELIGIBILITY: eligibility_tables,
    Topic.FUNDING: funding_tables,
    Topic.REPORTS: report_tables,
    Topic.WORDS: naming_tables,
}


def compare(
    catalogue: Catalogue,
    on: date,
    language: str,
    names: Sequence[str] = (),
    topics: Sequence[Topic] = (Topic.OVERVIEW,),
) -> Comparison:
    """Compare programmes on a day, in a language (English where a text lacks it).

    Args:
        catalogue: Where the programmes are.
        on: The day whose law is asked.
        language: The language of the titles.
        names: Programmes, and countries for all of theirs; all programmes without any name.
        topics: The questions to answer, each with a page of its own.

    Raises:
        NotFoundError: If a name is none of a country or programme.
    """
    asked = select_programmes(catalogue, names, on, language)
    pages = tuple(
        ComparisonPage(topic, asked.term("topic", topic), _tables(catalogue, asked, topic)) for topic in topics
    )
    return Comparison(on, asked.translator, tuple(entry.id for entry in asked.entries), pages)


def _tables(catalogue: Catalogue, asked: Selection, topic: Topic) -> tuple[ComparisonTable, ...]:
    if topic is Topic.OVERVIEW:
        return tuple(overview_tables(asked, badges(catalogue)))
    return tuple(_TABLES[topic](asked))
