"""Lists of cases, and the story of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from kummi.casework.context import Context
from kummi.casework.known import persons_as_known
from kummi.casework.loading import find_case, persons_of
from kummi.errors import IntegrityError
from kummi.message import Message
from kummi.model.case import Case, case_ref
from kummi.model.case_events import CaseOpened
from kummi.store.events import StoredEvent, load_events
from kummi.store.notes import load_notes
from kummi.store.persons import load_person_rows, load_person_versions

if TYPE_CHECKING:
    from kummi.store.queries.case_list import CaseFilter


def list_cases(context: Context, wanted: CaseFilter) -> list[Case]:
    """Return cases in the order of their numbers, after the number ``wanted.after``, at most ``wanted.limit``."""
    from kummi.store.queries.case_list import find_cases  # with the compiler of rules, which few commands need

    with context.store.reading() as connection:
        return find_cases(context.store, connection, wanted, context.on)


@dataclass(frozen=True)
class MemberChange:
    """What an event wrote of a member: the row before and after it, None where there is none or it was erased."""

    number: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True)
class TimelineEntry:
    """One event of a case as people read it: what, when, by whom, with the personal data that it speaks of.

    ``into`` is the case that goes on with the household, where this one ended for it.
    """

    event: StoredEvent
    note: str | None
    members: tuple[MemberChange, ...] = ()
    into: str | None = None

    @property
    def recorded_on(self) -> date:
        """The day it was recorded, which may be later than the day it happened."""
        return date.fromisoformat(self.event.recorded_at[:10])


def timeline(context: Context, ref: str) -> tuple[Case, list[TimelineEntry]]:
    """Return a case as of the business date, and everything that is known to have happened to it.

    That comes in the order in which it was recorded.

    Raises:
        IntegrityError: An event holds what Kummi does not write.
    """
    with context.store.reading() as connection:
        case = find_case(context, connection, ref)
        words = load_notes(connection, case.id)
        versions = load_person_versions(connection, case.id)
        history = list(load_events(connection, case.stream))
        persons = persons_of(context, connection, case)
    return case.of_day(context.on, persons), [
        TimelineEntry(event, words.get(_note_of(event) or ""), _members_of(event, versions), _into(event, case.country))
        for event in history
        if event.seq <= case.seq
    ]


def _into(event: StoredEvent, country: str) -> str | None:
    number = event.data.get("into")
    return None if number is None else case_ref(country, number)


def _members_of(event: StoredEvent, versions: Mapping[tuple[str, int], Mapping[str, Any]]) -> tuple[MemberChange, ...]:
    if event.kind == CaseOpened.kind:
        return ()  # the household as it came, which is no change
    try:
        named = [(each["id"], each["version"], each["number"]) for each in event.data.get("members", ())]
    except (TypeError, KeyError):
        raise _unreadable(event) from None
    return tuple(
        MemberChange(number, versions.get((row, version - 1)), versions.get((row, version)))
        for row, version, number in named
    )


def _unreadable(event: StoredEvent) -> IntegrityError:
    return IntegrityError(Message("event {seq} of {stream} cannot be read", seq=event.seq, stream=event.stream))


def _note_of(event: StoredEvent) -> str | None:
    note = event.data.get("note", {})
    if not isinstance(note, dict):
        raise _unreadable(event)
    found: str | None = note.get("id")
    return found


def find(context: Context, ref: str) -> Case:
    """Return a case by its number as known of the business date, whether or not its programme is there.

    Raises NotFoundError.
    """
    with context.store.reading() as connection:
        case = find_case(context, connection, ref)
        return case.of_day(context.on, persons_of(context, connection, case))


def after_action(context: Context, case: Case) -> Case:
    """Return a case that an action returned as known of the business date.

    What a dry run did to members is not in the store any more; then they are counted after all that is recorded.
    """
    if context.dry_run or not case.changes_after(context.on):
        return case.of_day(context.on)
    with context.store.reading() as connection:
        return case.of_day(context.on, persons_of(context, connection, case))


def household_of(context: Context, case: Case) -> list[Mapping[str, Any]]:
    """Return the personal data of a case's household, for the coordinator's own screen."""
    with context.store.reading() as connection:
        known = context.known
        rows = load_person_rows(connection, case.id) if known is None else persons_as_known(connection, case, known)
    return [{name: value for name, value in row.items() if name in _SHOWN_OF_PERSONS} for row in rows]


_SHOWN_OF_PERSONS = (
    "number", "role", "born", "gender", "name", "identity", "joined_on", "joined_how", "left_on", "left_how",
)  # fmt: skip
