"""The events of a case: one frozen value a kind of event, and its form as JSON.

Those of the household are in ``household_events``, the steps of the case in ``step_events``; here are the opening, the
tasks and assessments, and all of them together. Everything that a fold needs stands in the event itself, so that no
later workflow, rule or rate changes what an old event means. Nothing in it is personal: rows of personal data are named
by their id and a salted digest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, TypeAlias, get_args

from kummi.errors import IntegrityError
from kummi.message import Message
from kummi.model.dates import iso_date
from kummi.model.event_data import Data, MemberDigest, as_json, day_from, facts_from, members_data, members_from
from kummi.model.facts import FactValue, timelines_of
from kummi.model.household_events import FactsChanged, FactsCorrected, MemberJoined, MemberLeft
from kummi.model.step_events import CaseStep, NoteDigest
from kummi.model.timeline import Timeline
from kummi.model.vocabulary import Phase


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A household entered a programme.

    ``imported`` is the digest of what tells it from others of its sheet, ``source`` the number of the case that was
    transferred.
    """

    kind: ClassVar[str] = "opened"
    version: ClassVar[int] = 1
    country: str
    programme: str
    workflow: str
    rehearsal: bool
    stage: str
    phase: Phase
    facts: Mapping[str, FactValue]
    languages: tuple[str, ...] = ()
    members: tuple[MemberDigest, ...] = ()
    imported: str | None = None
    source: int | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        data: dict[str, Any] = {
            "country": self.country,
            "programme": self.programme,
            "workflow": self.workflow,
            "rehearsal": self.rehearsal,
            "stage": self.stage,
            "phase": self.phase.value,
            "facts": {name: as_json(value) for name, value in self.facts.items()},
            "languages": list(self.languages),
            "members": members_data(self.members),
        }
        if self.imported is not None:
            data["imported"] = self.imported
        if self.source is not None:
            data["source"] = self.source
        return data

    @classmethod
    def from_data(cls, data: Data) -> CaseOpened:
        """Read the data as JSON has it."""
        return cls(
            data["country"],
            data["programme"],
            data["workflow"],
            data["rehearsal"],
            data["stage"],
            Phase(data["phase"]),
            facts_from(data["facts"]),
            tuple(data.get("languages", ())),
            members_from(data),
            data.get("imported"),
            data.get("source"),
        )


@dataclass(frozen=True, slots=True)
class CaseSplitOff:
    """Some members of a household go on as a case of their own, with all that was true of the case ``source``.

    The stream of that case says that they left, by the same action, and not where to: who stays may be a danger to
    them. ``days`` holds those of its way: ``opened``, ``entered`` and, on hold, ``held``.
    """

    kind: ClassVar[str] = "split_off"
    version: ClassVar[int] = 1
    source: int
    opening: CaseOpened
    days: Mapping[str, date]
    tasks: Mapping[str, tuple[date, date | None]]
    reached: Mapping[Phase, date]
    timelines: Mapping[str, Timeline]

    @property
    def members(self) -> tuple[MemberDigest, ...]:
        """The rows of the members."""
        return self.opening.members

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        return {
            "source": self.source,
            "opening": self.opening.to_data(),
            "days": {name: day.isoformat() for name, day in self.days.items()},
            "tasks": {name: [as_json(on), as_json(until)] for name, (on, until) in self.tasks.items()},
            "reached": {phase.value: day.isoformat() for phase, day in self.reached.items()},
            "timelines": {
                name: [[as_json(since), as_json(value)] for since, value in line.values]
                for name, line in self.timelines.items()
            },
        }

    @classmethod
    def from_data(cls, data: Data) -> CaseSplitOff:
        """Read the data as JSON has it."""
        return cls(
            data["source"],
            CaseOpened.from_data(data["opening"]),
            {name: iso_date(day) for name, day in data["days"].items()},
            {name: (iso_date(on), day_from(until)) for name, (on, until) in data["tasks"].items()},
            {Phase(phase): iso_date(day) for phase, day in data["reached"].items()},
            timelines_of(data["timelines"]),
        )


@dataclass(frozen=True, slots=True)
class TaskRecorded:
    """A task was done on the day of the event; ``until`` when what it shows is good for a time.

    Late news of a day before the one that is recorded already changes nothing of the state.
    """

    kind: ClassVar[str] = "recorded"
    version: ClassVar[int] = 1
    task: str
    until: date | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        return {"task": self.task} | ({"until": self.until.isoformat()} if self.until else {})

    @classmethod
    def from_data(cls, data: Data) -> TaskRecorded:
        """Read the data as JSON has it."""
        return cls(data["task"], day_from(data.get("until")))


@dataclass(frozen=True, slots=True)
class TaskWithdrawn:
    """The record of a task was taken back."""

    kind: ClassVar[str] = "withdrawn"
    version: ClassVar[int] = 1
    task: str

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        return {"task": self.task}

    @classmethod
    def from_data(cls, data: Data) -> TaskWithdrawn:
        """Read the data as JSON has it."""
        return cls(data["task"])


@dataclass(frozen=True, slots=True)
class CaseAssessed:
    """What the rules said on that day; it changes nothing of the state. ``findings`` maps a rule to its result."""

    kind: ClassVar[str] = "assessed"
    version: ClassVar[int] = 1
    outcome: str
    ruleset: str
    plugin: str
    findings: Mapping[str, str] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        return {
            "outcome": self.outcome,
            "ruleset": self.ruleset,
            "plugin": self.plugin,
            "findings": dict(self.findings),
        }

    @classmethod
    def from_data(cls, data: Data) -> CaseAssessed:
        """Read the data as JSON has it."""
        return cls(data["outcome"], data["ruleset"], data["plugin"], dict(data["findings"]))


CaseEvent: TypeAlias = (
    CaseOpened
    | CaseSplitOff
    | TaskRecorded
    | TaskWithdrawn
    | FactsChanged
    | FactsCorrected
    | MemberJoined
    | MemberLeft
    | CaseStep
    | CaseAssessed
)


CASE_EVENTS: tuple[type[CaseEvent], ...] = get_args(CaseEvent)
"""Every event of a case, in each version that was ever written."""


_READERS: dict[tuple[str, int], Callable[[Data], CaseEvent]] = {
    (each.kind, each.version): each.from_data for each in CASE_EVENTS
}


def read_case_event(kind: str, version: int, data: Data) -> CaseEvent:
    """Return an event of a case from what is stored of it.

    Raises IntegrityError for a kind, a version or data that no action of ours could have written.
    """
    reader = _READERS.get((kind, version))
    if reader is None:
        raise IntegrityError(Message("a case has no event '{kind}' of version {version}", kind=kind, version=version))
    try:
        return reader(data)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise IntegrityError(
            Message(
                "the event '{kind}' cannot be read: {problem}: {error}",
                kind=kind,
                problem=type(error).__name__,
                error=error,
            )
        ) from error


def personal_rows(event: CaseEvent) -> Iterator[MemberDigest | NoteDigest]:
    """Yield the versions of rows of personal data that an event names."""
    yield from getattr(event, "members", ())
    note = getattr(event, "note", None)
    if note is not None:
        yield note
