"""What a country is: languages, money, calendar, places, authorities, identity numbers, words."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kummi.model.base import Declared, Frozen, Key
from kummi.model.dates import Dated, Day
from kummi.model.reference import Disagreement, Question, References, Review
from kummi.model.text import Text
from kummi.model.vocabulary import Pathway

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class Municipality(Frozen):
    """A place that a household may live in.

    ``code`` is its official code, where a source gives one. ``subdivision`` names its own calendar of holidays, if it
    has one.
    """

    code: str | None = Field(default=None, min_length=1, max_length=20)
    name: Text
    region: str | None = None
    subdivision: str | None = None
    reference: References = ()

    @property
    def key(self) -> str:
        """What the store keeps for it: its code, or its English name."""
        return self.code or str(self.name)


class NameSince(Dated):
    """The name of an authority from one day to another."""

    name: Text
    reference: References = Field(min_length=1)


class Authority(Frozen):
    """An authority, and what it was called when."""

    id: Key
    names: tuple[NameSince, ...] = Field(min_length=1)

    def named_on(self, day: date) -> NameSince | None:
        """Return the name valid on a day; None where no name is known for it."""
        for each in self.names:
            if each.is_valid_on(day):
                return each
        return None


class Owner(Frozen):
    """A role that owes tasks: the coordinator, a municipality, a sponsor group, an authority by its name of the day."""

    id: Key
    title: Text
    authority: Key | None = None


class CheckedSince(Dated):
    """From when to when numbers of a scheme carry a check digit that the law still keeps to."""

    reference: References = Field(min_length=1)


class DayInNumber(Frozen):
    """The date that an identity number holds in its digits.

    ``order`` says how its six digits stand: the first six of the number, or of the last ten where the year comes first.
    ``day_plus`` and ``month_plus`` are what may be added to the day and to the month.
    """

    order: Literal["ddmmyy", "yymmdd"]
    day_plus: tuple[int, ...] = (0,)
    month_plus: tuple[int, ...] = (0,)


class IdentifierScheme(Frozen):
    """A kind of identity number.

    ``form`` is a regular expression for numbers as people write them. ``day`` says where a number holds a date; one
    whose date does not exist was never given, and is refused. ``library`` names the python-stdnum module
    (``"fi.hetu"``-like) that knows the check digit; it is given the ``last_digits`` of the number, or all of it.
    ``checked`` says for whom it still counts: numbers given between those dates. Empty means that the check digit says
    nothing. ``options`` names switches of that module's ``is_valid`` that are turned on, for numbers that it leaves out
    by itself. A number that fails is warned about, never refused: more gently where newer numbers need not pass.
    """

    id: Key
    title: Text
    form: str
    day: DayInNumber | None = None
    library: str | None = None
    last_digits: int | None = Field(default=None, ge=1)
    options: tuple[str, ...] = ()
    checked: tuple[CheckedSince, ...] = ()
    note: Text | None = None
    reference: References = Field(min_length=1)


class PathwayEnd(Frozen):
    """The last day of the ground of a pathway, decided for everybody at once: such as a temporary protection."""

    pathway: Pathway
    until: Day
    reference: References = Field(min_length=1)


class Term(Frozen):
    """An official word of the country with its meaning in English."""

    id: Key
    text: Text
    reference: References = ()


class HolidayCalendar(Frozen):
    """The name of the country and its subdivisions in the ``holidays`` library."""

    country: str
    subdivisions: tuple[str, ...] = ()


class Country(Declared):
    """One country as its plugin describes it.

    ``code`` is ISO 3166-1 alpha-2; case numbers start with it. ``date_forms`` are the usual written forms of a date as
    ``strptime`` patterns, besides ISO. Where ``municipalities`` is not a complete list, a place not on it is taken
    with a note instead of being refused. ``reviews`` are those of all that the plugin says of the country and its
    programmes, by people who know its law; empty while nobody has read it.
    """

    code: str = Field(pattern=r"^[A-Z]{2}$")
    name: Text
    languages: tuple[Language, ...] = Field(min_length=1)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    calendar: HolidayCalendar
    date_forms: tuple[str, ...] = ()
    municipalities: tuple[Municipality, ...] = ()
    municipalities_complete: bool = False
    authorities: tuple[Authority, ...] = ()
    owners: tuple[Owner, ...] = Field(min_length=1)
    identifiers: tuple[IdentifierScheme, ...] = ()
    pathway_ends: tuple[PathwayEnd, ...] = ()
    terms: tuple[Term, ...] = ()
    questions: tuple[Question, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    reviews: tuple[Review, ...] = ()
