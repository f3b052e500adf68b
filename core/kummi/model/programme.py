"""A programme: an initiative with an owner, a window, places and its own fields."""

from __future__ import annotations

from datetime import date

from pydantic import Field, model_validator

from kummi.message import Message
from kummi.model.base import Declared, FieldName, Frozen, Key
from kummi.model.dates import Day, Duration, Unit
from kummi.model.facts import FactType
from kummi.model.period import EndsTooEarlyError, Period
from kummi.model.reference import Disagreement, Note, Question, References, Review
from kummi.model.text import Text
from kummi.model.vocabulary import Status, SupportForm


class Choice(Frozen):
    """One allowed value of a choice."""

    id: Key
    title: Text


class CaseField(Frozen):
    """An extra fact of the household that a programme asks for; ``fields.<id>`` in rules. Never free text."""

    id: FieldName
    title: Text
    type: FactType
    choices: tuple[Choice, ...] = ()
    reference: References = ()

    @model_validator(mode="after")
    def _choices_fit(self) -> CaseField:
        if (self.type is FactType.CHOICE) != bool(self.choices):
            raise ValueError(Message("a field has choices if, and only if, its type is 'choice'"))
        return self


class Window(Frozen):
    """The days on which a programme runs; an open end is unknown or not set."""

    start: Day | None = None
    end: Day | None = None
    note: Text | None = None
    reference: References = ()

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Window:
        if self.start and self.end and self.end < self.start:
            raise EndsTooEarlyError("end", self.end, self.start)
        return self

    def contains(self, day: date) -> bool:
        """Whether the programme runs on this day, as far as its ends are known."""
        return self.period.covers(day)

    @property
    def period(self) -> Period:
        """The days from the first to the last."""
        return Period.between(self.start, self.end)


class Notice(Frozen):
    """How long ahead the morning list tells of what is due, and of what ends."""

    deadlines: Duration = Duration(count=7, unit=Unit.DAYS)
    endings: Duration = Duration(count=30, unit=Unit.DAYS)


class StatusSince(Frozen):
    """A programme's status and the fact that says so."""

    status: Status = Field(alias="is")
    since: Day | None = None
    reference: References = Field(min_length=1)


class FormOfSupport(Frozen):
    """Who stands beside a household, in one form or several, and how many people a group has."""

    is_: tuple[SupportForm, ...] = Field(alias="is", min_length=1)
    members_at_least: int | None = Field(default=None, ge=1)
    members_at_most: int | None = Field(default=None, ge=1)
    note: Text | None = None
    reference: References = Field(min_length=1)

    @model_validator(mode="after")
    def _members_fit(self) -> FormOfSupport:
        least, most = self.members_at_least, self.members_at_most
        if (least or most) and SupportForm.GROUP not in self.is_:
            raise ValueError(Message("only a group has a number of members"))
        if least and most and least > most:
            raise ValueError(Message("members_at_least is more than members_at_most"))
        return self


class DurationOfSupport(Frozen):
    """How long the support lasts; the same at both ends where the length is fixed.

    ``agreed`` means that household and supporter settle it between them. ``disputed`` holds what sources say where they
    disagree; then nothing else is said.
    """

    at_least: Duration | None = None
    at_most: Duration | None = None
    agreed: bool = False
    disputed: tuple[Duration, ...] = ()
    note: Text | None = None
    reference: References = Field(min_length=1)

    @model_validator(mode="after")
    def _says_one_thing(self) -> DurationOfSupport:
        said = (bool(self.at_least or self.at_most), self.agreed, bool(self.disputed))
        if sum(said) != 1:
            raise ValueError(
                Message("a duration of support has ends (at_least, at_most), or 'agreed: true', or 'disputed'")
            )
        return self


class Programme(Declared):
    """An initiative under which households are supported, or one that can only be rehearsed.

    ``supporter`` is what the country calls a volunteer here; screens use it. ``municipalities`` holds names or codes
    of the places that take part; unless ``municipalities_complete``, a place not listed is an open point, not a no.
    ``countrywide`` means that every municipality may take part. ``form`` and ``duration`` are those of the support;
    left out, they are not known, and are shown as a gap. ``reviews`` are those of this programme alone.
    """

    id: Key
    title: Text
    owner: Text
    partners: tuple[Text, ...] = ()
    supporter: Text
    standing: StatusSince
    window: Window = Window()
    form: FormOfSupport | None = None
    duration: DurationOfSupport | None = None
    municipalities: tuple[str, ...] = ()
    municipalities_complete: bool = False
    countrywide: bool = False
    fields: tuple[CaseField, ...] = ()
    notice: Notice = Notice()
    questions: tuple[Question, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    notes: tuple[Note, ...] = ()
    reviews: tuple[Review, ...] = ()
    reference: References = Field(min_length=1)

    @property
    def status(self) -> Status:
        """How far the initiative has come."""
        return self.standing.status
