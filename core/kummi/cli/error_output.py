"""How a failure looks: in words for a person, in JSON for a script, and never a traceback without ``--debug``."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import click

from kummi.cli.app import App
from kummi.cli.table import finding_lines
from kummi.cli.terminal import OutputError
from kummi.errors import (
    ConflictError,
    InputError,
    IntegrityError,
    KummiError,
    NotFoundError,
    NotPermittedError,
    PluginError,
    RefusedError,
)
from kummi.message import Message

if TYPE_CHECKING:
    from kummi.views.finding import ErrorKind

BUG = 70
"""The exit code of a bug of ours."""

_KINDS: tuple[tuple[type[KummiError], ErrorKind], ...] = (
    (NotFoundError, "not_found"),
    (PluginError, "plugin"),
    (InputError, "input"),
    (RefusedError, "refused"),
    (NotPermittedError, "not_permitted"),
    (ConflictError, "conflict"),
    (IntegrityError, "integrity"),
)


def explain(app: App, error: Exception, as_json: bool = False) -> int:
    """Say what went wrong, on the error stream or with ``--json`` as an object on the output; return the exit code."""
    if app.settings.debug:
        import traceback

        traceback.print_exception(error)
    with contextlib.suppress(BrokenPipeError, OutputError):  # nobody is there to be told; the exit code still says it
        _tell(app, error, as_json=(as_json or app.settings.as_json) and not isinstance(error, OutputError))
    return exit_code(error)


def _tell(app: App, error: Exception, *, as_json: bool) -> None:
    if as_json:
        click.echo(_failure_json(app, error))
    elif isinstance(error, click.ClickException):
        error.show()
    elif isinstance(error, RefusedError):
        click.echo(app.say(Message("Refused: {message}", message=error.message)), err=True)
        for finding in error.findings:
            for line in finding_lines(app, finding, "  "):
                click.echo(line, err=True)
    else:
        click.echo(app.say(Message("Error: {message}", message=_message(app, error))), err=True)


def exit_code(error: Exception) -> int:
    """Return the exit code that an error ends a command with."""
    if isinstance(error, click.ClickException):
        return InputError.exit_code
    return error.exit_code if isinstance(error, KummiError) else BUG


def _failure_json(app: App, error: Exception) -> str:
    from kummi.views.base import to_json
    from kummi.views.finding import FailureView, fault_views, finding_view

    parts: dict[str, Any] = {}
    if isinstance(error, RefusedError):
        parts["findings"] = [finding_view(each, app.say) for each in error.findings]
    if isinstance(error, InputError):
        parts["faults"] = fault_views(error.faults, app.say)
    return to_json(FailureView(error=_kind(error), exit=exit_code(error), message=_message(app, error), **parts))


def _kind(error: Exception) -> ErrorKind:
    if isinstance(error, click.ClickException):
        return "input"
    return next((kind for class_, kind in _KINDS if isinstance(error, class_)), "bug")


def _message(app: App, error: Exception) -> str:
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, KummiError):
        return app.say(error.message)
    # The words of a foreign error may hold anything, a name too: they are shown with --debug only.
    bug = Message("a bug of ours ({kind}); run again with --debug to see where", kind=type(error).__name__)
    return app.say(bug)
