"""``kummi demo``: the main job, shown from beginning to end on a throw-away database."""

from __future__ import annotations

import itertools
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kummi.cli.app import App
from kummi.cli.options import global_options
from kummi.cli.table import table
from kummi.errors import IntegrityError, PluginError
from kummi.i18n.terms import term
from kummi.i18n.translator import translator_of
from kummi.message import Message
from kummi.model.dates import Period, months_after

if TYPE_CHECKING:
    from kummi.casework.context import Context
    from kummi.casework.listing import TimelineEntry
    from kummi.catalogue.catalogue import Catalogue
    from kummi.funding.entitlement_line import Entitlement
    from kummi.model.case import LoadedCase
    from kummi.model.programme import ProgrammeEntry
    from kummi.store.database import Store
    from kummi.testing.play import ScenarioResult
    from kummi.testing.scenario import Scenario


@click.command(short_help="Show the main job on a throw-away database.")
@click.option("--full", is_flag=True, help="Every country's case, money and report in full, not only one of each.")
@global_options
@click.pass_obj
def demo(app: App, full: bool) -> None:
    """Take one invented household through a programme of every installed country, and show what Kummi does on the way.

    One case is told in full and the others in two lines each; --full tells all.

    Nothing is kept: the database and the report files lie in a folder that is gone afterwards.

    Example:  kummi demo
    """
    from kummi.store.database import Store, find_url
    from kummi.store.schema import create_or_upgrade

    catalogue = app.catalogue()
    stories = list(_stories(catalogue))
    if not stories:
        raise PluginError(
            Message("no installed plugin tells a demo story; install a country, e.g. pip install ./plugins/*/")
        )
    with tempfile.TemporaryDirectory(prefix="kummi-demo-") as folder:
        store = Store(find_url(str(Path(folder) / "demo.sqlite3")))
        create_or_upgrade(store)
        try:
            tour = _Tour(app, _context(store, catalogue, stories[0].on), stories, Path(folder), full)
            for number, (title, part) in enumerate(tour.parts(), 1):
                click.echo(f"=== {number}. {app.say(title)}")
                for line in part():
                    click.echo(line)
                click.echo()
        finally:
            store.close()
    typed = sys.argv[0] if "/" in sys.argv[0] else "kummi"
    click.echo(f"=== {app.say(Message('Try next'))}")
    if not full:
        click.echo(
            "  "
            + app.say(
                Message(
                    "{typed} demo --full               every country's case in full, with every source", typed=typed
                )
            )
        )
    running = next(key for key, entry in sorted(catalogue.programmes.items()) if _runs(entry, app.on))
    click.echo("  " + app.say(Message("{typed} init                      make a database of your own", typed=typed)))
    click.echo(
        "  "
        + app.say(
            Message("{typed} programme show {running}   how it works and who may enter", typed=typed, running=running)
        )
    )
    click.echo(
        "  "
        + app.say(
            Message(
                "{typed} case open {running}        answer the questions, then: {typed} case next NUMBER",
                typed=typed,
                running=running,
            )
        )
    )


def _runs(entry: ProgrammeEntry, on: date) -> bool:
    return entry.programme.status.takes_cases and entry.programme.window.contains(on)


def _stories(catalogue: Catalogue) -> Iterator[Scenario]:
    from kummi.testing.scenario import read_scenario
    from kummi.testing.stories import DEMO, stories_of

    for info in catalogue.plugins:
        for path in stories_of(info.name):
            if path.name == DEMO and (story := read_scenario(path)).programme in catalogue.programmes:
                yield story


def _context(store: Store, catalogue: Catalogue, on: date) -> Context:
    from kummi.casework.context import Context

    numbers = itertools.count(1)
    return Context(
        store, catalogue, "demo", on, lambda: datetime.combine(on, time(9), UTC), lambda: f"{next(numbers):032x}"
    )


def _folded(text: str, indent: int) -> str:
    """Fold a text at the width of a small screen, under its own beginning."""
    return textwrap.fill(text, 80, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2))


def _cut(line: str, width: int = 76) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _two_years_after(day: date) -> date:
    return months_after(day, 24) - timedelta(days=1)


def _outcome(told: ScenarioResult) -> Message | None:
    return term("outcome", told.case.outcome) if told.case and told.case.outcome else None


