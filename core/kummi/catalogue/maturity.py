"""How far a plugin has come: its faults, proofs, translations, sources and open questions, and the badge they earn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kummi.catalogue.catalogue import Catalogue, PluginFault, PluginInfo
from kummi.catalogue.provenance import origin_of
from kummi.catalogue.yaml.source import Lines
from kummi.errors import Fault, NotFoundError
from kummi.i18n.translator import missing_phrases
from kummi.lifecycle.proofs.completeness import missing_languages
from kummi.lifecycle.proofs.prove import prove
from kummi.lifecycle.proofs.violation import Proof, Violation
from kummi.message import Message
from kummi.model.base import Declared, Frozen
from kummi.model.country import Country
from kummi.model.funding import ClaimDeadline, Rate, Span
from kummi.model.programme import Programme, ProgrammeEntry, Window
from kummi.model.reference import Certainty, Question, Reference
from kummi.model.report import Duty, ReportColumn
from kummi.model.rule import Rule
from kummi.model.text import FALLBACK
from kummi.model.workflow import Deadline, Task
from kummi.rules.inspect import Problem


class Maturity(StrEnum):
    """How far a plugin has come; each badge includes the ones before it.

    ``sourced``: no fault, every value has a source, and no figure, rule or duty rests on an assumption alone.
    ``tested``: it has stories, and all of them hold. ``reviewed``: a named review stands in the country or in each of
    its programmes, with its day and scope.
    """

    DRAFT = "draft"
    SOURCED = "sourced"
    TESTED = "tested"
    REVIEWED = "reviewed"


@dataclass(frozen=True)
class StoryRun:
    """What came of a plugin's scenarios: how many were played, and those that departed from their story."""

    played: int = 0
    failed: tuple[Message, ...] = ()


@dataclass(frozen=True)
class ProofResult:
    """One proof of one programme's workflow. Each violation has its shortest counter-example."""

    programme: str
    proof: Proof
    violations: tuple[Violation, ...]

    @property
    def holds(self) -> bool:
        """Whether the proof holds; missing translations are gaps and do not break it."""
        return all(violation.gap for violation in self.violations)


@dataclass(frozen=True)
class Missing:
    """A text of the plugin's own, or a phrase of core (``key``), that lacks a language; ``where`` is file and line."""

    where: str
    language: str
    text: str
    key: str | None = None


@dataclass(frozen=True)
class PluginReport:
    """What ``plugin check`` says of one plugin.

    ``missing_texts`` are the plugin's own texts that lack a language of their country, ``missing_words`` the phrases of
    core. ``unsourced`` are the values that have no reference of their own and none above them, ``assumed`` the figures,
    rules and duties that rest on an assumption alone. ``to_reach`` says what stands between the plugin and the next
    badge, ``next``; empty where there is none.
    """

    plugin: PluginInfo
    faults: tuple[PluginFault, ...]
    proofs: tuple[ProofResult, ...]
    missing_texts: tuple[Missing, ...]
    missing_words: tuple[Missing, ...]
    languages: tuple[str, ...]
    unsourced: tuple[Fault, ...]
    assumed: tuple[Fault, ...]
    questions: int
    scenarios: StoryRun | None
    maturity: Maturity
    next: Maturity | None = None
    to_reach: tuple[Fault, ...] = ()


