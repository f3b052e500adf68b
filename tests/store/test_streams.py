"""A second kind of thing that lives, invented here: once registered it is audited, backed up, restored and guarded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, insert, update

from kummi.errors import ConflictError, IntegrityError
from kummi.model.event import StreamId
from kummi.store.audit import verify
from kummi.store.backup import restore_backup, write_backup
from kummi.store.database import Store
from kummi.store.events import EventRecord, append_event, load_events
from kummi.store.streams import STREAM_KINDS, StreamKind
from kummi.store.tables import events

DAY, AT = date(2024, 3, 1), datetime(2024, 3, 1, 9, tzinfo=UTC)
beacons = Table(
    "beacons",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("programme", String(80)),
    Column("lit", Boolean),
    Column("seq", Integer),
    Column("head", String(64)),
)


@dataclass(frozen=True)
class Beacon:
    lit: bool
    id: int = 0
    seq: int = 0
    head: str = ""


@dataclass(frozen=True)
class Turned:
    kind: ClassVar[str] = "turned"
    version: ClassVar[int] = 1
    lit: bool

    def to_data(self) -> dict[str, Any]:
        return {"lit": self.lit}


def read(kind: str, version: int, data: Any) -> Turned:
    if (kind, version) != ("turned", 1):
        raise IntegrityError(f"a beacon has no event '{kind}' of version {version}")
    return Turned(data["lit"])


def wrong(_: Store, row: Any, state: Beacon, __: object) -> list[str]:
    return [] if bool(row.lit) == state.lit else ["lit"]


KIND = StreamKind(
    "beacon", beacons, read, lambda _, event, __: Beacon(event.lit), wrong, lambda row: f"beacon {row.id}"
)


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STREAM_KINDS, KIND.name, KIND)


@pytest.fixture
def harbour_light(tmp_path: Path, new_store_url: Callable[[str], str]) -> Store:
    """A store with one beacon that was lit, doused and lit again."""
    from kummi.store.database import find_url

    store = Store(find_url(new_store_url("sqlite")))
    with store.writing() as connection:
        beacons.create(connection)
        connection.execute(insert(beacons).values(id=7, programme="xx-harbour", lit=False, seq=0, head=""))
        for seq, lit in enumerate((True, False, True), start=1):
            turn(store, connection, seq, lit=lit)
    return store


def turn(store: Store, connection: Any, seq: int, *, lit: bool) -> None:
    stream = StreamId("beacon", 7)
    before = [each.hash for each in load_events(connection, stream)][: seq - 1]
    row = EventRecord.of("xx-harbour", Turned(lit), DAY, AT, "astrid", "a" * 32).row(stream, seq, "".join(before[-1:]))
    append_event(store, connection, row)
    connection.execute(update(beacons).where(beacons.c.id == 7).values(lit=lit, seq=seq, head=row["hash"]))


def faults(store: Store) -> list[str]:
    return [str(each) for each in verify(store).faults]


def test_it_is_audited(harbour_light: Store) -> None:
    verdict = verify(harbour_light)
    assert (verdict.cases, verdict.events, verdict.faults) == (0, 3, ())

    with harbour_light.writing() as connection:
        connection.execute(update(beacons).values(lit=False))
    assert faults(harbour_light) == ["beacon 7: the state does not follow from its events: lit"]

    with harbour_light.writing() as connection:
        connection.execute(update(events).where(events.c.seq == 2).values(version=2))
    assert faults(harbour_light) == ["beacon 7: event 2 ('turned', 2024-03-01) was changed after it was recorded"]


def test_events_of_a_kind_that_nobody_registered_are_found(
    harbour_light: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(STREAM_KINDS, KIND.name)

    assert faults(harbour_light) == ["events: 3 rows are of no kind of stream"]


def test_its_seal_holds_until_its_past_is_changed(harbour_light: Store) -> None:
    seal = verify(harbour_light).seal
    assert verify(harbour_light, earlier=seal).holds is True

    with harbour_light.writing() as connection:
        connection.execute(update(events).where(events.c.seq == 3).values(hash="0" * 64))
    assert verify(harbour_light, earlier=seal).holds is False


def test_a_second_event_in_the_same_place_is_a_conflict(harbour_light: Store) -> None:
    with pytest.raises(ConflictError) as caught, harbour_light.writing() as connection:
        turn(harbour_light, connection, 3, lit=False)

    assert caught.value.exit_code == 4
    assert faults(harbour_light) == []


def test_it_is_in_a_backup_and_comes_back(
    harbour_light: Store, tmp_path: Path, new_store_url: Callable[[str], str]
) -> None:
    from kummi.store.database import find_url

    counts = write_backup(harbour_light, tmp_path / "kept.gz")
    assert (counts["beacons"], counts["events"]) == (1, 3)
    other = Store(find_url(new_store_url("sqlite")))
    with other.writing() as connection:
        beacons.create(connection)

    assert restore_backup(other, tmp_path / "kept.gz") == counts
    assert verify(other).seal == verify(harbour_light).seal
    assert faults(other) == []
