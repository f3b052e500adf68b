"""Find the line of a value inside a declared one, by reading its file again.

Each declared value knows the line on which it begins. Which line inside it is meant matters only where something is
wrong, so the lines are not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kummi.catalogue.compose import plugin_key
from kummi.catalogue.yaml.source import Path as Keys
from kummi.catalogue.yaml.source import YamlSource, read_yaml
from kummi.model.base import Origin


class Lines:
    """The lines of the files of plugins, whose folders are given by the plugins' names and versions."""

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
