"""Take the households of a sheet: the good ones in one transaction, the refused rows into a file, with the reasons."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from kummi.casework.context import Context, must_have_come
from kummi.casework.duplicates import Duplicates
from kummi.casework.household_validation import doubt_about_place
from kummi.casework.identity_numbers import doubt_about
from kummi.casework.opening import Admission, NewHousehold
from kummi.errors import Fault, InputError
from kummi.i18n.translator import translator_of
from kummi.importing.columns import REJECTED, columns_of, count_known, match_header
from kummi.importing.households import BadCell, Grouping, HouseholdReader
from kummi.importing.sheet_file import SheetSource, open_source
from kummi.lifecycle.eligibility import must_take_households
from kummi.message import Message
from kummi.model.household import Household
from kummi.model.spreadsheet import unescape_formula
from kummi.model.text import FALLBACK
from kummi.store.cases import imported_keys
from kummi.store.database import Connection
from kummi.store.output_file import output_file
from kummi.store.persons import cases_split_off

if TYPE_CHECKING:
    from kummi.model.programme import ProgrammeEntry
import csv
import io
from collections.abc import Mapping
from typing import IO

from kummi.model.spreadsheet import escape_formula

CHUNK = 500
"""Households written at a time; the transaction holds all of them."""
SHOWN = 20
"""Warnings and refusals that are kept to be shown."""


@dataclass
class Imported:
    """What came of a sheet. ``refs`` are the first and the last new case; ``flagged`` are new cases with the older
    ones that each may be. ``warnings`` are the first of ``doubts``; ``rejects`` is where the refused rows are.
    """

    country: str
    taken: int = 0
    already_there: int = 0
    refused: int = 0
    refused_rows: dict[int, list[BadCell]] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    flagged: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)
    doubts: int = 0
    rejects: Path | None = None

    def refuse(self, bad: Sequence[BadCell], rows: Iterable[int]) -> None:
        """Count a household that is not taken; each of its rows is told why."""
        self.refused += 1
        for number in rows:
            own = [each for each in bad if each.row == number]
            self.refused_rows[number] = own or [
                BadCell(number, "", Message("the household is refused for row {row}", row=bad[0].row))
            ]

    def note(self, row: int, doubt: Message) -> None:
        """Keep a warning to be shown, while there are few."""
        self.warn(Message("row {row}: {doubt}", row=row, doubt=doubt))

    def warn(self, doubt: Message) -> None:
        """Keep a warning of no row, while there are few."""
        self.doubts += 1
        if len(self.warnings) < SHOWN:
            self.warnings.append(doubt)


def import_sheet(
    context: Context,
    programme: str,
    path: Path,
    *,
    sheet: str | None = None,
    rejects: Path | None = None,
    force: bool = False,
    step: Callable[[int], None] = lambda _: None,
    say: Callable[[Message], str] = str,
) -> Imported:
    """Take every good household of a file into a programme on the business date.

    A household is taken whole or refused whole. Either all good ones are kept or, where anything fails, none. A
    household that an earlier import took with the same label and facts is not taken again. ``step`` is told how many
    rows each step finished. Refused rows go to ``rejects``, else beside the file; where that file is there already, it
    may be mended by now: it is written over with ``force`` only.

    Raises:
        NotFoundError: There is no such programme, or no such sheet.
        RefusedError: The programme takes no cases on that day.
        InputError: The file cannot be used at all, that of the refused rows not be written, or the day has not come
            yet; nothing was written.
    """
    entry = context.entry(programme)
    must_have_come(context)
    must_take_households(entry, context.on)
    target = rejects or path.with_name(path.name + ".rejects.csv")
    if target.resolve() == path.resolve():
        raise InputError(Fault("--rejects", Message("is the file itself; choose another name")))
    file = _File(entry, path, sheet, context)
    # The rejects file is written before the commit, and gets its name after it. Should that last step fail, the same
    # file may be imported again: what was taken is not taken twice, and the refused rows are written then.
    with ExitStack() as committed, context.writing() as connection:
        done = _HouseholdImport(context, connection, entry).take(file.households(), step)
        if done.refused_rows and not context.dry_run:
            refused = committed.enter_context(output_file(target, personal=True, force=force))
            write_rejects(file.source, done.refused_rows, refused, say)
            done.rejects = target
    return done


@dataclass(frozen=True)
class _Read:
    """A label with its rows, and the household they make or what is wrong with them."""

    label: str
    rows: tuple[int, ...]
    household: Household | list[BadCell]


class _File:
    """A file whose header was understood."""

    def __init__(self, entry: ProgrammeEntry, path: Path, sheet: str | None, context: Context) -> None:
        columns, languages = columns_of(entry), entry.country.languages
        self.source: SheetSource = open_source(path, sheet, partial(count_known, columns=columns, languages=languages))
        _, header = next(self.source.rows(), (0, []))
        if not header:
            raise InputError(Fault(str(path), Message("has no first row; expected the names of the columns there")))
        found = match_header(header, columns, languages)
        self._was_rejected = any(cell.casefold() in REJECTED for cell in header)
        self._reader = HouseholdReader(entry, found, context.on)
        words = {translator_of(entry, each).gettext("EXAMPLE").casefold() for each in (FALLBACK, *languages)}
        self._grouping = Grouping(self._rows(), self._reader.label_at, frozenset(words))
        if not self._grouping.count:
            raise InputError(Fault(str(path), Message("has no row below its first; there is nothing to take")))

    def households(self) -> Iterator[_Read]:
        """Yield one household after another, good and bad."""
        for label, rows in self._grouping.households(self._rows()):
            numbers = tuple(number for number, _ in rows)
            if label:
                yield _Read(label, numbers, self._reader.read(rows, self.source.broken))
            else:
                yield _Read(label, numbers, [BadCell(numbers[0], "household", Message("must be said"))])

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        rows = self.source.rows()
        next(rows, None)
        if not self._was_rejected:
            return rows
        return ((number, [unescape_formula(cell) for cell in cells]) for number, cells in rows)


class _HouseholdImport:
    """One import in its transaction."""

    def __init__(self, context: Context, connection: Connection, entry: ProgrammeEntry) -> None:
        self._context, self._connection, self._entry = context, connection, entry
        self._admission = Admission(context, connection, entry)
        self._duplicates = Duplicates(connection, entry.country.code)
        self._done = Imported(entry.country.code)

    def take(self, households: Iterator[_Read], step: Callable[[int], None]) -> Imported:
        """Write all that can be taken."""
        done = self._done
        while some := list(islice(households, CHUNK)):
            self._take_some(some)
            step(sum(len(each.rows) for each in some))
        self._duplicates.meet_store()
        self._flag(sorted(self._duplicates.pairs))
        return done

    def _flag(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Name the older case that each new one may be, but none that somebody is in who was split off another."""
        done, code = self._done, self._done.country
        withheld = cases_split_off(self._connection, list({other for _, other in pairs}))
        done.flagged = [(f"{code}-{new}", f"{code}-{other}") for new, other in pairs if other not in withheld]
        for ref in dict.fromkeys(f"{code}-{new}" for new, other in pairs if other in withheld):
            done.warn(
                Message(
                    "{ref} may be the household of another case, which is not named here; ask the lead of your network",
                    ref=ref,
                )
            )

    def _take_some(self, some: Sequence[_Read]) -> None:
        good: dict[str, tuple[_Read, Household]] = {}
        for each in some:
            if isinstance(each.household, Household):
                good[self._key(each.label, each.household)] = each, each.household
            else:
                self._done.refuse(each.household, each.rows)
        there = self._already_there(list(good))
        self._done.already_there += len(there)
        fresh = {key: found for key, found in good.items() if key not in there}
        if fresh:
            self._write(fresh)

    def _write(self, fresh: dict[str, tuple[_Read, Household]]) -> None:
        numbers = self._context.store.dialect.reserve_case_ids(self._connection, len(fresh))
        new = [NewHousehold(number, found[1], key) for number, (key, found) in zip(numbers, fresh.items(), strict=True)]
        self._duplicates.meet([(each.number, each.household) for each in new])
        self._admission.admit(new)
        done = self._done
        done.taken += len(new)
        done.numbers = [*done.numbers[:1], *(each.number for each in new)]
        done.numbers = [done.numbers[0], done.numbers[-1]]
        for read, household in fresh.values():
            self._note_doubts(read, household)

    def _note_doubts(self, read: _Read, household: Household) -> None:
        """Warn of identity numbers and places as opening a single case does."""
        for row, member in zip(read.rows, household.members, strict=True):
            doubt = member.identity and doubt_about(self._entry.country.identifiers, member.identity, self._context.on)
            if doubt:
                self._done.note(row, doubt)
        unlisted = doubt_about_place(household.municipality, self._entry)
        if unlisted:
            self._done.note(read.rows[0], unlisted)

    def _key(self, label: str, household: Household) -> str:
        """Return what tells an imported household: a digest of programme, label and facts, which gives none away."""
        facts = household.model_dump_json(exclude_unset=True)
        return hashlib.sha256(f"{self._entry.id}\n{label}\n{facts}".encode()).hexdigest()

    def _already_there(self, keys: list[str]) -> set[str]:
        return imported_keys(self._connection, self._entry.id, keys) if keys else set()


def write_rejects(
    source: SheetSource, refused: Mapping[int, Sequence[BadCell]], file: IO[bytes], say: Callable[[Message], str]
) -> None:
    """Write the refused rows in the order of the file, with their reasons. They hold personal data."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    csv.writer(text, delimiter=source.delimiter).writerows(_lines(source, refused, say))
    text.detach()
    file.flush()


def _lines(
    source: SheetSource, refused: Mapping[int, Sequence[BadCell]], say: Callable[[Message], str]
) -> Iterator[list[str]]:
    rows = source.rows()
    _, header = next(rows)
    kept = [at for at, name in enumerate(header) if name.casefold() not in REJECTED]
    yield [*(escape_formula(header[at]) for at in kept), *REJECTED]
    for number, cells in rows:
        if number in refused:
            whole = [*cells, *[""] * (len(header) - len(cells))]
            shown = [escape_formula(whole[at]) for at in [*kept, *range(len(header), len(whole))]]
            bad = refused[number]
            columns = ", ".join(dict.fromkeys(each.column for each in bad if each.column))
            reasons = "; ".join(dict.fromkeys(say(each.reason) for each in bad))
            yield [*shown, str(number), columns, reasons]
