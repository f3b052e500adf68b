"""A programme: who runs it, its stages, who may enter, what is open."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from kummi.i18n.translator import Translator
from kummi.model.facts import FactType
from kummi.model.programme import CaseField, ProgrammeEntry
from kummi.model.vocabulary import Outcome, Phase, Status
from kummi.model.workflow import Stage, Workflow
from kummi.network.overview import support_words
from kummi.views.base import Say, View, cited


class ProgrammeRowView(View):
    """A programme in a list."""

    id: str = Field(description="Its id.", examples=["xx-harbour"])
    title: str = Field(description="Its title.", examples=["Harbour programme"])
    country: str = Field(description="The code of its country.", examples=["XX"])
    status: Status = Field(description="How far it has come.", examples=["established"])
    start: date | None = Field(description="The first day of its window.", examples=["2024-01-01"])
    end: date | None = Field(description="The last day of its window.", examples=[None])
    open: bool = Field(description="Whether it takes cases on the business date.", examples=[True])
    owner: str = Field(description="Who runs it.", examples=["Harbour Agency"])


class ChoiceView(View):
    """One of the values that a field may have."""

    id: str = Field(description="The value.", examples=["boat"])
    title: str = Field(description="What it is called.", examples=["a boat"])


class FieldView(View):
    """A fact of its own that a programme asks of a case."""

    id: str = Field(description="Its id.", examples=["housing"])
    type: FactType = Field(description="What it holds.", examples=["choice"])
    title: str = Field(description="What it is called.", examples=["Housing"])
    choices: list[ChoiceView] = Field(description="The values of a field of type `choice`.")


class StageTaskView(View):
    """A task of a stage."""

    id: str = Field(description="Its id.", examples=["referral-letter"])
    title: str = Field(description="Its title.", examples=["Referral letter received"])
    owner: str = Field(description="The role that owes it.", examples=["municipality"])
    required: bool = Field(description="Whether a case cannot go on without it.", examples=[True])


class StageMoveView(View):
    """A move out of a stage."""

    to: str = Field(description="The id of the stage that it leads to.", examples=["surveyed"])
    outcome: Outcome | None = Field(description="For a move that closes, the outcome.", examples=[None])


class StageView(View):
    """A stage of a workflow."""

    id: str = Field(description="Its id.", examples=["hailed"])
    phase: Phase = Field(description="The phase that it is in.", examples=["referral"])
    title: str = Field(description="Its title.", examples=["Hailed"])
    tasks: list[StageTaskView] = Field(description="Its tasks.")
    moves: list[StageMoveView] = Field(description="The moves out of it.")


class RuleView(View):
    """A rule of eligibility."""

    id: str = Field(description="Its id.", examples=["xx-pathway"])
    text: str = Field(description="The rule in words.", examples=["The household came on a quota"])
    valid_from: date | None = Field(description="The first day on which it holds.", examples=["2024-01-01"])
    valid_to: date | None = Field(description="The last day on which it holds.", examples=[None])
    reference: str = Field(description="Its sources.", examples=["Harbour Act <https://example.org/act> (2026-11)"])


class NoteView(View):
    """Something worth knowing that no rule asks."""

    text: str = Field(description="What it says.", examples=["Crews give time, no money."])
    reference: list[str] = Field(description="Its sources.", examples=[[]])


class SourcesDisagreeView(View):
    """A point on which sources disagree; all their readings stand."""

    about: str = Field(description="The point.", examples=["how many municipalities take part"])
    readings: list[str] = Field(description="What each source says.", examples=[["13", "14"]])


class ProgrammeView(ProgrammeRowView):
    """A programme: who runs it and with whom, its stages with their tasks, who may enter, notes, what is open."""

    supporter: str = Field(description="What a supporter is called.", examples=["crew"])
    form: str | None = Field(description="In what form support is given.", examples=["a group of 3 to 5"])
    duration: str | None = Field(description="For how long support is given.", examples=["12 months"])
    partners: list[str] = Field(description="Who runs it too.", examples=[["Harbour mission"]])
    fields: list[FieldView] = Field(description="The facts of its own that it asks of a case.")
    municipalities: list[str] = Field(description="Where it runs.", examples=[["North Quay"]])
    stages: list[StageView] = Field(description="The stages of its workflow.")
    rules: list[RuleView] = Field(description="Who may enter.")
    notes: list[NoteView] = Field(description="What is worth knowing besides.")
    questions: list[str] = Field(
        description="What nobody could verify.", examples=[["Who pays for a boat that sinks?"]]
    )
    disagreements: list[SourcesDisagreeView] = Field(description="Where sources disagree.")
    reference: str = Field(description="Its sources.", examples=["Harbour Act <https://example.org/act> (2026-11)"])


class DiagramView(View):
    """The workflow of a programme as a diagram."""

    programme: str = Field(description="The id of the programme.", examples=["xx-harbour"])
    form: Literal["mermaid", "dot"] = Field(description="The language of the diagram.", examples=["mermaid"])
    diagram: str = Field(description="Its text.", examples=["stateDiagram-v2\n"])


def programme_row_view(entry: ProgrammeEntry, on: date, say: Say) -> ProgrammeRowView:
    """Return what is shown of a programme in a list, on a business date."""
    return ProgrammeRowView(**_row(entry, on, say))


def programme_view(entry: ProgrammeEntry, on: date, translator: Translator) -> ProgrammeView:
    """Return what is shown of a programme on a business date."""
    programme, say = entry.programme, translator.say
    form, duration = support_words(entry, on, translator)
    return ProgrammeView(
        **_row(entry, on, say),
        supporter=say(programme.supporter),
        form=form if programme.form else None,
        duration=duration if programme.duration else None,
        partners=[say(each) for each in programme.partners],
        fields=[_field(each, say) for each in programme.fields],
        municipalities=list(programme.municipalities),
        stages=[_stage(each, entry.workflow, say) for each in entry.workflow.stages],
        rules=[
            RuleView(
                id=rule.id,
                text=say(rule.text),
                valid_from=rule.valid_from,
                valid_to=rule.valid_to,
                reference=cited(rule.reference, translator.say),
            )
            for rule in entry.rules
        ],
        notes=[
            NoteView(text=say(each.text), reference=[translator.say(source.citation) for source in each.reference])
            for each in programme.notes
        ],
        questions=[say(each.text) for each in programme.questions],
        disagreements=[
            SourcesDisagreeView(about=say(each.about), readings=[say(reading.says) for reading in each.readings])
            for each in programme.disagreements
        ],
        reference=cited(programme.reference, translator.say),
    )


def _row(entry: ProgrammeEntry, on: date, say: Say) -> dict[str, Any]:
    programme = entry.programme
    return {
        "id": programme.id,
        "title": say(programme.title),
        "country": entry.country.code,
        "status": programme.status,
        "start": programme.window.start,
        "end": programme.window.end,
        "open": programme.status.takes_cases and programme.window.contains(on),
        "owner": say(programme.owner),
    }


def _field(field: CaseField, say: Say) -> FieldView:
    choices = [ChoiceView(id=each.id, title=say(each.title)) for each in field.choices]
    return FieldView(id=field.id, type=field.type, title=say(field.title), choices=choices)


def _stage(stage: Stage, workflow: Workflow, say: Say) -> StageView:
    return StageView(
        id=stage.id,
        phase=stage.phase,
        title=say(stage.title),
        tasks=[
            StageTaskView(id=each.id, title=say(each.title), owner=each.owner, required=each.required)
            for each in stage.tasks
        ],
        moves=[StageMoveView(to=each.to, outcome=each.outcome) for each in workflow.moves_from(stage.id)],
    )
