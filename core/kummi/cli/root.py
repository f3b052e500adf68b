"""The root of the command line: finds the command, and alone turns an error into words and an exit code."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from kummi.cli.app import App
from kummi.cli.language import language_of, option_value, use_language
from kummi.cli.options import give_global_options, global_options
from kummi.cli.terminal import plain_streams
from kummi.cli.translated_help import translated
from kummi.errors import InputError, did_you_mean
from kummi.message import Message

CORE_COMMANDS = {
    "audit": "kummi.cli.audit:audit",
    "case": "kummi.cli.case:case",
    "country": "kummi.cli.country:country",
    "db": "kummi.cli.db:db",
    "demo": "kummi.cli.demo:demo",
    "due": "kummi.cli.due:due",
    "funding": "kummi.cli.funding:funding",
    "init": "kummi.cli.db:init",
    "network": "kummi.cli.network:network",
    "plugin": "kummi.cli.plugin:plugin",
    "programme": "kummi.cli.programme:programme",
    "report": "kummi.cli.report:report",
    "scenario": "kummi.cli.scenario:scenario",
}
"""Core's commands, and where each lives; its module is imported when it is asked for."""


class Root(click.Group):
    """Loads a command's module only when it is asked for; commands of plugins only when no other has the name."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Read the options. A folder of drafts is looked for first: it may bring the very command that was typed."""
        folder = option_value(args, "--plugins-dir")
        if folder:
            context.ensure_object(App).set(plugins_dir=Path(folder))
        return super().parse_args(context, args)

    def list_commands(self, context: click.Context) -> list[str]:
        """Name core's commands and those that plugins add."""
        return sorted({*CORE_COMMANDS, *_of_plugins(context)})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Load the command of this name, or return None."""
        found = load_command(name) if name in CORE_COMMANDS else _of_plugins(context).get(name)
        return found and translated(found, context.ensure_object(App).translator())

    def resolve_command(self, context: click.Context, args: list[str]) -> Any:
        """Find the command that was typed. Raises InputError that names the nearest one."""
        try:
            return super().resolve_command(context, args)
        except click.UsageError:
            hint = did_you_mean(args[0], self.list_commands(context))
            raise InputError(Message("no command '{name}'{hint}", name=args[0], hint=hint)) from None


class PluginCommands(click.Group):
    """Where plugins add their commands; no name can be taken twice, and none of core's."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command. Raises ValueError where its name is taken."""
        wanted = name or cmd.name
        if wanted in CORE_COMMANDS or wanted in self.commands:
            raise ValueError(Message("there is a command '{wanted}' already", wanted=wanted))
        super().add_command(cmd, name)


def _of_plugins(context: click.Context) -> Mapping[str, click.Command]:
    """Return the commands that plugins add; a plugin that fails to is named, and those of the others are there."""
    found: Mapping[str, click.Command] | None = context.meta.get("kummi.plugin_commands")
    if found is None:
        group = PluginCommands("kummi")
        for name, failure in context.ensure_object(App).found().behaviour.commands(group).items():
            said = Message(
                "Warning: commands are missing: plugin {name}: {failure}", name=name, failure=failure.message
            )
            click.echo(context.ensure_object(App).say(said), err=True)
        for command in group.commands.values():
            give_global_options(command)
        context.meta["kummi.plugin_commands"] = found = group.commands
    return found


def load_command(name: str) -> click.Command:
    """Import one of core's commands."""
    module, attribute = CORE_COMMANDS[name].split(":")
    found: click.Command = getattr(importlib.import_module(module), attribute)
    return found


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="kummi")
@global_options
def root() -> None:
    """Kummi: community-based integration of refugees, one lifecycle under each country's own rules.

    A first look:  kummi demo

    Example of a coordinator's morning:  kummi due; kummi case next XX-12
    """


def run(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with the exit code that ``kummi.errors`` gives.

    ``args`` are the words after ``kummi``; None takes them as they were typed.
    """
    typed = list(sys.argv[1:] if args is None else args)
    with plain_streams():
        code = _run(typed)
    sys.exit(code)


def _run(typed: Sequence[str]) -> int:
    """Run a command and return its exit code: every error ends here."""
    app, output = App(), sys.stdout
    app.set(lang=language_of(typed))
    use_language(app.language)
    try:
        left = translated(root, app.translator()).main(typed, prog_name="kummi", standalone_mode=False, obj=app)
        if sys.stdout:
            sys.stdout.flush()
        return left if isinstance(left, int) else 0  # click hands back the code of a command that chose one
    except (click.Abort, EOFError, KeyboardInterrupt):
        click.echo(app.say(Message("stopped; what was not finished was not kept")), err=True)
        return InputError.exit_code
    except BrokenPipeError:
        return 0  # the next command of a pipe reads no more: it has what it wanted
    except SystemExit:
        if sys.stdout is output:  # click replaces it where a pipe is broken; else a plugin's command wants to leave
            raise
        return 0
    except Exception as error:  # noqa: BLE001
        from kummi.cli.error_output import explain

        return explain(app, error, "--json" in typed)
    finally:
        app.close()
