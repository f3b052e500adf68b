"""What funders and authorities ask for: indicators, report formats, duties to report; and a report as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from kummi.message import Message
from kummi.model.base import Declared, Frozen, Key
from kummi.model.criterion import Criterion, FactName
from kummi.model.dates import EndsTooEarlyError, Period
from kummi.model.facts import Fact
from kummi.model.reference import Question, References
from kummi.model.text import Text


class Breakdown(StrEnum):
    """What an indicator may be split by."""

    GENDER = "gender"
    AGE = "age"
    PATHWAY = "pathway"
    MUNICIPALITY = "municipality"
    OUTCOME = "outcome"


class AgeBand(Frozen):
    """A band of full years of age, both ends included."""

    id: Key
    title: Text
    from_: int | None = Field(default=None, alias="from", ge=0)
    to: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> AgeBand:
        if self.from_ is not None and self.to is not None and self.to < self.from_:
            raise EndsTooEarlyError("to", self.to, self.from_)
        return self


class Indicator(Declared):
    """A figure that is counted: each person, or household, once.

    Counted are those whose date fact ``dated`` lies in the reporting period, who meet ``where`` (household and case
    facts) and ``who`` (person facts). Age is taken on that date, so at first participation where ``dated`` is that.
    ``gap`` says why a figure that the funder asks for cannot be counted; then it is shown empty, with the reason.
    """

    id: Key
    code: str | None = None
    title: Text
    counts: Literal["persons", "households"]
    dated: FactName
    where: Criterion | None = None
    who: Criterion | None = None
    by: tuple[Breakdown, ...] = ()
    age_bands: tuple[AgeBand, ...] = ()
    gap: Text | None = None
    reference: References = Field(min_length=1)
    for_: tuple[Key, ...] = Field(default=(), alias="for")

    @model_validator(mode="after")
    def _households_have_no_person(self) -> Indicator:
        of_persons = self.who is not None or Breakdown.GENDER in self.by or Breakdown.AGE in self.by
        if self.counts == "households" and of_persons:
            raise ValueError(
                Message("households have no gender, age or 'who'; ask 'some_member' in 'where', or count persons")
            )
        return self


class ColumnType(StrEnum):
    """The type of a cell."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    MONEY = "money"
    YES_NO = "yes_no"


class ReportColumn(Frozen):
    """A column of a report.

    ``value`` is the name of a fact, or one of the words that its kind of row offers (see ``ReportFormat``).
    A column that the funder asks for and Kummi cannot fill has a ``gap`` instead: it stays empty, with the reason.
    """

    id: Key
    title: Text
    value: Annotated[str, Field(max_length=100)] | None = None
    type: ColumnType = ColumnType.TEXT
    gap: Text | None = None
    reference: References = ()

    @property
    def shown(self) -> str | None:
        """The name of what it shows; None where it stays empty."""
        return None if self.gap else self.value


class ReportFormat(Declared):
    """The form of a report file: what a row is, and its columns.

    What columns may ask besides facts is in ``ROW_WORDS``, by kind of row: ``number`` is that of the person in the
    household, ``age`` that on the ``dated`` day. Persons, households and entitlements are those whose date fact
    ``dated`` lies in the reporting period. No report holds a name.
    """

    id: Key
    title: Text
    rows: Literal["persons", "households", "indicators", "entitlements"]
    columns: tuple[ReportColumn, ...] = Field(min_length=1)
    indicators: tuple[Key, ...] = ()
    schemes: tuple[Key, ...] = ()
    dated: FactName = "opened"
    where: Criterion | None = None
    who: Criterion | None = None
    delimiter: Literal[",", ";", "\t"] = ";"
    receiver: Text
    due: Text | None = None
    questions: tuple[Question, ...] = ()
    reference: References = Field(min_length=1)
    for_: tuple[Key, ...] = Field(default=(), alias="for")

    @model_validator(mode="after")
    def _households_have_no_person(self) -> ReportFormat:
        if self.rows == "households" and self.who is not None:
            raise ValueError(
                Message("a row of a household is not about a person: ask 'some_member' in 'where' instead of 'who'")
            )
        return self

    def can_show(self, fact: Fact) -> bool:
        """Whether rows can show a fact: those of indicators none, facts of a person only where a row is a person's."""
        return self.rows != "indicators" and (fact.about != "person" or self.rows != "households")


ROW_WORDS: dict[str, tuple[str, ...]] = {
    "persons": ("ref", "number", "stage", "age", "birth_year"),
    "households": ("ref", "stage"),
    "indicators": ("indicator", "code", "group", "count", "gap"),
    "entitlements": (
        "ref",
        "number",
        "scheme",
        "payee",
        "from",
        "to",
        "amount",
        "currency",
        "standing",
        "claim_by",
        "rate",
        "gap",
    ),
}
"""What a column may show besides facts, by kind of row."""


class Duty(Declared):
    """A duty to report, whether or not Kummi builds the report."""

    id: Key
    title: Text
    who: Text
    receiver: Text
    due: Text
    reference: References = Field(min_length=1)
    for_: tuple[Key, ...] = Field(default=(), alias="for")


class Reports(Frozen):
    """Everything that a plugin says about reports."""

    indicators: tuple[Indicator, ...] = ()
    formats: tuple[ReportFormat, ...] = ()
    duties: tuple[Duty, ...] = ()


ReportValue = str | int | bool | Decimal | date | None
"""One value: text, a whole number, yes or no, an amount, a day, or None for what is not known."""

Row = tuple[ReportValue, ...]


@dataclass(frozen=True)
class TableColumn:
    """A column: its id, its title in the report's language, and the type of its cells."""

    id: str
    title: str
    type: ColumnType


@dataclass(frozen=True)
class ReportLabels:
    """The fixed words of a report file in its language."""

    yes: str
    no: str
    report: str
    notes: str
    programme: str
    period: str
    sources: str


@dataclass(frozen=True)
class ReportTable:
    """A report of one programme over a period, first and last day included.

    ``rows`` may be read from the store while they are written: iterate within the transaction that built the table.
    Each row has one cell for each column. ``notes`` are the gaps and open questions that a file must show,
    ``sources`` what the form of the report is taken from. Amounts are in ``currency``. No cell holds a name or an
    identity number.
    """

    format: str
    programme: str
    title: str
    period: Period
    currency: str
    columns: tuple[TableColumn, ...]
    rows: Iterable[Row]
    notes: tuple[str, ...]
    sources: tuple[str, ...]
    labels: ReportLabels
