"""Sources on a screen: each is a number where it is named, and is printed below, once, where that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kummi.i18n.translator import Translator
from kummi.message import Message
from kummi.model.reference import Reference


class Sources:
    """The sources of a page, numbered in the order in which they are first named."""

    def __init__(self) -> None:
        self._numbers: dict[Message, int] = {}

    def numbers(self, references: Iterable[Reference]) -> str:
        """Return the numbers of sources, such as ``[1] [3]``."""
        return " ".join(f"[{self._numbers.setdefault(each.citation, len(self._numbers) + 1)}]" for each in references)

    def lines(self, translator: Translator) -> Iterator[str]:
        """Yield every source that was named, after its number."""
        yield from (f"  [{number}] {translator.say(line)}" for line, number in self._numbers.items())

    def folded(self, translator: Translator) -> Iterator[str]:
        """Say in one line how many sources there are, and how to see them."""
        if self._numbers:
            yield translator.gettext("{count} sources; --sources prints them", count=len(self._numbers))

    def shown(self, translator: Translator, *, in_full: bool) -> Iterator[str]:
        """Yield every source, or only the line that says how many there are."""
        yield from self.lines(translator) if in_full else self.folded(translator)
