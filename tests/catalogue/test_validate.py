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
         "its end 2024-12-31 is before its start 2025-06-01"),
        ("funding.yaml", "payer: harbour-authority", "payer: harbor", "no payer 'harbor' among owners and authorities"),
        ("funding.yaml", "starts: registered", "starts: regisstered",
         "no date fact 'regisstered'; did you mean 'registered'?"),
        ("funding.yaml", "starts: registered", "starts: pathway",
         "'pathway' is not a date of the household or the case"),
        ("funding.yaml", "require: {done: voyage-plan}", "require: {done: voyage-plans}",
         "no task named 'voyage-plans'; did you mean 'voyage-plan'?"),
        ("funding.yaml", "valid_to: 2025-12-31\n        when: {age: {at_least: 18}",
         "valid_to: 2024-12-31\n        when: {age: {at_least: 18}",
         "its end 2024-12-31 is before its start 2025-01-01"),
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
    line = country.line_of("eligibility.yaml", "permit.hold")

    assert {fault.split(" ")[0] for fault in country.faults()} == {f"eligibility.yaml:{line}:"}


def test_fault_that_two_programmes_share_is_told_once(country) -> None:
    country.replace("country.yaml", "code: X3", "code: X1")

    assert len(country.faults()) == 1


def test_place_that_is_not_listed_is_taken_where_the_list_is_not_complete(country) -> None:
    country.replace("country.yaml", "municipalities_complete: true", "municipalities_complete: false")
    country.replace("programme.yaml", "municipalities: [North Quay, South Quay]", "municipalities: [Elsewhere]")

    assert country.faults() == []


def test_flawed_workflow_makes_its_programmes_unusable_and_keeps_them_for_whoever_looks_for_what_is_wrong(
    country,
) -> None:
    country.replace("workflow.yaml", "kind: consent", "kind: talk")
    catalogue = country.load()

    assert catalogue.programmes == {}
    assert sorted(catalogue.flawed) == sorted(catalogue.broken) == ["xx-harbour", "xx-lighthouse"]


ADULTS = '        when: {age: {at_least: 18}, at: "on"}\n        text: {en: "an adult, 2025"'
NESTED = """    require:
      any:
        - {has: arrived}
        - not:
            all:
              - {fact: pathway, equals: resettled}
              - fact: permt.granted
                before: 2024-01-01
"""


@pytest.mark.parametrize(
    ("file", "old", "new", "words", "message"),
    [
        ("eligibility.yaml", "    require: {fact: permit.held, equals: true}\n", NESTED, "fact: permt.granted",
         "no fact named 'permt.granted'; did you mean 'permit.granted'?"),
        ("workflow.yaml", "      - {from: surveyed, to: outfitting}\n",
         "      - from: surveyed\n        to: outfitting\n        guards:\n          - id: xx-guard\n"
         "            text: {en: a guard, xx: g}\n            reference: crew-handbook\n            require:\n"
         "              all:\n                - {has: arrived}\n                - {done: consnt}\n",
         "{done: consnt}", "no task named 'consnt'; did you mean 'consent'?"),
        ("funding.yaml", "        when: {age: {at_most: 17}, at: \"on\"}\n        text: {en: \"a child, 2025\"",
         "        when:\n          all:\n            - {age: {at_most: 17}, at: \"on\"}\n"
         "            - {fact: housing, equals: boat}\n        text: {en: \"a child, 2025\"", "{fact: housing,",
         "scheme xx-harbour-money: rate 4: no fact named 'housing'"),
        ("funding.yaml", "    payer: harbour-authority", "    payer: harbr-authority", "payer: harbr-authority",
         "did you mean 'harbour-authority'?"),
        ("country.yaml", "valid_to: 2024-12-31", "valid_from: 2025-06-01, valid_to: 2024-12-31", "2025-06-01",
         "its end 2024-12-31 is before its start 2025-06-01"),
        ("programme.yaml", "window: {start: 2020-01-01,", "window: {start: 2020-01-01, end: 2019-12-31,",
         "end: 2019-12-31", "its end 2019-12-31 is before its start 2020-01-01"),
        ("funding.yaml", "        valid_to: 2025-12-31\n        when: {age: {at_least: 18}",
         "        valid_to: 2024-11-30\n        when: {age: {at_least: 18}", "valid_to: 2024-11-30",
         "its end 2024-11-30 is before its start 2025-01-01"),
        ("funding.yaml", "who: {fact: pathway,", "who: {all: [{age: {at_least: 9, at_most: 8}}]} #", "at_most: 8",
         "its end 8 is before its start 9"),
    ],
)  # fmt: skip
def test_fault_points_at_the_line_itself(country, file: str, old: str, new: str, words: str, message: str) -> None:
    country.replace(file, old, new)
    line = country.line_of(file, words)

    assert any(each.startswith(f"{file}:{line}: ") and message in each for each in country.faults()), country.faults()


