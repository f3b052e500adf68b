"""Put the sources of ``references.yaml`` wherever a value names them by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kummi.catalogue.yaml.file_models import NamedSource
from kummi.catalogue.yaml.source import Path, YamlSource
from kummi.errors import did_you_mean
from kummi.message import Message


class References:
    """The sources of one plugin by id."""

    def __init__(self, known: Mapping[str, NamedSource]) -> None:
        self.known = known

    def resolve(self, source: YamlSource) -> None:
        """Replace every ``reference`` of a file by the sources meant; an unknown id is a fault of the file."""
        self._walk(source, source.data, ())

    def _walk(self, source: YamlSource, value: Any, path: Path) -> None:
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, each in pairs:
            inner = (*path, key)
            if key == "reference" and isinstance(value, dict):
                value[key] = self._resolved(source, each, inner)
            else:
                self._walk(source, each, inner)

    def _resolved(self, source: YamlSource, given: Any, path: Path) -> list[Any]:
        if isinstance(given, list):
            return [self._one(source, each, (*path, number)) for number, each in enumerate(given)]
        return [self._one(source, given, path)]

    def _one(self, source: YamlSource, given: Any, path: Path) -> Any:
        """Return one reference as its model takes it."""
        if isinstance(given, str):
            name, _, section = given.partition(": ")
            given = {"id": name.strip(), **({"section": section.strip()} if section.strip() else {})}
        if not isinstance(given, dict) or not isinstance(given.get("id"), str) or "title" in given:
            return given  # the model says what is wrong with it, or it is a whole reference already
        named = self.known.get(given["id"])
        if named is None:
            hint = did_you_mean(given["id"], self.known)
            source.faults.append(
                source.fault(
                    path, Message("no reference '{given}' in references.yaml{hint}", given=given["id"], hint=hint)
                )
            )
            return {"id": given["id"], "title": given["id"], "read": "unknown"}
        return {**named.model_dump(exclude_none=True), **given}
