"""``kummi scenario``: play whole cases told as stories."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kummi.cli.app import App, country_of
from kummi.cli.options import global_options
from kummi.errors import InputError
from kummi.message import Message

if TYPE_CHECKING:
    from kummi.views.base import Shown


@click.group(short_help="Play whole cases told as stories.")
@global_options
def scenario() -> None:
    """Play stories against an empty throw-away database.

    Example:  kummi scenario run stories/*.yaml
    """


@scenario.command(short_help="Play stories and say where they depart.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--story", is_flag=True, help="Tell every step, not only departures.")
@global_options
@click.pass_context
def run(context: click.Context, files: tuple[Path, ...], story: bool) -> None:
    """Play each of FILES (a folder means every .yaml in it). Exit 1 where a story departs from what happens.

    Example:  kummi scenario run plugins/harbourland/kummi_harbourland/scenarios
    """
    from kummi.testing.play import play
    from kummi.testing.scenario import read_scenario

    app = context.ensure_object(App)
    paths = [path for given in files for path in (sorted(given.glob("*.yaml")) if given.is_dir() else [given])]
    if not paths:
        raise InputError(Message("there is no .yaml file in the folder given"))
    told = []
    for path in paths:
        read = read_scenario(path)
        told.append((path, play(read, app.catalogue(country_of(read.programme)))))
    departed = [path for path, each in told if not each.holds]

    def show() -> None:
        for path, each in told:
            click.echo(f"{'✓' if each.holds else '✗'} {path.name}: {each.scenario.scenario}")
            for line in each.lines if story or not each.holds else ():
                click.echo(f"       {app.say(line)}")
            for departure in each.departures:
                click.echo(f"     ! {app.say(departure)}")
        click.echo(
            app.say(Message("{count} of {total} stories hold", count=len(told) - len(departed), total=len(told)))
        )

    def view() -> Shown:
        from kummi.views.plugin import StoryView

        return [
            StoryView(
                file=str(path),
                scenario=each.scenario.scenario,
                holds=each.holds,
                departures=list(map(app.say, each.departures)),
            )
            for path, each in told
        ]

    app.finish(view, show)
    if departed:
        context.exit(1)
