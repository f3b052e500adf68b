"""When a scheme pays: the paid periods of one person, by date arithmetic alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from kummi.i18n.terms import length, term
from kummi.message import Message
from kummi.model.dates import Duration, Unit, age_on, months_after
from kummi.model.funding import Pays, Scheme
from kummi.model.text import Text

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PaidPeriod:
    """One thing that is paid: a month, a day, a share or a whole payment.

    ``first`` decides in which window it counts. ``year`` is the ordinal year of the person's own period (for calendar
    years: of the calendar years counted from the start). ``month`` is the whole month of a part that a change of rate
    has cut out; ``payee_title`` is for a share that is paid to another.
    """

    first: date
    last: date
    year: int
    share: Decimal = Decimal(1)
    payee_title: Text | None = None
    month: PaidPeriod | None = None

    @property
    def days(self) -> int:
        """The number of days, both ends included."""
        return (self.last - self.first).days + 1


def starting_day(scheme: Scheme, day: date) -> date:
    """Return the first day of a person's period, given the day of the start fact."""
    return months_after(day.replace(day=1), 1) if scheme.starts_next_month else day


def paid_periods(scheme: Scheme, start: date, lasts: Duration) -> Iterator[PaidPeriod]:
    """Yield everything that a scheme pays for someone whose period starts on a day, in order, none overlapping.

    A month counts when it begins before the duration is over. Instalments are all paid, however long that takes.
    """
    end = lasts.after(start)
    match scheme.pays:
        case Pays.PER_YEAR | Pays.PER_MONTH | Pays.FIRST_TIME:
            yield from _months(start, end)
        case Pays.PER_DAY | Pays.ACTUAL_COST:
            yield from _days(start, end)
        case Pays.ONCE:
            yield PaidPeriod(start, start, 1)
        case Pays.INSTALMENTS:
            yield from _instalments(scheme, start)
        case Pays.CALENDAR_YEARS:
            yield from _calendar_years(start, lasts.count)


def age_instant(scheme: Scheme, start: date, paid: PaidPeriod) -> date:
    """Return the day on which age and other rules are asked for a paid period; a part is asked as its whole month."""
    first = (paid.month or paid).first
    match scheme.age_at:
        case "period_start":
            return first
        case "month_before_end":
            return first.replace(day=1) - _DAY
        case "year_end":
            return date(first.year, 12, 31)
        case "start":
            return start


def parts_of_month(scheme: Scheme, paid: PaidPeriod, moves: Sequence[date]) -> tuple[PaidPeriod, ...]:
    """Cut a month by its days where a rate changes or the household moves, if the law says so or says nothing."""
    if scheme.pays not in (Pays.PER_YEAR, Pays.PER_MONTH) or scheme.rate_on not in (None, "each_day"):
        return (paid,)
    begins = {rate.valid_from for rate in scheme.rates if rate.valid_from}
    begins |= {rate.valid_to + _DAY for rate in scheme.rates if rate.valid_to and rate.valid_to < date.max}
    begins.update(moves)
    cuts = [paid.first, *sorted(day for day in begins if paid.first < day <= paid.last), paid.last + _DAY]
    parts = (replace(paid, first=first, last=end - _DAY, month=paid) for first, end in pairwise(cuts))
    return tuple(replace(part, share=Decimal(part.days) / paid.days) for part in parts) if len(cuts) > 2 else (paid,)


def _months(start: date, end: date) -> Iterator[PaidPeriod]:
    index, first = 0, start
    while first < end:
        following = months_after(start, index + 1)
        yield PaidPeriod(first, following - _DAY, index // 12 + 1)
        index, first = index + 1, following


def _days(start: date, end: date) -> Iterator[PaidPeriod]:
    day, year, next_year = start, 1, months_after(start, 12)
    while day < end:
        if day == next_year:
            year, next_year = year + 1, months_after(start, 12 * (year + 1))
        yield PaidPeriod(day, day, year)
        day += _DAY


def _instalments(scheme: Scheme, start: date) -> Iterator[PaidPeriod]:
    for each in scheme.instalments:
        day = each.after.after(start)
        yield PaidPeriod(day, day, age_on(start, day) + 1, each.share, each.payee_title)


def _calendar_years(start: date, count: int) -> Iterator[PaidPeriod]:
    for index in range(min(count, date.max.year - start.year + 1)):
        year = start.year + index
        yield PaidPeriod(start if index == 0 else date(year, 1, 1), date(year, 12, 31), index + 1)


def amount_of(pays: Pays, rate: Decimal, run: Sequence[PaidPeriod]) -> Decimal:
    """Return what a rate comes to, rounded half up to two decimals."""
    match pays:
        case Pays.PER_YEAR:
            exact = rate * sum(paid.share for paid in run) / 12
        case Pays.PER_MONTH | Pays.PER_DAY:
            exact = rate * sum(paid.share for paid in run)
        case _:
            exact = rate * run[0].share
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def amount_in_words(pays: Pays, rate: Decimal, run: Sequence[PaidPeriod]) -> Message:
    """Say how ``amount_of`` comes to its result."""
    first, count = run[0], len(run)
    parts: dict[str, object] = {"amount": figure(rate), "count": count}
    if first.month:
        return term("part of a month", pays, **parts | {"count": first.days, "days": first.month.days})
    match pays:
        case Pays.PER_MONTH:
            parts["count"] = _length(Unit.MONTHS, count)
        case Pays.PER_DAY:
            parts["count"] = _length(Unit.DAYS, count)
        case Pays.INSTALMENTS:
            parts["share"] = f"{(first.share * 100).normalize():f}"
        case Pays.CALENDAR_YEARS:
            parts |= {"calendar_year": first.first.year, "year": first.year}
    return term("pays", pays, **parts)


def actual_cost_in_words(lasts: Duration) -> Message:
    """Say that what was spent is paid back, and for how long."""
    return term("pays", "actual_cost", duration=_length(lasts.unit, lasts.count))


def figure(amount: Decimal) -> str:
    """Write an amount for reading, in the form of ``Money``: no sign between thousands, which differs by country.

    >>> figure(Decimal("2052"))
    '2052.00'
    """
    return f"{amount:.2f}"


def _length(unit: Unit, count: int) -> Message:
    return length(Duration(count=count, unit=unit))
