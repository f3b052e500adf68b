"""A programme: an initiative with an owner, a window, places and its own fields; and everything that holds for it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from pydantic import Field, model_validator

from kummi.message import Message
from kummi.model.base import Declared, FieldName, Frozen, Key
from kummi.model.country import Country
from kummi.model.dates import Day, Duration, EndsTooEarlyError, Period, Unit
from kummi.model.facts import FactType
from kummi.model.funding import Scheme
from kummi.model.places import Places
from kummi.model.reference import Disagreement, Note, Question, References, Review
from kummi.model.report import Reports
from kummi.model.rule import Rule
from kummi.model.text import Text
from kummi.model.vocabulary import Status, SupportForm
from kummi.model.workflow import Stage, Task, Workflow


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


@dataclass(frozen=True, eq=False)
class ProgrammeEntry:
    """A programme with everything that holds for it, from whichever plugin.

    ``workflow`` is the version that new cases take, ``older`` holds those that running cases may be pinned to.
    ``terms`` are what the country says otherwise than core's catalogues, by language and English phrase.

    What follows from it is worked out when it is first asked for and kept on the entry, so that it goes with it.
    ``derived`` is where the packages above keep theirs, each under a key of its own.
    """

    programme: Programme
    country: Country
    workflow: Workflow
    rules: tuple[Rule, ...]
    schemes: tuple[Scheme, ...]
    reports: Reports
    terms: Mapping[str, Mapping[str, str]]
    older: tuple[Workflow, ...] = ()
    derived: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def id(self) -> str:
        """The programme's id."""
        return self.programme.id

    @cached_property
    def workflows(self) -> Mapping[str, Workflow]:
        """Every workflow by its version, the current one first."""
        return {each.version: each for each in (self.workflow, *self.older)}

    def under(self, version: str) -> ProgrammeEntry:
        """Return the programme as it is for the cases of one version: that version stands as the current one."""
        others = tuple(each for name, each in self.workflows.items() if name != version)
        return replace(self, workflow=self.workflows[version], older=others)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of all versions, each id once: as the current version declares it, else as an older one does."""
        found: dict[str, Stage] = {}
        for workflow in self.workflows.values():
            for stage in workflow.stages:
                found.setdefault(stage.id, stage)
        return tuple(found.values())

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks of all versions, each id once, as ``stages``."""
        found: dict[str, Task] = {}
        for workflow in self.workflows.values():
            for task in workflow.tasks:
                found.setdefault(task.id, task)
        return tuple(found.values())

    @cached_property
    def places(self) -> Places:
        """The places of the country as the programme sees them."""
        return places_of(self.country, self.programme)

    @cached_property
    def own_calendars(self) -> Mapping[str, str]:
        """The subdivision of each municipality that has holidays of its own, by every name of it."""
        return {
            name.casefold(): place.subdivision
            for place in self.country.municipalities
            if place.subdivision
            for name in (place.key, *dict(place.name.entries).values())
        }

    def owners_on(self, day: date) -> Mapping[str, Text]:
        """Return who each role of the country is on a day: its title, with its authority's name of that day."""
        found: Mapping[str, Text] | None = self.derived.get(("owners", day))
        if found is None:
            found = self.derived["owners", day] = _owner_titles(self.country, day)
        return found


def places_of(country: Country, programme: Programme) -> Places:
    """Collect the places of a country as one programme sees them."""
    keys: dict[str, str] = {}
    for place in country.municipalities:
        keys.update((name.casefold(), place.key) for name in (place.key, *dict(place.name.entries).values()))
    part = frozenset(keys.get(name.casefold(), name) for name in programme.municipalities)
    titles = {place.key: place.name for place in country.municipalities}
    return Places(keys, part, programme.municipalities_complete, programme.countrywide, titles)


def _owner_titles(country: Country, day: date) -> dict[str, Text]:
    authorities = {authority.id: authority.named_on(day) for authority in country.authorities}
    titles = {}
    for owner in country.owners:
        named = authorities.get(owner.authority) if owner.authority else None
        titles[owner.id] = _joined(owner.title, named.name) if named else owner.title
    return titles


def _joined(title: Text, name: Text) -> Text:
    languages = dict.fromkeys((*title.languages, *name.languages))
    return Text.model_validate({each: f"{title.in_language(each)} ({name.in_language(each)})" for each in languages})
