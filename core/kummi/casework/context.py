"""What an action is done with: who does it, on which day, with which store and which countries."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from kummi.casework.action import transaction
from kummi.casework.known import case_as_known, persons_as_known
from kummi.casework.observers import Observers
from kummi.casework.stranded import stranded
from kummi.errors import ConflictError, Fault, InputError, NotFoundError
from kummi.lifecycle.clearance import clearance_until
from kummi.lifecycle.upcoming import next_due, next_end
from kummi.lifecycle.workflow_index import has_stage
from kummi.message import Message
from kummi.model.case import Case, Person
from kummi.model.loaded_case import LoadedCase
from kummi.model.workflow import Task
from kummi.store.cases import CaseIndex, load_case
from kummi.store.database import Connection, Store
from kummi.store.persons import load_persons, person_of

if TYPE_CHECKING:
    from kummi.catalogue.catalogue import Catalogue
    from kummi.model.programme_entry import ProgrammeEntry

_REF = re.compile(r"(?:(?P<country>[A-Za-z]{2})-)?0*(?P<number>[1-9]\d{0,17})")


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

    def writing(self) -> AbstractContextManager[Connection]:
        """Open the transaction of one action: all of it is kept, or nothing. Then observers are told what it wrote."""
        return transaction(self)


def number_of(ref: str) -> tuple[str | None, int]:
    """Read a case number as people write it: ``XX-12``, ``xx-0012`` or ``12``.

    Returns the country's code, if one was written, and the number. Raises InputError.
    """
    found = _REF.fullmatch(ref.strip())
    if not found:
        raise InputError(
            Message("'{ref}' is not a case number; expected a country's code and a number, such as XX-12", ref=ref)
        )
    country = found["country"]
    return (country.upper() if country else None), int(found["number"])


def find_case(context: Context, connection: Connection, ref: str, *, seen: int | None = None) -> Case:
    """Load a case by its number, whether or not its programme is there.

    ``seen`` is the sequence number that the caller looked at; where the case has moved on since, that is a conflict.
    Raises NotFoundError, ConflictError.
    """
    country, number = number_of(ref)
    case = load_case(context.store, connection, number)
    if case is None or (country is not None and case.country != country):
        raise NotFoundError(Message("case"), ref, [case.ref] if case else [])
    if seen is not None and seen != case.seq:
        raise ConflictError(
            Message(
                "case {ref} has changed since it was looked at (then {seen}, now {seq}); nothing was written",
                ref=case.ref,
                seen=seen,
                seq=case.seq,
            )
        )
    return case if context.known is None else case_as_known(connection, case, context.known)


def members_of(context: Context, connection: Connection, case: Case) -> tuple[Person, ...]:
    """Return what rules may know of all who are or were members of the household of a case."""
    if context.known is None:
        return load_persons(context.store, connection, case.id)
    return tuple(map(person_of, persons_as_known(connection, case, context.known)))


def load(context: Context, connection: Connection, ref: str, *, seen: int | None = None) -> LoadedCase:
    """Load a case by its number with everything that rules need. Raises as ``find_case`` and ``loaded_case`` do."""
    case = find_case(context, connection, ref, seen=seen)
    return loaded_case(context, case, members_of(context, connection, case))


def loaded_case(context: Context, case: Case, members: tuple[Person, ...]) -> LoadedCase:
    """Put together a case with its programme and the facts of the business date.

    Its stage may be one that the workflow has not any more. Raises InputError where its programme is not there.
    """
    entry = context.catalogue.programmes.get(case.programme)
    if entry is None:
        found = stranded(case, context.catalogue)
        assert found is not None
        raise InputError(found.message)
    return LoadedCase.on(context.on, case, members, entry)


def task_named(loaded: LoadedCase, task_id: str) -> Task:
    """Return a task of the workflow of a case. Raises NotFoundError."""
    known = {task.id: task for task in loaded.workflow.tasks}
    if task_id not in known:
        raise NotFoundError(Message("task in {id}", id=loaded.programme.id), task_id, known)
    return known[task_id]


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


def case_index_from(catalogue: Catalogue) -> Callable[[Case, tuple[Person, ...]], CaseIndex | None]:
    """Return what works out again what is kept beside a case.

    That is None where the workflow of the case, in its version, is not among these countries.
    """

    def follows(case: Case, members: tuple[Person, ...]) -> CaseIndex | None:
        entry = catalogue.programmes.get(case.programme)
        if entry is None or case.workflow not in entry.workflows:
            return None
        if case.is_open and not has_stage(entry, case.workflow, case.stage):
            return None  # stranded: what was kept followed from a workflow that is not here
        return case_index_of(entry, case, members)

    return follows


def case_index_of(entry: ProgrammeEntry, case: Case, members: tuple[Person, ...]) -> CaseIndex:
    """Work out what is kept beside a case for the morning list; it follows from the case alone, whatever day it is.

    One that is stranded is due since it entered its stage.
    """
    if not case.is_open:
        return CaseIndex()
    loaded = LoadedCase.on(date.max, case, members, entry)  # the last day: all that is recorded is known on it
    if not has_stage(entry, case.workflow, case.stage):
        return CaseIndex(clearance_until(loaded), case.entered_on)
    return CaseIndex(clearance_until(loaded), next_due(loaded), next_end(loaded))
