"""Ask plugins their hooks: all that they give when they are loaded, and of cases while they are worked on.

What is asked while cases are worked on is always answered by the live plugins, never from a cache.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from kummi.catalogue.plugin_manager import PluginManager, all_faults
from kummi.catalogue.provenance import given_by, plugin_key, with_origins
from kummi.errors import Fault, PluginError
from kummi.message import Message
from kummi.model.country import Country
from kummi.model.funding import Scheme
from kummi.model.programme import Programme
from kummi.model.report import Reports
from kummi.model.rule import Finding, Result, Rule
from kummi.model.workflow import Workflow

if TYPE_CHECKING:
    import click

    from kummi.catalogue.discover import FoundPlugin
    from kummi.model.case import Case
    from kummi.model.event import Event
    from kummi.model.facts import Facts
    from kummi.model.report import ReportFormat, ReportTable
    from kummi.model.workflow import Move

T = TypeVar("T")

_NO_REPORTS = Reports.model_construct()  # nothing to check, so that the model need not be built at every start


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
        return not (self.workflow or self.older or self.rules or self.schemes or self.reports != _NO_REPORTS)


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
                self._ask("kummi_reports", _NO_REPORTS, programme=programme),
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


class LiveHooks:
    """Asks each plugin alone, and names the one that fails.

    Of a case, and of a report, only those are asked whose business it is: ``concerned`` holds for each programme the
    plugin that declares it and those that extend it.
    """

    def __init__(self, plugin_manager: PluginManager, concerned: Mapping[str, Collection[str]]) -> None:
        self._plugin_manager, self._concerned = plugin_manager, concerned

    def check_move(self, case: Case, move: Move, facts: Facts) -> tuple[Finding, ...]:
        """Return what plugins add to a move; of one that fails, the finding that it cannot be asked."""
        findings: list[Finding] = []
        for name in self._asked("kummi_check_move", case.programme):
            try:
                findings += self._plugin_manager.ask(name, "kummi_check_move", case=case, move=move, facts=facts)
            except PluginError as error:
                findings.append(_cannot_be_asked(self._plugin_manager.found(name), "kummi_check_move", error))
        return tuple(findings)

    def checks_moves_of(self, programme: str) -> bool:
        """Whether any plugin adds findings to moves of a programme, so that a caller may spare itself the asking."""
        return bool(self._asked("kummi_check_move", programme))

    def render(self, report: ReportTable, report_format: ReportFormat) -> bytes | None:
        """Return a report in a plugin's own file format, or None where no plugin knows it. Raises PluginError."""
        declares = plugin_key(report_format.origin) if report_format.origin else None
        for name in self._asked("kummi_render", report.programme, declares):
            content: bytes | None = self._ask(name, "kummi_render", report=report, format=report_format)
            if content is not None:
                return content
        return None

    def _asked(self, hook: str, programme: str, *others: str | None) -> list[str]:
        concerned = {*self._concerned.get(programme, ()), *others}
        return [name for name in self._plugin_manager.answering(hook) if name in concerned]

    def after_event(self, events: Sequence[Event]) -> dict[str, PluginError]:
        """Tell plugins of events that were committed; returns the failures of those that could not take it."""
        return self._tell("kummi_after_event", events=events)

    def commands(self, cli: click.Group) -> dict[str, PluginError]:
        """Let plugins add their commands; returns the failures of those that could not."""
        return self._tell("kummi_commands", cli=cli)

    def has(self, hook: str) -> bool:
        """Whether any plugin answers a hook, so that a caller may spare itself the asking."""
        return bool(self._plugin_manager.answering(hook))

    def _tell(self, hook: str, **arguments: object) -> dict[str, PluginError]:
        """Ask all plugins; returns what went wrong by the plugin's name and version."""
        failures = {}
        for name in self._plugin_manager.answering(hook):
            try:
                self._plugin_manager.ask(name, hook, **arguments)
            except PluginError as error:
                failures[name] = error
        return failures

    def _ask(self, name: str, hook: str, **arguments: object) -> Any:
        try:
            return self._plugin_manager.ask(name, hook, **arguments)
        except PluginError as error:
            raise PluginError(
                [Fault(Message("plugin {name}", name=name), each.located) for each in error.faults]
            ) from error


def _cannot_be_asked(plugin: FoundPlugin, hook: str, error: PluginError) -> Finding:
    """Return the finding in place of those of a plugin that fails.

    What it raised may hold anything, a date of birth too: only its kind is shown.
    """
    cause = error.__cause__
    wrong = cause is None or isinstance(cause, ValidationError)
    did = (
        Message("answers with something else than findings")
        if wrong
        else Message("raises {kind}", kind=type(cause).__name__)
    )
    reason = Message(
        "plugin {plugin} cannot be asked: {where}: {hook} {did}",
        plugin=plugin,
        where=error.faults[0].where,
        hook=hook,
        did=did,
    )
    settle = Message("mend the plugin or take it away: kummi plugin show {plugin}", plugin=plugin.name)
    return Finding(f"plugin-{plugin.name}", Result.UNKNOWN, reason, settle=settle)
