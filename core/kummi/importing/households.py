"""From rows to households: the rows of one label are one household, taken whole or refused whole."""

from __future__ import annotations

import marshal
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from kummi.casework.household_validation import faults_in
from kummi.casework.value_reader import LanguageReader, Read, reader_for
from kummi.catalogue.yaml.model_faults import said_each
from kummi.errors import did_you_mean, message_of
from kummi.importing.columns import SheetColumn, SheetPart
from kummi.message import Message
from kummi.model.facts import FIELD, FactType
from kummi.model.household import Household

if TYPE_CHECKING:
    from kummi.model.programme import ProgrammeEntry

Rows = Sequence[tuple[int, Sequence[str]]]
"""The rows of one household: number and cells."""

_PERMIT = "permit."


@dataclass(frozen=True, slots=True)
class BadCell:
    """Why a row cannot be taken. ``column`` is the name of one, empty where it is the whole row."""

    row: int
    column: str
    reason: Message


_KEPT = 20_000
"""Different texts of one column whose reading is kept: dates and choices come again and again."""


@dataclass(frozen=True)
class _Place:
    """A column where it stands in the file, how its cells are read, and what was read of each text before."""

    position: int
    name: str
    column: SheetColumn
    read: Read
    kept: dict[str, Any]
    reasons: dict[Message, Message]

    def value(self, text: str, number: int, bad: list[BadCell]) -> Any:
        """Read a cell of a row that was not met before. What is wrong with it is added to ``bad``."""
        try:
            value = self.read(text)
        except ValueError as error:
            reason = message_of(error)
            bad.append(BadCell(number, self.name, self.reasons.setdefault(reason, reason)))  # it may stand in every row
            return None
        if len(self.kept) < _KEPT and self.column.type is not None:
            self.kept[text] = value
        return value


def reader_of(column: SheetColumn, entry: ProgrammeEntry) -> Read:
    """Return how the cells of a column are read."""
    if column.type is None:
        return LanguageReader(entry) if column.name == "languages" else str
    read = reader_for(column.type, column.choices, entry)
    if column.type is FactType.PLACE and entry.country.municipalities_complete:
        return partial(_listed_place, read=read, entry=entry)
    return read


def _listed_place(text: str, read: Read, entry: ProgrammeEntry) -> Any:
    """Read a place that must be on the list. A single case is taken with a warning; here nobody looks at each row."""
    if not entry.places.is_known(text):
        names = [words for place in entry.country.municipalities for _, words in place.name.entries]
        raise ValueError(
            Message("is not a municipality of {name}{hint}", name=entry.country.name, hint=did_you_mean(text, names))
        )
    return read(text)


