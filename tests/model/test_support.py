"""The form and duration of support say one thing, or are refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from kummi.model.programme import DurationOfSupport, FormOfSupport

SOURCE = {"id": "act", "title": "Harbour Act", "read": "2026-11"}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "has ends"),
        ({"agreed": True, "at_most": "1 year"}, "has ends"),
        ({"disputed": ["6 months"], "agreed": True}, "has ends"),
        ({"at_least": "six"}, "not a duration"),
    ],
)
def test_duration_that_says_nothing_or_two_things_is_refused(given: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        DurationOfSupport.model_validate({**given, "reference": SOURCE})


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"is": []}, "at least 1 item"),
        ({"is": ["pair"], "members_at_least": 3}, "only a group has a number of members"),
        ({"is": ["group"], "members_at_least": 5, "members_at_most": 4}, "more than members_at_most"),
        ({"is": ["crowd"]}, "'pair', 'family' or 'group'"),
    ],
)
def test_form_that_does_not_fit_is_refused(given: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        FormOfSupport.model_validate({**given, "reference": SOURCE})


def test_form_and_duration_need_a_source() -> None:
    with pytest.raises(ValidationError, match="reference"):
        FormOfSupport.model_validate({"is": ["pair"]})
    with pytest.raises(ValidationError, match="reference"):
        DurationOfSupport.model_validate({"agreed": True})
