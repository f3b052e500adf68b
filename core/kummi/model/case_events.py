"""The events of a case: one frozen value a kind of event, and its form as JSON.

Everything that a fold needs stands in the event itself, so that no later workflow, rule or rate changes what an old
event means. Nothing in it is personal: rows of personal data are named by their id and a salted digest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Self, TypeAlias, get_args

from kummi.errors import IntegrityError
from kummi.message import Message
from kummi.model.dates import iso_date
from kummi.model.facts import FactValue, as_fact, fact_of, timelines_of
from kummi.model.timeline import Timeline
from kummi.model.vocabulary import Outcome, Phase

Data = Mapping[str, Any]
"""The data of an event as JSON has it; dates may be dates or ISO text."""


@dataclass(frozen=True, slots=True)
class MemberDigest:
    """A version of the row of personal data of a member, as the event that wrote it names it."""

    id: str
    version: int
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class NoteDigest:
    """The row of a note, as an event names it; it has one version only."""

    version: ClassVar[int] = 1
    id: str
    digest: str


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
            "members": _members_data(self.members),
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
            _facts(data["facts"]),
            tuple(data.get("languages", ())),
            _members(data),
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
            {name: (iso_date(on), _day(until)) for name, (on, until) in data["tasks"].items()},
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
        return cls(data["task"], _day(data.get("until")))


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
class FactsChanged:
    """Facts of the household are different from the day of the event on: by name, what they were and what they are.

    None is "not known". ``languages`` are those that the household speaks from then on.
    """

    kind: ClassVar[str] = "changed"
    version: ClassVar[int] = 1
    facts: Mapping[str, tuple[FactValue, FactValue]]
    languages: tuple[str, ...] | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        facts = {name: {"from": as_json(before), "to": as_json(after)} for name, (before, after) in self.facts.items()}
        return _with_languages({"facts": facts}, self.languages)

    @classmethod
    def from_data(cls, data: Data) -> FactsChanged:
        """Read the data as JSON has it."""
        facts = {name: (fact_of(name, each["from"]), fact_of(name, each["to"])) for name, each in data["facts"].items()}
        return cls(facts, _languages(data))


@dataclass(frozen=True, slots=True)
class Correction:
    """A value that was written wrong: ``at`` is the first day on which it holds, None: since ever."""

    at: date | None
    before: FactValue
    after: FactValue


@dataclass(frozen=True, slots=True)
class FactsCorrected:
    """Facts never were as written: by name, the value that is corrected, and the change whose day is another.

    ``moved`` holds the day that was written and the right one. ``members`` are the rows of personal data that changed,
    ``membership_until`` the newest day on which a membership that was corrected begins or ends.
    """

    kind: ClassVar[str] = "corrected"
    version: ClassVar[int] = 1
    facts: Mapping[str, Correction] = field(default_factory=dict)
    moved: Mapping[str, tuple[date, date]] = field(default_factory=dict)
    languages: tuple[str, ...] | None = None
    members: tuple[MemberDigest, ...] = ()
    membership_until: date | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        data: dict[str, Any] = {
            "facts": {
                name: {"at": as_json(each.at), "from": as_json(each.before), "to": as_json(each.after)}
                for name, each in self.facts.items()
            }
        }
        if self.moved:
            data["moved"] = {name: {"from": as_json(day), "to": as_json(to)} for name, (day, to) in self.moved.items()}
        if self.members:
            data["members"] = _members_data(self.members)
        if self.membership_until:
            data["membership_until"] = self.membership_until.isoformat()
        return _with_languages(data, self.languages)

    @classmethod
    def from_data(cls, data: Data) -> FactsCorrected:
        """Read the data as JSON has it."""
        facts = {
            name: Correction(_day(each["at"]), fact_of(name, each["from"]), fact_of(name, each["to"]))
            for name, each in data["facts"].items()
        }
        moved = {name: (iso_date(each["from"]), iso_date(each["to"])) for name, each in data.get("moved", {}).items()}
        return cls(facts, moved, _languages(data), _members(data), _day(data.get("membership_until")))


@dataclass(frozen=True, slots=True)
class _MembersEvent:
    """Memberships begin or end on the day of the event; how, stands in the rows of ``members``, which are personal.

    ``facts`` count those who are members after everything that is recorded.
    """

    version: ClassVar[int] = 1
    facts: Mapping[str, FactValue]
    members: tuple[MemberDigest, ...]

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        return {"facts": dict(self.facts), "members": _members_data(self.members)}

    @classmethod
    def from_data(cls, data: Data) -> Self:
        """Read the data as JSON has it."""
        return cls(_facts(data["facts"]), _members(data))


@dataclass(frozen=True, slots=True)
class MemberJoined(_MembersEvent):
    """Somebody is a member of the household from the day of the event on."""

    kind: ClassVar[str] = "joined"


@dataclass(frozen=True, slots=True)
class MemberLeft(_MembersEvent):
    """Somebody is a member of the household no more from the day of the event on."""

    kind: ClassVar[str] = "left"


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


CaseStep: TypeAlias = CaseAdvanced | CaseHeld | CaseResumed | CaseClosed | CaseReopened | CaseRestaged
"""The events that are steps on a case's way; each may come with a note."""

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

STEP_KINDS: tuple[str, ...] = tuple(step.kind for step in get_args(CaseStep))
"""The kinds of the events that are steps on a case's way."""

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


def as_json(value: FactValue) -> str | int | bool | None:
    """Return the value of a fact as JSON has it: dates as ISO strings.

    >>> as_json(date(2024, 2, 29)), as_json(True), as_json(None)
    ('2024-02-29', True, None)
    """
    return value.isoformat() if isinstance(value, date) else value


def _facts(data: Data) -> dict[str, FactValue]:
    return {name: fact_of(name, value) for name, value in data.items()}


def _languages(data: Data) -> tuple[str, ...] | None:
    return tuple(data["languages"]) if "languages" in data else None


def _with_languages(data: dict[str, Any], languages: tuple[str, ...] | None) -> dict[str, Any]:
    return data if languages is None else data | {"languages": list(languages)}


def _members(data: Data) -> tuple[MemberDigest, ...]:
    return tuple(
        MemberDigest(each["id"], each["version"], each["number"], each["digest"]) for each in data.get("members", ())
    )


def _members_data(members: Sequence[MemberDigest]) -> list[dict[str, Any]]:
    return [{"id": each.id, "version": each.version, "number": each.number, "digest": each.digest} for each in members]


def _note(data: Data) -> NoteDigest | None:
    note = data.get("note")
    return None if note is None else NoteDigest(note["id"], note["digest"])


def _with_note(data: dict[str, Any], note: NoteDigest | None) -> dict[str, Any]:
    return data | {"note": {"id": note.id, "digest": note.digest}} if note else data


def _day(value: Any) -> date | None:
    day = as_fact(value)
    if day is None or isinstance(day, date):
        return day
    raise TypeError("a day is an ISO date")
