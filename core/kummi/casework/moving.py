"""Move a case: from stage to stage, on hold and back, to its end and open again; with the words that go with it."""

from __future__ import annotations

from dataclasses import replace
from unicodedata import normalize

from kummi.casework.commit import commit_event
from kummi.casework.context import Context, must_be_open_by, must_have_come, must_have_its_stage
from kummi.casework.loading import load
from kummi.casework.next_steps import look_at_move
from kummi.casework.stranded import stranded
from kummi.casework.value_reader import NOT_PLAIN, is_plain
from kummi.errors import Fault, InputError, NotFoundError, RefusedError
from kummi.lifecycle import steps
from kummi.lifecycle.moves import look_at_reopening
from kummi.lifecycle.workflow_index import index_of, workflow_index
from kummi.message import Message
from kummi.model.case import Case, LoadedCase
from kummi.model.step_events import STEP_KINDS, CaseClosed, CaseStep, NoteDigest
from kummi.model.vocabulary import JoinedHow, Outcome
from kummi.model.workflow import Move
from kummi.store.chain import note_digest
from kummi.store.database import Connection
from kummi.store.events import last_data, last_day_of
from kummi.store.notes import insert_note
from kummi.store.persons import load_person_rows


def advance(context: Context, ref: str, stage: str, *, seen: int | None = None) -> Case:
    """Move a case to a stage. Raises RefusedError with every finding that closes the way; the case is as before."""
    with context.writing() as connection:
        loaded = _for_step(context, connection, ref, seen)
        must_have_its_stage(context, loaded)
        index = index_of(loaded)
        if stage not in index.stages:
            raise NotFoundError(Message("stage in {id}", id=loaded.programme.id), stage, index.stages)
        moves = [move for move in index.moves[loaded.case.stage] if move.to == stage]
        if any(move.outcome for move in moves):
            outcomes = ", ".join(sorted(str(move.outcome) for move in moves))
            raise InputError(
                Message(
                    "'{stage}' is an end; say how it ends ({outcomes}): case close {ref} OUTCOME",
                    stage=stage,
                    outcomes=outcomes,
                    ref=loaded.case.ref,
                )
            )
        return _take_first(context, connection, loaded, moves, Message("move to '{stage}'", stage=stage))


def close(context: Context, ref: str, outcome: Outcome, *, note: str | None = None, seen: int | None = None) -> Case:
    """Close a case with an outcome. Raises RefusedError where the outcome is not open from here."""
    with context.writing() as connection:
        loaded = _for_step(context, connection, ref, seen)
        must_have_its_stage(context, loaded)
        if outcome is Outcome.VOIDED:
            if not (note or "").strip():
                raise InputError(Message("a case is voided only with a reason: --reason TEXT"))
            _must_hold_nobody_of_another(connection, loaded.case)
            return _write(context, connection, loaded, steps.end(loaded, outcome), note)
        moves = [move for move in index_of(loaded).moves[loaded.case.stage] if move.outcome is outcome]
        return _take_first(context, connection, loaded, moves, Message("close as '{outcome}'", outcome=outcome), note)


def _must_hold_nobody_of_another(connection: Connection, case: Case) -> None:
    """Refuse to void a case with members who left another case for it: they would be in none. Raises RefusedError."""
    came = {row["joined_how"] for row in load_person_rows(connection, case.id) if row["left_on"] is None}
    if JoinedHow.SPLIT.value in came:
        settle = Message("merge it back first: kummi case merge OLD {ref}", ref=case.ref)
    elif JoinedHow.TRANSFERRED.value in came:
        settle = Message("hand it on instead: kummi case transfer {ref} PROGRAMME", ref=case.ref)
    elif JoinedHow.MERGED.value in came:
        settle = Message("let them go on as a case of their own first: kummi case split {ref} MEMBER…", ref=case.ref)
    else:
        return
    raise RefusedError(
        Message(
            "members of case {ref} came from another case and would be in none; {settle}", ref=case.ref, settle=settle
        )
    )


def hold(context: Context, ref: str, *, note: str | None = None, seen: int | None = None) -> Case:
    """Put an open case on hold; it keeps its stage. Raises RefusedError."""
    with context.writing() as connection:
        loaded = _for_step(context, connection, ref, seen)
        return _write(context, connection, loaded, steps.hold(loaded.case), note)


def resume(context: Context, ref: str, *, note: str | None = None, seen: int | None = None) -> Case:
    """Take a case off hold, back to where it was. Raises RefusedError, also where only new clearance ends the hold."""
    with context.writing() as connection:
        loaded = _for_step(context, connection, ref, seen)
        return _write(context, connection, loaded, steps.resume(loaded), note)


