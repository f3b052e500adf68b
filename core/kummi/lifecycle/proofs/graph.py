"""A workflow as a graph: stages, the moves that lead from one to another, and shortest ways."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from kummi.message import Message, alternatives
from kummi.model.workflow import ANY_OPEN, Move, Stage, Workflow

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
