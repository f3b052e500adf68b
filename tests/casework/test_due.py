"""The morning list: all that is due, ends or cannot wait shows on the day asked, whatever was recorded since or not."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from kummi.casework.context import Context
from kummi.casework.due import due, due_items_of, endings_of_programmes
from kummi.casework.facts import correct_facts
from kummi.casework.loading import load
from kummi.casework.moving import advance, close, hold, resume
from kummi.casework.next_steps import next_steps
from kummi.casework.opening import open_case
from kummi.casework.recording import record_task, withdraw_task
from kummi.catalogue import Catalogue, FoundPlugin, load_found
from kummi.catalogue.country_plugin import CountryPlugin
from kummi.errors import InputError, RefusedError
from kummi.lifecycle.upcoming import horizons
from kummi.model.case import Case
from kummi.model.household import Household
from kummi.model.vocabulary import Outcome
from kummi.store.database import Store
from kummi.testing import harbourland

Bring = Callable[[Context, str, str], Case]
PROGRAMME = "xx-harbour"

REVIEW = """          - id: monthly-check
"""
YEARLY = """          - id: yearly-review
            kind: check
            title: Review of the voyage plan
            owner: municipality
            required: false
            when: {fact: on, after: 2024-06-30}
            deadline: {within: 3 months, of: tasks.voyage-plan}
            repeats: 6 months
            reference: "harbour-act: section 6"
