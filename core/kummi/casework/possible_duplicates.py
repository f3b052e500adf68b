"""Cases that somebody may be in already: which of them may be named to who works on another case."""

from __future__ import annotations

from collections.abc import Mapping

from kummi.message import Message
from kummi.model.case import case_ref
from kummi.store.database import Connection
from kummi.store.persons import cases_split_off


def named_and_withheld(connection: Connection, found: Mapping[int, str]) -> tuple[tuple[str, ...], tuple[Message, ...]]:
    """Return the numbers of those cases that may be named, and what is said where one may not.

    A household may part after violence, so nothing that is shown to the other side leads to who was split off.
    """
    withheld = cases_split_off(connection, list(found))
    refs = tuple(case_ref(country, number) for number, country in sorted(found.items()) if number not in withheld)
    if not withheld:
        return refs, ()
    said = Message(
        "there is another case with such a person, which is not named here; "
        "ask the lead of your network before you go on"
    )
    return refs, (said,)
