"""Sheets of every programme: headers that find their own columns again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kummi.catalogue import Catalogue
from kummi.importing.columns import columns_of, headers_of, match_header
from kummi.model.text import Text


@pytest.mark.parametrize("language", ["en", "xx"])
@pytest.mark.parametrize("programme", ["xx-harbour", "xx-lighthouse"])
def test_every_header_of_a_template_is_its_column(programme: str, language: str, harbourland_alone: Catalogue) -> None:
    entry = harbourland_alone.programme(programme)
    columns = columns_of(entry)

    assert match_header(headers_of(columns, language), columns, entry.country.languages) == columns


def test_columns_with_one_title_are_told_apart_by_their_plain_names(harbourland_alone: Catalogue) -> None:
    entry = harbourland_alone.programme("xx-harbour")
    columns = [replace(each, title=Text.model_validate("the day")) for each in columns_of(entry)]

    headers = headers_of(columns, "en")

    assert headers.count("the day") == 1
    assert match_header(headers, columns, ("en", "xx")) == tuple(columns)
