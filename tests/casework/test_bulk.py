"""Many cases at once come to the same as one case after the other."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.conftest import do_not_wait_for_the_disk

from kummi.casework import bulk
from kummi.casework.bulk import advance_all, assess_all
from kummi.casework.context import Context
from kummi.casework.moving import advance, hold, resume
from kummi.casework.opening import open_case
from kummi.casework.recording import assess, record_task, withdraw_task
from kummi.catalogue import Catalogue, FoundPlugin, load_found
from kummi.catalogue.country_plugin import CountryPlugin
from kummi.errors import InputError, NotFoundError, RefusedError
from kummi.hookspecs import hookimpl
from kummi.model.household import Household
from kummi.model.rule import Finding, Result, Rule
from kummi.model.text import Text
from kummi.store.audit import verify
from kummi.store.database import Store, find_url
from kummi.store.tables import cases, events
from kummi.testing import harbourland

PROGRAMME = "xx-harbour"
FIRST, TODAY = date(2024, 1, 8), date(2024, 10, 1)
TASKS = (
    "referral-letter", "first-talk", "berth-decision", "consent", "voyage-plan", "crew-cleared", "crew-accepts",
    "first-meeting", "rope-given", "rope-taken", "monthly-check", "farewell-talk",
)  # fmt: skip
WAYS = [
    ("sailing", "landing"), ("gangway", "sailing"), ("crew-sought", "gangway"), ("outfitting", "crew-sought"),
    ("surveyed", "outfitting"), ("hailed", "aboard"), ("hailed", "surveyed"), ("aboard", "surveyed"),
    ("sailing", "crew-sought"),
]  # fmt: skip

EDITS: dict[str, tuple[str, str, str]] = {
    "a second consent, asked of some": (
        "workflow.yaml",
        "          - id: voyage-plan\n",
        "          - id: farewell-consent\n            kind: consent\n            title: Second consent\n"
        "            owner: coordinator\n            when: {some_member: {age: {at_least: 40}, at: 'on'}}\n"
        "            deadline: {within: 3 days}\n"
        "            reference: 'crew-handbook: chapter 3'\n          - id: voyage-plan\n",
    ),
    "a second clearance, asked of some": (
        "workflow.yaml",
        "          - id: crew-accepts\n",
        "          - id: boat-cleared\n            kind: clearance\n            title: The boat is cleared\n"
        "            owner: coordinator\n            when: {fact: arrived, after: 2023-06-01}\n"
        "            valid_for: 9 months\n"
        "            reference: 'crew-handbook: chapter 3'\n          - id: crew-accepts\n",
    ),
    "a window that is over": (
        "programme.yaml",
        "    window: {start: 2020-01-01,",
        "    window: {start: 2020-01-01, end: 2024-09-30,",
    ),
    "a guard that some do not fall under": (
        "workflow.yaml",
        "      - {from: crew-sought, to: gangway}\n",
        "      - from: crew-sought\n        to: gangway\n        guards:\n"
        "          - id: xx-children\n            text: {en: a berth for children, xx: kai}\n"
        "            when: {fact: household.children, at_least: 1}\n"
        "            require: {fact: registered, after: 2023-06-01}\n"
        "            reference: 'crew-handbook: chapter 1'\n",
    ),
    "a deadline that counts from a task": (
        "workflow.yaml",
        "            deadline: {within: \"10 working days\", reference: \"harbour-act: section 6\"}\n",
        "            deadline: {within: \"10 days\", of: tasks.first-talk, reference: \"harbour-act: section 6\"}\n",
    ),
    "later a talk that is good for some months": (
        "workflow.yaml",
        "            kind: talk\n            title: {en: First talk",
        "            kind: talk\n            valid_for: 6 months\n            title: {en: First talk",
    ),
    "later a talk that is good for some working days": (
        "workflow.yaml",
        "            kind: talk\n            title: {en: First talk",
        "            kind: talk\n            valid_for: 40 working days\n            title: {en: First talk",
    ),
    "later a meeting that repeats": (
        "workflow.yaml",
        "            kind: meeting\n",
        "            kind: meeting\n            repeats: 5 weeks\n",
    ),
    "a guard in Python": (
        "workflow.yaml",
        "      - {from: surveyed, to: outfitting}\n",
        "      - from: surveyed\n        to: outfitting\n        guards:\n"
        "          - id: xx-code\n            text: {en: checked by hand, xx: kai}\n"
        "            require: {python: 'builtins:bool', says: anything at all}\n"
        "            reference: 'crew-handbook: chapter 1'\n",
    ),
}  # fmt: skip


RULE_IN_PYTHON = {
    "id": "xx-code",
    "text": "decided by the plugin's own code",
    "require": {"python": "builtins:bool", "says": "anything at all"},
    "reference": {"id": "act", "title": "Harbour Act", "read": "2026-01"},
}


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str], Catalogue]:
    """Return a function that loads Harbourland with one of the edits."""

    def load(name: str) -> Catalogue:
        folder = tmp_path / "harbourland"
        folder.mkdir()
        for file in Path(harbourland.__file__).parent.glob("*.yaml"):
            shutil.copy(file, folder)
        file_name, old, new = EDITS[name]
        text = (folder / file_name).read_text()
        assert text.count(old) == 1
        (folder / file_name).write_text(text.replace(old, new))
        catalogue = load_found((FoundPlugin("xx", "1.0", CountryPlugin(folder)),))
        assert not catalogue.faults, [str(each.fault) for each in catalogue.faults]
        return catalogue

    return load


def anyone(chance: random.Random) -> Household:
    """Return an invented household about which much or little is known."""

    def day(first: int, last: int) -> str | None:
        return str(FIRST + timedelta(days=chance.randint(first, last))) if chance.random() < 0.8 else None

    members = [
        {
            "role": chance.choice(["adult", "child"]),
            "born": day(-25_000, 0),
            "gender": chance.choice(["female", "unknown"]),
        }
        for _ in range(chance.randint(1, 4))
    ]
    return Household.model_validate(
        {
            "pathway": chance.choice([*["resettled", "asylum", "family_reunification"] * 4, "other_permit"]),
            "municipality": chance.choice([*["North Quay", "South Quay"] * 6, "Far Island", None]),
            "arrived": day(-500, 0),
            "registered": day(-500, 0),
            "permit": {"granted": day(-300, 0) or day(-300, 0) or day(-1500, 0)},
            "members": members,
            "fields": {
                "moored": day(-100, 100),
                "housing": chance.choice(["boat", "house", None]),
                "school_place": chance.choice([True, False, None]),
            },
        }
    )


def live_a_while(context: Context, chance: random.Random, number: int) -> None:
    """Let a case be worked on at random: tasks, moves, holds and second thoughts, on days before and after today."""
    ref = open_case(replace(context, on=FIRST), PROGRAMME, anyone(chance), rehearse=number % 9 == 0).case.ref
    declared = {task.id for task in context.entry(PROGRAMME).workflow.tasks}
    done = [each for each in TASKS if chance.random() < 0.98]
    done += [each for each in ("farewell-consent", "boat-cleared") if each in declared and chance.random() < 0.6]
    for task in done:
        day = FIRST + timedelta(days=chance.choice([*[0, 0, 0, 1, 5] * 20, 20, 100, 400]))
        until = day + timedelta(days=chance.randint(0, 500)) if chance.random() < 0.1 else None
        record_task(replace(context, on=day), ref, task, until=until)
    path = ["surveyed", "outfitting", "crew-sought", "gangway", "sailing", "landing"]
    on = FIRST + timedelta(days=10)
    for stage in path[: chance.randint(0, len(path) - 1)]:
        on += timedelta(days=chance.randint(0, 30))
        try:
            advance(replace(context, on=on), ref, stage)
        except RefusedError:
            break
    if chance.random() < 0.15 and "consent" in done:
        with suppress(InputError):  # given on a later day only
            withdraw_task(replace(context, on=on), ref, "consent")
    if chance.random() < 0.15:
        on += timedelta(days=chance.choice([0, 300]))
        hold(replace(context, on=on), ref)
        if chance.random() < 0.5:
            resume(replace(context, on=on), ref)


def rows_of(store: Store) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Return all cases and events but for what hangs on the moment of recording."""

    def plain(row: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: value for name, value in row.items() if name not in ("recorded_at", "action", "hash", "head")}

    with store.reading() as connection:
        return tuple(  # type: ignore[return-value]
            [plain(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()]
            for table in (cases, events)
        )


def one_by_one(context: Context, source: str, target: str) -> int:
    with context.store.reading() as connection:
        here = (cases.c.stage == source) & (cases.c.programme == PROGRAMME) & cases.c.rehearsal.is_(False)
        refs = [f"XX-{number}" for number in connection.execute(select(cases.c.id).where(here)).scalars()]
    moved = 0
    for ref in refs:
        try:
            advance(context, ref, target)
        except (RefusedError, InputError):
            continue
        moved += 1
    return moved


@pytest.mark.parametrize("edit", [None, *EDITS])
def test_moving_all_is_moving_one_by_one(
    edit: str | None,
    open_store: Callable[..., Store],
    context_at: Callable[[Store], Context],
    edited: Callable[[str], Catalogue],
) -> None:
    """One by one is Python's rules, on whatever database; all at once is SQL, so that each database is held to it."""
    chance = random.Random(f"{edit}")
    lived = context_at(open_store("sqlite"))
    catalogue = edited(edit) if edit else lived.catalogue
    began = lived if edit and edit.startswith("later") else replace(lived, catalogue=catalogue)  # it changed meanwhile
    for number in range(100):
        live_a_while(began, chance, number)
    copies = [context_at(open_store(database, lived.store)) for database in ("sqlite", "postgresql")]
    single, *many = (replace(each, catalogue=catalogue) for each in (lived, *copies))
    some_moved = 0
    for source, target in WAYS:
        for days in (-250, -100, 0, 200):
            on = TODAY + timedelta(days=days)
            moved = one_by_one(replace(single, on=on, dry_run=True), source, target)
            for each in many:
                counted = advance_all(replace(each, on=on, dry_run=True), PROGRAMME, source, target)
                assert counted.moved == moved, (each.store.dialect.name, source, on)
        on = TODAY + timedelta(days=chance.choice([-100, 0, 0, 200]))
        moved = one_by_one(replace(single, on=on), source, target)
        expected = rows_of(single.store)
        for each in many:
            place = (each.store.dialect.name, source, target, on)
            assert advance_all(replace(each, on=on), PROGRAMME, source, target).moved == moved, place
            assert rows_of(each.store) == expected, place
        some_moved += moved > 0
    assert some_moved >= 4
    assert not any(verify(each.store).faults for each in many)


def test_what_may_not_move_is_counted_and_unchanged(context: Context, family: Household) -> None:
    ready, waiting = (open_case(context, PROGRAMME, family).case.ref for _ in range(2))
    record_task(context, ready, "referral-letter")
    before = rows_of(context.store)[1]

    counted = advance_all(context, PROGRAMME, "hailed", "surveyed")

    assert (counted.moved, counted.stayed) == (1, 1)
    after = rows_of(context.store)[1]
    assert [row for row in after if row not in before] == [
        {
            "stream_kind": "case",
            "stream_id": int(ready[3:]),
            "seq": 3,
            "programme": PROGRAMME,
            "kind": "advanced",
            "version": 1,
            "happened_on": context.on,
            "actor": "astrid",
            "data": '{"from":"hailed","phase":"assessment","to":"surveyed"}',
        }
    ]
    assert waiting != ready


def test_a_dry_run_counts_and_keeps_nothing(context: Context, family: Household) -> None:
    ref = open_case(context, PROGRAMME, family).case.ref
    record_task(context, ref, "referral-letter")
    before = rows_of(context.store)
    told: list[int] = []

    counted = advance_all(replace(context, dry_run=True), PROGRAMME, "hailed", "surveyed", told.append)

    assert (counted.moved, counted.stayed, told) == (1, 0, [1])
    assert rows_of(context.store) == before


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("hailed", "survey", "did you mean 'surveyed'"),
        ("haild", "surveyed", "did you mean 'hailed'"),
        ("hailed", "sailing", "no move leads from 'hailed' to 'sailing'; from there: 'surveyed', 'aboard'"),
        ("landing", "closed", "is an end"),
    ],
)
def test_a_way_that_there_is_not_is_refused(context: Context, source: str, target: str, words: str) -> None:
    with pytest.raises((NotFoundError, InputError), match=words):
        advance_all(context, PROGRAMME, source, target)


