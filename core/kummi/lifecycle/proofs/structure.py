"""The graph of a workflow, and whether the names in it name something: stages, tasks, facts. The proofs stand on it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from kummi.errors import did_you_mean
from kummi.lifecycle.deadlines import ENTERED
from kummi.lifecycle.proofs.violation import Proof, Violation
from kummi.lifecycle.workflow_index import ORDER
from kummi.message import Message, alternatives
from kummi.model.base import Origin
from kummi.model.criterion import Criterion
from kummi.model.facts import Fact, FactType
from kummi.model.programme import Programme
from kummi.model.rule import Rule
from kummi.model.vocabulary import Phase
from kummi.model.workflow import ANY_OPEN, Deadline, Move, Stage, Workflow
from kummi.rules.inspect import known_facts, problems_in

Name = TypeVar("Name", bound=Hashable)


def structure_violations(workflow: Workflow, programme: Programme) -> Iterator[Violation]:
    """Yield every name that names nothing, or two things."""
    known = known_facts(programme, (task.id for task in workflow.tasks))
    yield from _stages(workflow)
    yield from _tasks(workflow)
    yield from _moves(workflow)
    yield from _guards(workflow, known)
    yield from _deadlines(workflow, known)
    for task in workflow.tasks:
        if task.when is not None:
            yield from _criterion(f"task {task.id}, when", task.when, known, task.origin, "when")


def _violation(where: Message | str, message: Message, origin: Origin | None, *inside: str | int) -> Violation:
    return Violation(Proof.STRUCTURE, where, message, origin=origin, inside=inside)


def _stages(workflow: Workflow) -> Iterator[Violation]:
    names = [stage.id for stage in workflow.stages]
    for name in _twice(names):
        yield _violation(Message("stage {id}", id=name), Message("two stages have this id"), workflow.origin)
    if ANY_OPEN in names:
        yield _violation(
            Message("stage {id}", id=ANY_OPEN),
            Message("this word stands for every open stage and cannot name one"),
            workflow.origin,
        )
    for stage in workflow.stages:
        if stage.phase is Phase.ON_HOLD:
            yield _violation(
                Message("stage {id}", id=stage.id), Message("a hold is core's own and needs no stage"), stage.origin
            )
    present = {stage.phase for stage in workflow.stages}
    for phase in ORDER:
        if phase not in present:
            yield _violation(
                "stages",
                Message("no stage is in the phase '{phase}'; every phase needs one", phase=phase),
                workflow.origin,
            )
    if workflow.initial not in names:
        yield _violation(
            "initial",
            Message("no stage '{initial}'{hint}", initial=workflow.initial, hint=did_you_mean(workflow.initial, names)),
            workflow.origin,
        )
    elif workflow.stage(workflow.initial).phase is not Phase.REFERRAL:
        yield _violation(
            "initial",
            Message("a case begins in the phase 'referral', and '{initial}' is not", initial=workflow.initial),
            workflow.origin,
        )


def _tasks(workflow: Workflow) -> Iterator[Violation]:
    for name in _twice(task.id for task in workflow.tasks):
        yield _violation(
            Message("task {id}", id=name),
            Message("two tasks have this id; a case records each task once"),
            workflow.origin,
        )


def _moves(workflow: Workflow) -> Iterator[Violation]:
    names = [stage.id for stage in workflow.stages]
    for move in workflow.moves:
        where = Message("move {source} to {target}", source=sources_of(move), target=move.to)
        for name in (*move.from_, move.to):
            if name not in names and (name != ANY_OPEN or name == move.to):
                key = "to" if name == move.to else "from"
                yield _violation(
                    where,
                    Message("no stage '{name}'{hint}", name=name, hint=did_you_mean(name, names)),
                    move.origin,
                    key,
                )
        if move.from_ == (move.to,):
            yield _violation(where, Message("the move leads to where it comes from"), move.origin)
    steps = ((name, move.to, move.outcome) for name in dict.fromkeys(names) for move in workflow.moves_from(name))
    for name, to, outcome in _twice(steps):
        ending = Message(" as '{outcome}'", outcome=outcome) if outcome else ""
        yield _violation(
            Message("stage {id}", id=name),
            Message("two moves lead from it to '{to}'{ending}", to=to, ending=ending),
            workflow.origin,
        )


def _guards(workflow: Workflow, known: Mapping[str, Fact]) -> Iterator[Violation]:
    seen: dict[str, Rule] = {}
    for move in workflow.moves:
        for rule in move.guards:
            where = Message("rule {id}", id=rule.id)
            if _plain(seen.setdefault(rule.id, rule)) != _plain(rule):
                yield _violation(where, Message("two different rules have this id"), rule.origin or move.origin)
            for key, criterion in (("when", rule.when), ("require", rule.require)):
                if criterion is not None:
                    yield from _criterion(where, criterion, known, rule.origin or move.origin, key)


def _plain(rule: Rule) -> Rule:
    """Return a rule without where it was declared, which does not make it another rule."""
    return rule.model_copy(update={"origin": None})


def _deadlines(workflow: Workflow, known: Mapping[str, Fact]) -> Iterator[Violation]:
    days = {name for name, fact in known.items() if fact.type is FactType.DATE and fact.about != "person"}
    declared: Iterable[tuple[str, Deadline | None, Origin | None]] = chain(
        ((f"stage {stage.id}, deadline", stage.deadline, stage.origin) for stage in workflow.stages),
        ((f"task {task.id}, deadline", task.deadline, task.origin) for task in workflow.tasks),
    )
    for where, deadline, origin in declared:
        if deadline is None or deadline.of == ENTERED or deadline.of in days:
            continue
        if deadline.of in known:
            message = Message("'{of}' is not a date of the case or the household", of=deadline.of)
        else:
            message = Message(
                "no date fact '{of}'{hint}", of=deadline.of, hint=did_you_mean(deadline.of, {ENTERED, *days})
            )
        yield _violation(where, message, origin, "deadline", "of")


def _criterion(
    where: Message | str, criterion: Criterion, known: Mapping[str, Fact], origin: Origin | None, key: str
) -> Iterator[Violation]:
    for problem in problems_in(criterion, known):
        yield _violation(where, problem.message, origin, key, *problem.path)


def _twice(names: Iterable[Name]) -> list[Name]:
    """Return the names that come more than once, each once."""
    return [name for name, count in Counter(names).items() if count > 1]


Node = TypeVar("Node", bound=Hashable)


@dataclass(frozen=True)
class Graph:
    """The stages of a workflow and the moves between those that exist; unknown names are left out."""

    initial: Stage | None
    stages: Mapping[str, Stage]
    exits: Mapping[str, tuple[Move, ...]]

    @classmethod
    def of(cls, workflow: Workflow) -> Graph:
        """Read the graph of a workflow that may be broken."""
        stages = {stage.id: stage for stage in workflow.stages}
        exits = {name: tuple(move for move in workflow.moves_from(name) if move.to in stages) for name in stages}
        return cls(stages.get(workflow.initial), stages, exits)

    def edges(self) -> Iterator[tuple[Stage, Move, Stage]]:
        """Yield every step from a stage by a move to a stage, the stages nearest to the first one first."""
        near = list(self.ways())
        for name in (*near, *(name for name in self.stages if name not in near)):
            for move in self.exits[name]:
                yield self.stages[name], move, self.stages[move.to]

    def ways(self) -> dict[str, tuple[Stage, ...]]:
        """Return the shortest way to every stage that can be reached, nearest first."""
        if self.initial is None:
            return {}
        found = shortest_ways(self.initial.id, lambda name: (move.to for move in self.exits[name]))
        return {name: tuple(self.stages[each] for each in path) for name, path in found.items()}

    def way_over(self, stage: Stage, to: Stage) -> tuple[Stage, ...]:
        """Return the shortest way that takes the step from one stage to another."""
        return (*self.ways().get(stage.id, (stage,)), to)

    def leading_to(self, accepts: Callable[[Stage, Move], bool]) -> frozenset[str]:
        """Return the stages from which some way ends with a move that is accepted."""
        found = {stage.id for stage, move, _ in self.edges() if accepts(stage, move)}
        while True:
            more = {stage.id for stage, _, to in self.edges() if to.id in found} - found
            if not more:
                return frozenset(found)
            found |= more


def shortest_ways(start: Node, following: Callable[[Node], Iterator[Node]]) -> dict[Node, tuple[Node, ...]]:
    """Return the shortest way from the start to every node that can be reached, nearest first.

    >>> shortest_ways(1, lambda n: iter([n * 2, n * 2 + 1] if n < 3 else []))[7]
    Traceback (most recent call last):
    KeyError: 7
    >>> shortest_ways(1, lambda n: iter([n * 2, n * 2 + 1] if n < 3 else []))[5]
    (1, 2, 5)
    """
    ways: dict[Node, tuple[Node, ...]] = {start: (start,)}
    ahead = deque([start])
    while ahead:
        here = ahead.popleft()
        for node in following(here):
            if node not in ways:
                ways[node] = (*ways[here], node)
                ahead.append(node)
    return ways


def sources_of(move: Move) -> object:
    """Return where a move comes from, as it is written."""
    return alternatives(*(Message("any open stage") if name == ANY_OPEN else name for name in move.from_))