def check_plugin(catalogue: Catalogue, name: str, play: Callable[[], StoryRun] | None = None) -> PluginReport:
    """Return how far a plugin has come.

    Args:
        catalogue: A catalogue in which the plugin was looked for.
        name: The plugin's name, such as ``xx``.
        play: Plays the plugin's scenarios; None leaves them unplayed, and then the badge is at most ``sourced``.

    Raises:
        NotFoundError: If no plugin of this name was found.
    """
    info = next((each for each in catalogue.plugins if each.name == name), None)
    if info is None:
        raise NotFoundError(Message("plugin"), name, (each.name for each in catalogue.plugins))
    faults = tuple(each for each in catalogue.faults if (each.plugin, each.version) == (info.name, info.version))
    if not faults and not info.gives:
        faults = (PluginFault(info.name, info.version, Fault(info.name, _GIVES_NOTHING)),)
    entries = [*catalogue.programmes.values(), *catalogue.flawed.values()]
    shown_in = _values_of(info, catalogue, entries)
    values = [value for value, _ in shown_in]
    lines = Lines({str(info): info.folder} if info.folder else {})
    countries = [catalogue.countries[code] for code in info.countries if code in catalogue.countries]
    report = PluginReport(
        plugin=info,
        faults=faults,
        proofs=tuple(_proofs(info, entries)),
        missing_texts=tuple(_missing_texts(shown_in, lines)),
        missing_words=tuple(_missing_words(countries, entries, lines)),
        languages=tuple(dict.fromkeys(each for _, country in shown_in for each in country.languages)),
        unsourced=_placed(values, unsourced, lines),
        assumed=_placed(values, assumed, lines),
        questions=len({question for value in values for question in questions(value)}),
        scenarios=play() if play else None,
        maturity=Maturity.DRAFT,
    )
    return with_badge(report, countries, [entry.programme for entry in entries if _is_from(info, entry.programme)])


_GIVES_NOTHING = Message("the plugin gives nothing: none of its hooks answers anything")


def _placed(
    values: Iterable[Declared], find: Callable[[Declared], Iterator[Problem]], lines: Lines
) -> tuple[Fault, ...]:
    """Return what is found in some values with its places, each once: a value may be named in several places."""
    found = (
        Fault(lines.place(origin_of(value), problem.path), problem.message)
        for value in values
        for problem in find(value)
    )
    return tuple(dict.fromkeys(found))


def _values_of(info: PluginInfo, catalogue: Catalogue, entries: list[ProgrammeEntry]) -> list[tuple[Declared, Country]]:
    """Return everything that the plugin gives, each value once, with the country in which it is shown."""
    values: list[tuple[Declared, Country]] = [(each, each) for each in catalogue.countries.values()]
    for entry in entries:
        reports = entry.reports
        given = (entry.programme, *entry.workflows.values(), *entry.rules, *entry.schemes)
        reported = (*reports.indicators, *reports.formats, *reports.duties)
        values += [(each, entry.country) for each in (*given, *reported)]
    return list({_place(value): (value, country) for value, country in values if _is_from(info, value)}.values())


def _place(value: Declared) -> Hashable:
    """Tell a value by its line: of a workflow, each programme has a copy of its own with the moves that core adds."""
    origin = value.origin
    return id(value) if origin is None or origin.line is None else (type(value), origin)


def _is_from(info: PluginInfo, value: Declared) -> bool:
    origin = value.origin
    return origin is not None and (origin.plugin, origin.version) == (info.name, info.version)


def _proofs(info: PluginInfo, entries: list[ProgrammeEntry]) -> Iterator[ProofResult]:
    for entry in entries:
        if _is_from(info, entry.workflow):
            violations = prove(entry)
            for proof in Proof:
                yield ProofResult(entry.id, proof, tuple(each for each in violations if each.proof is proof))


def _missing_texts(values: list[tuple[Declared, Country]], lines: Lines) -> Iterator[Missing]:
    """Yield the texts that lack a language of the country in which they are shown."""
    for value, country in values:
        for each in missing_languages(value, country.languages, ""):
            where = lines.place(origin_of(value), each.path)
            yield from (Missing(where, language, each.english) for language in each.languages)


def _missing_words(countries: list[Country], entries: list[ProgrammeEntry], lines: Lines) -> Iterator[Missing]:
    """Yield core's phrases that lack a translation, in the languages of the plugin's own countries."""
    terms = {entry.country.code: entry.terms for entry in entries}
    for country in countries:
        for language in country.languages:
            where = lines.line_of(origin_of(country), "words.yaml", (language,))
            if language != FALLBACK:
                lacking = missing_phrases(language, terms.get(country.code, {}).get(language, {}))
                yield from (Missing(where, language, key.rpartition("|")[2], key) for key in lacking)


