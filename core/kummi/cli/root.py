"""The root of the command line: finds the command, and alone turns an error into a line and an exit code."""

from __future__ import annotations

import importlib
import sys
from typing import Any, NoReturn

import click

from kummi.cli.app import App
from kummi.cli.options import global_options
from kummi.errors import InputError, KummiError, RefusedError

_COMMANDS = {
    "audit": "kummi.cli.audit:audit",
    "case": "kummi.cli.case:case",
    "country": "kummi.cli.country:country",
    "db": "kummi.cli.db:db",
    "demo": "kummi.cli.demo:demo",
    "due": "kummi.cli.due:due",
    "funding": "kummi.cli.funding:funding",
    "init": "kummi.cli.init:init",
    "network": "kummi.cli.network:network",
    "plugin": "kummi.cli.plugin:plugin",
    "programme": "kummi.cli.programme:programme",
    "report": "kummi.cli.report:report",
    "scenario": "kummi.cli.scenario:scenario",
}


class Root(click.Group):
    """Loads a command's module only when it is asked for; commands of plugins only when no other has the name."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Name core's commands and those that plugins add."""
        self._add_from_plugins(context)
        return sorted({*_COMMANDS, *self.commands})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Load the command of this name, or return None."""
        if name in _COMMANDS:
            module, attribute = _COMMANDS[name].split(":")
            found: click.Command = getattr(importlib.import_module(module), attribute)
            return found
        self._add_from_plugins(context)
        return self.commands.get(name)

    def resolve_command(self, context: click.Context, args: list[str]) -> Any:
        """Find the command that was typed. Raises InputError that names the nearest one."""
        try:
            return super().resolve_command(context, args)
        except click.UsageError:
            from kummi.errors import did_you_mean

            raise InputError(f"no command '{args[0]}'{did_you_mean(args[0], self.list_commands(context))}") from None

    def _add_from_plugins(self, context: click.Context) -> None:
        if not context.meta.get("kummi.plugin_commands"):
            context.meta["kummi.plugin_commands"] = True
            context.ensure_object(App).catalogue().behaviour.commands(self)


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="kummi")
@global_options
def root() -> None:
    """Kummi: community-based integration of refugees, one lifecycle under each country's own rules.

    A first look:  kummi demo

    A coordinator's morning:  kummi due, then kummi case next XX-12
    """


def run() -> NoReturn:
    """Run the command line and leave with the exit code that ``kummi.errors`` gives."""
    app = App()
    try:
        root.main(prog_name="kummi", standalone_mode=False, obj=app)
        code = 0
    except click.exceptions.Exit as leaving:
        code = leaving.exit_code
    except click.Abort:
        click.echo("stopped; nothing was kept", err=True)
        code = 2
    except click.ClickException as error:
        error.show()
        code = 2
    except KummiError as error:
        code = _explain(app, error)
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    except Exception as error:
        if app.settings.debug:
            raise
        click.echo(f"Error: a bug of ours ({type(error).__name__}); run again with --debug to see where", err=True)
        code = 70
    sys.exit(code)


def _explain(app: App, error: KummiError) -> int:
    if app.settings.debug:
        import traceback

        traceback.print_exception(error)
    if isinstance(error, RefusedError) and error.findings:
        from kummi.cli.findings import finding_data, finding_lines

        if app.settings.as_json:
            from json import dumps

            said = {"refused": str(error), "findings": [finding_data(app, each) for each in error.findings]}
            click.echo(dumps(said, ensure_ascii=False, indent=2, default=str))
        else:
            click.echo(f"Refused: {error}", err=True)
            for each in error.findings:
                for line in finding_lines(app, each, "  "):
                    click.echo(line, err=True)
        return error.exit_code
    label = "Refused" if isinstance(error, RefusedError) else "Error"
    click.echo(f"{label}: {error}", err=True)
    return error.exit_code
