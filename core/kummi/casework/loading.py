"""Load a case by its number, as it is recorded now or as it was known by the end of a day.

``--on`` asks for another day with what is known now; ``--known`` asks with what was known then.
"""

from __future__ import annotations

import re

from kummi.casework.context import Context
from kummi.casework.stranded import stranded
from kummi.errors import ConflictError, InputError, NotFoundError
from kummi.message import Message
from kummi.model.case import Case, LoadedCase, Person
from kummi.model.workflow import Task
from kummi.store.cases import load_case
from kummi.store.database import Connection
from kummi.store.persons import load_persons, person_of

_REF = re.compile(r"(?:(?P<country>[A-Za-z]{2})-)?0*(?P<number>[1-9]\d{0,17})")


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
    if context.known is None:
        return case
    from kummi.casework.known import case_as_known  # with every kind of event, which few questions need

    return case_as_known(connection, case, context.known)


def persons_of(context: Context, connection: Connection, case: Case) -> tuple[Person, ...]:
    """Return what rules may know of all who are or were members of the household of a case."""
    if context.known is None:
        return load_persons(context.store, connection, case.id)
    from kummi.casework.known import persons_as_known

    return tuple(map(person_of, persons_as_known(connection, case, context.known)))


def load(context: Context, connection: Connection, ref: str, *, seen: int | None = None) -> LoadedCase:
    """Load a case by its number with everything that rules need. Raises as ``find_case`` and ``loaded_case`` do."""
    case = find_case(context, connection, ref, seen=seen)
    return loaded_case(context, case, persons_of(context, connection, case))


def loaded_case(context: Context, case: Case, persons: tuple[Person, ...]) -> LoadedCase:
    """Put together a case with its programme and the facts of the business date.

    Its stage may be one that the workflow has not any more. Raises InputError where its programme is not there.
    """
    entry = context.catalogue.programmes.get(case.programme)
    if entry is None:
        found = stranded(case, context.catalogue)
        assert found is not None
        raise InputError(found.message)
    return LoadedCase.on(context.on, case, persons, entry)


def task_named(loaded: LoadedCase, task_id: str) -> Task:
    """Return a task of the workflow of a case. Raises NotFoundError."""
    known = {task.id: task for task in loaded.workflow.tasks}
    if task_id not in known:
        raise NotFoundError(Message("task in {id}", id=loaded.programme.id), task_id, known)
    return known[task_id]
