"""Streams and their events: which stream, what every event has, and an event as observers are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

CASE = "case"
"""The kind of stream that is a case; its id is the number of the case."""


@dataclass(frozen=True, slots=True)
class StreamId:
    """One living thing and its events: the kind of thing, and which one.

    >>> str(StreamId("case", 12))
    'case number 12'
    """

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind} number {self.id}"


class StreamEvent(Protocol):
    """What the events of every kind of stream have: their kind, the version of their form, and their data."""

    @property
    def kind(self) -> str:
        """The kind of event."""

    @property
    def version(self) -> int:
        """The version of the form of its data."""

    def to_data(self) -> dict[str, Any]:
        """Return the data as JSON has it, without anything personal."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a stream, and is recorded; nothing in it is personal.

    ``ref`` is the name that people use for the stream, such as the number of a case. ``kind`` is such as ``advanced``,
    ``version`` that of the form of its data, ``seq`` its place among the events of the stream, ``data`` what it
    recorded. ``action`` is the id of what one command did: all events that it wrote carry it.
    """

    stream: StreamId
    ref: str
    programme: str
    kind: str
    version: int
    action: str
    seq: int
    happened_on: date
    recorded_at: datetime
    data: Mapping[str, object]
