"""Identity numbers: warn when one does not look right. A valid number refused is worse than a wrong one taken."""

from __future__ import annotations

import importlib
import re
from datetime import date

from kummi.model.country import Country, IdentifierScheme
from kummi.model.household import Member


def warnings_for(country: Country, members: tuple[Member, ...], on: date) -> list[str]:
    """Return a warning for each member whose number fits no scheme of the country, or fails its check digit.

    A warning names the member by number only and never repeats the identity number.
    """
    found = []
    for number, member in enumerate(members, start=1):
        doubt = member.identity and doubt_about(country.identifiers, member.identity, on)
        if doubt:
            found.append(f"member {number}: {doubt}; taken as it is, please check it")
    return found


def doubt_about(schemes: tuple[IdentifierScheme, ...], number: str, on: date) -> str | None:
    """Say what is doubtful about an identity number on a business date, or return None.

    The check digit is looked at only where the law of that day still keeps to it.
    """
    written = number.strip()
    fitting = [scheme for scheme in schemes if re.fullmatch(scheme.form, written, re.IGNORECASE)]
    if not fitting:
        kinds = " or ".join(str(scheme.title) for scheme in schemes)
        return f"the identity number does not have the form of a {kinds}" if kinds else None
    if any(_passes(scheme, written, on) for scheme in fitting):
        return None
    return f"the check digit of the {fitting[0].title} does not fit"


def _passes(scheme: IdentifierScheme, number: str, on: date) -> bool:
    checked = any(
        (span.valid_from is None or span.valid_from <= on) and (span.valid_to is None or on <= span.valid_to)
        for span in scheme.checked
    )
    if not (checked and scheme.library):
        return True
    switches = dict.fromkeys(scheme.options, True)
    return bool(importlib.import_module(f"stdnum.{scheme.library}").is_valid(number, **switches))
