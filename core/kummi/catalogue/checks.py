"""What must hold of a programme as a whole, beyond the shape of each value."""

from __future__ import annotations

from kummi.catalogue.catalogue import ProgrammeEntry
from kummi.catalogue.claims import Attributed


def check_programme(entry: ProgrammeEntry) -> list[Attributed]:
    """Return everything that does not fit together in a programme."""
    return []
