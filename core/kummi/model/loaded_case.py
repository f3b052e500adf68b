"""A case with everything that rules need to look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from kummi.model.case import Case, Person, facts_of
from kummi.model.facts import Facts, FactValue
from kummi.model.programme_entry import ProgrammeEntry
from kummi.model.workflow import Workflow


@dataclass(frozen=True, slots=True)
class LoadedCase:
    """A case as loaded for a question or an action: its members, its programme, and its facts on the day asked."""

    case: Case
    members: tuple[Person, ...]
    programme: ProgrammeEntry
    facts: Facts

    @classmethod
    def on(cls, day: date, case: Case, members: tuple[Person, ...], programme: ProgrammeEntry) -> LoadedCase:
        """Put together a case with the facts of a day."""
        return cls(case, members, programme, facts_of(case, members, day, programme.places))

    @property
    def case_of_day(self) -> Case:
        """The case with its facts, and its members counted, as they are on the day asked."""
        return self.case.of_day(self.facts.on, self.members)

    def facts_with(self, more: Mapping[str, FactValue]) -> Facts:
        """Return the facts of the case and some more, by their names."""
        return replace(self.facts, values={**self.facts.values, **more})

    @property
    def workflow(self) -> Workflow:
        """The workflow that the case is pinned to; the current one where its version is not there any more."""
        return self.programme.workflows.get(self.case.workflow, self.programme.workflow)
