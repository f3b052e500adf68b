"""Public money per person: schemes, how long they pay, dated rates, and schemes that pay a share of another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from kummi.message import Message
from kummi.model.base import Declared, Frozen, Key
from kummi.model.criterion import After, All, Before, Criterion, FactName
from kummi.model.dates import Dated, Day, Duration, Period, Unit
from kummi.model.reference import Note, Question, References
from kummi.model.rule import Rule
from kummi.model.text import Text


class Payee(StrEnum):
    """Who gets the money."""

    MUNICIPALITY = "municipality"
    COUNTY = "county"
    REGION = "region"
    STATE = "state"
    PERSON = "person"
    ORGANISATION = "organisation"

    @property
    def is_of_place(self) -> bool:
        """Whether it is the one where the household lives, and so another one after a move."""
        return self in (Payee.MUNICIPALITY, Payee.COUNTY, Payee.REGION)


class Pays(StrEnum):
    """How a scheme pays. The months of a person's own period begin on the start day and its monthly returns.

    ``per_year``: the rate is for a full year of the person's own period, counted in twelfths by its months.
    ``per_month``: the rate is for each month of the person's own period.
    ``per_day``: the rate is for each day.
    ``once``: one payment on the start day.
    ``first_time``: one payment, on the first day of the first month of the period in which ``who`` is met (the first
    month paid as an adult: at the start for an adult, later for a child who comes of age, never before).
    ``instalments``: one amount per person, paid in shares at set times after the start; all shares are paid.
    ``calendar_years``: one payment for each calendar year, the year of the start being year 1, paid on the start day
    and then on each 1 January; its spans are whole years and say how many payments there are.
    ``actual_cost``: what was spent is paid back; there is no amount to compute.
    ``not_computed``: known of, and shown with what is known, but for want of facts no household has a line of it.
    """

    PER_YEAR = "per_year"
    PER_MONTH = "per_month"
    PER_DAY = "per_day"
    ONCE = "once"
    FIRST_TIME = "first_time"
    INSTALMENTS = "instalments"
    CALENDAR_YEARS = "calendar_years"
    ACTUAL_COST = "actual_cost"
    NOT_COMPUTED = "not_computed"


class Standing(StrEnum):
    """How far a line of money can be relied upon; a sum holds lines of one standing only.

    ``payable``: by what was read and is known. ``if_conditions_hold``: a condition of the payee is not known yet.
    ``assumed``: rests on a reading that no source says outright, whatever else is not known. ``not_known``: cannot be
    computed. ``not_payable``: a condition is known not to be met.
    """

    PAYABLE = "payable"
    IF_CONDITIONS_HOLD = "if_conditions_hold"
    ASSUMED = "assumed"
    NOT_KNOWN = "not_known"
    NOT_PAYABLE = "not_payable"


class Span(Frozen):
    """How long a scheme pays for those who meet ``when``. The first span that is met counts.

    A transition clause is a span. ``starts`` is the date fact that starts the period of those in this span, where it
    is another than the scheme's.
    """

    when: Criterion | None = None
    lasts: Duration
    starts: FactName | None = None
    text: Text | None = None
    reference: References = Field(min_length=1)


class Instalment(Frozen):
    """A share of the amount and when it is paid, counted from the start; ``payee_title`` where another gets it."""

    after: Duration
    share: Decimal = Field(gt=0, le=1)
    payee_title: Text | None = None


class Assumption(Dated):
    """A reading that no source says outright, on which the money of those who meet ``when`` rests.

    It is about every paid period that holds a day of its validity.
    """

    text: Text
    when: Criterion | None = None
    reference: References = Field(min_length=1)

    def is_about(self, first: date, last: date) -> bool:
        """Whether a day of its validity lies in these days."""
        return self.period.overlaps(Period(first, last))


class ClaimDeadline(Dated):
    """By when money for some days is claimed: by a fixed day, or so long after the calendar year or period paid for.

    ``valid_from`` and ``valid_to`` say for which days' money it holds.
    """

    text: Text
    by: Day | None = None
    within: Duration | None = None
    after: Literal["year", "period"] = "year"
    reference: References = Field(min_length=1)

    @model_validator(mode="after")
    def _day_or_length(self) -> ClaimDeadline:
        if (self.by is None) == (self.within is None):
            raise ValueError(
                Message("a claim is made 'by' a day or 'within' a time after the year or period: give one of them")
            )
        return self

    def last_day(self, first: date, last: date) -> date | None:
        """Return the last day to claim money for these days; None where the claim is about other days."""
        if not self.is_valid_on(first):
            return None
        end = date(first.year, 12, 31) if self.after == "year" else last
        return self.by if self.within is None else self.within.after(end)


class Rate(Dated):
    """An amount from one day to another, for the persons who meet ``when``.

    ``when`` is asked with ``on`` at the scheme's age instant (``Scheme.age_at``).
    ``year`` limits it to one ordinal year of the person's period, ``year`` and ``last_year`` to several (the years are
    counted from ``Scheme.years_from`` where it is given); a year ends with the day before it returns. ``amount`` is
    empty where sources disagree (``disputed`` holds what they say) or give no figure; then nothing is computed and
    the gap is shown.
    Outside every rate's validity the rate is unknown: no older rate is ever carried over. Of the rates valid on the
    day, the first whose ``when`` is met counts; where none is, the rate is unknown, since ``Scheme.who`` alone says
    whom the scheme leaves out. Two rates that can both be met on one day and say different figures are a fault, unless
    the later one says that it is for those whom no rate above it is for (``otherwise``). ``share`` stands instead of an
    amount where the law gives a share of ``Scheme.base``.
    """

    amount: Decimal | None = None
    share: Decimal | None = Field(default=None, gt=0)
    disputed: tuple[Decimal, ...] = ()
    when: Criterion | None = None
    year: int | None = Field(default=None, ge=1)
    last_year: int | None = Field(default=None, ge=1)
    otherwise: bool = False
    text: Text
    note: Text | None = None
    reference: References = Field(min_length=1)

    @model_validator(mode="after")
    def _amount_or_dispute(self) -> Rate:
        if self.amount is not None and self.disputed:
            raise ValueError(Message("a rate has an amount or disputed amounts, not both"))
        if self.share is not None and (self.amount is not None or self.disputed):
            raise ValueError(Message("a rate has an amount or a share of the base, not both"))
        if self.last_year is not None and (self.year is None or self.last_year < self.year):
            raise ValueError(Message("the 'last_year' of a rate goes with a 'year' that is not after it"))
        return self

    def is_for_year(self, year: int) -> bool:
        """Whether the rate counts in this ordinal year."""
        return self.year is None or self.year <= year <= (self.last_year or self.year)


class ShareOf(Dated):
    """A share of what another scheme of the programme pays for the same person, such as a tenth.

    The rate that counts is the one that held on the day of the date fact ``on``. ``valid_from`` and ``valid_to`` say
    for which of those days the share was read.
    """

    scheme: Key
    share: Decimal = Field(gt=0, lt=1)
    on: FactName
    reference: References = Field(min_length=1)


class BaseAmount(Dated):
    """What an amount that the law reckons by was from one day to another."""

    amount: Decimal = Field(gt=0)
    reference: References = Field(min_length=1)


class Base(Frozen):
    """The amount that shares are taken of, such as a price base amount, and to what the shares are rounded, half up."""

    title: Text
    round_to: Decimal = Field(default=Decimal("0.01"), gt=0)
    amounts: tuple[BaseAmount, ...] = Field(min_length=1)


class Scheme(Declared, Dated):
    """One stream of public money per person.

    ``who`` is asked for each person (household facts included) and each paid period. ``starts`` is the date fact that
    starts the person's period, moved to the first day of the next month with ``starts_next_month``; a person born
    later is paid for from the first paid period that begins after the birth, and the period ends with the household's;
    that of one who came to the household later begins on that day. Nobody is paid for while not a member.
    ``may_never_start`` is for what may never happen (a job, a move to another municipality): while that day is not
    known there is nothing to pay and no gap.
    ``valid_from`` and ``valid_to`` are the days for which there is such money at all: outside them nothing is paid and
    nothing is missing.
    ``age_at`` names the instant, ``on`` to ``who`` and to the rates' ``when``, at which age and other rules are asked:
    the first day of each paid period, the last day of the month before it, the last day of its calendar year, or the
    start of the whole period.
    ``rate_on`` names the day whose rate counts: ``each_day`` (a change of rate cuts a month), ``period_start`` (the
    first day of each paid period: the month begun), ``year_start`` (the first day of the person's own year), or
    ``start`` (the day of the start fact itself, before any move to the next month). Where the law that was read does
    not say, it is left out: a change of rate then cuts a month by its days, and the parts are marked as assumed.
    ``years_from`` is the date fact from which the years of the rates are counted, where it is not the start of the
    period. Where the household moved to another municipality, a municipality is paid for the days on which it lived
    there; a scheme that ``moved`` starts is paid for each move. ``needs`` are the preconditions of the payee: one that
    is not met leaves nothing payable, one that is not known yet leaves the money apart from what is sure, and so does
    one of ``assumes``. ``claims`` say by when the money is claimed; the first that is about the days counts.
    ``share_of`` stands instead of rates of its own: a share of another scheme's. ``base`` is what rates that are a
    ``share`` are taken of.
    A scheme that is ``not_computed`` needs no ``starts`` and no spans: its rates, notes and questions say what is
    known.
    """

    id: Key
    title: Text
    payer: Key
    payee: Payee
    payee_title: Text
    years_from: FactName | None = None
    who: Criterion | None = None
    starts: FactName | None = None
    starts_next_month: bool = False
    may_never_start: bool = False
    spans: tuple[Span, ...] = ()
    pays: Pays
    instalments: tuple[Instalment, ...] = ()
    age_at: Literal["period_start", "month_before_end", "year_end", "start"] = "period_start"
    rate_on: Literal["each_day", "period_start", "year_start", "start"] | None = None
    needs: tuple[Rule, ...] = ()
    assumes: tuple[Assumption, ...] = ()
    claims: tuple[ClaimDeadline, ...] = ()
    rates: tuple[Rate, ...] = ()
    base: Base | None = None
    share_of: ShareOf | None = None
    notes: tuple[Note, ...] = ()
    questions: tuple[Question, ...] = ()
    reference: References = Field(min_length=1)
    for_: tuple[Key, ...] = Field(default=(), alias="for")

    @property
    def is_computed(self) -> bool:
        """Whether households have lines of this money."""
        return self.pays is not Pays.NOT_COMPUTED

    @model_validator(mode="after")
    def _says_when(self) -> Scheme:
        if self.is_computed and (self.starts is None or not self.spans):
            raise ValueError(
                Message("a scheme says what 'starts' it and how long it lasts in 'spans', unless it is not_computed")
            )
        return self

    @model_validator(mode="after")
    def _rates_or_share(self) -> Scheme:
        if self.rates and self.share_of:
            raise ValueError(Message("a scheme has rates of its own or a share of another scheme's, not both"))
        if any(rate.share is not None for rate in self.rates) != (self.base is not None):
            raise ValueError(Message("a scheme has a base if, and only if, one of its rates is a share"))
        return self

    @model_validator(mode="after")
    def _instalments_fit(self) -> Scheme:
        if (self.pays is Pays.INSTALMENTS) != bool(self.instalments):
            raise ValueError(Message("a scheme has instalments if, and only if, it pays in instalments"))
        if self.instalments and sum(each.share for each in self.instalments) != 1:
            raise ValueError(Message("the shares of the instalments must add up to 1"))
        return self

    @model_validator(mode="after")
    def _spans_fit(self) -> Scheme:
        units = {span.lasts.unit for span in self.spans}
        if self.pays is Pays.CALENDAR_YEARS and units != {Unit.YEARS}:
            raise ValueError(Message("a scheme that pays by calendar years lasts a number of years"))
        if Unit.WORKING_DAYS in units:
            raise ValueError(Message("a scheme lasts days, weeks, months or years; working days are for deadlines"))
        return self


def with_shares(schemes: Sequence[Scheme]) -> tuple[Scheme, ...]:
    """Return the schemes of a programme with the rates that follow from shares: of a base, or of another scheme.

    A share of a base gives a rate for each amount of it that held meanwhile. Each rate of another scheme gives one: for
    those whose date fact lies on a day on which it holds.
    """
    schemes = [_with_shares_of_base(each, each.base) if each.base else each for each in schemes]
    known = {scheme.id: scheme for scheme in schemes}
    return tuple(
        scheme.model_copy(update={"rates": tuple(_shares(scheme.share_of, known[scheme.share_of.scheme].rates))})
        if scheme.share_of and scheme.share_of.scheme in known
        else scheme
        for scheme in schemes
    )


def _with_shares_of_base(scheme: Scheme, base: Base) -> Scheme:
    rates = (each for rate in scheme.rates for each in (_of_base(rate, base) if rate.share else (rate,)))
    return scheme.model_copy(update={"rates": tuple(rates), "base": None})


def _of_base(rate: Rate, base: Base) -> Iterator[Rate]:
    for each in base.amounts:
        first = max(filter(None, (rate.valid_from, each.valid_from)), default=None)
        last = min(filter(None, (rate.valid_to, each.valid_to)), default=None)
        if first and last and last < first:
            continue
        steps = (each.amount * (rate.share or 0) / base.round_to).to_integral_value(ROUND_HALF_UP)
        yield rate.model_copy(
            update={
                "amount": steps * base.round_to,
                "share": None,
                "valid_from": first,
                "valid_to": last,
                "reference": (*each.reference, *rate.reference),
            }
        )


def _shares(share: ShareOf, rates: Sequence[Rate]) -> Iterator[Rate]:
    for rate in rates:
        first = max(filter(None, (rate.valid_from, share.valid_from)), default=None)
        last = min(filter(None, (rate.valid_to, share.valid_to)), default=None)
        if first and last and last < first:
            continue
        parts: list[Criterion] = []
        if first:
            parts.append(After(fact=share.on, after=first - timedelta(days=1)))
        if last:
            parts.append(Before(fact=share.on, before=last + timedelta(days=1)))
        if rate.when:
            parts.append(rate.when)
        yield rate.model_copy(
            update={
                "amount": None if rate.amount is None else _part(rate.amount, share.share),
                "disputed": tuple(_part(amount, share.share) for amount in rate.disputed),
                "valid_from": None,
                "valid_to": None,
                "when": All(all=tuple(parts)) if parts else None,
                "reference": (*share.reference, *rate.reference),
            }
        )


def _part(amount: Decimal, share: Decimal) -> Decimal:
    """Return a share of an amount, without zeros behind the point.

    >>> _part(Decimal("149600"), Decimal("0.1")), _part(Decimal("125"), Decimal("0.1"))
    (Decimal('14960'), Decimal('12.5'))
    """
    part = amount * share
    whole = part.to_integral_value()
    return whole if whole == part else part.normalize()
