"""The files of a country: which there are, and the model that each must fit."""

from __future__ import annotations

from pydantic import BaseModel, RootModel

from kummi.model.base import Frozen, Key
from kummi.model.country import Country, Language
from kummi.model.funding import Scheme
from kummi.model.programme import Programme
from kummi.model.reference import Certainty
from kummi.model.report import Reports
from kummi.model.rule import Rule
from kummi.model.workflow import Workflow


class NamedSource(Frozen):
    """A source as ``references.yaml`` lists it under its id."""

    title: str
    url: str | None = None
    read: str
    certainty: Certainty = Certainty.READ
    note: str | None = None


class ReferencesFile(RootModel[dict[Key, NamedSource]]):
    """Every source under its id."""


class WordsFile(RootModel[dict[Language, dict[str, str]]]):
    """Core's words in other languages: language, key, phrase."""


class ProgrammeFile(Frozen):
    """The programmes of a country."""

    programmes: tuple[Programme, ...] = ()


class WorkflowFile(Frozen):
    """The workflows of a country."""

    workflows: tuple[Workflow, ...] = ()


class EligibilityFile(Frozen):
    """The eligibility rules of a country."""

    rules: tuple[Rule, ...] = ()


class FundingFile(Frozen):
    """The schemes of a country."""

    schemes: tuple[Scheme, ...] = ()


REFERENCES = "references.yaml"
MODELS: dict[str, type[BaseModel]] = {
    "country.yaml": Country,
    "words.yaml": WordsFile,
    "programme.yaml": ProgrammeFile,
    "workflow.yaml": WorkflowFile,
    "eligibility.yaml": EligibilityFile,
    "funding.yaml": FundingFile,
    "reports.yaml": Reports,
}
"""The files beside a country's code, and what each holds."""
OLDER_WORKFLOWS = "workflow-*.yaml"
"""Files of older versions of workflows, each named after its version; they hold what ``workflow.yaml`` held."""
NAMES = (REFERENCES, *MODELS)
FIELDS = {
    "country.yaml": "country",
    "words.yaml": "words",
    "programme.yaml": "programmes",
    "workflow.yaml": "workflows",
    "eligibility.yaml": "rules",
    "funding.yaml": "schemes",
    "reports.yaml": "reports",
}
"""The field of ``PluginData`` that each file fills."""
