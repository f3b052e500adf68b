"""What a country's money comes to for two reference persons, computed as for a real household."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kummi.funding.entitlement_line import Entitlement
from kummi.funding.entitlements import entitlements
from kummi.i18n.translator import translator_of
from kummi.model.case import Person
from kummi.model.country import Country
from kummi.model.criterion import Age, Criterion, ResidesIn
from kummi.model.dates import Period, months_after
from kummi.model.facts import HOUSEHOLD_FACTS, MUNICIPALITY, Facts, FactType, FactValue, counts_of, with_implied
from kummi.model.funding import Payee, Scheme, Standing
from kummi.model.money import Money
from kummi.model.programme import ProgrammeEntry
from kummi.model.text import Translatable
from kummi.model.vocabulary import Gender, MemberRole, Pathway
from kummi.network.comparison import ComparisonCell
from kummi.rules.decide import decide
from kummi.rules.describe import labels_of
from kummi.rules.inspect import walk

YEARS = 3
PATHWAYS = (Pathway.RESETTLED, Pathway.ASYLUM)
AGES = {MemberRole.ADULT: 30, MemberRole.CHILD: 8}
"""The reference household: one adult and one child who live together."""


@dataclass(frozen=True)
class _Household:
    """The reference household in one place: only what is said here is known of it."""

    members: tuple[Person, ...]
    facts: Facts


@dataclass(frozen=True)
class MoneyView:
    """What one scheme gives for one reference person over the years asked for.

    ``place`` is a municipality for which the money differs from elsewhere in the country; empty where it does not.
    ``if_it_happens`` marks money that hangs on an event that may never come; it is in no total. ``how`` is the
    arithmetic of what could be computed and ``gaps`` says what could not; an amount of None means nothing could. The
    ``amount`` is of one ``standing``, for the reasons of ``because``: money that stands in two ways has two of these.
    """

    country: str
    place: str
    pathway: Pathway
    person: MemberRole
    scheme: str
    title: ComparisonCell
    payee: Payee
    payee_title: str
    if_it_happens: bool
    standing: Standing
    amount: Money | None
    how: ComparisonCell
    gaps: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class TotalView:
    """What one payee, by name, gets for one reference person.

    ``known`` is the sum of what is payable, None where nothing is; what hangs on conditions that are not known yet and
    what rests on an assumed reading stand beside it. ``not_known`` is how many schemes are not, or not wholly, in them.
    """

    country: str
    place: str
    pathway: Pathway
    person: MemberRole
    payee: Payee
    payee_title: str
    known: Money | None
    if_conditions_hold: Money | None
    assumed: Money | None
    not_known: int


def money_views(country: Country, entries: Sequence[ProgrammeEntry], on: date, language: str) -> Iterator[MoneyView]:
    """Yield what each scheme of a country's programmes gives for each reference person, in the first three years.

    The persons' period starts on ``on`` under every scheme, and every day at which a scheme asks for age is that day.
    Nothing else is known of them but the pathway, a permit and, where the money differs by place, a municipality.
    """
    schemes = _schemes(entries)
    for key, name in _places(country, schemes, language):
        for pathway in PATHWAYS:
            household = _household(pathway, key, [scheme for scheme, _ in schemes], on)
            for scheme, entry in schemes:
                yield from _of_scheme(scheme, entry, household, name, language)


def total_views(views: Sequence[MoneyView], currency: str) -> tuple[TotalView, ...]:
    """Return what each payee gets for each reference person, without the money that hangs on an event."""
    groups: dict[tuple[object, ...], list[MoneyView]] = {}
    for view in views:
        if not view.if_it_happens:
            key = (view.country, view.place, view.pathway, view.person, view.payee, view.payee_title)
            groups.setdefault(key, []).append(view)
    return tuple(_total(group, currency) for group in groups.values())


def _total(group: Sequence[MoneyView], currency: str) -> TotalView:
    def sum_of(standing: Standing) -> Money | None:
        amounts = [view.amount for view in group if view.amount and view.standing is standing]
        return sum(amounts, Money.parse(f"0.00 {currency}")) if amounts else None

    first = group[0]
    return TotalView(
        country=first.country,
        place=first.place,
        pathway=first.pathway,
        person=first.person,
        payee=first.payee,
        payee_title=first.payee_title,
        known=sum_of(Standing.PAYABLE),
        if_conditions_hold=sum_of(Standing.IF_CONDITIONS_HOLD),
        assumed=sum_of(Standing.ASSUMED),
        not_known=len({view.scheme for view in group if view.amount is None or view.gaps}),
    )


def _schemes(entries: Sequence[ProgrammeEntry]) -> tuple[tuple[Scheme, ProgrammeEntry], ...]:
    """Return every scheme once, with the first programme that it applies to."""
    found: dict[str, tuple[Scheme, ProgrammeEntry]] = {}
    for entry in entries:
        for scheme in entry.schemes:
            found.setdefault(scheme.id, (scheme, entry))
    return tuple(found.values())


def _criteria(scheme: Scheme) -> Iterator[Criterion]:
    """Yield every criterion inside a scheme's population, spans and rates."""
    whole = (scheme.who, *(span.when for span in scheme.spans), *(rate.when for rate in scheme.rates))
    for criterion in whole:
        if criterion is not None:
            yield from walk(criterion)