class HouseholdReader:
    """Reads the rows of one household after another."""

    def __init__(self, entry: ProgrammeEntry, found: Sequence[SheetColumn | None], on: date) -> None:
        self._entry, self._on, self._width = entry, on, len(found)
        places = [
            _Place(number, each.name, each, reader_of(each, entry), {}, {}) for number, each in enumerate(found) if each
        ]
        self.label_at = next(each.position for each in places if each.column.about is SheetPart.LABEL)
        self._household = [each for each in places if each.column.about is SheetPart.HOUSEHOLD]
        self._person = [each for each in places if each.column.about is SheetPart.PERSON]

    def read(self, rows: Rows, broken: Mapping[int, tuple[int, Message]]) -> Household | list[BadCell]:
        """Return the household, or everything that is wrong with its rows.

        ``broken`` are cells that must not be used. Facts of the household may stand in any of its rows, and where they
        stand in several they must be the same.
        """
        bad: list[BadCell] = []
        rows = [(number, self._whole(number, cells, broken, bad)) for number, cells in rows]
        data = self._facts(rows, bad)
        data["members"] = [self._member(number, cells, bad) for number, cells in rows]
        if bad:
            return bad
        try:
            household = Household.model_validate(data)
        except ValidationError as error:
            faults = said_each(Household, error)
            # A member that cannot be taken makes the list of members too short as well: that would be said twice.
            own = [each for each in faults if each[0] != ("members",)] or faults
            return [self._refusal(location, message, rows) for location, message in own]
        found = faults_in(household, self._entry, self._on)
        return [self._refusal(_location(str(each.where)), each.message, rows) for each in found] if found else household

    def _whole(
        self, number: int, cells: Sequence[str], broken: Mapping[int, tuple[int, Message]], bad: list[BadCell]
    ) -> Sequence[str]:
        """Return the cells of a row, as many as there are columns."""
        if number in broken:
            position, reason = broken[number]
            bad.append(BadCell(number, self._name_at(position), reason))
        missing = self._width - len(cells)
        if missing < 0 and any(cells[self._width :]):
            bad.append(
                BadCell(number, "", Message("has more cells than the first row, which has {count}", count=self._width))
            )
        return [*cells, *[""] * missing] if missing > 0 else cells

    def _facts(self, rows: Rows, bad: list[BadCell]) -> dict[str, Any]:
        data: dict[str, Any] = {"permit": {}, "fields": {}}
        first, cells = rows[0]
        for place in self._household:
            text, number, position = cells[place.position], first, place.position
            for other, more in rows[1:]:
                if not (again := more[position]) or again == text:
                    continue
                if text:
                    bad.append(
                        BadCell(other, place.name, Message("differs from row {row} of the same household", row=number))
                    )
                else:
                    text, number = again, other
            if text:
                value = place.kept.get(text)
                _put(data, place.name, place.value(text, number, bad) if value is None else value)
            elif place.column.required:
                bad.append(BadCell(first, place.name, Message("must be said")))
        data["fields"] = dict(sorted(data["fields"].items()))  # in one order, whatever order the file has
        return data

    def _member(self, number: int, cells: Sequence[str], bad: list[BadCell]) -> dict[str, Any]:
        data = {}
        for place in self._person:
            text = cells[place.position]
            if text:
                value = place.kept.get(text)
                data[place.name] = place.value(text, number, bad) if value is None else value
            elif place.column.required:
                bad.append(BadCell(number, place.name, Message("must be said")))
        return data

    def _refusal(self, location: tuple[str | int, ...], message: Message, rows: Rows) -> BadCell:
        """Find the row and the column of what the household as a whole is refused for."""
        match location:
            case ("members", int(position), str(name)) if position < len(rows):
                return BadCell(rows[position][0], name, message)
            case ("members",):
                return BadCell(rows[-1][0], "household", message)
            case (str(name),):
                return BadCell(rows[0][0], name, message)
            case _:
                return BadCell(rows[0][0], ".".join(str(part) for part in location), message)

    def _name_at(self, position: int) -> str:
        known = {each.position: each.name for each in (*self._household, *self._person)}
        return known.get(position, "household" if position == self.label_at else str(position + 1))


def _put(data: dict[str, Any], name: str, value: Any) -> None:
    if name.startswith(_PERMIT):
        data["permit"][name.removeprefix(_PERMIT)] = value
    elif name.startswith(FIELD):
        data["fields"][name.removeprefix(FIELD)] = value
    else:
        data[name] = value


def _location(where: str) -> tuple[str | int, ...]:
    """Read the place of a fault as ``faults_in`` names it.

    >>> _location("member 2, born"), _location("fields.housing")
    (('members', 1, 'born'), ('fields.housing',))
    """
    found = re.fullmatch(r"member (\d+), (\w+)", where)
    return ("members", int(found[1]) - 1, found[2]) if found else (where,)


class Grouping:
    """Which rows belong together, known before the first household is read: labels may come again far below."""

    def __init__(self, rows: Iterator[tuple[int, list[str]]], label_at: int, examples: frozenset[str]) -> None:
        self._label_at, self._examples = label_at, examples
        self._last: dict[str, int] = {}
        self.count = 0
        for number, cells in rows:
            self._last[self._label(cells)] = number
            self.count += 1

    def households(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[str, list[tuple[int, list[str]]]]]:
        """Yield each label with its rows, as soon as its last row has come. Rows without a label come one by one.

        Where the rows of all households lie far apart all of them wait, so they wait packed.
        """
        waiting: dict[str, list[tuple[int, bytes]]] = {}
        for number, cells in rows:
            label = self._label(cells)
            if label.casefold() in self._examples:
                continue
            if not label:
                yield label, [(number, cells)]
            elif self._last[label] != number:
                waiting.setdefault(label, []).append((number, marshal.dumps(cells)))
            else:
                before = waiting.pop(label, ())
                yield label, [*((at, marshal.loads(packed)) for at, packed in before), (number, cells)]  # noqa: S302

    def _label(self, cells: Sequence[str]) -> str:
        return cells[self._label_at] if self._label_at < len(cells) else ""
