"""What changes in a programme's law and money between two days, and for whom the older law goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kummi.catalogue.catalogue import Catalogue
from kummi.model.criterion import CRITERIA, After, Before, Criterion, Within
from kummi.model.dates import Period
from kummi.model.facts import Facts, FactValue
from kummi.model.funding import Scheme, Span
from kummi.model.programme import Programme, ProgrammeEntry
from kummi.model.reference import Reference
from kummi.model.rule import Result, Rule
from kummi.model.vocabulary import Pathway
from kummi.network.declared_fields import Where, fields_of, models_in
from kummi.network.overview import pathway_view
from kummi.network.selection import Selection, named, select_programmes
from kummi.network.value_translator import ValueTranslator, words_of, words_of_path
from kummi.rules.decide import decide
from kummi.rules.inspect import facts_in, walk

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """What is different from a day on."""

    day: date
    where: Where
    what: str
    sources: tuple[Reference, ...] = ()


@dataclass(frozen=True)
class Changes:
    """Everything that changes after the first day, until the last, oldest first; then who may enter on each."""

    name: str
    days: Period
    asked: Selection
    found: tuple[Change, ...]
    verdicts: tuple[Change, ...]

    def sentence(self, each: Change) -> str:
        """Say a change."""
        said = f"{words_of_path(each.where)}: {each.what}"
        return said if each in self.verdicts else self.asked.gettext("from {day}: {what}", day=each.day, what=said)


def law_changes(catalogue: Catalogue, name: str, between: tuple[date, date], language: str) -> Changes:
    """Return what changes for a programme, or for a country's programmes, between two days in either order.

    Raises:
        NotFoundError: If there is no such programme or country.
    """
    days = Period(*sorted(between))
    of = named(catalogue, name)
    asked = select_programmes(catalogue, [name], days.end, language)
    finder = _Finder(asked, days)
    found = _together(change for entry in asked.entries for change in finder.changes(entry))
    verdicts = dict.fromkeys(change for entry in asked.entries for change in finder.verdicts(entry))
    in_order = sorted(found, key=lambda change: change.day)
    return Changes(of.id if isinstance(of, ProgrammeEntry) else of.code, days, asked, tuple(in_order), tuple(verdicts))


def _together(changes: Iterable[Change]) -> list[Change]:
    """Make one change of those that say the same of several things, such as of schemes that share their terms."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for change in changes:
        key = (change.day, change.where[1:], change.what, change.sources)
        names = found.setdefault(key, [])
        if change.where[0] not in names:
            names.append(change.where[0])
    return [Change(day, ("; ".join(names), *where), what, own) for (day, where, what, own), names in found.items()]


