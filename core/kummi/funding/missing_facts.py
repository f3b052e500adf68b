"""Which facts would settle what cannot be decided yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kummi.i18n.terms import has_term, term
from kummi.model.criterion import Criterion, EveryMember, Predicate, ResidesIn, SomeMember
from kummi.model.decision import Result
from kummi.model.facts import Facts
from kummi.model.text import Text, Translatable
from kummi.rules.decide import decide
from kummi.rules.describe import Labels
from kummi.rules.inspect import facts_in, parts_of


def missing_facts(criterion: Criterion, facts: Facts) -> tuple[str, ...]:
    """Return the names of the facts for want of which a criterion is unknown, each once.

    What a plugin's own code asks has no name; it is returned as the plugin says it.
    """
    return tuple(dict.fromkeys(_missing(criterion, facts)))


def missing_in_words(names: Sequence[str], labels: Labels) -> tuple[Translatable, ...] | str:
    """Return the names of facts as they are shown; a dash for none."""
    return tuple(labels(name) for name in names) or "-"


def plain_label(name: str) -> Translatable:
    """Return the name of one of core's own facts; a fact of a programme is shown as it is written."""
    return term("fact", name) if has_term("fact", name) else Text.model_validate(name)


def _missing(criterion: Criterion, facts: Facts) -> Iterator[str]:
    if decide(criterion, facts) is not Result.UNKNOWN:
        return
    about = [facts]
    if isinstance(criterion, SomeMember | EveryMember):
        about = [facts.about(member) for member in facts.members]
    for part in parts_of(criterion):
        for each in about:
            yield from _missing(part, each)
    match criterion:
        case ResidesIn():
            yield "municipality"
        case Predicate(says=says):
            yield says
        case _ if not parts_of(criterion):
            yield from (name for name in facts_in(criterion) if facts.get(name) is None)
