"""The page of all hooks is the one that its source gives."""

from __future__ import annotations

from pathlib import Path

from kummi.catalogue.hooks_page import hooks_page


def test_page_in_docs_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "hooks.md"

    assert page.read_text() == hooks_page(), "run: python -m kummi.catalogue.hooks_page > docs/hooks.md"
