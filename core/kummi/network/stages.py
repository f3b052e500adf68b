"""The stages of each programme by phase."""

from __future__ import annotations

from collections.abc import Iterator

from kummi.model.programme_entry import ProgrammeEntry
from kummi.model.vocabulary import Phase
from kummi.network.comparison import NOTHING, ComparisonCell, ComparisonTable, Row, merged
from kummi.network.selection import Selection


def stage_tables(asked: Selection) -> Iterator[ComparisonTable]:
    """Yield the stages of each programme, phase by phase; programmes with the same stages share their rows."""
    ways: dict[tuple[Row, ...], list[str]] = {}
    for entry in asked.entries:
        ways.setdefault(tuple(_phases(asked, entry)), []).append(entry.id)
    rows = [(ComparisonCell("; ".join(names)), *row) for way, names in ways.items() for row in way]
    yield asked.table("stages_by_phase", "programme phase stages_column", rows)
    tasks = [row for entry in asked.entries for row in _tasks(asked, entry)]
    yield asked.table("tasks", "programme stage task", merged(tasks, 0), is_detail=True)


def _phases(asked: Selection, entry: ProgrammeEntry) -> Iterator[Row]:
    for phase in (phase for phase in Phase if phase is not Phase.ON_HOLD):
        stages = [each for each in entry.workflow.stages if each.phase is phase]
        sources = dict.fromkeys(source for each in stages for source in each.reference)
        titles = "; ".join(asked.text(each.title) for each in stages) or NOTHING
        yield ComparisonCell(asked.term("phase", phase)), ComparisonCell(titles, tuple(sources))


def _tasks(asked: Selection, entry: ProgrammeEntry) -> Iterator[Row]:
    for stage in entry.workflow.stages:
        for task in stage.tasks:
            optional = "" if task.required else f" ({asked.gettext('Not required')})"
            yield (
                ComparisonCell(entry.id),
                ComparisonCell(asked.text(stage.title)),
                ComparisonCell(asked.text(task.title) + optional, task.reference),
            )
