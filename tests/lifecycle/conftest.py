"""A small workflow of invented Harbourland that tests break in one place at a time."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from kummi.lifecycle.fold import fold
from kummi.lifecycle.moves import PossibleMove, look_at, possible_moves
from kummi.lifecycle.steps import take
from kummi.model.case import Case, LoadedCase
from kummi.model.case_events import CaseOpened, TaskRecorded
from kummi.model.country import Country
from kummi.model.event_data import MemberDigest
from kummi.model.facts import Facts
from kummi.model.household_events import Correction, FactsCorrected
from kummi.model.programme import Programme, ProgrammeEntry
from kummi.model.report import Reports
from kummi.model.rule import Finding, Rule
from kummi.model.vocabulary import Phase
from kummi.model.workflow import Move, Workflow

SOURCE = {"id": "act", "title": "Harbour Act", "read": "2026-01"}
START = date(2025, 1, 7)


def text(words: str) -> dict[str, str]:
    return {"en": words, "xx": f"~{words}"}


def stage(stage_id: str, phase: str, title: str, *tasks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": stage_id, "phase": phase, "title": text(title), "tasks": list(tasks), "reference": SOURCE, **more}


def task(task_id: str, kind: str, **more: Any) -> dict[str, Any]:
    plain = {"id": task_id, "kind": kind, "title": text(task_id.capitalize()), "owner": "coordinator"}
    return {**plain, "reference": SOURCE, **more}


def workflow_data() -> dict[str, Any]:
    return {
        "for": ["xx-harbour"],
        "version": "1",
        "initial": "referred",
        "stages": [
            stage("referred", "referral", "Referred"),
            stage("assessed", "assessment", "Assessed", task("talk", "talk", deadline={"within": "5 working days"})),
            stage("prepared", "preparation", "Prepared", task("consent", "consent")),
            stage("matching", "matching", "Matching", task("cleared", "clearance", valid_for="12 months")),
            stage("introduced", "introduction", "Introduced", task("meeting", "meeting")),
            stage("supported", "support", "Supported", task("check", "check", repeats="1 month")),
            stage("concluded", "conclusion", "Concluded"),
            stage("closed", "closed", "Closed"),
        ],
        "moves": [
            {"from": "referred", "to": "assessed"},
            {"from": "assessed", "to": "prepared"},
            {"from": "prepared", "to": "matching"},
            {"from": "matching", "to": "introduced"},
            {"from": "introduced", "to": "supported"},
            {"from": ["introduced", "supported"], "to": "matching"},
            {"from": "supported", "to": "concluded"},
            {"from": "concluded", "to": "closed", "outcome": "completed"},
            {"from": "any_open", "to": "closed", "outcome": "withdrawn"},
            {"from": "matching", "to": "closed", "outcome": "no_sponsor"},
        ],
    }


COUNTRY = Country.model_validate(
    {
        "code": "XX",
        "name": text("Harbourland"),
        "languages": ["xx"],
        "currency": "XTS",
        "calendar": {"country": "PT", "subdivisions": ["20"]},
        "municipalities": [
            {"code": "1", "name": {"en": "Quay", "xx": "Kai"}},
            {"code": "2", "name": {"en": "Outer Isles", "xx": "Insel"}, "subdivision": "20"},
        ],
        "authorities": [
            {
                "id": "office",
                "names": [
                    {"name": text("Old Office"), "valid_to": "2025-12-31", "reference": SOURCE},
                    {"name": text("New Office"), "valid_from": "2026-01-01", "reference": SOURCE},
                ],
            }
        ],
        "owners": [
            {"id": "coordinator", "title": text("Coordinator")},
            {"id": "state", "title": text("State"), "authority": "office"},
        ],
    }
)
PROGRAMME = Programme.model_validate(
    {
        "id": "xx-harbour",
        "title": text("Harbour friends"),
        "owner": text("Harbour Red Cross"),
        "supporter": text("friend"),
        "standing": {"is": "pilot", "reference": SOURCE},
        "window": {"start": "2025-01-01", "end": "2026-12-31", "reference": SOURCE},
        "countrywide": True,
        "fields": [{"id": "decided", "title": text("day of decision"), "type": "date"}],
        "reference": SOURCE,
    }
)
OPENED = CaseOpened(
    "XX",
    "xx-harbour",
    "1",
    rehearsal=False,
    stage="referred",
    phase=Phase.REFERRAL,
    facts={"pathway": "resettled", "household.size": 2, "household.adults": 1, "household.children": 1},
    languages=("ar",),
    members=(MemberDigest("a", 1, 1, "0"),),
)


@dataclass
class Harbour:
    """One workflow, and the ways in which tests ask about a case in it."""

    workflow: Workflow
    country: Country = COUNTRY
    programme: Programme = PROGRAMME
    rules: tuple[Rule, ...] = ()

    @staticmethod
    def corrected(case: Case, facts: dict[str, Any]) -> Case:
        """Return a case with facts that never were as written."""
        return fold(case, FactsCorrected({name: Correction(None, None, value) for name, value in facts.items()}), START)

    @property
    def entry(self) -> ProgrammeEntry:
        """The programme under the workflow of this moment."""
        return ProgrammeEntry(self.programme, self.country, self.workflow, self.rules, (), Reports(), {})

    def loaded(self, case: Case, on: date) -> LoadedCase:
        return LoadedCase.on(on, case, (), self.entry)

    def opened(self, on: date = START) -> Case:
        return fold(None, OPENED, on)

    def facts(self, case: Case, on: date) -> Facts:
        return self.loaded(case, on).facts

    def record(self, case: Case, task_id: str, on: date, until: date | None = None) -> Case:
        return fold(case, TaskRecorded(task_id, until), on)

    def moves(self, case: Case, on: date, eligibility: tuple[Finding, ...] = ()) -> tuple[PossibleMove, ...]:
        return possible_moves(self.loaded(case, on), eligibility, lambda _: ())

    def look(self, case: Case, to: str, on: date, eligibility: tuple[Finding, ...] = ()) -> PossibleMove:
        return next(each for each in self.moves(case, on, eligibility) if each.move.to == to)

    def refusals(self, case: Case, to: str, on: date, eligibility: tuple[Finding, ...] = ()) -> list[str]:
        return [finding.rule for finding in self.look(case, to, on, eligibility).findings]

    def look_at(self, move: Move, case: Case, on: date) -> PossibleMove:
        return look_at(move, self.loaded(case, on), (), lambda _: ())

    def go(self, case: Case, to: str, on: date) -> Case:
        return fold(case, take(self.loaded(case, on), self.look(case, to, on)), on)

    def walked(self, to: str, on: date = START) -> Case:
        """Return a case brought straight to a stage on one day, with every task on its way done."""
        case = self.opened(on)
        for each in ("assessed", "prepared", "matching", "introduced", "supported", "concluded"):
            if case.stage == to:
                break
            for needed in self.workflow.stage(case.stage).tasks:
                case = self.record(case, needed.id, on)
            case = self.go(case, each, on)
        return case


@pytest.fixture
def harbour() -> Harbour:
    return Harbour(Workflow.model_validate(workflow_data()))


@pytest.fixture
def build() -> Callable[..., Workflow]:
    """Return a function that builds the workflow after ``change(data)`` has broken it."""

    def built(change: Callable[[dict[str, Any]], Any] | None = None) -> Workflow:
        data = copy.deepcopy(workflow_data())
        if change:
            change(data)
        return Workflow.model_validate(data)

    return built
