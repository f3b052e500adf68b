"""Plugins: what each gives, what is wrong with it, and how far it has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from kummi.catalogue.maturity import Maturity
from kummi.lifecycle.proofs.violation import Proof
from kummi.message import Message
from kummi.views.base import Say, View

if TYPE_CHECKING:
    from kummi.casework.stranded import StrandedGroup
    from kummi.catalogue.catalogue import Catalogue, PluginInfo
    from kummi.catalogue.maturity import Missing, PluginReport, ProofResult
    from kummi.model.country import Country
    from kummi.model.programme import Programme


class PluginRowView(View):
    """A plugin that was found."""

    name: str = Field(description="Its name.", examples=["xx"])
    version: str = Field(description="Its version.", examples=["1.0"])
    gives: list[str] = Field(description="What came of it.", examples=[["country XX", "2 programmes"]])
    faults: int = Field(description="How many faults it has.", examples=[0])


class ReviewView(View):
    """A review by somebody who knows the law."""

    about: str = Field(description="The id of the programme, or the code of the country.", examples=["xx-harbour"])
    by: str = Field(description="Who reviewed it.", examples=["Ines Invented, lawyer"])
    on: date = Field(description="When.", examples=["2026-10-01"])
    scope: str = Field(description="Which part.", examples=["eligibility"])


class OpenQuestionView(View):
    """Something that nobody could verify."""

    about: str = Field(description="The id of the programme, or the code of the country.", examples=["xx-harbour"])
    text: str = Field(description="The question.", examples=["Who pays for a boat that sinks?"])


class OpenDisagreementView(View):
    """A point on which sources disagree; all their readings stand."""

    about: str = Field(description="The point.", examples=["how many municipalities take part"])
    readings: list[str] = Field(description="What each source says.", examples=[["13 [Act]", "14 [Site]"]])


class PluginView(View):
    """What a plugin gives and what it leaves open."""

    name: str = Field(description="Its name.", examples=["xx"])
    version: str = Field(description="Its version.", examples=["1.0"])
    gives: list[str] = Field(description="What came of it.", examples=[["country XX", "2 programmes"]])
    faults: list[str] = Field(description="Its faults.", examples=[[]])
    reviews: list[ReviewView] = Field(description="Who has reviewed it.")
    questions: list[OpenQuestionView] = Field(description="What nobody could verify.")
    disagreements: list[OpenDisagreementView] = Field(description="Where sources disagree.")


class ProofView(View):
    """A proof of a workflow."""

    programme: str = Field(description="The id of the programme.", examples=["xx-harbour"])
    proof: Proof = Field(description="What is proved.", examples=["consent"])
    number: int = Field(description="Its number.", examples=[3])
    holds: bool = Field(description="Whether it holds.", examples=[True])
    violations: list[str] = Field(description="What breaks it, by the shortest way that shows it.", examples=[[]])


class MissingView(View):
    """A text that lacks a language."""

    where: str = Field(description="File and line.", examples=["workflow.yaml:12"])
    language: str = Field(description="The code of the language.", examples=["xx"])
    text: str = Field(description="The text.", examples=["First talk"])
    key: str | None = Field(
        description="The key of a phrase of core; `null` for a text of the plugin's own.", examples=[None]
    )


class StoriesView(View):
    """What came of a plugin's stories."""

    played: int = Field(description="How many were played.", examples=[6])
    failed: list[str] = Field(description="Those that depart from what happens.", examples=[[]])


class StrandedGroupView(View):
    """Open cases that nobody can move: those of one programme in one stage."""

    programme: str = Field(description="The id of the programme.", examples=["xx-harbour"])
    version: str = Field(description="The version of the workflow.", examples=["2025.1"])
    stage: str = Field(description="The id of the stage.", examples=["surveyed"])
    cases: int = Field(description="How many.", examples=[1])
    why: str = Field(description="What is not there any more.", examples=["the programme xx-harbour is not installed"])
    settle: str = Field(description="What to do.", examples=["install the plugin that gives it"])


class StepView(View):
    """Something that the next badge takes."""

    where: str = Field(description="The place, such as file and line.", examples=["scenarios/"])
    message: str = Field(description="What to do.", examples=["tell a story"])


class NextBadgeView(View):
    """The next badge."""

    badge: Maturity = Field(description="Its name.", examples=["tested"])
    steps: list[StepView] = Field(description="What it takes.")


