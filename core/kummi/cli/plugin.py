"""``kummi plugin``: what is installed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from kummi.cli.app import App
from kummi.cli.options import global_options
from kummi.cli.table import table
from kummi.errors import NotFoundError
from kummi.i18n.terms import term
from kummi.message import Message

if TYPE_CHECKING:
    from kummi.casework.stranded import StrandedGroup
    from kummi.catalogue.catalogue import Catalogue, PluginInfo
    from kummi.views.base import Shown
    from kummi.views.plugin import MissingView, NextBadgeView, PluginReportView, PluginView


@click.group(short_help="What is installed, and what is wrong with it.")
@global_options
def plugin() -> None:
    """Show and check plugins.

    Example:  kummi plugin check xx
    """


@plugin.command("list", short_help="List the plugins that were found.")
@global_options
@click.pass_obj
def list_(app: App) -> None:
    """List the plugins that were found, installed ones and drafts.

    Example:  kummi plugin list --plugins-dir drafts
    """
    from kummi.catalogue.catalogue import NO_COUNTRY

    catalogue = app.found()

    def view() -> Shown:
        from kummi.views.plugin import plugin_row_view

        return [plugin_row_view(each, app.say) for each in catalogue.plugins]

    def show() -> None:
        if not catalogue.plugins:
            click.echo(app.say(NO_COUNTRY), err=True)
        for line in table([_row(app, each) for each in catalogue.plugins]):
            click.echo(line)

    app.finish(view, show)


def _row(app: App, info: PluginInfo) -> tuple[str, str, str, str]:
    faults = Message.plural("{count} fault", "{count} faults", info.faults) if info.faults else Message("sound")
    return (info.name, info.version, app.say(info.gives), app.say(faults))


@plugin.command("show", short_help="Show what a plugin gives and what it leaves open.")
@click.argument("name")
@global_options
@click.pass_obj
def show_(app: App, name: str) -> None:
    """Show what plugin NAME gives: its programmes, what nobody could verify, where sources disagree.

    Example:  kummi plugin show xx
    """
    from kummi.views.plugin import plugin_view

    catalogue = app.catalogue()
    info = next((each for each in catalogue.plugins if each.name == name), None)
    if info is None:
        raise NotFoundError(Message("plugin"), name, [each.name for each in catalogue.plugins])
    found = plugin_view(info, catalogue, app.say)
    app.finish(lambda: found, lambda: click.echo("\n".join(_lines(app, found))))


def _lines(app: App, found: PluginView) -> Iterator[str]:
    yield f"{found.name} {found.version}: {', '.join(found.gives)}"
    yield from (f"  {app.say(Message('broken: {fault}', fault=fault))}" for fault in found.faults)
    for each in found.reviews:
        said = Message(
            "reviewed: {about} by {by} on {on}: {scope}", about=each.about, by=each.by, on=each.on, scope=each.scope
        )
        yield f"  {app.say(said)}"
    yield "\n" + app.say(Message("Open questions ({count})", count=len(found.questions)))
    yield from (f"  ? {each.about}: {each.text}" for each in found.questions)
    yield "\n" + app.say(Message("Sources disagree ({count})", count=len(found.disagreements)))
    for point in found.disagreements:
        yield f"  {point.about}"
        yield from (f"    - {reading}" for reading in point.readings)


@plugin.command(short_help="Check a plugin: faults, proofs, texts, sources, stories.")
@click.argument("name", required=False)
@click.option("--no-stories", is_flag=True, help="Leave its stories unplayed; then the badge is at most 'sourced'.")
@click.option(
    "--verbose", is_flag=True, help="List every text and phrase that lacks a language, not only their number."
)
@global_options
@click.pass_context
def check(context: click.Context, name: str | None, no_stories: bool, verbose: bool) -> None:
    """Check plugin NAME, or all: every fault at once, each proof with its shortest counter-example, missing texts.

    The badge says how far it has come: draft, sourced, tested, reviewed; the last lines say what the next one takes.
    With --db, the open cases of that database that the plugin would leave stranded are counted. Exit 2 where there is
    a fault or a stranded case.

    Example:  kummi plugin check xx
    """
    from kummi.casework.stranded import count_stranded
    from kummi.catalogue.maturity import check_plugin
    from kummi.testing.stories import play_all, stories_of
    from kummi.views.plugin import plugin_report_view

    app = context.ensure_object(App)
    catalogue = _with_commands_asked(app.catalogue())
    reports = []
    for each in [name] if name else [info.name for info in catalogue.plugins]:
        stories = () if no_stories else stories_of(each, None, app.settings.plugins_dir)
        reports.append(check_plugin(catalogue, each, partial(play_all, stories, catalogue) if stories else None))
    groups = count_stranded(app.store(), catalogue) if app.settings.db else []
    shown = [plugin_report_view(each, _stranded_by(each.plugin, groups), app.say) for each in reports]
    app.finish(lambda: shown, lambda: click.echo("\n".join(_all_lines(app, shown, verbose))))
    if any(each.faults or each.stranded or (each.stories and each.stories.failed) for each in shown):
        context.exit(2)


def _with_commands_asked(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with the faults of plugins that fail to add their commands."""
    from kummi.catalogue.catalogue import PluginFault
    from kummi.cli.root import PluginCommands

    failures = catalogue.behaviour.commands(PluginCommands("kummi"))
    failing = [each for each in catalogue.plugins if str(each) in failures]
    more = [PluginFault(each.name, each.version, fault) for each in failing for fault in failures[str(each)].faults]
    return replace(catalogue, faults=(*catalogue.faults, *more))


