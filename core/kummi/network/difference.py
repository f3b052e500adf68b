"""What two programmes, or two countries, declare differently: every value, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel

from kummi.catalogue.catalogue import Catalogue
from kummi.model.programme import DurationOfSupport, FormOfSupport
from kummi.model.reference import Reference
from kummi.model.text import FALLBACK, Text
from kummi.model.vocabulary import Pathway
from kummi.network.declared_fields import LEAVES, DeclaredFields, Where, fields_of, key_of, two
from kummi.network.overview import pathway_view
from kummi.network.selection import Selection, select_programmes
from kummi.network.value_translator import ValueTranslator, words_of_path

Sources = tuple[Reference, ...]


@dataclass(frozen=True)
class Difference:
    """Where two declarations differ, and what each says; None is said of the one that has nothing there."""

    where: Where
    left: str | None
    right: str | None
    sources: Sources = ()


@dataclass(frozen=True)
class Differences:
    """All differences of two programmes or countries, in one language."""

    left: str
    right: str
    asked: Selection
    found: tuple[Difference, ...]

    def sentence(self, each: Difference, *, under_heading: bool = False) -> str:
        """Say a difference; ``under_heading``, without the part that it is in."""
        where = words_of_path(each.where[1:] if under_heading and len(each.where) > 1 else each.where)
        if each.left is None or each.right is None:
            name, what = (self.right, each.right) if each.left is None else (self.left, each.left)
            return self.asked.gettext("{where}: only {name} has {what}", where=where, name=name, what=what)
        names = {"left_name": self.left, "right_name": self.right}
        return self.asked.gettext(
            "{where}: {left_name} {left}; {right_name} {right}", where=where, left=each.left, right=each.right, **names
        )


def differ(catalogue: Catalogue, left: str, right: str, on: date, language: str) -> Differences:
    """Return what two programmes, or two countries, declare differently.

    Between programmes the verdicts on the day come first: to which pathways each is open.

    Raises:
        NotFoundError: If a name is none of a programme or country.
        InputError: If one is a programme and the other a country.
    """
    mine, other = two(catalogue, left, right)
    asked = select_programmes(catalogue, [mine.name, other.name], on, language)
    verdicts = () if mine.is_country else tuple(_verdicts(mine, other, asked))
    return Differences(mine.name, other.name, asked, (*verdicts, *differences(mine, other, asked)))


def differences(left: DeclaredFields, right: DeclaredFields, asked: Selection) -> tuple[Difference, ...]:
    """Return every difference in what is declared, part by part."""
    walk = _Walk(ValueTranslator(asked), (left.languages & right.languages) | {FALLBACK})
    return tuple(each for part in left.parts for each in walk.values((part,), left.parts[part], right.parts[part], ()))


def _verdicts(left: DeclaredFields, right: DeclaredFields, asked: Selection) -> Iterator[Difference]:
    for pathway in Pathway:
        mine, other = (pathway_view(each.entries[0], pathway, asked.on, asked.language) for each in (left, right))
        if mine.verdict is not other.verdict:
            where = (asked.term("heading", "pathways"), asked.term("pathway", pathway))
            said = asked.term("verdict", mine.verdict), asked.term("verdict", other.verdict)
            yield Difference(where, *said, sources=tuple(dict.fromkeys((*mine.sources, *other.sources))))


class _Walk:
    """Holds two values against each other, and goes into them as far as they are of one kind."""

    def __init__(self, translator: ValueTranslator, languages: frozenset[str]) -> None:
        self.translator, self.languages = translator, languages

    def values(self, where: Where, left: Any, right: Any, sources: Sources) -> Iterator[Difference]:
        if left == right or self._same_words(left, right):
            return
        if isinstance(left, tuple) and isinstance(right, tuple):
            yield from self._lists(where, left, right, sources)
        elif type(left) is type(right) and isinstance(left, BaseModel) and self._has_fields_to_say(left, right):
            yield from self._models(where, left, right, sources)
        else:
            own = tuple(dict.fromkeys((*_sources(left), *_sources(right)))) or sources
            yield Difference(where, *self.translator.both(left, right), sources=own)

    def _has_fields_to_say(self, left: BaseModel, right: BaseModel) -> bool:
        """Whether to go into two models: those that are said as a whole only where as a whole they are said alike."""
        if isinstance(left, FormOfSupport | DurationOfSupport):
            return self.translator.say(left) == self.translator.say(right)
        return not isinstance(left, LEAVES)

    def _same_words(self, left: Any, right: Any) -> bool:
        """Whether two texts are the same in every language that both sides have."""
        if not (isinstance(left, Text) and isinstance(right, Text)):
            return False
        mine, other = dict(left.entries), dict(right.entries)
        return all(mine.get(language) == other.get(language) for language in self.languages)

    def _models(self, where: Where, left: BaseModel, right: BaseModel, sources: Sources) -> Iterator[Difference]:
        """Compare field by field. That only the sources differ is said where all else is the same."""
        own = tuple(dict.fromkeys((*_sources(left), *_sources(right)))) or sources
        found: list[Difference] = []
        for name, mine in fields_of(left):
            is_name = name == "id" and len(where) == 1  # the two programmes that were asked about
            if name != "reference" and not is_name:
                found += self.values((*where, name), mine, getattr(right, name), own)
        if not found:
            found += self.values((*where, "reference"), _sources(left), _sources(right), own)
        yield from found

    def _lists(self, where: Where, left: Sequence[Any], right: Sequence[Any], sources: Sources) -> Iterator[Difference]:
        mine, other = _by_key(left), _by_key(right)
        found = list(
            self._unnamed(where, left, right, sources)
            if mine is None or other is None
            else self._named(where, mine, other, sources)
        )
        if not found:  # the same elements in another order
            found.append(
                Difference((*where, "order"), *self.translator.both(tuple(left), tuple(right)), sources=sources)
            )
        yield from found

    def _named(
        self, where: Where, left: Mapping[str, Any], right: Mapping[str, Any], sources: Sources
    ) -> Iterator[Difference]:
        common = [key for key in left if key in right]
        for key in common:
            yield from self.values((*where, self.translator.name(left[key])), left[key], right[key], sources)
        alone = [each for key, each in left.items() if key not in right]
        yield from self._only(where, alone, [each for key, each in right.items() if key not in left], sources)
        order = [key for key in right if key in left]
        if common != order:
            yield Difference((*where, "order"), "; ".join(common), "; ".join(order), sources)

    def _unnamed(
        self, where: Where, left: Sequence[Any], right: Sequence[Any], sources: Sources
    ) -> Iterator[Difference]:
        mine, other = _without(left, right), _without(right, left)
        alone = []
        for one in mine:
            like = next((each for each in other if _is_like(one, each)), None)
            if like is None:
                alone.append(one)
            else:
                other.remove(like)
                yield from self.values((*where, str(left.index(one) + 1)), one, like, sources)
        yield from self._only(where, alone, other, sources)

    def _only(self, where: Where, left: Sequence[Any], right: Sequence[Any], sources: Sources) -> Iterator[Difference]:
        for values, is_left in ((left, True), (right, False)):
            if values:
                said = "; ".join(self.translator.say(each) for each in values)
                own = tuple(dict.fromkeys(each for value in values for each in _sources(value))) or sources
                yield Difference(where, said if is_left else None, None if is_left else said, own)


def _by_key(values: Sequence[Any]) -> dict[str, Any] | None:
    """Return the elements by the names that tell them apart; None where they have none, or share one."""
    found = {key: each for each in values if (key := key_of(each)) is not None}
    return found if len(found) == len(values) else None


def _is_like(one: Any, other: Any) -> bool:
    """Whether two elements without names have something in common besides their sources: one is the other, changed."""
    if _shares_words(one, other):
        return True
    if type(one) is not type(other) or not isinstance(one, BaseModel) or isinstance(one, LEAVES):
        return False
    fields = ((value, getattr(other, name)) for name, value in fields_of(one) if name != "reference")
    return any((mine == its and mine not in (None, (), False)) or _shares_words(mine, its) for mine, its in fields)


def _shares_words(one: Any, other: Any) -> bool:
    """Whether two texts are the same in some language."""
    return isinstance(one, Text) and isinstance(other, Text) and bool({*one.entries} & {*other.entries})


def _without(values: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """Return the values that are not in the others, each as often as it is in excess."""
    left = list(others)
    found = []
    for value in values:
        if value in left:
            left.remove(value)
        else:
            found.append(value)
    return found


def _sources(value: Any) -> Sources:
    found = getattr(value, "reference", ())
    return found if isinstance(found, tuple) else ()
