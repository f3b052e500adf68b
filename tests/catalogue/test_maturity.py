"""What ``plugin check`` says: faults, proofs, translations, sources, open questions, and the badge they earn."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from kummi import Programme, hookimpl
from kummi.catalogue.maturity import Maturity, StoryRun, check_plugin
from kummi.errors import NotFoundError
from kummi.i18n.translator import phrases
from kummi.lifecycle.proofs.violation import Proof
from kummi.testing.harbourland import harbourland


def test_harbourland_is_sourced_and_proved() -> None:
    report = check_plugin(harbourland(), "xx")

    assert report.maturity is Maturity.SOURCED
    assert {each.programme for each in report.proofs} == {"xx-harbour", "xx-lighthouse"}
    assert all(each.holds for each in report.proofs)
    assert (report.faults, report.unsourced, report.questions) == ((), (), 2)


def test_plugin_with_a_fault_is_a_draft_and_shows_the_shortest_way_that_breaks_a_proof(country) -> None:
    country.replace("workflow.yaml", "kind: consent", "kind: talk")

    report = check_plugin(country.load(), "xx")

    assert report.maturity is Maturity.DRAFT
    (broken,) = [each for each in report.proofs if each.programme == "xx-harbour" and not each.holds]
    assert broken.proof is Proof.CONSENT
    assert broken.violations[0].way() == "Hailed -> Surveyed -> Fitting out -> Crew sought"


def test_plugin_whose_files_cannot_be_read_is_a_draft_with_its_faults(country) -> None:
    country.write("funding.yaml", "schemes: [")

    report = check_plugin(country.load(), "xx")

    assert (report.maturity, len(report.faults), report.proofs) == (Maturity.DRAFT, 1, ())


def test_plugin_that_gives_nothing_is_a_draft() -> None:
    class Nothing:
        pass

    assert check_plugin(harbourland(Nothing()), "other-1").maturity is Maturity.DRAFT


def test_plugin_whose_hooks_answer_nothing_has_a_fault_for_it() -> None:
    class Nothing:
        @hookimpl
        def kummi_programmes(self) -> Sequence[Programme]:
            return ()

    report = check_plugin(harbourland(Nothing()), "other-1")

    assert [str(each.fault.message) for each in report.faults] == [
        "the plugin gives nothing: none of its hooks answers anything"
    ]


def test_plugin_that_only_acts_gives_something() -> None:
    class Observer:
        @hookimpl
        def kummi_after_event(self) -> None:
            return None

    report = check_plugin(harbourland(Observer()), "other-1")

    assert (tuple(map(str, report.plugin.gives)), report.faults) == (("an observer",), ())


def test_missing_translations_are_listed_with_file_line_and_language(country) -> None:
    country.replace("workflow.yaml", "title: {en: Surveyed, xx: Mirat}", "title: Surveyed")
    country.replace("funding.yaml", "title: {en: Crew grant, xx: Don a krui}", "title: Crew grant")
    country.write("words.yaml", "xx:\n  value|yes: si\n  value|no: no\n")

    report = check_plugin(country.load(), "xx")

    assert [(each.where, each.language, each.text) for each in report.missing_texts] == [
        (f"workflow.yaml:{country.line_of('workflow.yaml', 'title: Surveyed')}", "xx", "Surveyed"),
        (f"funding.yaml:{country.line_of('funding.yaml', 'title: Crew grant')}", "xx", "Crew grant"),
    ]
    assert len(report.missing_words) == len(phrases()) - 2
    assert {(each.where, each.language) for each in report.missing_words} == {("words.yaml:1", "xx")}
    assert ("phase|support", "support") in {(each.key, each.text) for each in report.missing_words}


def test_proper_names_are_not_counted_as_missing_translations(country) -> None:
    country.replace("country.yaml", "name: {en: Harbour Agency, xx: Portagens}", "name: Harbour Agency")
    country.replace("country.yaml", "name: {en: Far Island, xx: Ferinsul}", "name: Far Island")
    owner = "    owner: {en: The Crew Society, xx: Societ de Krui}\n    partners:"
    country.replace("programme.yaml", owner, "    owner: The Crew Society\n    partners:")
    country.replace("programme.yaml", "- {en: municipalities of Harbourland, xx: komuns de Portalant}", "- Port Club")

    assert check_plugin(country.load(), "xx").missing_texts == ()


def test_value_without_a_source_is_named_with_its_line_and_makes_a_draft(country) -> None:
    country.replace("country.yaml", "xx: krui}, reference: crew-handbook}", "xx: krui}}")

    report = check_plugin(country.load(), "xx")

    line = country.line_of("country.yaml", "a group of volunteers")
    assert [str(each) for each in report.unsourced] == [f"country.yaml:{line}: term crew has no source"]
    assert (report.maturity, report.next, report.to_reach) == (Maturity.DRAFT, Maturity.SOURCED, report.unsourced)


ASSUMED = "reference: {id: harbour-decree, certainty: assumed}"


@pytest.mark.parametrize(
    ("file", "old", "new", "words", "said"),
    [
        ("funding.yaml", 'text: {en: "a child, 2025", xx: infant 2025}\n        reference: "harbour-decree: annex"',
         f'text: {{en: "a child, 2025", xx: infant 2025}}\n        {ASSUMED}', "amount: 3720.00",
         "rate a child, 2025 rests on an assumption alone (harbour-decree)"),
        ("funding.yaml", '{lasts: "12 months", reference: "harbour-decree: section 12"}',
         f'{{lasts: "12 months", {ASSUMED}}}', '{lasts: "12 months"',
         "span rests on an assumption alone (harbour-decree)"),
        ("workflow.yaml", 'deadline: {within: "10 working days", reference: "harbour-act: section 6"}',
         f'deadline: {{within: "10 working days", {ASSUMED}}}', "10 working days",
         "deadline rests on an assumption alone (harbour-decree)"),
        ("programme.yaml", "window: {start: 2020-01-01, reference: crew-handbook}",
         f"window: {{start: 2020-01-01, {ASSUMED}}}", "window: {start",
         "window rests on an assumption alone (harbour-decree)"),
    ],
)  # fmt: skip
def test_figure_that_rests_on_an_assumption_alone_is_listed_with_its_line_and_makes_a_draft(
    country, file: str, old: str, new: str, words: str, said: str
) -> None:
    country.replace(file, old, new)

    report = check_plugin(country.load(), "xx", lambda: StoryRun(6))

    assert [str(each) for each in report.assumed] == [f"{file}:{country.line_of(file, words)}: {said}"]
    assert (report.maturity, report.next, report.to_reach) == (Maturity.DRAFT, Maturity.SOURCED, report.assumed)


def test_rule_and_required_task_count_as_figures_and_what_is_optional_or_has_another_source_does_not(country) -> None:
    references = (country.path / "references.yaml").read_text()
    country.write("references.yaml", references + 'own:\n  title: own\n  read: "2026-11"\n  certainty: assumed\n')
    for file in ("eligibility.yaml", "workflow.yaml"):
        text = (country.path / file).read_text()
        country.write(file, re.sub(r"reference: [^\n}]+", "reference: own", text))

    found = [str(each.message) for each in check_plugin(country.load(), "xx").assumed]

    assert "rule xx-permit rests on an assumption alone (own)" in found
    assert "task consent rests on an assumption alone (own)" in found
    assert not [each for each in found if each.startswith("stage")]


@pytest.mark.parametrize(
    ("run", "badge"),
    [
        (StoryRun(6), Maturity.TESTED),
        (StoryRun(6, ("a story",)), Maturity.SOURCED),
        (StoryRun(0), Maturity.SOURCED),
    ],
)
def test_badge_tested_needs_scenarios_that_all_pass(run: StoryRun, badge: Maturity) -> None:
    assert check_plugin(harbourland(), "xx", lambda: run).maturity is badge


def test_stories_that_depart_are_what_the_next_badge_takes() -> None:
    report = check_plugin(harbourland(), "xx", lambda: StoryRun(6, ("one.yaml: a departure",)))

    assert (report.next, [str(each) for each in report.to_reach]) == (Maturity.TESTED, ["one.yaml: a departure"])


REVIEW = "reviews: [{by: Vera Pine (lawyer), on: 2026-11-01, scope: {en: all of it, xx: tot}}]"


def test_badge_reviewed_needs_a_named_review_of_the_country_with_day_and_scope(country) -> None:
    before = check_plugin(country.load(), "xx", lambda: StoryRun(6))
    country.replace("country.yaml", "currency: XTS", f"currency: XTS\n{REVIEW}")
    after = check_plugin(country.load(), "xx", lambda: StoryRun(6))

    assert (before.maturity, before.next) == (Maturity.TESTED, Maturity.REVIEWED)
    lines = [country.line_of("programme.yaml", f"- id: {each}") for each in ("xx-harbour", "xx-lighthouse")]
    assert [each.where for each in before.to_reach] == [f"programme.yaml:{line}" for line in lines]
    assert "add 'reviews' with who read it (by), the day (on) and the scope" in str(before.to_reach[0].message)
    assert (after.maturity, after.next, after.to_reach) == (Maturity.REVIEWED, None, ())


def test_badge_reviewed_needs_a_review_of_each_programme_where_the_country_has_none(country) -> None:
    standing = "    standing: {is: established,"
    country.replace("programme.yaml", standing, f"    {REVIEW}\n{standing}")
    one = check_plugin(country.load(), "xx", lambda: StoryRun(6))
    country.replace("programme.yaml", "    standing: {is: study,", f"    {REVIEW}\n    standing: {{is: study,")
    both = check_plugin(country.load(), "xx", lambda: StoryRun(6))

    assert (one.maturity, [str(each.message)[:27] for each in one.to_reach]) == (
        Maturity.TESTED, ["no review of xx-lighthouse;"],
    )  # fmt: skip
    assert both.maturity is Maturity.REVIEWED


@pytest.mark.parametrize(
    "left_out", ["by: Vera Pine (lawyer), ", "on: 2026-11-01, ", ", scope: {en: all of it, xx: tot}"]
)
def test_review_without_name_day_or_scope_is_a_fault(country, left_out: str) -> None:
    country.replace("country.yaml", "currency: XTS", f"currency: XTS\n{REVIEW.replace(left_out, '')}")

    assert "which is missing" in country.faults()[0]


def test_plugin_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="no plugin named 'yy'"):
        check_plugin(harbourland(), "yy")
