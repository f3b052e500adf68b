"""From which day to which day something holds."""

from __future__ import annotations

from datetime import date

from pydantic import model_validator

from kummi.model.base import Frozen
from kummi.model.dates import Day


class EndsTooEarlyError(ValueError):
    """Something ends before it begins; ``key`` is the key of its end."""

    def __init__(self, key: str, end: object, start: object) -> None:
        self.key = key
        super().__init__(f"its end {end} is before its start {start}")


class Dated(Frozen):
    """A value that holds from one day to another, both included; an end that is left out is open."""

    valid_from: Day | None = None
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Dated:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise EndsTooEarlyError("valid_to", self.valid_to, self.valid_from)
        return self

    def is_valid_on(self, day: date) -> bool:
        """Whether it holds on this day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)
