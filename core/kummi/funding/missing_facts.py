"""Which facts would settle what cannot be decided yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kummi.model.criterion import Criterion, EveryMember, Predicate, ResidesIn, SomeMember
from kummi.model.decision import Result
from kummi.model.facts import Facts
from kummi.model.places import Places
from kummi.model.text import FALLBACK, Text
from kummi.model.words import ENGLISH, Words
from kummi.rules.decide import decide
from kummi.rules.describe import Labels
from kummi.rules.inspect import facts_in, parts_of


def missing_facts(criterion: Criterion, facts: Facts, places: Places) -> tuple[str, ...]:
    """Return the names of the facts for want of which a criterion is unknown, each once.

    What a plugin's own code asks has no name; it is returned as the plugin says it.
    """
    return tuple(dict.fromkeys(_missing(criterion, facts, places)))


def missing_in_words(names: Sequence[str], words: Words, labels: Labels) -> Text:
    """Say the names of facts in every language, joined by commas; a dash for none."""
    each = [labels(name) for name in names]
    return Text.model_validate(
        {lang: ", ".join(text.in_language(lang) for text in each) or "-" for lang in (FALLBACK, *words.translations)}
    )


def core_labels(words: Words) -> Labels:
    """Return the names of core's own facts; a fact of a programme is shown as it is written."""

    def label(name: str) -> Text:
        key = f"fact.{name}"
        return words.text(key) if key in ENGLISH else Text.model_validate(name)

    return label


def _missing(criterion: Criterion, facts: Facts, places: Places) -> Iterator[str]:
    if decide(criterion, facts, places) is not Result.UNKNOWN:
        return
    about = [facts]
    if isinstance(criterion, SomeMember | EveryMember):
        about = [facts.about(member) for member in facts.members]
    for part in parts_of(criterion):
        for each in about:
            yield from _missing(part, each, places)
    match criterion:
        case ResidesIn():
            yield "municipality"
        case Predicate(says=says):
            yield says
        case _ if not parts_of(criterion):
            yield from (name for name in facts_in(criterion) if facts.get(name) is None)
