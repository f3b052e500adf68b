"""What is installed for a country."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from kummi.views.base import Say, View, cited

if TYPE_CHECKING:
    from kummi.catalogue.catalogue import Catalogue
    from kummi.model.country import Authority, Country
    from kummi.model.reference import Disagreement


class CountryRowView(View):
    """A country that is installed."""

    code: str = Field(description="Its code.", examples=["XX"])
    name: str = Field(description="Its name.", examples=["Harbourland"])
    languages: list[str] = Field(description="The codes of its languages.", examples=[["en", "xx"]])
    currency: str = Field(description="The code of its currency.", examples=["XTS"])
    programmes: list[str] = Field(description="The ids of its programmes.", examples=[["xx-harbour"]])
    plugin: str = Field(description="The plugin that gives it, with its version.", examples=["xx 1.0"])


class AuthorityView(View):
    """An authority, by the name that it has on the business date."""

    id: str = Field(description="Its id.", examples=["harbour-authority"])
    name: str | None = Field(description="Its name on that day.", examples=["Harbour Agency"])
    reference: str | None = Field(
        description="The sources of that name.", examples=["Harbour Act <https://example.org/act> (2026-11)"]
    )


class IdentifierView(View):
    """A kind of identity number."""

    id: str = Field(description="Its id.", examples=["berth-number"])
    title: str = Field(description="What it is called.", examples=["berth number"])


class TermView(View):
    """An official word."""

    id: str = Field(description="Its id.", examples=["crew"])
    text: dict[str, str] = Field(description="The word in each language.", examples=[{"en": "crew", "xx": "krui"}])


class ReadingView(View):
    """What some sources say of a point on which sources disagree."""

    says: str = Field(description="What they say.", examples=["13 municipalities take part"])
    reference: str = Field(description="These sources.", examples=["Harbour Act <https://example.org/act> (2026-11)"])


class DisagreementView(View):
    """A point on which sources disagree; all their readings stand."""

    about: str = Field(description="The point.", examples=["how many municipalities take part"])
    readings: list[ReadingView] = Field(description="What each source says.")


class CountryView(View):
    """A country: its authorities, words and numbers, and what is open."""

    code: str = Field(description="Its code.", examples=["XX"])
    name: str = Field(description="Its name.", examples=["Harbourland"])
    languages: list[str] = Field(description="The codes of its languages.", examples=[["en", "xx"]])
    currency: str = Field(description="The code of its currency.", examples=["XTS"])
    authorities: list[AuthorityView] = Field(description="Its authorities.")
    identifiers: list[IdentifierView] = Field(description="Its kinds of identity numbers.")
    terms: list[TermView] = Field(description="Its official words.")
    questions: list[str] = Field(
        description="What nobody could verify.", examples=[["Who pays for a boat that sinks?"]]
    )
    disagreements: list[DisagreementView] = Field(description="Where sources disagree.")


def country_row_view(country: Country, catalogue: Catalogue, say: Say) -> CountryRowView:
    """Return what is shown of a country in a list."""
    entries = catalogue.programmes.items()
    return CountryRowView(
        code=country.code,
        name=say(country.name),
        languages=list(country.languages),
        currency=country.currency,
        programmes=sorted(key for key, entry in entries if entry.country.code == country.code),
        plugin=str(country.origin),
    )


def country_view(country: Country, on: date, say: Say) -> CountryView:
    """Return what is shown of a country, with the names that its authorities have on a day."""
    return CountryView(
        code=country.code,
        name=say(country.name),
        languages=list(country.languages),
        currency=country.currency,
        authorities=[_authority(each, on, say) for each in country.authorities],
        identifiers=[IdentifierView(id=each.id, title=say(each.title)) for each in country.identifiers],
        terms=[TermView(id=each.id, text=dict(each.text.entries)) for each in country.terms],
        questions=[say(each.text) for each in country.questions],
        disagreements=[_disagreement(each, say) for each in country.disagreements],
    )


def _authority(authority: Authority, on: date, say: Say) -> AuthorityView:
    named = authority.named_on(on)
    return AuthorityView(
        id=authority.id,
        name=say(named.name) if named else None,
        reference=cited(named.reference, say) if named else None,
    )


def _disagreement(point: Disagreement, say: Say) -> DisagreementView:
    readings = [ReadingView(says=say(each.says), reference=cited(each.reference, say)) for each in point.readings]
    return DisagreementView(about=say(point.about), readings=readings)
