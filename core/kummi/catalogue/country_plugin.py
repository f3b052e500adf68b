"""A country whose plugin is data: YAML files beside its code, answering the hooks."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field

from kummi.errors import PluginError
from kummi.hookspecs import hookimpl
from kummi.message import Message
from kummi.model.base import Frozen
from kummi.model.country import Country, Language
from kummi.model.funding import Scheme
from kummi.model.programme import Programme
from kummi.model.report import Reports
from kummi.model.rule import Rule
from kummi.model.workflow import Workflow

_For = TypeVar("_For", bound=Any)


class PluginData(Frozen):
    """Everything that the files of one plugin give."""

    country: Country | None = None
    words: dict[Language, dict[str, str]] = Field(default_factory=dict)
    programmes: tuple[Programme, ...] = ()
    workflows: tuple[Workflow, ...] = ()
    older_workflows: tuple[Workflow, ...] = ()
    rules: tuple[Rule, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    reports: Reports = Field(default_factory=Reports)


class CountryPlugin:
    """A plugin that answers the data hooks from YAML files.

    The files lie beside the code of ``package``, or in the folder ``package`` if that is a path. They are read when
    the first hook is asked, and once; a file that is not there gives nothing. What data cannot say, a country adds by
    subclassing: each further hook is a method marked with ``hookimpl``.
    """

    def __init__(self, package: str | Path) -> None:
        self.folder = package if isinstance(package, Path) else _folder(package)
        self._read: PluginData | PluginError | None = None

    def given(self) -> PluginData:
        """Return everything that the files give. Raises PluginError with every fault of every file."""
        if self._read is None:
            from kummi.catalogue.yaml.read_folder import read_folder  # not needed where a cache answers

            try:
                self._read = read_folder(self.folder)
            except PluginError as error:
                self._read = error
        if isinstance(self._read, PluginError):
            raise self._read
        return self._read

    def take(self, given: PluginData | None) -> None:
        """Answer from this instead of reading the files; None means that they are read again when next asked."""
        self._read = given

    def is_data_alone(self) -> bool:
        """Whether every hook that is asked at load is answered from the files, and none by code of a subclass."""
        return all(self.answers_from_files(hook) for hook in _FROM_FILES)

    def answers_from_files(self, hook: str) -> bool:
        """Whether a hook is answered from the files: the answer is of the right type and says where it came from."""
        return hook in _FROM_FILES and getattr(type(self), hook) is getattr(CountryPlugin, hook)

    @hookimpl
    def kummi_country(self) -> Country | None:
        """Answer from ``country.yaml``."""
        return self.given().country

    @hookimpl
    def kummi_words(self) -> dict[str, dict[str, str]]:
        """Answer from ``words.yaml``."""
        return self.given().words

    @hookimpl
    def kummi_programmes(self) -> Sequence[Programme]:
        """Answer from ``programme.yaml``."""
        return self.given().programmes

    @hookimpl
    def kummi_workflow(self, programme: str) -> Workflow | None:
        """Answer from ``workflow.yaml``: the workflow that is for this programme."""
        return next((each for each in self.given().workflows if programme in each.for_), None)

    @hookimpl
    def kummi_older_workflows(self, programme: str) -> Sequence[Workflow]:
        """Answer from ``workflow-<version>.yaml``: the older versions of the workflow of this programme."""
        return tuple(each for each in self.given().older_workflows if programme in each.for_)

    @hookimpl
    def kummi_eligibility(self, programme: str) -> Sequence[Rule]:
        """Answer from ``eligibility.yaml``: the rules for this programme."""
        return self._for(programme, self.given().rules)

    @hookimpl
    def kummi_funding(self, programme: str) -> Sequence[Scheme]:
        """Answer from ``funding.yaml``: the schemes for this programme."""
        return self._for(programme, self.given().schemes)

    @hookimpl
    def kummi_reports(self, programme: str) -> Reports | None:
        """Answer from ``reports.yaml``: what is for this programme."""
        reports = self.given().reports
        return reports.model_copy(
            update={
                "indicators": self._for(programme, reports.indicators),
                "formats": self._for(programme, reports.formats),
                "duties": self._for(programme, reports.duties),
            }
        )

    def _for(self, programme: str, values: Iterable[_For]) -> tuple[_For, ...]:
        """Select the values that name the programme, or that are for all and the programme is one of this plugin's."""
        is_own = any(each.id == programme for each in self.given().programmes)
        return tuple(each for each in values if (programme in each.for_ if each.for_ else is_own))


def _folder(package: str) -> Path:
    module = sys.modules.get(package)
    origin = getattr(module, "__file__", None)
    if origin is None:
        spec = importlib.util.find_spec(package)
        origin = spec.origin if spec else None
    if origin is None:
        raise PluginError(Message("no package '{package}' to read YAML files from", package=package))
    return Path(origin).parent


_FROM_FILES = tuple(name for name in vars(CountryPlugin) if name.startswith("kummi_"))
