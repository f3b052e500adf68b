"""Sheets of households: the empty one, and what came of a filled one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from kummi.views.base import Say, View, Written

if TYPE_CHECKING:
    from kummi.importing.import_households import Imported


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
