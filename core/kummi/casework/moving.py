"""Move a case: from stage to stage, on hold and back, to its end and open again."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, bindparam, func, literal_column, or_, select

from kummi.casework.desk import (
    Desk,
    OpenCase,
    commit_event,
    look_up,
    must_be_open_by,
    must_have_come,
    must_have_its_stage,
    owners_of,
)
from kummi.casework.entry import findings_on_entry
from kummi.casework.notes import keep_note
from kummi.errors import Fault, InputError, NotFoundError, RefusedError
from kummi.lifecycle import steps
from kummi.lifecycle.moves import PossibleMove, asks_eligibility, look_at, look_at_reopening, possible_moves
from kummi.lifecycle.outline import outline_of
from kummi.lifecycle.steps import Step
from kummi.model.case import Case
from kummi.model.decision import Finding
from kummi.model.vocabulary import Outcome
from kummi.model.workflow import Move
from kummi.store.case_rows import NewEvent
from kummi.store.tables import events

STEPS = ("advanced", "held", "resumed", "closed", "reopened")
"""The events that are steps on a case's way."""

_LAST_STEP = select(func.max(events.c.happened_on)).where(
    events.c.case_id == bindparam("id"), or_(*(events.c.kind == literal_column(f"'{step}'") for step in STEPS))
)


def moves_of(desk: Desk, it: OpenCase) -> tuple[PossibleMove, ...]:
    """Return every move that leaves the case's stage, each with the findings that close it."""
    entry = it.entry
    asked = any(asks_eligibility(it.case, entry.workflow, move) for move in entry.workflow.moves_from(it.case.stage))
    return possible_moves(
        it.case,
        entry.workflow,
        it.facts,
        entry.places,
        entry.words,
        findings_on_entry(it) if asked else (),
        entry.programme.window,
        lambda move: _from_plugins(desk, it, move),
        owners=owners_of(entry, desk.on),
    )


def advance(desk: Desk, ref: str, stage: str, *, seen: int | None = None) -> Case:
    """Move a case to a stage. Raises RefusedError with every finding that closes the way; the case is as before."""
    with desk.writing() as connection:
        it = _for_step(desk, connection, ref, seen)
        must_have_its_stage(desk, it)
        outline = outline_of(it.entry.workflow)
        if stage not in outline.stages:
            raise NotFoundError(f"stage in {it.entry.programme.id}", stage, outline.stages)
        moves = [move for move in outline.moves[it.case.stage] if move.to == stage]
        if any(move.outcome for move in moves):
            outcomes = ", ".join(sorted(str(move.outcome) for move in moves))
            raise InputError(f"'{stage}' is an end; say how it ends ({outcomes}): case close {it.case.ref} OUTCOME")
        return _take_first(desk, connection, it, moves, f"move to '{stage}'")


def close(desk: Desk, ref: str, outcome: Outcome, *, note: str | None = None, seen: int | None = None) -> Case:
    """Close a case with an outcome. Raises RefusedError where the outcome is not open from here."""
    with desk.writing() as connection:
        it = _for_step(desk, connection, ref, seen)
        must_have_its_stage(desk, it)
        moves = [move for move in it.entry.workflow.moves_from(it.case.stage) if move.outcome is outcome]
        return _take_first(desk, connection, it, moves, f"close as '{outcome}'", note)


def hold(desk: Desk, ref: str, *, note: str | None = None, seen: int | None = None) -> Case:
    """Put an open case on hold; it keeps its stage. Raises RefusedError."""
    with desk.writing() as connection:
        it = _for_step(desk, connection, ref, seen)
        return _write(desk, connection, it, steps.hold(it.case), note)


def resume(desk: Desk, ref: str, *, note: str | None = None, seen: int | None = None) -> Case:
    """Take a case off hold, back to where it was. Raises RefusedError, also where only new clearance ends the hold."""
    with desk.writing() as connection:
        it = _for_step(desk, connection, ref, seen)
        return _write(desk, connection, it, steps.resume(it.case, it.entry.workflow, desk.on, it.entry.words), note)


