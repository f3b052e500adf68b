"""Read a household from a YAML or JSON file."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from kummi.errors import Fault, InputError
from kummi.model.household import Household

LARGEST = 1_000_000
"""Bytes of a file with one household; a larger one is a mistake."""


def read_household(path: Path) -> Household:
    """Read the ``household`` mapping of a file; the file may hold it bare, too. Raises InputError with every fault."""
    from kummi.catalogue.model_faults import model_faults
    from kummi.catalogue.yaml_source import read_yaml

    try:
        if path.stat().st_size > LARGEST:
            raise InputError(Fault(str(path), f"is larger than {LARGEST} bytes; expected one household"))
        source = read_yaml(path.name, path.read_bytes())
    except OSError as error:
        raise InputError(Fault(str(path), f"cannot be read: {error.strerror}")) from error
    if source.faults:
        raise InputError(source.faults)
    data = source.data.get("household", source.data) if isinstance(source.data, dict) else source.data
    try:
        return Household.model_validate(data)
    except ValidationError as error:
        raise InputError(model_faults(source, Household, error)) from error
