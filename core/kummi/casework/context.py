"""What an action is done with: who does it, on which day, with which store and which countries; and its transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from kummi.casework.observers import Observers
from kummi.casework.stranded import stranded
from kummi.errors import Fault, InputError
from kummi.message import Message
from kummi.model.case import Case, LoadedCase
from kummi.model.event import Event
from kummi.store.database import Connection, Store

if TYPE_CHECKING:
    from kummi.catalogue.catalogue import Catalogue
    from kummi.model.programme import ProgrammeEntry

_ACTION = "kummi.action"
"""Where a connection remembers the action whose transaction is open."""


@dataclass(frozen=True)
class Context:
    """Everything that an action needs besides what it is about.

    ``on`` is the business date; where ``known`` is a day, what is asked of one case is answered with what had been
    recorded by its end. ``clock`` gives the moment of recording (aware, UTC) and ``new_id`` a random id of 32
    hex digits. With ``dry_run`` every action is tried out and taken back. ``observers`` is told what was written once
    it is committed, and may not raise; None where nobody listens.
    """

    store: Store
    catalogue: Catalogue
    actor: str
    on: date
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    dry_run: bool = False
    observers: Observers | None = None
    known: date | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.actor) <= 80 or not self.actor.isprintable():
            raise InputError(Fault("--as", Message("expected a name of 1 to 80 characters that can be printed")))

    def entry(self, programme: str) -> ProgrammeEntry:
        """Return what the countries declare for a programme. Raises NotFoundError, PluginError."""
        return self.catalogue.programme(programme)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open the transaction of one action: all is kept, or nothing; nothing of a dry run. Then tell observers."""
        action = Action(self.new_id())
        with self.store.writing(commit=not self.dry_run) as connection:
            info = connection.info
            info[_ACTION] = action
            try:
                yield connection
            finally:
                del info[_ACTION]
        if action.written and self.observers:
            self.observers(action.written)


@dataclass
class Action:
    """What one command does: the id that all its events carry, and those that observers will be told of."""

    id: str
    written: list[Event] = field(default_factory=list)


def action_of(connection: Connection) -> Action:
    """Return the action whose transaction is open."""
    action: Action = connection.info[_ACTION]
    return action


def must_have_its_stage(context: Context, loaded: LoadedCase) -> None:
    """Refuse to move a case that is stranded. Raises InputError."""
    if found := stranded(loaded.case, context.catalogue):
        raise InputError(found.message)


def must_be_open_by(case: Case, day: date) -> None:
    """Refuse an action of a day before its case was opened. Raises InputError."""
    if day < case.opened_on:
        raise InputError(
            Fault(
                "--on",
                Message(
                    "case {ref} was opened on {opened_on}; {day} is before",
                    ref=case.ref,
                    opened_on=case.opened_on,
                    day=day,
                ),
            )
        )


def today(context: Context) -> date:
    """Return the day of the context's clock: here or in UTC, whichever is later."""
    now = context.clock()
    return max(now.date(), now.astimezone().date())


def must_have_come(context: Context) -> None:
    """Refuse to write down as done what the business date puts into the future. Raises InputError."""
    if context.on > today(context):
        settle = Message(
            "what is done is written down on its day or later; what will hold then is shown by: kummi case next"
        )
        raise InputError(
            Fault(
                "--on",
                Message(
                    "{on} has not come yet, today is {today}; {settle} REF --on {on}",
                    on=context.on,
                    today=today(context),
                    settle=settle,
                ),
            )
        )
