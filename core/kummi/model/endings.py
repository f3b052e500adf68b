"""The moves that core gives every workflow: from every open stage a case may be closed early."""

from __future__ import annotations

from kummi.model.base import Origin
from kummi.model.vocabulary import Outcome, Phase
from kummi.model.workflow import ANY_OPEN, Move, Workflow

ENDINGS: tuple[Outcome, ...] = (
    Outcome.NOT_ELIGIBLE,
    Outcome.DECLINED,
    Outcome.WITHDRAWN,
    Outcome.ENDED_EARLY,
    Outcome.TRANSFERRED,
)
"""The outcomes with which the lifecycle lets a case be closed from every open phase."""


def with_endings(workflow: Workflow, core: Origin) -> Workflow:
    """Return the workflow with a move from every open stage to its closed one for each of ``ENDINGS``.

    An outcome that a move of the workflow names already is left to the workflow: so a country gives the move a title
    or guards, or says from which stages alone it is possible. Where several stages are closed, the moves lead to the
    first.

    Args:
        workflow: A workflow as a plugin declares it.
        core: The origin of the moves that are added.
    """
    closed = next((stage.id for stage in workflow.stages if stage.phase is Phase.CLOSED), None)
    declared = {move.outcome for move in workflow.moves}
    missing = [outcome for outcome in ENDINGS if outcome not in declared]
    if closed is None or not missing:
        return workflow
    given = (_ending(closed, outcome).model_copy(update={"origin": core}) for outcome in missing)
    return workflow.model_copy(update={"moves": (*workflow.moves, *given)})


def _ending(closed: str, outcome: Outcome) -> Move:
    return Move.model_validate({"from": ANY_OPEN, "to": closed, "outcome": outcome})
