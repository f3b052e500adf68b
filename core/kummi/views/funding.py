"""Public money: schemes with their rates, and what a household brings to whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from kummi.funding.entitlement_line import totals_by_payee
from kummi.model.funding import Payee, Pays, Rate, Scheme, Standing
from kummi.model.rule import Finding, Result
from kummi.model.text import Translatable
from kummi.views.base import Amount, Say, View, cited

if TYPE_CHECKING:
    from kummi.funding.entitlement_line import Entitlement, Total
    from kummi.model.case import LoadedCase


class RateView(View):
    """A rate of a scheme, and the days for which it holds."""

    text: str = Field(description="What it is for.", examples=["for an adult"])
    amount: Amount | None = Field(description="The rate; `null` where sources give none, or disagree.")
    disputed: list[Amount] = Field(description="What sources give that disagree.", examples=[[]])
    from_: date | None = Field(alias="from", description="The first day on which it holds.", examples=["2024-01-01"])
    to: date | None = Field(description="The last day on which it holds.", examples=[None])
    note: str | None = Field(description="What is worth knowing of it.", examples=[None])
    reference: str = Field(description="Its sources.", examples=["Harbour Act <https://example.org/act> (2026-11)"])


class SchemeView(View):
    """A scheme of public money that applies under a programme."""

    id: str = Field(description="Its id.", examples=["xx-harbour-money"])
    title: str = Field(description="Its title.", examples=["Harbour money"])
    payee: Payee = Field(description="What kind of body gets it.", examples=["municipality"])
    payee_title: str = Field(description="Who gets it.", examples=["municipality"])
    pays: Pays = Field(description="How it pays.", examples=["per_year"])
    starts: str | None = Field(description="The fact from whose day it is paid.", examples=["registered"])
    from_: date | None = Field(alias="from", description="The first day on which it holds.", examples=[None])
    to: date | None = Field(description="The last day on which it holds.", examples=[None])
    spans: list[str] = Field(description="For how long it is paid.", examples=[["1 year"]])
    rates: list[RateView] = Field(description="Its rates.")
    needs: list[str] = Field(description="Conditions of the payee.", examples=[[]])
    assumes: list[str] = Field(description="Readings that no source says outright.", examples=[[]])
    claims: list[str] = Field(description="By when and how it is claimed.", examples=[[]])
    notes: list[str] = Field(description="What is worth knowing besides.", examples=[[]])
    questions: list[str] = Field(description="What nobody could verify.", examples=[[]])


class NeedView(View):
    """A condition of the payee that is not met, or not known yet."""

    rule: str = Field(description="Its id.", examples=["xx-plan"])
    result: Result = Field(description="Whether it is met.", examples=["unknown"])
    reason: str = Field(description="The condition in words.", examples=["the voyage plan is made"])


class EntitlementView(View):
    """A line of money: a person, a scheme, the days paid for, and what that comes to.

    It has an `amount`, or a `gap` that says why not, or is paid back at actual cost.
    """

    person: int = Field(description="The number of the person in the household.", examples=[1])
    scheme: str = Field(description="The id of the scheme.", examples=["xx-harbour-money"])
    payee: Payee = Field(description="What kind of body gets it.", examples=["municipality"])
    payee_title: str = Field(description="Who gets it.", examples=["municipality"])
    from_: date | None = Field(
        alias="from", description="The first day; `null` where the days are not known.", examples=["2024-02-12"]
    )
    to: date | None = Field(description="The last day.", examples=["2025-02-11"])
    standing: Standing = Field(
        description="How far it can be relied upon. `payable`: by what was read and is known; `if_conditions_hold`: a "
        "condition of the payee is not known yet; `assumed`: rests on a reading that no source says outright, whatever "
        "else is not known; `not_known`: cannot be computed, there is a `gap`; `not_payable`: a condition is known not "
        "to be met, there is no `amount`.",
        examples=["payable"],
    )
    because: list[str] = Field(description="Why it is not simply payable.", examples=[[]])
    amount: Amount | None = Field(description="What it comes to.")
    computed: str | None = Field(description="The arithmetic in words.", examples=["2400.00 a year x 12 of 12 months"])
    rule: str | None = Field(description="What the rate is for.", examples=["for an adult"])
    reference: list[str] = Field(
        description="The sources.", examples=[["Harbour Act <https://example.org/act> (2026-11)"]]
    )
    gap: str | None = Field(description="Why nothing was computed.", examples=[None])
    needs: list[NeedView] = Field(description="Conditions that are not met or not known.", examples=[[]])
    claim_by: date | None = Field(description="The last day on which it can be claimed.", examples=[None])


class PayeeTotalView(View):
    """What one payee gets: a sum of each standing apart, and how many lines are in no sum."""

    payee: Payee = Field(description="What kind of body it is.", examples=["municipality"])
    payee_title: str = Field(description="Who it is.", examples=["municipality"])
    payable: Amount = Field(description="The sum of the lines that are payable.")
    if_conditions_hold: Amount = Field(
        description="The sum of those that are, once conditions hold.", examples=["0.00 XTS"]
    )
    assumed: Amount = Field(description="The sum of those that rest on an assumed reading.", examples=["0.00 XTS"])
    gaps: int = Field(description="Lines that could not be computed.", examples=[0])
    actual_cost: int = Field(description="Lines that are paid back as spent.", examples=[0])
    not_payable: int = Field(description="Lines that fail a condition.", examples=[0])


class EntitlementsView(View):
    """What public money a case brings to whom between two days."""

    ref: str = Field(description="The number of the case.", examples=["XX-1"])
    on: date = Field(description="The business date.", examples=["2024-03-01"])
    lines: list[EntitlementView] = Field(description="Person by person, scheme by scheme.")
    totals: list[PayeeTotalView] = Field(description="One for each payee by name.")
    not_computed: list[str] = Field(description="The ids of schemes that cannot be computed yet.", examples=[[]])


def scheme_view(scheme: Scheme, currency: str, say: Say) -> SchemeView:
    """Return what is shown of a scheme, with amounts in a currency."""
    return SchemeView(
        id=scheme.id,
        title=say(scheme.title),
        payee=scheme.payee,
        payee_title=say(scheme.payee_title),
        pays=scheme.pays,
        starts=scheme.starts,
        from_=scheme.valid_from,
        to=scheme.valid_to,
        spans=[str(span.lasts) for span in scheme.spans],
        rates=[_rate(each, currency, say) for each in scheme.rates],
        needs=[say(each.text) for each in scheme.needs],
        assumes=[say(each.text) for each in scheme.assumes],
        claims=[say(each.text) for each in scheme.claims],
        notes=[say(each.text) for each in scheme.notes],
        questions=[say(each.text) for each in scheme.questions],
    )


def _rate(rate: Rate, currency: str, say: Say) -> RateView:
    return RateView(
        text=say(rate.text),
        amount=None if rate.amount is None else f"{rate.amount} {currency}",
        disputed=[f"{amount} {currency}" for amount in rate.disputed],
        from_=rate.valid_from,
        to=rate.valid_to,
        note=say(rate.note) or None,
        reference=cited(rate.reference, say),
    )


def entitlements_view(loaded: LoadedCase, lines: Sequence[Entitlement], on: date, say: Say) -> EntitlementsView:
    """Return what is shown of the money that a case brings, on a business date."""
    totals = totals_by_payee(lines, loaded.programme.country.currency)
    return EntitlementsView(
        ref=loaded.case.ref,
        on=on,
        lines=[_line(each, say) for each in lines],
        totals=[_total(payee, title, found, say) for (payee, title), found in totals.items()],
        not_computed=[each.id for each in loaded.programme.schemes if not each.is_computed],
    )


def _line(line: Entitlement, say: Say) -> EntitlementView:
    return EntitlementView(
        person=line.person,
        scheme=line.scheme.id,
        payee=line.payee,
        payee_title=say(line.payee_title),
        from_=line.start,
        to=line.end,
        standing=line.standing,
        because=[say(each) for each in line.because],
        amount=str(line.money) if line.money else None,
        computed=say(line.computed) or None,
        rule=say(line.rate.text) if line.rate else None,
        reference=[say(each.citation) for each in line.reference],
        gap=say(line.gap.text) if line.gap else None,
        needs=[_need(each, say) for each in line.needs],
        claim_by=line.claim_by,
    )


def _need(finding: Finding, say: Say) -> NeedView:
    return NeedView(rule=finding.rule, result=finding.result, reason=say(finding.reason))


def _total(payee: Payee, title: Translatable, found: Total, say: Say) -> PayeeTotalView:
    return PayeeTotalView(
        payee=payee,
        payee_title=say(title),
        payable=str(found.payable),
        if_conditions_hold=str(found.if_conditions_hold),
        assumed=str(found.assumed),
        gaps=len(found.gaps),
        actual_cost=len(found.actual_cost),
        not_payable=len(found.not_payable),
    )
