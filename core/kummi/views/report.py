"""Reports: which can be built, and what one holds."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from kummi.model.report import ColumnType, Duty, ReportFormat
from kummi.views.base import Say, View, cited


class ReportRowView(View):
    """A report that can be built for a programme, or a duty to report."""

    programme: str = Field(description="The id of the programme.", examples=["xx-harbour"])
    format: str | None = Field(description="The id of the report; `null` for a duty.", examples=["xx-register"])
    title: str = Field(description="Its title.", examples=["List of participants"])
    receiver: str = Field(description="Who gets it.", examples=["harbour authority"])
    due: str | None = Field(description="By when.", examples=["by the end of January"])
    reference: str = Field(description="Its sources.", examples=["Harbour Act <https://example.org/act> (2026-11)"])


class ReportPeriodView(View):
    """The days that a report is about."""

    from_: date = Field(alias="from", description="The first day.", examples=["2024-01-01"])
    to: date = Field(description="The last day.", examples=["2024-12-31"])


class ReportColumnView(View):
    """A column of a report."""

    id: str = Field(description="Its id, which is the key in the rows.", examples=["case"])
    title: str = Field(description="Its title in the language of the report.", examples=["Case"])
    type: ColumnType = Field(description="What its cells hold.", examples=["text"])


class ReportView(View):
    """A report. No report holds a name or an identity number."""

    format: str = Field(description="The id of the report.", examples=["xx-register"])
    programme: str = Field(description="The id of the programme.", examples=["xx-harbour"])
    title: str = Field(description="Its title.", examples=["List of participants"])
    period: ReportPeriodView = Field(description="The days that it is about.")
    columns: list[ReportColumnView] = Field(description="Its columns.")
    rows: list[dict[str, str | int | bool | None]] = Field(
        description="A cell for each column: a text, an ISO date, an amount with its currency, a number, yes or no.",
        examples=[[{"case": "XX-1"}]],
    )
    notes: list[str] = Field(description="Gaps and open questions.", examples=[[]])
    sources: list[str] = Field(description="What its form is taken from.", examples=[["Receiver: harbour authority"]])


class ReportFileView(View):
    """A report that was written to a file."""

    file: str = Field(description="The file.", examples=["register.xlsx"])
    report: str = Field(description="The id of the report.", examples=["xx-register"])
    programme: str = Field(description="The id of the programme.", examples=["xx-harbour"])
    notes: list[str] = Field(description="Gaps and open questions.", examples=[[]])


def report_row_view(programme: str, report: ReportFormat | Duty, say: Say) -> ReportRowView:
    """Return what is shown of a report, or of a duty to report, in a list."""
    return ReportRowView(
        programme=programme,
        format=report.id if isinstance(report, ReportFormat) else None,
        title=say(report.title),
        receiver=say(report.receiver),
        due=say(report.due) or None,
        reference=cited(report.reference, say),
    )
