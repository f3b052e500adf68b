"""Whom a report is about: the live cases of one programme, and where their facts are found in the database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, literal, null, true

from kummi.errors import NotFoundError
from kummi.message import Message
from kummi.model.criterion import Criterion
from kummi.model.facts import Fact, FactType
from kummi.model.programme_entry import ProgrammeEntry
from kummi.rules.compile_sql import condition
from kummi.rules.inspect import PERSON_FACTS, known_facts
from kummi.store.cases import cases_in_scope
from kummi.store.fact_columns import CaseColumns, case_columns
from kummi.store.persons import PERSON, with_persons
from kummi.store.tables import cases


@dataclass(frozen=True)
class ReportQuery:
    """The live cases of a programme as they are known on a day."""

    entry: ProgrammeEntry
    on: date

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Every fact that a report may ask, by name."""
        return known_facts(self.entry.programme, (task.id for task in self.entry.tasks))

    def select(self, *columns: Any, persons: bool = False) -> Select[Any]:
        """Begin a query of the cases, with a row for each of their persons where that is asked for."""
        query = cases_in_scope(*columns).where(cases.c.programme == self.entry.id)
        return with_persons(query) if persons else query

    def fact(self, name: str) -> ColumnElement[Any]:
        """Return the expression of a fact of the case or of a person. Raises NotFoundError."""
        if name not in self.facts:
            raise NotFoundError(Message("fact"), name, self.facts)
        if name == "on":
            return literal(self.on, Date)
        found = (self._of_person if name in PERSON_FACTS else self._of_case).fact(name)
        return null() if found is None else found

    def day(self, name: str, *, person: bool = False) -> ColumnElement[date]:
        """Return the expression of a date fact that tells when something counts.

        Raises NotFoundError for another fact, and for a fact of one person where the question is about households.
        """
        dates = [
            each.name
            for each in self.facts.values()
            if each.type is FactType.DATE and (person or each.about != "person")
        ]
        if name not in dates:
            raise NotFoundError(Message("date to report by"), name, dates)
        return self.fact(name)

    def meets(self, criterion: Criterion | None, *, person: bool = False) -> ColumnElement[bool]:
        """Return the condition that a case, or one of its persons, meets a criterion; none is met by all."""
        if criterion is None:
            return true()
        return condition(criterion, self.on, self.entry.places, self._of_person if person else self._of_case)

    @cached_property
    def _of_case(self) -> CaseColumns:
        return case_columns(self.on, self.entry.programme.fields)

    @cached_property
    def _of_person(self) -> CaseColumns:
        return replace(self._of_case, person=PERSON)
