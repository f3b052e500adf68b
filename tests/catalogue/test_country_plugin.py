"""A country read from its files: every fault with its file, its line, and what would have been right."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from kummi.catalogue import FoundPlugin, load_found
from kummi.catalogue.country_plugin import CountryPlugin
from kummi.errors import PluginError
from kummi.model.reference import Certainty
from kummi.testing import harbourland
from kummi.testing.harbourland import harbourland_plugin


def test_files_are_read_when_first_asked_and_once(country, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = CountryPlugin(country.path)
    country.replace("country.yaml", "currency: XTS", "currency: XXX")

    assert plugin.kummi_country().currency == "XXX"
    country.replace("country.yaml", "currency: XXX", "currency: XTS")
    assert plugin.kummi_country().currency == "XXX"


def test_missing_file_gives_nothing(tmp_path: Path) -> None:
    plugin = CountryPlugin(tmp_path)

    assert plugin.kummi_country() is None
    assert plugin.kummi_programmes() == ()
    assert plugin.kummi_workflow(programme="xx-harbour") is None


def test_package_that_does_not_exist_is_an_error_that_names_it() -> None:
    with pytest.raises(PluginError, match="no package 'kummi_nowhere'"):
        CountryPlugin("kummi_nowhere")


def test_rules_without_for_are_for_all_programmes_of_the_country_and_no_other() -> None:
    plugin = harbourland_plugin()

    assert plugin.kummi_eligibility(programme="xx-lighthouse")
    assert plugin.kummi_eligibility(programme="yy-other") == ()
    assert [each.id for each in plugin.kummi_funding(programme="xx-lighthouse")] == ["xx-harbour-money"]


def test_values_say_file_and_line_they_came_from(country) -> None:
    rule = CountryPlugin(country.path).kummi_eligibility(programme="xx-harbour")[2]

    assert (rule.origin.file, rule.origin.line) == (
        "eligibility.yaml",
        country.line_of("eligibility.yaml", "xx-takes-part"),
    )


def test_stages_tasks_moves_and_guards_say_where_they_came_from(country) -> None:
    workflow = CountryPlugin(country.path).kummi_workflow(programme="xx-harbour")
    guard = next(rule for move in workflow.moves for rule in move.guards)

    assert workflow.tasks[0].origin.line == country.line_of("workflow.yaml", "id: referral-letter")
    assert guard.origin.line == country.line_of("workflow.yaml", "id: xx-resettled-only")


class TestReferences:
    def test_id_with_a_place_becomes_the_source_and_its_section(self) -> None:
        (reference,) = harbourland_plugin().kummi_eligibility(programme="xx-harbour")[0].reference

        assert (reference.title, reference.section) == ("Harbour Act (invented)", "section 3")

    def test_list_and_mapping_are_taken_and_the_mapping_overrides(self, country) -> None:
        country.replace(
            "eligibility.yaml",
            'reference: "crew-handbook: chapter 1"',
            "reference: [harbour-act, {id: crew-handbook, certainty: assumed}]",
        )
        rule = CountryPlugin(country.path).kummi_eligibility(programme="xx-harbour")[2]

        assert [(each.id, each.certainty) for each in rule.reference] == [
            ("harbour-act", Certainty.READ),
            ("crew-handbook", Certainty.ASSUMED),
        ]

    def test_unknown_id_is_a_fault_with_its_line_and_the_nearest_id(self, country) -> None:
        country.replace("eligibility.yaml", '"crew-handbook: chapter 1"', '"crew-hanbook: chapter 1"')
        line = country.line_of("eligibility.yaml", "crew-hanbook")

        assert country.faults() == [
            f"eligibility.yaml:{line}: no reference 'crew-hanbook' in references.yaml; did you mean 'crew-handbook'?"
        ]

    def test_fault_in_one_source_is_told_once_and_not_for_each_use(self, country) -> None:
        country.replace("references.yaml", "  title: Harbour Act (invented)\n", "")

        assert country.faults() == ["references.yaml:1: harbour-act: expected the key 'title', which is missing"]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("programme.yaml", "supporter: {en: crew, xx: krui}", "suporter: {en: crew, xx: krui}",
         "unknown key 'suporter'; did you mean 'supporter'?"),
        ("workflow.yaml", "phase: assessment", "phase: asessment", "found 'asessment'; did you mean 'assessment'?"),
        ("workflow.yaml", 'valid_for: "12 months"', 'valid_for: "12 moons"', "'12 moons' is not a duration"),
        ("eligibility.yaml", "valid_to: 2024-12-31", "valid_to: 31.12.2024",
         "expected a date such as 2026-01-31, found '31.12.2024'"),
        ("eligibility.yaml", "valid_to: 2024-12-31", "valid_to: 20241231",
         "expected a date such as 2026-01-31, found '20241231'"),
        ("eligibility.yaml", "valid_to: 2024-12-31", "valid_until: 2024-12-31",
         "unknown key 'valid_until'; did you mean 'valid_to'?"),
        ("eligibility.yaml", "require: {resides_in: programme}", "require: {resides_in: programm}",
         "expected one of programme or a list, found 'programm'; did you mean 'programme'?"),
        ("eligibility.yaml", "require: {resides_in: programme}", "require: {lives_in: programme}",
         "a criterion has exactly one of: all, any, not"),
        ("eligibility.yaml", "{fact: permit.held, equals: true}", "{fact: permit.held, equals: true, note: x}",
         "unknown key 'note'"),
        ("funding.yaml", "amount: 3720.00", "amount: 3,720.00", "expected an amount such as 1234.50, found '3,720.00'"),
        ("funding.yaml", "pays: per_year", "pays: per_yaer", "did you mean 'per_year'?"),
        ("country.yaml", "code: X1", "code: 1", 'expected text, found \'1\'; write it in quotes: "1"'),
        ("country.yaml", "currency: XTS", "currency: Thaler", "expected text of the form ^[A-Z]{3}$, found 'Thaler'"),
        ("workflow.yaml", "- id: first-talk", "- id: first_talk",
         "expected an id in kebab-case such as 'first-meeting', found 'first_talk'; did you mean 'first-talk'?"),
        ("workflow.yaml", "{from: crew-sought, to: gangway}", "{from: crew_sought, to: gangway}",
         "found 'crew_sought'; did you mean 'crew-sought'?"),
        ("eligibility.yaml", "- id: xx-takes-part", "- id: xx.takes.part", "did you mean 'xx-takes-part'?"),
        ("funding.yaml", "- id: xx-crew-grant", "- id: xxCrewGrant",
         "expected an id in kebab-case such as 'first-meeting', found 'xxCrewGrant'"),
        ("reports.yaml", "- id: xx-persons-supported", "- id: xx_persons_supported", "'xx-persons-supported'?"),
        ("programme.yaml", "- id: school_place", "- id: school-place",
         "the id of a fact in snake_case such as 'school_place', found 'school-place'; did you mean 'school_place'?"),
        ("country.yaml", "{en: twelve, xx: dudek}", "{en: twelve, or so, xx: dudek}",
         "put words with a comma in quotes"),
        ("country.yaml", "{en: twelve, xx: dudek}", "{xx: dudek}", "a text needs its English"),
        ("words.yaml", '"value|yes": si', '"value|yess": si',
         "core has no phrase 'value|yess'; did you mean 'value|yes'?"),
        ("words.yaml", '"{count} meses"', '"{number} meses"', "expected the braces {count}, found {number}"),
        ("words.yaml", '"{count} meses"', '"{count meses"', "expected the braces {count}"),
    ],
)  # fmt: skip
def test_fault_says_where_what_was_expected_what_was_found(
    country, file: str, old: str, new: str, message: str
) -> None:
    country.replace(file, old, new)

    (fault,) = country.faults()

    assert fault.startswith(f"{file}:{country.line_of(file, new)}: ")
    assert message in fault


def test_all_faults_of_all_files_are_told_at_once(country) -> None:
    country.replace("programme.yaml", "is: established", "is: estabished")
    country.replace("funding.yaml", "pays: once", "pays: twice")
    country.replace("workflow.yaml", "phase: assessment", "phase: assesment")
    country.write("words.yaml", "xx: [")

    places = [fault.split(":")[0] for fault in country.faults()]

    assert sorted(places) == ["funding.yaml", "programme.yaml", "words.yaml", "workflow.yaml"]


def test_file_that_nobody_reads_is_a_fault_with_the_nearest_name(country) -> None:
    country.write("elegibility.yaml", "rules: []")

    assert country.faults() == ["elegibility.yaml: nothing reads this file; did you mean 'eligibility.yaml'?"]


def test_file_that_holds_a_list_where_a_mapping_belongs_is_a_fault(country) -> None:
    country.write("programme.yaml", "- id: xx-harbour\n")

    assert country.faults() == ["programme.yaml:1: expected a mapping, found a list"]


def test_second_workflow_for_a_programme_is_a_fault_that_names_both(country) -> None:
    text = (country.path / "workflow.yaml").read_text()
    first = text.index("  - for:")
    country.write("workflow.yaml", text + text[first:].replace('version: "2025.1"', 'version: "2026.1"'))
    line = len(text.splitlines()) + 1

    faults = country.faults()

    assert [each.partition(": ")[0] for each in faults] == [f"workflow.yaml:{line}"] * len(faults)
    assert "a second workflow for the programme 'xx-harbour'; workflow.yaml:" in faults[0]


@pytest.mark.parametrize("file", ["country.yaml", "eligibility.yaml", "words.yaml", "references.yaml"])
@pytest.mark.parametrize("content", ["", "# to be written\n", "x-anchors: {}\n"])
def test_data_file_that_holds_nothing_is_a_fault(country, file: str, content: str) -> None:
    country.write(file, content)

    assert f"{file}:1: the file holds nothing; fill it in, or leave it out" in country.faults()


def test_data_file_with_an_empty_list_is_a_fault(country) -> None:
    country.write("eligibility.yaml", "rules: []\n")

    assert country.faults() == ["eligibility.yaml:1: the file holds nothing; fill it in, or leave it out"]


def _with_older(folder: Path, name: str, version: str) -> None:
    text = Path(folder, "workflow.yaml").read_text(encoding="utf-8")
    Path(folder, name).write_text(text.replace("2025.1", version), encoding="utf-8")


def test_older_versions_of_a_workflow_lie_beside_it_and_are_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "xx"
    shutil.copytree(Path(harbourland.__file__).parent, folder)
    _with_older(folder, "workflow-2024.1.yaml", "2024.1")

    catalogue = load_found((FoundPlugin("xx", "1.0", CountryPlugin(folder)),))

    assert catalogue.faults == ()
    assert list(catalogue.programme("xx-harbour").workflows) == ["2025.1", "2024.1"]
    assert catalogue.programme("xx-harbour").workflow.version == "2025.1"


@pytest.mark.parametrize(
    ("name", "version", "said"),
    [
        ("workflow-2024.1.yaml", "2023.1", "version '2023.1' is expected in a file named workflow-2023.1.yaml"),
        ("workflow-2025.1.yaml", "2025.1", "a second version '2025.1' of the workflow of 'xx-harbour'"),
    ],
)
def test_older_version_in_a_wrong_file_or_there_twice_is_a_fault(
    tmp_path: Path, name: str, version: str, said: str
) -> None:
    folder = tmp_path / "xx"
    shutil.copytree(Path(harbourland.__file__).parent, folder)
    _with_older(folder, name, version)

    with pytest.raises(PluginError, match=re.escape(said)):
        CountryPlugin(folder).given()
