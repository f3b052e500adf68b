"""How far a plugin has come: its faults, proofs, translations, sources and open questions, and the badge they earn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kummi.catalogue.catalogue import Catalogue, PluginFault, PluginInfo, ProgrammeEntry
from kummi.catalogue.compose import place_of
from kummi.errors import NotFoundError
from kummi.lifecycle.flaw import Flaw, Proof
from kummi.lifecycle.proofs import prove
from kummi.lifecycle.wording import missing_languages
from kummi.model.base import Declared, Frozen
from kummi.model.country import Country
from kummi.model.reference import Question, Reference
from kummi.model.report import Column
from kummi.model.text import FALLBACK
from kummi.model.words import ENGLISH


class Maturity(StrEnum):
    """How far a plugin has come; each badge includes the ones before it."""

    DRAFT = "draft"
    SOURCED = "sourced"
    TESTED = "tested"
    REVIEWED = "reviewed"


@dataclass(frozen=True)
class ScenarioRun:
    """What came of a plugin's scenarios: how many were played, and those that departed from their story."""

    played: int = 0
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProofResult:
    """One proof of one programme's workflow. ``flaws`` hold the shortest counter-example; empty when it holds."""

    programme: str
    proof: Proof
    flaws: tuple[Flaw, ...]

    @property
    def holds(self) -> bool:
        """Whether the proof holds; missing translations are gaps and do not break it."""
        return all(flaw.gap for flaw in self.flaws)


@dataclass(frozen=True)
class PluginReport:
    """What ``plugin check`` says of one plugin.

    ``missing_texts`` counts, by language, the plugin's own texts that lack it; ``missing_words`` the phrases of core.
    ``unsourced`` names, with its place, each value that has no reference of its own and none above it.
    """

    plugin: PluginInfo
    faults: tuple[PluginFault, ...]
    proofs: tuple[ProofResult, ...]
    missing_texts: Mapping[str, int]
    missing_words: Mapping[str, int]
    unsourced: tuple[str, ...]
    questions: int
    scenarios: ScenarioRun | None
    maturity: Maturity


def check_plugin(catalogue: Catalogue, name: str, play: Callable[[], ScenarioRun] | None = None) -> PluginReport:
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
        raise NotFoundError("plugin", name, (each.name for each in catalogue.plugins))
    faults = tuple(each for each in catalogue.faults if (each.plugin, each.version) == (info.name, info.version))
    entries = [*catalogue.programmes.values(), *catalogue.flawed.values()]
    shown_in = _values_of(info, catalogue, entries)
    values = [value for value, _ in shown_in]
    unsourced = tuple(place for value in values for place in _unsourced(value, place_of(value)))
    scenarios = play() if play else None
    countries = [catalogue.countries[code] for code in info.countries if code in catalogue.countries]
    return PluginReport(
        plugin=info,
        faults=faults,
        proofs=tuple(_proofs(info, entries)),
        missing_texts=_missing_texts(shown_in),
        missing_words=_missing_words(countries, entries),
        unsourced=unsourced,
        questions=len({question for value in values for question in _questions(value)}),
        scenarios=scenarios,
        maturity=_maturity(bool(faults or unsourced or not values), scenarios, countries),
    )


def _maturity(is_draft: bool, scenarios: ScenarioRun | None, countries: list[Country]) -> Maturity:
    if is_draft:
        return Maturity.DRAFT
    if scenarios is None or not scenarios.played or scenarios.failed:
        return Maturity.SOURCED
    return Maturity.REVIEWED if any(country.reviewed_on for country in countries) else Maturity.TESTED


def _values_of(info: PluginInfo, catalogue: Catalogue, entries: list[ProgrammeEntry]) -> list[tuple[Declared, Country]]:
    """Return everything that the plugin gives, each value once, with the country in which it is shown."""
    values: list[tuple[Declared, Country]] = [(each, each) for each in catalogue.countries.values()]
    for entry in entries:
        reports = entry.reports
        given = (entry.programme, entry.workflow, *entry.rules, *entry.schemes)
        reported = (*reports.indicators, *reports.formats, *reports.duties)
        values += [(each, entry.country) for each in (*given, *reported)]
    return list({id(value): (value, country) for value, country in values if _is_from(info, value)}.values())


def _is_from(info: PluginInfo, value: Declared) -> bool:
    origin = value.origin
    return origin is not None and (origin.plugin, origin.version) == (info.name, info.version)


def _proofs(info: PluginInfo, entries: list[ProgrammeEntry]) -> Iterator[ProofResult]:
    for entry in entries:
        if _is_from(info, entry.workflow):
            flaws = prove(entry.workflow, entry.country, entry.programme, entry.rules)
            for proof in Proof:
                yield ProofResult(entry.id, proof, tuple(each for each in flaws if each.proof is proof))


def _missing_texts(values: list[tuple[Declared, Country]]) -> dict[str, int]:
    """Count the texts that lack a language of the country in which they are shown."""
    counts = {language: 0 for _, country in values for language in country.languages if language != FALLBACK}
    for value, country in values:
        for _, lacking in missing_languages(value, country.languages, ""):
            for language in lacking:
                counts[language] += 1
    return counts


def _missing_words(countries: list[Country], entries: list[ProgrammeEntry]) -> dict[str, int]:
    """Count core's phrases that lack a translation, in the languages of the plugin's own countries."""
    known = {entry.country.code: entry.words.translations for entry in entries}
    return {
        language: len(ENGLISH.keys() - known.get(country.code, {}).get(language, {}).keys())
        for country in countries
        for language in country.languages
        if language != FALLBACK
    }


def _unsourced(value: Frozen, where: str) -> Iterator[str]:
    """Yield the values that should say where they are from and do not; a reference covers what stands below it.

    An open question has no source by its nature, and a column stands in the format that has one.
    """
    if isinstance(value, (Question, Column, Reference)) or getattr(value, "reference", None):
        return
    if "reference" in type(value).model_fields and value != type(value).model_construct():
        yield f"{where}: {_name(value)}"
        return
    for name in type(value).model_fields:
        each = getattr(value, name)
        for inner in each if isinstance(each, tuple) else (each,):
            if isinstance(inner, Frozen) and name != "origin":
                yield from _unsourced(inner, where)


def _name(value: Frozen) -> str:
    named = getattr(value, "id", None) or getattr(value, "name", None) or ""
    return f"{type(value).__name__.lower()} {named}".strip()


def _questions(value: Frozen) -> Iterator[Question]:
    for name in type(value).model_fields:
        each = getattr(value, name)
        for inner in each if isinstance(each, tuple) else (each,):
            if isinstance(inner, Question):
                yield inner
            elif isinstance(inner, Frozen):
                yield from _questions(inner)
