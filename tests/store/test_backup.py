"""Backups: the same content on either database, whole or not at all."""

from __future__ import annotations

import gzip
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from kummi.casework.context import Context
from kummi.casework.facts import correct_facts
from kummi.casework.moving import hold
from kummi.casework.opening import open_case
from kummi.errors import InputError
from kummi.model.case import Case
from kummi.model.household import Household
from kummi.store.audit import verify
from kummi.store.backup import restore_backup, write_backup
from kummi.store.database import Store, find_url
from kummi.store.tables import cases

DATABASES = ["sqlite", "postgresql"]


@pytest.fixture
def filled(context: Context, family: Household, bring_to: Callable[[Context, str, str], Case]) -> Store:
    ref = open_case(context, "xx-harbour", family).case.ref
    bring_to(context, ref, "sailing")
    hold(context, ref, note="“Ferien”, says Zelda\n")
    correct_facts(context, ref, {"member.3.born": "2017-10-01"})
    open_case(context, "xx-harbour", family)
    return context.store


@pytest.fixture
def backup(filled: Store, tmp_path: Path) -> Path:
    file = tmp_path / "one.kummi-backup"
    write_backup(filled, file)
    return file


def content(file: Path) -> bytes:
    return gzip.decompress(file.read_bytes())


def pack(file: Path, lines: list[object]) -> Path:
    file.write_bytes(gzip.compress(b"".join(json.dumps(line).encode() + b"\n" for line in lines)))
    return file


def lines_of(file: Path) -> list[object]:
    return [json.loads(line) for line in content(file).splitlines()]


@pytest.mark.parametrize("target", DATABASES)
def test_what_is_restored_is_the_same_to_the_byte_and_proves(
    filled: Store, backup: Path, target: str, open_store: Callable[..., Store], tmp_path: Path
) -> None:
    before = verify(filled)
    store = open_store(target)

    counts = restore_backup(store, backup)
    again = tmp_path / "again.kummi-backup"

    assert write_backup(store, again) == counts
    assert counts == {"cases": 2, "persons": 6, "notes": 1, "person_versions": 1, "events": before.events}
    assert content(again) == content(backup)
    assert verify(store) == before


@pytest.mark.parametrize("target", DATABASES)
def test_numbers_and_work_go_on_after_a_restore(
    backup: Path,
    target: str,
    open_store: Callable[..., Store],
    context_at: Callable[[Store], Context],
    family: Household,
) -> None:
    store = open_store(target)
    restore_backup(store, backup)
    context = context_at(store)
    used = iter(range(1000, 2000))
    context = Context(store, context.catalogue, context.actor, context.on, context.clock, lambda: f"{next(used):032x}")

    assert open_case(context, "xx-harbour", family).case.ref == "XX-3"
    assert hold(context, "XX-2").seq == 2
    assert verify(store).faults == ()


def test_a_new_database_is_made_for_a_restore(backup: Path, tmp_path: Path) -> None:
    store = Store(find_url(str(tmp_path / "deep" / "new.sqlite3")))

    assert restore_backup(store, backup)["cases"] == 2
    assert verify(store).faults == ()
    store.close()


