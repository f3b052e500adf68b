"""The badge of a plugin, and what stands between it and the next one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from kummi.errors import Fault
from kummi.message import Message
from kummi.model.country import Country
from kummi.model.programme import Programme

if TYPE_CHECKING:
    from kummi.catalogue.maturity import PluginReport


class Maturity(StrEnum):
    """How far a plugin has come; each badge includes the ones before it.

    ``sourced``: no fault, every value has a source, and no figure, rule or duty rests on an assumption alone.
    ``tested``: it has stories, and all of them hold. ``reviewed``: a named review stands in the country or in each of
    its programmes, with its day and scope.
    """

    DRAFT = "draft"
    SOURCED = "sourced"
    TESTED = "tested"
    REVIEWED = "reviewed"


def with_badge(report: PluginReport, countries: Sequence[Country], programmes: Sequence[Programme]) -> PluginReport:
    """Return a report with the badge that the plugin has earned, and what it takes to reach the next."""
    steps = {
        Maturity.SOURCED: tuple(_to_be_sourced(report)),
        Maturity.TESTED: tuple(_to_be_tested(report)),
        Maturity.REVIEWED: tuple(_to_be_reviewed(countries, programmes)),
    }
    reached = Maturity.DRAFT
    for badge, missing in steps.items():
        if missing:
            return replace(report, maturity=reached, next=badge, to_reach=missing)
        reached = badge
    return replace(report, maturity=reached)


def _to_be_sourced(report: PluginReport) -> Iterator[Fault]:
    yield from (each.fault for each in report.faults)
    yield from (*report.unsourced, *report.assumed)


def _to_be_tested(report: PluginReport) -> Iterator[Fault]:
    run = report.scenarios
    if run is None or not run.played:
        yield Fault("scenarios/", Message("no story was played; write one or more, and play them with plugin check"))
    else:
        yield from (Fault("", each) for each in run.failed)


def _to_be_reviewed(countries: Sequence[Country], programmes: Sequence[Programme]) -> Iterator[Fault]:
    if any(country.reviews for country in countries):
        return
    lacking: list[Country | Programme] = [each for each in programmes if not each.reviews]
    for each in lacking or ([] if programmes else countries):
        of = each.origin
        place = f"{of.file}:{of.line}" if of and of.file else ""
        name = each.id if isinstance(each, Programme) else each.code
        yield Fault(
            place,
            Message("no review of {name}; add 'reviews' with who read it (by), the day (on) and the scope", name=name),
        )