@dataclass
class _Tour:
    app: App
    context: Context
    stories: list[Scenario]
    folder: Path
    full: bool

    def __post_init__(self) -> None:
        self.told: list[ScenarioResult] = []

    def parts(self) -> Iterator[tuple[Message, Callable[[], Iterator[str]]]]:
        """Yield each part of the tour: its title, and what gives its lines."""
        yield Message("Every workflow is proved before anything runs"), self.proofs
        yield Message("One invented household in a programme of every country"), self.households
        yield Message("A refusal says which rule, why, and where it is written"), self.refusal
        if self.full:
            yield Message("The story of one case"), self.timeline
        yield Message("What public money the case brings to whom"), self.money
        yield Message("The report files that funders ask for"), self.reports
        yield Message("The countries side by side"), self.comparison
        yield Message("The record proves itself"), self.audit

    def proofs(self) -> Iterator[str]:
        """Prove the workflow of every programme."""
        from kummi.lifecycle.proofs.prove import prove

        rows = []
        for key, entry in sorted(self.context.catalogue.programmes.items()):
            violations = [violation for violation in prove(entry) if not violation.gap]
            stages, tasks = len(entry.workflow.stages), len(entry.workflow.tasks)
            rows.append(
                (
                    "✗" if violations else "✓",
                    key,
                    self.app.say(term("status", entry.programme.status)),
                    self.app.say(Message("{stages} stages, {tasks} tasks", stages=stages, tasks=tasks)),
                )
            )
        proved = sum(row[0] == "✓" for row in rows)
        yield self.app.say(
            Message(
                "{proved} of {count}: every case can end; no match without consent, no meeting without clearance.",
                proved=proved,
                count=len(rows),
            )
        )
        yield from table([row for row in rows if self.full or row[0] == "✗"], "  ")

    def households(self) -> Iterator[str]:
        """Play every country's story, and say what was required at each stage of one of them, or of all."""
        from kummi.testing.play import play_at

        for story in self.stories:
            told = play_at(self.context, story)
            if told.case is None or not told.holds:
                raise PluginError(
                    Message(
                        "the demo story of {programme} departs: {departures}",
                        programme=story.programme,
                        departures=told.departures,
                    )
                )
            self.told.append(told)
        for told in self.told if self.full else [self._richest]:
            yield from self._in_full(told)
            yield ""
        if not self.full:
            yield from table([self._in_short(told) for told in self.told if told is not self._richest])

    def _title(self, told: ScenarioResult) -> str:
        assert told.case is not None
        return f"{told.case.ref}  {self.app.say(self.context.entry(told.scenario.programme).programme.title)}"

    def _in_short(self, told: ScenarioResult) -> tuple[str, ...]:
        moments = self._moments(told)
        tasks = sum(moment.event.kind == "recorded" for moment in moments)
        days = f"{told.scenario.on} – {moments[-1].event.happened_on}"
        said = Message("{tasks} tasks: {outcome}", tasks=tasks, outcome=_outcome(told))
        return (days, self.app.say(said), self._title(told))

    def _in_full(self, told: ScenarioResult) -> Iterator[str]:
        """Tell each stage of a case with what was done in it."""
        entry = self.context.entry(told.scenario.programme)
        titles = {task.id: self.app.say(task.title) for task in entry.workflow.tasks}
        stage, since, done = entry.workflow.stage(entry.workflow.initial), told.scenario.on, list[str]()
        yield f"{self._title(told)}: {told.scenario.scenario}"
        for moment in self._moments(told):
            event = moment.event
            if event.kind == "recorded":
                done.append(titles[event.data["task"]])
            elif event.kind in ("advanced", "closed"):
                yield f"  {since}  {self.app.say(stage.title)} ({self.app.say(term('phase', stage.phase))})"
                yield from (_folded(f"✓ {title}", indent=6) for title in done)
                stage, since, done = entry.workflow.stage(event.data["to"]), event.happened_on, []
        yield f"  {since}  {self.app.say(stage.title)}: {self.app.say(_outcome(told))}"

    def _moments(self, told: ScenarioResult) -> list[TimelineEntry]:
        from kummi.casework.listing import timeline

        assert told.case is not None
        return timeline(self.context, told.case.ref)[1]

    @cached_property
    def _richest(self) -> ScenarioResult:
        """The story of which the most money can be computed: it shows the arithmetic."""
        return max(self.told, key=lambda told: sum(line.money is not None for line in self._two_years(told)[1]))

    def _two_years(self, told: ScenarioResult) -> tuple[LoadedCase, tuple[Entitlement, ...]]:
        from kummi.casework.loading import load
        from kummi.funding.entitlements import entitlements_of

        assert told.case is not None
        end = _two_years_after(told.scenario.on)
        context = replace(self.context, on=end)
        with context.store.reading() as connection:
            loaded = load(context, connection, told.case.ref)
        return loaded, entitlements_of(loaded, Period(told.scenario.on, end))

    def refusal(self) -> Iterator[str]:
        """Ask for a household on another pathway until a programme refuses it."""
        from kummi.casework.opening import open_case
        from kummi.casework.recording import assess
        from kummi.cli.case_output import decision_lines
        from kummi.model.vocabulary import Pathway
        from kummi.testing.play import at

        for story in [self._richest.scenario, *self.stories]:
            context = at(self.context, story.on)
            entry = context.entry(story.programme)
            for pathway in Pathway:
                household = story.household.model_copy(update={"pathway": pathway})
                case = open_case(context, story.programme, household).case
                case, decision = assess(context, case.ref)
                if decision.outcome == "not_eligible":
                    against = [finding for finding in decision.findings if finding.result != "met"]
                    yield from decision_lines(self.app, case, replace(decision, findings=tuple(against)), entry)
                    return

    def timeline(self) -> Iterator[str]:
        """Tell the story of the case with the most events."""
        from kummi.cli.case_output import moment_row

        entry = self.context.entry(self._richest.scenario.programme)
        yield from table([moment_row(self.app, each, entry) for each in self._moments(self._richest)], "  ")

    def money(self) -> Iterator[str]:
        """Say what one person of that case, or all, brings to whom over two years."""
        from kummi.cli.funding import entitlement_lines

        start = self._richest.scenario.on
        loaded, lines = self._two_years(self._richest)
        shown = [line for line in lines if self.full or line.person == 1]
        yield self.app.say(
            Message(
                "{ref}, {start} to {two_years_after}; what no source gives is a gap, never nothing",
                ref=loaded.case.ref,
                start=start,
                two_years_after=_two_years_after(start),
            )
        )
        yield from entitlement_lines(self.app, loaded, shown, with_sources=self.full)

    def reports(self) -> Iterator[str]:
        """Build the first report of the programme of one story, or of all, in all three file forms."""
        from kummi.reporting.build import build
        from kummi.reporting.files import write_csv, write_json, write_xlsx

        for told in self.told if self.full else [self._richest]:
            entry = self.context.entry(told.scenario.programme)
            form = entry.reports.formats[0]
            days = Period(date(told.scenario.on.year, 1, 1), date(told.scenario.on.year + 1, 12, 31))
            with self.context.store.reading() as connection:
                made = build(connection, entry, form.id, days, translator_of(entry, entry.country.languages[0]))
                made = replace(made, rows=list(made.rows))
            name = self.folder / form.id
            name.with_suffix(".csv").write_bytes(write_csv(made, form.delimiter))
            name.with_suffix(".xlsx").write_bytes(write_xlsx(made))
            name.with_suffix(".json").write_bytes(write_json(made))
            yield self.app.say(
                Message(
                    "{id}.csv, .xlsx, .json: {say}, for {say2}",
                    id=form.id,
                    say=self.app.say(form.title),
                    say2=self.app.say(form.receiver),
                )
            )
            lines = name.with_suffix(".csv").read_text(encoding="utf-8-sig").splitlines()
            yield from (f"    {_cut(line)}" for line in lines[:3])

    def comparison(self) -> Iterator[str]:
        """Show the overview of all programmes."""
        from kummi.cli.sections import comparison_lines
        from kummi.network.topics import compare

        yield from comparison_lines(compare(self.context.catalogue, self._richest.scenario.on, self.app.language))

    def audit(self) -> Iterator[str]:
        """Prove the demo's own record."""
        from kummi.store.audit import verify

        verdict = verify(self.context.store)
        if verdict.faults:
            raise IntegrityError(Message("{faults}", faults=tuple(fault.located for fault in verdict.faults)))
        yield self.app.say(
            Message(
                "{cases} cases, {events} events: every state follows from its events.",
                cases=verdict.cases,
                events=verdict.events,
            )
        )
