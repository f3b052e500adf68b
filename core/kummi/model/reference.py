"""Where a fact about the world was found, and how sure it is."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints, model_validator

from kummi.message import Message
from kummi.model.base import Frozen
from kummi.model.dates import Day
from kummi.model.text import Text


class Certainty(StrEnum):
    """``read`` in the source itself, ``secondary`` when another source reports it, ``assumed`` by the plugin."""

    READ = "read"
    SECONDARY = "secondary"
    ASSUMED = "assumed"


class Reference(Frozen):
    """A source: its title, its address, when it was read, how sure, and the place in it.

    ``read`` is an ISO date or month (``2026-11``); ``url`` is empty for a document without a public address.
    """

    id: str
    title: str
    url: str | None = None
    read: str
    certainty: Certainty = Certainty.READ
    section: str | None = None
    note: str | None = None

    def __str__(self) -> str:
        return str(self.named)

    @property
    def named(self) -> Message:
        """The title and the place in it, and how sure if not read."""
        if self.certainty is Certainty.READ:
            return Message("{source}", source=self._place)
        return Message("{source} ({certainty})", source=self._place, certainty=self._doubt)

    @property
    def citation(self) -> Message:
        """The source in one line: title, place in it, address, when it was read, how sure if not read."""
        address = f" <{self.url}>" if self.url else ""
        source = " ".join(f"{self._place}{address}".split())
        if self.certainty is Certainty.READ:
            return Message("{source} ({day})", source=source, day=self.read)
        return Message("{source} ({day}, {certainty})", source=source, day=self.read, certainty=self._doubt)

    @property
    def _place(self) -> str:
        return f"{self.title}, {self.section}" if self.section else self.title

    @property
    def _doubt(self) -> Message:
        return Message.in_context("certainty", self.certainty.value)


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, (dict, Reference)) else value


References = Annotated[tuple[Reference, ...], BeforeValidator(_as_tuple)]
"""One reference or several."""


class Note(Frozen):
    """Something worth knowing that no rule asks, with sources of its own where it states a figure.

    In a file it is a text, or a mapping with ``text`` and ``reference``:

    >>> str(Note.model_validate("Volunteers give time, no money.").text)
    'Volunteers give time, no money.'
    """

    text: Text
    reference: References = ()

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        is_whole = isinstance(value, Note) or (isinstance(value, dict) and "text" in value)
        return value if is_whole else {"text": value}


class Review(Frozen):
    """Somebody who knows the law has read what a country or a programme declares: who, on which day, and which part."""

    by: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
    on: Day
    scope: Text


class Question(Frozen):
    """Something that nobody could verify: a gap that users are shown instead of a guess."""

    text: Text
    reference: References = ()


class Reading(Frozen):
    """What one source says where sources disagree."""

    says: Text
    reference: References


class Disagreement(Frozen):
    """A point on which sources differ; all their readings stand."""

    about: Text
    readings: tuple[Reading, ...]
