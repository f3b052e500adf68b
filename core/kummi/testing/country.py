"""A country as its own tests ask it: its rules, money, deadlines and identity numbers, for invented people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TypeVar

from kummi.casework.identity_numbers import doubt_about, never_given
from kummi.catalogue import Catalogue, load
from kummi.errors import NotFoundError
from kummi.funding.entitlement_line import Entitlement, Total, totals_by_payee
from kummi.funding.entitlements import entitlements
from kummi.i18n.translator import Translator, translator_of
from kummi.lifecycle.deadlines import deadline_day_from, holidays_of
from kummi.message import Message
from kummi.model.case import Person
from kummi.model.country import Authority, Country
from kummi.model.dates import Period
from kummi.model.facts import MUNICIPALITY, Facts, FactValue, counts_of
from kummi.model.funding import Rate, Scheme
from kummi.model.programme import ProgrammeEntry
from kummi.model.rule import Result
from kummi.model.timeline import Timeline
from kummi.model.vocabulary import Pathway
from kummi.model.workflow import Task
from kummi.network.overview import pathway_view
from kummi.rules.decide import decide, findings_of
from kummi.rules.describe import labels_of

T = TypeVar("T")
Values = Mapping[str, FactValue]
"""Facts by name, such as ``{"pathway": "asylum", "fields.school_place": True}``."""


@cache
def catalogue_of(code: str | None, plugins_dir: Path | None) -> Catalogue:
    """Load the plugins of a country, once in a run of tests; without a code, the drafts and no installed country."""
    return load([code] if code else [], plugins_dir)


class CountryUnderTest:
    """A country with its programmes, read once, and what it says of invented households.

    Args:
        code: The code of the country, such as ``xx``.
        plugins_dir: A folder of drafts in which its plugin lies, where it is not installed.
    """

    def __init__(self, code: str, plugins_dir: Path | None = None) -> None:
        self.code = code.upper()
        self.plugins_dir = plugins_dir

    @property
    def catalogue(self) -> Catalogue:
        """The country with everything that plugins give for it."""
        return catalogue_of(self.code, self.plugins_dir)

    @property
    def country(self) -> Country:
        """What the plugin says of the country itself."""
        return self.catalogue.country(self.code)

    @property
    def programmes(self) -> tuple[str, ...]:
        """The ids of its programmes."""
        return tuple(self.catalogue.programmes)

    def programme(self, programme: str) -> ProgrammeEntry:
        """Return a programme with its workflow, rules, schemes and reports. Raises NotFoundError."""
        return self.catalogue.programme(programme)

    def term(self, language: str, kind: str, value: str) -> str:
        """Return the country's word for a value that core names, such as ``("xx", "outcome", "no_sponsor")``."""
        return self._translator(language).term(kind, value)

    def phrase(self, language: str, english: str) -> str:
        """Return a phrase of core as the country says it in a language."""
        return self._translator(language).gettext(english)

    def _translator(self, language: str) -> Translator:
        return translator_of(self.programme(self.programmes[0]), language)

    def authority(self, authority: str) -> Authority:
        """Return an authority of the country. Raises NotFoundError."""
        return _named("authority", authority, {each.id: each for each in self.country.authorities})

    def task(self, programme: str, task: str) -> Task:
        """Return a task of a programme's workflow. Raises NotFoundError."""
        return _named("task", task, {each.id: each for each in self.programme(programme).workflow.tasks})

    # --- rules -------------------------------------------------------------------------------------------------------

    def findings(self, programme: str, on: date, values: Values, *members: Values) -> dict[str, Result]:
        """Return what each rule of eligibility that applies says of a household on a day.

        Args:
            programme: The id of the programme.
            on: The business date.
            values: Facts of the household and the case.
            members: The facts of each person, such as ``{"role": "adult", "born": date(1990, 1, 1)}``.
        """
        entry = self.programme(programme)
        found = findings_of(entry.rules, Facts(on, values, members, entry.places))
        return {finding.rule: finding.result for finding in found}

    def against(self, programme: str, on: date, values: Values, *members: Values) -> dict[str, Result]:
        """Return the findings that keep a household out, or leave open whether it may enter."""
        found = self.findings(programme, on, values, *members)
        return {rule: result for rule, result in found.items() if result is not Result.MET}

    def asks(self, programme: str, task: str, on: date, values: Values, *members: Values) -> Result:
        """Return whether a task is asked of a household."""
        entry, when = self.programme(programme), self.task(programme, task).when
        return Result.MET if when is None else decide(when, Facts(on, values, members, entry.places))

    def verdict(self, programme: str, pathway: Pathway, on: date) -> str:
        """Return whether a pathway is ``open``, ``closed`` or ``depends`` on more."""
        language = self.country.languages[0]
        return pathway_view(self.programme(programme), pathway, on, language).verdict.value

    # --- deadlines ---------------------------------------------------------------------------------------------------

    def due(self, programme: str, task: str, entered: date, values: Values, place: str | None = None) -> date | None:
        """Return the day on which a task is due, for a stage that was entered on a day; None where it has no day."""
        deadline = self.task(programme, task).deadline
        is_holiday = holidays_of(self.programme(programme), place)
        return deadline_day_from(deadline, entered, Facts(entered, values), is_holiday) if deadline else None

    def is_holiday(self, day: date, place: str | None = None) -> bool:
        """Whether a day is a public holiday in a place, or in the country."""
        return holidays_of(self.programme(self.programmes[0]), place)(day)

    # --- money -------------------------------------------------------------------------------------------------------

    def scheme(self, scheme: str) -> Scheme:
        """Return a scheme of any of the programmes. Raises NotFoundError."""
        found = {each.id: each for entry in self.catalogue.programmes.values() for each in entry.schemes}
        return _named("scheme", scheme, found)

    def rates(self, scheme: str, day: date) -> list[Rate]:
        """Return the rates of a scheme that hold on a day, in the order in which they are declared."""
        return [rate for rate in self.scheme(scheme).rates if rate.is_valid_on(day)]

    def amounts(self, scheme: str, day: date) -> list[Decimal | None]:
        """Return the amounts of the rates that hold on a day; None for one that is not known."""
        return [rate.amount for rate in self.rates(scheme, day)]

    def entitlements(
        self,
        programme: str,
        values: Values,
        persons: Iterable[Person],
        first: date,
        last: date,
        scheme: str = "",
        moves: Mapping[date, str] | None = None,
    ) -> list[Entitlement]:
        """Return the money for the persons of a household over some days, of one scheme where it is named.

        How many persons, adults and children the household has follows from the persons. ``moves`` are the
        municipalities that it moved to, by the day, from the one in ``values``.
        """
        people = tuple(persons)
        counted = counts_of([each.role for each in people])
        about = tuple({"role": each.role, "born": each.born} for each in people)
        entry = self.programme(programme)
        lived = Timeline.always(values.get(MUNICIPALITY))
        for day, place in (moves or {}).items():
            lived = lived.changed(day, entry.places.key(place))
        timelines = {MUNICIPALITY: lived} if moves else {}
        facts = Facts(last, {**counted, **values}, about, entry.places, timelines=timelines)
        schemes = [each for each in entry.schemes if scheme in ("", each.id)]
        labels = labels_of(entry.programme, entry.tasks)
        period, currency = Period(first, last), entry.country.currency
        return list(entitlements(schemes, facts, people, currency, period, labels=labels))

    def totals(self, lines: Iterable[Entitlement]) -> dict[str, Total]:
        """Return the sums of each payee, by its title."""
        return {str(title): total for (_, title), total in totals_by_payee(lines, self.country.currency).items()}

    # --- identity numbers --------------------------------------------------------------------------------------------

    def doubt(self, number: str, on: date) -> str | None:
        """Return what is doubtful about an identity number on a day, or None."""
        found = doubt_about(self.country.identifiers, number, on)
        return None if found is None else str(found)

    def refuses(self, number: str) -> bool:
        """Whether an identity number can have been given to nobody."""
        return never_given(self.country.identifiers, number) is not None


def _named(kind: str, name: str, known: Mapping[str, T]) -> T:
    if name not in known:
        raise NotFoundError(Message(kind), name, known)
    return known[name]
