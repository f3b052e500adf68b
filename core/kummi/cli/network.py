"""``kummi network``: compare countries; no personal data comes here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kummi.cli.app import App
from kummi.cli.options import force_option, global_options
from kummi.errors import Fault, InputError, did_you_mean

if TYPE_CHECKING:
    from kummi.network.comparison import Comparison, Topic


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
    from kummi.network.compare import compare as side_by_side
    from kummi.network.plain import as_json

    topics, write = _topics(topic), _writer(target)
    found = side_by_side(app.catalogue(), app.on, app.language, names, topics)

    def show() -> None:
        for line in comparison_lines(found, full=full, sources=sources):
            click.echo(line)

    if target is None:
        app.finish(as_json(found), show)
    else:
        from kummi.store.output_file import write_file

        write_file(target, write(found), personal=False, force=force)
        click.echo(f"{target} is written.")


def _topics(names: Sequence[str]) -> tuple[Topic, ...]:
    from kummi.network.comparison import Topic

    for name in names:
        if name not in (*_TOPICS, ALL):
            raise InputError(Fault("--topic", f"no topic named '{name}'{did_you_mean(name, (*_TOPICS, ALL))}"))
    chosen = _TOPICS if ALL in names else names or _TOPICS[:1]
    return tuple(Topic(name) for name in dict.fromkeys(chosen))


def _writer(target: Path | None) -> Callable[[Comparison], bytes]:
    """Return what writes a file of this kind. Raises InputError that says which kinds there are."""
    import json

    from kummi.network.markdown import as_markdown
    from kummi.network.plain import as_json
    from kummi.network.workbook import as_workbook

    writers: dict[str, Callable[[Comparison], bytes]] = {
        ".md": lambda found: as_markdown(found).encode(),
        ".xlsx": as_workbook,
        ".json": lambda found: (json.dumps(as_json(found), ensure_ascii=False, indent=2) + "\n").encode(),
    }
    ending = target.suffix.lower() if target else ".md"
    if ending not in writers:
        raise InputError(Fault("--to-file", f"'{target}' ends in none of {', '.join(writers)}, which can be written"))
    return writers[ending]