class _Finder:
    """Finds the changes between two days; a change on the first day had happened already."""

    def __init__(self, asked: Selection, days: Period) -> None:
        self.asked, self.days = asked, days
        self.translator = ValueTranslator(asked)

    def changes(self, entry: ProgrammeEntry) -> Iterator[Change]:
        reports = (*entry.reports.indicators, *entry.reports.formats, *entry.reports.duties)
        parts: dict[str, Any] = {
            "rules": entry.rules,
            "workflow": entry.workflow,
            "schemes": entry.schemes,
            "reports": reports,
            "authorities": entry.country.authorities,
            "identifiers": entry.country.identifiers,
        }
        yield from self._window(entry.programme)
        for end in entry.country.pathway_ends:
            if self._within(Period(end=end.until).day_after):
                pathway = self.asked.term("pathway", end.pathway)
                yield Change(end.until + DAY, (pathway,), self.asked.gettext("it has ended"), end.reference)
        titles = {each.id: self.translator.name(each) for each in _titled(entry)}
        for where, model in models_in(parts):
            named = tuple(titles.get(part, part) for part in where)
            for field, values in fields_of(model):
                yield from self._dated(named, field, values)
                yield from self._condition(entry, named, model, field, values)
            if isinstance(model, Scheme):
                yield from self._spans(entry, model)
        for part in ("rules", "schemes"):
            yield from self._dated((part,), "", parts[part])

    def _within(self, day: date | None) -> bool:
        return day is not None and day != self.days.start and self.days.covers(day)

    def _window(self, programme: Programme) -> Iterator[Change]:
        window, standing = programme.window, programme.standing
        where = (self.translator.name(programme),)
        if window.start and self._within(window.start):
            yield Change(window.start, where, self.asked.gettext("it begins"), window.reference)
        if window.end and self._within(window.period.day_after):
            yield Change(window.end + DAY, where, self.asked.gettext("it has ended"), window.reference)
        if standing.since and self._within(standing.since):
            yield Change(standing.since, where, self.asked.term("status", standing.status), standing.reference)

    def _dated(self, where: Where, field: str, values: Any) -> Iterator[Change]:
        """Say of a list of values with days of validity which begin and which end, and which takes whose place."""
        if not isinstance(values, tuple) or not any(hasattr(each, "valid_from") for each in values):
            return
        here = (*where, field) if field else where
        ending = [each for each in values if self._within(each.period.day_after)]
        for each in values:
            if self._within(each.valid_from):
                place = next((old for old in ending if _takes_place(each, old)), None)
                if place is not None:
                    ending.remove(place)
                old, new = "" if place is None else _bare(self.translator, place), _bare(self.translator, each)
                if old != new:
                    said = self.asked.gettext(
                        "{new} instead of {old}" if old else "new: {what}", new=new, what=new, old=old
                    )
                    yield Change(each.valid_from, here, said, each.reference)
                else:
                    yield from self._details(here, place, each)
        for each in ending:
            what = self.asked.gettext("no longer: {what}", what=_bare(self.translator, each))
            yield Change(each.valid_to + DAY, here, what, each.reference)

    def _details(self, where: Where, old: Any, new: Any) -> Iterator[Change]:
        """Say what is different of a value that is declared anew under the same name; nothing where all is the same."""
        for field, before in fields_of(old):
            after = getattr(new, field)
            if field not in ("valid_from", "valid_to", "reference") and before != after:
                said = dict(zip(("old", "new"), self.translator.both(before, after), strict=True))
                what = self.asked.gettext("{new} instead of {old}", **said)
                yield Change(
                    new.valid_from, (*where, _bare(self.translator, new), words_of(field)), what, new.reference
                )

    def _condition(self, entry: ProgrammeEntry, where: Where, model: Any, field: str, value: Any) -> Iterator[Change]:
        """Say of a condition that names a day what that day does."""
        if not isinstance(value, CRITERIA) or isinstance(model, Span):
            return
        sources = getattr(model, "reference", ())
        for day in sorted(set(filter(self._within, _days_in(value)))):
            before, after = (decide(value, Facts(each, {}, places=entry.places)) for each in (day - DAY, day))
            said = self.translator.say(value)
            if before is after:
                yield Change(
                    day,
                    (*where, field),
                    self.asked.gettext("from this day on cases are told apart: {criterion}", criterion=said),
                    sources,
                )
            else:
                key = "applies no longer" if after is Result.NOT_MET else "applies now"
                yield Change(day, where, f"{self.asked.gettext(key)} ({said})", sources)

    def _spans(self, entry: ProgrammeEntry, scheme: Scheme) -> Iterator[Change]:
        """Say for how long money is paid from a day on, and what those keep whose period began earlier."""
        days = {day for span in scheme.spans if span.when for day in _days_in(span.when)}
        for day in sorted(filter(self._within, days)):
            groups: dict[tuple[Span, Span], list[Pathway]] = {}
            for pathway in Pathway:
                old, new = (_span(entry, scheme, each, pathway) for each in (day - DAY, day))
                if old and new and old != new:
                    groups.setdefault((old, new), []).append(pathway)
            for (old, new), pathways in groups.items():
                yield self._span_change(scheme, day, (old, new), pathways)

    def _span_change(self, scheme: Scheme, day: date, spans: tuple[Span, Span], pathways: Sequence[Pathway]) -> Change:
        old, new = spans
        names = "; ".join(self.asked.term("pathway", pathway) for pathway in pathways)
        where = (self.translator.name(scheme), *([names] if len(pathways) < len(Pathway) else []))
        lengths = {"new": self.asked.length(new.lasts), "old": self.asked.length(old.lasts)}
        notes = "; ".join(self.translator.say(span.text) for span in (new, old) if span.text)
        said = self.asked.gettext("{new} instead of {old}; those who began earlier keep {old}", **lengths) + (
            f" ({notes})" if notes else ""
        )
        return Change(day, where, said, (*new.reference, *old.reference))

    def verdicts(self, entry: ProgrammeEntry) -> Iterator[Change]:
        """Say of each pathway whose verdict is another on the last day."""
        for pathway in Pathway:
            ends = (self.days.start, self.days.end)
            old, new = (pathway_view(entry, pathway, day, self.asked.language) for day in ends)
            if old.verdict is not new.verdict:
                said = {
                    "old": self.asked.term("verdict", old.verdict),
                    "new": self.asked.term("verdict", new.verdict),
                }
                days = dict(zip(("first", "last"), ends, strict=True))
                what = self.asked.gettext(
                    "{pathway}: {old} on {first}, {new} on {last}",
                    pathway=self.asked.term("pathway", pathway),
                    **said,
                    **days,
                )
                yield Change(self.days.end, (entry.id,), what, tuple(dict.fromkeys((*old.sources, *new.sources))))


