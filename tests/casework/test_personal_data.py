"""Names, numbers, births and notes lie in their own tables: not in events, not in errors, not in what rules see."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from kummi.casework.context import Context
from kummi.casework.facts import correct_facts
from kummi.casework.members import join, leave
from kummi.casework.moving import close, hold, reopen, resume
from kummi.casework.next_steps import next_steps
from kummi.casework.opening import open_case
from kummi.casework.recording import assess
from kummi.errors import ConflictError, KummiError
from kummi.model.case import Case
from kummi.model.household import Household
from kummi.model.vocabulary import LeftHow, Outcome
from kummi.store.tables import cases, events, notes, persons

SECRETS = [
    "Zelda", "Yorick", "Xenia", "Wanda", "Pine", "7104-55", "7104-66",
    "1988-04-02", "1985-11-30", "2017-09-30", "2023-12-24", "1988-04-03",
    "hospital", "moved", "mistake", "Aunt",
]  # fmt: skip


@pytest.fixture
def lived(context: Context, family: Household, bring_to: Callable[[Context, str, str], Case]) -> Context:
    """A case that had every kind of action, with personal data in each that takes any."""
    ref = open_case(context, "xx-harbour", family).case.ref
    assess(context, ref)
    bring_to(context, ref, "sailing")
    join(context, ref, {"role": "child", "name": "Wanda Pine", "born": "2023-12-24", "how": "arrived"})
    correct_facts(context, ref, {"member.1.born": "1988-04-03", "member.2.identity": "7104-66"})
    leave(context, ref, 2, LeftHow.DIED)
    hold(context, ref, note="Zelda is in hospital")
    resume(context, ref, note="Zelda is home; Aunt helps")
    close(context, ref, Outcome.ENDED_EARLY, note="moved away")
    reopen(context, ref, "a mistake of mine")
    return context


def found_in(context: Context, table: object) -> set[str]:
    with context.store.reading() as connection:
        said = "\n".join(str(tuple(row)) for row in connection.execute(select(table)))  # type: ignore[call-overload]
    return {secret for secret in SECRETS if secret in said or secret.replace("-", ", ").replace(", 0", ", ") in said}


def test_events_and_state_hold_nothing_of_it_and_its_own_tables_hold_it_all(lived: Context) -> None:
    assert found_in(lived, events) == set()
    assert found_in(lived, cases) == set()
    assert found_in(lived, notes) == {"Zelda", "hospital", "Aunt", "moved", "mistake"}
    assert found_in(lived, persons) == set(SECRETS) - {"hospital", "Aunt", "moved", "mistake", "1988-04-02"}


def test_a_digest_cannot_be_guessed_from_the_event_alone(lived: Context, family: Household) -> None:
    """Two rows of the same person have different digests: each has its own salt, which is not in the event."""
    open_case(lived, "xx-harbour", family)
    with lived.store.reading() as connection:
        salts = list(connection.execute(select(persons.c.salt)).scalars())
        said = "\n".join(connection.execute(select(events.c.data)).scalars())

    assert len(set(salts)) == len(salts) == 7
    assert not any(salt in said for salt in salts)


def test_a_changed_person_has_a_new_salt(lived: Context) -> None:
    def salt() -> str:
        with lived.store.reading() as connection:
            return str(connection.execute(select(persons.c.salt).where(persons.c.number == 3)).scalar_one())

    before = salt()
    correct_facts(lived, "XX-1", {"member.3.gender": "other"})
    assert salt() != before


def test_what_rules_and_reports_see_holds_no_name_and_no_number(lived: Context) -> None:
    loaded = next_steps(lived, "XX-1").loaded

    assert not any(word in repr((loaded.case, loaded.persons, loaded.facts)) for word in ("Zelda", "Pine", "7104"))
    assert not any(word in repr(loaded.programme) for word in ("Zelda", "7104"))


def test_no_error_repeats_what_is_personal(lived: Context, family: Household) -> None:
    long = "Zelda " * 50
    tomorrow = family.members[0].model_copy(update={"born": date(2035, 1, 1), "name": "Zelda\0"})
    actions: list[Callable[[], object]] = [
        lambda: correct_facts(lived, "XX-1", {"member.1.name": long}),
        lambda: correct_facts(lived, "XX-1", {"member.1.identity": "Zelda-number-much-too-long-to-be-one-of-these"}),
        lambda: correct_facts(lived, "XX-1", {"member.1.born": "Zelda"}),
        lambda: correct_facts(lived, "XX-1", {"member.1.gender": "Zelda"}),
        lambda: correct_facts(lived, "XX-1", {"member.1.role": "Zelda"}),
        lambda: correct_facts(lived, "XX-1", {"member.2.born": "2035-01-01"}),
        lambda: join(lived, "XX-1", {"role": "Zelda", "how": "Zelda", "name": long, "Zelda": "Zelda"}),
        lambda: join(lived, "XX-1", {"role": "adult", "how": "joined", "name": "Zelda Pine", "identity": "7104-55"}),
        lambda: join(lived, "XX-1", {"role": "child", "how": "born", "born": "1988-04-03"}),
        lambda: correct_facts(lived, "XX-1", {"member.1.joined": "Zelda", "member.1.left": "Zelda"}),
        lambda: correct_facts(lived, "XX-1", {"arrived": "Zelda", "permit.held": "Zelda", "languages": "Zelda"}),
        lambda: hold(lived, "XX-1", note="Zelda " * 400),
        lambda: hold(lived, "XX-1", note="Zelda\0"),
        lambda: open_case(lived, "xx-harbour", family.model_copy(update={"members": (tomorrow,)})),
        lambda: correct_facts(replace(lived, on=date(2024, 2, 1)), "XX-1", {"member.1.name": "Zelda"}),
    ]
    for action in actions:
        with pytest.raises(KummiError) as caught:
            action()
        assert not any(secret in str(caught.value) for secret in [*SECRETS, "2035-01-01", "number-much"])


def test_a_failing_statement_shows_no_values(lived: Context, family: Household) -> None:
    """Whatever the driver says, the values of the statement are not in it: they may be names."""
    clash = replace(lived, new_id=lambda: "1" * 32)
    open_case(clash, "xx-harbour", family)
    with pytest.raises((sqlite3.Error, ConflictError)) as caught:
        open_case(clash, "xx-harbour", family)

    said = f"{caught.value} {caught.value.__cause__}"
    assert not any(secret in said for secret in SECRETS)
