"""A case as it stands, its timeline, and the sheets that cases are imported from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import Field

from kummi.casework.stranded import Stranded, stranded
from kummi.lifecycle.clearance import shown_phase
from kummi.message import Message
from kummi.model.case import Case
from kummi.model.facts import FactValue
from kummi.model.vocabulary import Outcome, Pathway, Phase
from kummi.views.base import Say, View, Written

if TYPE_CHECKING:
    from kummi.casework.listing import TimelineEntry
    from kummi.catalogue.catalogue import Catalogue
    from kummi.importing.import_households import Imported


class StrandedView(View):
    """Why nobody can move a case: its workflow has not its stage any more, or its programme is not installed."""

    why: str = Field(description="What is not there any more.", examples=["the programme xx-harbour is not installed"])
    settle: str = Field(description="What to do.", examples=["install the plugin that gives it"])


class PermitView(View):
    """The residence permit of a household."""

    held: bool | None = Field(description="Whether one is held.", examples=[True])
    granted: date | None = Field(description="The day it was granted.", examples=["2024-01-10"])
    expires: date | None = Field(description="The day it expires.", examples=[None])


class HouseholdView(View):
    """How many people a household has."""

    size: int = Field(description="Persons.", examples=[2])
    adults: int = Field(description="Adults.", examples=[1])
    children: int = Field(description="Children.", examples=[1])


class TaskRecordView(View):
    """A task as it was recorded."""

    on: date = Field(description="The day it was done.", examples=["2024-03-05"])
    until: date | None = Field(description="Until when what was shown is good.", examples=[None])


class CaseView(View):
    """A case as it stands; nothing in it is personal."""

    ref: str = Field(description="The number of the case.", examples=["XX-1"])
    programme: str = Field(description="The id of its programme.", examples=["xx-harbour"])
    workflow: str = Field(description="The version of the workflow that it follows.", examples=["2025.1"])
    rehearsal: bool = Field(description="Whether it is only rehearsed.", examples=[False])
    stage: str = Field(description="The id of its stage.", examples=["hailed"])
    phase: Phase = Field(
        description="The phase of that stage; `on_hold` for a case on hold, by itself too.", examples=["referral"]
    )
    entered: date = Field(description="The day it entered the stage.", examples=["2024-03-01"])
    opened: date = Field(description="The day it was opened.", examples=["2024-03-01"])
    held_since: date | None = Field(description="The day it was put on hold.", examples=[None])
    closed: date | None = Field(description="The day it was closed.", examples=[None])
    outcome: Outcome | None = Field(description="How it ended.", examples=[None])
    pathway: Pathway = Field(description="How the household came to its right to stay.", examples=["resettled"])
    municipality: str | None = Field(description="The code of the municipality, or its name.", examples=["X1"])
    arrived: date | None = Field(description="The day of arrival.", examples=["2024-02-10"])
    permit: PermitView = Field(description="The residence permit.")
    registered: date | None = Field(description="The day of first registration.", examples=["2024-02-12"])
    household: HouseholdView = Field(description="How many people.")
    languages: list[str] = Field(description="The codes of the languages they speak.", examples=[["ar"]])
    fields: dict[str, FactValue] = Field(
        description="The programme's own facts, by id.", examples=[{"housing": "boat"}]
    )
    tasks: dict[str, TaskRecordView] = Field(
        description="The tasks that were recorded, by id.",
        examples=[{"referral-letter": {"on": "2024-03-05", "until": None}}],
    )
    seq: int = Field(description="The number of its last event; goes back with `--seen`.", examples=[2])
    stranded: StrandedView | None = Field(description="Why nobody can move it, where that is so.", examples=[None])


class ChangedCaseView(CaseView, Written):
    """A case as it stands after an action."""

    warnings: list[str] = Field(description="What does not look right and was done all the same.", examples=[[]])


class MovedCasesView(Written):
    """What came of a move of many cases."""

    programme: str = Field(description="The id of the programme.", examples=["xx-harbour"])
    to: str = Field(description="The id of the stage that they enter.", examples=["surveyed"])
    moved: int = Field(description="How many were moved.", examples=[2])
    stayed: int = Field(description="How many may not move yet.", examples=[1])


class EventView(View):
    """An event of a case."""

    seq: int = Field(description="Its number in the case, from 1.", examples=[1])
    happened: date = Field(description="The day it happened.", examples=["2024-03-01"])
    recorded: str = Field(description="When it was recorded, in UTC.", examples=["2024-03-01T09:00:00+00:00"])
    kind: str = Field(description="What happened.", examples=["recorded"])
    actor: str = Field(description="Who recorded it.", examples=["coordinator-7"])
    data: dict[str, Any] = Field(
        description="What belongs to this kind of event; nothing personal.", examples=[{"task": "referral-letter"}]
    )
    has_note: bool = Field(description="Whether there is a note, which is personal and not shown.", examples=[False])
    hash: str = Field(description="Its link in the chain of events.", examples=[f"9f2c{'0' * 60}"])


class TimelineView(View):
    """What happened in a case, in the order in which it was recorded."""

    ref: str = Field(description="The number of the case.", examples=["XX-1"])
    events: list[EventView] = Field(description="Every event.")


def stranded_view(found: Stranded | None, say: Say) -> StrandedView | None:
    """Return why a case is stranded; None for one that is not."""
    return StrandedView(why=say(found.why), settle=say(found.settle)) if found else None


def case_view(case: Case, catalogue: Catalogue, on: date, say: Say) -> CaseView:
    """Return what is shown of a case on a day."""
    return CaseView(**_values(case, catalogue, on, say))


def changed_case_view(
    case: Case, catalogue: Catalogue, on: date, warnings: Sequence[Message], say: Say
) -> ChangedCaseView:
    """Return what is shown of a case after an action of a day."""
    return ChangedCaseView(**_values(case, catalogue, on, say), warnings=[say(each) for each in warnings])


def _values(case: Case, catalogue: Catalogue, on: date, say: Say) -> dict[str, Any]:
    return {
        "ref": case.ref,
        "programme": case.programme,
        "workflow": case.workflow,
        "rehearsal": case.rehearsal,
        "stage": case.stage,
        "phase": shown_phase(case, catalogue.programmes.get(case.programme), on),
        "entered": case.entered_on,
        "opened": case.opened_on,
        "held_since": case.held_since,
        "closed": case.closed_on,
        "outcome": case.outcome,
        "pathway": case.pathway,
        "municipality": case.municipality,
        "arrived": case.arrived,
        "permit": PermitView(held=case.permit_held, granted=case.permit_granted, expires=case.permit_expires),
        "registered": case.registered,
        "household": HouseholdView(size=case.size, adults=case.adults, children=case.children),
        "languages": list(case.languages),
        "fields": dict(case.fields),
        "tasks": {name: TaskRecordView(on=record.on, until=record.until) for name, record in case.tasks.items()},
        "seq": case.seq,
        "stranded": stranded_view(stranded(case, catalogue), say),
    }


def timeline_view(ref: str, entries: Sequence[TimelineEntry]) -> TimelineView:
    """Return what is shown of the events of a case: no words of a note, which are personal data."""
    return TimelineView(ref=ref, events=[_event(each) for each in entries])


def _event(entry: TimelineEntry) -> EventView:
    event = entry.event
    return EventView(
        seq=event.seq,
        happened=event.happened_on,
        recorded=event.recorded_at,
        kind=event.kind,
        actor=event.actor,
        data=dict(event.data),
        has_note=entry.note is not None,
        hash=event.hash,
    )


class TemplateView(View):
    """An empty sheet that was written."""

    programme: str = Field(description="The id of the programme.", examples=["xx-harbour"])
    file: str = Field(description="The file.", examples=["households.xlsx"])
    language: str = Field(description="The code of the language of its headers.", examples=["en"])


class FlaggedView(View):
    """A new case that may be there already."""

    ref: str = Field(description="The number of the new case.", examples=["XX-12"])
    may_be: str = Field(description="The number of the case that it may be.", examples=["XX-1"])


class ImportView(Written):
    """What came of a sheet of households."""

    programme: str = Field(description="The id of the programme.", examples=["xx-harbour"])
    taken: int = Field(description="Households that were taken.", examples=[1])
    already_there: int = Field(description="Households that are there already.", examples=[0])
    refused: int = Field(description="Households that were refused.", examples=[0])
    refused_rows: int = Field(description="Their rows.", examples=[0])
    refs: list[str] = Field(description="The numbers of the new cases.", examples=[["XX-12"]])
    flagged: list[FlaggedView] = Field(description="New cases that may be there already.")
    warnings: list[str] = Field(description="What does not look right and was taken all the same.", examples=[[]])
    rejects: str | None = Field(description="The file that the refused rows are in.", examples=[None])


def import_view(programme: str, done: Imported, refs: Sequence[str], say: Say) -> ImportView:
    """Return what is shown of an import into a programme, with the numbers of the new cases."""
    return ImportView(
        programme=programme,
        taken=done.taken,
        already_there=done.already_there,
        refused=done.refused,
        refused_rows=len(done.refused_rows),
        refs=list(refs),
        flagged=[FlaggedView(ref=new, may_be=other) for new, other in done.flagged],
        warnings=[say(each) for each in done.warnings],
        rejects=None if done.rejects is None else str(done.rejects),
    )
