"""Read a household from a YAML or JSON file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from kummi.casework.household_validation import in_plain_values
from kummi.errors import InputError
from kummi.model.household import Household

if TYPE_CHECKING:
    from kummi.model.programme_entry import ProgrammeEntry

LARGEST = 1_000_000
"""Bytes of a file with one household; a larger one is a mistake."""


def read_household(path: Path, entry: ProgrammeEntry) -> Household:
    """Read the ``household`` mapping of a file; the file may hold it bare, too.

    Dates, yes and no, choices, places and languages are read as people write them in the country of the programme.
    Raises InputError with every fault.
    """
    from kummi.catalogue.yaml.model_faults import model_faults
    from kummi.catalogue.yaml.source import read_file, read_yaml

    source = read_yaml(path.name, read_file(path, LARGEST), of_persons=True)
    if source.faults:
        raise InputError(source.faults)
    data = source.data.get("household", source.data) if isinstance(source.data, dict) else source.data
    try:
        return Household.model_validate(in_plain_values(data, entry))
    except ValidationError as error:
        raise InputError(model_faults(source, Household, error)) from None
