"""Moves that no household can ever take, because what is asked of it can never hold together.

Asked are the move's guards, the tasks of the stage it leaves, the rules of eligibility where it enters preparation, and
what every way to the stage has asked before of what does not change: the pathway, and days that lie behind. Only plain
contradictions are found (``kummi.rules.satisfiability``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import chain, combinations

from kummi.lifecycle.eligibility import asks_eligibility
from kummi.lifecycle.moves import ends_early, is_rematch
from kummi.lifecycle.proofs.structure import Graph, sources_of
from kummi.lifecycle.proofs.violation import Proof, Violation
from kummi.message import Message
from kummi.model.base import Origin
from kummi.model.criterion import All, Criterion, Done, Equals, Predicate, implication
from kummi.model.facts import CORE_FACTS
from kummi.model.places import Places
from kummi.model.rule import Rule
from kummi.model.workflow import Move, Stage, Task
from kummi.rules.inspect import facts_in, walk
from kummi.rules.satisfiability import can_hold_together

_LASTING = frozenset(fact.name for fact in CORE_FACTS if fact.lasting)
"""Facts of core that do not change on a case's way once they are known."""


@dataclass(frozen=True)
class _Asked:
    """Something that a household must meet: what it is called, and the guard's place where it is one."""

    name: Message
    criterion: Criterion
    guard: Origin | None = None


def contradictions(graph: Graph, places: Places, rules: Sequence[Rule]) -> Iterator[Violation]:
    """Yield the moves that no household can take from any stage that it can come to, each with a way to it."""
    looked = _Looking(graph, places, rules)
    before = looked.asked_on_every_way()
    clashes: dict[int, list[tuple[Move, Stage, tuple[_Asked, ...]]]] = {}
    for stage, move, to in graph.edges():
        if stage.id in before:
            clash = looked.clash(stage, move, to, before[stage.id])
            clashes.setdefault(id(move), []).append((move, stage, clash))
    for tried in clashes.values():
        if all(clash for _, _, clash in tried):
            yield _violation(graph, *tried[0])


def _violation(graph: Graph, move: Move, stage: Stage, clash: Sequence[_Asked]) -> Violation:
    names = reduce(lambda one, other: Message("{one} and {other}", one=one, other=other), (each.name for each in clash))
    message = Message(
        "no household can ever take this move: {names} can never hold together"
        if len(clash) > 1
        else "no household can ever take this move: {names} can never hold",
        names=names,
    )
    origin = next((each.guard for each in reversed(clash) if each.guard), move.origin)
    way = graph.way_over(stage, graph.stages[move.to])
    return Violation(
        Proof.CONTRADICTION,
        Message("move {source} to {target}", source=sources_of(move), target=move.to),
        message,
        way,
        origin,
    )


@dataclass(frozen=True)
class _Looking:
    """A workflow looked at with the rules of eligibility."""

    graph: Graph
    places: Places
    rules: Sequence[Rule]

    def clash(self, stage: Stage, move: Move, to: Stage, before: Iterable[_Asked]) -> tuple[_Asked, ...]:
        """Return the fewest conditions of a step that never hold together, under any day's law; empty if they can."""
        dated = self.rules_of(stage, move, to)
        clash: tuple[_Asked, ...] = ()
        for day in _changes_of_law(dated):
            law = (_of_rule(rule, rule.origin) for rule in dated if rule.is_valid_on(day))
            asked = (*before, *_of_stage(stage, move, to), *law)
            if can_hold_together((each.criterion for each in asked), self.places):
                return ()
            clash = _fewest(asked, self.places)
        return clash

    def asked_on_every_way(self) -> Mapping[str, frozenset[_Asked]]:
        """Return for each stage that a household can come to what every way has asked of lasting facts."""
        asked: dict[str, frozenset[_Asked]] = {self.graph.initial.id: frozenset()} if self.graph.initial else {}
        changed = bool(asked)
        while changed:
            changed = False
            for stage, move, to in self.graph.edges():
                if stage.id not in asked or self.clash(stage, move, to, asked[stage.id]):
                    continue
                now = asked[stage.id].union(*map(self.lasting_parts, self.rules_of(stage, move, to)))
                if (merged := now & asked.get(to.id, now)) != asked.get(to.id):
                    asked[to.id], changed = merged, True
        return asked

    def rules_of(self, stage: Stage, move: Move, to: Stage) -> tuple[Rule, ...]:
        """Return the guards of a step, and the rules of eligibility where it enters preparation."""
        return (*move.guards, *(self.rules if asks_eligibility(stage.phase, to.phase) else ()))

    def lasting_parts(self, rule: Rule) -> set[_Asked]:
        """Return the parts of a rule of every day that must each hold, and are about lasting facts alone."""
        if not rule.period.is_always:
            return set()
        name = Message("rule {id} (asked on every way here)", id=rule.id)
        parts = _parts(_of_rule(rule).criterion)
        return {_Asked(name, part) for part in parts if set(facts_in(part)) <= _LASTING and not _has_code(part)}


def _fewest(asked: tuple[_Asked, ...], places: Places) -> tuple[_Asked, ...]:
    few = chain(combinations(asked, 1), combinations(asked, 2))
    return next((each for each in few if not can_hold_together((one.criterion for one in each), places)), asked)


def _changes_of_law(rules: Iterable[Rule]) -> list[date]:
    starts = {date.min}
    for rule in rules:
        starts |= {day for day in (rule.period.start, rule.period.day_after) if day}
    return sorted(starts)


def _of_stage(stage: Stage, move: Move, to: Stage) -> Iterator[_Asked]:
    """Yield what the stage itself asks of who leaves it by a move."""
    yield _Asked(Message("the phase '{phase}'", phase=stage.phase), Equals(fact="phase", equals=str(stage.phase)))
    if not ends_early(move) and not is_rematch(stage.phase, to.phase):
        yield from (_of_task(task) for task in stage.tasks if task.required)


def _of_task(task: Task) -> _Asked:
    return _Asked(Message("task {id}", id=task.id), implication(task.when, Done(done=task.id)))


def _of_rule(rule: Rule, guard: Origin | None = None) -> _Asked:
    return _Asked(Message("rule {id}", id=rule.id), rule.whole, guard)


def _parts(criterion: Criterion) -> Iterator[Criterion]:
    if isinstance(criterion, All):
        yield from chain.from_iterable(_parts(part) for part in criterion.all)
    else:
        yield criterion


def _has_code(criterion: Criterion) -> bool:
    return any(isinstance(part, Predicate) for part in walk(criterion))
