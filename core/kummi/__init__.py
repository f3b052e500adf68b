"""What the author of a plugin imports, and nothing else."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kummi.catalogue.country_plugin import CountryPlugin
    from kummi.hookspecs import hookimpl
    from kummi.model.case import Case, Person, TaskRecord
    from kummi.model.country import Country
    from kummi.model.event import Event, StreamId
    from kummi.model.facts import Facts
    from kummi.model.funding import Pays, Rate, Scheme
    from kummi.model.money import Money
    from kummi.model.programme import Programme
    from kummi.model.reference import Certainty, Reference
    from kummi.model.report import Duty, Indicator, ReportFormat, Reports
    from kummi.model.rule import Finding, Result, Rule
    from kummi.model.text import Text
    from kummi.model.vocabulary import Gender, MemberRole, Outcome, Pathway, Phase, Status, TaskKind
    from kummi.model.workflow import Move, Stage, Task, Workflow

_HOMES = {
    "Case": "model.case",
    "Certainty": "model.reference",
    "Country": "model.country",
    "CountryPlugin": "catalogue.country_plugin",
    "Duty": "model.report",
    "Event": "model.event",
    "Facts": "model.facts",
    "Finding": "model.rule",
    "Gender": "model.vocabulary",
    "Indicator": "model.report",
    "MemberRole": "model.vocabulary",
    "Money": "model.money",
    "Move": "model.workflow",
    "Outcome": "model.vocabulary",
    "Pathway": "model.vocabulary",
    "Pays": "model.funding",
    "Person": "model.case",
    "Phase": "model.vocabulary",
    "Programme": "model.programme",
    "Rate": "model.funding",
    "Reference": "model.reference",
    "ReportFormat": "model.report",
    "Reports": "model.report",
    "Result": "model.rule",
    "Rule": "model.rule",
    "Scheme": "model.funding",
    "Stage": "model.workflow",
    "Status": "model.vocabulary",
    "StreamId": "model.event",
    "Task": "model.workflow",
    "TaskKind": "model.vocabulary",
    "TaskRecord": "model.case",
    "Text": "model.text",
    "Workflow": "model.workflow",
    "hookimpl": "hookspecs",
}
"""Where each name lives; it is imported when it is first used, so that ``import kummi`` costs nothing."""

__all__ = [
    "Case",
    "Certainty",
    "Country",
    "CountryPlugin",
    "Duty",
    "Event",
    "Facts",
    "Finding",
    "Gender",
    "Indicator",
    "MemberRole",
    "Money",
    "Move",
    "Outcome",
    "Pathway",
    "Pays",
    "Person",
    "Phase",
    "Programme",
    "Rate",
    "Reference",
    "ReportFormat",
    "Reports",
    "Result",
    "Rule",
    "Scheme",
    "Stage",
    "Status",
    "StreamId",
    "Task",
    "TaskKind",
    "TaskRecord",
    "Text",
    "Workflow",
    "hookimpl",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'kummi' has no attribute '{name}'")
    value = getattr(import_module(f"kummi.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
