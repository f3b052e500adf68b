"""What the files of one plugin give, all together."""

from __future__ import annotations

from pydantic import Field

from kummi.model.base import Frozen
from kummi.model.country import Country, Language
from kummi.model.funding import Scheme
from kummi.model.programme import Programme
from kummi.model.report import Reports
from kummi.model.rule import Rule
from kummi.model.workflow import Workflow


class PluginData(Frozen):
    """Everything that the files of one plugin give."""

    country: Country | None = None
    words: dict[Language, dict[str, str]] = Field(default_factory=dict)
    programmes: tuple[Programme, ...] = ()
    workflows: tuple[Workflow, ...] = ()
    older_workflows: tuple[Workflow, ...] = ()
    rules: tuple[Rule, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    reports: Reports = Reports()
