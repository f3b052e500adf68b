"""Stranded cases: the stage or the programme that they are in is not there any more, so nobody can move them.

They are shown in every list, and nothing is lost: once the plugin that knows their stage is back, they go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kummi.lifecycle.workflow_index import has_stage
from kummi.message import Message
from kummi.model.case import Case
from kummi.store.cases import count_open_by_stage
from kummi.store.database import Store

if TYPE_CHECKING:
    from kummi.catalogue.catalogue import Catalogue


@dataclass(frozen=True)
class Stranded:
    """A case that is stranded: why, and what to do."""

    case: Case
    why: Message
    settle: Message

    @property
    def message(self) -> Message:
        """Why the case cannot be moved, and what to do."""
        return Message("case {ref} is stranded: {why}; {settle}", ref=self.case.ref, why=self.why, settle=self.settle)

    def __str__(self) -> str:
        return str(self.message)


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
    why: Message
    settle: Message

    @property
    def message(self) -> Message:
        """How many cases cannot be moved, why, and what to do."""
        return Message.plural(
            "{count} case is stranded: {why}; {settle}",
            "{count} cases are stranded: {why}; {settle}",
            self.cases,
            why=self.why,
            settle=self.settle,
        )

    def __str__(self) -> str:
        return str(self.message)


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


def _reason(programme: str, version: str, stage: str, catalogue: Catalogue) -> tuple[Message, Message]:
    """Return why no case of a programme can be moved out of a stage, and what to do."""
    entry = catalogue.programmes.get(programme)
    if entry is not None:
        origin, there = entry.programme.origin, ", ".join(entry.workflows)
        why = Message(
            "version {version} of the workflow of {programme} has no stage '{stage}'"
            if version in entry.workflows
            else "version {version} of the workflow of {programme} is not there any more; there is: {there}",
            version=version,
            programme=programme,
            stage=stage,
            there=there,
        )
        return why, Message(
            "put it back, install the version of plugin {plugin} that has it, or move the case: kummi case restage",
            plugin=origin.plugin if origin else "?",
        )
    if faults := catalogue.faults_of(programme):
        named = dict.fromkeys(each.plugin for each in faults)
        why = Message(
            "the programme {programme} cannot be used: {plugins} has faults", programme=programme, plugins=tuple(named)
        )
        return why, Message("see: {commands}", commands=tuple(f"kummi plugin check {name}" for name in named))
    return (
        Message("the programme {programme} is not installed", programme=programme),
        Message("install the plugin that gives it, in the version that does"),
    )
