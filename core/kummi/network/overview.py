"""The overview: who runs each programme, for whom, in what form and how long; and which pathways each takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kummi.catalogue.catalogue import Catalogue
from kummi.i18n.translator import Translator, translator_of
from kummi.lifecycle.eligibility import outside_window
from kummi.model.country import Country
from kummi.model.dates import Period
from kummi.model.facts import TASK, Facts, FactValue
from kummi.model.funding import Payee
from kummi.model.programme import DurationOfSupport, FormOfSupport, Programme, ProgrammeEntry
from kummi.model.reference import Reference
from kummi.model.rule import Result, Rule
from kummi.model.vocabulary import MemberRole, Pathway, SupportForm
from kummi.network.comparison import NOTHING, ComparisonCell, ComparisonTable, Row
from kummi.network.money import YEARS, TotalView, money_views, total_views
from kummi.network.selection import Selection, cells_of
from kummi.rules.decide import finding_of
from kummi.rules.inspect import facts_in


def badges(catalogue: Catalogue) -> dict[str, str]:
    """Return the badge of each country's plugin by the country's code, as it is without its stories played."""
    from kummi.catalogue.maturity import check_plugin  # it brings the proofs, which nothing else here needs

    return {code: check_plugin(catalogue, info.name).maturity for info in catalogue.plugins for code in info.countries}


def overview_tables(asked: Selection, badges: Mapping[str, str]) -> Iterator[ComparisonTable]:
    """Yield one row for each programme, and one for each country with its money and badge."""
    pathways = " | ".join(asked.term("pathway", pathway) for pathway in Pathway)
    columns = "programme name owner status window for_whom form duration"
    note = asked.gettext("+ open, ? depends, - closed to: {pathways}.", pathways=pathways)
    yield asked.table("programmes", columns, (_programme(asked, entry) for entry in asked.entries), note)
    rows = (_country(asked, each, badges.get(each.code, "")) for each in asked.countries)
    note = asked.gettext("Badge; money of a resettled adult, {years} years.", years=YEARS)
    yield asked.table("countries", "country name badge place brings", rows, note)


def _programme(asked: Selection, entry: ProgrammeEntry) -> Row:
    programme = entry.programme
    return (
        ComparisonCell(programme.id),
        ComparisonCell(asked.text(programme.title), programme.reference[:1]),
        ComparisonCell(asked.text(programme.owner), programme.reference[:1]),
        ComparisonCell(asked.term("status", programme.status), programme.standing.reference),
        ComparisonCell(days_of(programme), programme.window.reference),
        ComparisonCell(marks(asked, entry)),
        form_cell(asked, programme.form),
        duration_cell(asked, programme.duration),
    )


def marks(asked: Selection, entry: ProgrammeEntry) -> str:
    """Return one character for each pathway: whether the programme is open to it."""
    return "".join(MARKS[pathway_view(entry, pathway, asked.on, asked.language).verdict] for pathway in Pathway)


def days_of(programme: Programme) -> str:
    """Return the days on which a programme runs, as far as they are known."""
    days = Period.between(programme.window.start or programme.standing.since, programme.window.end)
    return NOTHING if days.is_always else str(days)


def form_cell(asked: Selection, form: FormOfSupport | None) -> ComparisonCell:
    """Say who stands beside a household; what no source says is said to be not known."""
    if form is None:
        return ComparisonCell(asked.gettext("not known"))
    said = ", ".join(_form(asked, form, each) for each in form.is_)
    return ComparisonCell(said, form.reference)


def _form(asked: Selection, form: FormOfSupport, each: SupportForm) -> str:
    ends = dict.fromkeys(str(end) for end in (form.members_at_least, form.members_at_most) if end)
    said = asked.term("form", each)
    return f"{said} ({'–'.join(ends)})" if ends and each is SupportForm.GROUP else said


def duration_cell(asked: Selection, duration: DurationOfSupport | None) -> ComparisonCell:
    """Say how long the support lasts; what no source says is said to be not known."""
    if duration is None:
        return ComparisonCell(asked.gettext("not known"))
    return ComparisonCell(_duration(asked, duration), duration.reference)


def _duration(asked: Selection, duration: DurationOfSupport) -> str:
    least, most = duration.at_least, duration.at_most
    if duration.agreed:
        return asked.gettext("agreed between them")
    if duration.disputed:
        return asked.gettext(
            "sources disagree: {durations}", durations=" / ".join(asked.length(each) for each in duration.disputed)
        )
    if least and most:
        return asked.length(most) if least == most else f"{asked.length(least)} – {asked.length(most)}"
    key = "at_least" if least else "at_most"
    return asked.term("duration", key, duration=asked.length(least or most))  # type: ignore[arg-type]  # one of them is there


def _country(asked: Selection, country: Country, badge: str) -> Row:
    views = tuple(money_views(country, asked.of(country), asked.on, asked.language))
    totals = [each for each in total_views(views, country.currency) if _is_example(each)]
    place = totals[0].place if totals else ""
    here = [each for each in totals if each.place == place]
    payees = dict.fromkeys(each.payee for each in here)
    said = "; ".join(_paid(asked, payee, [each for each in here if each.payee is payee]) for payee in payees)
    brings = said or asked.gettext("no scheme pays for this person")
    sources = dict.fromkeys(source for each in views if _is_example(each) for source in each.title.sources[:1])
    name = asked.text(country.name)
    return (
        *cells_of(country.code, name, asked.term("badge", badge) if badge else NOTHING, place or NOTHING),
        ComparisonCell(brings, tuple(sources)),
    )


def _is_example(view: object) -> bool:
    """Whether this is about the one person whose money the overview tells of."""
    person, pathway = getattr(view, "person", None), getattr(view, "pathway", None)
    return person is MemberRole.ADULT and pathway is Pathway.RESETTLED


def _paid(asked: Selection, payee: Payee, views: Sequence[TotalView]) -> str:
    parts = [part for view in views for part in _parts(asked, view)]
    return f"{asked.term('payee', payee)} {' + '.join(parts) or NOTHING}"


def _parts(asked: Selection, view: TotalView) -> Iterator[str]:
    """Yield the sums of each standing, and how much is not known."""
    sums = ((view.known, ""), (view.if_conditions_hold, "if_conditions_hold"), (view.assumed, "assumed"))
    yield from (f"{money} {asked.term('standing', key)}" if key else str(money) for money, key in sums if money)
    if view.not_known:
        yield asked.gettext("{count} not known", count=view.not_known)


def support_words(entry: ProgrammeEntry, on: date, translator: Translator) -> tuple[str, str]:
    """Return in what form support is given, and for how long, in words."""
    asked = Selection((entry,), on, translator)
    return form_cell(asked, entry.programme.form).text, duration_cell(asked, entry.programme.duration).text


class Verdict(StrEnum):
    """What the rules say of a pathway when nothing else is known of a household."""

    OPEN = "open"
    CLOSED = "closed"
    DEPENDS = "depends"


MARKS = {Verdict.OPEN: "+", Verdict.DEPENDS: "?", Verdict.CLOSED: "-"}
"""A verdict in one character."""


@dataclass(frozen=True)
class PathwayView:
    """A pathway into one programme: the rules that close it, those that ask more of it than of others, those met."""

    verdict: Verdict
    against: tuple[ComparisonCell, ...] = ()
    depends_on: tuple[ComparisonCell, ...] = ()
    met: tuple[ComparisonCell, ...] = ()

    @property
    def grounds(self) -> tuple[ComparisonCell, ...]:
        """The rules that the verdict rests on; none where no rule of the programme names a pathway."""
        return self.against or self.depends_on or self.met

    @property
    def sources(self) -> tuple[Reference, ...]:
        """The sources of those rules, each once."""
        return tuple(dict.fromkeys(source for rule in self.grounds for source in rule.sources))


def pathway_view(entry: ProgrammeEntry, pathway: Pathway, on: date, language: str) -> PathwayView:
    """Return whether a pathway is open on a day, and the rules that close it or ask more of it.

    A rule that is not met whatever else were known closes it. One that names the pathway and cannot be decided makes
    it depend on what that rule asks. Rules that ask the same of every pathway leave it open. Outside the programme's
    window nobody may enter.
    """
    results = [(rule, _result(rule, entry, on, {"pathway": pathway})) for rule in entry.rules]
    named = [(rule, result) for rule, result in results if _names_pathway(rule)]
    against = tuple(_cell(rule, language) for rule, result in results if result is Result.NOT_MET)
    if outside := outside_window(entry.programme, on):
        against = (ComparisonCell(translator_of(entry, language).say(outside.reason), outside.reference), *against)
    depends = tuple(_cell(rule, language) for rule, result in named if result is Result.UNKNOWN)
    met = tuple(_cell(rule, language) for rule, result in named if result is Result.MET)
    verdict = Verdict.CLOSED if against else Verdict.DEPENDS if depends else Verdict.OPEN
    return PathwayView(verdict, against, depends, met)


def conditions(entry: ProgrammeEntry, on: date, language: str) -> tuple[ComparisonCell, ...]:
    """Return the rules that ask the same of every pathway and hang on more than the day."""
    return tuple(
        _cell(rule, language)
        for rule in entry.rules
        if not _names_pathway(rule) and _result(rule, entry, on, {}) is Result.UNKNOWN
    )


def _result(rule: Rule, entry: ProgrammeEntry, on: date, known: dict[str, FactValue]) -> Result | None:
    """Decide a rule for a household whose tasks are open; None where it does not apply.

    A task that is not done makes a rule not met, but only for now: the rule is asked with no task done and with every
    task done, and where the answers differ it is not decided.
    """
    done: dict[str, FactValue] = {f"{TASK}{task.id}": on for task in entry.workflow.tasks}
    findings = [finding_of(rule, Facts(on, known | tasks, places=entry.places)) for tasks in ({}, done)]
    results = {finding.result if finding else None for finding in findings}
    return results.pop() if len(results) == 1 else Result.UNKNOWN


def _names_pathway(rule: Rule) -> bool:
    return any("pathway" in facts_in(part) for part in (rule.when, rule.require) if part is not None)


def _cell(rule: Rule, language: str) -> ComparisonCell:
    return ComparisonCell(rule.text.in_language(language), rule.reference)
