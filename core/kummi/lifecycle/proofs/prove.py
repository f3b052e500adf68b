"""The proofs of a workflow, before anything runs.

1 refinement, 2 soundness, 3 consent, 4 clearance, 5 no contradiction (as far as it is plain), 6 completeness.

Each violation carries the shortest way that shows it. What a proof says holds of every household, whatever its facts
are: a guard is taken to be met where that makes the proof harder, and a task with a ``when`` counts only where the move
that leaves its stage, or another task beside it, covers the households that it leaves out.

After a re-match core asks again for every clearance that was asked before (``tasks.task_states``), in whatever stage
it was; so a way that asks for it once before introduction asks for it before every later introduction too. That a
clearance which ends puts a case on hold is core's own and needs no proof of a workflow, only that it says when it ends.

The moves that core gives every workflow (``kummi.model.workflow``) are proved like declared ones. They let a case end
from every open stage, so that what keeps a stage from being a dead end is that a case can be completed from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations

from kummi.lifecycle.phases import allows, may_end
from kummi.lifecycle.proofs.completeness import incomplete
from kummi.lifecycle.proofs.contradictions import contradictions
from kummi.lifecycle.proofs.structure import Graph, shortest_ways, sources_of, structure_violations
from kummi.lifecycle.proofs.violation import Proof, Violation
from kummi.lifecycle.workflow_index import CLEARED_PHASES, ORDER
from kummi.message import Message
from kummi.model.criterion import All, Criterion, Done, Not
from kummi.model.programme import ProgrammeEntry
from kummi.model.vocabulary import NOT_COUNTED, OPEN_PHASES, Outcome, Phase, TaskKind
from kummi.model.workflow import Move, Stage, Task, Workflow


def prove(entry: ProgrammeEntry) -> tuple[Violation, ...]:
    """Return everything that is wrong with the workflows of a programme, old ones too; empty when every proof holds.

    Violations that are a ``gap`` (missing translations) do not keep it from running.
    """
    return tuple(chain.from_iterable(_violations(each, entry) for each in entry.workflows.values()))


def _violations(workflow: Workflow, entry: ProgrammeEntry) -> tuple[Violation, ...]:
    country, programme = entry.country, entry.programme
    graph = Graph.of(workflow)
    return (
        *structure_violations(workflow, programme),
        *_refinement(graph),
        *_soundness(graph, workflow),
        *_consent(graph),
        *_clearance(graph, workflow),
        *contradictions(graph, entry.places, entry.rules),
        *incomplete(workflow, country, programme),
    )


# --- 1 refinement ------------------------------------------------------------------------------------------------


def _refinement(graph: Graph) -> Iterator[Violation]:
    """Every step, seen as a step of phases, is one that the generic lifecycle allows. One violation a move."""
    broken: list[Move] = []
    for stage, move, to in graph.edges():
        message = _departure(stage, move, to)
        if message and not any(move is each for each in broken):
            broken.append(move)
            where = Message("move {source} to {target}", source=sources_of(move), target=move.to)
            yield Violation(Proof.REFINEMENT, where, message, graph.way_over(stage, to), move.origin)


def _departure(stage: Stage, move: Move, to: Stage) -> Message | None:
    if stage.phase is Phase.CLOSED:
        return Message("a closed case leaves its stage only by being reopened, which needs no move")
    if not allows(stage.phase, to.phase):
        steps = ", ".join(phase for phase in ORDER if allows(stage.phase, phase))
        return Message(
            "the lifecycle does not go from '{phase}' to '{to_phase}'; from there it goes to: {steps}",
            phase=stage.phase,
            to_phase=to.phase,
            steps=steps,
        )
    if to.phase is not Phase.CLOSED:
        return Message("only a move to a closed stage has an outcome") if move.outcome else None
    outcomes = [outcome for outcome in Outcome if outcome not in NOT_COUNTED]
    if move.outcome not in outcomes:
        return Message("a move to a closed stage needs an outcome: {Outcome}", Outcome=", ".join(outcomes))
    if not may_end(stage.phase, move.outcome):
        phases = ", ".join(phase for phase in OPEN_PHASES if may_end(phase, move.outcome))
        return Message(
            "a case in '{phase}' cannot end as '{outcome}'; that outcome is only for: {phases}",
            phase=stage.phase,
            outcome=move.outcome,
            phases=phases,
        )
    return None


# --- 2 soundness -------------------------------------------------------------------------------------------------


def _soundness(graph: Graph, workflow: Workflow) -> Iterator[Violation]:
    """Every stage can be reached, from every open one the case can end and be completed, nothing is stuck."""
    ways = graph.ways()
    for stage in workflow.stages:
        if graph.initial is not None and stage.id not in ways:
            yield Violation(
                Proof.SOUNDNESS,
                Message("stage {id}", id=stage.id),
                Message("no way leads to this stage"),
                origin=stage.origin,
            )
    ending = graph.leading_to(lambda _, move: graph.stages[move.to].phase is Phase.CLOSED)
    completing = graph.leading_to(lambda _, move: move.outcome is Outcome.COMPLETED)
    stuck = [graph.stages[name] for name in ways if name not in ending and graph.stages[name].phase is not Phase.CLOSED]
    yield from _dead_ends(graph, stuck, Message("no way leads from here to a closed stage"))
    if not completing:
        yield Violation(
            Proof.SOUNDNESS, "moves", Message("no move closes a case as 'completed'"), origin=workflow.origin
        )
        return
    kept = [graph.stages[name] for name in ways if name in ending and name not in completing]
    yield from _dead_ends(graph, kept, Message("from here a case can end, but never be completed"))


def _dead_ends(graph: Graph, stages: list[Stage], message: Message) -> Iterator[Violation]:
    """Yield the stages at which a group of stages ends; the nearest one where they lead only to each other."""
    names = {stage.id for stage in stages}
    last = [stage for stage in stages if not any(move.to in names for move in graph.exits[stage.id])]
    ways = graph.ways()
    for stage in last or stages[:1]:
        yield Violation(Proof.SOUNDNESS, Message("stage {id}", id=stage.id), message, ways[stage.id], stage.origin)


# --- 3 consent, 4 clearance --------------------------------------------------------------------------------------


def _consent(graph: Graph) -> Iterator[Violation]:
    """No way reaches matching without a required consent task that every household is asked."""
    matched = tuple(phase for phase in OPEN_PHASES if ORDER[phase] >= ORDER[Phase.MATCHING])
    message = Message(
        "matching is reached without the household's consent: some stage before it needs a "
        "required task of kind 'consent' that is asked of every household"
    )
    yield from _unasked(graph, Proof.CONSENT, TaskKind.CONSENT, matched, message)


def _clearance(graph: Graph, workflow: Workflow) -> Iterator[Violation]:
    """No way reaches introduction without required clearance asked of every case; each clearance says when it ends."""
    message = Message(
        "introduction is reached without clearance of those who will meet the household: some "
        "stage before it needs a required task of kind 'clearance' that is asked of every case"
    )
    yield from _unasked(graph, Proof.CLEARANCE, TaskKind.CLEARANCE, CLEARED_PHASES, message)
    for task in workflow.tasks:
        if task.kind is TaskKind.CLEARANCE and task.valid_for is None and task.guidance is None:
            message = Message("clearance needs 'valid_for', or 'guidance' that says why it does not end")
            yield Violation(Proof.CLEARANCE, Message("task {id}", id=task.id), message, origin=task.origin)


def _unasked(
    graph: Graph, proof: Proof, kind: TaskKind, guarded: tuple[Phase, ...], message: Message
) -> Iterator[Violation]:
    """Yield the shortest way into the guarded phases on which a kind of task is not asked of every case, if any."""
    if graph.initial is None:
        return

    def following(node: tuple[str, bool]) -> Iterator[tuple[str, bool]]:
        name, asked = node
        stage = graph.stages[name]
        for move in graph.exits[name]:
            yield move.to, asked or (stage.phase not in guarded and _asks_all(graph, stage, move, kind))

    for (name, asked), way in shortest_ways((graph.initial.id, False), following).items():
        stage = graph.stages[name]
        if stage.phase in guarded and not asked:
            path = tuple(graph.stages[each] for each, _ in way)
            yield Violation(proof, Message("stage {id}", id=name), message, path, stage.origin)
            return


def _asks_all(graph: Graph, stage: Stage, move: Move, kind: TaskKind) -> bool:
    """Whether every case that leaves a stage by a move was asked for a required task of this kind.

    That is sure in three ways, for which no fact of a household need be known: a task is asked of all, or of those whom
    the move's guards let through alone; two tasks are asked of opposite households; or a guard demands that one is
    done. A guard that holds for some households or days only lets the others pass, so it shows nothing.
    """
    required = [task for task in stage.tasks if task.kind is kind and task.required]
    demanded = [
        part for rule in move.guards if rule.when is None and rule.period.is_always for part in _parts(rule.require)
    ]
    if any(task.when is None or task.when in demanded for task in required):
        return True
    if any(_opposite(one, other) for one, other in combinations(required, 2)):
        return True
    return any(isinstance(part, Done) and _is_required(graph, part.done, kind) for part in demanded)


def _parts(criterion: Criterion) -> Iterator[Criterion]:
    """Yield everything that must hold for a criterion to hold."""
    yield criterion
    if isinstance(criterion, All):
        yield from chain.from_iterable(_parts(part) for part in criterion.all)


def _opposite(one: Task, other: Task) -> bool:
    """Whether of two tasks with a ``when`` every case is asked one."""
    return (isinstance(one.when, Not) and one.when.not_ == other.when) or (
        isinstance(other.when, Not) and other.when.not_ == one.when
    )


def _is_required(graph: Graph, task_id: str, kind: TaskKind) -> bool:
    tasks = chain.from_iterable(stage.tasks for stage in graph.stages.values())
    return any(task.id == task_id and task.kind is kind and task.required for task in tasks)
