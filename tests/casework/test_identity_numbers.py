"""A number that does not look right is warned about, never refused, and never repeated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kummi.casework.context import Context
from kummi.casework.facts import correct_facts
from kummi.casework.household_validation import faults_in
from kummi.casework.identity_numbers import doubt_about, never_given, warnings_for
from kummi.casework.opening import open_case
from kummi.model.country import IdentifierScheme
from kummi.model.household import Household

ON = date(2026, 3, 1)
SOURCE = {"id": "act", "title": "Harbour Act", "url": "https://example.org", "read": "2026-11"}


def scheme(**given: object) -> IdentifierScheme:
    return IdentifierScheme.model_validate(
        {"id": "code", "title": "berth code", "form": r"\d{6}[-A]\d{3}[0-9A-Y]", "reference": SOURCE, **given}
    )


CHECKED = {"library": "fi.hetu", "checked": [{"reference": SOURCE}]}
"""The library's own example numbers, of people who do not exist."""


def test_a_number_of_no_known_form_is_doubted_by_the_names_of_the_forms() -> None:
    two = (scheme(), scheme(id="other", title="quay code", form=r"\d{4}"))

    assert (
        str(doubt_about(two, "12-34", ON)) == "the identity number does not have the form of a berth code or quay code"
    )
    assert doubt_about(two, " 1234 ", ON) is None
    assert doubt_about((), "anything", ON) is None


def test_a_check_digit_that_does_not_fit_is_doubted() -> None:
    schemes = (scheme(**CHECKED),)

    assert doubt_about(schemes, "131052-308T", ON) is None
    assert doubt_about(schemes, "131052-308t", ON) is None
    assert str(doubt_about(schemes, "131052-308U", ON)) == "the check digit of the berth code does not fit"


def test_a_number_that_fits_one_of_two_schemes_is_not_doubted() -> None:
    assert doubt_about((scheme(**CHECKED), scheme(id="free")), "131052-308U", ON) is None


@pytest.mark.parametrize(
    ("span", "doubted"),
    [
        ({"valid_to": "2026-02-28"}, True),
        ({"valid_to": "2026-03-01"}, True),
        ({"valid_from": "2026-03-01"}, True),
        ({"valid_from": "2026-03-02"}, False),
    ],
)
def test_the_check_digit_counts_from_the_day_on_which_the_law_asks_for_it(span: dict[str, str], doubted: bool) -> None:
    schemes = (scheme(library="fi.hetu", checked=[{"reference": SOURCE, **span}]),)

    assert (doubt_about(schemes, "131052-308U", ON) is not None) is doubted


def test_a_check_digit_that_newer_numbers_need_not_have_is_hinted_at() -> None:
    schemes = (scheme(library="fi.hetu", checked=[{"reference": SOURCE, "valid_to": "2026-02-28"}]),)

    assert doubt_about(schemes, "131052-308T", ON) is None
    assert (
        str(doubt_about(schemes, "131052-308U", ON))
        == "the check digit of the berth code does not fit, as it need not in one given after 2026-02-28"
    )


def test_a_number_whose_day_does_not_exist_was_never_given() -> None:
    plain = scheme(day={"order": "ddmmyy"})
    moved = scheme(id="moved", title="quay code", day={"order": "ddmmyy", "day_plus": [40]})
    said = "there is no such day as this berth code or quay code holds; look the number up again, or leave it out"

    assert str(never_given((plain, moved), "310252-308T")) == said
    assert never_given((plain,), "530152-308T") is not None
    assert never_given((plain, moved), "530152-308T") is None
    assert never_given((plain, scheme(id="free")), "310252-308T") is None
    assert never_given((plain,), "of no form") is None


def test_a_number_that_was_never_given_is_refused_and_not_repeated(context: Context, family: Household) -> None:
    country = context.catalogue.countries["XX"]
    dated = scheme(form=r"\d{4}-\d{2}", day={"order": "ddmmyy"})
    entry = context.entry("xx-harbour")
    dated_entry = replace(entry, country=country.model_copy(update={"identifiers": (dated,)}))
    wrong = family.members[0].model_copy(update={"identity": "3213-99"})
    household = family.model_copy(update={"members": (wrong,)})

    (fault,) = faults_in(household, dated_entry, context.on)

    assert str(fault.where) == "member 1, identity"
    assert "3213" not in str(fault)


def test_a_scheme_without_checks_never_doubts_a_digit() -> None:
    assert doubt_about((scheme(library="fi.hetu"),), "131052-308U", ON) is None


def test_an_option_of_the_library_takes_what_it_leaves_out_by_itself() -> None:
    temporary = "010180-9004"
    plain, with_option = scheme(**CHECKED), scheme(**CHECKED, options=["allow_temporary"])
    whole = temporary[:-1] + "0123456789ABCDEFHJKLMNPRSTUVWXY"[int("010180900") % 31]

    assert doubt_about((plain,), whole, ON) is not None
    assert doubt_about((with_option,), whole, ON) is None


def test_opening_and_setting_warn_without_repeating_the_number(context: Context, family: Household) -> None:
    wrong = family.members[1].model_copy(update={"identity": "WRONG99"})
    household = family.model_copy(update={"members": (family.members[0], wrong)})
    said = "member 2: the identity number does not have the form of a berth number; taken as it is, please check it"

    opened = open_case(context, "xx-harbour", household)
    assert tuple(map(str, opened.warnings)) == (said,)
    again = correct_facts(context, opened.case.ref, {"member.2.identity": "WRONG98"})
    assert tuple(map(str, again.warnings)) == (said,)
    assert "WRONG" not in said
    assert warnings_for(context.entry("xx-harbour").country, dict(enumerate(family.members, 1)), context.on) == []
