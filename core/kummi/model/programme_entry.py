"""A programme with everything that holds for it, as all packages above look it up."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from kummi.model.country import Country
from kummi.model.funding import Scheme
from kummi.model.places import Places
from kummi.model.programme import Programme
from kummi.model.report import Reports
from kummi.model.rule import Rule
from kummi.model.text import Text
from kummi.model.workflow import Stage, Task, Workflow


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
