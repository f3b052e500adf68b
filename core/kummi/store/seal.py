"""The seal: a hash over the ends of all streams, as of the last event that was recorded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kummi.errors import Fault, InputError
from kummi.message import Message
from kummi.model.event import StreamId

_FORM = re.compile(r"(\d{20})-([0-9a-f]{64})")
_NOTHING = "0" * 20


@dataclass
class Seal:
    """A seal in the making. Only events that were recorded up to a moment are part of it, or all.

    It is written as the moment, to the microsecond and in UTC, and the hash: so a later audit knows which events an
    earlier one has seen, and can tell whether they are still there as they were.
    """

    until: str | None = None
    last: str = _NOTHING
    _hash: Any = field(default_factory=hashlib.sha256, repr=False)

    def add(self, stream: StreamId, history: Sequence[Any]) -> None:
        """Add the events of a stream, in their order; streams come in the order of their kinds and ids."""
        head = None
        for event in history:
            moment = re.sub(r"\D", "", str(event.recorded_at))[:20]
            if self.until is not None and moment > self.until:
                break
            head, self.last = event.hash, max(self.last, moment)
        if head is not None:
            self._hash.update(f"{stream.kind}-{stream.id}:{head}\n".encode(errors="replace"))

    def __str__(self) -> str:
        return f"{self.last if self.until is None else self.until}-{self._hash.hexdigest()}"


def moment_of(seal: str) -> str:
    """Return the moment of a seal that an audit printed.

    >>> moment_of("20240301090005000000-" + "0" * 64)
    '20240301090005000000'

    Raises InputError for anything else.
    """
    found = _FORM.fullmatch(seal.strip())
    if not found:
        raise InputError(
            Fault("--seal", Message("expected the seal that an earlier audit printed: 20 digits, '-', 64 more"))
        )
    return found[1]