def _titled(entry: ProgrammeEntry) -> Iterator[Any]:
    reports = entry.reports
    yield from (*entry.rules, *entry.schemes, *entry.workflow.stages, *entry.workflow.tasks, *entry.country.authorities)
    yield from (*reports.indicators, *reports.formats, *reports.duties, *entry.country.identifiers)


def _bare(translator: ValueTranslator, value: Any) -> str:
    """Name a value without its days, which the sentence says."""
    return translator.name(value.model_copy(update={"valid_from": None, "valid_to": None}))


def _takes_place(new: Any, old: Any) -> bool:
    """Whether one value follows on another: the day after its last, and about the same."""
    return type(new) is type(old) and new.valid_from == old.period.day_after and _about(new) == _about(old)


def _about(value: Any) -> object:
    if isinstance(value, Rule):
        return frozenset(facts_in(value.require))
    if isinstance(value, Scheme):
        return value.id
    return getattr(value, "when", None), getattr(value, "year", None)


def _days_in(criterion: Criterion) -> Iterator[date]:
    """Yield the days from which a criterion, as it is written, says something else."""
    for part in walk(criterion):
        if isinstance(part, Before) and isinstance(part.before, date):
            yield part.before
        elif isinstance(part, After) and isinstance(part.after, date):
            yield part.after + DAY
        elif isinstance(part, Within) and isinstance(part.of, date):
            yield from (part.of, part.within.after(part.of) + DAY)


def _span(entry: ProgrammeEntry, scheme: Scheme, day: date, pathway: Pathway) -> Span | None:
    """Return how long a scheme pays where all that could begin a period lies on a day, and nothing else is known."""
    asked = [name for span in scheme.spans if span.when for name in facts_in(span.when)]
    values: dict[str, FactValue] = dict.fromkeys(asked, None)
    for part in (part for span in scheme.spans if span.when for part in walk(span.when)):
        if isinstance(part, Before | After | Within):
            values[part.fact] = day
    facts = Facts(day, values | {"pathway": pathway}, places=entry.places)
    if scheme.who is not None and decide(scheme.who, facts) is Result.NOT_MET:
        return None
    return next((span for span in scheme.spans if _is_met(span, facts)), None)


def _is_met(span: Span, facts: Facts) -> bool:
    return span.when is None or decide(span.when, facts) is Result.MET
