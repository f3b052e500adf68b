"""Many plugins, one catalogue: claims, guests, and one that breaks alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kummi import CountryPlugin, Rule, Scheme, hookimpl
from kummi.catalogue import NO_COUNTRY, Catalogue, FoundPlugin, PluginFault, load_found
from kummi.errors import InputError, NotFoundError, PluginError
from kummi.i18n.translator import translator_of
from kummi.model.report import Reports
from kummi.testing.harbourland import harbourland, harbourland_plugin

SOURCE = {"id": "study", "title": "A study (invented)", "read": "2026-11"}


def a_rule(name: str, **more: object) -> Rule:
    criterion = {"fact": "pathway", "equals": "asylum"}
    return Rule.model_validate({"id": name, "text": "a rule", "require": criterion, "reference": SOURCE, **more})


def words_of(faults: Sequence[PluginFault]) -> list[str]:
    return [str(fault) for fault in faults]


def test_harbourland_has_no_fault() -> None:
    catalogue = harbourland()

    assert catalogue.faults == ()
    assert list(catalogue.programmes) == ["xx-harbour", "xx-lighthouse"]


def test_every_value_knows_plugin_and_version_it_came_from() -> None:
    entry = harbourland().programme("xx-harbour")
    values = [entry.programme, entry.country, entry.workflow, entry.workflow.tasks[0], *entry.rules, *entry.schemes]

    assert {(each.origin.plugin, each.origin.version) for each in values} == {("xx", "1.0")}


def test_catalogues_of_the_same_contents_are_equal_and_hash_alike(country) -> None:
    one, same = country.load(), country.load()
    country.replace("country.yaml", "currency: XTS", "currency: XXX")
    other = country.load()

    assert one == same
    assert hash(one) == hash(same)
    assert one != other


def test_a_note_is_a_text_or_a_text_with_its_own_source(country) -> None:
    members = "{en: A crew has four to six members., xx: Un krui hav kuar a ses membros.}"
    quota = "{text: {en: The quota of 2024 was 30., xx: Kuota de 2024 es 30.}, reference: harbour-act}"
    country.replace("programme.yaml", members, f"{members}\n      - {quota}")

    plain, sourced = country.load().programme("xx-harbour").programme.notes

    assert (str(plain.text), plain.reference) == ("A crew has four to six members.", ())
    assert (sourced.text.in_language("xx"), [each.id for each in sourced.reference]) == (
        "Kuota de 2024 es 30.",
        ["harbour-act"],
    )


def test_words_of_the_country_are_said_in_its_language() -> None:
    entry = harbourland().programme("xx-harbour")

    assert translator_of(entry, "xx").term("phase", "support") == "suport"
    assert translator_of(entry, "en").term("phase", "support") == "support"


class TestAsking:
    def test_unknown_programme_is_not_found_with_the_nearest_name(self) -> None:
        with pytest.raises(NotFoundError, match="no programme named 'xx-harbor'; did you mean 'xx-harbour'"):
            harbourland().programme("xx-harbor")

    def test_without_any_country_it_says_what_to_install(self) -> None:
        empty = load_found(())

        assert empty.programmes == {}
        with pytest.raises(InputError) as caught:
            empty.programme("xx-harbour")
        assert str(caught.value) == str(NO_COUNTRY)

    def test_programme_of_a_broken_plugin_says_that_it_is_broken_and_why(self, country) -> None:
        country.replace("funding.yaml", "pays: once", "pays: twice")

        with pytest.raises(PluginError) as caught:
            country.load().programme("xx-harbour")

        assert str(caught.value).startswith("xx-harbour: cannot be used: plugin xx 1.0 has 1 fault\n")
        assert "funding.yaml:" in str(caught.value)

    def test_country_is_found_by_its_code_in_either_case(self) -> None:
        assert harbourland().country("xx").code == "XX"
        with pytest.raises(NotFoundError):
            harbourland().country("YY")


class TestOneThatBreaks:
    def test_country_stands_when_another_plugin_raises(self) -> None:
        class Raises:
            @hookimpl
            def kummi_eligibility(self) -> Sequence[Rule]:
                raise ZeroDivisionError("oh")

        catalogue = harbourland(Raises())

        assert list(catalogue.programmes) == ["xx-harbour", "xx-lighthouse"]
        (fault,) = words_of(catalogue.faults)
        assert fault.startswith("other-1 1.0: test_load_catalogue.py:")
        assert fault.endswith("kummi_eligibility raised ZeroDivisionError: oh")

    def test_answer_of_a_wrong_type_names_plugin_hook_and_what_was_found(self) -> None:
        class Answers:
            @hookimpl
            def kummi_eligibility(self) -> Sequence[Rule]:
                return 7  # type: ignore[return-value]

        (fault,) = harbourland(Answers()).faults

        assert (fault.plugin, str(fault.fault.message)) == (
            "other-1",
            "kummi_eligibility answered the whole: Input should be a valid tuple, found 7",
        )

    def test_mapping_that_fits_the_model_is_taken(self) -> None:
        class Answers:
            @hookimpl
            def kummi_eligibility(self, programme: str) -> Sequence[object]:
                return [a_rule("xx-extra").model_dump(by_alias=True)] if programme == "xx-harbour" else []

        assert [each.id for each in harbourland(Answers()).programme("xx-harbour").rules][-1] == "xx-extra"

    def test_country_that_is_broken_leaves_other_countries_alone(self, country) -> None:
        country.replace("country.yaml", "code: XX", "code: X")

        catalogue = load_found(
            (FoundPlugin("xx", "1.0", harbourland_plugin()), FoundPlugin("yy", "1.0", CountryPlugin(country.path)))
        )

        assert list(catalogue.programmes) == ["xx-harbour", "xx-lighthouse"]
        assert {fault.plugin for fault in catalogue.faults} == {"yy"}

    def test_plugin_of_which_one_programme_is_wrong_keeps_the_other(self, country) -> None:
        country.replace("workflow.yaml", "for: [xx-harbour, xx-lighthouse]", "for: [xx-harbour]")
        catalogue = country.load()

        assert list(catalogue.programmes) == ["xx-harbour"]
        with pytest.raises(PluginError, match="no plugin gives a workflow for programme 'xx-lighthouse'"):
            catalogue.programme("xx-lighthouse")

    def test_property_of_a_plugin_is_never_run(self) -> None:
        class Trap:
            @property
            def trap(self) -> str:
                raise OSError("no")

            @hookimpl
            def kummi_words(self) -> dict[str, dict[str, str]]:
                return {}

        assert harbourland(Trap()).faults == ()


class TestClaims:
    def test_two_plugins_of_one_country_are_a_fault_that_names_both(self, make_country) -> None:
        one, two = make_country("one"), make_country("two")
        found = (
            FoundPlugin("xx", "1.0", CountryPlugin(one.path)),
            FoundPlugin("xx-copy", "2.0", CountryPlugin(two.path)),
        )

        catalogue = load_found(found)

        messages = words_of(catalogue.faults)
        assert any(
            each.startswith("xx 1.0: ") and "country 'XX' is also given by plugin xx-copy 2.0" in each
            for each in messages
        )
        assert any(
            each.startswith("xx-copy 2.0: ") and "country 'XX' is also given by plugin xx 1.0" in each
            for each in messages
        )
        assert catalogue.programmes == {}

    def test_second_workflow_is_a_fault_of_both_and_the_programmes_own_plugin_keeps_its_own(self) -> None:
        workflow = harbourland_plugin().kummi_workflow(programme="xx-harbour")

        class Claims:
            @hookimpl
            def kummi_workflow(self, programme: str) -> object:
                return workflow if programme == "xx-harbour" else None

        catalogue = harbourland(Claims())

        assert {fault.plugin for fault in catalogue.faults} == {"xx", "other-1"}
        assert catalogue.programme("xx-harbour").workflow.origin.plugin == "xx"

    def test_rule_id_that_is_taken_is_a_fault_and_the_guest_is_left_out(self) -> None:
        class Guest:
            @hookimpl
            def kummi_eligibility(self, programme: str) -> Sequence[Rule]:
                return [a_rule("xx-permit"), a_rule("xx-guest")] if programme == "xx-harbour" else []

        catalogue = harbourland(Guest())

        assert any("rule 'xx-permit' is also given by plugin xx 1.0" in each for each in words_of(catalogue.faults))
        assert "xx-guest" not in [each.id for each in catalogue.programme("xx-harbour").rules]

    def test_scheme_id_given_twice_in_one_country_is_a_fault_and_the_programme_is_unusable(self, country) -> None:
        country.replace("funding.yaml", "- id: xx-crew-grant", "- id: xx-harbour-money")
        catalogue = country.load()

        assert "xx-harbour" in catalogue.broken
        assert "scheme 'xx-harbour-money' is also given by funding.yaml:" in str(catalogue.faults[0])

    def test_programme_id_must_begin_with_its_countrys_code(self, country) -> None:
        country.replace("programme.yaml", "- id: xx-lighthouse", "- id: xy-lighthouse")
        catalogue = country.load()

        assert list(catalogue.programmes) == ["xx-harbour"]
        assert "begins with the code of its country" in str(catalogue.broken["xy-lighthouse"][0])


class TestGuests:
    def test_guest_adds_a_report_to_a_country_that_it_does_not_own(self, make_country) -> None:
        reports = harbourland_plugin().kummi_reports(programme="xx-harbour")
        theirs = reports.formats[0].model_copy(update={"id": "study-participants"})

        class Institute:
            @hookimpl
            def kummi_reports(self, programme: str) -> Reports | None:
                return Reports(formats=(theirs,)) if programme == "xx-harbour" else None

        catalogue = harbourland(Institute())

        assert catalogue.faults == ()
        formats = catalogue.programme("xx-harbour").reports.formats
        assert {each.id: each.origin.plugin for each in formats}["study-participants"] == "other-1"

    def test_guest_whose_rule_names_no_fact_is_left_out_and_named(self) -> None:
        class Guest:
            @hookimpl
            def kummi_eligibility(self, programme: str) -> Sequence[Rule]:
                return [a_rule("xx-odd", require={"fact": "fields.mored", "equals": True})]

        catalogue = harbourland(Guest())

        assert list(catalogue.programmes) == ["xx-harbour", "xx-lighthouse"]
        assert {fault.plugin for fault in catalogue.faults} == {"other-1"}
        assert "did you mean 'fields.moored'?" in str(catalogue.faults[0])

    def test_country_adds_python_by_subclassing(self) -> None:
        class Harbour(CountryPlugin):
            @hookimpl
            def kummi_funding(self, programme: str) -> Sequence[Scheme]:
                return super().kummi_funding(programme)[:1]

        catalogue = load_found((FoundPlugin("xx", "1.0", Harbour(harbourland_plugin().folder)),))

        assert [each.id for each in catalogue.programme("xx-harbour").schemes] == ["xx-harbour-money"]
        assert catalogue.faults == ()


def test_what_a_plugin_gives_is_listed(country) -> None:
    (info,) = country.load().plugins

    assert tuple(map(str, info.gives)) == (
        "country XX", "2 programmes", "1 workflow", "5 rules", "2 schemes", "2 indicators", "2 report formats",
        "1 duty to report",
    )  # fmt: skip


def test_order_of_plugins_means_nothing(make_country) -> None:
    class Guest:
        @hookimpl
        def kummi_eligibility(self, programme: str) -> Sequence[Rule]:
            return [a_rule("xx-permit")]

    def loaded(*found: FoundPlugin) -> Catalogue:
        return load_found(found)

    country, guest = FoundPlugin("xx", "1.0", harbourland_plugin()), FoundPlugin("guest", "1.0", Guest())
    one, other = loaded(country, guest), loaded(guest, country)

    assert sorted(words_of(one.faults)) == sorted(words_of(other.faults))
    assert list(one.programmes) == list(other.programmes)
