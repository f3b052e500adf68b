"""What the author of a country tests with: its contract, and the country asked about invented people."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kummi.testing.contract_tests import contract
    from kummi.testing.country import CountryUnderTest

_HOMES = {"CountryUnderTest": "country", "contract": "contract_tests"}

__all__ = ["CountryUnderTest", "contract"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'kummi.testing' has no attribute '{name}'")
    return getattr(import_module(f"kummi.testing.{_HOMES[name]}"), name)
