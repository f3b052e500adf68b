"""Compose what plugins answer into programmes, and say what does not fit together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata

from kummi.catalogue.hooks import Answers, ForProgramme
from kummi.catalogue.provenance import origin_of, plugin_key
from kummi.errors import Fault, did_you_mean
from kummi.i18n.translator import Terms
from kummi.message import Message
from kummi.model.base import Declared, Origin
from kummi.model.country import Country
from kummi.model.funding import with_shares
from kummi.model.programme import Programme, ProgrammeEntry
from kummi.model.report import Reports
from kummi.model.workflow import with_endings


@dataclass
class Composition:
    """What can be used, and the faults of what cannot."""

    countries: dict[str, Country] = field(default_factory=dict)
    entries: dict[str, ProgrammeEntry] = field(default_factory=dict)
    faults: list[Attributed] = field(default_factory=list)
    broken: dict[str, list[Attributed]] = field(default_factory=dict)
    flawed: dict[str, ProgrammeEntry] = field(default_factory=dict)


def declared(answers: Iterable[Answers]) -> tuple[Composition, dict[str, Programme]]:
    """Return the countries and programmes that exactly one plugin declares; of the others, the faults."""
    answers = list(answers)
    composition = Composition()
    countries = [each.country for each in answers if each.country]
    programmes = [each for answer in answers for each in answer.programmes]
    of_countries = conflicts(Contribution(Message("country"), each.code, origin_of(each)) for each in countries)
    of_programmes = conflicts(Contribution(Message("programme"), each.id, origin_of(each)) for each in programmes)
    for faults in (*of_countries.values(), *of_programmes.values()):
        composition.faults += faults
    composition.broken = {str(name): faults for (_, name), faults in of_programmes.items()}
    disputed = {str(name) for _, name in (*of_countries, *of_programmes)}
    composition.countries = {each.code: each for each in countries if each.code not in disputed}
    return composition, {each.id: each for each in programmes if each.id not in disputed}


def compose(
    composition: Composition, programmes: Mapping[str, Programme], answers: Sequence[Answers], check: Check
) -> None:
    """Add each programme to the composition, checked, or else its faults."""
    for programme in programmes.values():
        country = composition.countries.get(programme.id[:2].upper())
        if country is None or programme.id[2:3] != "-":
            _reject(composition, programme, _homeless(programme, composition.countries))
        else:
            _compose_one(composition, programme, country, answers, check)


def _homeless(programme: Programme, countries: Mapping[str, Country]) -> list[Attributed]:
    starts = [f"{code.lower()}-" for code in countries]
    message = Message(
        "a programme's id begins with the code of its country; '{id}' begins with none that is given{hint}",
        id=programme.id,
        hint=did_you_mean(programme.id[:3], starts),
    )
    fault = Fault(place_of(programme), message)
    return [Attributed(plugin_key(origin_of(programme)), fault)]


def _reject(composition: Composition, programme: Programme, faults: Sequence[Attributed]) -> None:
    composition.broken[programme.id] = list(faults)
    composition.faults += faults


def _compose_one(
    composition: Composition, programme: Programme, country: Country, answers: Sequence[Answers], check: Check
) -> None:
    """Compose one programme from its own plugin and its guests.

    A guest whose gift does not fit is left out with its faults; the programme goes on without it. A fault of the
    programme's own plugin makes the programme unusable.
    """
    owner = plugin_key(origin_of(programme))
    gifts = {str(each): each.by_programme[programme.id] for each in answers if programme.id in each.by_programme}
    make = _Maker(programme, country, _terms(country, answers))
    own_faults: list[Attributed] = []
    guest_faults: list[Attributed] = []
    for faults in conflicts(_claims(gifts)).values():
        own = all(each.plugin == owner for each in faults)
        (own_faults if own else guest_faults).extend(faults)
    entry = make.entry(_without(gifts, guest_faults, owner))
    if entry and not own_faults:
        checked = check(entry)
        own_faults = [each for each in checked if each.plugin == owner]
        guest_faults += [each for each in checked if each.plugin != owner]
        entry = make.entry(_without(gifts, guest_faults, owner)) if guest_faults else entry
    if entry is None:
        message = Message("no plugin gives a workflow for programme '{id}'", id=programme.id)
        own_faults.append(Attributed(owner, Fault(place_of(programme), message)))
    composition.faults += guest_faults
    if own_faults:
        _reject(composition, programme, own_faults)
    if entry:
        (composition.flawed if own_faults else composition.entries)[programme.id] = entry


def _claims(gifts: Mapping[str, ForProgramme]) -> Iterator[Contribution]:
    for gift in gifts.values():
        if gift.workflow:
            yield Contribution(Message("workflow"), Message("of the programme"), origin_of(gift.workflow))
            yield Contribution(Message("workflow version"), gift.workflow.version, origin_of(gift.workflow))
        yield from (Contribution(Message("workflow version"), each.version, origin_of(each)) for each in gift.older)
        for kind, values in (
            (Message("rule"), gift.rules),
            (Message("scheme"), gift.schemes),
            (Message("indicator"), gift.reports.indicators),
            (Message("report format"), gift.reports.formats),
            (Message("duty"), gift.reports.duties),
        ):
            yield from (Contribution(kind, each.id, origin_of(each)) for each in values)


def _without(gifts: Mapping[str, ForProgramme], faults: Iterable[Attributed], owner: str) -> list[ForProgramme]:
    left_out = {each.plugin for each in faults} - {owner}
    return [gift for name, gift in gifts.items() if name not in left_out]


@dataclass(frozen=True)
class _Maker:
    programme: Programme
    country: Country
    terms: Mapping[str, Terms]

    def entry(self, gifts: Sequence[ForProgramme]) -> ProgrammeEntry | None:
        """Join what plugins give for the programme; None where nobody gives a workflow."""
        workflow = next((gift.workflow for gift in gifts if gift.workflow), None)
        if workflow is None:
            return None
        return ProgrammeEntry(
            self.programme,
            self.country,
            with_endings(workflow, _core()),
            tuple(rule for gift in gifts for rule in gift.rules),
            with_shares([scheme for gift in gifts for scheme in gift.schemes]),
            Reports(
                indicators=tuple(each for gift in gifts for each in gift.reports.indicators),
                formats=tuple(each for gift in gifts for each in gift.reports.formats),
                duties=tuple(each for gift in gifts for each in gift.reports.duties),
            ),
            self.terms,
            tuple(with_endings(each, _core()) for gift in gifts for each in gift.older),
        )


def _terms(country: Country, answers: Iterable[Answers]) -> dict[str, dict[str, str]]:
    """Join the words of the country's own plugin and of plugins that describe no country."""
    own = plugin_key(origin_of(country))
    terms: dict[str, dict[str, str]] = {}
    for answer in answers:
        if str(answer) == own or answer.country is None:
            for language, phrases in answer.words.items():
                if language in country.languages:
                    terms.setdefault(language, {}).update(phrases)
    return terms


