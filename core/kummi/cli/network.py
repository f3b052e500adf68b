"""``kummi network``: compare countries; no personal data comes here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kummi.cli.app import App, business_date
from kummi.cli.options import force_option, global_options
from kummi.errors import Fault, InputError, did_you_mean
from kummi.message import Message

if TYPE_CHECKING:
    from kummi.network.comparison import Comparison, Topic
    from kummi.views.base import Shown


@click.group(short_help="Compare countries by what their plugins declare.")
@global_options
def network() -> None:
    """Compare countries. Only what plugins declare is read, never a case.

    Example:  kummi network compare --on 2025-06-01
    """


ALL = "all"
_TOPICS = ("overview", "stages", "eligibility", "funding", "reports", "words")


@network.command(short_help="Put programmes side by side.")
@click.argument("names", nargs=-1, metavar="[COUNTRY|PROGRAMME]...")
@click.option("--topic", multiple=True, metavar="TOPIC", help=f"One of {', '.join(_TOPICS)}; or {ALL}. Repeatable.")
@click.option("--full", is_flag=True, help="Leave out nothing, however long it gets.")
@click.option("--sources", is_flag=True, help="Print every source with its address.")
@click.option(
    "--to-file",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write it to this file, whole: .md, .xlsx (a sheet a topic) or .json.",
)
@force_option
@global_options
@click.pass_obj
def compare(
    app: App,
    names: tuple[str, ...],
    topic: tuple[str, ...],
    full: bool,
    sources: bool,
    target: Path | None,
    force: bool,
) -> None:
    """Compare programmes, or all those of a country; without a name, all there are.

    Without a topic it is an overview of one screen: who runs each programme, for whom, in what form, for how long,
    since when, its status, its money and its badge. The badge is the one that needs no stories played;
    'kummi plugin check' plays them.

    Example:  kummi network compare --topic eligibility --on 2025-06-01
    """
    from kummi.cli.sections import comparison_lines
    from kummi.network.topics import compare as side_by_side

    topics, write = _topics(topic), _writer(target)
    found = side_by_side(app.catalogue(), app.on, app.language, names, topics)

    if target is None:
        app.finish(lambda: _compared(found), lambda: _print(comparison_lines(found, full=full, sources=sources)))
    else:
        from kummi.store.output_file import write_file

        write_file(target, write(found), personal=False, force=force)
        app.finish(lambda: _written(target), lambda: click.echo(app.say(Message("{file} is written.", file=target))))


@network.command(short_help="Say what differs: two programmes, two countries, or two days.")
@click.argument("left", metavar="COUNTRY|PROGRAMME")
@click.argument("right", metavar="[COUNTRY|PROGRAMME]", required=False)
@click.option("--and", "other_day", metavar="DATE", help="The other day: say what changes between --on and this day.")
@click.option("--sources", is_flag=True, help="Print every source with its address.")
@global_options
@click.pass_obj
def diff(app: App, left: str, right: str | None, other_day: str | None, sources: bool) -> None:
    """Say in sentences what two programmes, or two countries, declare differently; or what changes between two days.

    Everything declared is looked at: stages, moves, tasks, deadlines, rules, money, reports, fields and authorities. Of
    two days it is said what is new, what is no longer so, and for whom the older law goes on.

    Example:  kummi network diff xx-harbour --on 2024-06-01 --and 2025-06-01
    """
    if (right is None) is (other_day is None):
        raise InputError(Fault(Message("network diff"), Message("expected two names, or one name with --and DATE")))
    if right is not None:
        _two_names(app, left, right, sources)
    else:
        _two_days(app, left, str(other_day), sources)


def _two_names(app: App, left: str, right: str, sources: bool) -> None:
    from kummi.cli.sections import difference_lines
    from kummi.network.difference import differ

    found = differ(app.catalogue(), left, right, app.on, app.language)

    def view() -> Shown:
        from kummi.views.network import differences_view

        return differences_view(found)

    app.finish(view, lambda: _print(difference_lines(found, sources=sources)))


def _two_days(app: App, name: str, other_day: str, sources: bool) -> None:
    from kummi.cli.sections import change_lines
    from kummi.network.law import law_changes

    days = (app.on, business_date(other_day, "--and"))
    found = law_changes(app.catalogue(), name, days, app.language)

    def view() -> Shown:
        from kummi.views.network import changes_view

        return changes_view(found)

    app.finish(view, lambda: _print(change_lines(found, sources=sources)))


def _written(target: Path) -> Shown:
    from kummi.views.network import ComparisonFileView

    return ComparisonFileView(file=str(target))


def _compared(found: Comparison) -> Shown:
    from kummi.views.network import comparison_view

    return comparison_view(found)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _topics(names: Sequence[str]) -> tuple[Topic, ...]:
    from kummi.network.comparison import Topic

    for name in names:
        if name not in (*_TOPICS, ALL):
            raise InputError(
                Fault(
                    "--topic",
                    Message("no topic named '{name}'{hint}", name=name, hint=did_you_mean(name, (*_TOPICS, ALL))),
                )
            )
    chosen = _TOPICS if ALL in names else names or _TOPICS[:1]
    return tuple(Topic(name) for name in dict.fromkeys(chosen))


def _writer(target: Path | None) -> Callable[[Comparison], bytes]:
    """Return what writes a file of this kind. Raises InputError that says which kinds there are."""
    from kummi.network.comparison_files import as_markdown, as_workbook
    from kummi.views.base import to_json

    writers: dict[str, Callable[[Comparison], bytes]] = {
        ".md": lambda found: as_markdown(found).encode(),
        ".xlsx": as_workbook,
        ".json": lambda found: (to_json(_compared(found)) + "\n").encode(),
    }
    ending = target.suffix.lower() if target else ".md"
    if ending not in writers:
        raise InputError(
            Fault(
                "--to-file",
                Message(
                    "'{target}' ends in none of {writers}, which can be written",
                    target=target,
                    writers=", ".join(writers),
                ),
            )
        )
    return writers[ending]
