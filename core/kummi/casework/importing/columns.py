"""The columns of a sheet: what they are called, what they hold, and which ones a file has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from kummi.errors import Fault, InputError, did_you_mean, repeated
from kummi.model.facts import FactType
from kummi.model.text import FALLBACK, Text
from kummi.model.vocabulary import Gender, MemberRole, Pathway

if TYPE_CHECKING:
    from kummi.catalogue.catalogue import ProgrammeEntry
    from kummi.model.programme import CaseField

REJECTED = ("refused row", "refused column", "refused because")
"""The columns that a rejects file adds; a sheet that has them still, mended and sent again, is read without them."""


class About(StrEnum):
    """What a column tells of."""

    LABEL = "label"
    HOUSEHOLD = "household"
    PERSON = "person"


@dataclass(frozen=True)
class Column:
    """A column of the sheet. ``type`` is None for plain text; ``choices`` are the allowed values and their words."""

    name: str
    title: Text
    about: About
    type: FactType | None = None
    choices: Mapping[str, Text] = field(default_factory=dict)
    required: bool = False


def columns_of(entry: ProgrammeEntry) -> tuple[Column, ...]:
    """Return the columns of a programme's sheet, in the order in which a template has them."""
    say, home, person = entry.words.text, About.HOUSEHOLD, About.PERSON

    def words(kind: str, values: Sequence[str]) -> dict[str, Text]:
        return {value: say(f"{kind}.{value}") for value in values}

    yes_no = {"yes": say("value.yes"), "no": say("value.no")}
    date, choice = FactType.DATE, FactType.CHOICE
    return (
        Column("household", say("sheet.household"), About.LABEL, required=True),
        Column("pathway", say("fact.pathway"), home, choice, words("pathway", list(Pathway)), required=True),
        Column("municipality", say("fact.municipality"), home, FactType.PLACE),
        Column("arrived", say("fact.arrived"), home, date),
        Column("permit.granted", say("fact.permit.granted"), home, date),
        Column("permit.expires", say("fact.permit.expires"), home, date),
        Column("permit.held", say("fact.permit.held"), home, FactType.YES_NO, yes_no),
        Column("registered", say("fact.registered"), home, date),
        Column("languages", say("sheet.languages"), home),
        *(_of_field(each, yes_no) for each in entry.programme.fields),
        Column("role", say("fact.role"), person, choice, words("role", list(MemberRole)), required=True),
        Column("born", say("fact.born"), person, date),
        Column("gender", say("fact.gender"), person, choice, words("gender", list(Gender))),
        Column("name", say("sheet.name"), person),
        Column("identity", say("sheet.identity"), person),
    )


def _of_field(declared: CaseField, yes_no: Mapping[str, Text]) -> Column:
    choices = {choice.id: choice.title for choice in declared.choices}
    if declared.type is FactType.YES_NO:
        choices = dict(yes_no)
    return Column(f"fields.{declared.id}", declared.title, About.HOUSEHOLD, declared.type, choices)


def headers_of(columns: Sequence[Column], language: str) -> list[str]:
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
    header: Sequence[str], columns: Sequence[Column], languages: Sequence[str]
) -> tuple[Column | None, ...]:
    """Find the column that stands under each header; None for an empty one, and for what a rejects file adds.

    Headers may be the plain names of facts, or titles in English or any language of the country, in any case.

    Raises:
        InputError: The first row is not a header at all, or with every column that is unknown, doubled or missing.
    """
    known = _names(columns, languages)
    found = [known.get(_plain(cell)) for cell in header]
    if not is_header(header, columns, languages):
        raise InputError(
            f"row 1 is not a header; expected the names of columns there: {', '.join(each.name for each in columns)}"
        )
    faults = list(_faults(header, found, columns))
    if faults:
        raise InputError(faults)
    return tuple(found)


def is_header(header: Sequence[str], columns: Sequence[Column], languages: Sequence[str]) -> bool:
    """Whether at least half of the cells name a column: anything less may be people's data, which is not repeated."""
    cells = [cell for cell in header if _plain(cell)]
    return 2 * count_known(header, columns, languages) > len(cells)


def count_known(header: Sequence[str], columns: Sequence[Column], languages: Sequence[str]) -> int:
    """Count the cells of a row that name a column."""
    known = _names(columns, languages)
    return sum(_plain(cell) in known or _plain(cell) in REJECTED for cell in header)


def _faults(header: Sequence[str], found: Sequence[Column | None], columns: Sequence[Column]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for number, (cell, column) in enumerate(zip(header, found, strict=True), start=1):
        where = f"row 1, column {number}"
        if column is None and _plain(cell) and _plain(cell) not in REJECTED:
            titles = [*(each.name for each in columns), *(words for each in columns for _, words in each.title.entries)]
            yield Fault(where, f"there is no column{repeated(cell[:80], titles)}{did_you_mean(cell, titles)}")
        elif column is not None and column.name in seen:
            yield Fault(where, f"'{column.name}' is there already, in column {seen[column.name]}")
        elif column is not None:
            seen[column.name] = number
    for column in columns:
        if column.required and column.name not in seen:
            yield Fault("row 1", f"the column '{column.name}' is missing")


def _names(columns: Sequence[Column], languages: Sequence[str]) -> dict[str, Column]:
    """Return every name of every column; where two columns share one, the plainer name counts."""
    known: dict[str, Column] = {}
    for column in columns:
        known[_plain(column.name)] = column
    for column in columns:
        known.setdefault(_plain(column.name.removeprefix("fields.")), column)
    for language in dict.fromkeys((FALLBACK, *languages)):
        for column in columns:
            known.setdefault(_plain(column.title.in_language(language)), column)
    return known


def _plain(text: str) -> str:
    """Return a name as it is compared: case, spaces, dots and underscores make no difference."""
    return re.sub(r"[\s._-]+", " ", text).strip(" :*").casefold()
