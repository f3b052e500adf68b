"""Prove that the state of every stream is the fold of its events, and that none was changed, removed or reordered.

The seal, a hash over the ends of all streams, is written down elsewhere; a later audit compares it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Select, Table, func, inspect, null, select
from sqlalchemy.exc import DBAPIError

from kummi.errors import Fault, InputError, IntegrityError, message_of
from kummi.message import Message
from kummi.model.case import Case, Person
from kummi.model.event import CASE, StreamId
from kummi.store.cases import CaseIndex, fetch_raw, wrong_index
from kummi.store.chain import START
from kummi.store.database import Store
from kummi.store.events import StoredEvent, stored_event
from kummi.store.persons import raw_person
from kummi.store.streams import STREAM_KINDS, StreamKind, all_tables, digest_of
from kummi.store.tables import events

CHUNK = 2000
"""Streams looked at in one go: memory stays small however many there are."""

Follows = Callable[[Case, tuple[Person, ...]], CaseIndex | None]
"""Works out what is kept beside a case with these persons; None where nobody can tell."""


@dataclass(frozen=True)
class AuditResult:
    """What the audit found.

    ``seal`` stands for all events up to now, to be written down and compared later. ``holds`` says whether everything
    up to an earlier seal is as it was, None where none was given. ``unchecked`` are the cases whose columns for the
    morning list nobody could work out again.
    """

    cases: int
    events: int
    faults: tuple[Fault, ...]
    seal: str
    holds: bool | None = None
    unchecked: int = 0


def count_streams(store: Store) -> int:
    """Return how many streams there are to look at; none of a kind whose table is missing."""
    with store.reading() as connection:
        there = set(inspect(connection).get_table_names())
        tables = [kind.table for kind in STREAM_KINDS.values() if kind.table.name in there]
        return sum(connection.execute(select(func.count()).select_from(each)).scalar_one() for each in tables)


def verify(
    store: Store,
    progress: Callable[[int], None] = lambda _: None,
    *,
    earlier: str | None = None,
    follows: Follows | None = None,
) -> AuditResult:
    """Look at every stream and every event.

    Args:
        store: The store.
        progress: Is told how many streams each step finished.
        earlier: The seal of an earlier audit.
        follows: Works out the columns for the morning list again; without it they are not looked at.

    Raises:
        InputError: The earlier seal is none.
    """
    until = None if earlier is None else moment_of(earlier)
    with store.reading() as connection:
        audit = _Audit(store, connection, follows, until)
        for kind in STREAM_KINDS.values():
            audit.look_at_all(kind, progress)
        audit.faults += audit.orphans()
    holds = None if earlier is None else str(audit.then) == earlier.strip()
    return AuditResult(audit.cases, audit.events, tuple(audit.faults), str(audit.now), holds, audit.unchecked)


class _Audit:
    """One look at a whole store: what it has seen and found so far."""

    def __init__(self, store: Store, connection: Connection, follows: Follows | None, until: str | None) -> None:
        self.cases = self.events = self.unchecked = 0
        self.now, self.then = Seal(), Seal(until)
        self._store, self._connection, self._follows = store, connection, follows
        self._columns = _columns_of(connection)
        self.faults = list(self._missing())

    def look_at_all(self, kind: StreamKind, progress: Callable[[int], None]) -> None:
        """Look at every stream of a kind, some at a time."""
        if not self._can_read(kind.table, "id"):
            return
        numbers = select(kind.table.c.id).order_by(kind.table.c.id).limit(CHUNK)
        chunk = list(self._connection.execute(numbers).scalars())
        while chunk:
            self._look_at(kind, chunk)
            progress(len(chunk))
            chunk = list(self._connection.execute(numbers.where(kind.table.c.id > chunk[-1])).scalars())

    def _can_read(self, table: Table, owner: str) -> bool:
        """Whether a table is there, with the columns that say whose a row is, and which."""
        keys = {column.name for column in table.primary_key.columns}
        return self._columns[table.name] >= {owner, *keys}

    def _look_at(self, kind: StreamKind, numbers: Sequence[int]) -> None:
        """Look at streams; where not all can be read together, at fewer and fewer, until it is clear which cannot."""
        if not numbers:
            return
        try:
            found = self._fetch(kind, numbers[0], numbers[-1])
        except Exception as error:
            if isinstance(error, DBAPIError) and not self._store.dialect.is_unreadable(error.orig):
                raise
            half = len(numbers) // 2
            if not half:
                self.faults.append(Fault(str(StreamId(kind.name, numbers[0])), _unreadable(error)))
            else:
                self._look_at(kind, numbers[:half])
                self._look_at(kind, numbers[half:])
            return
        for raw in found:
            self._look_at_one(raw)

    def orphans(self) -> Iterator[Fault]:
        """Yield how many rows of each table belong to no stream."""
        for kind in STREAM_KINDS.values():
            owned = [(events, "stream_id"), *((each.table, each.owner) for each in kind.personal)]
            for table, owner in owned:
                if self._can_read(table, owner) and self._can_read(kind.table, "id"):
                    joined = table.outerjoin(kind.table, kind.table.c.id == table.c[owner])
                    lost = select(func.count()).select_from(joined).where(kind.table.c.id.is_(None))
                    lost = lost.where(table.c.stream_kind == kind.name) if table is events else lost
                    yield from _lost(table, self._connection.execute(lost).scalar_one(), kind.name)
        if self._can_read(events, "stream_id"):
            strange = select(func.count()).select_from(events).where(events.c.stream_kind.not_in(list(STREAM_KINDS)))
            yield from _lost(events, self._connection.execute(strange).scalar_one())

    def _look_at_one(self, raw: RawStream) -> None:
        self.cases += raw.kind.name == CASE
        self.events += len(raw.events)
        stream = StreamId(raw.kind.name, raw.row.id)
        self.now.add(stream, raw.events)
        self.then.add(stream, raw.events)
        where = raw.kind.label(raw.row)
        try:
            self.faults += [Fault(where, each) for each in self._wrong(raw)]
        except IntegrityError as error:
            self.faults.append(Fault(where, message_of(error)))
        except Exception as error:  # noqa: BLE001 (whatever stands in its rows, the others are looked at)
            self.faults.append(Fault(where, _unreadable(error)))

    def _wrong(self, raw: RawStream) -> Iterator[Message]:
        proved = prove_stream(self._store, raw)
        yield from proved.faults
        if proved.faults or not self._follows or raw.kind.name != CASE:
            return
        rows, *_ = raw.personal
        persons = tuple(raw_person(self._store, each) for each in sorted(rows, key=lambda row: row.number))
        index = self._follows(proved.state, persons)
        if index is None:
            self.unchecked += 1
        elif wrong := self._wrong_index(raw, proved.state, index):
            yield Message(
                "the morning list does not follow from its events and its workflow: {wrong}", wrong=", ".join(wrong)
            )

    def _wrong_index(self, raw: RawStream, state: Case, index: CaseIndex) -> Sequence[str]:
        row = raw.row._mapping  # noqa: SLF001 (SQLAlchemy's public name)
        wrong = wrong_index(self._store, row, index)
        # Written while its stage was not there, a case is kept as due since it entered it, until the next event.
        as_stranded = CaseIndex(index.clearance_until, state.entered_on)
        return wrong if wrong and wrong_index(self._store, row, as_stranded) else ()

    def _missing(self) -> Iterator[Fault]:
        for table in all_tables():
            there = self._columns[table.name]
            missing = [column.name for column in table.columns if column.name not in there]
            if not there:
                yield Fault(table.name, Message("the table is missing"))
            elif missing:
                yield Fault(table.name, Message("without {missing}: a column is missing", missing=", ".join(missing)))

    def _fetch(self, kind: StreamKind, first: int, last: int) -> list[RawStream]:
        """Return streams of a kind with all that is theirs."""
        histories = self._by_owner(events, "stream_id", first, last, events.c.stream_kind == kind.name)
        personal = [self._by_owner(each.table, each.owner, first, last) for each in kind.personal]
        return [
            RawStream(kind, row, histories.get(row.id, []), [each.get(row.id, []) for each in personal])
            for row in self._rows(kind.table, "id", first, last)
        ]

    def _by_owner(self, table: Table, owner: str, first: int, last: int, *where: Any) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for row in self._rows(table, owner, first, last, *where):
            found.setdefault(getattr(row, owner), []).append(row)
        return found

    def _rows(self, table: Table, owner: str, first: int, last: int, *where: Any) -> Sequence[Any]:
        """Return the raw rows of a table between two streams; a column that is missing is not known in any of them."""
        if not self._can_read(table, owner):
            return ()
        there = self._columns[table.name]
        columns = (each if each.name in there else null().label(each.name) for each in table.columns)
        query: Select[Any] = select(*columns).where(table.c[owner].between(first, last), *where)
        query = query.order_by(*table.primary_key.columns)
        return fetch_raw(self._store, self._connection, query)


def _lost(table: Table, count: int, kind: str = "") -> Iterator[Fault]:
    """Say how many rows belong to no stream of a kind, or are of no kind at all."""
    if count and kind:
        yield Fault(table.name, Message("{count} rows belong to no {kind}", count=count, kind=kind))
    elif count:
        yield Fault(table.name, Message("{count} rows are of no kind of stream", count=count))


def _columns_of(connection: Connection) -> dict[str, set[str]]:
    inspector = inspect(connection)
    there = set(inspector.get_table_names())
    return {
        table.name: {each["name"] for each in inspector.get_columns(table.name)} if table.name in there else set()
        for table in all_tables()
    }


def _unreadable(error: Exception) -> Message:
    return Message("cannot be read, something wrote to it that was not Kummi ({kind})", kind=type(error).__name__)


_FORM = re.compile(r"(\d{20})-([0-9a-f]{64})")
_NOTHING = "0" * 20


@dataclass
class Seal:
    """A seal in the making. Only events that were recorded up to a moment are part of it, or all.

    It is written as the moment, to the microsecond and in UTC, and the hash: so a later audit knows which events an
    earlier one has seen, and can tell whether they are still there as they were.
    """

    until: str | None = None
    last: str = _NOTHING
    _hash: Any = field(default_factory=hashlib.sha256, repr=False)

    def add(self, stream: StreamId, history: Sequence[Any]) -> None:
        """Add the events of a stream, in their order; streams come in the order of their kinds and ids."""
        head = None
        for event in history:
            moment = re.sub(r"\D", "", str(event.recorded_at))[:20]
            if self.until is not None and moment > self.until:
                break
            head, self.last = event.hash, max(self.last, moment)
        if head is not None:
            self._hash.update(f"{stream.kind}-{stream.id}:{head}\n".encode(errors="replace"))

    def __str__(self) -> str:
        return f"{self.last if self.until is None else self.until}-{self._hash.hexdigest()}"


def moment_of(seal: str) -> str:
    """Return the moment of a seal that an audit printed.

    >>> moment_of("20240301090005000000-" + "0" * 64)
    '20240301090005000000'

    Raises InputError for anything else.
    """
    found = _FORM.fullmatch(seal.strip())
    if not found:
        raise InputError(
            Fault("--seal", Message("expected the seal that an earlier audit printed: 20 digits, '-', 64 more"))
        )
    return found[1]


@dataclass(frozen=True)
class RawStream:
    """The row of a stream, its events, and its rows in each of the personal tables of its kind, as the driver gives
    them.
    """

    kind: StreamKind
    row: Any
    events: Sequence[Any]
    personal: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Proved:
    """The state of a stream as its events give it, and what is wrong with its rows."""

    state: Any
    faults: tuple[Message, ...]


def prove_stream(store: Store, raw: RawStream) -> Proved:
    """Fold the events of a stream and hold its rows against them. Raises IntegrityError where they cannot be folded."""
    row, kind = raw.row, raw.kind
    history = [stored_event(each, store.dialect.read_date) for each in raw.events]
    broken = _broken_link(raw, history)
    if broken:
        raise IntegrityError(broken)
    told = [kind.read_event(each.kind, each.version, each.data) for each in history]
    state = None
    for event, stored in zip(told, history, strict=True):
        state = kind.fold(state, event, stored.happened_on)
    if state is None:
        raise IntegrityError(Message("there is no event"))
    state = replace(state, id=row.id, seq=row.seq, head=row.head)
    wrong = kind.wrong_columns(store, row, state, told)
    faults = [Message("the state does not follow from its events: {wrong}", wrong=tuple(wrong))] if wrong else []
    return Proved(state, (*faults, *_wrong_personal(raw, told)))


def _broken_link(raw: RawStream, history: Sequence[StoredEvent]) -> Message | None:
    """Say where the chain breaks, or return None."""
    row, previous = raw.row, START
    for position, event in enumerate(history, start=1):
        if event.seq != position:
            return Message("event {position} is missing", position=position)
        if event.programme != row.programme:
            return Message("event {position} belongs to another programme", position=position)
        if event.rehash(previous) != event.hash:
            return Message(
                "event {position} ('{kind}', {day}) was changed after it was recorded",
                position=position,
                kind=event.kind,
                day=event.happened_on,
            )
        previous = event.hash
    if len(history) != row.seq or previous != row.head:
        return Message(
            "the {stream} knows {known} events, the store has {stored}, and they end differently",
            stream=raw.kind.name,
            known=row.seq,
            stored=len(history),
        )
    return None


def _wrong_personal(raw: RawStream, told: Sequence[Any]) -> Iterator[Message]:
    """Compare versions of rows of personal data with the digests that the events hold of them.

    The newest version of each row must be there; an older one may have been erased.
    """
    named = [each for event in told for each in raw.kind.personal_rows(event)]
    newest = {each.id: each.version for each in named}
    digests = {(each.id, each.version): each.digest for each in named}
    found = list(_versions(raw))
    for each in found:
        expected = digests.get((each.id, each.version))
        if expected is None or each.is_old == (each.version == newest[each.id]):
            yield Message("there is personal data that no event speaks of")
        elif (each.programme, each.digest) != (raw.row.programme, expected):
            yield Message("a row of personal data was changed without an event")
    lacking = newest.items() - {(each.id, each.version) for each in found if not each.is_old}
    yield from [Message("a row of personal data is missing")] * len(lacking)


@dataclass(frozen=True)
class _RowVersion:
    """A version of a row of personal data as it was found; ``is_old`` where a newer one took its place."""

    id: str
    version: int
    programme: str
    digest: str
    is_old: bool


def _versions(raw: RawStream) -> Iterator[_RowVersion]:
    for table, rows in zip(raw.kind.personal, raw.personal, strict=True):
        for row in rows:
            version = row.version if "version" in table.table.c else 1
            yield _RowVersion(row.id, version, row.programme, digest_of(table.digest, row), table.is_old)
