"""Identity numbers: refuse what was never given to anybody, and warn when one does not look right.

A valid number refused is worse than a wrong one taken.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from datetime import date

from kummi.message import Message, alternatives
from kummi.model.country import Country, IdentifierScheme
from kummi.model.household import Member


def warnings_for(country: Country, members: Mapping[int, Member], on: date) -> list[Message]:
    """Return a warning for each member whose number fits no scheme of the country, or fails its check digit.

    A warning names the member by number only and never repeats the identity number.
    """
    found = []
    for number, member in members.items():
        doubt = member.identity and doubt_about(country.identifiers, member.identity, on)
        if doubt:
            found.append(
                Message("member {number}: {doubt}; taken as it is, please check it", number=number, doubt=doubt)
            )
    return found


def doubt_about(schemes: tuple[IdentifierScheme, ...], number: str, on: date) -> Message | None:
    """Say what is doubtful about an identity number on a business date, or return None.

    A check digit that newer numbers need not have is still looked at: nobody knows when this one was given.
    """
    fitting = _of_this_form(schemes, number)
    if not fitting:
        if not schemes:
            return None
        kinds = alternatives(*(scheme.title for scheme in schemes))
        return Message("the identity number does not have the form of a {kinds}", kinds=kinds)
    doubts = [_doubt(scheme, number.strip(), on) for scheme in fitting if _holds_a_day(scheme, number)]
    return doubts[0] if doubts and all(doubts) else None


def never_given(schemes: tuple[IdentifierScheme, ...], number: str) -> Message | None:
    """Say why an identity number cannot have been given to anybody, or return None."""
    fitting = _of_this_form(schemes, number)
    if not fitting or any(_holds_a_day(scheme, number) for scheme in fitting):
        return None
    kinds = alternatives(*dict.fromkeys(scheme.title for scheme in fitting))
    return Message("there is no such day as this {kinds} holds; look the number up again, or leave it out", kinds=kinds)


def _of_this_form(schemes: tuple[IdentifierScheme, ...], number: str) -> list[IdentifierScheme]:
    return [scheme for scheme in schemes if re.fullmatch(scheme.form, number.strip(), re.IGNORECASE)]


def _holds_a_day(scheme: IdentifierScheme, number: str) -> bool:
    """Whether the date in a number exists in some century."""
    if scheme.day is None:
        return True
    digits = re.sub(r"\D", "", number)
    if scheme.day.order == "yymmdd":
        year, month, day = re.findall("..", digits[-10:-4])
    else:
        day, month, year = re.findall("..", digits[:6])
    return any(
        _exists(century + int(year), int(month) - months, int(day) - days)
        for century in (1800, 1900, 2000)
        for months in scheme.day.month_plus
        for days in scheme.day.day_plus
    )


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _doubt(scheme: IdentifierScheme, number: str, on: date) -> Message | None:
    """Say whether a number fails the test of its scheme, and what that means on a day; None where it passes."""
    begun = [span for span in scheme.checked if span.valid_from is None or span.valid_from <= on]
    if not begun or not scheme.library or _passes(scheme, scheme.library, number):
        return None
    ends = [span.valid_to for span in begun if span.valid_to is not None]
    if len(ends) < len(begun) or on <= max(ends):
        return Message("the check digit of the {title} does not fit", title=scheme.title)
    return Message(
        "the check digit of the {title} does not fit, as it need not in one given after {ends}",
        title=scheme.title,
        ends=max(ends),
    )


def _passes(scheme: IdentifierScheme, library: str, number: str) -> bool:
    if scheme.last_digits:
        number = re.sub(r"\D", "", number)[-scheme.last_digits :]
    switches = dict.fromkeys(scheme.options, True)
    return bool(importlib.import_module(f"stdnum.{library}").is_valid(number, **switches))
