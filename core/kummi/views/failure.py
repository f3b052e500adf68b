"""What is shown of a command that fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from kummi.errors import Fault
from kummi.views.base import Say, View
from kummi.views.finding import FindingView

ErrorKind = Literal["refused", "input", "not_found", "plugin", "not_permitted", "conflict", "integrity", "bug"]


class FaultView(View):
    """Something wrong in what was given."""

    where: str = Field(description="The place: an option, a file, row and column.", examples=["--on"])
    message: str = Field(description="What is wrong, and what was expected.", examples=["'soon' is not a date"])


class FailureView(View):
    """A command that failed; nothing was kept.

    `refused`: a rule refuses, exit code 1. `input`, `not_found`, `plugin`: wrong usage or bad input, 2.
    `not_permitted`: 3. `conflict`: someone else was first, try again, 4. `integrity`: the record does not prove, 5.
    `bug`: a bug of ours, 70.
    """

    error: ErrorKind = Field(description="What sort of failure it is.", examples=["refused"])
    exit: int = Field(description="The exit code.", examples=[1])
    message: str = Field(
        description="What is wrong, in words.", examples=["case XX-1 cannot move to 'surveyed' on 2024-03-01"]
    )
    findings: list[FindingView] = Field(default_factory=list, description="For `refused`: what stands against it.")
    faults: list[FaultView] = Field(
        default_factory=list,
        description="For `input`, `not_found`, `plugin`: every fault; not for wrong options.",
    )


def fault_views(faults: Sequence[Fault], say: Say) -> list[FaultView]:
    """Return what is shown of faults, in the language of ``say``."""
    return [FaultView(where=say(each.where), message=say(each.message)) for each in faults]