OVERLAP = ('        when: {age: {at_most: 17}, at: "on"}\n        text: {en: "a child, 2025"',
           '        when: {age: {at_most: 18}, at: "on"}\n        text: {en: "a child, 2025"')  # fmt: skip


def test_rates_that_can_both_be_for_one_person_on_one_day_are_a_fault(country) -> None:
    country.replace("funding.yaml", *OVERLAP)
    line = country.line_of("funding.yaml", "amount: 3720.00")

    (fault,) = country.faults()

    assert fault.startswith(
        f"funding.yaml:{line}: scheme xx-harbour-money: rate 4 (3720.00) can be for the same person on the same day "
        "as rate 3 (2520.00), so that the order in the file would decide; tell their days, years or conditions apart"
    )


def test_rates_whose_days_meet_on_a_single_day_are_a_fault(country) -> None:
    country.replace("funding.yaml", "valid_to: 2024-12-31\n        when: {age: {at_least: 18}",
                    "valid_to: 2025-01-01\n        when: {age: {at_least: 18}")  # fmt: skip

    assert ["rate 3 (2520.00)" in each for each in country.faults()] == [True]


SAME = """amount: 2520.00
        when: {age: {at_least: 18}}
        valid_from: 2025-01-01
        text: {en: the same as above, xx: t}
        reference: crew-handbook
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OVERLAP[0], OVERLAP[1].replace("        text", "        otherwise: true\n        text")),  # it says so
        ("amount: 3720.00", SAME + "      - amount: 3720.00"),
    ],
)  # fmt: skip
def test_rates_that_are_told_apart_are_no_fault(country, old: str, new: str) -> None:
    country.replace("funding.yaml", old, new)

    assert country.faults() == []


def test_sources_that_disagree_stand_in_one_rate_and_never_overlap(country) -> None:
    assert "disputed: [550.00, 560.00]" in (country.path / "funding.yaml").read_text()
    assert country.faults() == []


def test_span_below_one_that_is_for_everybody_is_a_fault(country) -> None:
    country.replace("funding.yaml", '      - {lasts: "12 months", reference: "harbour-decree: section 12"}\n',
                    '      - {lasts: "12 months", reference: "harbour-decree: section 12"}\n'
                    '      - {lasts: "6 months", reference: "harbour-decree: section 12"}\n')  # fmt: skip

    (fault,) = country.faults()

    assert "span 2 can never count, since span 1 above it is for everybody" in fault
    assert fault.startswith(f"funding.yaml:{country.line_of('funding.yaml', '6 months')}: ")


def test_share_of_a_scheme_without_rates_and_of_a_day_that_is_none_are_faults_with_the_nearest_name(country) -> None:
    text = (country.path / "funding.yaml").read_text()
    start = text.index("    rates:", text.index("xx-crew-grant"))
    share = '    share_of: {scheme: xx-harbor-money, share: "0.1", on: pathway, reference: harbour-act}\n'

    country.replace("funding.yaml", text[start : text.rindex("    reference:")], share)

    assert [fault.partition("scheme xx-crew-grant: ")[2] for fault in country.faults()] == [
        "no scheme 'xx-harbor-money' with rates of its own; did you mean 'xx-harbour-money'?",
        "'pathway' is not a date of the household or the case",
    ]
