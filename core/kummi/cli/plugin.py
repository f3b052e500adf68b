"""``kummi plugin``: what is installed, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from kummi.cli.app import App
from kummi.cli.options import global_options
from kummi.cli.table import table
from kummi.errors import NotFoundError

if TYPE_CHECKING:
    from kummi.casework.stranded import StrandedGroup
    from kummi.catalogue.catalogue import Catalogue, PluginInfo
    from kummi.catalogue.maturity import Missing, PluginReport


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
    rows = [
        {"name": each.name, "version": each.version, "gives": list(each.gives), "faults": each.faults}
        for each in catalogue.plugins
    ]

    def show() -> None:
        if not rows:
            click.echo(NO_COUNTRY, err=True)
        lines = [
            (each.name, each.version, ", ".join(each.gives), f"{each.faults} faults" if each.faults else "sound")
            for each in catalogue.plugins
        ]
        for line in table(lines):
            click.echo(line)

    app.finish(rows, show)


@plugin.command("show", short_help="Show what a plugin gives and what it leaves open.")
@click.argument("name")
@global_options
@click.pass_obj
def show_(app: App, name: str) -> None:
    """Show what plugin NAME gives: its programmes, what nobody could verify, where sources disagree.

    Example:  kummi plugin show xx
    """
    catalogue = app.catalogue()
    info = next((each for each in catalogue.plugins if each.name == name), None)
    if info is None:
        raise NotFoundError("plugin", name, [each.name for each in catalogue.plugins])
    programmes = [catalogue.programmes[key].programme for key in info.programmes if key in catalogue.programmes]
    countries = [catalogue.countries[code] for code in info.countries if code in catalogue.countries]
    asked = [*((each.code, each.questions) for each in countries), *((each.id, each.questions) for each in programmes)]
    questions = [(about, app.say(each.text)) for about, found in asked for each in found]
    reviewed = [*((each.code, each.reviews) for each in countries), *((each.id, each.reviews) for each in programmes)]
    points = [*(each.disagreements for each in countries), *(each.disagreements for each in programmes)]
    disagreements = [
        (app.say(point.about), [f"{app.say(each.says)} [{each.reference[0].title}]" for each in point.readings])
        for found in points
        for point in found
    ]
    data: dict[str, Any] = {
        "name": info.name,
        "version": info.version,
        "gives": list(info.gives),
        "faults": [str(each) for each in catalogue.faults if each.plugin == info.name],
        "reviews": [
            {"about": about, "by": each.by, "on": each.on, "scope": app.say(each.scope)}
            for about, found in reviewed
            for each in found
        ],
        "questions": [{"about": about, "text": text} for about, text in questions],
        "disagreements": [{"about": about, "readings": readings} for about, readings in disagreements],
    }
    app.finish(data, lambda: click.echo("\n".join(_lines(data))))


def _lines(data: dict[str, Any]) -> Iterator[str]:
    yield f"{data['name']} {data['version']}: {', '.join(data['gives'])}"
    for fault in data["faults"]:
        yield f"  broken: {fault}"
    yield from (
        f"  reviewed: {each['about']} by {each['by']} on {each['on']}: {each['scope']}" for each in data["reviews"]
    )
    yield f"\nOpen questions ({len(data['questions'])})"
    yield from (f"  ? {each['about']}: {each['text']}" for each in data["questions"])
    yield f"\nSources disagree ({len(data['disagreements'])})"
    for each in data["disagreements"]:
        yield f"  {each['about']}"
        yield from (f"    - {reading}" for reading in each["readings"])


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

    app = context.ensure_object(App)
    catalogue = _with_commands_asked(app.catalogue())
    reports = []
    for each in [name] if name else [info.name for info in catalogue.plugins]:
        stories = () if no_stories else stories_of(each, None, app.settings.plugins_dir)
        reports.append(check_plugin(catalogue, each, partial(play_all, stories, catalogue) if stories else None))
    groups = count_stranded(app.store(), catalogue) if app.settings.db else []
    data = [_data(app, each) | {"stranded": _stranded_by(each.plugin, groups)} for each in reports]
    app.finish(data, lambda: click.echo("\n".join(_all_lines(data, verbose))))
    if any(each["faults"] or each["stranded"] or (each["stories"] and each["stories"]["failed"]) for each in data):
        context.exit(2)


def _with_commands_asked(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with the faults of plugins that fail to add their commands."""
    from kummi.catalogue.catalogue import PluginFault
    from kummi.cli.root import PluginCommands

    failures = catalogue.behaviour.commands(PluginCommands("kummi"))
    failing = [each for each in catalogue.plugins if str(each) in failures]
    more = [PluginFault(each.name, each.version, fault) for each in failing for fault in failures[str(each)].faults]
    return replace(catalogue, faults=(*catalogue.faults, *more))


