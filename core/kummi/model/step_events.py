"""The events that are steps of a case: it moves, is held, resumed, closed, reopened or put into another stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeAlias, get_args

from kummi.model.event_data import Data
from kummi.model.vocabulary import Outcome, Phase


@dataclass(frozen=True, slots=True)
class NoteDigest:
    """The row of a note, as an event names it; it has one version only."""

    version: ClassVar[int] = 1
    id: str
    digest: str


@dataclass(frozen=True, slots=True)
class CaseAdvanced:
    """The case moved to another stage. ``reset`` are the tasks that a re-match asks for again."""

    kind: ClassVar[str] = "advanced"
    version: ClassVar[int] = 1
    from_stage: str
    to_stage: str
    phase: Phase
    reset: tuple[str, ...] = ()
    note: NoteDigest | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        data: dict[str, Any] = {"from": self.from_stage, "to": self.to_stage, "phase": self.phase.value}
        if self.reset:
            data["reset"] = list(self.reset)
        return _with_note(data, self.note)

    @classmethod
    def from_data(cls, data: Data) -> CaseAdvanced:
        """Read the data as JSON has it."""
        return cls(data["from"], data["to"], Phase(data["phase"]), tuple(data.get("reset", ())), _note(data))


@dataclass(frozen=True, slots=True)
class _NoteEvent:
    """A step that says nothing but that it was taken, and why."""

    version: ClassVar[int] = 1
    note: NoteDigest | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        return _with_note({}, self.note)

    @classmethod
    def from_data(cls, data: Data) -> Self:
        """Read the data as JSON has it."""
        return cls(_note(data))


@dataclass(frozen=True, slots=True)
class CaseHeld(_NoteEvent):
    """The case was put on hold."""

    kind: ClassVar[str] = "held"


@dataclass(frozen=True, slots=True)
class CaseResumed(_NoteEvent):
    """The case came off hold, back to where it was."""

    kind: ClassVar[str] = "resumed"


@dataclass(frozen=True, slots=True)
class CaseClosed:
    """The case ended; ``into`` is the number of the case that goes on with its household, where there is one."""

    kind: ClassVar[str] = "closed"
    version: ClassVar[int] = 1
    from_stage: str
    to_stage: str
    outcome: Outcome
    note: NoteDigest | None = None
    into: int | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        data: dict[str, Any] = {"from": self.from_stage, "to": self.to_stage, "outcome": self.outcome.value}
        if self.into is not None:
            data["into"] = self.into
        return _with_note(data, self.note)

    @classmethod
    def from_data(cls, data: Data) -> CaseClosed:
        """Read the data as JSON has it."""
        return cls(data["from"], data["to"], Outcome(data["outcome"]), _note(data), data.get("into"))


@dataclass(frozen=True, slots=True)
class CaseReopened:
    """A closed case was opened again in the stage that it was closed from."""

    kind: ClassVar[str] = "reopened"
    version: ClassVar[int] = 1
    to_stage: str
    phase: Phase
    note: NoteDigest | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        return _with_note({"to": self.to_stage, "phase": self.phase.value}, self.note)

    @classmethod
    def from_data(cls, data: Data) -> CaseReopened:
        """Read the data as JSON has it."""
        return cls(data["to"], Phase(data["phase"]), _note(data))


@dataclass(frozen=True, slots=True)
class CaseRestaged:
    """A stranded case was put into a stage of a version of its workflow, to which it is pinned from then on."""

    kind: ClassVar[str] = "restaged"
    version: ClassVar[int] = 1
    from_stage: str
    to_stage: str
    phase: Phase
    workflow: str
    note: NoteDigest | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        way = {"from": self.from_stage, "to": self.to_stage, "phase": self.phase.value}
        return _with_note({**way, "workflow": self.workflow}, self.note)

    @classmethod
    def from_data(cls, data: Data) -> CaseRestaged:
        """Read the data as JSON has it."""
        return cls(data["from"], data["to"], Phase(data["phase"]), data["workflow"], _note(data))


CaseStep: TypeAlias = CaseAdvanced | CaseHeld | CaseResumed | CaseClosed | CaseReopened | CaseRestaged
"""The events that are steps on a case's way; each may come with a note."""


STEP_KINDS: tuple[str, ...] = tuple(step.kind for step in get_args(CaseStep))
"""The kinds of the events that are steps on a case's way."""


def _note(data: Data) -> NoteDigest | None:
    note = data.get("note")
    return None if note is None else NoteDigest(note["id"], note["digest"])


def _with_note(data: dict[str, Any], note: NoteDigest | None) -> dict[str, Any]:
    return data | {"note": {"id": note.id, "digest": note.digest}} if note else data
