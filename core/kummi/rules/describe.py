"""Say a criterion in words, in every language that a country has.

The English is a small grammar with one reading: compositions stand in round brackets with semicolons between their
parts, words that a plugin gave stand in quotation marks, dates are ISO.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kummi.model.country import Municipality
from kummi.model.criterion import (
    After,
    Age,
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Before,
    Criterion,
    Done,
    Equals,
    EveryMember,
    Has,
    In,
    Not,
    Predicate,
    ResidesIn,
    Scalar,
    SomeMember,
    Within,
)
from kummi.model.dates import Duration
from kummi.model.programme import Programme
from kummi.model.text import FALLBACK, Text
from kummi.model.vocabulary import Phase
from kummi.model.words import ENGLISH, Words
from kummi.model.workflow import Task

Labels = Callable[[str], Text]
"""Names things in words: a fact (``arrived``, ``fields.<id>``, ``tasks.<id>``), a task (``task:<id>``), a place
(``place:<name>``), and one choice of a fact (``choice:<fact>:<value>``)."""


def labels_of(
    words: Words, programme: Programme, tasks: Iterable[Task], municipalities: Iterable[Municipality] = ()
) -> Labels:
    """Return the names of everything that rules of a programme ask about; what has no name is shown as it is written.

    Args:
        words: Core's own words.
        programme: For its own fields and their choices.
        tasks: The tasks of its workflow.
        municipalities: The places of its country.
    """
    names: dict[str, Text] = {}
    for field in programme.fields:
        names[f"fields.{field.id}"] = _quoted(field.title)
        names.update((f"choice:fields.{field.id}:{each.id}", _quoted(each.title)) for each in field.choices)
    for task in tasks:
        names[f"task:{task.id}"] = _quoted(task.title)
        names[f"tasks.{task.id}"] = words.text("fact.task", task=_quoted(task.title))
    for place in municipalities:
        names.update((f"place:{name}", _quoted(place.name)) for name in (place.key, *dict(place.name.entries).values()))
    for phase in Phase:
        names[f"reached.{phase}"] = words.text("fact.reached", phase=words.text(f"phase.{phase}"))

    def label(name: str) -> Text:
        return names.get(name) or _core_label(name, words)

    return label


def _core_label(name: str, words: Words) -> Text:
    kind, _, rest = name.partition(":")
    key = rest.replace(":", ".") if kind == "choice" else f"fact.{name}"
    if key in ENGLISH:
        return words.text(key)
    return _quoted(Text.model_validate(rest.rpartition(":")[2] or name))


def _quoted(text: Text) -> Text:
    return Text.model_validate({language: f"“{words}”" for language, words in text.entries})


def describe(criterion: Criterion, words: Words, labels: Labels) -> Text:
    """Return a criterion in words, in English and in every language that core's words are translated into."""
    languages = (FALLBACK, *words.translations)
    return Text.model_validate({language: _say(criterion, _Voice(words, labels, language)) for language in languages})


@dataclass(frozen=True)
class _Voice:
    """One language."""

    words: Words
    labels: Labels
    language: str

    def phrase(self, key: str, **parts: object) -> str:
        return self.words.say(key, self.language, **parts)

    def label(self, name: str) -> str:
        return self.labels(name).in_language(self.language)

    def value(self, fact: str, value: Scalar) -> str:
        if isinstance(value, bool):
            return self.phrase("value.yes" if value else "value.no")
        return self.label(f"choice:{fact}:{value}") if isinstance(value, str) else str(value)

    def day(self, given: date | str) -> str:
        return self.label(given) if isinstance(given, str) else given.isoformat()

    def duration(self, length: Duration) -> str:
        key = f"unit.one.{length.unit}" if length.count == 1 else f"unit.{length.unit}"
        return self.phrase(key, count=length.count)


def _say(criterion: Criterion, voice: _Voice) -> str:
    return _SAYERS[type(criterion)](criterion, voice)


