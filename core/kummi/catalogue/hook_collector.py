"""What one plugin answers to the hooks that are asked at load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kummi.catalogue.plugin_manager import PluginManager, all_faults
from kummi.catalogue.provenance import given_by, with_origins
from kummi.errors import Fault, PluginError
from kummi.message import Message
from kummi.model.country import Country
from kummi.model.funding import Scheme
from kummi.model.programme import Programme
from kummi.model.report import Reports
from kummi.model.rule import Rule
from kummi.model.workflow import Workflow

T = TypeVar("T")


@dataclass(frozen=True)
class ForProgramme:
    """What one plugin gives for one programme."""

    workflow: Workflow | None
    rules: tuple[Rule, ...]
    schemes: tuple[Scheme, ...]
    reports: Reports
    older: tuple[Workflow, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the plugin has nothing to say about the programme."""
        return not (self.workflow or self.older or self.rules or self.schemes or self.reports != Reports())


@dataclass
class Answers:
    """What one plugin gives; a plugin with faults gives nothing that can be used."""

    name: str
    version: str
    country: Country | None = None
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    programmes: tuple[Programme, ...] = ()
    extends: tuple[str, ...] = ()
    by_programme: dict[str, ForProgramme] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def gives(self) -> tuple[Message, ...]:
        """What the plugin gives, in words."""
        gifts = self.by_programme.values()
        reports = [gift.reports for gift in gifts]
        workflows = len({id(gift.workflow) for gift in gifts if gift.workflow})
        rules = _count(rule.id for gift in gifts for rule in gift.rules)
        schemes = _count(scheme.id for gift in gifts for scheme in gift.schemes)
        indicators = _count(each.id for given in reports for each in given.indicators)
        formats = _count(each.id for given in reports for each in given.formats)
        duties = _count(each.id for given in reports for each in given.duties)
        counted = (
            Message.plural("{count} programme", "{count} programmes", len(self.programmes)),
            Message.plural("{count} workflow", "{count} workflows", workflows),
            Message.plural("{count} rule", "{count} rules", rules),
            Message.plural("{count} scheme", "{count} schemes", schemes),
            Message.plural("{count} indicator", "{count} indicators", indicators),
            Message.plural("{count} report format", "{count} report formats", formats),
            Message.plural("{count} duty to report", "{count} duties to report", duties),
        )
        return (
            *((Message("country {code}", code=self.country.code),) if self.country else ()),
            *((Message("words"),) if self.words and not self.country else ()),
            *(each for each in counted if each.count),
            *(Message("what extends {programme}", programme=programme) for programme in self.extends),
        )


def _count(names: Iterable[str]) -> int:
    return len(set(names))


class HookCollector:
    """One plugin asked hook after hook; what fails is kept and the asking goes on."""

    def __init__(self, plugin_manager: PluginManager, name: str) -> None:
        self._plugin_manager, self._name = plugin_manager, name
        found = plugin_manager.found(name)
        self._plugin, self._version = found.name, found.version
        self._origin_at = given_by(found.name, found.version)
        self._errors: list[PluginError] = []

    def whole(self) -> Answers:
        """Ask what is asked once for each plugin."""
        return Answers(
            self._plugin,
            self._version,
            self._ask("kummi_country", None),
            self._ask("kummi_words", {}),
            self._ask("kummi_programmes", ()),
            self._ask("kummi_extends", ()),
            faults=all_faults(self._errors),
        )

    def about(self, answers: Answers, programmes: Iterable[str]) -> None:
        """Ask what is asked once for each programme, and add it to what the plugin gives."""
        for programme in programmes:
            given = ForProgramme(
                self._ask("kummi_workflow", None, programme=programme),
                self._ask("kummi_eligibility", (), programme=programme),
                self._ask("kummi_funding", (), programme=programme),
                self._ask("kummi_reports", Reports(), programme=programme),
                self._ask("kummi_older_workflows", (), programme=programme),
            )
            if not given.is_empty:
                answers.by_programme[programme] = given
        answers.faults = all_faults(self._errors)

    def _ask(self, hook: str, nothing: T, **arguments: object) -> T | Any:
        try:
            answer = self._plugin_manager.ask(self._name, hook, **arguments)
        except PluginError as error:
            self._errors.append(error)
            return nothing
        if answer is None or self._plugin_manager.is_from_files(self._name, hook):
            return nothing if answer is None else answer
        return with_origins(answer, self._origin_at)
