"""A phrase of core's with its parts, in English until it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce


@dataclass(frozen=True, init=False)
class Message:
    """A phrase to be translated where it is shown, such as the reason of a refusal.

    It is made where no language is known. ``str`` says it in English, ``i18n.Translator.say`` in the user's language.
    Parts may be messages and texts themselves; a tuple of them is a list with commas.

    >>> str(Message("no case '{ref}'", ref="XX-12"))
    "no case 'XX-12'"
    >>> [str(Message.plural("{count} day", "{count} days", count)) for count in (1, 3)]
    ['1 day', '3 days']

    Attributes:
        msgid: The English phrase, with the names of its parts in braces; it is the key of the catalogues.
        params: The parts by name.
        context: What tells apart two phrases with the same English (gettext's ``msgctxt``); empty for most.
        other: The English for other numbers than one, where the phrase counts something; ``count`` is the number.
    """

    msgid: str
    params: tuple[tuple[str, object], ...]
    context: str = ""
    other: str = ""

    def __init__(self, msgid: str, context: str = "", other: str = "", /, **params: object) -> None:
        for name, value in (("msgid", msgid), ("params", tuple(params.items())), ("context", context)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "other", other)

    @classmethod
    def in_context(cls, context: str, msgid: str, /, **params: object) -> Message:
        """Make a phrase whose English means different things in different contexts."""
        return cls(msgid, context, **params)

    @classmethod
    def plural(cls, one: str, other: str, /, count: int, **params: object) -> Message:
        """Make a phrase that counts something."""
        return cls(one, "", other, count=count, **params)

    @property
    def count(self) -> int:
        """The number that a plural phrase is about."""
        found = dict(self.params)["count"]
        assert isinstance(found, int)
        return found

    def fill(self, template: str, say: Callable[[object], str]) -> str:
        """Return a translation of the phrase with its parts filled in, each as ``say`` says it."""
        return template.format(**{name: say(part) for name, part in self.params}) if self.params else template

    def __str__(self) -> str:
        return self.fill(self.other if self.other and self.count != 1 else self.msgid, _in_english)


def alternatives(first: object, *others: object) -> object:
    """Return a list of which one is meant.

    >>> str(alternatives("a", "b", "c"))
    'a or b or c'
    """
    return reduce(lambda one, other: Message("{one} or {other}", one=one, other=other), others, first)


def lines(first: Message, *others: Message) -> Message:
    """Return messages one below the other.

    >>> str(lines(Message("a"), Message("b")))
    'a\\nb'
    """
    return reduce(lambda one, other: Message("{one}\n{other}", one=one, other=other), others, first)


def _in_english(part: object) -> str:
    return ", ".join(map(_in_english, part)) if isinstance(part, tuple) else str(part)
