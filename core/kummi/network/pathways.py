"""Who may take part by pathway, told by the rules alone, for a household of which only the pathway is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kummi.i18n.translator import translator_of
from kummi.lifecycle.moves import outside_window
from kummi.model.facts import Facts, FactValue
from kummi.model.programme_entry import ProgrammeEntry
from kummi.model.reference import Reference
from kummi.model.rule import Result, Rule
from kummi.model.vocabulary import Pathway
from kummi.network.comparison import ComparisonCell
from kummi.rules.decide import finding_of
from kummi.rules.inspect import facts_in


class Verdict(StrEnum):
    """What the rules say of a pathway when nothing else is known of a household."""

    OPEN = "open"
    CLOSED = "closed"
    DEPENDS = "depends"


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
    done: dict[str, FactValue] = {f"tasks.{task.id}": on for task in entry.workflow.tasks}
    findings = [finding_of(rule, Facts(on, known | tasks, places=entry.places)) for tasks in ({}, done)]
    results = {finding.result if finding else None for finding in findings}
    return results.pop() if len(results) == 1 else Result.UNKNOWN


def _names_pathway(rule: Rule) -> bool:
    return any("pathway" in facts_in(part) for part in (rule.when, rule.require) if part is not None)


def _cell(rule: Rule, language: str) -> ComparisonCell:
    return ComparisonCell(rule.text.in_language(language), rule.reference)
