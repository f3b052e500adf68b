"""The columns of a sheet: what they are called, what they hold, and which ones a file has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from kummi.casework.value_reader import choice_words, yes_no_words
from kummi.errors import Fault, InputError, did_you_mean, repeated
from kummi.i18n.terms import term
from kummi.i18n.translator import in_its_languages
from kummi.message import Message
from kummi.model.facts import ENTERED_FACTS, FIELD, Fact, FactType
from kummi.model.text import FALLBACK, Text

if TYPE_CHECKING:
    from kummi.model.programme import CaseField, ProgrammeEntry

REJECTED = ("refused row", "refused column", "refused because")
"""The columns that a rejects file adds; a sheet that has them still, mended and sent again, is read without them."""


class SheetPart(StrEnum):
    """What a column tells of."""

    LABEL = "label"
    HOUSEHOLD = "household"
    PERSON = "person"


@dataclass(frozen=True)
class SheetColumn:
    """A column of the sheet. ``type`` is None for plain text; ``choices`` are the allowed values and their words."""

    name: str
    title: Text
    about: SheetPart
    type: FactType | None = None
    choices: Mapping[str, Text] = field(default_factory=dict)
    required: bool = False


def columns_of(entry: ProgrammeEntry) -> tuple[SheetColumn, ...]:
    """Return the columns of a programme's sheet, in the order in which a template has them."""
    say, home, person = partial(in_its_languages, entry), SheetPart.HOUSEHOLD, SheetPart.PERSON
    yes_no = yes_no_words(entry)
    facts = [_of_fact(fact, entry, yes_no) for fact in ENTERED_FACTS]
    return (
        SheetColumn("household", say(Message("household")), SheetPart.LABEL, required=True),
        *(each for each in facts if each.about is home),
        SheetColumn("languages", say(Message("languages")), home),
        *(_of_field(each, yes_no) for each in entry.programme.fields),
        *(each for each in facts if each.about is person),
        SheetColumn("name", say(Message("name")), person),
        SheetColumn("identity", say(Message("identity number")), person),
    )


def _of_fact(fact: Fact, entry: ProgrammeEntry, yes_no: Mapping[str, Text]) -> SheetColumn:
    choices = choice_words(fact, entry)
    if fact.type is FactType.YES_NO:
        choices = dict(yes_no)
    title = in_its_languages(entry, term("fact", fact.name))
    return SheetColumn(fact.name, title, SheetPart(fact.about), fact.type, choices, fact.required)


def _of_field(declared: CaseField, yes_no: Mapping[str, Text]) -> SheetColumn:
    choices = {choice.id: choice.title for choice in declared.choices}
    if declared.type is FactType.YES_NO:
        choices = dict(yes_no)
    return SheetColumn(f"{FIELD}{declared.id}", declared.title, SheetPart.HOUSEHOLD, declared.type, choices)


def headers_of(columns: Sequence[SheetColumn], language: str) -> list[str]:
    """Return what a template writes above each column: its title, or its plain name where two titles are alike."""
    headers: list[str] = []
    taken: set[str] = set()
    known = _names(columns, (language, FALLBACK))
    for column in columns:
        title = column.title.in_language(language)
        header = title if known.get(_plain(title)) is column and _plain(title) not in taken else column.name
        taken.add(_plain(header))
        headers.append(header)
    return headers


def match_header(
    header: Sequence[str], columns: Sequence[SheetColumn], languages: Sequence[str]
) -> tuple[SheetColumn | None, ...]:
    """Find the column that stands under each header; None for an empty one, and for what a rejects file adds.

    Headers may be the plain names of facts, or titles in English or any language of the country, in any case.

    Raises:
        InputError: The first row is not a header at all, or with every column that is unknown, doubled or missing.
    """
    known = _names(columns, languages)
    found = [known.get(_plain(cell)) for cell in header]
    if not is_header(header, columns, languages):
        raise InputError(
            Message(
                "row 1 is not a header; expected the names of columns there: {columns}",
                columns=", ".join(each.name for each in columns),
            )
        )
    faults = list(_faults(header, found, columns))
    if faults:
        raise InputError(faults)
    return tuple(found)


def is_header(header: Sequence[str], columns: Sequence[SheetColumn], languages: Sequence[str]) -> bool:
    """Whether at least half of the cells name a column: anything less may be people's data, which is not repeated."""
    cells = [cell for cell in header if _plain(cell)]
    return 2 * count_known(header, columns, languages) > len(cells)


def count_known(header: Sequence[str], columns: Sequence[SheetColumn], languages: Sequence[str]) -> int:
    """Count the cells of a row that name a column."""
    known = _names(columns, languages)
    return sum(_plain(cell) in known or _plain(cell) in REJECTED for cell in header)


def _faults(
    header: Sequence[str], found: Sequence[SheetColumn | None], columns: Sequence[SheetColumn]
) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for number, (cell, column) in enumerate(zip(header, found, strict=True), start=1):
        where = f"row 1, column {number}"
        if column is None and _plain(cell) and _plain(cell) not in REJECTED:
            titles = [*(each.name for each in columns), *(words for each in columns for _, words in each.title.entries)]
            yield Fault(
                where,
                Message(
                    "there is no column{found}{hint}",
                    found=repeated(cell[:80], titles),
                    hint=did_you_mean(cell, titles),
                ),
            )
        elif column is not None and column.name in seen:
            yield Fault(
                where, Message("'{name}' is there already, in column {seen}", name=column.name, seen=seen[column.name])
            )
        elif column is not None:
            seen[column.name] = number
    for column in columns:
        if column.required and column.name not in seen:
            yield Fault(Message("row 1"), Message("the column '{name}' is missing", name=column.name))


def _names(columns: Sequence[SheetColumn], languages: Sequence[str]) -> dict[str, SheetColumn]:
    """Return every name of every column; where two columns share one, the plainer name counts."""
    known: dict[str, SheetColumn] = {}
    for column in columns:
        known[_plain(column.name)] = column
    for column in columns:
        known.setdefault(_plain(column.name.removeprefix(FIELD)), column)
    for language in dict.fromkeys((FALLBACK, *languages)):
        for column in columns:
            known.setdefault(_plain(column.title.in_language(language)), column)
    return known


def _plain(text: str) -> str:
    """Return a name as it is compared: case, spaces, dots and underscores make no difference."""
    return re.sub(r"[\s._-]+", " ", text).strip(" :*").casefold()
