"""The options that every command takes, before it or after it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from kummi.cli.app import App, business_date

F = TypeVar("F", bound=Callable[..., Any])


def _store(name: str, read: Callable[[Any], Any] = lambda value: value) -> Callable[..., None]:
    def callback(context: click.Context, _parameter: click.Parameter, value: Any) -> None:
        if value is not None and value is not False:
            context.ensure_object(App).set(**{name: read(value)})

    return callback


_GLOBAL: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("--db",), {"metavar": "URL", "callback": _store("db"), "help": "Database: a file, or postgresql://… [KUMMI_DB]"}),
    (("--as", "actor"), {"metavar": "USER", "callback": _store("actor"), "help": "Who does this, for the record."}),
    (
        ("--on",),
        {
            "metavar": "DATE",
            "callback": _store("on", business_date),
            "help": "The business date (year-month-day); today when left out.",
        },
    ),
    (
        ("--lang",),
        {"metavar": "xx", "callback": _store("lang"), "help": "Language: en, or one of the programme's. [KUMMI_LANG]"},
    ),
    (("--json", "as_json"), {"is_flag": True, "callback": _store("as_json"), "help": "Print JSON of a stable shape."}),
    (
        ("--plugins-dir",),
        {
            "metavar": "DIR",
            "callback": _store("plugins_dir", Path),
            "help": "A folder of draft plugins to load too; the code found there is run.",
        },
    ),
    (("--debug",), {"is_flag": True, "callback": _store("debug"), "help": "Show the traceback of a bug."}),
)


def global_options(command: F) -> F:
    """Add the options that every command takes."""
    for names, settings in reversed(_GLOBAL):
        command = click.option(*names, expose_value=False, **settings)(command)
    return command


def give_global_options(command: click.Command) -> None:
    """Add them to the command of a plugin and to those below it; an option of its own of the same name stays."""
    taken = {name for parameter in command.params for name in parameter.opts}
    offered = [click.Option(names, expose_value=False, **settings) for names, settings in _GLOBAL]
    command.params += [option for option in offered if not taken.intersection(option.opts)]
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        give_global_options(below)


def _dry_run(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(App).dry_run = True


def writes(command: F) -> F:
    """Mark a command that writes: it takes ``--dry-run``, which tries it out and keeps nothing."""
    option = click.option(
        "--dry-run", is_flag=True, expose_value=False, callback=_dry_run, help="Try it out and keep nothing."
    )
    return option(command)


sources_option = click.option("--sources", "with_sources", is_flag=True, help="Print the numbered sources below.")
force_option = click.option("--force", is_flag=True, help="Write over a file that is there already.")
known_option = click.option(
    "--known",
    metavar="DATE",
    expose_value=False,
    callback=_store("known", partial(business_date, option="--known")),
    help="Answer with what had been recorded by the end of this day.",
)
seen_option = click.option(
    "--seen", type=click.IntRange(1), metavar="N", help="The sequence number you looked at; a conflict if it moved on."
)