class PluginReportView(View):
    """What `plugin check` says of a plugin."""

    name: str = Field(description="Its name.", examples=["xx"])
    version: str = Field(description="Its version.", examples=["1.0"])
    maturity: Maturity = Field(description="The badge that it has earned.", examples=["sourced"])
    faults: list[str] = Field(description="Its faults, with file and line.", examples=[[]])
    proofs: list[ProofView] = Field(description="The proofs of its workflows.")
    missing_texts: dict[str, int] = Field(
        description="How many texts of its own lack a language, by its code.", examples=[{"xx": 1}]
    )
    missing_words: dict[str, int] = Field(
        description="How many phrases of core lack a language, by its code.", examples=[{"xx": 0}]
    )
    missing: list[MissingView] = Field(description="What these two count.")
    unsourced: list[str] = Field(
        description="What has no source.", examples=[["country.yaml:28: term crew has no source"]]
    )
    assumed: list[str] = Field(description="What rests on an assumption alone.", examples=[[]])
    questions: int = Field(description="How many questions are open.", examples=[2])
    stories: StoriesView | None = Field(description="What came of its stories; `null` where none were played.")
    next: NextBadgeView | None = Field(description="What the next badge takes; `null` where it is `reviewed`.")
    stranded: list[StrandedGroupView] = Field(description="With `--db`: the open cases that it would leave stranded.")


def plugin_row_view(info: PluginInfo, say: Say) -> PluginRowView:
    """Return what is shown of a plugin in a list."""
    return PluginRowView(name=info.name, version=info.version, gives=list(map(say, info.gives)), faults=info.faults)


def plugin_view(info: PluginInfo, catalogue: Catalogue, say: Say) -> PluginView:
    """Return what a plugin gives and what it leaves open, in the language of ``say``."""
    declared = list(_declared(info, catalogue))
    return PluginView(
        name=info.name,
        version=info.version,
        gives=list(map(say, info.gives)),
        faults=[say(each.located) for each in catalogue.faults if each.plugin == info.name],
        reviews=[
            ReviewView(about=about, by=each.by, on=each.on, scope=say(each.scope))
            for about, thing in declared
            for each in thing.reviews
        ],
        questions=[
            OpenQuestionView(about=about, text=say(each.text)) for about, thing in declared for each in thing.questions
        ],
        disagreements=[
            OpenDisagreementView(
                about=say(point.about),
                readings=[f"{say(each.says)} [{each.reference[0].title}]" for each in point.readings],
            )
            for _, thing in declared
            for point in thing.disagreements
        ],
    )


def _declared(info: PluginInfo, catalogue: Catalogue) -> Iterator[tuple[str, Country | Programme]]:
    """Yield the countries and the programmes of a plugin that can be used, with the code or id of each."""
    yield from ((code, catalogue.countries[code]) for code in info.countries if code in catalogue.countries)
    yield from ((key, catalogue.programmes[key].programme) for key in info.programmes if key in catalogue.programmes)


def plugin_report_view(report: PluginReport, stranded: Sequence[StrandedGroup], say: Say) -> PluginReportView:
    """Return what is shown of a plugin that was checked.

    Args:
        report: What the check found.
        stranded: The open cases that it would leave stranded.
        say: Returns a text or phrase in the language asked for.
    """
    stories, badge = report.scenarios, report.next
    steps = [
        StepView(where=say(each.where) if isinstance(each.where, Message) else each.where, message=say(each.message))
        for each in report.to_reach
    ]
    return PluginReportView(
        name=report.plugin.name,
        version=report.plugin.version,
        maturity=report.maturity,
        faults=[say(each.fault.located) for each in report.faults],
        proofs=[_proof(each, say) for each in report.proofs],
        missing_texts=_counted(report, report.missing_texts),
        missing_words=_counted(report, report.missing_words),
        missing=[MissingView(**asdict(each)) for each in (*report.missing_texts, *report.missing_words)],
        unsourced=[say(each.located) for each in report.unsourced],
        assumed=[say(each.located) for each in report.assumed],
        questions=report.questions,
        stories=StoriesView(played=stories.played, failed=list(map(say, stories.failed))) if stories else None,
        next=NextBadgeView(badge=badge, steps=steps) if badge else None,
        stranded=[stranded_group_view(each, say) for each in stranded],
    )


def stranded_group_view(group: StrandedGroup, say: Say) -> StrandedGroupView:
    """Return what is shown of the cases of a programme that are stranded in one stage."""
    return StrandedGroupView(
        programme=group.programme,
        version=group.version,
        stage=group.stage,
        cases=group.cases,
        why=say(group.why),
        settle=say(group.settle),
    )


def _proof(result: ProofResult, say: Say) -> ProofView:
    return ProofView(
        programme=result.programme,
        proof=result.proof,
        number=result.proof.number,
        holds=result.holds,
        violations=[say(violation.summary) for violation in result.violations],
    )


def _counted(report: PluginReport, missing: Sequence[Missing]) -> dict[str, int]:
    """Return how many are missing by language, English aside."""
    counts = Counter(each.language for each in missing)
    return {language: counts[language] for language in report.languages if language != "en"}


class StoryView(View):
    """What came of a story."""

    file: str = Field(description="The file that it is told in.", examples=["stories/a-year.yaml"])
    scenario: str = Field(description="Its title.", examples=["A resettled family is supported for a year"])
    holds: bool = Field(description="Whether all happens as it is told.", examples=[True])
    departures: list[str] = Field(description="Where it does not.", examples=[[]])
