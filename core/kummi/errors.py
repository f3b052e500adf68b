"""Every error that Kummi raises on purpose, and the exit code it ends a command with.

::

    KummiError                 70  a bug of ours, unless a subclass says otherwise
    ├── InputError              2  wrong usage or bad input: carries every Fault found
    │   ├── NotFoundError       2  no such case, programme, stage, task: with the nearest name
    │   └── PluginError         2  what plugins declare is wrong
    ├── RefusedError            1  a rule refuses: carries the findings
    ├── NotPermittedError       3  this actor may not do this
    ├── ConflictError           4  someone else changed the case first: try again
    ├── NotCompilableError     70  a rule is Python code and cannot become SQL: whoever asks decides case by case
    └── IntegrityError          5  the store does not agree with its own events

The message of an error says what is wrong, where, what was expected and what to
do next. It never holds a name, an identity number or other personal data. It is a
``Message``, which is translated where it is shown; ``str`` of an error is its English.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from kummi.message import Message, lines

if TYPE_CHECKING:
    from kummi.model.rule import Finding


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in something given to Kummi, and where.

    ``where`` is a place a person can go to: ``eligibility.yaml:34``,
    ``row 7, column born``, ``--on``.
    """

    where: Message | str
    message: Message

    @property
    def located(self) -> Message:
        """The message with the place before it."""
        return Message("{where}: {message}", where=self.where, message=self.message) if self.where else self.message

    def __str__(self) -> str:
        return str(self.located)


class KummiError(Exception):
    """Base of all errors raised on purpose."""

    exit_code: ClassVar[int] = 70

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))


class InputError(KummiError):
    """Wrong usage or bad input; ``faults`` holds every fault found, not only the first."""

    exit_code = 2

    def __init__(self, faults: Sequence[Fault] | Fault | Message) -> None:
        if isinstance(faults, Message):
            faults = [Fault("", faults)]
        elif isinstance(faults, Fault):
            faults = [faults]
        self.faults = tuple(faults)
        super().__init__(
            lines(*(fault.located for fault in self.faults)) if self.faults else Message("{message}", message="")
        )


class NotFoundError(InputError):
    """Something named does not exist; the message offers the nearest name that does."""

    def __init__(self, kind: Message, name: str, known: Iterable[str]) -> None:
        self.kind, self.name = kind, name
        super().__init__(
            Message("no {kind} named '{name}'{hint}", kind=kind, name=name, hint=did_you_mean(name, known))
        )


class PluginError(InputError):
    """One or more plugins declare something that cannot be used."""


class RefusedError(KummiError):
    """A rule refuses what was asked; the case is as it was before."""

    exit_code = 1

    def __init__(self, message: Message, findings: Sequence[Finding] = ()) -> None:
        self.findings = tuple(findings)
        super().__init__(message)


class NotPermittedError(KummiError):
    """The actor may not do this."""

    exit_code = 3


class ConflictError(KummiError):
    """The case was changed by someone else since it was read; nothing was written."""

    exit_code = 4


class NotCompilableError(KummiError):
    """A rule holds a plugin's own Python code, which no database can run: such a rule is decided case by case.

    ``rule`` is the rule's id, empty for a criterion that stands outside a rule.
    """

    def __init__(self, python: str, rule: str = "") -> None:
        self.python, self.rule = python, rule
        where = Message("rule '{rule}'", rule=rule) if rule else Message("the criterion")
        super().__init__(
            Message(
                "{where} calls the Python function {python} and cannot be asked of the database",
                where=where,
                python=python,
            )
        )


class IntegrityError(KummiError):
    """The stored state does not follow from the stored events."""

    exit_code = 5


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that this one may be a slip of, or None."""
    folded = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[near[0]] if near else None


def repeated(found: object, known: Iterable[str]) -> str:
    """Return ``" 'found'"`` where it may be a slip of something known, else nothing.

    What came from outside and is near nothing that is allowed may be a person's name, and no error holds one.

    >>> repeated("resetled", ["resettled", "asylum"]), repeated("Amal Invented", ["resettled", "asylum"])
    (" 'resetled'", '')
    """
    return f" '{found}'" if nearest(str(found), known) is not None else ""


def message_of(error: BaseException) -> Message:
    """Return what an error says, to be translated where it was made to be."""
    if isinstance(error, KummiError):
        return error.message
    first = error.args[0] if error.args else ""
    return first if isinstance(first, Message) else Message("{message}", message=str(error))


def why_not_opened(error: OSError) -> Message:
    """Say why a file could not be read or written; rare reasons in the words of the system."""
    if isinstance(error, FileNotFoundError):
        return Message("there is no such file or folder")
    if isinstance(error, PermissionError):
        return Message("it is not yours to open")
    if isinstance(error, IsADirectoryError):
        return Message("it is a folder")
    return Message("{message}", message=error.strerror)


def did_you_mean(name: str, known: Iterable[str]) -> Message:
    """Return ``"; did you mean 'x'?"`` for the nearest known name, or what is known.

    >>> str(did_you_mean("xx-harbor", ["xx-harbour", "xx-lighthouse"]))
    "; did you mean 'xx-harbour'?"
    >>> str(did_you_mean("zzz", ["a", "b"]))
    '; known: a, b'
    """
    names = sorted(set(known))
    near = nearest(name, names)
    if near is not None:
        return Message("; did you mean '{near}'?", near=near)
    if not names:
        return Message("; there is none")
    shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    return Message("; known: {names}", names=shown)
