"""What a coordinator reads in the language of the country, and not in codes."""

from __future__ import annotations

from typing import Any


def test_places_of_a_programme_have_their_own_names(cli: Any) -> None:
    assert "Nordkai, Sudkai" in cli.done("programme", "show", "xx-harbour", "--lang", "xx").out
