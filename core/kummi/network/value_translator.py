"""Say declared values in words: one at a time, and two of one kind so that their difference shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from pydantic import BaseModel

from kummi.model.criterion import CRITERIA
from kummi.model.dates import Dated, Duration, Unit
from kummi.model.funding import Rate
from kummi.model.programme import DurationOfSupport, FormOfSupport
from kummi.model.reference import Reference
from kummi.model.text import Text
from kummi.model.vocabulary import Status
from kummi.network.comparison import NOTHING
from kummi.network.declared_fields import fields_of, key_of
from kummi.network.overview import duration_cell, form_cell
from kummi.network.selection import Selection
from kummi.rules.describe import Labels, describe, labels_of

_TITLES = ("title", "name", "names", "text", "says", "about")
"""Fields that name a value to people, the best first."""


class ValueTranslator:
    """Says values in the language asked for, and rules by the names of the facts and tasks that they ask about."""

    def __init__(self, asked: Selection) -> None:
        self.asked = asked
        self._labels = _labels(asked)

    def say(self, value: Any) -> str:
        """Say a value in words."""
        if value is None or value in ((), ""):
            return NOTHING
        if isinstance(value, CRITERIA):
            return describe(value, self.asked.translator, self._labels)
        for kind, said in self._kinds().items():
            if isinstance(value, kind):
                return said(value)
        return str(value)

    def _kinds(self) -> dict[type, Callable[[Any], str]]:
        return {
            bool: lambda value: self.asked.term("value", "yes" if value else "no"),
            Text: lambda value: f"“{self.asked.text(value)}”",
            Duration: lambda value: str(value) if value.unit is Unit.WORKING_DAYS else self.asked.length(value),
            Status: lambda value: self.asked.term("status", value),
            Enum: lambda value: str(value.value),
            tuple: lambda value: "; ".join(self.say(each) for each in value),
            FormOfSupport: lambda value: form_cell(self.asked, value).text,
            DurationOfSupport: lambda value: duration_cell(self.asked, value).text,
            BaseModel: self.name,
        }

    def both(self, left: Any, right: Any) -> tuple[str, str]:
        """Say two different values so that they differ: texts in a language in which they do, the rest as written."""
        if isinstance(left, Text) and isinstance(right, Text):
            return self._texts(left, right)
        said = self.say(left), self.say(right)
        return said if said[0] != said[1] else (_as_written(left), _as_written(right))

    def name(self, value: Any) -> str:
        """Name an element of a list: by its title and id, a rate by its amount; else by all that it says."""
        if isinstance(value, Rate):
            return self.rate(value)
        if isinstance(value, Reference):
            return f"{self.asked.text(value.named)} ({value.read}{', ' + value.url if value.url else ''})"
        key = key_of(value)
        title = next((self.say(getattr(value, each)) for each in _TITLES if getattr(value, each, None)), "")
        if not (title or key):
            said = (
                (name, each) for name, each in fields_of(value) if name != "reference" and each not in (None, (), False)
            )
            return ", ".join(f"{words_of(name)} {self.say(each)}" for name, each in said)
        days = _days(value)
        return " ".join(part for part in (title, f"[{key}]" if key else "", days) if part)

    def rate(self, rate: Rate) -> str:
        """Say a rate: its amount, or what sources say where they disagree, and what it is for."""
        disputed = self.asked.gettext("sources disagree: {durations}", durations=" / ".join(map(str, rate.disputed)))
        amount = str(rate.amount) if rate.amount is not None else disputed if rate.disputed else ""
        return f"{amount or self.asked.gettext('no figure known')} ({self.asked.text(rate.text)})"

    def _texts(self, left: Text, right: Text) -> tuple[str, str]:
        mine, other = dict(left.entries), dict(right.entries)
        if self.asked.text(left) != self.asked.text(right):
            return self.say(left), self.say(right)
        language = next(each for each in sorted({*mine, *other}) if mine.get(each) != other.get(each))
        said = [f"({language}) “{words.get(language, NOTHING)}”" for words in (mine, other)]
        return said[0], said[1]


def _labels(asked: Selection) -> Labels:
    """Return the names of the facts, tasks and places of all programmes asked about."""
    if not asked.entries:
        return Text.model_validate
    programme = asked.entries[0].programme.model_copy(
        update={"fields": tuple(field for entry in asked.entries for field in entry.programme.fields)}
    )
    tasks = [task for entry in asked.entries for task in entry.workflow.tasks]
    places = [place for country in asked.countries for place in country.municipalities]
    return labels_of(programme, tasks, places)


def words_of(field: str) -> str:
    """Return the name of a field as words."""
    return field.replace("_", " ").strip()


def words_of_path(where: Iterable[str]) -> str:
    """Return the way to a value as words; the title of an element stays as it is."""
    return ", ".join(words_of(each) if each.isidentifier() else each for each in where)


def _days(value: Any) -> str:
    return f"({value.period})" if isinstance(value, Dated) and not value.period.is_always else ""


def _as_written(value: Any) -> str:
    if isinstance(value, BaseModel):
        return value.model_dump_json(by_alias=True, exclude_none=True)
    return "; ".join(map(_as_written, value)) if isinstance(value, tuple) else repr(value)
