"""What is wrong with a workflow, and the shortest way that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kummi.message import Message
from kummi.model.base import Origin
from kummi.model.text import FALLBACK, Text
from kummi.model.workflow import Stage


class Proof(StrEnum):
    """What is proved of every workflow before anything runs."""

    STRUCTURE = "structure"
    REFINEMENT = "refinement"
    SOUNDNESS = "soundness"
    CONSENT = "consent"
    CLEARANCE = "clearance"
    CONTRADICTION = "no contradiction"
    COMPLETENESS = "completeness"

    @property
    def number(self) -> int:
        """Its number in the design; the structure, on which the others stand, is 0."""
        return _NUMBERS[self]


_NUMBERS = {
    Proof.STRUCTURE: 0,
    Proof.REFINEMENT: 1,
    Proof.SOUNDNESS: 2,
    Proof.CONSENT: 3,
    Proof.CLEARANCE: 4,
    Proof.CONTRADICTION: 5,
    Proof.COMPLETENESS: 6,
}


@dataclass(frozen=True)
class Violation:
    """One way in which a proof fails.

    ``where`` names the stage, task or move (``"stage matched"``), ``origin`` the file and line it was declared in,
    and ``inside`` the keys that lead from there to the very line.
    ``path`` is the shortest way that shows it, from the first stage on; empty where no way is needed. A ``gap`` is
    counted and shown, and does not keep the workflow from running.
    """

    proof: Proof
    where: Message | str
    message: Message
    path: tuple[Stage, ...] = ()
    origin: Origin | None = None
    gap: bool = False
    inside: tuple[str | int, ...] = ()

    def way(self, language: str = FALLBACK) -> str:
        """Return the path in the country's own stage titles: ``Referred -> Assessed -> Matching``."""
        return way(self.path, language)

    @property
    def summary(self) -> Message:
        """The violation in one line, its path in the country's own stage titles."""
        if not self.path:
            return Message("{where}: {message}", where=self.where, message=self.message)
        return Message("{where}: {path}: {message}", where=self.where, path=_titles(self.path), message=self.message)

    def __str__(self) -> str:
        return str(self.summary)


def _titles(path: Sequence[Stage]) -> Text:
    languages = dict.fromkeys(each for stage in path for each in stage.title.languages)
    return Text.model_validate({each: way(path, each) for each in languages})


def way(path: Sequence[Stage], language: str = FALLBACK) -> str:
    """Return a way through stages by their titles."""
    return " -> ".join(stage.title.in_language(language) for stage in path)
