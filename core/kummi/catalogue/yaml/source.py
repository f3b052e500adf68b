"""Read one YAML file as plain values, remembering the line of each of them; and find the line of a declared value.

What a plain word means follows the core of YAML 1.2, so that a language called ``no``
stays a word: only ``true`` and ``false`` are booleans; ``null``, ``~`` and nothing are
"nothing"; whole numbers without leading zeros are numbers. Everything else, dates and
decimals included, stays text, and the models decide what it is.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from kummi.catalogue.provenance import plugin_key
from kummi.errors import Fault, InputError, message_of, why_not_opened
from kummi.message import Message
from kummi.model.base import Origin

MAX_BYTES = 2_000_000
MAX_DEPTH = 60
MAX_NODES = 300_000
"""More values than this, aliases and merged keys counted each time they are used, is a bomb and not a country."""

Keys = tuple[str | int, ...]
"""The keys and positions that lead to a value."""

_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_OPENED_AT_ONCE = re.compile(rb"[\[{](?:[ \t]*[\[{]){%d}" % MAX_DEPTH)
_TOO_DEEP = Message("values are nested more than {most} deep", most=MAX_DEPTH)
_ANCHOR, _ALIAS = re.compile(r"&([^\s,\[\]{}]+)"), re.compile(r"\*([^\s,\[\]{}]+)")
_PLAIN_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")


class _TooMuchError(Exception):
    """The file is too large or too deep to go on."""


class _HoldsItselfError(Exception):
    """A value holds itself by an alias, so that reading it would never end; ``line`` is that of the alias."""

    def __init__(self, line: int, named: int) -> None:
        self.line = line
        super().__init__(
            Message(
                "this alias stands inside the very value that it names (line {named}), which would never end",
                named=named,
            )
        )


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # libyaml where it is there
    """Resolves nothing by itself: every scalar comes as text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # replaces the class attribute of PyYAML
    depth = 0

    def descend_resolver(self, _parent: yaml.Node, _index: Any) -> None:
        """Count how deep the composer is: beyond some thousands it would overrun the stack of the process."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _TooMuchError(_TOO_DEEP)

    def ascend_resolver(self) -> None:
        """Count the way back up."""
        self.depth -= 1


@dataclass
class YamlSource:
    """A file as plain values. ``faults`` says what is wrong with it as YAML; then ``data`` is what could be read.

    What is said of a file that is ``of_persons`` repeats nothing of it that may be a name.
    """

    name: str
    of_persons: bool = False
    data: Any = None
    lines: dict[Keys, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def at(self, path: Sequence[str | int]) -> str:
        """Return ``file:line`` of a value, or of the nearest value around it."""
        return f"{self.name}:{self.line(path)}"

    def line(self, path: Sequence[str | int]) -> int:
        """Return the line of a value, or of the nearest value around it.

        Parts of the path that are not in the file are passed over, so the ``loc`` of a pydantic error will do although
        it names the members of unions too.
        """
        return self.lines.get(self.walk(path), 1)

    def walk(self, path: Sequence[str | int]) -> Keys:
        """Return the part of a path that exists in the file."""
        found: Keys = ()
        for part in path:
            if (*found, part) in self.lines:
                found = (*found, part)
        return found

    def fault(self, path: Sequence[str | int], message: Message) -> Fault:
        """Make a fault at the place of a value."""
        return Fault(self.at(path), message)


def read_file(path: Path, largest: int = MAX_BYTES) -> bytes:
    """Read a whole file. Raises InputError where it is no regular file (a pipe may never end) or is too large."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError(Fault(str(path), Message("is not a regular file; expected a text file")))
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise InputError(Fault(str(path), Message("cannot be read: {why}", why=why_not_opened(error)))) from error
    if len(content) > largest:
        raise InputError(
            Fault(str(path), Message("is larger than {largest} bytes, which is the most that is read", largest=largest))
        )
    return content