@cache
def _core() -> Origin:
    """Return the origin of what core itself declares."""
    return Origin(plugin="kummi", version=metadata.version("kummi"))


def place_of(value: Declared) -> str:
    """Return file and line of a value, or its plugin where it was made by code."""
    origin = origin_of(value)
    return f"{origin.file}:{origin.line}" if origin.file else origin.plugin


@dataclass(frozen=True)
class Contribution:
    """A plugin's claim that it gives a thing, such as the country XX or the rule xx-age."""

    kind: Message
    name: str | Message
    origin: Origin

    @property
    def place(self) -> str | Message:
        """Where the claim is made."""
        return f"{self.origin.file}:{self.origin.line}" if self.origin.file else Message("its code")


@dataclass(frozen=True)
class Attributed:
    """A fault and the plugin that it is laid to."""

    plugin: str
    fault: Fault


Check = Callable[[ProgrammeEntry], Sequence[Attributed]]
"""Says what is wrong with a programme as a whole."""


def conflicts(claims: Iterable[Contribution]) -> dict[tuple[Message, str | Message], list[Attributed]]:
    """Return the things that are claimed more than once, each with one fault for every claim."""
    by_thing: dict[tuple[Message, str | Message], list[Contribution]] = defaultdict(list)
    for claim in claims:
        by_thing[claim.kind, claim.name].append(claim)
    return {thing: _faults(same) for thing, same in by_thing.items() if len(same) > 1}


def _faults(same: list[Contribution]) -> list[Attributed]:
    return [
        Attributed(
            plugin_key(mine.origin), Fault(mine.place, _message(mine, [each for each in same if each is not mine]))
        )
        for mine in same
    ]


def _message(mine: Contribution, others: list[Contribution]) -> Message:
    also = tuple(
        other.place
        if plugin_key(other.origin) == plugin_key(mine.origin)
        else Message("plugin {plugin} ({place})", plugin=plugin_key(other.origin), place=other.place)
        for other in others
    )
    return Message(
        "{kind} '{name}' is also given by {also}; only one may give it", kind=mine.kind, name=mine.name, also=also
    )