"""
CONSENT = "            kind: consent\n"
WINDOW = "    window: {start: 2020-01-01, reference: crew-handbook}\n"
NOTICE = "    notice: {deadlines: 14 days, endings: 2 months}\n"


def on(context: Context, day: str) -> Context:
    return replace(context, on=date.fromisoformat(day))


def items(context: Context, days: int | None = None, **more: object) -> list[tuple[object, ...]]:
    return [
        (
            item.loaded.case.ref,
            item.kind,
            item.task.task.id if item.task else item.ending and item.ending.kind,
            str(item.day),
        )
        for item in due(context, days, **more)
    ]


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Catalogue]:
    """Return a function that loads Harbourland with some texts of its files replaced."""

    def load(*edits: tuple[str, str, str]) -> Catalogue:
        folder = Path(shutil.copytree(Path(harbourland.__file__).parent, tmp_path / "harbourland"))
        for file, old, new in edits:
            text = (folder / file).read_text()
            assert text.count(old) == 1
            (folder / file).write_text(text.replace(old, new))
        catalogue = load_found((FoundPlugin("xx", "1.0", CountryPlugin(folder)),))
        assert not catalogue.faults, [str(each.fault) for each in catalogue.faults]
        return catalogue

    return load


# --- what ends ---------------------------------------------------------------------------------------------------


def test_a_clearance_that_ends_soon_is_told_a_month_ahead(context: Context, family: Household, bring_to: Bring) -> None:
    ref = open_case(context, PROGRAMME, family).case.ref
    bring_to(context, ref, "crew-sought")
    record_task(context, ref, "crew-cleared", until=date(2024, 3, 31))
    record_task(context, ref, "crew-accepts")
    advance(context, ref, "gangway")

    ending = (ref, "ends", "task", "2024-03-31")
    assert ending not in items(on(context, "2024-02-29"))
    assert items(on(context, "2024-03-01")) == items(on(context, "2024-03-31")) == [ending]
    assert [str(each.day) for each in next_steps(on(context, "2024-03-26"), ref).endings] == ["2024-03-31"]
    assert items(on(context, "2024-04-01")) == [(ref, "lapsed", "crew-cleared", "2024-03-31")]


def test_a_permit_that_ends_is_told_ahead_and_after_until_it_is_renewed_or_gone(
    context: Context, family: Household
) -> None:
    ref = open_case(context, PROGRAMME, family).case.ref
    record_task(context, ref, "referral-letter")
    ending = [(ref, "ends", "permit", "2028-01-09")]

    assert items(on(context, "2027-12-09")) == []
    assert items(on(context, "2027-12-10")) == items(on(context, "2028-02-01")) == ending
    assert [each.kind for each in next_steps(on(context, "2028-02-01"), ref).endings] == ["permit"]
    correct_facts(context, ref, {"permit.expires": "2029-01-09"})
    assert items(on(context, "2028-02-01")) == []


def test_a_case_on_hold_tells_what_ends_too(context: Context, family: Household) -> None:
    ref = open_case(context, PROGRAMME, family).case.ref
    hold(context, ref)

    assert items(on(context, "2027-12-20")) == [
        (ref, "held", None, "2024-03-01"),
        (ref, "ends", "permit", "2028-01-09"),
    ]


def test_more_days_ahead_tell_of_more_endings_and_fewer_days_of_no_fewer(context: Context, family: Household) -> None:
    ref = open_case(context, PROGRAMME, family).case.ref
    record_task(context, ref, "referral-letter")
    ending = [(ref, "ends", "permit", "2028-01-09")]

    assert items(on(context, "2027-12-01"), 30) == []
    assert items(on(context, "2027-12-01"), 39) == ending
    assert items(on(context, "2027-12-20"), 0) == ending


def test_a_programme_says_how_long_ahead_it_wants_to_know(
    context: Context, family: Household, edited: Callable[..., Catalogue]
) -> None:
    context = replace(context, catalogue=edited(("programme.yaml", WINDOW, WINDOW + NOTICE)))
    ref = open_case(on(context, "2027-10-01"), PROGRAMME, family).case.ref
    letter, permit = (ref, "task", "referral-letter", "2027-10-08"), (ref, "ends", "permit", "2028-01-09")

    assert items(on(context, "2027-09-23")) == []
    assert items(on(context, "2027-09-24")) == [letter]
    assert items(on(context, "2027-11-08")) == [letter]
    assert items(on(context, "2027-11-09")) == [letter, permit]


def test_a_programme_and_a_protection_that_end_are_told_once_for_all_their_cases(
    context: Context, family: Household, edited: Callable[..., Catalogue], bring_to: Bring
) -> None:
    ends = (
        ("programme.yaml", WINDOW, WINDOW.replace("2020-01-01,", "2020-01-01, end: 2024-06-30,")),
        (
            "country.yaml",
            "\nowners:",
            "\npathway_ends:\n  - {pathway: asylum, until: 2024-06-20, reference: harbour-act}\nowners:",
        ),
    )
    context = replace(context, catalogue=edited(*ends))
    for pathway in ("resettled", "asylum", "resettled"):
        open_case(context, PROGRAMME, Household.model_validate(family.model_dump() | {"pathway": pathway}))
    open_case(context, PROGRAMME, family, rehearse=True)
    bring_to(context, "XX-1", "sailing")

    def told(day: str) -> list[tuple[str, str, tuple[str, ...]]]:
        found = endings_of_programmes(on(context, day))
        return [(each.ending.kind, str(each.ending.day), each.refs) for each in found]

    assert told("2024-05-20") == []
    asylum, window = ("pathway", "2024-06-20", ("XX-2",)), ("window", "2024-06-30", ("XX-1", "XX-2", "XX-3"))
    assert told("2024-05-31") == [asylum, window]
    assert told("2024-07-01") == [asylum, ("window", "2024-06-30", ("XX-2", "XX-3"))]
    assert [each.kind for each in next_steps(on(context, "2024-06-01"), "XX-2").endings] == ["pathway", "window"]
    assert [each.kind for each in next_steps(on(context, "2024-06-01"), "XX-3").endings] == ["window"]
    for ref in ("XX-2", "XX-3"):
        close(context, ref, Outcome.WITHDRAWN)
    assert told("2024-07-01") == []


# --- consent -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["crew-sought", "gangway", "sailing", "landing"])
def test_a_withdrawn_consent_stands_first_wherever_it_is_needed(
    context: Context, family: Household, bring_to: Bring, stage: str
) -> None:
    open_case(context, PROGRAMME, family)
    ref = open_case(context, PROGRAMME, family).case.ref
    bring_to(context, ref, stage)
    withdraw_task(on(context, "2024-03-10"), ref, "consent")

    found = items(on(context, "2024-04-10"))
    assert found[0] == (ref, "consent", "consent", "2024-04-10")
    assert ("XX-1", "task", "referral-letter", "2024-03-08") in found
    assert [state.task.id for state in next_steps(on(context, "2024-04-10"), ref).consent] == ["consent"]


def test_a_consent_that_is_good_for_a_time_is_told_ahead_and_stands_first_when_it_has_ended(
    context: Context, family: Household, edited: Callable[..., Catalogue], bring_to: Bring
) -> None:
    context = replace(
        context, catalogue=edited(("workflow.yaml", CONSENT, CONSENT + "            valid_for: 1 month\n"))
    )
    ref = open_case(context, PROGRAMME, family).case.ref
    bring_to(context, ref, "gangway")

    assert items(on(context, "2024-03-20")) == [(ref, "ends", "task", "2024-04-01")]
    assert items(on(context, "2024-04-02")) == [(ref, "consent", "consent", "2024-04-01")]
    record_task(on(context, "2024-04-02"), ref, "consent")
    assert items(on(context, "2024-04-02")) == [(ref, "ends", "task", "2024-05-02")]


# --- what follows from dates alone -------------------------------------------------------------------------------


def test_a_review_that_the_law_asks_for_shows_though_nothing_was_recorded_since_the_law_came(
    context: Context, family: Household, edited: Callable[..., Catalogue], bring_to: Bring
) -> None:
    context = replace(context, catalogue=edited(("workflow.yaml", REVIEW, YEARLY + REVIEW)))
    ref = open_case(context, PROGRAMME, family).case.ref
    bring_to(context, ref, "sailing")
    record_task(context, ref, "monthly-check", until=date(2030, 1, 1))
    review = (ref, "task", "yearly-review", "2024-06-01")

    assert review not in items(on(context, "2024-06-30"), 0)
    assert review in items(on(context, "2024-08-12"), 0)
    record_task(on(context, "2024-08-12"), ref, "yearly-review")
    assert (ref, "task", "yearly-review", "2025-02-12") in items(on(context, "2025-02-12"), 0)


def test_cases_of_which_nothing_is_due_today_keep_no_other_from_the_list(
    context: Context, family: Household, edited: Callable[..., Catalogue], bring_to: Bring
) -> None:
    deadline = '            deadline: {within: "5 working days"}\n'
    early_only = "            when: {fact: on, before: 2024-03-09}\n"
    context = replace(context, catalogue=edited(("workflow.yaml", deadline, early_only + deadline)))
    for _ in range(5):
        open_case(context, PROGRAMME, family)
    for _ in range(2):
        ref = open_case(context, PROGRAMME, family).case.ref
        record_task(context, ref, "referral-letter")
        advance(context, ref, "surveyed")

    assert {each[0] for each in items(on(context, "2024-03-10"), 30, limit=2)} == {"XX-6", "XX-7"}
    assert {each[0] for each in items(on(context, "2024-03-10"), 30, limit=1)} == {"XX-6"}


def live(context: Context, chance: random.Random, family: Household) -> str:
    """Let a case be worked on at random, day after day, and return its number."""
    day = date(2024, 3, 1) + timedelta(days=chance.randint(0, 60))
    permit = {"granted": "2024-01-10", "expires": str(day + timedelta(days=chance.choice([40, 200, 900])))}
    household = Household.model_validate(family.model_dump() | {"permit": permit})
    ref = open_case(replace(context, on=day), PROGRAMME, household, rehearse=chance.random() < 0.1).case.ref
    tasks = [task.id for task in context.entry(PROGRAMME).workflow.tasks]
    for _ in range(chance.randint(0, 25)):
        day += timedelta(days=chance.choice([0, 0, 1, 10]))
        here = replace(context, on=day)
        ahead = next_steps(here, ref)
        open_moves = [each.move for each in ahead.moves if each.allowed and not each.move.outcome]
        owed = [state.task.id for state in ahead.tasks if state.outstanding]
        with suppress(InputError, RefusedError):
            match chance.choice(["owed"] * 6 + ["any", "withdraw", "hold", "resume", "close"] + ["move"] * 4):
                case "owed" if owed:
                    until = day + timedelta(days=chance.choice([3, 50, 300])) if chance.random() < 0.3 else None
                    record_task(here, ref, chance.choice(owed), until=until)
                case "any":
                    record_task(here, ref, chance.choice(tasks))
                case "withdraw" if ahead.loaded.case.tasks:
                    withdraw_task(here, ref, chance.choice(sorted(ahead.loaded.case.tasks)))
                case "hold":
                    hold(here, ref)
                case "resume":
                    resume(here, ref)
                case "close" if chance.random() < 0.2:
                    close(here, ref, Outcome.WITHDRAWN)
                case "move" if open_moves:
                    advance(here, ref, chance.choice(open_moves).to)
    return ref


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_list_holds_what_looking_at_every_case_would_find(
    database: str,
    open_store: Callable[..., Store],
    context_at: Callable[[Store], Context],
    edited: Callable[..., Catalogue],
    family: Household,
) -> None:
    catalogue = edited(
        ("workflow.yaml", REVIEW, YEARLY + REVIEW),
        ("workflow.yaml", CONSENT, CONSENT + "            valid_for: 4 months\n"),
        ("programme.yaml", WINDOW, WINDOW + NOTICE),
    )
    chance = random.Random(7)
    context = replace(context_at(open_store(database)), catalogue=catalogue)
    refs = [live(context, chance, family) for _ in range(60)]
    kinds = set()
    for _ in range(25):
        day = date(2024, 6, 1) + timedelta(days=chance.randint(300, 1400))
        today, days = replace(context, on=day), chance.choice([None, 0, 20, 90])
        ahead = horizons(day, catalogue.programme(PROGRAMME).programme.notice, days)
        with context.store.reading() as connection:
            loaded = [load(today, connection, ref) for ref in refs]
        live_ones = [loaded for loaded in loaded if loaded.case.is_open and not loaded.case.rehearsal]
        wanted = [item for loaded in live_ones for item in due_items_of(loaded, ahead)]
        found = due(today, days)
        assert sorted((i.loaded.case.id, i.kind, i.day) for i in found) == sorted(
            (i.loaded.case.id, i.kind, i.day) for i in wanted
        )
        kinds |= {item.kind for item in found}
    assert kinds == {"consent", "task", "stage", "ends", "held", "lapsed"}
