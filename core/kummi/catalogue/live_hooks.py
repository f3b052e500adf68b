"""The hooks that are asked and told while cases are worked on; always answered by the live plugins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from kummi.catalogue.compose import plugin_key
from kummi.catalogue.plugin_manager import PluginManager
from kummi.errors import Fault, PluginError
from kummi.message import Message
from kummi.model.rule import Finding, Result

if TYPE_CHECKING:
    import click

    from kummi.catalogue.discover import FoundPlugin
    from kummi.model.case import Case
    from kummi.model.event import Event
    from kummi.model.facts import Facts
    from kummi.model.report import ReportFormat, ReportTable
    from kummi.model.workflow import Move


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
