"""Put all programmes side by side, from what their plugins declare alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kummi.catalogue.catalogue import Catalogue, ProgrammeEntry
from kummi.model.country import Country
from kummi.model.programme import Programme
from kummi.model.report import Duty
from kummi.model.vocabulary import Pathway, Phase
from kummi.model.words import Words
from kummi.model.workflow import Stage
from kummi.network.comparison import Cell, Comparison, DutyView, MoneyView, ProgrammeView, TotalView
from kummi.network.money import money_views, total_views
from kummi.network.pathways import conditions, pathway_view


def compare(catalogue: Catalogue, on: date, language: str) -> Comparison:
    """Compare all programmes of a catalogue on a day, in a language (English where a text lacks it).

    The order is that of country codes and programme ids, so that the same catalogue always gives the same comparison.
    """
    entries = [catalogue.programmes[name] for name in sorted(catalogue.programmes)]
    money: list[MoneyView] = []
    totals: list[TotalView] = []
    duties: list[DutyView] = []
    for code in sorted(catalogue.countries):
        own = [entry for entry in entries if entry.country.code == code]
        country = catalogue.countries[code]
        views = tuple(money_views(country, own, on, language))
        money += views
        totals += total_views(views, country.currency)
        duties += _duties(country, own, language)
    programmes = tuple(_programme(entry, on, language) for entry in entries)
    words = _words(entries, language)
    return Comparison(on, language, programmes, tuple(money), tuple(totals), tuple(duties), words)


def _words(entries: list[ProgrammeEntry], language: str) -> Words:
    """Return core's words as the first country translates them that has the language."""
    return next((entry.words for entry in entries if language in entry.words.translations), Words())


def _programme(entry: ProgrammeEntry, on: date, language: str) -> ProgrammeView:
    programme = entry.programme
    standing, window = programme.standing, programme.window
    return ProgrammeView(
        id=programme.id,
        country=entry.country.code,
        title=Cell(programme.title.in_language(language), programme.reference),
        owner=Cell(programme.owner.in_language(language), programme.reference),
        status=programme.status,
        standing=Cell(entry.words.say(f"status.{programme.status}", language), standing.reference),
        window=Cell(_days(programme), window.reference),
        runs=programme.status.takes_cases and window.contains(on),
        stages={phase: tuple(_stages(entry, phase, language)) for phase in Phase if phase is not Phase.ON_HOLD},
        pathways={pathway: pathway_view(entry, pathway, on, language) for pathway in Pathway},
        conditions=conditions(entry, on, language),
    )


def _days(programme: Programme) -> str:
    start, end = programme.window.start, programme.window.end
    return f"{start or '…'} – {end or '…'}" if start or end else ""


def _stages(entry: ProgrammeEntry, phase: Phase, language: str) -> Iterator[Cell]:
    stages: tuple[Stage, ...] = entry.workflow.stages
    return (Cell(each.title.in_language(language), each.reference) for each in stages if each.phase is phase)


def _duties(country: Country, entries: list[ProgrammeEntry], language: str) -> Iterator[DutyView]:
    """Yield each duty of a country once, with the programmes that have it."""
    found: dict[str, tuple[Duty, list[str]]] = {}
    for entry in entries:
        for duty in entry.reports.duties:
            found.setdefault(duty.id, (duty, []))[1].append(entry.id)
    for duty, programmes in found.values():
        yield DutyView(
            country=country.code,
            programmes=tuple(programmes),
            title=Cell(duty.title.in_language(language), duty.reference),
            who=duty.who.in_language(language),
            receiver=duty.receiver.in_language(language),
            due=duty.due.in_language(language),
        )
