"""Two invented programmes of Harbourland side by side, and the whole document that comes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kummi.catalogue.catalogue import Catalogue
from kummi.catalogue.hooks import LiveHooks
from kummi.catalogue.plugin_manager import PluginManager
from kummi.errors import NotFoundError
from kummi.model.country import Country
from kummi.model.funding import Scheme
from kummi.model.programme import Programme, ProgrammeEntry
from kummi.model.report import Reports
from kummi.model.rule import Rule
from kummi.model.vocabulary import MemberRole, Pathway
from kummi.model.workflow import Workflow
from kummi.network.comparison import Comparison, ComparisonTable, Topic
from kummi.network.comparison_files import as_markdown
from kummi.network.money import MoneyView, money_views, total_views
from kummi.network.overview import PathwayView, Verdict, conditions, pathway_view
from kummi.network.topics import compare
from kummi.views.network import comparison_view

ACT = {
    "id": "act",
    "title": "Harbour Act",
    "url": "https://example.org/act",
    "read": "2026-11-01",
    "section": "section 3",
}
DECREE = {"id": "decree", "title": "Harbour Decree", "read": "2026-10", "certainty": "secondary"}
ON = date(2025, 7, 1)
TERMS = {"xx": {"verdict|open": "apert", "Programmes side by side on {date}": "Programs del {date}"}}

COUNTRY = Country.model_validate(
    {
        "code": "XX",
        "name": "Harbourland",
        "languages": ["en", "xx"],
        "currency": "XTS",
        "calendar": {"country": "XX"},
        "municipalities": [
            {"code": "X1", "name": "North Quay"},
            {"code": "X2", "name": "South Quay"},
            {"code": "X3", "name": "Far Island"},
        ],
        "owners": [{"id": "coordinator", "title": "coordinator"}],
    }
)


def programme(name: str, status: str, **given: Any) -> Programme:
    return Programme.model_validate(
        {
            "id": name,
            "title": {"en": "Harbour crews", "xx": "Krui de port"},
            "owner": "The Crew Society",
            "supporter": "crew",
            "standing": {"is": status, "reference": DECREE},
            "countrywide": True,
            "fields": [{"id": "quay", "title": "Lives on the quay", "type": "yes_no"}],
            "reference": ACT,
            **given,
        }
    )


def workflow(name: str) -> Workflow:
    consent = {"id": "consent", "kind": "consent", "title": "Consent", "owner": "coordinator", "reference": ACT}
    return Workflow.model_validate(
        {
            "for": [name],
            "version": "1",
            "initial": "asked",
            "stages": [
                {"id": "asked", "phase": "referral", "title": "Asked", "tasks": [consent], "reference": ACT},
                {"id": "sailing", "phase": "support", "title": "Sailing | together", "reference": [ACT, DECREE]},
                {"id": "ashore", "phase": "closed", "title": "Ashore", "reference": ACT},
            ],
            "moves": [{"from": "asked", "to": "sailing"}, {"from": "sailing", "to": "ashore", "outcome": "completed"}],
        }
    )


RULES = (
    {"id": "xx-pathway", "text": "No other permit", "require": {"not": {"fact": "pathway", "equals": "other_permit"}}},
    {
        "id": "xx-late",
        "text": "The permit is young",
        "when": {"fact": "pathway", "equals": "asylum"},
        "require": {"fact": "on", "within": "3 years", "of": "permit.granted"},
    },
    {"id": "xx-permit", "text": "A permit is held", "require": {"fact": "permit.held", "equals": True}},
    {"id": "xx-consent", "text": "The household consents", "require": {"done": "consent"}},
    {
        "id": "xx-old",
        "text": "Quota only, until 2024",
        "require": {"fact": "pathway", "equals": "resettled"},
        "valid_to": "2024-12-31",
    },
)


def scheme(name: str, **given: Any) -> dict[str, Any]:
    return {
        "id": name,
        "title": "Harbour money",
        "payer": "state",
        "payee": "municipality",
        "payee_title": "municipality of residence",
        "starts": "registered",
        "spans": [{"lasts": "2 years", "reference": ACT}],
        "reference": ACT,
        **given,
    }


UNTIL_2026 = {"valid_to": "2026-12-31", "reference": ACT}
SCHEMES = (
    # Two years from 1 July 2025. 1,200 a year for a child, 600 for an adult, known until the end of 2026: of the second
    # year, which begins on 1 July 2026, six months of twelve. The child of 8 turns 9, the adult of 30 turns 31.
    scheme(
        "xx-yearly",
        pays="per_year",
        rates=[
            {
                "amount": "1200",
                "valid_to": "2026-12-31",
                "when": {"age": {"at_most": 17}},
                "text": "child",
                "reference": ACT,
            },
            {"amount": "600", "valid_to": "2026-12-31", "text": "adult", "reference": ACT},
        ],
    ),
    # For adults on the island only.
    scheme(
        "xx-island",
        title="Island money",
        pays="once",
        who={"all": [{"resides_in": ["Far Island"]}, {"age": {"at_least": 18}}]},
        rates=[{"amount": "50.50", "text": "island", "reference": DECREE}],
    ),
    # For who lives on the quay, which nobody knows of the reference household.
    scheme(
        "xx-quay",
        title="Quay money",
        pays="actual_cost",
        who={"fact": "fields.quay", "equals": True},
    ),
    # For who finds work, if ever.
    scheme(
        "xx-work",
        title="Work money",
        pays="once",
        payee="organisation",
        payee_title="The Crew Society",
        who={"age": {"at_least": 18}},
        starts="fields.work",
        may_never_start=True,
        rates=[{"amount": "300", "text": "work", "reference": ACT}],
    ),
)
DUTY = {
    "id": "yearly-figures",
    "title": "Figures of the year",
    "who": "the Crew Society",
    "receiver": "the Harbour Agency",
    "due": "31 January",
    "reference": DECREE,
}


def entry(each: Programme, *, schemes: bool = True) -> ProgrammeEntry:
    return ProgrammeEntry(
        programme=each,
        country=COUNTRY,
        workflow=workflow(each.id),
        rules=tuple(Rule.model_validate({"reference": ACT, **rule}) for rule in RULES),
        schemes=tuple(Scheme.model_validate(one) for one in SCHEMES) if schemes else (),
        reports=Reports.model_validate({"duties": [DUTY]}),
        terms=TERMS,
    )


def catalogue_of(*entries: ProgrammeEntry) -> Catalogue:
    return Catalogue(
        countries={"XX": COUNTRY},
        programmes={each.id: each for each in entries},
        plugins=(),
        faults=(),
        broken={},
        flawed={},
        digest="",
        behaviour=LiveHooks(PluginManager(), {}),
    )


@pytest.fixture
def catalogue() -> Catalogue:
    window = {"start": "2023-01-01", "end": "2024-12-31", "reference": DECREE}
    return catalogue_of(
        entry(programme("xx-harbour", "established")), entry(programme("xx-pilot", "pilot", window=window))
    )


def whole(catalogue: Catalogue, *names: str, language: str = "en") -> Comparison:
    return compare(catalogue, ON, language, names, tuple(Topic))


def table_of(comparison: Comparison, key: str) -> ComparisonTable:
    return next(table for page in comparison.pages for table in page.tables if table.key == key)


def views(catalogue: Catalogue, on: date = ON) -> dict[Pathway, PathwayView]:
    return {pathway: pathway_view(catalogue.programmes["xx-harbour"], pathway, on, "en") for pathway in Pathway}


def money(catalogue: Catalogue) -> tuple[MoneyView, ...]:
    return tuple(money_views(COUNTRY, list(catalogue.programmes.values()), ON, "en"))


def test_the_whole_document_is_as_expected(catalogue: Catalogue) -> None:
    expected = Path(__file__).with_name("expected_comparison.md").read_text(encoding="utf-8")

    assert as_markdown(whole(catalogue)) == expected


def test_a_pathway_is_closed_by_rules_depends_on_rules_that_name_it_and_is_open_otherwise(catalogue: Catalogue) -> None:
    found = views(catalogue)

    assert {pathway: each.verdict for pathway, each in found.items()} == {
        Pathway.RESETTLED: Verdict.OPEN,
        Pathway.ASYLUM: Verdict.DEPENDS,
        Pathway.TEMPORARY_PROTECTION: Verdict.OPEN,
        Pathway.FAMILY_REUNIFICATION: Verdict.OPEN,
        Pathway.UNACCOMPANIED_MINOR: Verdict.OPEN,
        Pathway.OTHER_PERMIT: Verdict.CLOSED,
    }
    assert [cell.text for cell in found[Pathway.OTHER_PERMIT].against] == ["No other permit"]
    assert [cell.text for cell in found[Pathway.RESETTLED].met] == ["No other permit"]
    assert [cell.text for cell in found[Pathway.ASYLUM].depends_on] == ["The permit is young"]


def test_a_task_that_is_not_done_yet_closes_no_pathway_and_is_asked_of_every_household(catalogue: Catalogue) -> None:
    asked = conditions(catalogue.programmes["xx-harbour"], ON, "en")

    assert [cell.text for cell in asked] == ["A permit is held", "The household consents"]


def test_the_law_of_the_day_decides(catalogue: Catalogue) -> None:
    before = views(catalogue, date(2024, 12, 31))

    assert before[Pathway.ASYLUM].verdict is Verdict.CLOSED
    assert before[Pathway.RESETTLED].verdict is Verdict.OPEN


def test_money_that_differs_by_place_is_shown_for_one_place_of_each_kind(catalogue: Catalogue) -> None:
    assert {view.place for view in money(catalogue)} == {"North Quay", "Far Island"}
    assert [view.place for view in money(catalogue) if view.scheme == "xx-island"] == ["Far Island", "Far Island"]


def test_a_total_is_what_is_known_with_a_count_of_what_is_not_and_without_what_may_never_happen(
    catalogue: Catalogue,
) -> None:
    totals = total_views(money(catalogue), "XTS")

    # Adult in North Quay: 600 + 600 x 6/12 = 900; the last half year has no rate, and the quay is open.
    adult = next(each for each in totals if each.person is MemberRole.ADULT and each.place == "North Quay")
    assert (str(adult.known), adult.not_known) == ("900.00 XTS", 2)
    assert {each.payee.value for each in totals} == {"municipality"}


def test_a_country_without_schemes_has_no_money_and_a_scheme_of_two_programmes_is_counted_once(
    catalogue: Catalogue,
) -> None:
    bare = entry(programme("xx-harbour", "established"), schemes=False)

    assert money(catalogue_of(bare)) == ()
    yearly = [view for view in money(catalogue) if view.scheme == "xx-yearly"]
    assert len(yearly) == len({(view.place, view.pathway, view.person) for view in yearly})


def test_another_language_is_used_where_there_are_words_for_it(catalogue: Catalogue) -> None:
    comparison = whole(catalogue, language="xx")

    assert as_markdown(comparison).startswith("# Programs del 2025-07-01\n")
    assert table_of(comparison, "programmes").rows[0][1].text == "Krui de port"
    assert table_of(comparison, "pathways").rows[0][1].text == "apert"


def test_only_what_is_named_is_compared_in_the_order_in_which_it_is_named(catalogue: Catalogue) -> None:
    for names in (("XX",), ("harbourland",), ()):
        assert whole(catalogue, *names).programmes == ("xx-harbour", "xx-pilot")
    assert whole(catalogue, "xx-pilot").programmes == ("xx-pilot",)
    assert whole(catalogue, "xx-pilot", "XX").programmes == ("xx-pilot", "xx-harbour")
    with pytest.raises(NotFoundError, match="no country or programme named 'xx-pilott'; did you mean 'xx-pilot'"):
        whole(catalogue, "xx-pilott")


def test_form_and_duration_are_said_and_what_no_source_says_is_not_known(catalogue: Catalogue) -> None:
    given: dict[str, dict[str, Any]] = {
        "xx-a": {"form": {"is": ["pair", "group"], "members_at_least": 3, "members_at_most": 4, "reference": ACT}},
        "xx-b": {"duration": {"at_least": "6 months", "at_most": "6 months", "reference": ACT}},
        "xx-c": {"duration": {"at_least": "1 year", "at_most": "2 years", "reference": ACT}},
        "xx-d": {"duration": {"agreed": True, "reference": ACT}},
        "xx-e": {"duration": {"disputed": ["6 months", "1 year"], "reference": DECREE}},
        "xx-f": {"duration": {"at_most": "1 year", "reference": ACT}},
    }
    entries = [entry(programme(name, "pilot", **each)) for name, each in given.items()]

    rows = table_of(whole(catalogue_of(*entries)), "programmes").rows

    assert [(row[6].text, row[7].text) for row in rows] == [
        ("pair, group (3–4)", "not known"),
        ("not known", "6 months"),
        ("not known", "1 year – 2 years"),
        ("not known", "agreed between them"),
        ("not known", "sources disagree: 6 months / 1 year"),
        ("not known", "at most 1 year"),
    ]
    assert [str(each) for each in rows[4][7].sources] == ["Harbour Decree (secondary)"]


def test_the_plain_form_is_json_with_amounts_as_text_and_numbered_sources_of_each_topic(catalogue: Catalogue) -> None:
    plain = comparison_view(whole(catalogue)).model_dump(mode="json", by_alias=True, exclude_unset=True)

    assert (plain["on"], list(plain["topics"])) == ("2025-07-01", [topic.value for topic in Topic])
    funding = plain["topics"]["funding"]
    work = next(row for row in funding["tables"]["schemes"]["rows"] if row["scheme"]["text"] == "Work money")
    assert work["amount"]["amount"] == "300.00 XTS"
    assert work["how"]["text"].startswith("only if it happens: ")
    overview = plain["topics"]["overview"]
    window = overview["tables"]["programmes"]["rows"][1]["window"]
    assert window["text"] == "2023-01-01 – 2024-12-31"
    assert [overview["sources"][number - 1] for number in window["sources"]] == [
        {
            "number": window["sources"][0],
            "title": "Harbour Decree",
            "section": None,
            "read": "2026-10",
            "url": None,
            "certainty": "secondary",
        }
    ]


def test_every_number_in_a_cell_is_in_the_list_of_its_own_topic_and_no_other_source_is(catalogue: Catalogue) -> None:
    plain = comparison_view(whole(catalogue)).model_dump(mode="json", by_alias=True, exclude_unset=True)

    for topic in plain["topics"].values():
        cells = [cell for table in topic["tables"].values() for row in table["rows"] for cell in row.values()]
        cited = {number for cell in cells for number in cell["sources"]}
        assert cited == {source["number"] for source in topic["sources"]}


def test_nobody_may_enter_outside_the_window_of_a_programme(harbourland_alone: Catalogue) -> None:
    entry = harbourland_alone.programmes["xx-harbour"]
    over = entry.programme.window.model_copy(update={"end": date(2024, 2, 29)})
    ended = replace(entry, programme=entry.programme.model_copy(update={"window": over}))

    view = pathway_view(ended, Pathway.RESETTLED, date(2024, 3, 1), "en")

    assert view.verdict is Verdict.CLOSED
    assert "2024-02-29" in view.against[0].text
    assert pathway_view(ended, Pathway.RESETTLED, date(2024, 2, 29), "en").verdict is not Verdict.CLOSED
