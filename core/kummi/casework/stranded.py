"""Stranded cases: the stage or the programme that they are in is not there any more, so nobody can move them.

They are shown in every list, and nothing is lost: once the plugin that knows their stage is back, they go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kummi.lifecycle.workflow_index import workflow_index
from kummi.model.case import Case
from kummi.store.database import Store
from kummi.store.queries.case_list import count_open_by_stage

if TYPE_CHECKING:
    from kummi.catalogue.catalogue import Catalogue


@dataclass(frozen=True)
class Stranded:
    """A case that is stranded: why, and what to do."""

    case: Case
    why: str
    settle: str

    def __str__(self) -> str:
        return f"case {self.case.ref} is stranded: {self.why}; {self.settle}"


def stranded(case: Case, catalogue: Catalogue) -> Stranded | None:
    """Return why nobody can move a case; None where its programme has the stage that it stands in."""
    entry = catalogue.programmes.get(case.programme)
    if entry is not None and case.stage in workflow_index(entry).stages:
        return None
    why, settle = _reason(case.programme, case.stage, catalogue)
    return Stranded(case, f"{why}; it was opened under version {case.workflow}" if entry else why, settle)


@dataclass(frozen=True)
class StrandedGroup:
    """The open cases of one programme that are stranded in one stage: how many, why, and what to do."""

    programme: str
    stage: str
    cases: int
    why: str
    settle: str

    def __str__(self) -> str:
        counted = "1 case is" if self.cases == 1 else f"{self.cases} cases are"
        return f"{counted} stranded: {self.why}; {self.settle}"


def count_stranded(store: Store, catalogue: Catalogue) -> list[StrandedGroup]:
    """Count the open cases that are stranded, by programme and stage; rehearsals too."""
    with store.reading() as connection:
        counted = count_open_by_stage(connection)
    known = {name: workflow_index(entry).stages for name, entry in catalogue.programmes.items()}
    return [
        StrandedGroup(programme, stage, count, *_reason(programme, stage, catalogue))
        for programme, stage, count in counted
        if stage not in known.get(programme, ())
    ]


def _reason(programme: str, stage: str, catalogue: Catalogue) -> tuple[str, str]:
    """Return why no case of a programme can be moved out of a stage, and what to do."""
    entry = catalogue.programmes.get(programme)
    if entry is not None:
        workflow, origin = entry.workflow, entry.programme.origin
        why = f"version {workflow.version} of the workflow of {programme} has no stage '{stage}'"
        return (
            why,
            f"put the stage back, or install the version of plugin {origin.plugin if origin else '?'} that has it",
        )
    if faults := catalogue.faults_of(programme):
        named = dict.fromkeys(each.plugin for each in faults)
        why = f"the programme {programme} cannot be used: {' and '.join(named)} has faults"
        return why, "see: " + ", ".join(f"kummi plugin check {name}" for name in named)
    return f"the programme {programme} is not installed", "install the plugin that gives it, in the version that does"
