"""A scenario: a whole case as a story in YAML that a lawyer can read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from kummi.catalogue.yaml.model_faults import model_faults
from kummi.catalogue.yaml.source import read_file, read_yaml
from kummi.errors import InputError
from kummi.message import Message
from kummi.model.dates import Day
from kummi.model.household import Household
from kummi.model.money import Money
from kummi.model.rule import Eligibility
from kummi.model.vocabulary import LeftHow, Outcome, Phase


class _ScenarioModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class StepExpect(_ScenarioModel):
    """What must be true after a step."""

    phase: Phase | None = None
    stage: str | None = None
    outcome: Outcome | None = None


_DEEDS = (
    "record", "withdraw", "advance", "hold", "resume", "change", "correct", "join", "leave", "split", "merge",
    "transfer", "close", "reopen", "walk_to",
)  # fmt: skip


class ScenarioStep(_ScenarioModel):
    """One step: at most one action, on a day, with what it should come to.

    ``refused_by`` names the rules that must refuse it; the story then goes on from where it was.
    """

    on: Day | None = None
    record: str | None = None
    until: Day | None = None
    withdraw: str | None = None
    advance: str | None = None
    hold: str | None = None
    resume: Literal[True] | None = None
    change: dict[str, Any] | None = None
    correct: dict[str, Any] | None = None
    at: Day | None = None
    join: dict[str, Any] | None = None
    leave: int | None = None
    how: LeftHow | None = None
    split: tuple[int, ...] | None = None
    merge: Household | None = None
    transfer: str | None = None
    close: Outcome | None = None
    reopen: str | None = None
    walk_to: str | None = None
    outcome: Outcome | None = None
    refused_by: tuple[str, ...] = ()
    because: str | None = None
    expect: StepExpect = StepExpect()

    @model_validator(mode="after")
    def _says_nothing_in_vain(self) -> ScenarioStep:
        if len(self.actions) > 1:
            raise ValueError(Message("a step has one action, not {actions}", actions=" and ".join(self.actions)))
        for name, action in (("until", "record"), ("outcome", "walk_to"), ("at", "correct"), ("how", "leave")):
            if getattr(self, name) is not None and getattr(self, action) is None:
                raise ValueError(Message("'{name}' goes with '{action}' only", name=name, action=action))
        if self.leave is not None and self.how is None:
            raise ValueError(Message("'leave' needs 'how'"))
        if self.refused_by and not self.actions:
            raise ValueError(Message("'refused_by' needs an action that is refused"))
        return self

    @property
    def actions(self) -> list[str]:
        """The actions that are said; one, or none where only the day changes."""
        return [action for action in _DEEDS if getattr(self, action) is not None]


def _money(value: Any) -> Any:
    return Money.parse(value) if isinstance(value, str) and value != "unknown" else value


class FundingExpect(_ScenarioModel):
    """What a scheme should give over a window: the payable total, and what stands apart from it.

    The total is ``unknown`` where a line cannot be computed or is paid back at actual cost.
    """

    scheme: str
    from_: Day = Field(alias="from")
    to: Day
    total: Annotated[Money | Literal["unknown"], BeforeValidator(_money)]
    if_conditions_hold: Annotated[Money | None, BeforeValidator(_money)] = None
    assumed: Annotated[Money | None, BeforeValidator(_money)] = None
    because: str | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> FundingExpect:
        if self.to < self.from_:
            raise ValueError(
                Message("the window ends on {to}, before it begins on {from_}", to=self.to, from_=self.from_)
            )
        return self


class CaseExpect(_ScenarioModel):
    """What must be decided at the start of the story."""

    eligibility: Eligibility | None = None
    against: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _against_a_decision(self) -> CaseExpect:
        if self.against and self.eligibility in (None, Eligibility.ELIGIBLE):
            raise ValueError(Message("'against' goes with an eligibility of not_eligible or undetermined"))
        return self


class Scenario(_ScenarioModel):
    """A story: one household in one programme, from a first day on."""

    scenario: str
    programme: str
    on: Day
    household: Household
    rehearse: bool = False
    refused_by: tuple[str, ...] = ()
    because: str | None = None
    expect: CaseExpect = CaseExpect()
    steps: tuple[ScenarioStep, ...] = ()
    funding: tuple[FundingExpect, ...] = ()

    @model_validator(mode="after")
    def _ends_where_it_is_refused(self) -> Scenario:
        if self.refused_by and (self.steps or self.funding or self.expect != CaseExpect()):
            raise ValueError(Message("a household that is refused has no case, so nothing can be expected of it"))
        return self


def read_scenario(path: Path) -> Scenario:
    """Read a scenario from a YAML file. Raises InputError with every fault and its line."""
    source = read_yaml(path.name, read_file(path), of_persons=True)
    if source.faults and source.data is None:
        raise InputError(source.faults)
    try:
        scenario = Scenario.model_validate(source.data)
    except ValidationError as error:
        raise InputError([*source.faults, *model_faults(source, Scenario, error)]) from error
    if source.faults:
        raise InputError(source.faults)
    return scenario