class Stubborn:
    """A plugin that lets no household of three move."""

    @hookimpl
    def kummi_extends(self) -> list[str]:
        return ["xx-harbour"]

    @hookimpl
    def kummi_check_move(self, case: Any) -> list[Finding]:
        refusal = Finding("xx-three", Result.NOT_MET, Text.model_validate("three are one too many"))
        return [refusal] if case.size == 3 else []


def test_what_plugins_add_to_a_move_is_asked_in_bulk_too(context: Context, family: Household) -> None:
    alone = family.model_copy(update={"members": family.members[:1]})
    for household in (family, alone):
        record_task(context, open_case(context, PROGRAMME, household).case.ref, "referral-letter")
    stubborn = replace(context, catalogue=harbourland.harbourland(Stubborn()))

    counted = advance_all(stubborn, PROGRAMME, "hailed", "surveyed")

    assert (counted.moved, counted.stayed) == (1, 1)


@pytest.fixture(scope="module")
def lives(
    prepared_sqlite: Path, tmp_path_factory: pytest.TempPathFactory, context_at: Callable[[Store], Context]
) -> Iterator[Store]:
    """A store on SQLite with 120 cases that were worked on at random, to be copied."""
    file = tmp_path_factory.mktemp("lives") / "kummi.sqlite3"
    shutil.copyfile(prepared_sqlite, file)
    store = Store(find_url(str(file)))
    do_not_wait_for_the_disk(store)
    lived, chance = context_at(store), random.Random(7)
    for number in range(120):
        live_a_while(lived, chance, number)
    yield store
    store.close()


