"""Whether a case may take a move, as a condition over all cases at once: ``kummi.lifecycle.moves`` said in SQL.

It agrees with ``look_at`` on every case that is in the stage that the move leaves. What plugins add to a move
(``kummi_check_move``) and a re-match are not said here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy import false as sql_false
from sqlalchemy import true as sql_true

from kummi.errors import NotCompilableError
from kummi.lifecycle.clearance import clearance_before
from kummi.lifecycle.moves import ends_early
from kummi.lifecycle.tasks import WATCHED
from kummi.lifecycle.workflow_index import CLEARED_PHASES, ORDER, workflow_index
from kummi.model.dates import Unit
from kummi.model.rule import Eligibility, Rule
from kummi.model.vocabulary import Phase
from kummi.model.workflow import Move, Stage, Task
from kummi.rules.compile_sql import condition
from kummi.rules.sql_dates import later
from kummi.store.fact_columns import CaseColumns, case_columns
from kummi.store.queries.eligibility import outcome_on_entry
from kummi.store.tables import cases

if TYPE_CHECKING:
    from kummi.model.programme_entry import ProgrammeEntry

Condition = ColumnElement[bool]


def may_take(move: Move, source: Stage, entry: ProgrammeEntry, on: date) -> Condition:
    """Return whether nothing stands against a move on a day; never NULL.

    Raises:
        NotCompilableError: A rule or a task's ``when`` holds a plugin's own code, or a clearance counts working days.
    """
    asked = _Asked(entry, on, case_columns(on, entry.programme.fields))
    to = workflow_index(entry).stages[move.to].phase
    own = () if ends_early(move) else asked.own_conditions(source, to)
    return and_(sql_true(), *own, *(asked.holds(rule) for rule in move.guards))


@dataclass(frozen=True)
class _Asked:
    """A programme on a day, and where its facts are."""

    entry: ProgrammeEntry
    on: date
    columns: CaseColumns

    def own_conditions(self, source: Stage, to: Phase) -> Iterator[Condition]:
        """Yield what core asks of a move between two phases."""
        end, index = self.entry.programme.window.end, workflow_index(self.entry)
        yield cases.c.held_since.is_(None)
        if source.phase in CLEARED_PHASES:
            yield self._not_lapsed(source.phase)
        if to is not source.phase and to in (Phase.MATCHING, Phase.INTRODUCTION) and end and self.on > end:
            yield sql_false()
        if ORDER[Phase.MATCHING] <= ORDER[to] < ORDER[Phase.CLOSED]:
            yield self._all_shown(asked.task for asked in index.consent)
        if to in CLEARED_PHASES:
            yield self._all_shown(asked.task for asked in clearance_before(to, index))
        for task in source.tasks:
            yield ~self._outstanding(task)
        if source.phase is Phase.ASSESSMENT and to is Phase.PREPARATION:
            yield outcome_on_entry(self.entry, self.on) == Eligibility.ELIGIBLE.value

    def holds(self, rule: Rule) -> Condition:
        """Return whether a guard lets a case through: it does not apply, or is met."""
        if not rule.is_valid_on(self.on):
            return sql_true()
        met = self._is_true(condition(rule.require, self.on, self.entry.places, self.columns))
        if rule.when is None:
            return met
        return or_(met, self._is_true(~condition(rule.when, self.on, self.entry.places, self.columns)))

    def _not_lapsed(self, phase: Phase) -> Condition:
        """Every clearance that was ever recorded is still good, and none that the phase cannot do without is missing.

        A record counts from its own day on, whether or not it is known on the business date yet.
        """
        index = workflow_index(self.entry)
        needed = [each.task for each in clearance_before(phase, index) if each.task.when is None]
        there = [cases.c.tasks[(task.id, "on")].as_string().is_not(None) for task in needed]
        ends = [self._good_until(asked.task, self.columns.recorded(asked.task.id)) for asked in index.clearance]
        return and_(sql_true(), *there, *(or_(end.is_(None), end >= self.on) for end in ends))

    def _all_shown(self, tasks: Iterable[Task]) -> Condition:
        """At least one of some tasks is asked for, and none that is asked for is owed."""
        tasks = list(tasks)
        some = or_(sql_false(), *(self._required(task) for task in tasks))
        return and_(some, *(~self._outstanding(task) for task in tasks))

    def _required(self, task: Task) -> Condition:
        """Say as ``TaskState.required`` does: consent and clearance hold a case back while it is unknown, too."""
        if not task.required:
            return sql_false()
        if task.when is None:
            return sql_true()
        applies = condition(task.when, self.on, self.entry.places, self.columns)
        return func.coalesce(applies, sql_true() if task.kind in WATCHED else sql_false())

    def _outstanding(self, task: Task) -> Condition:
        done = self.columns.fact(f"tasks.{task.id}")
        assert done is not None
        until = self._good_until(task, done)
        return and_(self._required(task), or_(done.is_(None), func.coalesce(until < self.on, sql_false())))

    def _good_until(self, task: Task, done: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return the last day on which what a task showed is good; NULL where it was not done or has no end."""
        said = self.columns.good_until(task.id)
        if task.valid_for is None:
            return said
        if task.valid_for.unit is Unit.WORKING_DAYS:
            raise NotCompilableError(f"working days of {task.id}")
        return func.coalesce(said, later(done, task.valid_for))

    @staticmethod
    def _is_true(known: Condition) -> Condition:
        return func.coalesce(known, sql_false())
