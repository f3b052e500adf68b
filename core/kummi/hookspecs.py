"""Every hook of Kummi, and the two markers. Nothing else.

A hook is a question that core asks plugins. Core passes every argument by name, so a
plugin's function takes only those it needs. Answers are checked when they are collected:
a wrong type is a fault that names the plugin.

Three shapes: *asked at load* (returns values, no side effects), *asked for one case*
(returns values, no side effects), *told afterwards* (returns nothing).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    import click

    from kummi.model.case import Case
    from kummi.model.country import Country
    from kummi.model.event import Event
    from kummi.model.facts import Facts
    from kummi.model.funding import Scheme
    from kummi.model.programme import Programme
    from kummi.model.report import ReportFormat, Reports, ReportTable
    from kummi.model.rule import Finding, Rule
    from kummi.model.workflow import Move, Workflow

PROJECT = "kummi"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

# --- asked at load, once for each plugin -------------------------------------------------------------------------


@hookspec
def kummi_country() -> Country | None:
    """Describe the plugin's country: languages, currency, calendar, places, authorities, identity numbers, words.

    Asked: at load. Two plugins that describe one country are a fault that names both.

    Returns:
        The country, or None from a plugin that adds to another's country.
    """
    raise NotImplementedError  # a specification never runs


@hookspec
def kummi_words() -> dict[str, dict[str, str]]:
    """Say phrases of core in the country's own terms, or bring the phrases of a language that core lacks.

    Asked: at load; all answers are merged. They come before core's catalogue of the language. A phrase that neither
    has is shown in English and counted by ``plugin check``.

    Returns:
        For each language code the English phrase and its translation, as in a gettext catalogue:
        ``{"xx": {"good until {day}": "...", "phase|support": "..."}}``. A phrase with a context is ``context|phrase``;
        one that counts has two keys, for 1 and for other numbers. ``kummi/locale/kummi.pot`` lists all of them.
    """
    raise NotImplementedError


@hookspec
def kummi_programmes() -> Sequence[Programme]:
    """Declare programmes. Their ids begin with the country's code: ``xx-harbour``.

    Asked: at load; all answers are joined, and two programmes of one id are a fault that names both plugins.
    """
    raise NotImplementedError


@hookspec
def kummi_extends() -> Sequence[str]:
    """Name the programmes of other plugins whose cases this plugin wants to be asked about.

    Asked: at load. A plugin is always asked about cases of the programmes that it declares itself, and about those of
    other plugins only if it names them here. A programme of a country that is not installed is passed over; one that
    its country does not have is a fault with the nearest name.

    Returns:
        The ids of programmes, such as ``["xx-harbour"]``.
    """
    raise NotImplementedError


# --- asked at load, once for each programme ----------------------------------------------------------------------


@hookspec
def kummi_workflow(programme: str) -> Workflow | None:
    """Give the workflow of one programme.

    Asked: at load, for every programme. Exactly one plugin may answer; two are a fault that names both.

    Args:
        programme: The id of a declared programme.

    Returns:
        Its workflow, or None for a programme that is not this plugin's.
    """
    raise NotImplementedError


@hookspec
def kummi_older_workflows(programme: str) -> Sequence[Workflow]:
    """Give the older versions of the workflow of one programme, for the cases that were opened under them.

    Asked: at load, for every programme. No two answers may hold the same version, nor the one that is current.

    Args:
        programme: The id of a declared programme.

    Returns:
        The older versions; a case goes by the one that it is pinned to as long as it is here.
    """
    raise NotImplementedError


@hookspec
def kummi_eligibility(programme: str) -> Sequence[Rule]:
    """Give rules that decide whether a household may enter the programme.

    Asked: at load, for every programme; the answers of all plugins are joined. A rule id that is taken is a fault.

    Args:
        programme: The id of a declared programme.
    """
    raise NotImplementedError


@hookspec
def kummi_funding(programme: str) -> Sequence[Scheme]:
    """Give the schemes of public money per person that apply to households of the programme.

    Asked: at load, for every programme; the answers of all plugins are joined. A scheme id that is taken is a fault.

    Args:
        programme: The id of a declared programme.
    """
    raise NotImplementedError


@hookspec
def kummi_reports(programme: str) -> Reports | None:
    """Give indicators, report formats and duties to report.

    Asked: at load, for every programme; the answers of all plugins are joined, so that a research institute can add
    a report to a country that it does not own.

    Args:
        programme: The id of a declared programme.
    """
    raise NotImplementedError


# --- asked for one case ------------------------------------------------------------------------------------------


@hookspec
def kummi_check_move(case: Case, move: Move, facts: Facts) -> Sequence[Finding]:
    """Add findings to a move that data cannot express.

    Asked: whenever moves of a case are shown or taken, of the plugin that declares the case's programme and of those
    that extend it (``kummi_extends``); their answers are joined. A finding that is not met or unknown closes the move.
    A plugin that raises leaves one finding that says so and is unknown: that move is closed, the others are as they
    are. Side effects are not allowed.

    Args:
        case: The state of the case.
        move: The move that is looked at.
        facts: The facts of the case; ``facts.on`` is the business date.
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def kummi_render(report: ReportTable, format: ReportFormat) -> bytes | None:  # noqa: A002 (the word of the field)
    """Write a report in a file format of one's own.

    Asked: by ``report build --to-file NAME`` when core itself does not know the file format, of the plugin that
    declares the report, the one that declares its programme, and those that extend it. The first answer counts.

    Args:
        report: Columns and rows, ready to be written.
        format: The declared form of the report.

    Returns:
        The bytes of the file, or None for a format that is not this plugin's.
    """
    raise NotImplementedError


# --- told afterwards ---------------------------------------------------------------------------------------------


@hookspec
def kummi_after_event(events: Sequence[Event]) -> None:
    """Observe events after they were committed.

    Told: every plugin, once for each transaction, with the list of all events that it wrote, in their order. One action
    on a case is a list of one; an import is one list; a move of many cases comes in parts of some thousands. Never told
    of rehearsals, dry runs and stories. An observer that fails is named on the error stream and undoes nothing.

    Args:
        events: What happened (``kind``, ``version`` of its form, ``happened_on``, ``recorded_at``, ``data``), to which
            stream (``stream.kind``, such as ``case``, and ``stream.id``; ``ref``, the name that people use for it;
            ``programme``), as which of its events (``seq``), by which action (``action``: all events that one command
            wrote carry its id). A kind of stream or event that an observer does not know is to be passed over. Nothing
            in it is personal.
    """
    raise NotImplementedError


@hookspec
def kummi_commands(cli: click.Group) -> None:
    """Add commands to the command line.

    Asked: when the command line does not know the command that was typed, for ``--help``, and by ``plugin check``. A
    name that is taken cannot be added. A plugin that fails here is named on the error stream, and the commands of the
    others are there. Each command takes the options that all commands take (``--json``, ``--db`` and so on), before it
    or after it; ``click.get_current_context().obj.settings`` has what they say.

    Args:
        cli: A group to add commands to, with ``cli.add_command``; they stand beside core's own.
    """
    raise NotImplementedError
