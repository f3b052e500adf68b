"""What reaches a terminal or a pipe as text: nothing in it moves the cursor, colours, hides or turns the words around.

Names, notes, places and the texts of plugins may hold anything. All that is printed passes one of two streams, put in
place by ``plain_streams``, which show such characters as ``\\u202e``; in JSON that is the same text as before. A bar
shows the progress of long work.
"""

from __future__ import annotations

import codecs
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Any, TextIO

from kummi.errors import InputError, why_not_opened
from kummi.message import Message

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for tab and line feed
    "\u2028\u2029"  # further ends of lines
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"  # what turns the direction of writing
)
_UNSAFE_OR_BREAK = re.compile(f"{_UNSAFE.pattern[:-1]}\n]")


class OutputError(InputError):
    """What is printed finds no room, or its device does not take it."""


def visible(text: str) -> str:
    """Show what must not reach a terminal as it is.

    >>> visible("Ai\\x1b[2Jno\\n")
    'Ai\\\\u001b[2Jno\\n'
    """
    return _UNSAFE.sub(_code, text)


def one_line(text: str) -> str:
    """Show a value that stands inside a line, its line breaks too.

    >>> one_line("Aino\\n5  2024-01-01  closed")
    'Aino\\\\n5  2024-01-01  closed'
    """
    return _UNSAFE_OR_BREAK.sub(_code, text)


def _code(found: re.Match[str]) -> str:
    return "\\n" if found[0] == "\n" else f"\\u{ord(found[0]):04x}"


class PlainStream:
    """A stream of text that shows what a terminal would obey, and says in words why it cannot be written to."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write a text. Raises OutputError."""
        with _explained():
            return self.stream.write(visible(text))

    def writelines(self, lines: Any) -> None:
        """Write texts one after another. Raises OutputError."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Let go of what was kept back. Raises OutputError."""
        with _explained():
            self.stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(
            Message(
                "the output cannot be written: {why}; what was recorded before that is kept",
                why=why_not_opened(error),
            )
        ) from error


def write_bytes(content: bytes) -> None:
    """Write the bytes of a file to the output as they are. Raises OutputError."""
    with _explained():
        sys.stdout.flush()
        sys.stdout.buffer.write(content)


@contextmanager
def plain_streams() -> Iterator[None]:
    """Put plain streams in the place of the output and the error stream for a while.

    A character that the terminal or pipe does not know is shown as a question mark, instead of failing over it.
    """
    before = sys.stdout, sys.stderr
    for stream in before:
        if isinstance(stream, TextIOWrapper):
            # click would write UTF-8 past a stream that says ASCII, and so past this place.
            stream.reconfigure(
                encoding="utf-8" if codecs.lookup(stream.encoding).name == "ascii" else None, errors="replace"
            )
    sys.stdout, sys.stderr = (stream and PlainStream(stream) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for stream in before:
            if stream:
                _let_go(stream)


def _let_go(stream: TextIO) -> None:
    """Send what a stream cannot get rid of nowhere: else Python itself would fail over it at its end."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def counting(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Give a function to call with each number of things done; shows a bar only where someone looks."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    # The bar moves the cursor, so it writes past the stream that shows such characters; its words are our own.
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.__stderr__), transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.advance(task, done)
