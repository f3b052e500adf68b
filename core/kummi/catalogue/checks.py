"""What must hold of a programme as a whole, beyond the shape of each value: every name names something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from inspect import signature

from kummi.catalogue.catalogue import ProgrammeEntry
from kummi.catalogue.claims import Attributed, plugin_key
from kummi.catalogue.compose import origin_of, place_of
from kummi.errors import Fault, did_you_mean
from kummi.lifecycle.deadlines import calendar_faults
from kummi.lifecycle.proofs import prove
from kummi.model.base import Declared
from kummi.model.country import Country, IdentifierScheme
from kummi.model.criterion import Criterion
from kummi.model.facts import Fact, FactType
from kummi.model.funding import Payee, Scheme
from kummi.model.places import Places
from kummi.model.programme import Programme
from kummi.model.report import ROW_WORDS, Breakdown, Column, Indicator, ReportFormat
from kummi.model.rule import Rule
from kummi.rules.walk import check, known_facts, places_in

Problems = Iterator[str]


def check_programme(entry: ProgrammeEntry) -> list[Attributed]:
    """Return everything in a programme and its country that does not fit together."""
    known = known_facts(entry.programme, (task.id for task in entry.workflow.tasks))
    faults = _laid_to(entry.country, country_problems(entry.country))
    faults += _laid_to(entry.programme, _of_programme(entry))
    faults += _of_workflow(entry)
    for rule in entry.rules:
        faults += _laid_to(rule, _of_rule(rule, known, entry))
    for scheme in entry.schemes:
        faults += _laid_to(scheme, _of_scheme(scheme, known, entry))
    for indicator in entry.reports.indicators:
        faults += _laid_to(indicator, _of_indicator(indicator, known, entry))
    for form in entry.reports.formats:
        faults += _laid_to(form, _of_format(form, known, entry))
    return faults


def _laid_to(value: Declared, problems: Iterable[str]) -> list[Attributed]:
    """Lay problems to the plugin that gave the value, at its line."""
    return [Attributed(plugin_key(origin_of(value)), Fault(place_of(value), each)) for each in problems]


def _of_workflow(entry: ProgrammeEntry) -> list[Attributed]:
    """Return the proofs that fail; a missing translation is no fault."""
    faults = []
    for flaw in prove(entry.workflow, entry.country, entry.programme):
        if not flaw.gap:
            origin = flaw.origin or origin_of(entry.workflow)
            place = f"{origin.file}:{origin.line}" if origin.file else origin.plugin
            faults.append(Attributed(plugin_key(origin), Fault(place, f"{flaw.proof} of {entry.id}: {flaw.said()}")))
    return faults


# --- the country -------------------------------------------------------------------------------------------------


def country_problems(country: Country) -> Problems:
    """Yield what is wrong with a country by itself: its calendar, its roles, its identity numbers."""
    yield from calendar_faults(country)
    authorities = [authority.id for authority in country.authorities]
    for owner in country.owners:
        if owner.authority and owner.authority not in authorities:
            hint = did_you_mean(owner.authority, authorities)
            yield f"owner {owner.id}: no authority '{owner.authority}'{hint}"
    yield from _twice("owner", (each.id for each in country.owners))
    yield from _twice("authority", authorities)
    yield from _twice("identifier", (each.id for each in country.identifiers))
    yield from _twice("municipality", (each.key for each in country.municipalities))
    for identifier in country.identifiers:
        yield from _of_identifier(identifier)


def _of_identifier(identifier: IdentifierScheme) -> Problems:
    try:
        re.compile(identifier.form)
    except re.error as error:
        yield f"identifier {identifier.id}: its form is not a regular expression: {error}"
    if identifier.library:
        try:
            module = import_module(f"stdnum.{identifier.library}")
        except ImportError:
            yield f"identifier {identifier.id}: the stdnum library has no module '{identifier.library}'"
            return
        switches = list(signature(module.is_valid).parameters)[1:]
        for option in identifier.options:
            if option not in switches:
                yield f"identifier {identifier.id}: no switch of {identifier.library}{did_you_mean(option, switches)}"


# --- the programme and its rules ---------------------------------------------------------------------------------


def _of_programme(entry: ProgrammeEntry) -> Problems:
    programme: Programme = entry.programme
    yield from _twice("field", (each.id for each in programme.fields))
    yield from _unknown_places(entry, programme.municipalities)
    for field in programme.fields:
        yield from _twice(f"field {field.id}: choice", (each.id for each in field.choices))


def _of_rule(rule: Rule, known: Mapping[str, Fact], entry: ProgrammeEntry, *, person: bool = False) -> Problems:
    for criterion in (rule.when, rule.require):
        yield from _of_criterion(f"rule {rule.id}", criterion, known, entry, person=person)
    if rule.valid_from and rule.valid_to and rule.valid_to < rule.valid_from:
        yield f"rule {rule.id}: it ends on {rule.valid_to}, before it begins on {rule.valid_from}"


def _of_criterion(
    where: str, criterion: Criterion | None, known: Mapping[str, Fact], entry: ProgrammeEntry, *, person: bool = False
) -> Problems:
    if criterion is not None:
        yield from (f"{where}: {problem}" for problem in check(criterion, known, person=person))
        yield from (f"{where}: {problem}" for problem in _unknown_places(entry, places_in(criterion)))


def _unknown_places(entry: ProgrammeEntry, names: Iterable[str]) -> Problems:
    """Yield the places that a country which lists all of its municipalities does not have."""
    places: Places = entry.places
    if entry.country.municipalities_complete:
        for name in names:
            if not places.is_known(name):
                known = [str(place.name) for place in entry.country.municipalities]
                yield f"no municipality '{name}' in country.yaml{did_you_mean(name, known)}"


def _of_date(where: str, name: str, known: Mapping[str, Fact]) -> Problems:
    dates = {fact.name for fact in known.values() if fact.type is FactType.DATE and fact.about != "person"}
    if name in known and name not in dates:
        yield f"{where}: '{name}' is not a date of the household or the case"
    elif name not in dates:
        yield f"{where}: no date fact '{name}'{did_you_mean(name, dates)}"


# --- money -------------------------------------------------------------------------------------------------------


def _of_scheme(scheme: Scheme, known: Mapping[str, Fact], entry: ProgrammeEntry) -> Problems:
    where = f"scheme {scheme.id}"
    payers = {
        *(each.id for each in entry.country.owners),
        *(each.id for each in entry.country.authorities),
        *map(str, Payee),
    }
    if scheme.payer not in payers:
        yield f"{where}: no payer '{scheme.payer}' among owners and authorities{did_you_mean(scheme.payer, payers)}"
    yield from _of_criterion(f"{where}, who", scheme.who, known, entry, person=True)
    dates = {"starts": scheme.starts, "payee_moves_on": scheme.payee_moves_on, "years_from": scheme.years_from}
    for key, date_fact in dates.items():
        if date_fact:
            yield from _of_date(f"{where}, {key}", date_fact, known)
    for number, span in enumerate(scheme.spans, start=1):
        yield from _of_criterion(f"{where}, span {number}", span.when, known, entry, person=True)
        if span.starts:
            yield from _of_date(f"{where}, span {number}, starts", span.starts, known)
    for number, rate in enumerate(scheme.rates, start=1):
        yield from _of_criterion(f"{where}, rate {number}", rate.when, known, entry, person=True)
        if rate.valid_from and rate.valid_to and rate.valid_to < rate.valid_from:
            yield f"{where}, rate {number}: it ends on {rate.valid_to}, before it begins on {rate.valid_from}"
    for number, each in enumerate(scheme.assumes, start=1):
        yield from _of_criterion(f"{where}, assumption {number}", each.when, known, entry, person=True)
    for need in scheme.needs:
        yield from (f"{where}: {problem}" for problem in _of_rule(need, known, entry, person=True))


# --- reports -----------------------------------------------------------------------------------------------------


def _of_indicator(indicator: Indicator, known: Mapping[str, Fact], entry: ProgrammeEntry) -> Problems:
    where = f"indicator {indicator.id}"
    yield from _of_date(f"{where}, dated", indicator.dated, known)
    yield from _of_criterion(f"{where}, where", indicator.where, known, entry)
    yield from _of_criterion(f"{where}, who", indicator.who, known, entry, person=True)
    yield from _twice(f"{where}: age band", (band.id for band in indicator.age_bands))
    if (Breakdown.AGE in indicator.by) != bool(indicator.age_bands):
        yield f"{where}: it has age_bands if, and only if, it is split by age"


def _of_format(form: ReportFormat, known: Mapping[str, Fact], entry: ProgrammeEntry) -> Problems:
    where = f"report format {form.id}"
    yield from _of_date(f"{where}, dated", form.dated, known)
    yield from _of_criterion(f"{where}, where", form.where, known, entry)
    yield from _of_criterion(f"{where}, who", form.who, known, entry, person=True)
    yield from _twice(f"{where}: column", (column.id for column in form.columns))
    yield from _unnamed(f"{where}: no indicator", form.indicators, [each.id for each in entry.reports.indicators])
    yield from _unnamed(f"{where}: no scheme", form.schemes, [each.id for each in entry.schemes])
    words = ROW_WORDS[form.rows]
    facts = {name for name, fact in known.items() if _is_shown(fact, form)}
    for column in form.columns:
        yield from _of_column(f"{where}, column {column.id}", column, {*words, *facts})


def _is_shown(fact: Fact, form: ReportFormat) -> bool:
    return form.rows != "indicators" and (fact.about != "person" or form.rows != "households")


def _of_column(where: str, column: Column, offered: set[str]) -> Problems:
    if column.value is None and column.gap is None:
        yield f"{where}: it needs a value, or a gap that says why it stays empty"
    elif column.value is not None and column.gap is None and column.value not in offered:
        yield f"{where}: nothing named '{column.value}' to show{did_you_mean(column.value, offered)}"


def _unnamed(said: str, names: Iterable[str], known: Sequence[str]) -> Problems:
    return (f"{said} '{name}'{did_you_mean(name, known)}" for name in names if name not in known)


def _twice(kind: str, names: Iterable[str]) -> Problems:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{kind} '{name}' is given twice"
        seen.add(name)
