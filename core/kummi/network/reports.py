"""What must be reported to whom, and which report files Kummi makes."""

from __future__ import annotations

from collections.abc import Iterator

from kummi.model.programme_entry import ProgrammeEntry
from kummi.network.comparison import NOTHING, ComparisonCell, ComparisonTable, Row, merged
from kummi.network.selection import Selection, plain


def report_tables(asked: Selection) -> Iterator[ComparisonTable]:
    """Yield the duties to report and the files, each once with the programmes that have it."""
    duties = [row for entry in asked.entries for row in _duties(asked, entry)]
    yield asked.table("duties", "programme duty who receiver due", merged(duties, 0))
    files = [row for entry in asked.entries for row in _formats(asked, entry)]
    yield asked.table("formats", "programme report receiver due", merged(files, 0), is_detail=True)


def _duties(asked: Selection, entry: ProgrammeEntry) -> Iterator[Row]:
    for duty in entry.reports.duties:
        who, receiver, due = (asked.text(each) for each in (duty.who, duty.receiver, duty.due))
        yield (
            ComparisonCell(entry.id),
            ComparisonCell(asked.text(duty.title), duty.reference),
            *plain(who, receiver, due),
        )


def _formats(asked: Selection, entry: ProgrammeEntry) -> Iterator[Row]:
    for form in entry.reports.formats:
        receiver, due = asked.text(form.receiver), asked.text(form.due) or NOTHING
        yield ComparisonCell(entry.id), ComparisonCell(asked.text(form.title), form.reference), *plain(receiver, due)
