"""What must hold of a programme as a whole, beyond the shape of each value: every name names something, and no two
rates of a scheme can hold at once and say different figures, so that their order in the file would decide.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from inspect import signature

from kummi.catalogue.compose import Attributed
from kummi.catalogue.provenance import origin_of, plugin_key
from kummi.catalogue.yaml.source import Lines
from kummi.errors import Fault, did_you_mean
from kummi.i18n.terms import term
from kummi.lifecycle.deadlines import calendar_faults
from kummi.lifecycle.proofs.prove import prove
from kummi.message import Message, alternatives
from kummi.model.base import Declared, Origin
from kummi.model.country import Country, IdentifierScheme
from kummi.model.criterion import Criterion
from kummi.model.facts import Fact, FactType
from kummi.model.funding import Payee, Rate, Scheme, ShareOf
from kummi.model.places import Places
from kummi.model.programme import Programme, ProgrammeEntry
from kummi.model.report import ROW_WORDS, Breakdown, Indicator, ReportColumn, ReportFormat
from kummi.model.rule import Rule
from kummi.rules.inspect import Problem, known_facts, places_in, problems_in
from kummi.rules.satisfiability import can_hold_together

Problems = Iterator[Problem]


def check_programme(entry: ProgrammeEntry, lines: Lines) -> list[Attributed]:
    """Return everything in a programme and its country that does not fit together."""
    known = known_facts(entry.programme, (task.id for task in entry.tasks))
    found: list[tuple[Origin, Problem]] = [*_of_workflow(entry)]
    found += _laid_to(entry.country, country_problems(entry.country))
    found += _laid_to(entry.programme, _of_programme(entry))
    for rule in entry.rules:
        found += _laid_to(rule, _of_rule(rule, known, entry))
    for scheme in entry.schemes:
        found += _laid_to(scheme, _of_scheme(scheme, known, entry))
    for indicator in entry.reports.indicators:
        found += _laid_to(indicator, _of_indicator(indicator, known, entry))
    for form in entry.reports.formats:
        found += _laid_to(form, _of_format(form, known, entry))
    return [
        Attributed(plugin_key(origin), Fault(lines.place(origin, problem.path), problem.message))
        for origin, problem in found
    ]


def _laid_to(value: Declared, problems: Iterable[Problem]) -> list[tuple[Origin, Problem]]:
    """Lay problems to the plugin that gave the value, at its line."""
    return [(origin_of(value), each) for each in problems]


def _of_workflow(entry: ProgrammeEntry) -> Iterator[tuple[Origin, Problem]]:
    """Yield the proofs that fail; a missing translation is no fault."""
    for violation in prove(entry):
        if not violation.gap:
            message = Message(
                "{proof} of {programme}: {violation}",
                proof=term("proof", violation.proof),
                programme=entry.id,
                violation=violation.summary,
            )
            yield violation.origin or origin_of(entry.workflow), Problem(message, violation.inside)


# --- the country -------------------------------------------------------------------------------------------------


def country_problems(country: Country) -> Problems:
    """Yield what is wrong with a country by itself: its calendar, its roles, its identity numbers."""
    yield from (Problem(each, ("calendar",)) for each in calendar_faults(country))
    authorities = [authority.id for authority in country.authorities]
    for number, owner in enumerate(country.owners):
        if owner.authority and owner.authority not in authorities:
            hint = did_you_mean(owner.authority, authorities)
            message = Message(
                "owner {id}: no authority '{authority}'{hint}", id=owner.id, authority=owner.authority, hint=hint
            )
            yield Problem(message, ("owners", number, "authority"))
    yield from _twice(Message("owner"), (each.id for each in country.owners), "owners")
    yield from _twice(Message("authority"), authorities, "authorities")
    yield from _twice(Message("identifier"), (each.id for each in country.identifiers), "identifiers")
    yield from _twice(Message("municipality"), (each.key for each in country.municipalities), "municipalities")
    for number, identifier in enumerate(country.identifiers):
        yield from (each.below("identifiers", number) for each in _of_identifier(identifier))


def _of_identifier(identifier: IdentifierScheme) -> Problems:
    try:
        re.compile(identifier.form)
    except re.error as error:
        yield Problem(
            Message("identifier {id}: its form is not a regular expression: {error}", id=identifier.id, error=error),
            ("form",),
        )
    if identifier.library:
        try:
            module = import_module(f"stdnum.{identifier.library}")
        except ImportError:
            message = Message(
                "identifier {id}: the stdnum library has no module '{library}'",
                id=identifier.id,
                library=identifier.library,
            )
            yield Problem(message, ("library",))
            return
        switches = list(signature(module.is_valid).parameters)[1:]
        for option in identifier.options:
            if option not in switches:
                message = Message(
                    "identifier {id}: no switch of {library}{hint}",
                    id=identifier.id,
                    library=identifier.library,
                    hint=did_you_mean(option, switches),
                )
                yield Problem(message, ("options",))


# --- the programme and its rules ---------------------------------------------------------------------------------


def _of_programme(entry: ProgrammeEntry) -> Problems:
    programme: Programme = entry.programme
    yield from _twice(Message("field"), (each.id for each in programme.fields), "fields")
    yield from (Problem(each, ("municipalities",)) for each in _unknown_places(entry, programme.municipalities))
    for number, field in enumerate(programme.fields):
        choices = (each.id for each in field.choices)
        yield from _twice(Message("field {id}: choice", id=field.id), choices, "fields", number, "choices")


def _of_rule(rule: Rule, known: Mapping[str, Fact], entry: ProgrammeEntry, *, person: bool = False) -> Problems:
    for key, criterion in (("when", rule.when), ("require", rule.require)):
        problems = _of_criterion(criterion, known, entry, person=person)
        yield from (each.below(key, where=Message("rule {id}", id=rule.id)) for each in problems)


def _of_criterion(
    criterion: Criterion | None, known: Mapping[str, Fact], entry: ProgrammeEntry, *, person: bool = False
) -> Problems:
    if criterion is not None:
        yield from problems_in(criterion, known, person=person)
        yield from map(Problem, _unknown_places(entry, places_in(criterion)))


def _unknown_places(entry: ProgrammeEntry, names: Iterable[str]) -> Iterator[Message]:
    """Yield the places that a country which lists all of its municipalities does not have."""
    places: Places = entry.places
    if entry.country.municipalities_complete:
        for name in names:
            if not places.is_known(name):
                known = [str(place.name) for place in entry.country.municipalities]
                yield Message(
                    "no municipality '{name}' in country.yaml{hint}", name=name, hint=did_you_mean(name, known)
                )


def _of_date(name: str, known: Mapping[str, Fact]) -> Problems:
    dates = {fact.name for fact in known.values() if fact.type is FactType.DATE and fact.about != "person"}
    if name in known and name not in dates:
        yield Problem(Message("'{name}' is not a date of the household or the case", name=name))
    elif name not in dates:
        yield Problem(Message("no date fact '{name}'{hint}", name=name, hint=did_you_mean(name, dates)))


# --- money -------------------------------------------------------------------------------------------------------


def _of_scheme(scheme: Scheme, known: Mapping[str, Fact], entry: ProgrammeEntry) -> Problems:
    return (each.below(where=Message("scheme {id}", id=scheme.id)) for each in _in_scheme(scheme, known, entry))


def _in_scheme(scheme: Scheme, known: Mapping[str, Fact], entry: ProgrammeEntry) -> Problems:
    payers = {
        *(each.id for each in entry.country.owners),
        *(each.id for each in entry.country.authorities),
        *map(str, Payee),
    }
    if scheme.payer not in payers:
        hint = did_you_mean(scheme.payer, payers)
        yield Problem(
            Message("no payer '{payer}' among owners and authorities{hint}", payer=scheme.payer, hint=hint), ("payer",)
        )
    who = _of_criterion(scheme.who, known, entry, person=True)
    yield from (each.below("who", where="who") for each in who)
    dates = {"starts": scheme.starts, "years_from": scheme.years_from}
    for key, date_fact in dates.items():
        yield from (each.below(key, where=key) for each in (_of_date(date_fact, known) if date_fact else ()))
    if scheme.share_of:
        yield from (each.below("share_of") for each in _of_share(scheme.share_of, known, entry))
    for number, span in enumerate(scheme.spans):
        when = (each.below("when") for each in _of_criterion(span.when, known, entry, person=True))
        starts = [each.below("starts") for each in _of_date(span.starts, known)] if span.starts else []
        yield from (
            each.below("spans", number, where=Message("span {number}", number=number + 1)) for each in (*when, *starts)
        )
    for number, rate in enumerate(scheme.rates):
        when = (each.below("when") for each in _of_criterion(rate.when, known, entry, person=True))
        yield from (each.below("rates", number, where=Message("rate {number}", number=number + 1)) for each in when)
    for number, assumed in enumerate(scheme.assumes):
        when = (each.below("when") for each in _of_criterion(assumed.when, known, entry, person=True))
        yield from (
            each.below("assumes", number, where=Message("assumption {number}", number=number + 1)) for each in when
        )
    yield from overlaps(scheme, entry.places)
    yield from spans_without_effect(scheme)
    for number, need in enumerate(scheme.needs):
        yield from (each.below("needs", number) for each in _of_rule(need, known, entry, person=True))


def _of_share(share: ShareOf, known: Mapping[str, Fact], entry: ProgrammeEntry) -> Problems:
    rated = [each.id for each in entry.schemes if each.rates and not each.share_of]
    if share.scheme not in rated:
        hint = did_you_mean(share.scheme, rated)
        message = Message("no scheme '{name}' with rates of its own{hint}", name=share.scheme, hint=hint)
        yield Problem(message, ("scheme",))
    yield from (each.below("on") for each in _of_date(share.on, known))


# --- reports -----------------------------------------------------------------------------------------------------


def _of_indicator(indicator: Indicator, known: Mapping[str, Fact], entry: ProgrammeEntry) -> Problems:
    where = Message("indicator {id}", id=indicator.id)
    yield from _of_counted(where, indicator, known, entry)
    yield from _twice(Message("{where}: age band", where=where), (band.id for band in indicator.age_bands), "age_bands")
    if (Breakdown.AGE in indicator.by) != bool(indicator.age_bands):
        yield Problem(Message("{where}: it has age_bands if, and only if, it is split by age", where=where), ("by",))


def _of_counted(
    where: Message, counted: Indicator | ReportFormat, known: Mapping[str, Fact], entry: ProgrammeEntry
) -> Problems:
    """Yield what is wrong with who is counted, and from which day."""
    yield from (
        each.below("dated", where=Message("{where}, dated", where=where)) for each in _of_date(counted.dated, known)
    )
    of_where = _of_criterion(counted.where, known, entry)
    yield from (each.below("where", where=Message("{where}, where", where=where)) for each in of_where)
    who = _of_criterion(counted.who, known, entry, person=True)
    yield from (each.below("who", where=Message("{where}, who", where=where)) for each in who)


def _of_format(form: ReportFormat, known: Mapping[str, Fact], entry: ProgrammeEntry) -> Problems:
    where = Message("report format {id}", id=form.id)
    yield from _of_counted(where, form, known, entry)
    yield from _twice(Message("{where}: column", where=where), (column.id for column in form.columns), "columns")
    indicators, schemes = [each.id for each in entry.reports.indicators], [each.id for each in entry.schemes]
    yield from _unnamed(Message("{where}: no indicator", where=where), form.indicators, indicators, "indicators")
    yield from _unnamed(Message("{where}: no scheme", where=where), form.schemes, schemes, "schemes")
    words = ROW_WORDS[form.rows]
    facts = {name for name, fact in known.items() if form.can_show(fact)}
    for number, column in enumerate(form.columns):
        problems = _of_column(column, {*words, *facts})
        yield from (
            each.below("columns", number, where=Message("{where}, column {column}", where=where, column=column.id))
            for each in problems
        )


def _of_column(column: ReportColumn, offered: set[str]) -> Problems:
    if column.value is None and column.gap is None:
        yield Problem(Message("it needs a value, or a gap that says why it stays empty"))
    elif column.value is not None and column.gap is None and column.value not in offered:
        yield Problem(
            Message(
                "nothing named '{value}' to show{hint}", value=column.value, hint=did_you_mean(column.value, offered)
            ),
            ("value",),
        )


def _unnamed(said: Message, names: Sequence[str], known: Sequence[str], key: str) -> Problems:
    for number, name in enumerate(names):
        if name not in known:
            hint = did_you_mean(name, known)
            yield Problem(Message("{said} '{name}'{hint}", said=said, name=name, hint=hint), (key, number))


def _twice(kind: Message, names: Iterable[str], *keys: str | int) -> Problems:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield Problem(Message("{kind} '{name}' is given twice", kind=kind, name=name), (*keys, number))
        seen.add(name)


def overlaps(scheme: Scheme, places: Places) -> Iterator[Problem]:
    """Yield each rate that can hold on one day for one person together with a rate above it, but for other money.

    A rate marked ``otherwise`` is for those whom no rate above it is for, so that it never stands beside them. What
    is not computed lists figures that may all be paid at once.
    """
    if not scheme.is_computed:
        return
    for number, rate in enumerate(scheme.rates):
        beside = [
            above
            for above in range(number)
            if not rate.otherwise and _stand_beside(scheme, scheme.rates[above], rate, places)
        ]
        if beside:
            yield Problem(_message(scheme, beside, number), ("rates", number))


def spans_without_effect(scheme: Scheme) -> Iterator[Problem]:
    """Yield each span that can never count, since one above it is for everybody."""
    for_all = next((number for number, span in enumerate(scheme.spans) if span.when is None), len(scheme.spans))
    for number in range(for_all + 1, len(scheme.spans)):
        message = Message(
            "span {number} can never count, since span {for_all} above it is for everybody; give "
            "that one 'when', or put it last",
            number=number + 1,
            for_all=for_all + 1,
        )
        yield Problem(message, ("spans", number))


def _message(scheme: Scheme, beside: list[int], number: int) -> Message:
    rates = tuple(
        Message("rate {number} ({said})", number=above + 1, said=_said(scheme.rates[above])) for above in beside
    )
    return Message(
        "rate {number} ({said}) can be for the same person on the same day as {rates}, so that "
        "the order in the file would decide; tell their days, years or conditions apart, or mark "
        "the later one 'otherwise: true' if it is for those whom no rate above it is for",
        number=number + 1,
        said=_said(scheme.rates[number]),
        rates=rates,
    )


def _stand_beside(scheme: Scheme, one: Rate, other: Rate, places: Places) -> bool:
    """Whether two rates can both be met and say different figures."""
    if _figures(one) == _figures(other) or not _meet(one, other):
        return False
    return can_hold_together([each for each in (scheme.who, one.when, other.when) if each is not None], places)


def _figures(rate: Rate) -> object:
    return rate.amount, rate.disputed


def _said(rate: Rate) -> object:
    if rate.disputed:
        return alternatives(*rate.disputed)
    return Message("no figure") if rate.amount is None else rate.amount


def _meet(one: Rate, other: Rate) -> bool:
    """Whether two rates share a day and a year of the period."""
    year, last = max(one.year or 1, other.year or 1), min(_last_year(one), _last_year(other))
    return one.period.overlaps(other.period) and year <= last


def _last_year(rate: Rate) -> float:
    return math.inf if rate.year is None else rate.last_year or rate.year
