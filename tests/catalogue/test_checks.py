"""Names that name nothing: each is a fault at its line, with the nearest name."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("country.yaml", "calendar: {country: XECB}", "calendar: {country: QQ}",
         "the holidays library knows no country 'QQ'"),
        ("country.yaml", "authority: harbour-authority}", "authority: harbor-authority}",
         "owner harbour-authority: no authority 'harbor-authority'; did you mean 'harbour-authority'?"),
        ("country.yaml", "id: crew, title: {en: crew, xx: krui}}", "id: coordinator, title: {en: crew, xx: krui}}",
         "owner 'coordinator' is given twice"),
        ("country.yaml", 'form: "[0-9]{4}-[0-9]{2}"', 'form: "[0-9"', "its form is not a regular expression"),
        ("country.yaml", 'form: "[0-9]{4}-[0-9]{2}"', 'form: "[0-9]+"\n    library: xx.berth',
         "the stdnum library has no module 'xx.berth'"),
        ("country.yaml", "code: X3", "code: X1", "municipality 'X1' is given twice"),
        ("programme.yaml", "municipalities: [North Quay, South Quay]", "municipalities: [North Kuay, South Quay]",
         "no municipality 'North Kuay' in country.yaml; did you mean 'North Quay'?"),
        ("programme.yaml", "- id: school_place", "- id: housing", "field 'housing' is given twice"),
        ("workflow.yaml", "kind: consent", "kind: talk",
         "consent of xx-harbour: stage crew-sought: Hailed -> Surveyed -> Fitting out"),
        ("workflow.yaml", "{from: surveyed, to: outfitting}", "{from: surveyed, to: outfiting}",
         "no stage 'outfiting'; did you mean 'outfitting'?"),
        ("eligibility.yaml", "require: {fact: permit.held, equals: true}", "require: {fact: permit.hold, equals: true}",
         "rule xx-permit: no fact named 'permit.hold'; did you mean 'permit.held'?"),
        ("eligibility.yaml", "require: {resides_in: programme}", "require: {resides_in: [Nord Quay]}",
         "rule xx-takes-part: no municipality 'Nord Quay' in country.yaml; did you mean 'North Quay'?"),
        ("eligibility.yaml", "valid_to: 2024-12-31", "valid_to: 2024-12-31\n    valid_from: 2025-06-01",
         "before it begins on 2025-06-01"),
        ("funding.yaml", "payer: harbour-authority", "payer: harbor", "no payer 'harbor' among owners and authorities"),
        ("funding.yaml", "starts: registered", "starts: regisstered",
         "no date fact 'regisstered'; did you mean 'registered'?"),
        ("funding.yaml", "starts: registered", "starts: pathway",
         "'pathway' is not a date of the household or the case"),
        ("funding.yaml", "require: {done: voyage-plan}", "require: {done: voyage-plans}",
         "no task named 'voyage-plans'; did you mean 'voyage-plan'?"),
        ("funding.yaml", "valid_to: 2025-12-31\n        when: {age: {at_least: 18}",
         "valid_to: 2024-12-31\n        when: {age: {at_least: 18}",
         "rate 3: it ends on 2024-12-31"),
        ("reports.yaml", "dated: closed", "dated: closd", "indicator xx-persons-employed, dated: no date fact 'closd'"),
        ("reports.yaml", "by: [gender, age, pathway]", "by: [gender, pathway]", "it has age_bands if, and only if"),
        ("reports.yaml", "indicators: [xx-persons-supported,", "indicators: [xx-person-supported,",
         "no indicator 'xx-person-supported'; did you mean 'xx-persons-supported'?"),
        ("reports.yaml", "value: group}", "value: grouping}",
         "column group: nothing named 'grouping' to show; did you mean 'group'?"),
        ("reports.yaml", "xx: Vak}, value: gap}", "xx: Vak}}", "column gap: it needs a value, or a gap that says why"),
        ("reports.yaml", "{id: born, title", "{id: person, title", "column 'person' is given twice"),
    ],
)  # fmt: skip
def test_name_that_names_nothing_is_a_fault(country, file: str, old: str, new: str, message: str) -> None:
    country.replace(file, old, new)

    faults = country.faults()

    assert any(fault.startswith(f"{file}:") and message in fault for fault in faults), faults


def test_fault_of_one_programme_is_laid_to_its_line(country) -> None:
    country.replace(
        "eligibility.yaml", "require: {fact: permit.held, equals: true}", "require: {fact: permit.hold, equals: true}"
    )
    line = country.line_of("eligibility.yaml", "id: xx-permit")

    assert {fault.split(" ")[0] for fault in country.faults()} == {f"eligibility.yaml:{line}:"}


def test_fault_that_two_programmes_share_is_told_once(country) -> None:
    country.replace("country.yaml", "code: X3", "code: X1")

    assert len(country.faults()) == 1


def test_place_that_is_not_listed_is_taken_where_the_list_is_not_complete(country) -> None:
    country.replace("country.yaml", "municipalities_complete: true", "municipalities_complete: false")
    country.replace("programme.yaml", "municipalities: [North Quay, South Quay]", "municipalities: [Elsewhere]")

    assert country.faults() == []


def test_flawed_workflow_makes_its_programmes_unusable_and_keeps_them_for_whoever_looks_for_the_flaw(country) -> None:
    country.replace("workflow.yaml", "kind: consent", "kind: talk")
    catalogue = country.load()

    assert catalogue.programmes == {}
    assert sorted(catalogue.flawed) == sorted(catalogue.broken) == ["xx-harbour", "xx-lighthouse"]
