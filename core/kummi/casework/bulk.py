"""Actions on all cases of a programme at once: set-based, in chunks, never a loop of single actions where that can be.

What cannot be asked of the database (a plugin's own code, a re-match that takes tasks back) is done case by case.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kummi.casework.case_index import IndexKey, case_index_of, shared_index, with_permit
from kummi.casework.commit import record_of, remember
from kummi.casework.context import Context, must_have_come
from kummi.casework.loading import loaded_case
from kummi.casework.moving import advance
from kummi.errors import InputError, NotCompilableError, NotFoundError, RefusedError
from kummi.lifecycle.eligibility import decision_on_entry
from kummi.lifecycle.fold import fold
from kummi.lifecycle.phases import Trigger, trigger_between
from kummi.lifecycle.steps import take_together
from kummi.lifecycle.workflow_index import workflow_index
from kummi.message import Message
from kummi.model.case import Case, Person, case_ref
from kummi.model.rule import Eligibility
from kummi.model.step_events import STEP_KINDS, CaseAdvanced
from kummi.model.workflow import Move, Stage
from kummi.store.cases import (
    CaseIndex,
    Moved,
    last_case_number,
    load_case,
    none_changes_after,
    save_moves,
)
from kummi.store.database import Connection
from kummi.store.persons import load_persons, load_persons_of
from kummi.store.queries.bulk import (
    MovableCase,
    MovableCases,
    Outcomes,
    count_in_stage,
    numbers_in_stage,
    open_live_cases,
)

if TYPE_CHECKING:
    from kummi.model.programme import ProgrammeEntry

CHUNK = 5000
"""Cases moved in one transaction."""
SPAN = 25_000
"""Case numbers that one statement looks at when cases are counted."""
BY_HAND = 1000
"""Case numbers that are looked at in one go where each case is decided in Python."""
SHOWN = 20
"""Cases that are named, not only counted."""

Verdicts = list[tuple[int, str]]
"""Case numbers with what they come to."""


@dataclass(frozen=True)
class Assessed:
    """How many open live cases come to each outcome, and the first that are not eligible or cannot be decided."""

    counts: dict[str, int]
    standing_out: tuple[tuple[str, str], ...]


def assess_all(context: Context, programme: str) -> Assessed:
    """Decide every open live case of a programme under the law of the business date; nothing is kept.

    Raises NotFoundError, PluginError.
    """
    entry = context.entry(programme)
    counts: Counter[str] = Counter({each.value: 0 for each in Eligibility})
    found: Verdicts = []
    with context.store.reading() as connection:
        assess, width = _assessor(context, entry)
        last = last_case_number(connection)
        for first in range(1, last + 1, width):
            some, standing_out = assess(connection, first, first + width - 1, SHOWN - len(found))
            counts.update(some)
            found += standing_out
    return Assessed(dict(counts), tuple((case_ref(entry.country.code, number), outcome) for number, outcome in found))


Assess = Callable[[Connection, int, int, int], tuple[dict[str, int], Verdicts]]
"""Counts the outcomes of the cases between two numbers, and names so many of those that stand out."""


def _assessor(context: Context, entry: ProgrammeEntry) -> tuple[Assess, int]:
    """Return how cases are assessed, and how many numbers at a time: by the database if it can, else in Python."""
    try:
        with context.store.reading() as connection:
            newest = none_changes_after(connection, context.on)
        outcomes = Outcomes(entry, context.on, newest=newest)
    except NotCompilableError:
        return lambda *asked: _assess_by_hand(context, entry.id, *asked), BY_HAND
    return lambda *asked: _assess_in_database(outcomes, *asked), SPAN


def _assess_in_database(
    outcomes: Outcomes, connection: Connection, first: int, last: int, wanted: int
) -> tuple[dict[str, int], Verdicts]:
    counts = outcomes.count(connection, first, last)
    stand_out = wanted and set(counts) - {Eligibility.ELIGIBLE.value}
    return counts, outcomes.not_eligible(connection, first, last, wanted) if stand_out else []


def _assess_by_hand(
    context: Context, programme: str, connection: Connection, first: int, last: int, wanted: int
) -> tuple[dict[str, int], Verdicts]:
    found = open_live_cases(context.store, connection, programme, first, last)
    people = load_persons_of(connection, [each.id for each in found])
    verdicts: Verdicts = []
    for each in found:
        loaded = loaded_case(context, each, people.get(each.id, ()))
        verdicts.append((each.id, decision_on_entry(loaded).outcome.value))
    standing_out = [each for each in verdicts if each[1] != Eligibility.ELIGIBLE.value]
    return Counter(outcome for _, outcome in verdicts), standing_out[:wanted]


@dataclass(frozen=True)
class Advanced:
    """How many cases were moved, and how many may not move yet."""

    moved: int
    stayed: int


def advance_all(
    context: Context, programme: str, source: str, target: str, step: Callable[[int], None] = lambda _: None
) -> Advanced:
    """Move every live case of a programme that is in one stage and may enter another on the business date.

    Cases are moved some thousands at a time, each such part in one transaction: where a later part meets a conflict,
    the earlier ones are kept. ``step`` is told how many cases each part moved, and observers of the cases of each part.

    Raises:
        NotFoundError: There is no such programme or stage.
        InputError: No move leads from the one stage to the other, it is an end, or the day has not come yet.
        RefusedError: The lifecycle grants no case this step.
        ConflictError: Someone else changed one of the cases meanwhile.
    """
    entry = context.entry(programme)
    must_have_come(context)
    done = [
        _advance_version(context, under, source, moves, step)
        for under, moves in _versions_with_moves(entry, source, target)
    ]
    return Advanced(sum(each.moved for each in done), sum(each.stayed for each in done))


def _versions_with_moves(entry: ProgrammeEntry, source: str, target: str) -> list[tuple[ProgrammeEntry, list[Move]]]:
    """Return the programme under each version that leads from one stage to the other; raises where none does."""
    found, wrong = [], list[Exception]()
    for version in entry.workflows:
        under = entry.under(version)
        try:
            found.append((under, _moves_between(under, source, target)))
        except (NotFoundError, InputError) as error:
            wrong.append(error)
    if not found:
        raise wrong[0]  # what the current version says
    return found


def _advance_version(
    context: Context, entry: ProgrammeEntry, source: str, moves: list[Move], step: Callable[[int], None]
) -> Advanced:
    target = moves[0].to
    stages = workflow_index(entry).stages
    with context.store.reading() as connection:
        total = count_in_stage(connection, entry, source)
    into = IndexKey(entry, target)
    movable = _movable(context, entry, stages[source], moves, into)
    if movable is None:
        moved = _one_by_one(context, entry, source, target, step)
    else:
        granted = take_together(stages[source], stages[target])
        moved = _Moving(context, entry, granted, stages[target], into).run(movable, step)
    return Advanced(moved, total - moved)


def _moves_between(entry: ProgrammeEntry, source: str, target: str) -> list[Move]:
    index = workflow_index(entry)
    for stage in (source, target):
        if stage not in index.stages:
            raise NotFoundError(Message("stage in {id}", id=entry.id), stage, index.stages)
    moves = [move for move in index.moves[source] if move.to == target]
    if not moves:
        ways = ", ".join(dict.fromkeys(f"'{move.to}'" for move in index.moves[source]))
        raise InputError(
            Message(
                "no move leads from '{source}' to '{target}'; from there: {ways}",
                source=source,
                target=target,
                ways=ways or Message("nothing"),
            )
        )
    if any(move.outcome for move in moves):
        raise InputError(
            Message("'{target}' is an end, and every case ends for itself: case close REF OUTCOME", target=target)
        )
    return moves


def _movable(
    context: Context, entry: ProgrammeEntry, source: Stage, moves: list[Move], into: IndexKey
) -> MovableCases | None:
    """Return the cases for which one of the moves is open; None where only a look at each case can tell."""
    to = workflow_index(entry).stages[moves[0].to].phase
    if trigger_between(source.phase, to) is Trigger.REMATCH or context.catalogue.behaviour.checks_moves_of(entry.id):
        return None
    try:
        return MovableCases(entry, source, moves, context.on, steps=STEP_KINDS, facts=into.facts)
    except NotCompilableError:
        return None


def _one_by_one(context: Context, entry: ProgrammeEntry, source: str, target: str, step: Callable[[int], None]) -> int:
    with context.store.reading() as connection:
        numbers = numbers_in_stage(connection, entry, source)
    moved = 0
    for number in numbers:
        try:
            advance(context, case_ref(entry.country.code, number), target)
        except (RefusedError, InputError):
            continue
        moved += 1
        step(1)
    return moved


class _Moving:
    """Cases on their way from one stage to another, part after part."""

    def __init__(
        self, context: Context, entry: ProgrammeEntry, event: CaseAdvanced, target: Stage, into: IndexKey
    ) -> None:
        self._context, self._target = context, target
        self._country = entry.country.code
        self._entry, self._event, self._index_key = entry, event, into
        self._indexes: dict[tuple[Any, ...], CaseIndex] = {}
        self._records = lru_cache(maxsize=CHUNK)(lambda text: self._index_key.records(json.loads(text)))

    def run(self, movable: MovableCases, step: Callable[[int], None]) -> int:
        """Move them all; return how many there were."""
        last, moved = 0, 0
        while True:
            with self._context.writing() as connection:
                some = movable.after(connection, last, CHUNK)
                if some:
                    self._move(connection, some)
            if not some:
                return moved
            last, moved = some[-1].id, moved + len(some)
            step(len(some))

    def _move(self, connection: Connection, rows: Sequence[MovableCase]) -> None:
        record = record_of(self._context, connection, self._entry.id, self._event)
        moved = [Moved(row.id, row.seq, row.head, self._index_of(connection, row)) for row in rows]
        written = save_moves(self._context.store, connection, record, self._target.id, self._target.phase, moved)
        remember(self._context, connection, written, self._country)

    def _index_of(self, connection: Connection, row: MovableCase) -> CaseIndex:
        """Return what is kept beside a case after its move, worked out once for each situation."""
        if not self._index_key.shared:
            return case_index_of(self._entry, *self._after(connection, row.id))
        key: tuple[Any, ...] = (row.facts, self._records(row.tasks))
        found = self._indexes.get(key)
        if found is None:
            found = self._indexes[key] = shared_index(self._entry, *self._after(connection, row.id))
        return with_permit(found, None if row.permit_held is False else row.permit_expires)

    def _after(self, connection: Connection, number: int) -> tuple[Case, tuple[Person, ...]]:
        """Return a case as it is after its move, and its persons."""
        before = load_case(self._context.store, connection, number)
        assert before is not None
        after = fold(before, self._event, self._context.on)
        return after, load_persons(self._context.store, connection, number)