def with_badge(report: PluginReport, countries: Sequence[Country], programmes: Sequence[Programme]) -> PluginReport:
    """Return a report with the badge that the plugin has earned, and what it takes to reach the next."""
    steps = {
        Maturity.SOURCED: tuple(_to_be_sourced(report)),
        Maturity.TESTED: tuple(_to_be_tested(report)),
        Maturity.REVIEWED: tuple(_to_be_reviewed(countries, programmes)),
    }
    reached = Maturity.DRAFT
    for badge, lacking in steps.items():
        if lacking:
            return replace(report, maturity=reached, next=badge, to_reach=lacking)
        reached = badge
    return replace(report, maturity=reached)


def _to_be_sourced(report: PluginReport) -> Iterator[Fault]:
    yield from (each.fault for each in report.faults)
    yield from (*report.unsourced, *report.assumed)


def _to_be_tested(report: PluginReport) -> Iterator[Fault]:
    run = report.scenarios
    if run is None or not run.played:
        yield Fault("scenarios/", Message("no story was played; write one or more, and play them with plugin check"))
    else:
        yield from (Fault("", each) for each in run.failed)


def _to_be_reviewed(countries: Sequence[Country], programmes: Sequence[Programme]) -> Iterator[Fault]:
    if any(country.reviews for country in countries):
        return
    lacking: list[Country | Programme] = [each for each in programmes if not each.reviews]
    for each in lacking or ([] if programmes else countries):
        of = each.origin
        place = f"{of.file}:{of.line}" if of and of.file else ""
        name = each.id if isinstance(each, Programme) else each.code
        yield Fault(
            place,
            Message("no review of {name}; add 'reviews' with who read it (by), the day (on) and the scope", name=name),
        )


Keys = tuple[str | int, ...]

_BINDING = (Rate, Span, ClaimDeadline, Window, Deadline, Rule, Duty)
"""Figures, rules and duties: what people rely on. A required task is a duty of its owner as well."""


def unsourced(value: Frozen) -> Iterator[Problem]:
    """Yield the values that should say where they are from and do not; a reference covers what stands below it.

    An open question has no source by its nature, and a column stands in the format that has one.
    """
    if isinstance(value, (Question, ReportColumn, Reference)) or getattr(value, "reference", None):
        return
    if "reference" in type(value).model_fields and value != type(value).model_construct():
        yield Problem(Message("{name} has no source", name=_name(value)))
        return
    for keys, part in _parts(value):
        yield from (each.below(*keys) for each in unsourced(part))


def assumed(value: Frozen) -> Iterator[Problem]:
    """Yield the figures, rules and duties whose own references are assumed, every one of them."""
    references = getattr(value, "reference", ())
    if _is_binding(value) and references and all(each.certainty is Certainty.ASSUMED for each in references):
        sources = tuple(each.id for each in references)
        message = Message("{name} rests on an assumption alone ({sources})", name=_name(value), sources=sources)
        yield Problem(message)
    for keys, part in _parts(value):
        yield from (each.below(*keys) for each in assumed(part))


def questions(value: Frozen) -> Iterator[Question]:
    """Yield the open questions in a value."""
    for _, part in _parts(value):
        if isinstance(part, Question):
            yield part
        else:
            yield from questions(part)


def _is_binding(value: Frozen) -> bool:
    return isinstance(value, _BINDING) or (isinstance(value, Task) and value.required)


def _parts(value: Frozen) -> Iterator[tuple[Keys, Frozen]]:
    """Yield the values directly inside a value, each with the keys that lead to it in a file."""
    for name, info in type(value).model_fields.items():
        each, key = getattr(value, name), info.alias or name
        if name == "origin":
            continue
        if isinstance(each, tuple):
            yield from (((key, number), part) for number, part in enumerate(each) if isinstance(part, Frozen))
        elif isinstance(each, Frozen):
            yield (key,), each


def _name(value: Frozen) -> str:
    named = getattr(value, "id", None) or getattr(value, "name", None) or getattr(value, "text", None) or ""
    return f"{type(value).__name__.lower()} {named}".strip()
