"""The tests that a country is given in one line: what they promise, and that each of them can fail."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kummi import Gender, MemberRole, Pathway, Person, Result
from kummi.errors import NotFoundError
from kummi.testing import CountryUnderTest, contract, harbourland

STORY = """\
scenario: A household is opened
programme: {programme}
on: 2025-03-03
rehearse: {rehearse}
household:
  pathway: resettled
  municipality: North Quay
  permit: {{granted: 2025-01-02}}
  members: [{{role: adult, born: 1990-01-01}}]
expect: {{eligibility: eligible}}
"""
PROMISES = [
    "loads-without-a-fault",
    "proof-of-structure",
    "proof-of-refinement",
    "proof-of-soundness",
    "proof-of-consent",
    "proof-of-clearance",
    "proof-of-no-contradiction",
    "proof-of-completeness",
    "texts-in-every-language",
    "values-have-a-source",
    "sources-say-when-they-were-read",
    "figures-have-their-days",
    "each-programme-has-a-story",
]


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    """Return a folder with Harbourland as a draft, and a story of each of its programmes."""
    folder = shutil.copytree(Path(harbourland.__file__).parent, tmp_path / "xx", ignore=shutil.ignore_patterns("*.py"))
    (folder / "scenarios").mkdir()
    for programme in ("xx-harbour", "xx-lighthouse"):
        told = STORY.format(programme=programme, rehearse=str(programme == "xx-lighthouse").lower())
        (folder / "scenarios" / f"{programme}.yaml").write_text(told)
    return tmp_path


def checks(drafts: Path) -> dict[str, Callable[[], None]]:
    """Return the items of the contract by their ids, as pytest would collect them."""
    (mark,) = contract("xx", drafts).pytestmark
    return dict(zip(mark.kwargs["ids"], mark.args[1], strict=True))


def failing(drafts: Path) -> dict[str, str]:
    """Return the items of the contract that fail, with what they say."""
    found = {}
    for name, check in checks(drafts).items():
        try:
            check()
        except AssertionError as error:
            found[name] = str(error)
    return found


def test_items_are_the_promises_and_then_the_stories_each_with_its_id(drafts: Path) -> None:
    assert list(checks(drafts)) == [*PROMISES, "story-xx-harbour", "story-xx-lighthouse"]


def test_country_that_keeps_its_contract_fails_nothing(drafts: Path) -> None:
    assert failing(drafts) == {}


@pytest.mark.parametrize(
    ("file", "old", "new", "item", "says"),
    [
        ("funding.yaml", "payer: harbour-authority", "payer: nobody", "loads-without-a-fault", "no payer 'nobody'"),
        ("workflow.yaml", "kind: consent", "kind: talk", "proof-of-consent", "without the household's consent"),
        ("workflow.yaml", "{en: Voyage plan, xx: Plan de viaj}", "Voyage plan", "texts-in-every-language", "Voyage"),
        ("references.yaml", 'read: "2026-11"', "read: last autumn", "sources-say-when-they-were-read", "last autumn"),
        ("references.yaml", "url: https", "url: htps", "sources-say-when-they-were-read", "htps"),
        ("scenarios/xx-harbour.yaml", ": eligible", ": not_eligible", "story-xx-harbour", "not_eligible"),
        ("scenarios/xx-harbour.yaml", "on: 2025-03-03", "on: soon", "story-xx-harbour", "expected a date"),
        ("scenarios/xx-lighthouse.yaml", "programme: xx-lighthouse", "programme: xx-harbour",
         "each-programme-has-a-story", "xx-lighthouse"),
    ],
)  # fmt: skip
def test_broken_promise_fails_its_own_item_and_says_why(
    drafts: Path, file: str, old: str, new: str, item: str, says: str
) -> None:
    path = drafts / "xx" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))

    assert says in failing(drafts)[item]


def test_figure_without_days_is_told(drafts: Path) -> None:
    funding = drafts / "xx" / "funding.yaml"
    text = re.sub(r"      - disputed: .*\n(?:        .*\n)+", "", funding.read_text())
    days = "      - amount: 500.00\n        valid_from: 2024-01-01\n        valid_to: 2024-12-31\n"
    assert days in text
    funding.write_text(text.replace(days, "      - amount: 500.00\n"))

    assert "xx-crew-grant: 500" in failing(drafts)["figures-have-their-days"]


def test_value_without_a_source_is_told(drafts: Path) -> None:
    country = drafts / "xx" / "country.yaml"
    text = country.read_text()
    country.write_text(text.replace("xx: Nordkai}, reference: harbour-act}", "xx: Nordkai}}"))

    assert "has no source" in failing(drafts)["values-have-a-source"]


# --- the country, asked by its own tests ---------------------------------------------------------------------------


@pytest.fixture
def country(drafts: Path) -> CountryUnderTest:
    return CountryUnderTest("xx", drafts)


def test_rules_are_asked_of_invented_people(country: CountryUnderTest) -> None:
    household = {"pathway": "resettled", "municipality": "X1", "permit.held": True}

    found = country.findings("xx-harbour", date(2025, 3, 3), household, {"role": "adult"})
    against = country.against("xx-harbour", date(2025, 3, 3), household, {"role": "adult"})

    assert found["xx-pathway"] is Result.MET
    assert against == {"xx-three-years": Result.UNKNOWN}


def test_pathway_task_and_deadline_are_asked_by_name(country: CountryUnderTest) -> None:
    assert country.verdict("xx-harbour", Pathway.OTHER_PERMIT, date(2025, 3, 3)) == "closed"
    assert country.asks("xx-harbour", "school-place", date(2025, 3, 3), {"household.children": 0}) is Result.NOT_MET
    assert country.due("xx-harbour", "voyage-plan", date(2025, 3, 3), {}) == date(2025, 3, 17)
    assert country.due("xx-harbour", "consent", date(2025, 3, 3), {}) is None
    assert country.is_holiday(date(2025, 12, 25))


def test_money_is_asked_for_a_household_whose_size_follows_from_its_persons(country: CountryUnderTest) -> None:
    adult = Person(1, MemberRole.ADULT, date(1990, 1, 1), Gender.FEMALE)
    asked = {"pathway": "asylum", "registered": date(2024, 1, 1), "tasks.voyage-plan": date(2024, 1, 2)}

    lines = country.entitlements(
        "xx-harbour", asked, (adult,), date(2024, 1, 1), date(2024, 12, 31), "xx-harbour-money"
    )

    assert [str(line.amount) for line in lines] == ["2400.00"]
    assert {payee: str(total.payable) for payee, total in country.totals(lines).items()} == {
        "municipality of residence": "2400.00 XTS"
    }
    assert country.amounts("xx-harbour-money", date(2025, 6, 1)) == [2520, 3720]


@pytest.mark.parametrize("ask", [lambda it: it.scheme("xx-harbor-money"), lambda it: it.task("xx-harbour", "consnt")])
def test_name_that_the_country_has_not_is_told_with_the_nearest(
    country: CountryUnderTest, ask: Callable[[CountryUnderTest], object]
) -> None:
    with pytest.raises(NotFoundError, match="did you mean"):
        ask(country)
