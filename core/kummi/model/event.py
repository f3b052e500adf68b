"""An event as observers are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a case, and is recorded; nothing in it is personal.

    ``kind`` is such as ``advanced``, ``seq`` its place among the events of the case, ``data`` what it recorded.
    """

    ref: str
    programme: str
    kind: str
    seq: int
    happened_on: date
    recorded_at: datetime
    data: Mapping[str, object]