def test_a_backup_is_readable_by_its_owner_only_and_leaves_nothing_else(filled: Store, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    write_backup(filled, folder / "b")

    assert [each.name for each in folder.iterdir()] == ["b"]
    assert stat.S_IMODE((folder / "b").stat().st_mode) == 0o600


def test_a_file_that_is_there_is_not_written_over(filled: Store, tmp_path: Path) -> None:
    file = tmp_path / "letter"
    file.write_text("keep me")

    with pytest.raises(InputError, match="is there already; choose another name, or write over it with --force"):
        write_backup(filled, file)
    assert file.read_text() == "keep me"


def test_a_folder_that_is_not_there_is_a_clear_error(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written: there is no such file or folder"):
        write_backup(filled, tmp_path / "nowhere" / "b")


def test_a_backup_that_fails_half_way_leaves_no_file(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kummi.store.backup.json.dumps", full)
    folder = tmp_path / "out"
    folder.mkdir()

    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        write_backup(filled, folder / "b")
    assert list(folder.iterdir()) == []


def test_a_store_with_cases_is_not_restored_into(filled: Store, backup: Path) -> None:
    before = verify(filled)

    with pytest.raises(InputError, match="holds cases already; a backup is restored into an empty one"):
        restore_backup(filled, backup)
    assert verify(filled) == before


BYTES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "cut off in the middle": ("is not a whole backup", lambda b: b[: len(b) // 2]),
    "last byte missing": ("is not a whole backup", lambda b: b[:-1]),
    "check sum wrong": ("is not a whole backup", lambda b: b[:-8] + bytes([b[-8] ^ 1]) + b[-7:]),
    "rubbish inside": ("is not a whole backup", lambda b: b[:200] + b"\xff" * 40 + b[240:]),
    "rubbish at its start": ("is not a whole backup: error", lambda b: b[:40] + b"\xff" * 40 + b[80:]),
    "not packed": ("is not a whole backup: BadGzipFile", gzip.decompress),
    "text": ("is not a whole backup: BadGzipFile", lambda _: b"Dear coordinator Zelda"),
    "empty": ("is not a backup that Kummi wrote", lambda _: b""),
    "packed nothing": ("is not a backup that Kummi wrote", lambda _: gzip.compress(b"")),
    "packed text": ("is not a whole backup: JSONDecodeError", lambda _: gzip.compress(b"Dear coordinator Zelda\n")),
}
"""What may be wrong with the bytes of a backup, and what is said of it."""

LINES: dict[str, tuple[str, Callable[[list[Any]], list[Any]]]] = {
    "other JSON": ("is not a backup that Kummi wrote", lambda _: [{"person": "Zelda"}]),
    "no end": ("is cut off: its end is missing", lambda s: s[:-1]),
    "a row less": ("do not agree with the counts", lambda s: [*s[:-2], s[-1]]),
    "a table less": ("do not agree with the counts", lambda s: [s[0], {"table": "cases"}, {"end": {"cases": 0}}]),
    "a row twice": ("rows that contradict each other", lambda s: [*s[:3], *s[2:]]),
    "a row too short": ("is not a whole backup", lambda s: [*s[:2], s[2][:-1], *s[3:]]),
    "no such day": ("is not a whole backup", lambda s: [*s[:2], [*s[2][:7], "2024-02-30", *s[2][8:]], *s[3:]]),
    "an unknown table": ("is not a whole backup", lambda s: [s[0], {"table": "users"}, *s[1:]]),
    "more after the end": ("there is more after its end", lambda s: [*s, {"table": "cases"}]),
    "an older schema": (
        r"is a backup of schema 0000; this Kummi restores schema \d",
        lambda s: [{"form": "kummi-backup-1", "schema": "0000"}, *s[1:]],
    ),
}
"""What may be wrong with the lines of a backup, and what is said of it."""


@pytest.mark.parametrize("kind", [*BYTES, *LINES])
def test_what_is_not_a_whole_backup_restores_nothing(
    backup: Path, kind: str, tmp_path: Path, open_store: Callable[..., Store], filled: Store
) -> None:
    said, spoil = BYTES.get(kind) or LINES[kind]
    bad = tmp_path / "bad.kummi-backup"
    if kind in BYTES:
        bad.write_bytes(spoil(backup.read_bytes()))
    else:
        pack(bad, spoil(lines_of(backup)))
    store = open_store(filled.dialect.name)

    with pytest.raises(InputError, match=said) as caught:
        restore_backup(store, bad)
    assert "Zelda" not in str(caught.value)
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(cases)).scalar_one() == 0


def test_a_folder_is_no_backup(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a whole backup: IsADirectoryError"):
        restore_backup(store, tmp_path)


def test_a_wrong_file_does_not_make_a_database(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear coordinator")

    with pytest.raises(InputError):
        restore_backup(Store(find_url(str(tmp_path / "new.sqlite3"))), tmp_path / "letter")
    assert [each.name for each in tmp_path.iterdir()] == ["letter"]
