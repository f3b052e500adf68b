"""Say a criterion in words, in the language of a Translator.

The English is a small grammar with one reading: compositions stand in round brackets with semicolons between their
parts, words that a plugin gave stand in quotation marks, dates are ISO.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kummi.i18n.terms import has_term, length, term
from kummi.i18n.translator import Translator
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
from kummi.model.facts import FIELD, REACHED, TASK
from kummi.model.programme import Programme
from kummi.model.text import Text, Translatable
from kummi.model.vocabulary import Phase
from kummi.model.workflow import Task

Labels = Callable[[str], Translatable]
"""Names things in words: a fact (``arrived``, ``fields.<id>``, ``tasks.<id>``), a task (``task:<id>``), a place
(``place:<name>``), and one choice of a fact (``choice:<fact>:<value>``)."""


def labels_of(programme: Programme, tasks: Iterable[Task], municipalities: Iterable[Municipality] = ()) -> Labels:
    """Return the names of everything that rules of a programme ask about; what has no name is shown as it is written.

    Args:
        programme: For its own fields and their choices.
        tasks: The tasks of its workflow.
        municipalities: The places of its country.
    """
    names: dict[str, Translatable] = {}
    for field in programme.fields:
        names[f"{FIELD}{field.id}"] = _quoted(field.title)
        names.update((f"choice:fields.{field.id}:{each.id}", _quoted(each.title)) for each in field.choices)
    for task in tasks:
        names[f"task:{task.id}"] = _quoted(task.title)
        names[f"{TASK}{task.id}"] = term("fact", "task", task=_quoted(task.title))
    for place in municipalities:
        names.update((f"place:{name}", _quoted(place.name)) for name in (place.key, *dict(place.name.entries).values()))
    for phase in Phase:
        names[f"{REACHED}{phase}"] = term("fact", "reached", phase=term("phase", phase))

    def label(name: str) -> Translatable:
        return names.get(name) or core_label(name)

    return label


def core_label(name: str) -> Translatable:
    """Return core's own name of a fact or of its choice; what has none stands as it is written, quoted."""
    kind, _, rest = name.partition(":")
    family, value = rest.split(":", 1) if kind == "choice" else ("fact", name)
    if has_term(family, value):
        return term(family, value)
    return _quoted(Text.model_validate(rest.rpartition(":")[2] or name))


def _quoted(text: Text) -> Text:
    return Text.model_validate({language: f"“{words}”" for language, words in text.entries})


def describe(criterion: Criterion, translator: Translator, labels: Labels) -> str:
    """Return a criterion in words."""
    return _say(criterion, _Describer(translator, labels))


@dataclass(frozen=True)
class _Describer:
    """One language, and the names of what the criterion asks about."""

    translator: Translator
    labels: Labels

    def gettext(self, msgid: str, /, **parts: object) -> str:
        return self.translator.gettext(msgid, **parts)

    def label(self, name: str) -> str:
        return self.translator.say(self.labels(name))

    def value(self, fact: str, value: Scalar) -> str:
        if isinstance(value, bool):
            return self.translator.term("value", "yes" if value else "no")
        return self.label(f"choice:{fact}:{value}") if isinstance(value, str) else str(value)

    def day(self, given: date | str) -> str:
        return self.label(given) if isinstance(given, str) else given.isoformat()


def _say(criterion: Criterion, describer: _Describer) -> str:
    return _SAYERS[type(criterion)](criterion, describer)


def _listed(items: Iterable[str]) -> str:
    return f"({'; '.join(items)})"


def _all(criterion: All, describer: _Describer) -> str:
    return describer.gettext("all of: {parts}", parts=_listed(_say(part, describer) for part in criterion.all))


def _any(criterion: AnyOf, describer: _Describer) -> str:
    return describer.gettext("at least one of: {parts}", parts=_listed(_say(part, describer) for part in criterion.any))


def _not(criterion: Not, describer: _Describer) -> str:
    return describer.gettext("not ({part})", part=_say(criterion.not_, describer))


def _in(criterion: In, describer: _Describer) -> str:
    values = _listed(describer.value(criterion.fact, value) for value in criterion.in_)
    return describer.gettext("{fact} is one of {values}", fact=describer.label(criterion.fact), values=values)


def _equals(criterion: Equals, describer: _Describer) -> str:
    fact, value = describer.label(criterion.fact), criterion.equals
    if isinstance(value, bool):
        return describer.gettext("{fact}: yes" if value else "{fact}: no", fact=fact)
    return describer.gettext("{fact} is {value}", fact=fact, value=describer.value(criterion.fact, value))


def _at_least(criterion: AtLeast, describer: _Describer) -> str:
    return describer.gettext(
        "{fact} is at least {value}", fact=describer.label(criterion.fact), value=criterion.at_least
    )


def _at_most(criterion: AtMost, describer: _Describer) -> str:
    return describer.gettext("{fact} is at most {value}", fact=describer.label(criterion.fact), value=criterion.at_most)


def _before(criterion: Before, describer: _Describer) -> str:
    return describer.gettext(
        "{fact} is before {date}", fact=describer.label(criterion.fact), date=describer.day(criterion.before)
    )


def _after(criterion: After, describer: _Describer) -> str:
    return describer.gettext(
        "{fact} is after {date}", fact=describer.label(criterion.fact), date=describer.day(criterion.after)
    )


def _within(criterion: Within, describer: _Describer) -> str:
    fact, start = describer.label(criterion.fact), describer.day(criterion.of)
    return describer.gettext(
        "{fact} is no earlier than {date} and no later than {duration} after {date}",
        fact=fact,
        date=start,
        duration=length(criterion.within),
    )


def _has(criterion: Has, describer: _Describer) -> str:
    return describer.gettext("{fact} is known", fact=describer.label(criterion.has))


def _resides_in(criterion: ResidesIn, describer: _Describer) -> str:
    if criterion.resides_in == "programme":
        return describer.gettext("the household lives in a municipality that takes part")
    return describer.gettext(
        "the household lives in one of {places}",
        places=_listed(describer.label(f"place:{name}") for name in criterion.resides_in),
    )


def _age(criterion: Age, describer: _Describer) -> str:
    span, day = criterion.age, describer.label(criterion.at)
    if span.at_most is None:
        return describer.gettext("the person is at least {age} years old on {date}", age=span.at_least, date=day)
    if span.at_least is None:
        return describer.gettext("the person is at most {age} years old on {date}", age=span.at_most, date=day)
    return describer.gettext(
        "the person is {age} to {top} years old on {date}", age=span.at_least, top=span.at_most, date=day
    )


def _some_member(criterion: SomeMember, describer: _Describer) -> str:
    return describer.gettext("some person of the household: ({part})", part=_say(criterion.some_member, describer))


def _every_member(criterion: EveryMember, describer: _Describer) -> str:
    return describer.gettext("every person of the household: ({part})", part=_say(criterion.every_member, describer))


def _done(criterion: Done, describer: _Describer) -> str:
    return describer.gettext("task {task} is done", task=describer.label(f"task:{criterion.done}"))


def _python(criterion: Predicate, describer: _Describer) -> str:
    return describer.gettext("checked by the plugin's own code: {says}", says=criterion.says)


_SAYERS: dict[type, Callable[[Any, _Describer], str]] = {
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
