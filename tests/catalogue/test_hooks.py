"""Each hook, asked of a plugin as core asks it. ``test_every_hook_...`` fails for a hook without a test of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import click
import pluggy
import pytest

from kummi import Case, Event, Facts, Finding, Move, Pathway, Phase, Result, StreamId, Text, hookimpl, hookspecs
from kummi.catalogue import FoundPlugin, load_found
from kummi.catalogue.country_plugin import CountryPlugin
from kummi.catalogue.plugin_manager import HOOKS
from kummi.errors import PluginError
from kummi.i18n.translator import translator_of
from kummi.model.base import Origin
from kummi.testing.harbourland import harbourland, harbourland_plugin

ROOT = Path(__file__).parents[2]
CASE = Case(1, "XX", "xx-harbour", "2025.1", False, "hailed", Phase.REFERRAL, date(2025, 1, 1), date(2025, 1, 1),
            Pathway.ASYLUM, 1, 1, 0)  # fmt: skip
FACTS = Facts(date(2025, 1, 2), {})


def all_hooks() -> list[str]:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return sorted(name for name in vars(manager.hook) if name.startswith("kummi_"))


def first_move() -> Move:
    return harbourland().programme("xx-harbour").workflow.moves[0]


def test_every_hook_has_a_test_of_its_own() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))

    assert [name for name in all_hooks() if f"def test_hook_{name}(" not in sources] == []


def test_every_hook_has_a_section_in_the_manual() -> None:
    page = (ROOT / "docs" / "hooks.md").read_text()

    assert [name for name in all_hooks() if not re.search(rf"^### {name}$", page, re.MULTILINE)] == []


def test_every_hook_has_a_type_that_its_answers_are_checked_against() -> None:
    assert sorted(HOOKS) == all_hooks()


def test_hook_kummi_country() -> None:
    assert harbourland().country("XX").currency == "XTS"


def test_hook_kummi_words() -> None:
    class Guest:
        @hookimpl
        def kummi_words(self) -> dict[str, dict[str, str]]:
            return {"xx": {"phase|support": "helpo", "outcome|declined": "no vol"}, "zz": {"phase|support": "z"}}

    entry = harbourland(Guest()).programme("xx-harbour")

    assert translator_of(entry, "xx").term("outcome", "declined") == "no vol"
    assert "zz" not in entry.terms


def test_hook_kummi_programmes() -> None:
    other = harbourland_plugin().kummi_programmes()[1].model_copy(update={"id": "xx-pier"})

    class Guest:
        @hookimpl
        def kummi_programmes(self) -> Sequence[Any]:
            return [other]

        @hookimpl
        def kummi_workflow(self, programme: str) -> Any:
            return harbourland_plugin().kummi_workflow("xx-harbour") if programme == "xx-pier" else None

    catalogue = harbourland(Guest())

    assert catalogue.faults == ()
    assert catalogue.programme("xx-pier").country.code == "XX"


def test_hook_kummi_workflow() -> None:
    assert harbourland().programme("xx-lighthouse").workflow.initial == "hailed"


def test_hook_kummi_older_workflows() -> None:
    newest = harbourland_plugin().kummi_workflow("xx-harbour")
    pier = harbourland_plugin().kummi_programmes()[1].model_copy(update={"id": "xx-pier"})

    class Guest:
        @hookimpl
        def kummi_programmes(self) -> Sequence[Any]:
            return [pier]

        @hookimpl
        def kummi_workflow(self, programme: str) -> Any:
            return newest if programme == "xx-pier" else None

        @hookimpl
        def kummi_older_workflows(self, programme: str) -> Sequence[Any]:
            return [newest.model_copy(update={"version": "0.9"})] if programme == "xx-pier" else []

    entry = harbourland(Guest()).programme("xx-pier")

    assert entry.workflow.version == newest.version
    assert set(entry.workflows) == {"0.9", newest.version}


def test_hook_kummi_eligibility() -> None:
    assert [rule.id for rule in harbourland().programme("xx-harbour").rules][:2] == ["xx-pathway", "xx-permit"]


def test_hook_kummi_funding() -> None:
    assert [each.id for each in harbourland().programme("xx-harbour").schemes] == ["xx-harbour-money", "xx-crew-grant"]


def test_hook_kummi_reports() -> None:
    assert [each.id for each in harbourland().programme("xx-harbour").reports.duties] == ["xx-yearly-report"]


class Extends:
    """A plugin that asks to be asked about cases of Harbourland."""

    @hookimpl
    def kummi_extends(self) -> Sequence[str]:
        return ["xx-harbour"]


def test_hook_kummi_extends() -> None:
    class Tide(Extends):
        @hookimpl
        def kummi_check_move(self) -> Sequence[Finding]:
            return [Finding("tide", Result.NOT_MET, Text.model_validate("low"))]

    behaviour = harbourland(Tide()).behaviour
    elsewhere = replace(CASE, programme="xx-lighthouse")

    assert [each.rule for each in behaviour.check_move(CASE, first_move(), FACTS)] == ["tide"]
    assert behaviour.check_move(elsewhere, first_move(), FACTS) == ()
    assert behaviour.checks_moves_of("xx-harbour")
    assert not behaviour.checks_moves_of("xx-lighthouse")


def test_programme_that_its_country_does_not_have_cannot_be_extended() -> None:
    class Misspelled:
        @hookimpl
        def kummi_extends(self) -> Sequence[str]:
            return ["xx-harbor", "yy-not-installed"]

    (fault,) = harbourland(Misspelled()).faults

    assert (fault.plugin, str(fault.fault.message)) == (
        "other-1", "there is no programme 'xx-harbor' to extend; did you mean 'xx-harbour'?",
    )  # fmt: skip
    assert fault.fault.where.startswith("test_hooks.py:")


def test_plugin_that_declares_a_programme_is_asked_about_its_cases_without_further_ado() -> None:
    class Own(CountryPlugin):
        @hookimpl
        def kummi_check_move(self) -> Sequence[Finding]:
            return [Finding("tide", Result.NOT_MET, Text.model_validate("low"))]

    catalogue = load_found([FoundPlugin("xx", "1.0", Own("kummi.testing.harbourland"))])

    assert [each.rule for each in catalogue.behaviour.check_move(CASE, first_move(), FACTS)] == ["tide"]


def test_hook_kummi_check_move() -> None:
    class Tide(Extends):
        @hookimpl
        def kummi_check_move(self, case: Case, facts: Facts) -> Sequence[Finding]:
            return [Finding("tide", Result.NOT_MET, Text.model_validate(f"{case.ref} waits on {facts.on}"))]

    (finding,) = harbourland(Tide()).behaviour.check_move(CASE, first_move(), FACTS)

    assert (finding.rule, finding.result, str(finding.reason)) == ("tide", Result.NOT_MET, "XX-1 waits on 2025-01-02")


@pytest.mark.parametrize("raised", [KeyError("moon"), SystemExit(3)])
def test_plugin_that_fails_to_check_a_move_is_named_and_does_not_let_it_pass(raised: BaseException) -> None:
    class Fails(Extends):
        @hookimpl
        def kummi_check_move(self) -> Sequence[Finding]:
            raise raised

    (finding,) = harbourland(Fails()).behaviour.check_move(CASE, first_move(), FACTS)

    assert (finding.rule, finding.result) == ("plugin-other-1", Result.UNKNOWN)
    said = rf"plugin other-1 1\.0 cannot be asked: test_hooks\.py:\d+: kummi_check_move raises {type(raised).__name__}"
    assert re.fullmatch(said, str(finding.reason))


def test_plugin_that_answers_a_move_with_something_else_is_named() -> None:
    class Wrong(Extends):
        @hookimpl
        def kummi_check_move(self) -> Sequence[Finding]:
            return ["no"]  # type: ignore[list-item]

    (finding,) = harbourland(Wrong()).behaviour.check_move(CASE, first_move(), FACTS)

    assert "plugin other-1 1.0 cannot be asked" in str(finding.reason)
    assert str(finding.reason).endswith("kummi_check_move answers with something else than findings")


def a_report(programme: str = "xx-harbour", plugin: str = "xx") -> tuple[Any, Any]:
    """Return a report and its form as far as they matter here."""
    origin = Origin(plugin=plugin, version="1.0", file="", line=0)
    return SimpleNamespace(programme=programme), SimpleNamespace(id="semaphore", origin=origin)


def test_hook_kummi_render() -> None:
    class Semaphore(Extends):
        @hookimpl
        def kummi_render(self, report: Any, format: Any) -> bytes | None:  # noqa: A002  # as the hook has it
            return b"flags" if format.id == "semaphore" else None

    behaviour = harbourland(Semaphore()).behaviour
    report, form = a_report()

    assert behaviour.render(report, form) == b"flags"
    assert behaviour.render(report, SimpleNamespace(id="smoke", origin=None)) is None  # type: ignore[arg-type]


def test_report_is_rendered_by_whoever_declares_it_and_by_nobody_that_has_no_part_in_it() -> None:
    class Semaphore:
        @hookimpl
        def kummi_render(self) -> bytes | None:
            return b"flags"

    class Foreign:
        @hookimpl
        def kummi_render(self) -> bytes | None:
            raise RuntimeError("not mine")

    behaviour = harbourland(Foreign(), Semaphore()).behaviour

    assert behaviour.render(*a_report(plugin="other-2")) == b"flags"
    assert behaviour.render(*a_report()) is None
    with pytest.raises(PluginError, match="plugin other-1"):
        behaviour.render(*a_report(plugin="other-1"))


EVENT = Event(
    StreamId("case", 1), "XX-1", "xx-harbour", "advanced", 1, "a" * 32, 7, date(2025, 1, 1),
    datetime(2025, 1, 2, tzinfo=UTC), {},
)  # fmt: skip


def test_hook_kummi_after_event() -> None:
    told: list[Event] = []

    class Logs:
        @hookimpl
        def kummi_after_event(self, events: Sequence[Event]) -> None:
            told.extend(events)

    assert harbourland(Logs()).behaviour.after_event([EVENT]) == {}
    assert told == [EVENT]


@pytest.mark.parametrize("raised", [OSError("full"), SystemExit(1)])
def test_observer_that_fails_is_reported_and_the_others_are_told(raised: BaseException) -> None:
    told: list[Event] = []

    class Fails:
        @hookimpl
        def kummi_after_event(self) -> None:
            raise raised

    class Logs:
        @hookimpl
        def kummi_after_event(self, events: Sequence[Event]) -> None:
            told.extend(events)

    failures = harbourland(Fails(), Logs()).behaviour.after_event([EVENT])

    assert list(failures) == ["other-1 1.0"]
    assert told == [EVENT]


def test_hook_kummi_commands() -> None:
    class Adds:
        @hookimpl
        def kummi_commands(self, cli: click.Group) -> None:
            cli.add_command(click.Command("tide"))

    group = click.Group("kummi")

    assert harbourland(Adds()).behaviour.commands(group) == {}
    assert list(group.commands) == ["tide"]


def test_hook_that_does_not_exist_is_a_fault_with_the_nearest_name() -> None:
    module = ModuleType("draft")

    @hookimpl
    def kummi_elegibility(programme: str) -> Sequence[Any]:
        return ()

    module.kummi_elegibility = kummi_elegibility  # type: ignore[attr-defined]
    (fault,) = harbourland(module).faults

    assert str(fault.fault.message) == "there is no hook 'kummi_elegibility'; did you mean 'kummi_eligibility'?"
    assert re.fullmatch(r"test_hooks\.py:\d+", fault.fault.where)


def test_hook_that_is_not_marked_is_a_fault() -> None:
    class Forgets:
        def kummi_country(self) -> None:
            return None

    assert [str(fault.fault.message) for fault in harbourland(Forgets()).faults] == [
        "'kummi_country' is not marked with @hookimpl, so nobody would ask it"
    ]


def line_of(words: str) -> int:
    """Return the line of this file that begins with these words."""
    lines = Path(__file__).read_text().splitlines()
    (found,) = (number for number, line in enumerate(lines, start=1) if line.strip().startswith(words))
    return found


def test_hook_that_asks_for_an_argument_that_nobody_gives_is_a_fault_at_its_def_with_the_nearest_name() -> None:
    class Asks:
        @hookimpl
        def kummi_workflow(self, programe: str, weather: str = "fine") -> None:
            return None

        @hookimpl(trylast=True)
        def kummi_country(self, weather: str) -> None:
            return None

    workflow, country = sorted((each.fault for each in harbourland(Asks()).faults), key=str)

    assert str(country) == (
        f"test_hooks.py:{line_of('def kummi_country(self, weather: str)')}: "
        "kummi_country is given no argument 'weather'; there is none"
    )
    assert str(workflow) == (
        f"test_hooks.py:{line_of('def kummi_workflow(self, programe: str')}: "
        "kummi_workflow is given no argument 'programe'; did you mean 'programme'?"
    )


def test_hook_that_raises_is_a_fault_at_the_line_that_raised() -> None:
    class Fails:
        @hookimpl
        def kummi_programmes(self) -> Sequence[Any]:
            return self.made()

        def made(self) -> Sequence[Any]:
            day = "2024-02-30"
            return [date.fromisoformat(day)]

    (fault,) = (each.fault for each in harbourland(Fails()).faults)

    assert fault.where == f"test_hooks.py:{line_of('return [date.fromisoformat(day)]')}"
    assert str(fault.message).startswith("kummi_programmes raised ValueError")


def test_hook_of_a_package_that_raises_in_another_module_is_a_fault_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "zz_fails"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from kummi import hookimpl\nfrom zz_fails import made\n\n\n@hookimpl\ndef kummi_programmes():\n    made.up()\n"
    )
    (folder / "made.py").write_text("import json\n\n\ndef up():\n    json.loads('{')\n")
    monkeypatch.syspath_prepend(tmp_path)

    (fault,) = (each.fault for each in harbourland(import_module("zz_fails")).faults)

    assert fault.where == "made.py:5"