def _listed(items: Iterable[str]) -> str:
    return f"({'; '.join(items)})"


def _all(criterion: All, voice: _Voice) -> str:
    return voice.phrase("rule.all", parts=_listed(_say(part, voice) for part in criterion.all))


def _any(criterion: AnyOf, voice: _Voice) -> str:
    return voice.phrase("rule.any", parts=_listed(_say(part, voice) for part in criterion.any))


def _not(criterion: Not, voice: _Voice) -> str:
    return voice.phrase("rule.not", part=_say(criterion.not_, voice))


def _in(criterion: In, voice: _Voice) -> str:
    values = _listed(voice.value(criterion.fact, value) for value in criterion.in_)
    return voice.phrase("rule.in", fact=voice.label(criterion.fact), values=values)


def _equals(criterion: Equals, voice: _Voice) -> str:
    fact, value = voice.label(criterion.fact), criterion.equals
    if isinstance(value, bool):
        return voice.phrase("rule.is_yes" if value else "rule.is_no", fact=fact)
    return voice.phrase("rule.equals", fact=fact, value=voice.value(criterion.fact, value))


def _at_least(criterion: AtLeast, voice: _Voice) -> str:
    return voice.phrase("rule.at_least", fact=voice.label(criterion.fact), value=criterion.at_least)


def _at_most(criterion: AtMost, voice: _Voice) -> str:
    return voice.phrase("rule.at_most", fact=voice.label(criterion.fact), value=criterion.at_most)


def _before(criterion: Before, voice: _Voice) -> str:
    return voice.phrase("rule.before", fact=voice.label(criterion.fact), date=voice.day(criterion.before))


def _after(criterion: After, voice: _Voice) -> str:
    return voice.phrase("rule.after", fact=voice.label(criterion.fact), date=voice.day(criterion.after))


def _within(criterion: Within, voice: _Voice) -> str:
    fact, start = voice.label(criterion.fact), voice.day(criterion.of)
    return voice.phrase("rule.within", fact=fact, date=start, duration=voice.duration(criterion.within))


def _has(criterion: Has, voice: _Voice) -> str:
    return voice.phrase("rule.has", fact=voice.label(criterion.has))


def _resides_in(criterion: ResidesIn, voice: _Voice) -> str:
    if criterion.resides_in == "programme":
        return voice.phrase("rule.takes_part")
    return voice.phrase(
        "rule.resides_in", places=_listed(voice.label(f"place:{name}") for name in criterion.resides_in)
    )


def _age(criterion: Age, voice: _Voice) -> str:
    span, day = criterion.age, voice.label(criterion.at)
    if span.at_most is None:
        return voice.phrase("rule.age_at_least", age=span.at_least, date=day)
    if span.at_least is None:
        return voice.phrase("rule.age_at_most", age=span.at_most, date=day)
    return voice.phrase("rule.age_between", age=span.at_least, top=span.at_most, date=day)


def _some_member(criterion: SomeMember, voice: _Voice) -> str:
    return voice.phrase("rule.some_member", part=_say(criterion.some_member, voice))


def _every_member(criterion: EveryMember, voice: _Voice) -> str:
    return voice.phrase("rule.every_member", part=_say(criterion.every_member, voice))


def _done(criterion: Done, voice: _Voice) -> str:
    return voice.phrase("rule.done", task=voice.label(f"task:{criterion.done}"))


def _python(criterion: Predicate, voice: _Voice) -> str:
    return voice.phrase("rule.python", says=criterion.says)


_SAYERS: dict[type, Callable[[Any, _Voice], str]] = {
    All: _all,
    AnyOf: _any,
    Not: _not,
    In: _in,
    Equals: _equals,
    AtLeast: _at_least,
    AtMost: _at_most,
    Before: _before,
    After: _after,
    Within: _within,
    Has: _has,
    ResidesIn: _resides_in,
    Age: _age,
    SomeMember: _some_member,
    EveryMember: _every_member,
    Done: _done,
    Predicate: _python,
}
