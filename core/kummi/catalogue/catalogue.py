"""Everything that plugins give, composed into one immutable value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic_core import to_jsonable_python

from kummi.catalogue.hooks import Answers, LiveHooks
from kummi.errors import Fault, NotFoundError, PluginError
from kummi.i18n.translator import Translator, has_catalogue, translator_of
from kummi.message import Message
from kummi.model.country import Country
from kummi.model.programme import ProgrammeEntry

NO_COUNTRY = Message("no country is installed; install one, for example: pip install ./plugins/<country>")
"""What to say where there is no programme at all."""


@dataclass(frozen=True)
class PluginFault:
    """Something wrong in what a plugin gives."""

    plugin: str
    version: str
    fault: Fault

    @property
    def located(self) -> Message:
        """The fault with plugin and place before it."""
        plugin, fault = f"{self.plugin} {self.version}", self.fault.located
        return Message("{plugin}: {fault}", plugin=plugin, fault=fault)

    def __str__(self) -> str:
        return str(self.located)


@dataclass(frozen=True)
class PluginInfo:
    """A plugin that was found. ``gives`` says what came of it, such as ``country XX`` or ``3 programmes``.

    ``folder`` holds its files; None where it is code alone.
    """

    name: str
    version: str
    gives: tuple[Message, ...]
    faults: int
    countries: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    folder: Path | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All countries and programmes that can be used, and all that is wrong with the others.

    ``broken`` holds the faults of programmes that were declared and cannot be used, ``flawed`` those of them that could
    be composed, for whoever looks for what is wrong; ``digest`` is a hash of all that the plugins give, by which two
    catalogues are equal.
    """

    countries: Mapping[str, Country]
    programmes: Mapping[str, ProgrammeEntry]
    plugins: tuple[PluginInfo, ...]
    faults: tuple[PluginFault, ...]
    broken: Mapping[str, tuple[PluginFault, ...]]
    flawed: Mapping[str, ProgrammeEntry] = field(repr=False)
    digest: str
    behaviour: LiveHooks = field(repr=False)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Catalogue) and other.digest == self.digest

    def programme(self, programme: str) -> ProgrammeEntry:
        """Return a programme by its id.

        Raises:
            PluginError: If it is declared but cannot be used, or the plugin of its country is broken.
            NotFoundError: If there is none; with the nearest name.
            InputError: If no country is installed at all.
        """
        if programme in self.programmes:
            return self.programmes[programme]
        if faults := self.faults_of(programme):
            first = Fault(
                programme,
                Message("cannot be used: {plugins} has {count}", plugins=_plugins(faults), count=_count(faults)),
            )
            raise PluginError([first, *(Fault(each.plugin, each.fault.located) for each in faults)])
        if not self.programmes and not self.faults:
            raise PluginError(NO_COUNTRY)
        raise NotFoundError(Message("programme"), programme, self.programmes)

    def translator(self, language: str) -> Translator:
        """Return who says core's phrases in a language, in the terms of the country where there is but one.

        A language that core lacks is taken from a country that brings it.
        """
        bringing = [entry for entry in self.programmes.values() if language in entry.terms]
        if bringing and (len(self.countries) == 1 or not has_catalogue(language)):
            return translator_of(bringing[0], language)
        return Translator(language)

    def faults_of(self, programme: str) -> tuple[PluginFault, ...]:
        """Return the faults for which a programme cannot be used: its own, or those of the plugin of its country."""
        return self.broken.get(programme) or self._faults_of_country(programme)

    def country(self, code: str) -> Country:
        """Return a country by its code, in either case.

        Raises:
            PluginError: If the plugin of the country is broken.
            NotFoundError: If there is none.
        """
        if code.upper() in self.countries:
            return self.countries[code.upper()]
        if faults := self._faults_of_country(code):
            raise PluginError([Fault(each.plugin, each.fault.located) for each in faults])
        raise NotFoundError(Message("country"), code, self.countries)

    def _faults_of_country(self, name: str) -> tuple[PluginFault, ...]:
        """Return the faults of the plugins named after the country that a programme's id begins with."""
        code = name[:2].lower()
        if code.upper() in self.countries:
            return ()
        return tuple(each for each in self.faults if each.plugin[:2].lower() == code)


def _plugins(faults: tuple[PluginFault, ...]) -> str:
    return " and ".join(dict.fromkeys(f"plugin {each.plugin} {each.version}" for each in faults))


def _count(faults: tuple[PluginFault, ...]) -> str:
    return f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"


def digest_of(answers: Mapping[str, Answers], fingerprints: Mapping[str, str]) -> str:
    """Return a hash of the plugins in use: of the files of each country, and of what code answers."""
    parts = {name: fingerprints.get(name) or _of_answers(each) for name, each in answers.items()}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _of_answers(answers: Answers) -> str:
    content = json.dumps(to_jsonable_python(answers, by_alias=True), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