def reopen(desk: Desk, ref: str, reason: str, *, seen: int | None = None) -> Case:
    """Open a closed case again in the stage that it was closed from. Raises RefusedError, InputError without reason."""
    if not reason.strip():
        raise InputError("a closed case reopens only with a reason: --reason TEXT")
    with desk.writing() as connection:
        it = _for_step(desk, connection, ref, seen)
        entry = it.entry
        stage = it.case.stage if it.case.is_open else _closed_from(connection, it)
        must_have_its_stage(desk, replace(it, case=replace(it.case, stage=stage)))
        against = look_at_reopening(
            stage, it.case, entry.workflow, it.facts, entry.places, entry.words, entry.programme.window
        )
        return _write(desk, connection, it, steps.reopen(it.case, entry.workflow, stage, against), reason)


def _for_step(desk: Desk, connection: Connection, ref: str, seen: int | None) -> OpenCase:
    """Load a case for a step. Raises InputError for a day before its last one, or one that has not come yet.

    A task may be late news, but the way of a case has one order. Only a rehearsal may run ahead of the time.
    """
    it = look_up(desk, connection, ref, seen=seen)
    if not it.case.rehearsal:
        must_have_come(desk)
    must_be_open_by(it.case, desk.on)
    last = desk.store.prepared(_LAST_STEP).run(connection, {"id": it.case.id}).fetchone()[0]
    day = None if last is None else desk.store.differences.read_date(last)
    if day is not None and desk.on < day:
        raise InputError(Fault("--on", f"the last step of case {it.case.ref} was on {day}; {desk.on} is before"))
    return it


def _take_first(
    desk: Desk, connection: Connection, it: OpenCase, moves: list[Move], deed: str, note: str | None = None
) -> Case:
    """Take the first of these moves that is open; refuse with the findings of the first where none is."""
    if not moves:
        ways = it.entry.workflow.moves_from(it.case.stage)
        known = ", ".join(dict.fromkeys(f"close as '{way.outcome}'" if way.outcome else f"'{way.to}'" for way in ways))
        raise RefusedError(f"case {it.case.ref} cannot {deed} from '{it.case.stage}'; from here: {known or 'nothing'}")
    looked = [_look(desk, it, move) for move in moves]
    chosen = next((each for each in looked if each.allowed), looked[0])
    if not chosen.allowed:
        raise RefusedError(f"case {it.case.ref} cannot {deed} on {desk.on}", chosen.findings)
    return _write(desk, connection, it, steps.take(it.case, it.entry.workflow, chosen, desk.on), note)


def _look(desk: Desk, it: OpenCase, move: Move) -> PossibleMove:
    entry = it.entry
    return look_at(
        move,
        it.case,
        entry.workflow,
        it.facts,
        entry.places,
        entry.words,
        findings_on_entry(it) if asks_eligibility(it.case, entry.workflow, move) else (),
        entry.programme.window,
        extra=lambda move: _from_plugins(desk, it, move),
        owners=owners_of(entry, desk.on),
    )


def _from_plugins(desk: Desk, it: OpenCase, move: Move) -> tuple[Finding, ...]:
    return desk.catalogue.behaviour.check_move(it.case, move, it.facts)


def _write(desk: Desk, connection: Connection, it: OpenCase, step: Step, note: str | None) -> Case:
    data = step.data | keep_note(desk, connection, it, note)
    return commit_event(desk, connection, it, NewEvent(step.kind, desk.on, data))


def _closed_from(connection: Connection, it: OpenCase) -> str:
    """Return the stage that a closed case was closed from, out of its events."""
    import json

    query = (
        select(events.c.data)
        .where(events.c.case_id == it.case.id, events.c.kind == "closed")
        .order_by(events.c.seq.desc())
        .limit(1)
    )
    return str(json.loads(connection.execute(query).scalar_one())["from"])