def _stranded_by(plugin: PluginInfo, groups: Sequence[StrandedGroup]) -> list[dict[str, Any]]:
    """Return the groups of stranded cases that are for this plugin to mend: of its programmes, or of its countries."""
    of_countries = tuple(f"{code.lower()}-" for code in (*plugin.countries, plugin.name))
    mine = (each for each in groups if each.programme in plugin.programmes or each.programme.startswith(of_countries))
    return [asdict(each) for each in mine]


def _data(app: App, report: PluginReport) -> dict[str, Any]:
    return {
        "name": report.plugin.name,
        "version": report.plugin.version,
        "maturity": report.maturity.value,
        "faults": [str(each.fault) for each in report.faults],
        "proofs": [
            {
                "programme": each.programme,
                "proof": each.proof.value,
                "number": each.proof.number,
                "holds": each.holds,
                "flaws": [violation.said(app.language) for violation in each.violations],
            }
            for each in report.proofs
        ],
        "missing_texts": _counted(report, report.missing_texts),
        "missing_words": _counted(report, report.missing_words),
        "missing": [asdict(each) for each in (*report.missing_texts, *report.missing_words)],
        "unsourced": [str(each) for each in report.unsourced],
        "assumed": [str(each) for each in report.assumed],
        "questions": report.questions,
        "stories": {"played": report.scenarios.played, "failed": list(report.scenarios.failed)}
        if report.scenarios
        else None,
        "next": {"badge": report.next.value, "steps": [asdict(each) for each in report.to_reach]}
        if report.next
        else None,
    }


def _counted(report: PluginReport, missing: Sequence[Missing]) -> dict[str, int]:
    """Return how many are missing by language, English aside."""
    counts = Counter(each.language for each in missing)
    return {language: counts[language] for language in report.languages if language != "en"}


def _all_lines(reports: list[dict[str, Any]], verbose: bool) -> Iterator[str]:
    for data in reports:
        yield from _report_lines(data, verbose)


def _report_lines(data: dict[str, Any], verbose: bool) -> Iterator[str]:
    from kummi.casework.stranded import StrandedGroup

    yield f"{data['name']} {data['version']}: {data['maturity']}"
    for fault in data["faults"]:
        yield f"  ✗ {fault}"
    yield from (f"  ✗ {StrandedGroup(**each)}" for each in data["stranded"])
    programmes = dict.fromkeys(each["programme"] for each in data["proofs"])
    for programme in programmes:
        own = [each for each in data["proofs"] if each["programme"] == programme]
        yield f"  {programme}: " + ", ".join(f"{'✓' if each['holds'] else '✗'} {each['proof']}" for each in own)
        for each in own:
            yield from (f"      {violation}" for violation in each["flaws"] if not each["holds"])
    yield from _missing_lines(data, verbose)
    yield f"  open questions: {data['questions']}"
    if data["stories"]:
        stories = data["stories"]
        yield f"  stories: {stories['played']} played, {len(stories['failed'])} departures"
        yield from (f"    ! {each}" for each in stories["failed"])
    if data["next"]:
        told = {*data["faults"], *(data["stories"]["failed"] if data["stories"] else ())}
        yield from _next_lines(data["next"]["badge"], data["next"]["steps"], told)


def _missing_lines(data: dict[str, Any], verbose: bool) -> Iterator[str]:
    for title, key in (("texts of its own", "missing_texts"), ("words of core", "missing_words")):
        missing = {language: count for language, count in data[key].items() if count}
        if missing:
            counts = ", ".join(f"{language} {count}" for language, count in missing.items())
            yield f"  missing {title}: {counts}{'' if verbose else ' (--verbose lists them)'}"
            for each in data["missing"] if verbose else ():
                if (each["key"] is None) == (key == "missing_texts"):
                    said = f"{each['key']}: {each['text']}" if each["key"] else each["text"]
                    yield f"    {each['where']}: {each['language']}: {said}"


def _next_lines(badge: str, steps: list[dict[str, str]], told: set[str]) -> Iterator[str]:
    """Yield what the next badge takes; what stands above already is only counted."""
    said = [f"{each['where']}: {each['message']}" if each["where"] else each["message"] for each in steps]
    above = sum(each in told for each in said)
    yield f"  to reach `{badge}`:"
    if above:
        yield f"    - mend what is marked above ({above})"
    yield from (f"    - {each}" for each in said if each not in told)
