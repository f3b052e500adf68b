"""Programmes side by side as plain values: every cell carries the sources it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kummi.model.funding import Payee, Standing
from kummi.model.money import Money
from kummi.model.reference import Reference
from kummi.model.vocabulary import MemberRole, Pathway, Phase, Status
from kummi.model.words import Words


class Verdict(StrEnum):
    """What the rules say of a pathway when nothing else is known of a household."""

    OPEN = "open"
    CLOSED = "closed"
    DEPENDS = "depends"


@dataclass(frozen=True)
class Cell:
    """Words, and where they come from."""

    text: str
    sources: tuple[Reference, ...] = ()


@dataclass(frozen=True)
class PathwayView:
    """A pathway into one programme: the rules that close it, those that ask more of it than of others, those met."""

    verdict: Verdict
    against: tuple[Cell, ...] = ()
    depends_on: tuple[Cell, ...] = ()
    met: tuple[Cell, ...] = ()

    @property
    def grounds(self) -> tuple[Cell, ...]:
        """The rules that the verdict rests on; none where no rule of the programme names a pathway."""
        return self.against or self.depends_on or self.met


@dataclass(frozen=True)
class ProgrammeView:
    """One programme. ``conditions`` are the rules asked of every household alike, whatever its pathway."""

    id: str
    country: str
    title: Cell
    owner: Cell
    status: Status
    standing: Cell
    window: Cell
    runs: bool
    stages: Mapping[Phase, tuple[Cell, ...]]
    pathways: Mapping[Pathway, PathwayView]
    conditions: tuple[Cell, ...]


@dataclass(frozen=True)
class MoneyView:
    """What one scheme gives for one reference person over the years asked for.

    ``place`` is a municipality for which the money differs from elsewhere in the country; empty where it does not.
    ``if_it_happens`` marks money that hangs on an event that may never come; it is in no total. ``how`` is the
    arithmetic of what could be computed and ``gaps`` says what could not; an amount of None means nothing could. The
    ``amount`` is of one ``standing``, for the reasons of ``because``: money that stands in two ways has two of these.
    """

    country: str
    place: str
    pathway: Pathway
    person: MemberRole
    scheme: str
    title: Cell
    payee: Payee
    payee_title: str
    if_it_happens: bool
    standing: Standing
    amount: Money | None
    how: Cell
    gaps: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class TotalView:
    """What one payee, by name, gets for one reference person.

    ``known`` is the sum of what is payable, None where nothing is; what hangs on conditions that are not known yet and
    what rests on an assumed reading stand beside it. ``not_known`` is how many schemes are not, or not wholly, in them.
    """

    country: str
    place: str
    pathway: Pathway
    person: MemberRole
    payee: Payee
    payee_title: str
    known: Money | None
    if_conditions_hold: Money | None
    assumed: Money | None
    not_known: int


@dataclass(frozen=True)
class DutyView:
    """A duty to report in one country, for some of its programmes."""

    country: str
    programmes: tuple[str, ...]
    title: Cell
    who: str
    receiver: str
    due: str


@dataclass(frozen=True)
class Comparison:
    """All programmes side by side on one day, in one language; ``words`` are core's own in that language."""

    on: date
    language: str
    programmes: tuple[ProgrammeView, ...]
    money: tuple[MoneyView, ...]
    totals: tuple[TotalView, ...]
    duties: tuple[DutyView, ...]
    words: Words = field(default_factory=Words, repr=False)
