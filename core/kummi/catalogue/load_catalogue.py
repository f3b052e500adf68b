"""Load plugins into a Catalogue."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from kummi.catalogue.cache import CachedPlugin, CatalogueCache, fingerprint_of
from kummi.catalogue.catalogue import Catalogue, PluginFault, PluginInfo, digest_of
from kummi.catalogue.compose import Attributed, Composition, compose, declared
from kummi.catalogue.country_plugin import CountryPlugin
from kummi.catalogue.discover import FoundPlugin, discover
from kummi.catalogue.hooks import Answers, HookCollector, LiveHooks
from kummi.catalogue.plugin_manager import PluginManager
from kummi.catalogue.provenance import given_by, origin_of, plugin_key, with_origins
from kummi.errors import Fault, PluginError, did_you_mean
from kummi.message import Message
from kummi.model.programme import ProgrammeEntry


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


def load_found(found: Sequence[FoundPlugin], cache: Path | None = None) -> Catalogue:
    """Load these plugins, wherever they were found."""
    return _Loading(found, CatalogueCache(cache) if cache else None).catalogue()


class _Loading:
    """One loading, from plugins found to a catalogue; ``answers`` holds those that are healthy so far."""

    def __init__(self, found: Sequence[FoundPlugin], cache: CatalogueCache | None) -> None:
        self.found = found
        self.cache = cache
        self.plugin_manager = PluginManager()
        self.faults = [Attributed(str(each), fault) for each in found for fault in self.plugin_manager.add(each)]
        self.kept: dict[str, CachedPlugin] = {}
        self.fingerprints: dict[str, str] = {}
        self.answers: dict[str, Answers] = {}

    def catalogue(self) -> Catalogue:
        for name in self.plugin_manager.names:
            self.read_files(name)
        composition = self.composition()
        composition.faults[:0] = self.faults
        self.keep(composition)
        return self.finished(composition)

    def read_files(self, name: str) -> None:
        """Let a country's plugin answer from its files as they are now, or as they were kept."""
        found = self.plugin_manager.found(name)
        if not isinstance(plugin := found.plugin, CountryPlugin):
            return
        fingerprint = self.fingerprints[name] = fingerprint_of(plugin.folder)
        kept = self.cache.get(found, fingerprint) if self.cache else None
        if kept:
            self.kept[name] = kept
            plugin.take(kept.given)
        else:
            plugin.take(None)
            with contextlib.suppress(PluginError):  # raised again by the first hook, and then it is a fault
                plugin.take(with_origins(plugin.given(), given_by(found.name, found.version)))

    def composition(self) -> Composition:
        collectors = {name: HookCollector(self.plugin_manager, name) for name in self.plugin_manager.names}
        self.answers = {name: collector.whole() for name, collector in collectors.items()}
        self.drop_broken()
        _, programmes = declared(self.answers.values())
        for name, answers in self.answers.items():
            collectors[name].about(answers, programmes)
        self.drop_broken()
        composition, programmes = declared(self.answers.values())
        compose(composition, programmes, tuple(self.answers.values()), self.check)
        composition.faults += self.extends_nothing(composition)
        return composition

    def extends_nothing(self, composition: Composition) -> Iterator[Attributed]:
        """Yield the faults of plugins that extend a programme which its country, although it is there, has not."""
        known = {*composition.entries, *composition.broken}
        for name, answers in self.answers.items():
            for programme in answers.extends:
                if programme not in known and programme[:2].upper() in composition.countries:
                    said = Message(
                        "there is no programme '{programme}' to extend{hint}",
                        programme=programme,
                        hint=did_you_mean(programme, known),
                    )
                    yield Attributed(name, Fault(self.plugin_manager.place(name, "kummi_extends"), said))

    def drop_broken(self) -> None:
        """Leave out the plugins that could not answer, and remember why."""
        for name in [name for name, answers in self.answers.items() if answers.faults]:
            self.faults += [Attributed(name, fault) for fault in self.answers[name].faults]
            self.plugin_manager.remove(name)
            del self.answers[name]

    def check(self, entry: ProgrammeEntry) -> Sequence[Attributed]:
        """Return what is wrong with a programme; nothing where that was found out before."""
        owner = self.sole_giver(entry)
        if owner in self.kept and entry.id in self.kept[owner].proved:
            return ()
        from kummi.catalogue.validate import check_programme  # the proofs are not needed where a cache answers
        from kummi.catalogue.yaml.source import Lines

        return check_programme(entry, Lines(self.folders()))

    def folders(self) -> dict[str, Path]:
        """Return the folders of the plugins that are read from files."""
        plugins = {name: self.plugin_manager.found(name).plugin for name in self.plugin_manager.names}
        return {name: each.folder for name, each in plugins.items() if isinstance(each, CountryPlugin)}

    def sole_giver(self, entry: ProgrammeEntry) -> str:
        """Return the plugin that gives everything of a programme by data alone; empty where others take part."""
        owner = plugin_key(origin_of(entry.programme))
        givers = {name for name, answers in self.answers.items() if entry.id in answers.by_programme}
        plugin = self.plugin_manager.found(owner).plugin
        is_alone = givers == {owner} and plugin_key(origin_of(entry.country)) == owner
        return owner if is_alone and isinstance(plugin, CountryPlugin) and plugin.is_data_alone() else ""

    def keep(self, composition: Composition) -> None:
        """Keep each faultless country that was read anew and did not change meanwhile."""
        faulty = {each.plugin for each in composition.faults}
        for name in self.answers:
            found = self.plugin_manager.found(name)
            plugin = found.plugin
            if not self.cache or name in self.kept or name in faulty or not isinstance(plugin, CountryPlugin):
                continue
            if fingerprint_of(plugin.folder) == self.fingerprints[name]:
                proved = [each.id for each in composition.entries.values() if self.sole_giver(each) == name]
                self.cache.put(found, self.fingerprints[name], plugin.given(), proved)

    def finished(self, composition: Composition) -> Catalogue:
        by_name = {str(each): each for each in self.found}
        named = {
            each: PluginFault(by_name[each.plugin].name, by_name[each.plugin].version, each.fault)
            for each in composition.faults
        }
        return Catalogue(
            countries=composition.countries,
            programmes=composition.entries,
            plugins=tuple(self.info(each, composition) for each in self.found),
            faults=tuple(named.values()),
            broken={name: tuple(named[each] for each in faults) for name, faults in composition.broken.items()},
            flawed=composition.flawed,
            digest=digest_of(self.answers, self.of_data()),
            behaviour=LiveHooks(self.plugin_manager, self.concerned(composition)),
        )

    def concerned(self, composition: Composition) -> dict[str, set[str]]:
        """Return for each programme the plugins that are asked about its cases."""
        found = {each.id: {plugin_key(origin_of(each.programme))} for each in composition.entries.values()}
        for name, answers in self.answers.items():
            for programme in answers.extends:
                found.get(programme, set()).add(name)
        return found

    def of_data(self) -> dict[str, str]:
        """Return the fingerprints of the plugins that are data alone: their files say all that they give."""
        plugins = {name: self.plugin_manager.found(name).plugin for name in self.answers}
        return {
            name: self.fingerprints[name]
            for name, plugin in plugins.items()
            if isinstance(plugin, CountryPlugin) and plugin.is_data_alone()
        }

    def info(self, found: FoundPlugin, composition: Composition) -> PluginInfo:
        faults = len({each for each in composition.faults if each.plugin == str(found)})
        answers = self.answers.get(str(found))
        folder = self.folders().get(str(found))
        if answers is None:
            return PluginInfo(found.name, found.version, (), faults, folder=folder)
        countries = (answers.country.code,) if answers.country else ()
        programmes = tuple(each.id for each in answers.programmes)
        gives = (*answers.gives, *self.plugin_manager.done_by(str(found)))
        return PluginInfo(found.name, found.version, gives, faults, countries, programmes, folder)
