"""Keep what was read from a country's files, and which of its programmes were proved, from one run to the next.

A kept file counts only for the very bytes it was made from: its key is a hash of the
plugin's files, of core's own code that reads and proves, and of the versions of the
libraries that take part. Anything else in the folder is passed over. It holds JSON,
never a pickle.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path

import pydantic

import kummi
from kummi.catalogue.country_plugin import PluginData
from kummi.catalogue.discover import FoundPlugin
from kummi.model.base import Frozen

_READING = ("catalogue", "lifecycle", "model", "rules")
_SUFFIXES = (".py", ".yaml", ".yml")


@dataclass(frozen=True)
class CachedPlugin:
    """What a plugin's files give, and its programmes in which nothing was found wrong."""

    given: PluginData
    proved: frozenset[str]


class _File(Frozen):
    key: str
    proved: tuple[str, ...]
    given: PluginData


class CatalogueCache:
    """A folder of kept plugins, one file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, found: FoundPlugin, fingerprint: str) -> CachedPlugin | None:
        """Return what was kept of a plugin with these contents; None where there is none or it cannot be read."""
        key = _key(found, fingerprint)
        try:
            kept = _parsed(self._path(found, key).read_bytes())
        except (OSError, ValueError):
            return None
        return CachedPlugin(kept.given, frozenset(kept.proved)) if kept.key == key else None

    def put(self, found: FoundPlugin, fingerprint: str, given: PluginData, proved: Collection[str]) -> None:
        """Keep a plugin in place of what was kept of it before. A folder that cannot be written is passed over."""
        key = _key(found, fingerprint)
        path = self._path(found, key)
        content = _File(key=key, proved=tuple(sorted(proved)), given=given).model_dump_json(by_alias=True)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            for older in path.parent.glob("*.json"):
                older.unlink(missing_ok=True)
            _write_whole(path, content.encode())

    def _path(self, found: FoundPlugin, key: str) -> Path:
        return self._folder / re.sub(r"[^A-Za-z0-9-]", "_", found.name) / f"{key}.json"


@lru_cache(maxsize=16)
def _parsed(content: bytes) -> _File:
    """Parse a kept file; a process that loads a country again, as a long-lived one does, need not."""
    return _File.model_validate_json(content)


def fingerprint_of(folder: Path) -> str:
    """Return a hash of all code and data files in a plugin's folder and below."""
    files = (path for path in folder.rglob("*") if path.suffix in _SUFFIXES and path.is_file())
    return _hash_of(sorted((str(path.relative_to(folder)), path.read_bytes()) for path in files))


def _key(found: FoundPlugin, fingerprint: str) -> str:
    parts = (_core(), found.name, found.version, fingerprint)
    return _hash_of((part, b"") for part in parts)


@cache
def _core() -> str:
    """Return a hash of the code that reads and proves: it may change without a change of version."""
    root = Path(str(kummi.__file__)).parent
    code = (path for name in _READING for path in sorted((root / name).rglob("*.py")))
    libraries = [f"pydantic {pydantic.VERSION}", f"holidays {metadata.version('holidays')}"]
    return _hash_of(
        [*((str(path.relative_to(root)), path.read_bytes()) for path in code), *((each, b"") for each in libraries)]
    )


def _hash_of(parts: Iterable[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, content in parts:
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees all of it or none."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(path)
