"""What must be reported to whom, and which report files Kummi makes."""

from __future__ import annotations

from collections.abc import Iterator

from kummi.catalogue.catalogue import ProgrammeEntry
from kummi.network.asked import Asked, plain
from kummi.network.comparison import NOTHING, Cell, Row, Table, merged


def report_tables(asked: Asked) -> Iterator[Table]:
    """Yield the duties to report and the files, each once with the programmes that have it."""
    duties = [row for entry in asked.entries for row in _duties(asked, entry)]
    yield asked.table("duties", "programme duty who receiver due", merged(duties, 0))
    files = [row for entry in asked.entries for row in _formats(asked, entry)]
    yield asked.table("formats", "programme report receiver due", merged(files, 0), is_detail=True)


def _duties(asked: Asked, entry: ProgrammeEntry) -> Iterator[Row]:
    for duty in entry.reports.duties:
        who, receiver, due = (asked.text(each) for each in (duty.who, duty.receiver, duty.due))
        yield Cell(entry.id), Cell(asked.text(duty.title), duty.reference), *plain(who, receiver, due)


def _formats(asked: Asked, entry: ProgrammeEntry) -> Iterator[Row]:
    for form in entry.reports.formats:
        receiver, due = asked.text(form.receiver), asked.text(form.due) or NOTHING
        yield Cell(entry.id), Cell(asked.text(form.title), form.reference), *plain(receiver, due)
