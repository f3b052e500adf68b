"""What a report says in its language: fixed words, values of facts, names of places and stages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kummi.i18n.translator import Translator
from kummi.model.facts import FIELD, Fact, FactType
from kummi.model.programme import ProgrammeEntry
from kummi.model.report import ReportLabels, ReportValue

Say = Callable[[Any], ReportValue]
"""Turns a known value into what a cell shows."""


@dataclass(frozen=True)
class ReportTranslator:
    """Says what a report of one programme holds, in one language."""

    entry: ProgrammeEntry
    translator: Translator

    @property
    def language(self) -> str:
        """The language of the report."""
        return self.translator.language

    def say(self, what: object) -> str:
        """Return a text or phrase in the language of the report."""
        return self.translator.say(what)

    def gettext(self, msgid: str, /, **params: object) -> str:
        """Return one of core's phrases in the language of the report."""
        return self.translator.gettext(msgid, **params)

    def term(self, kind: str, value: str, /, **params: object) -> str:
        """Return the word for one value of a closed list in the language of the report."""
        return self.translator.term(kind, value, **params)

    def place(self, key: str) -> str:
        """Name a municipality; one that the country does not list is named as it is stored."""
        return self._places.get(key, key)

    def stage(self, stage: str) -> str:
        """Name a stage; one that no version of the workflow has is named by its id."""
        return self._stages.get(stage, stage)

    def of_fact(self, fact: Fact) -> Say | None:
        """Return what says the known values of a fact; None where they are shown as they are."""
        if fact.type is FactType.PLACE:
            return self.place
        if fact.type is FactType.CHOICE:
            return _OrItself(self._choices(fact)).__getitem__
        return None

    @cached_property
    def labels(self) -> ReportLabels:
        """The fixed words of a report file."""
        return ReportLabels(
            yes=self.term("value", "yes"),
            no=self.term("value", "no"),
            report=self.gettext("Report"),
            notes=self.gettext("Notes"),
            programme=self.gettext("Programme"),
            period=self.gettext("Period"),
            sources=self.gettext("Sources"),
        )

    @cached_property
    def _places(self) -> dict[str, str]:
        return {each.key: each.name.in_language(self.language) for each in self.entry.country.municipalities}

    @cached_property
    def _stages(self) -> dict[str, str]:
        return {stage.id: stage.title.in_language(self.language) for stage in self.entry.stages}

    def _choices(self, fact: Fact) -> dict[str, str]:
        for field in self.entry.programme.fields:
            if fact.name == f"{FIELD}{field.id}":
                return {choice.id: choice.title.in_language(self.language) for choice in field.choices}
        return {choice: self.term(fact.name, choice) for choice in fact.choices}


class _OrItself(dict[str, str]):
    """Words by key; what has none is said as it is."""

    def __missing__(self, key: str) -> str:
        return key
