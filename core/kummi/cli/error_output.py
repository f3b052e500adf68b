"""How a failure looks: in words for a person, in JSON for a script, and never a traceback without ``--debug``."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import click

from kummi.cli.app import App
from kummi.cli.findings import finding_data, finding_lines
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

BUG = 70
"""The exit code of a bug of ours."""

_KINDS: tuple[tuple[type[KummiError], str], ...] = (
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
        click.echo(json.dumps(failure_data(app, error), ensure_ascii=False, indent=2, default=str))
    elif isinstance(error, click.ClickException):
        error.show()
    elif isinstance(error, RefusedError):
        click.echo(f"Refused: {error}", err=True)
        for finding in error.findings:
            for line in finding_lines(app, finding, "  "):
                click.echo(line, err=True)
    else:
        click.echo(f"Error: {_message(error)}", err=True)


def exit_code(error: Exception) -> int:
    """Return the exit code that an error ends a command with."""
    if isinstance(error, click.ClickException):
        return InputError.exit_code
    return error.exit_code if isinstance(error, KummiError) else BUG


def failure_data(app: App, error: Exception) -> dict[str, Any]:
    """Return a failure in its JSON shape."""
    data: dict[str, Any] = {"error": _kind(error), "exit": exit_code(error), "message": _message(error)}
    if isinstance(error, RefusedError):
        data["findings"] = [finding_data(app, each) for each in error.findings]
    if isinstance(error, InputError):
        data["faults"] = [{"where": each.where, "message": each.message} for each in error.faults]
    return data


def _kind(error: Exception) -> str:
    if isinstance(error, click.ClickException):
        return "input"
    return next((kind for class_, kind in _KINDS if isinstance(error, class_)), "bug")


def _message(error: Exception) -> str:
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, KummiError):
        return str(error)
    # The words of a foreign error may hold anything, a name too: they are shown with --debug only.
    return f"a bug of ours ({type(error).__name__}); run again with --debug to see where"
