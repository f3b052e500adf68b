"""The database: how it was made, copied, checked and proved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from kummi.views.base import View, Written
from kummi.views.plugin import StrandedGroupView

if TYPE_CHECKING:
    from kummi.store.audit import AuditResult


class DatabaseMadeView(Written):
    """A database that is ready."""

    database: str = Field(description="Where it is.", examples=["district.sqlite3"])
    made: bool = Field(description="Whether it was made now, and was not there already.", examples=[True])


class DatabaseUpgradeView(Written):
    """A database whose schema was brought up to date."""

    database: str = Field(description="Where it is.", examples=["district.sqlite3"])
    from_: str | None = Field(alias="from", description="The revision before; `null` for none.", examples=["0001"])
    to: str = Field(description="The revision now.", examples=["0001"])


class DatabaseCheckView(View):
    """A database that is sound: one that is not is an `integrity` failure."""

    database: str = Field(description="Where it is.", examples=["district.sqlite3"])
    faults: list[str] = Field(description="Always empty.", examples=[[]])
    removed: int = Field(description="Half-written files of stopped commands that were removed.", examples=[0])
    stranded: list[StrandedGroupView] = Field(description="Open cases that no installed plugin can move.")


class BackupView(View):
    """A copy of everything that was written to a file."""

    file: str = Field(description="The file.", examples=["2024-03-01.kummi-backup"])
    rows: dict[str, int] = Field(description="How many rows of each table it holds.", examples=[{"cases": 2}])


class RestoreView(Written):
    """A copy that was brought back, and proved."""

    database: str | None = Field(description="Where it was brought to; `null` in a dry run.", examples=["new.sqlite3"])
    rows: dict[str, int] = Field(description="How many rows of each table.", examples=[{"cases": 2}])
    seal: str = Field(description="The seal of all events.", examples=[f"{9:020}-9f2c{'0' * 60}"])


class AuditView(View):
    """A record that proves: one that does not is an `integrity` failure."""

    cases: int = Field(description="How many cases were proved.", examples=[2])
    events: int = Field(description="How many events they have.", examples=[9])
    faults: list[str] = Field(description="Always empty.", examples=[[]])
    seal: str = Field(
        description="Stands for all events; goes back with `--seal`.", examples=[f"{9:020}-9f2c{'0' * 60}"]
    )
    seal_holds: bool | None = Field(
        description="Whether all up to the seal that was given is as it was; `null` where none was.", examples=[None]
    )
    unchecked: int = Field(description="Cases whose morning list nobody could work out again.", examples=[0])


def audit_view(result: AuditResult) -> AuditView:
    """Return what is shown of an audit that found no fault."""
    return AuditView(
        cases=result.cases,
        events=result.events,
        faults=[],
        seal=result.seal,
        seal_holds=result.holds,
        unchecked=result.unchecked,
    )