def read_yaml(name: str, content: bytes, *, of_persons: bool = False) -> YamlSource:
    """Read the content of a file; what is wrong with it stands in ``faults`` of the result."""
    source = YamlSource(name, of_persons)
    if len(content) > MAX_BYTES:
        source.faults.append(
            Fault(
                name,
                Message(
                    "the file has {count} bytes; at most {MAX_BYTES} are read", count=len(content), MAX_BYTES=MAX_BYTES
                ),
            )
        )
        return source
    try:
        node = _composed(content)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        source.faults.append(Fault(f"{name}:{line}", Message("expected text in UTF-8, found a byte that is not")))
    except _TooMuchError as error:
        source.faults.append(Fault(name, message_of(error)))
    except yaml.YAMLError as error:
        source.faults.append(_syntax_fault(name, content, error))
    else:
        if node is not None:
            _Reader(source, content).read(node)
    return source


def _composed(content: bytes) -> yaml.Node | None:
    # The parser looks ahead along a line for the end of what is opened there, before it can be asked how deep it is.
    if _OPENED_AT_ONCE.search(content):
        raise _TooMuchError(_TOO_DEEP)
    node: yaml.Node | None = yaml.compose(content.decode("utf-8-sig"), Loader=_Loader)
    return node


_SYNTAX: tuple[tuple[type[yaml.YAMLError], Message], ...] = (
    (yaml.reader.ReaderError, Message("a character that no text holds, such as a control character")),
    (
        yaml.scanner.ScannerError,
        Message("look here for a quotation mark that is not closed, a tab, or a ':' in a text"),
    ),
    (
        yaml.parser.ParserError,
        Message("look here for a bracket or quotation mark that is not closed, or a line set in wrongly"),
    ),
    (
        yaml.composer.ComposerError,
        Message("expected one document, and for each alias (*name) one anchor (&name) of that name above it"),
    ),
)
"""What may be wrong, in words of our own: those of the parser differ from version to version, and may hold a name."""


