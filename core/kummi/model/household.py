"""The household as it is referred: the boundary at which its facts enter."""

from __future__ import annotations

from operator import attrgetter
from typing import Annotated, Any
from unicodedata import normalize

from pydantic import BeforeValidator, Field, StrictBool, model_validator

from kummi.message import Message
from kummi.model.base import Frozen
from kummi.model.country import Language
from kummi.model.criterion import Scalar
from kummi.model.dates import Day
from kummi.model.facts import ENTERED_FACTS, FactValue, with_implied
from kummi.model.vocabulary import Gender, MemberRole, Pathway

MOST_MEMBERS = 40
"""As many persons as a household may have."""


def _as_written(number: Any) -> Any:
    """Bring an identity number to one form, so that a person written in two ways is still counted once."""
    return "".join(number.split()).upper() if isinstance(number, str) else number


def _one_form(text: Any) -> Any:
    """Bring a name to one form: a letter with its accent is one character, and no space stands around."""
    return normalize("NFC", text.strip()) if isinstance(text, str) else text


Name = Annotated[str, Field(min_length=1, max_length=200), BeforeValidator(_one_form)]
Place = Annotated[str, Field(min_length=1, max_length=80), BeforeValidator(_one_form)]

Identity = Annotated[str, Field(min_length=4, max_length=30), BeforeValidator(_as_written)]


class Member(Frozen):
    """One person. ``name`` and ``identity`` (an identity number) are optional, and kept apart from all else."""

    role: MemberRole
    born: Day | None = None
    gender: Gender = Gender.UNKNOWN
    name: Name | None = Field(default=None, repr=False)
    identity: Identity | None = Field(default=None, repr=False)


class Permit(Frozen):
    """The right to stay. A day on which it was granted means that it is held."""

    held: StrictBool | None = None
    granted: Day | None = None
    expires: Day | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Permit:
        if self.held is False and self.granted is not None:
            raise ValueError(Message("a permit that was granted is held: leave out 'held: false' or 'granted'"))
        if self.granted and self.expires and self.expires < self.granted:
            raise ValueError(Message("the permit expires before it was granted"))
        return self


class Household(Frozen):
    """A newly arrived household: the ``household`` mapping of a scenario and of ``case open --from``.

    What is not known is left out; only the pathway and the members must be said.
    """

    pathway: Pathway
    municipality: Place | None = None
    arrived: Day | None = None
    permit: Permit = Permit()
    registered: Day | None = None
    languages: tuple[Language, ...] = ()
    members: tuple[Member, ...] = Field(min_length=1, max_length=MOST_MEMBERS)
    fields: dict[str, Scalar | None] = Field(default_factory=dict)

    def facts(self) -> dict[str, FactValue]:
        """Return what is known of the household by the names of core's facts."""
        told = dict(zip(_TOLD, _told_of(self), strict=True))
        return with_implied({name: value for name, value in told.items() if value is not None})


_TOLD = tuple(fact.name for fact in ENTERED_FACTS if fact.about == "household")
_told_of = attrgetter(*_TOLD)