def _household(pathway: Pathway, place: str | None, schemes: Sequence[Scheme], on: date) -> _Household:
    born = {role: months_after(on, -12 * age) for role, age in AGES.items()}
    members = tuple(Person(number, role, born[role], Gender.UNKNOWN) for number, role in enumerate(born, 1))
    values: dict[str, FactValue] = dict.fromkeys(_beginnings(schemes), on)
    values |= {"pathway": pathway, MUNICIPALITY: place, "opened": on}
    values |= counts_of([each.role for each in members])
    about: tuple[Mapping[str, FactValue], ...] = tuple({"role": each.role, "born": each.born} for each in members)
    return _Household(members, Facts(on, with_implied(values), about))


def _beginnings(schemes: Sequence[Scheme]) -> Iterator[str]:
    """Yield the facts that start a period, and those at which an age is asked."""
    yield from (fact.name for fact in HOUSEHOLD_FACTS.values() if fact.lasting and fact.type is FactType.DATE)
    for scheme in schemes:
        yield from (day for day in (scheme.starts, scheme.years_from) if day)
        yield from (span.starts for span in scheme.spans if span.starts)
        yield from (each.at for each in _criteria(scheme) if isinstance(each, Age))


def _places(
    country: Country, schemes: Sequence[tuple[Scheme, ProgrammeEntry]], language: str
) -> tuple[tuple[str | None, str], ...]:
    """Return one municipality, by key and name, for each way in which the money differs by place.

    Where it is the same everywhere the name is empty.
    """
    asked = [(each, entry) for scheme, entry in schemes for each in _criteria(scheme) if isinstance(each, ResidesIn)]
    first: dict[tuple[object, ...], tuple[str | None, str]] = {}
    for place in country.municipalities:
        facts = Facts(date.min, {MUNICIPALITY: place.key})
        answers = tuple(decide(criterion, replace(facts, places=entry.places)) for criterion, entry in asked)
        first.setdefault(answers, (place.key, place.name.in_language(language)))
    if not asked or not first:
        return ((None, ""),)
    return tuple(first.values()) if len(first) > 1 else ((next(iter(first.values()))[0], ""),)


def _of_scheme(
    scheme: Scheme, entry: ProgrammeEntry, household: _Household, place: str, language: str
) -> Iterator[MoneyView]:
    on = household.facts.on
    end = months_after(on, 12 * YEARS) - timedelta(days=1)
    facts = replace(household.facts, places=entry.places)
    labels = labels_of(entry.programme, entry.tasks)
    lines = entitlements((scheme,), facts, household.members, entry.country.currency, Period(on, end), labels=labels)
    for person in household.members:
        own = [line for line in lines if line.person == person.number]
        for same in _apart(own):
            yield _view(same, entry, Pathway(str(household.facts.get("pathway"))), person.role, place, language)


def _apart(lines: Sequence[Entitlement]) -> Iterator[list[Entitlement]]:
    """Yield lines of one payee and one standing at a time; what is not known goes with the first of its payee."""
    groups: dict[tuple[str, Standing], list[Entitlement]] = {}
    for line in sorted(lines, key=lambda line: line.standing is Standing.NOT_KNOWN):
        same_payee = [key for key in groups if key[0] == str(line.payee_title)]
        key = (str(line.payee_title), line.standing)
        groups.setdefault(same_payee[0] if same_payee and line.gap else key, []).append(line)
    yield from groups.values()


def _view(
    lines: Sequence[Entitlement], entry: ProgrammeEntry, pathway: Pathway, role: MemberRole, place: str, language: str
) -> MoneyView:
    first = lines[0]
    scheme, amounts = first.scheme, [line.money for line in lines if line.money]
    say = translator_of(entry, language).say
    how = [say(line.computed) for line in lines if line.computed]
    return MoneyView(
        country=entry.country.code,
        place=place,
        pathway=pathway,
        person=role,
        scheme=scheme.id,
        title=ComparisonCell(scheme.title.in_language(language), scheme.reference),
        payee=scheme.payee,
        payee_title=say(first.payee_title),
        if_it_happens=scheme.may_never_start,
        standing=first.standing,
        amount=sum(amounts, Money.parse(f"0.00 {entry.country.currency}")) if amounts else None,
        how=ComparisonCell(_together(how), tuple(dict.fromkeys(each for line in lines for each in line.reference))),
        gaps=tuple(_gap(line, say) for line in lines if line.gap),
        because=tuple(dict.fromkeys(say(each) for each in _reasons(lines))),
    )


def _reasons(lines: Sequence[Entitlement]) -> Iterator[Translatable]:
    """Yield the conditions and assumptions on which the computed lines rest."""
    for line in lines:
        if line.gap is None:
            yield from line.because


def _gap(line: Entitlement, say: Callable[[Translatable], str]) -> str:
    days = f" ({line.start} – {line.end})" if line.start else ""
    return f"{say(line.gap.text) if line.gap else ''}{days}"


def _together(arithmetic: Sequence[str]) -> str:
    """Join the arithmetic of lines, each said once.

    >>> _together(["10 % of 5.00", "20 % of 5.00", "10 % of 5.00"])
    '2 x (10 % of 5.00) + 20 % of 5.00'
    """
    return " + ".join(each if count == 1 else f"{count} x ({each})" for each, count in Counter(arithmetic).items())
