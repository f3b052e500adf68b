"""The tests that every plugin of a country shares: its contract with core, given to it in one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from pathlib import Path

from kummi.catalogue.catalogue import Catalogue
from kummi.catalogue.maturity import PluginReport, check_plugin
from kummi.catalogue.provenance import origin_of
from kummi.errors import InputError
from kummi.lifecycle.proofs.violation import Proof
from kummi.model.base import Frozen
from kummi.model.criterion import After, Before, Within
from kummi.model.funding import Rate
from kummi.model.programme import ProgrammeEntry
from kummi.model.reference import Reference
from kummi.rules.inspect import walk
from kummi.testing.country import catalogue_of
from kummi.testing.play import play
from kummi.testing.scenario import Scenario, read_scenario
from kummi.testing.stories import stories_of

Check = Callable[[], None]
"""Raises AssertionError, which says everything that breaks one promise."""

_DAY_OR_MONTH = re.compile(r"\d{4}-\d{2}(-\d{2})?")


def contract(name: str, plugins_dir: Path | None = None) -> Callable[[Check], None]:
    """Return a pytest test of what must hold of a country's plugin: one item for each promise and each story.

    It loads without a fault, every proof of its workflows holds, every text is there in every language, everything has
    a source that says when it was read, every figure has its days, each programme has a story, and every story goes as
    it is told. In a test file of the plugin::

        from kummi.testing import contract

        test_contract = contract("xx")

    Args:
        name: The name of the plugin, which is the code of its country, or that of its draft folder.
        plugins_dir: A folder of drafts in which it lies, where it is not installed.
    """
    import pytest  # only who tests has it

    checks = dict(_Contract(name, plugins_dir).checks())

    @pytest.mark.parametrize("check", list(checks.values()), ids=list(checks))
    def test_contract(check: Check) -> None:
        check()

    return test_contract


class _Contract:
    """The promises of one plugin; it is read when the first of them is looked at."""

    def __init__(self, name: str, plugins_dir: Path | None) -> None:
        self.name = name
        self.stories = stories_of(name, plugins_dir=plugins_dir)
        self.plugins_dir = plugins_dir

    def checks(self) -> Iterator[tuple[str, Check]]:
        """Yield each promise with its name."""
        yield "loads-without-a-fault", self.loads
        for proof in Proof:
            yield f"proof-of-{proof.replace(' ', '-')}", partial(self.proof_holds, proof)
        yield "texts-in-every-language", self.texts
        yield "values-have-a-source", self.sources
        yield "sources-say-when-they-were-read", self.references
        yield "figures-have-their-days", self.figures
        yield "each-programme-has-a-story", self.told
        for story in self.stories:
            yield f"story-{story.stem}", partial(self.goes_as_told, story)

    @property
    def catalogue(self) -> Catalogue:
        """The plugin with what else there is of its country, and the drafts beside it."""
        return catalogue_of(self.name.upper() if len(self.name) == 2 else None, self.plugins_dir)

    @cached_property
    def report(self) -> PluginReport:
        """What ``kummi plugin check`` says of the plugin, its stories left unplayed."""
        return check_plugin(self.catalogue, self.name)

    @cached_property
    def entries(self) -> list[ProgrammeEntry]:
        """The programmes that the plugin itself declares."""
        entries = self.catalogue.programmes.values()
        return [each for each in entries if origin_of(each.programme).plugin == self.name]

    def loads(self) -> None:
        _none(map(str, self.report.faults), "faults")
        assert self.entries, f"the plugin '{self.name}' gives no programme"

    def proof_holds(self, proof: Proof) -> None:
        results = [result for result in self.report.proofs if result.proof is proof]
        assert results, f"the plugin '{self.name}' gives no workflow to prove"
        _none((f"{each.programme}: {violation}" for each in results for violation in each.violations), "violations")

    def texts(self) -> None:
        missing = self.report.missing_texts
        _none((f"{each.where}: no '{each.language}' of: {each.text}" for each in missing), "texts without a language")

    def sources(self) -> None:
        _none(map(str, self.report.unsourced), "values without a source")

    def references(self) -> None:
        found = [each for entry in self.entries for each in _references(entry)]
        assert found, f"the plugin '{self.name}' names no source"
        undated = (f"{each.id}: read '{each.read}'" for each in found if not _DAY_OR_MONTH.fullmatch(each.read))
        _none(undated, "sources without the day or month on which they were read")
        unreachable = (f"{each.id}: {each.url}" for each in found if each.url and not each.url.startswith("http"))
        _none(unreachable, "sources whose address is none")

    def figures(self) -> None:
        schemes = {scheme.id: scheme for entry in self.entries for scheme in entry.schemes if scheme.is_computed}
        rates = ((scheme, rate) for scheme in schemes.values() for rate in scheme.rates)
        _none((f"{scheme.id}: {rate.amount}" for scheme, rate in rates if not _is_dated(rate)), "figures without days")

    def told(self) -> None:
        told = {_read(story).programme for story in self.stories}
        _none((entry.id for entry in self.entries if entry.id not in told), "programmes without a story")

    def goes_as_told(self, story: Path) -> None:
        told = play(_read(story), self.catalogue)
        assert told.holds, "\n".join(map(str, (*told.lines, *told.departures)))


def _read(story: Path) -> Scenario:
    """Read a story. Raises AssertionError with everything that is wrong with it."""
    try:
        return read_scenario(story)
    except InputError as error:
        raise AssertionError(str(error)) from error


def _none(found: Iterator[str], what: str) -> None:
    """Raise AssertionError with what was found, where anything was."""
    lines = list(dict.fromkeys(found))
    assert not lines, "\n".join([f"{len(lines)} {what}:", *lines])


def _references(entry: ProgrammeEntry) -> Iterator[Reference]:
    reports = (*entry.reports.indicators, *entry.reports.formats, *entry.reports.duties)
    for value in (entry.country, entry.programme, entry.workflow, *entry.rules, *entry.schemes, *reports):
        yield from _inside(value)


def _inside(value: object) -> Iterator[Reference]:
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, Frozen):
        for name in type(value).model_fields:
            yield from _inside(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _inside(each)


def _is_dated(rate: Rate) -> bool:
    """Whether a rate says from when to when it holds: by days of its own, or for whom by the day of a fact."""
    if rate.amount is None or rate.valid_from or rate.valid_to:
        return True
    return rate.when is not None and any(isinstance(part, (After, Before, Within)) for part in walk(rate.when))
