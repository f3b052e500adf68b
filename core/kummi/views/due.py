"""The morning list: what is due, ends or is blocked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from kummi.casework.stranded import Stranded
from kummi.lifecycle.upcoming import EndKind
from kummi.views.base import Say, View
from kummi.views.case import StrandedView, stranded_view

if TYPE_CHECKING:
    from kummi.casework.due import Due, EndingForAll


class DueView(View):
    """Something that is due, ends or is blocked.

    What ends for all cases of a programme at once comes first, once.
    """

    ref: str | None = Field(description="The number of the case; `null` where it is of several.", examples=["XX-1"])
    refs: list[str] = Field(
        description="The numbers of the cases: the one, or the first six of those concerned.", examples=[["XX-1"]]
    )
    programme: str = Field(description="The id of the programme.", examples=["xx-harbour"])
    stage: str | None = Field(description="The id of the stage of the case.", examples=["hailed"])
    kind: Literal["consent", "task", "stage", "ends", "lapsed", "held", "stranded"] = Field(
        description="`consent`: the case cannot go on without it, and it was withdrawn or has ended; `stage`: it "
        "should have been left; `lapsed`: a clearance has ended; `held`: put on hold.",
        examples=["task"],
    )
    due: date = Field(description="The day.", examples=["2024-03-08"])
    overdue: bool = Field(description="Whether that day has passed.", examples=[True])
    ends: EndKind | None = Field(description="What ends, as for `case next`.", examples=[None])
    task: str | None = Field(description="The id of the task.", examples=["referral-letter"])
    title: str | None = Field(description="The title of a task that is due.", examples=["Referral letter received"])
    what: str = Field(description="All of it in words.", examples=["Referral letter received"])
    owner: str | None = Field(description="The role that owes it.", examples=["municipality"])
    owner_title: str | None = Field(description="Who has that role on the business date.", examples=["municipality"])
    stranded: StrandedView | None = Field(
        description="Why nobody can move the case, where that is so.", examples=[None]
    )


def due_view(item: Due, on: date, what: str, owner: str | None, say: Say) -> DueView:
    """Return what is shown of something that is due.

    Args:
        item: What is due.
        on: The business date.
        what: All of it in words.
        owner: Who owes it on that day.
        say: Returns a text in the language asked for.
    """
    state, ending, case = item.task, item.ending, item.loaded.case
    task = state.task if state else None
    named = task or (ending.task if ending else None)
    return DueView(
        ref=case.ref,
        refs=[case.ref],
        programme=case.programme,
        stage=case.stage,
        kind=item.kind,
        due=item.day,
        overdue=item.overdue_on(on),
        ends=ending.kind if ending else None,
        task=named.id if named else None,
        title=say(task.title) if task else None,
        what=what,
        owner=task.owner if task else None,
        owner_title=owner,
        stranded=stranded_view(item.loaded if isinstance(item.loaded, Stranded) else None, say),
    )


def ending_for_all_view(item: EndingForAll, on: date, what: str) -> DueView:
    """Return what is shown of something that ends for all cases of a programme, which is said by ``what``."""
    return DueView(
        ref=None,
        refs=list(item.refs),
        programme=item.entry.id,
        stage=None,
        kind="ends",
        due=item.ending.day,
        overdue=item.ending.day < on,
        ends=item.ending.kind,
        task=None,
        title=None,
        what=what,
        owner=None,
        owner_title=None,
        stranded=None,
    )
