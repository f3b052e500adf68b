"""``import kummi`` is what the author of a plugin needs, and costs nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import kummi


def test_every_name_that_is_offered_exists() -> None:
    assert [name for name in kummi.__all__ if not callable(getattr(kummi, name))] == []


def test_importing_kummi_imports_nothing_heavy() -> None:
    script = "import sys, kummi; print(sorted({'pydantic', 'pluggy', 'yaml', 'kummi.model'} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'Kummi'"):
        kummi.Kummi  # noqa: B018
