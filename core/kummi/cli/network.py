"""``kummi network``: compare countries; no personal data comes here."""

from __future__ import annotations

from pathlib import Path

import click

from kummi.cli.app import App
from kummi.cli.options import force_option, global_options
from kummi.errors import Fault, InputError, NotFoundError


@click.group(short_help="Compare countries by what their plugins declare.")
@global_options
def network() -> None:
    """Compare countries. Only what plugins declare is read, never a case.

    Example:  kummi network compare --on 2025-06-01
    """


_SECTIONS = (
    "programmes", "stages", "pathways", "reasons", "conditions", "money", "totals", "duties", "sources",
)  # fmt: skip


@network.command(short_help="Put all programmes side by side.")
@click.option("--section", "only", multiple=True, metavar="NAME", help=f"Only this part: {', '.join(_SECTIONS)}.")
@click.option("--markdown", is_flag=True, help="Print a Markdown document.")
@click.option("--to-file", "target", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file.")
@force_option
@global_options
@click.pass_obj
def compare(app: App, only: tuple[str, ...], markdown: bool, target: Path | None, force: bool) -> None:
    """Compare stages by phase, who may enter, money per person over three years, and duties to report.

    Example:  kummi network compare --section pathways --on 2025-06-01
    """
    import json

    from kummi.network.compare import compare as side_by_side
    from kummi.network.plain import as_json
    from kummi.network.tables import as_markdown
    from kummi.store.output_file import write_file

    is_markdown = markdown or (target is not None and target.suffix == ".md")
    for name in only:
        if name not in _SECTIONS:
            raise NotFoundError("section", name, _SECTIONS)
    if only and (is_markdown or app.settings.as_json):
        raise InputError(Fault("--section", "shortens what the terminal shows; a document and JSON are whole"))
    found = side_by_side(app.catalogue(), app.on, app.language)
    if app.settings.as_json:
        text = json.dumps(as_json(found), ensure_ascii=False, indent=2, default=str)
    elif is_markdown:
        text = as_markdown(found)
    else:
        from kummi.cli.sections import section_lines

        text = "\n".join(section_lines(found, only))
    if target is None:
        click.echo(text)
        return
    write_file(target, f"{text}\n".encode(), personal=False, force=force)
    click.echo(f"{target} is written.")
