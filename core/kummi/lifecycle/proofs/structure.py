"""Whether the names in a workflow are names of something: stages, tasks, facts. The proofs stand on this."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeVar

from kummi.errors import did_you_mean
from kummi.lifecycle.deadlines import ENTERED
from kummi.lifecycle.proofs.graph import sources_of
from kummi.lifecycle.proofs.violation import Proof, Violation
from kummi.lifecycle.workflow_index import ORDER
from kummi.message import Message
from kummi.model.base import Origin
from kummi.model.criterion import Criterion
from kummi.model.facts import Fact, FactType
from kummi.model.programme import Programme
from kummi.model.rule import Rule
from kummi.model.vocabulary import Phase
from kummi.model.workflow import ANY_OPEN, Deadline, Workflow
from kummi.rules.inspect import check, known_facts

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


def _flaw(where: Message | str, message: Message, origin: Origin | None, *inside: str | int) -> Violation:
    return Violation(Proof.STRUCTURE, where, message, origin=origin, inside=inside)


def _stages(workflow: Workflow) -> Iterator[Violation]:
    names = [stage.id for stage in workflow.stages]
    for name in _twice(names):
        yield _flaw(Message("stage {id}", id=name), Message("two stages have this id"), workflow.origin)
    if ANY_OPEN in names:
        yield _flaw(
            Message("stage {id}", id=ANY_OPEN),
            Message("this word stands for every open stage and cannot name one"),
            workflow.origin,
        )
    for stage in workflow.stages:
        if stage.phase is Phase.ON_HOLD:
            yield _flaw(
                Message("stage {id}", id=stage.id), Message("a hold is core's own and needs no stage"), stage.origin
            )
    present = {stage.phase for stage in workflow.stages}
    for phase in ORDER:
        if phase not in present:
            yield _flaw(
                "stages",
                Message("no stage is in the phase '{phase}'; every phase needs one", phase=phase),
                workflow.origin,
            )
    if workflow.initial not in names:
        yield _flaw(
            "initial",
            Message("no stage '{initial}'{hint}", initial=workflow.initial, hint=did_you_mean(workflow.initial, names)),
            workflow.origin,
        )
    elif workflow.stage(workflow.initial).phase is not Phase.REFERRAL:
        yield _flaw(
            "initial",
            Message("a case begins in the phase 'referral', and '{initial}' is not", initial=workflow.initial),
            workflow.origin,
        )


def _tasks(workflow: Workflow) -> Iterator[Violation]:
    for name in _twice(task.id for task in workflow.tasks):
        yield _flaw(
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
                yield _flaw(
                    where,
                    Message("no stage '{name}'{hint}", name=name, hint=did_you_mean(name, names)),
                    move.origin,
                    key,
                )
        if move.from_ == (move.to,):
            yield _flaw(where, Message("the move leads to where it comes from"), move.origin)
    steps = ((name, move.to, move.outcome) for name in dict.fromkeys(names) for move in workflow.moves_from(name))
    for name, to, outcome in _twice(steps):
        ending = Message(" as '{outcome}'", outcome=outcome) if outcome else ""
        yield _flaw(
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
                yield _flaw(where, Message("two different rules have this id"), rule.origin or move.origin)
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
        yield _flaw(where, message, origin, "deadline", "of")


def _criterion(
    where: Message | str, criterion: Criterion, known: Mapping[str, Fact], origin: Origin | None, key: str
) -> Iterator[Violation]:
    for problem in check(criterion, known):
        yield _flaw(where, problem.message, origin, key, *problem.path)


def _twice(names: Iterable[Name]) -> list[Name]:
    """Return the names that come more than once, each once."""
    return [name for name, count in Counter(names).items() if count > 1]
