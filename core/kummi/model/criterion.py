"""Criteria: typed predicates over declared facts.

A criterion is one value with four uses (decided, compiled to SQL, said in words,
solved), all in ``kummi.rules``. In a file it is a small mapping with exactly one of
these shapes:

==================================================  =====================================================
``all: [...]``, ``any: [...]``, ``not: {...}``      compositions
``{fact: F, in: [a, b]}``                           the fact is one of these
``{fact: F, equals: v}``                            the fact is this value (text, number, true or false)
``{fact: F, at_least: n}``, ``{fact: F, at_most: n}``  a whole number or count
``{fact: F, before: D}``, ``{fact: F, after: D}``   strictly earlier or later; D is a date or the name of a date fact
``{fact: F, within: "3 years", of: D}``             D <= F <= D + duration
``{has: F}``                                        the fact is known; never "no", only met or unknown
``{resides_in: [places]}``, ``{resides_in: programme}``  the household's municipality is one of these, or takes part
``{age: {at_least: 7, at_most: 17}, at: D}``        a person's full years on a day; ``at`` is a date fact, else ``on``
``{some_member: {...}}``, ``{every_member: {...}}``  of the persons in the household
``{done: task-id}``                                 the task is recorded as done
``{python: "package.module:function"}``             the escape hatch: ``function(facts) -> bool | None``
==================================================  =====================================================

Facts are listed in ``kummi.model.facts``. A fact that is not known makes a criterion
unknown, never false.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, StrictBool, StrictInt, Tag, model_validator

from kummi.message import Message
from kummi.model.base import Frozen, Key
from kummi.model.dates import Day, Duration, EndsTooEarlyError, Unit
from kummi.model.facts import as_fact

FactName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*)?$", max_length=100)]


Scalar = Annotated[StrictBool | StrictInt | date | str, BeforeValidator(as_fact)]
"""A value that a fact is compared with, or that a programme's own field holds."""
DateOrFact = Day | FactName


class All(Frozen):
    """Every part is met."""

    all: tuple[Criterion, ...] = Field(min_length=1)


class AnyOf(Frozen):
    """At least one part is met."""

    any: tuple[Criterion, ...] = Field(min_length=1)


class Not(Frozen):
    """The part is not met; unknown stays unknown."""

    not_: Criterion = Field(alias="not")


class In(Frozen):
    """The fact is one of the values."""

    fact: FactName
    in_: tuple[Scalar, ...] = Field(alias="in", min_length=1)


class Equals(Frozen):
    """The fact is this value."""

    fact: FactName
    equals: Scalar


class AtLeast(Frozen):
    """The number is this or more."""

    fact: FactName
    at_least: StrictInt


class AtMost(Frozen):
    """The number is this or less."""

    fact: FactName
    at_most: StrictInt


class Before(Frozen):
    """The date is earlier than a day or another date fact; the same day is not before."""

    fact: FactName
    before: DateOrFact


class After(Frozen):
    """The date is later than a day or another date fact; the same day is not after."""

    fact: FactName
    after: DateOrFact


class Within(Frozen):
    """The date lies between ``of`` and ``of`` plus the duration, both days included."""

    fact: FactName
    within: Duration
    of: DateOrFact

    @model_validator(mode="after")
    def _calendar_days_only(self) -> Within:
        if self.within.unit is Unit.WORKING_DAYS:
            raise ValueError(Message("a rule counts days, weeks, months or years; working days are for deadlines"))
        return self


class Has(Frozen):
    """The fact is known."""

    has: FactName


class ResidesIn(Frozen):
    """The household's municipality is one of these places, or ``programme``: takes part in the programme.

    Where the programme's own list of places is not complete, a place that is not on it is unknown, not refused.
    """

    resides_in: Literal["programme"] | tuple[str, ...]


class AgeSpan(Frozen):
    """Full years of age, both ends included."""

    at_least: int | None = Field(default=None, ge=0, le=130)
    at_most: int | None = Field(default=None, ge=0, le=130)

    @model_validator(mode="after")
    def _has_an_end(self) -> AgeSpan:
        if self.at_least is None and self.at_most is None:
            raise ValueError(Message("an age needs at_least, at_most or both"))
        if self.at_least is not None and self.at_most is not None and self.at_most < self.at_least:
            raise EndsTooEarlyError("at_most", self.at_most, self.at_least)
        return self


class Age(Frozen):
    """A person's age on the day of a date fact."""

    age: AgeSpan
    at: FactName = "on"


class SomeMember(Frozen):
    """At least one person of the household meets the part."""

    some_member: Criterion


class EveryMember(Frozen):
    """Every person of the household meets the part."""

    every_member: Criterion


class Done(Frozen):
    """A task of the case is recorded as done on or before the business date."""

    done: Key


class Predicate(Frozen):
    """A Python function ``(facts: Facts) -> bool | None``; invisible to SQL, solvers and words."""

    python: str = Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")
    says: str = Field(description="what it checks, in English, since no machine can say it")


_SHAPES: dict[str, tuple[str, ...]] = {
    "all": ("all",), "any": ("any",), "not": ("not", "not_"), "in": ("in", "in_"), "equals": ("equals",),
    "at_least": ("at_least",), "at_most": ("at_most",), "before": ("before",), "after": ("after",),
    "within": ("within",), "has": ("has",), "resides_in": ("resides_in",), "age": ("age",),
    "some_member": ("some_member",), "every_member": ("every_member",), "done": ("done",), "python": ("python",),
}  # fmt: skip
_SHAPE_OF = {key: shape for shape, spelled in _SHAPES.items() for key in spelled}
SHAPE = Message("a criterion has exactly one of: {shapes}", shapes=tuple(_SHAPES))
"""What is wrong with a mapping that is no criterion."""


def _shape(value: Any) -> str | None:
    """Name the shape of a criterion by the one key that only it has."""
    keys = value.keys() if isinstance(value, dict) else type(value).model_fields if isinstance(value, Frozen) else ()
    found = {_SHAPE_OF[key] for key in keys if key in _SHAPE_OF}
    return found.pop() if len(found) == 1 else None


Criterion = Annotated[
    Annotated[All, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[In, Tag("in")]
    | Annotated[Equals, Tag("equals")]
    | Annotated[AtLeast, Tag("at_least")]
    | Annotated[AtMost, Tag("at_most")]
    | Annotated[Before, Tag("before")]
    | Annotated[After, Tag("after")]
    | Annotated[Within, Tag("within")]
    | Annotated[Has, Tag("has")]
    | Annotated[ResidesIn, Tag("resides_in")]
    | Annotated[Age, Tag("age")]
    | Annotated[SomeMember, Tag("some_member")]
    | Annotated[EveryMember, Tag("every_member")]
    | Annotated[Done, Tag("done")]
    | Annotated[Predicate, Tag("python")],
    Discriminator(
        _shape,
        custom_error_type="criterion_shape",
        custom_error_message=str(SHAPE),
    ),
]
"""Any criterion, told apart by its own key."""

CRITERIA = (
    All, AnyOf, Not, In, Equals, AtLeast, AtMost, Before, After, Within, Has, ResidesIn, Age, SomeMember, EveryMember,
    Done, Predicate,
)  # fmt: skip
"""The class of every shape."""


def negation(criterion: Criterion) -> Criterion:
    """Return the criterion that is met where another is not; unknown stays unknown."""
    return Not(**{"not": criterion})


def implication(when: Criterion | None, then: Criterion) -> Criterion:
    """Return the criterion that asks ``then`` only where ``when`` is met; everywhere without a ``when``."""
    return then if when is None else AnyOf(any=(negation(when), then))
