"""The hooks that are asked and told while cases are worked on; always answered by the live plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kummi.catalogue.registry import Registry
from kummi.errors import Fault, PluginError

if TYPE_CHECKING:
    import click

    from kummi.model.case import Case
    from kummi.model.decision import Finding
    from kummi.model.facts import Facts
    from kummi.model.report import ReportFormat
    from kummi.model.table import Table
    from kummi.model.workflow import Move


class Behaviour:
    """Asks each plugin alone, and names the one that fails."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def check_move(self, case: Case, move: Move, facts: Facts) -> tuple[Finding, ...]:
        """Return what plugins add to a move. Raises PluginError that names the plugin which fails: it may not pass."""
        findings: list[Finding] = []
        for name in self._registry.answering("kummi_check_move"):
            findings += self._ask(name, "kummi_check_move", case=case, move=move, facts=facts)
        return tuple(findings)

    def render(self, report: Table, report_format: ReportFormat) -> bytes | None:
        """Return a report in a plugin's own file format, or None where no plugin knows it. Raises PluginError."""
        for name in self._registry.answering("kummi_render"):
            content: bytes | None = self._ask(name, "kummi_render", report=report, format=report_format)
            if content is not None:
                return content
        return None

    def after_event(self, ref: str, programme: str, kind: str, data: dict[str, object]) -> tuple[PluginError, ...]:
        """Tell plugins of an event that was committed; returns the failures of those that could not take it."""
        return self._tell("kummi_after_event", ref=ref, programme=programme, kind=kind, data=data)

    def commands(self, cli: click.Group) -> tuple[PluginError, ...]:
        """Let plugins add their commands; returns the failures of those that could not."""
        return self._tell("kummi_commands", cli=cli)

    def has(self, hook: str) -> bool:
        """Whether any plugin answers a hook, so that a caller may spare itself the asking."""
        return bool(self._registry.answering(hook))

    def _tell(self, hook: str, **arguments: object) -> tuple[PluginError, ...]:
        failures = []
        for name in self._registry.answering(hook):
            try:
                self._ask(name, hook, **arguments)
            except PluginError as error:
                failures.append(error)
        return tuple(failures)

    def _ask(self, name: str, hook: str, **arguments: object) -> Any:
        try:
            return self._registry.ask(name, hook, **arguments)
        except PluginError as error:
            raise PluginError([Fault(f"plugin {name}", str(each)) for each in error.faults]) from error
