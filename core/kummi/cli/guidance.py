"""How tasks are done: the guidance that a country writes beside them, with its sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kummi.cli.app import App
from kummi.cli.case_output import standing_lines, task_row
from kummi.cli.sources import Sources
from kummi.cli.table import screen_width, table, wrapped

if TYPE_CHECKING:
    from kummi.casework.next_steps import NextSteps
    from kummi.catalogue.catalogue import Catalogue
    from kummi.lifecycle.tasks import TaskState


def guidance_lines(
    app: App, ahead: NextSteps, catalogue: Catalogue, task: str | None, *, in_full: bool
) -> Iterator[str]:
    """Say how the missing tasks of a case are done, or the one task that is asked for."""
    entry, sources = ahead.loaded.programme, Sources()
    states = [state for state in ahead.tasks if task or state.outstanding]
    yield from standing_lines(app, ahead, catalogue)
    if not states:
        yield f"\n{app.translator(entry).gettext('no task is missing')}"
    for state in states:
        yield ""
        yield from table([task_row(app, entry, state)], "  ")
        yield from _guidance(app, ahead, state, sources)
    yield ""
    yield from sources.shown(app.translator(entry), in_full=in_full)


def _guidance(app: App, ahead: NextSteps, state: TaskState, sources: Sources) -> Iterator[str]:
    guidance = state.task.guidance
    said = (
        app.say(guidance)
        if guidance
        else app.translator(ahead.loaded.programme).gettext("no guidance is written for it")
    )
    yield from wrapped(f"{said} {sources.numbers(state.task.reference)}", screen_width(), "      ")
