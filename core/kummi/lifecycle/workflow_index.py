"""What a workflow asks, looked up once: stages and moves by name, and the consent and clearance that core watches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kummi.model.case import LoadedCase
from kummi.model.criterion import All, Before, Criterion, Done, Predicate, implication, negation
from kummi.model.programme import ProgrammeEntry
from kummi.model.rule import Requirement
from kummi.model.vocabulary import OPEN_PHASES, Phase, TaskKind
from kummi.model.workflow import Move, Stage, Task, Workflow
from kummi.rules.inspect import facts_in, walk

ORDER: Mapping[Phase, int] = {phase: place for place, phase in enumerate((*OPEN_PHASES, Phase.CLOSED))}
"""The place of each phase in the lifecycle."""

ENTERING_PHASES: tuple[Phase, ...] = (Phase.REFERRAL, Phase.ASSESSMENT)
"""The phases of a case that has not entered yet."""

CLEARED_PHASES: tuple[Phase, ...] = (Phase.INTRODUCTION, Phase.SUPPORT)
"""The phases in which supporters meet the household, so that they need clearance."""

WATCHED = (TaskKind.CONSENT, TaskKind.CLEARANCE)
"""The kinds of task that core itself watches."""

UNTIL = "until."
"""What the name of a fact begins with that core alone asks: ``until.<task>``, until when what a task showed is good.

It is the calendar's last day where there is no end, and not known of a task that is not recorded.
"""


@dataclass(frozen=True)
class WatchedTask:
    """A required task that core watches, and the stage that asks for it."""

    task: Task
    stage: Stage


@dataclass(frozen=True)
class WorkflowIndex:
    """A workflow in the form in which a move looks at it.

    ``consent`` must be recorded to enter matching: the required consent tasks of the stages before it that no way goes
    round; where every such stage can be gone round, those of all stages before it. ``clearance`` holds the required
    clearance tasks of all stages. ``requirements`` is what each task asks, by its id. ``reset`` is what a re-match asks
    for again. ``by_day`` holds the tasks that may be asked for on one day and not on another, though nothing else has
    changed.
    """

    stages: Mapping[str, Stage]
    moves: Mapping[str, tuple[Move, ...]]
    places: Mapping[str, int]
    consent: tuple[WatchedTask, ...]
    clearance: tuple[WatchedTask, ...]
    requirements: Mapping[str, Requirement]
    reset: frozenset[str]
    by_day: frozenset[str]


def index_of(loaded: LoadedCase) -> WorkflowIndex:
    """Return the index of the workflow that a case goes by."""
    return workflow_index(loaded.programme, loaded.case.workflow)


def workflow_index(programme: ProgrammeEntry, version: str | None = None) -> WorkflowIndex:
    """Return the index of one version of a programme's workflow; worked out once, and kept on the programme.

    Without a version, and for one that is not there any more, it is that of the current workflow.
    """
    found: WorkflowIndex | None = programme.derived.get((WorkflowIndex, version))
    if found is None:
        workflow = programme.workflows.get(version or programme.workflow.version, programme.workflow)
        found = programme.derived[WorkflowIndex, version] = build_index(workflow)
    return found


def has_stage(programme: ProgrammeEntry, version: str, stage: str) -> bool:
    """Whether a version of a programme's workflow is there, and has a stage; a case without both is stranded."""
    return version in programme.workflows and stage in workflow_index(programme, version).stages


def build_index(workflow: Workflow) -> WorkflowIndex:
    """Work out the index of a workflow."""
    stages = {stage.id: stage for stage in workflow.stages}
    return WorkflowIndex(
        stages=stages,
        moves={name: workflow.moves_from(name) for name in stages},
        places={name: place for place, name in enumerate(stages)},
        consent=_unavoidable(workflow, [each for each in _required(workflow, TaskKind.CONSENT) if _before_match(each)]),
        clearance=tuple(_required(workflow, TaskKind.CLEARANCE)),
        requirements={task.id: requirement_of(task) for task in workflow.tasks},
        reset=frozenset(
            task.id
            for stage in workflow.stages
            for task in stage.tasks
            if task.kind is TaskKind.CLEARANCE or ORDER[stage.phase] >= ORDER[Phase.MATCHING]
        ),
        by_day=frozenset(task.id for task in workflow.tasks if task.when is not None and _asks_the_day(task.when)),
    )


def requirement_of(task: Task) -> Requirement:
    """Return what a required task asks of a case: where it applies, it is done, and what it showed is still good.

    While it is unknown whether it applies, it is not asked, unless it is consent or clearance.
    """
    good = negation(Before(fact=f"{UNTIL}{task.id}", before="on"))
    kept = All(all=(Done(done=task.id), good))
    return Requirement(implication(task.when, kept), open_while_unknown=task.kind not in WATCHED)


def _asks_the_day(when: Criterion) -> bool:
    return "on" in facts_in(when) or any(isinstance(part, Predicate) for part in walk(when))


def _required(workflow: Workflow, kind: TaskKind) -> Iterable[WatchedTask]:
    return (
        WatchedTask(task, stage)
        for stage in workflow.stages
        for task in stage.tasks
        if task.kind is kind and task.required
    )


def _before_match(asked: WatchedTask) -> bool:
    return ORDER[asked.stage.phase] < ORDER[Phase.MATCHING]


def _unavoidable(workflow: Workflow, consent: list[WatchedTask]) -> tuple[WatchedTask, ...]:
    main = tuple(each for each in consent if not _reaches_matching(workflow, without=each.stage.id))
    return main or tuple(consent)


def _reaches_matching(workflow: Workflow, *, without: str) -> bool:
    """Whether some way leads from the first stage to matching that leaves out one stage."""
    stages = {stage.id: stage for stage in workflow.stages if stage.id != without}
    seen: set[str] = set()
    ahead = [workflow.initial]
    while ahead:
        name = ahead.pop()
        if name in seen or name not in stages:
            continue
        if stages[name].phase is Phase.MATCHING:
            return True
        seen.add(name)
        ahead += [move.to for move in workflow.moves_from(name)]
    return False
