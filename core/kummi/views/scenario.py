"""Stories that were played."""

from __future__ import annotations

from pydantic import Field

from kummi.views.base import View


class StoryView(View):
    """What came of a story."""

    file: str = Field(description="The file that it is told in.", examples=["stories/a-year.yaml"])
    scenario: str = Field(description="Its title.", examples=["A resettled family is supported for a year"])
    holds: bool = Field(description="Whether all happens as it is told.", examples=[True])
    departures: list[str] = Field(description="Where it does not.", examples=[[]])