def reopen(context: Context, ref: str, reason: str, *, seen: int | None = None) -> Case:
    """Open a closed case again in the stage that it was closed from. Raises RefusedError, InputError without reason."""
    if not reason.strip():
        raise InputError(Message("a closed case reopens only with a reason: --reason TEXT"))
    with context.writing() as connection:
        loaded = _for_step(context, connection, ref, seen)
        case = loaded.case
        if not case.size:
            raise RefusedError(Message("case {ref} does not reopen: another case has its household", ref=case.ref))
        stage = case.stage if case.is_open else last_data(connection, case.stream, CaseClosed.kind)["from"]
        must_have_its_stage(context, replace(loaded, case=replace(loaded.case, stage=stage)))
        against = look_at_reopening(stage, loaded)
        return _write(context, connection, loaded, steps.reopen(loaded, stage, against), reason)


def restage(
    context: Context, ref: str, stage: str, reason: str, *, version: str | None = None, seen: int | None = None
) -> Case:
    """Move a stranded case to a stage that there is, and pin it to that version of the workflow.

    Args:
        stage: A stage of a phase that the case has been in.
        reason: Why; kept with the personal data.
        version: The version of the workflow; the current one unless another is named.

    Raises RefusedError for a case that is not stranded or a stage that it may not be put into, NotFoundError for a
    version or stage that there is not, InputError without a reason.
    """
    if not reason.strip():
        raise InputError(Message("a stranded case is moved only with a reason: --reason TEXT"))
    with context.writing() as connection:
        loaded = _for_step(context, connection, ref, seen)
        if stranded(loaded.case, context.catalogue) is None:
            raise RefusedError(
                Message("case {ref} is not stranded; it moves by: kummi case advance", ref=loaded.case.ref)
            )
        programme = loaded.programme
        version = version or programme.workflow.version
        if version not in programme.workflows:
            raise NotFoundError(
                Message("version of the workflow of {id}", id=programme.id), version, programme.workflows
            )
        stages = workflow_index(programme, version).stages
        if stage not in stages:
            raise NotFoundError(
                Message("stage in version {version} of {id}", version=version, id=programme.id), stage, stages
            )
        granted = steps.restage(loaded.case, programme.workflows[version], stage)
        return _write(context, connection, loaded, granted, reason)


def _for_step(context: Context, connection: Connection, ref: str, seen: int | None) -> LoadedCase:
    """Load a case for a step. Raises InputError for a day before its last one, or one that has not come yet.

    A task may be late news, but the way of a case has one order. Only a rehearsal may run ahead of the time.
    """
    loaded = load(context, connection, ref, seen=seen)
    if not loaded.case.rehearsal:
        must_have_come(context)
    must_be_open_by(loaded.case, context.on)
    day = last_day_of(context.store, connection, loaded.case.stream, STEP_KINDS)
    if day is not None and context.on < day:
        raise InputError(
            Fault(
                "--on",
                Message(
                    "the last step of case {ref} was on {day}; {on} is before",
                    ref=loaded.case.ref,
                    day=day,
                    on=context.on,
                ),
            )
        )
    return loaded


def _take_first(
    context: Context,
    connection: Connection,
    loaded: LoadedCase,
    moves: list[Move],
    action: Message,
    note: str | None = None,
) -> Case:
    """Take the first of these moves that is open; refuse with the findings of the first where none is."""
    if not moves:
        ways = index_of(loaded).moves[loaded.case.stage]
        known = tuple(
            dict.fromkeys(
                Message("close as '{outcome}'", outcome=way.outcome) if way.outcome else f"'{way.to}'" for way in ways
            )
        )
        raise RefusedError(
            Message(
                "case {ref} cannot {action} from '{stage}'; from here: {known}",
                ref=loaded.case.ref,
                action=action,
                stage=loaded.case.stage,
                known=known or Message("nothing"),
            )
        )
    looked = [look_at_move(context, loaded, move) for move in moves]
    chosen = next((each for each in looked if each.allowed), looked[0])
    if not chosen.allowed:
        raise RefusedError(
            Message("case {ref} cannot {action} on {on}", ref=loaded.case.ref, action=action, on=context.on),
            chosen.findings,
        )
    return _write(context, connection, loaded, steps.take(loaded, chosen), note)


def _write(context: Context, connection: Connection, loaded: LoadedCase, step: CaseStep, note: str | None) -> Case:
    kept = keep_note(context, connection, loaded, note)
    return commit_event(context, connection, loaded, replace(step, note=kept) if kept else step)


LONGEST = 2000
"""Characters in one note."""


def keep_note(context: Context, connection: Connection, loaded: LoadedCase, text: str | None) -> NoteDigest | None:
    """Store a note of a case; return how its event names it, None where there is none.

    Raises InputError for one that cannot be kept.
    """
    if not text:
        return None
    if len(text) > LONGEST:
        raise InputError(
            Message("the text has {count} characters; at most {most} are kept", count=len(text), most=LONGEST)
        )
    text = normalize("NFC", text)
    if not is_plain(text, lines="\n\r\t"):
        raise InputError(Message("the text {problem}", problem=NOT_PLAIN))
    row: dict[str, str | int] = {
        "id": context.new_id(),
        "case_id": loaded.case.id,
        "programme": loaded.case.programme,
        "salt": context.new_id(),
        "text": text,
    }
    insert_note(connection, row)
    return NoteDigest(str(row["id"]), note_digest(row))