@pytest.mark.parametrize("window_over", [False, True], ids=["in the window", "after it"])
@pytest.mark.parametrize("by_hand", [False, True], ids=["in the database", "in Python"])
def test_assessing_all_counts_what_assessing_each_decides(
    by_hand: bool,
    window_over: bool,
    lives: Store,
    open_store: Callable[..., Store],
    context_at: Callable[[Store], Context],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context = context_at(lives)
    entry = context.entry(PROGRAMME)
    if by_hand:
        entry = replace(entry, rules=(*entry.rules, Rule.model_validate(RULE_IN_PYTHON)))
    if window_over:
        window = entry.programme.window.model_copy(update={"end": TODAY - timedelta(days=1)})
        entry = replace(entry, programme=entry.programme.model_copy(update={"window": window}))
    on = replace(context, on=TODAY, catalogue=replace(context.catalogue, programmes={PROGRAMME: entry}))
    monkeypatch.setattr(bulk, "SPAN", 7)
    monkeypatch.setattr(bulk, "BY_HAND", 7)

    found = [
        assess_all(replace(on, store=open_store(database, lives)), PROGRAMME) for database in ("sqlite", "postgresql")
    ]

    with lives.reading() as connection:
        live = cases.c.rehearsal.is_(False) & (cases.c.phase != "closed")
        numbers = connection.execute(select(cases.c.id).where(live).order_by(cases.c.id)).scalars().all()
    single = {f"XX-{number}": assess(replace(on, dry_run=True), f"XX-{number}")[1].outcome.value for number in numbers}
    counts = {name: list(single.values()).count(name) for name in ("eligible", "not_eligible", "undetermined")}
    assert all(counts[name] for name in ("eligible", "not_eligible") + (() if window_over else ("undetermined",)))
    standing_out = [(ref, outcome) for ref, outcome in single.items() if outcome != "eligible"]
    assert len(standing_out) > 20
    for each in found:
        assert each.counts == counts
        assert list(each.standing_out) == standing_out[:20]