def _stranded_by(plugin: PluginInfo, groups: Sequence[StrandedGroup]) -> list[StrandedGroup]:
    """Return the groups of stranded cases that are for this plugin to mend: of its programmes, or of its countries."""
    of_countries = tuple(f"{code.lower()}-" for code in (*plugin.countries, plugin.name))
    return [each for each in groups if each.programme in plugin.programmes or each.programme.startswith(of_countries)]


def _all_lines(app: App, reports: Sequence[PluginReportView], verbose: bool) -> Iterator[str]:
    for report in reports:
        yield from _report_lines(app, report, verbose)


def _report_lines(app: App, report: PluginReportView, verbose: bool) -> Iterator[str]:
    from kummi.casework.stranded import StrandedGroup

    yield f"{report.name} {report.version}: {app.translator().term('badge', report.maturity)}"
    yield from (f"  ✗ {fault}" for fault in report.faults)
    yield from (f"  ✗ {app.say(StrandedGroup(**each.model_dump()).message)}" for each in report.stranded)
    for programme in dict.fromkeys(each.programme for each in report.proofs):
        own = [each for each in report.proofs if each.programme == programme]
        yield f"  {programme}: " + ", ".join(
            f"{'✓' if each.holds else '✗'} {app.translator().term('proof', each.proof)}" for each in own
        )
        for each in own:
            yield from (f"      {violation}" for violation in each.violations if not each.holds)
    yield from _missing_lines(app, report, verbose)
    yield "  " + app.say(Message("open questions: {count}", count=report.questions))
    if report.stories:
        played, departures = report.stories.played, len(report.stories.failed)
        said = Message("stories: {played} played, {departures} departures", played=played, departures=departures)
        yield f"  {app.say(said)}"
        yield from (f"    ! {each}" for each in report.stories.failed)
    if report.next:
        told = {*report.faults, *(report.stories.failed if report.stories else ())}
        yield from _next_lines(app, report.next, told)


def _missing_lines(app: App, report: PluginReportView, verbose: bool) -> Iterator[str]:
    own = [each for each in report.missing if each.key is None]
    of_core = [each for each in report.missing if each.key is not None]
    for counts, listed, is_own in ((report.missing_texts, own, True), (report.missing_words, of_core, False)):
        said = ", ".join(f"{language} {count}" for language, count in counts.items() if count)
        if said:
            title = app.translator().gettext(
                "missing texts of its own: {counts}" if is_own else "missing words of core: {counts}", counts=said
            )
            hint = "" if verbose else " " + app.say(Message("(--verbose lists them)"))
            yield f"  {title}{hint}"
            yield from (_missing_line(each) for each in listed if verbose)


def _missing_line(each: MissingView) -> str:
    text = f"{each.key}: {each.text}" if each.key else each.text
    return f"    {each.where}: {each.language}: {text}"


def _next_lines(app: App, badge: NextBadgeView, told: set[str]) -> Iterator[str]:
    """Yield what the next badge takes; what stands above already is only counted."""
    said = [f"{each.where}: {each.message}" if each.where else each.message for each in badge.steps]
    above = sum(each in told for each in said)
    yield "  " + app.say(Message("to reach `{badge}`:", badge=term("badge", badge.badge)))
    if above:
        yield "    " + app.say(Message("- mend what is marked above ({above})", above=above))
    yield from (f"    - {each}" for each in said if each not in told)
