"""Load plugins into a Catalogue."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from kummi.catalogue.answers import Answers, Interview
from kummi.catalogue.behaviour import Behaviour
from kummi.catalogue.catalogue import Catalogue, PluginFault, PluginInfo
from kummi.catalogue.checks import check_programme
from kummi.catalogue.claims import Attributed
from kummi.catalogue.compose import Composition, compose, declared
from kummi.catalogue.country_plugin import CountryPlugin
from kummi.catalogue.discover import Found, discover
from kummi.catalogue.registry import Registry


def load(
    countries: Collection[str] | None = None, plugins_dir: Path | None = None, cache: Path | None = None
) -> Catalogue:
    """Find, ask and check plugins, and compose what they give.

    Nothing that a plugin does wrong is raised: it stands in ``faults`` of the catalogue, and asking for a programme
    that is broken says so.

    Args:
        countries: Codes of the countries that are needed; None means all. Others are not even imported.
        plugins_dir: A folder of drafts that take part beside the installed plugins.
        cache: A folder in which to keep what was read and proved. None means that everything is read and proved anew.

    Raises:
        PluginError: If ``plugins_dir`` is no folder.
    """
    return load_found(discover(countries, plugins_dir), cache)


def load_found(found: Sequence[Found], cache: Path | None = None) -> Catalogue:
    """Load these plugins, wherever they were found."""
    registry = Registry()
    faults = [Attributed(str(each), fault) for each in found for fault in registry.add(each)]
    for name in registry.names:
        plugin = registry.found(name).plugin
        if isinstance(plugin, CountryPlugin):
            plugin.take(None)
    interviews = {name: Interview(registry, name) for name in registry.names}
    answers = {name: interview.whole() for name, interview in interviews.items()}
    faults += _drop_broken(registry, answers)
    composition, programmes = declared(answers.values())
    for name, answer in answers.items():
        interviews[name].about(answer, programmes)
    faults += _drop_broken(registry, answers)
    programmes = {
        name: each
        for name, each in programmes.items()
        if each.origin and f"{each.origin.plugin} {each.origin.version}" in answers
    }
    compose(composition, programmes, tuple(answers.values()), check_programme)
    composition.faults[:0] = faults
    return _catalogue(found, registry, answers, composition)


def _drop_broken(registry: Registry, answers: dict[str, Answers]) -> list[Attributed]:
    """Leave out the plugins that could not answer, and return why."""
    broken = [name for name, answer in answers.items() if answer.faults]
    faults = [Attributed(name, fault) for name in broken for fault in answers[name].faults]
    for name in broken:
        registry.remove(name)
        del answers[name]
    return faults


def _catalogue(
    found: Iterable[Found], registry: Registry, answers: dict[str, Answers], composition: Composition
) -> Catalogue:
    found = tuple(found)
    by_name = {str(each): each for each in found}
    faults = {
        each: PluginFault(by_name[each.plugin].name, by_name[each.plugin].version, each.fault)
        for each in composition.faults
    }
    counts: dict[str, int] = defaultdict(int)
    for attributed in faults:
        counts[attributed.plugin] += 1
    return Catalogue(
        countries=composition.countries,
        programmes=composition.entries,
        plugins=tuple(_info(each, answers.get(str(each)), counts[str(each)]) for each in found),
        faults=tuple(faults.values()),
        broken={name: tuple(faults[each] for each in own) for name, own in composition.broken.items()},
        digest=_digest(answers.values()),
        behaviour=Behaviour(registry),
    )


def _info(found: Found, answers: Answers | None, faults: int) -> PluginInfo:
    if answers is None:
        return PluginInfo(found.name, found.version, (), faults)
    countries = (answers.country.code,) if answers.country else ()
    programmes = tuple(each.id for each in answers.programmes)
    return PluginInfo(found.name, found.version, answers.gives, faults, countries, programmes)


def _digest(answers: Iterable[Answers]) -> str:
    return hashlib.sha256(repr([str(each) for each in answers]).encode()).hexdigest()