def _syntax_fault(name: str, content: bytes, error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    position = getattr(error, "position", None)
    line = mark.line + 1 if mark else content[:position].count(b"\n") + 1 if isinstance(position, int) else 1
    said = next((words for kind, words in _SYNTAX if isinstance(error, kind)), _SYNTAX[1][1])
    return Fault(f"{name}:{line}", Message("not valid YAML: {said}", said=said))


class _Reader:
    """Turns composed nodes into plain values, counting them."""

    def __init__(self, source: YamlSource, content: bytes) -> None:
        self.source = source
        self.count = 0
        self.around: list[yaml.Node] = []
        self._lines = content.decode("utf-8-sig").splitlines

    def read(self, node: yaml.Node) -> None:
        try:
            self.source.data = self.value(node, ())
        except _TooMuchError as error:
            self.source.faults.append(Fault(self.source.name, message_of(error)))
        except _HoldsItselfError as error:
            self.source.faults.append(Fault(f"{self.source.name}:{error.line}", message_of(error)))
        except RecursionError:
            self.source.faults.append(Fault(self.source.name, Message("mappings merge others too deep")))

    @contextmanager
    def inside(self, node: yaml.Node) -> Iterator[None]:
        """Remember which values are being read. Raises _HoldsItselfError where one of them is met again in itself."""
        if any(node is each for each in self.around):
            raise _HoldsItselfError(self.line_of_alias(node), node.start_mark.line + 1)
        self.around.append(node)
        yield
        self.around.pop()

    def line_of_alias(self, node: yaml.Node) -> int:
        """Return the line of the alias by which a value holds itself: within the innermost value, and of its name."""
        lines, within = self._lines(), self.around[-1]
        named = set(_ANCHOR.findall(lines[node.start_mark.line]))
        for number in range(within.start_mark.line, min(within.end_mark.line + 1, len(lines))):
            if named & set(_ALIAS.findall(lines[number])):
                return number + 1
        return within.start_mark.line + 1

    def count_one(self) -> None:
        self.count += 1
        if self.count > MAX_NODES:
            raise _TooMuchError(
                Message("the file holds more than {most} values, aliases and merges counted each time", most=MAX_NODES)
            )

    def value(self, node: yaml.Node, path: Keys) -> Any:
        self.count_one()
        if len(path) > MAX_DEPTH:
            raise _TooMuchError(_TOO_DEEP)
        if node.tag not in _PLAIN_TAGS:
            tag = "!name" if self.source.of_persons else node.tag
            self.fault(node, Message("tags such as '{tag}' are not used; write the value alone", tag=tag))
        self.source.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        with self.inside(node):
            if isinstance(node, yaml.MappingNode):
                return {key: self.value(each, (*path, key)) for key, each in self.pairs(node, path)}
            return [self.value(each, (*path, number)) for number, each in enumerate(node.value)]

    def pairs(self, node: yaml.MappingNode, path: Keys) -> Iterator[tuple[str, yaml.Node]]:
        """Give the keys of a mapping with their values; its own keys win over merged ones.

        Keys of the file itself that begin with ``x-`` hold anchors for the rest of it and are left out.
        """
        own: dict[str, yaml.Node] = {}
        merged: list[yaml.Node] = []
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.fault(key_node, Message("a key must be a word"))
            elif key_node.value == "<<" and not key_node.style:
                merged += value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
            elif not path and key_node.value.startswith("x-"):
                continue
            elif key_node.value in own:
                key = (
                    Message("this key")
                    if self.source.of_persons
                    else Message("the key '{value}'", value=key_node.value)
                )
                self.fault(key_node, Message("{key} is already given above; each key once", key=key))
            else:
                own[key_node.value] = value_node
                self.source.lines.setdefault((*path, key_node.value), key_node.start_mark.line + 1)
        yield from own.items()
        yield from self.merged(merged, own, path)

    def merged(
        self, nodes: list[yaml.Node], own: Mapping[str, yaml.Node], path: Keys
    ) -> Iterator[tuple[str, yaml.Node]]:
        seen = set(own)
        for node in nodes:
            self.count_one()
            if not isinstance(node, yaml.MappingNode):
                self.fault(node, Message("'<<' merges mappings only"))
                continue
            with self.inside(node):
                pairs = list(self.pairs(node, path))
            for key, value in pairs:
                self.count_one()
                if key not in seen:
                    seen.add(key)
                    yield key, value

    def fault(self, node: yaml.Node, message: Message) -> None:
        self.source.faults.append(Fault(f"{self.source.name}:{node.start_mark.line + 1}", message))


def _scalar(node: yaml.Node) -> Any:
    text: str = node.value
    if getattr(node, "style", None):
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text


class Lines:
    """The lines of the files of plugins, whose folders are given by the plugins' names and versions.

    Each declared value knows the line on which it begins. Which line inside it is meant matters only where something
    is wrong, so the lines are not kept: the file is read again.
    """

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = folders
        self._sources: dict[tuple[str, str], YamlSource] = {}

    def place(self, origin: Origin, path: Keys = ()) -> str:
        """Return file and line of the part of a declared value that some keys lead to; its plugin, if code made it."""
        if origin.file is None or origin.line is None:
            return origin.file or origin.plugin
        source = self._source(plugin_key(origin), origin.file)
        if not path or source is None:
            return f"{origin.file}:{origin.line}"
        begin = [keys for keys, line in source.lines.items() if line == origin.line]
        best = max(begin, key=lambda keys: len(source.walk((*keys, *path))) - len(keys), default=())
        return source.at((*best, *path))

    def line_of(self, origin: Origin, file: str, path: Keys) -> str:
        """Return file and line of some keys in another file of the plugin; the file where it has none or lacks them."""
        source = self._source(plugin_key(origin), file)
        return source.at(path) if source and source.walk(path) else file

    def _source(self, plugin: str, file: str) -> YamlSource | None:
        if plugin not in self._folders:
            return None
        if (plugin, file) not in self._sources:
            path = self._folders[plugin] / file
            self._sources[plugin, file] = read_yaml(file, path.read_bytes()) if path.is_file() else YamlSource(file)
        return self._sources[plugin, file]
