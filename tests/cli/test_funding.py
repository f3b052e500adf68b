"""Public money as the terminal shows it: what stands apart, and what is known of each scheme."""

from __future__ import annotations

from tests.cli.conftest import Cli

YEAR = ("--from", "2024-02-12", "--to", "2025-02-11", "--on", "2024-06-01")
"""The household's first year: ten months lie in 2024 and one in 2025; one is cut by the new rates of 2025."""


def test_each_sum_is_of_one_standing(cli: Cli) -> None:
    # 2,400 + 3,600 = 6,000 a year, ten months whole: 5,000; the month of 12 January 2025 whole: 6,240 / 12 = 520. Of
    # the 31 days of the month of 12 December 20 lie in 2024, 500 x 20/31 = 322.58, and 11 in 2025, 6,240 / 12 x 11/31
    # = 184.52; each person's line is rounded by itself.
    ref = cli.open()

    before = cli.done("funding", "entitlements", ref, *YEAR)
    cli.walk(ref, "crew-sought", "2024-05-01")
    after = cli.done("funding", "entitlements", ref, *YEAR, "--json").json

    assert "5520.00 XTS more if conditions hold that are not known yet" in before.out
    assert "not known yet: A voyage plan was made" in before.out
    (municipality,) = [each for each in after["totals"] if each["payee"] == "municipality"]
    assert (municipality["payee_title"], municipality["payable"]) == ("municipality of residence", "5520.00 XTS")
    assert municipality["assumed"] == "507.10 XTS"


def test_a_line_that_is_not_payable_says_which_condition_is_not_met(cli: Cli) -> None:
    ref = cli.open()
    cli.walk(ref, "crew-sought", "2024-05-01")

    said = cli.done("funding", "entitlements", ref, "--from", "2024-02-12", "--to", "2024-03-31", "--on", "2024-06-01")

    assert "not payable" in said.out
    assert "not met: A voyage plan was made" in said.out
    assert "lines that are not payable: 2" in said.out


def test_schemes_show_notes_and_conditions_and_fold_their_sources_unless_asked(cli: Cli) -> None:
    folded = cli.done("funding", "schemes", "xx-harbour").out
    whole = cli.done("funding", "schemes", "xx-harbour", "--sources").out

    assert "The rates of 2026 are not published." in folded
    assert "condition: A voyage plan was made" in folded
    assert "The decree and the handbook differ." in folded
    assert "--sources prints them" in folded
    assert "https://" not in folded
    assert whole.count("https://") >= 1
