"""Stranded cases: the stage or the programme that they are in is not there any more, so nobody can move them.

They are shown in every list, and nothing is lost: once the plugin that knows their stage is back, they go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kummi.lifecycle.workflow_index import has_stage
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
    """Return why nobody can move a case; None where its version of the workflow has its stage."""
    entry = catalogue.programmes.get(case.programme)
    if entry is not None and has_stage(entry, case.workflow, case.stage):
        return None
    return Stranded(case, *_reason(case.programme, case.workflow, case.stage, catalogue))


@dataclass(frozen=True)
class StrandedGroup:
    """The open cases of one version of a programme that are stranded in one stage: how many, why, and what to do."""

    programme: str
    version: str
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
    known = catalogue.programmes
    return [
        StrandedGroup(programme, version, stage, count, *_reason(programme, version, stage, catalogue))
        for programme, version, stage, count in counted
        if programme not in known or not has_stage(known[programme], version, stage)
    ]


def _reason(programme: str, version: str, stage: str, catalogue: Catalogue) -> tuple[str, str]:
    """Return why no case of a programme can be moved out of a stage, and what to do."""
    entry = catalogue.programmes.get(programme)
    if entry is not None:
        origin, there = entry.programme.origin, ", ".join(entry.workflows)
        why = (
            f"version {version} of the workflow of {programme} has no stage '{stage}'"
            if version in entry.workflows
            else f"version {version} of the workflow of {programme} is not there any more; there is: {there}"
        )
        plugin = f"the version of plugin {origin.plugin if origin else '?'} that has it"
        return why, f"put it back, install {plugin}, or move the case: kummi case restage"
    if faults := catalogue.faults_of(programme):
        named = dict.fromkeys(each.plugin for each in faults)
        why = f"the programme {programme} cannot be used: {' and '.join(named)} has faults"
        return why, "see: " + ", ".join(f"kummi plugin check {name}" for name in named)
    return f"the programme {programme} is not installed", "install the plugin that gives it, in the version that does"
