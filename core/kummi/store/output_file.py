"""The files that commands write: new unless asked to write over one, whole or not at all, and never over a database."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from kummi.errors import InputError, why_not_opened
from kummi.message import Message

_UNFINISHED = ".kummi-unfinished-"
"""How the name of a file begins while it is written, whatever it will be called: a killed command may leave one."""

_SQLITE = b"SQLite format 3\x00"
_BESIDE_SQLITE = ("-wal", "-shm", "-journal")


def write_file(target: Path, content: bytes, *, personal: bool, force: bool = False) -> None:
    """Write a whole file, as ``output_file`` does. Raises InputError."""
    with output_file(target, personal=personal, force=force) as file:
        file.write(content)


@contextmanager
def output_file(target: Path, *, personal: bool, force: bool = False) -> Iterator[IO[bytes]]:
    """Give a file to write into, that gets its name when all of it lies on the disk.

    Args:
        target: Where it shall be. A link is followed.
        personal: Whether it holds what is about persons; then only its owner can read it.
        force: Whether it may take the place of a file that is there.

    Raises:
        InputError: There is a file already, or a folder, a device or a database; or it cannot be written.
    """
    try:
        place = target.resolve()
        _must_be_free(target, place, force=force)
        remove_unfinished(place.parent)
        with _beside(place, 0o600 if personal else 0o666) as (file, unfinished):
            yield file
            file.flush()
            os.fsync(file.fileno())
            _must_be_free(target, place, force=force)
            unfinished.replace(place)
    except OSError as error:
        raise InputError(
            Message("{target} cannot be written: {why}", target=target, why=why_not_opened(error))
        ) from error


def remove_unfinished(folder: Path) -> int:
    """Remove what commands that were killed left half written in a folder, and return how many files that were.

    A file that a command is still writing is locked, and stays.
    """
    return sum(_removed(path) for path in folder.glob(f"{_UNFINISHED}*"))


def _must_be_free(target: Path, place: Path, *, force: bool) -> None:
    if place.is_dir():
        raise InputError(Message("{target} cannot be written: it is a folder; name a file in it", target=target))
    if place.exists() and not place.is_file():
        raise InputError(Message("{target} cannot be written: it is not a plain file", target=target))
    if _is_database(place) or _lies_beside_database(place):
        raise InputError(
            Message(
                "{target} cannot be written: it is a database, or a part of one; choose another name", target=target
            )
        )
    if not force and (place.exists() or target.is_symlink()):
        raise InputError(
            Message("{target} is there already; choose another name, or write over it with --force", target=target)
        )


def _is_database(place: Path) -> bool:
    if not place.is_file():
        return False
    with place.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def _lies_beside_database(place: Path) -> bool:
    return any(
        place.name.endswith(ending) and _is_database(place.with_name(place.name.removesuffix(ending)))
        for ending in _BESIDE_SQLITE
    )


@contextmanager
def _beside(place: Path, mode: int) -> Iterator[tuple[IO[bytes], Path]]:
    unfinished = place.with_name(f"{_UNFINISHED}{secrets.token_hex(8)}")
    number = _open_locked(unfinished, mode)
    try:
        with os.fdopen(number, "wb") as file:
            yield file, unfinished
    finally:
        unfinished.unlink(missing_ok=True)


def _open_locked(unfinished: Path, mode: int) -> int:
    """Make a file and lock it; once more where another command removed it between the two."""
    while True:
        number = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode)
        if _lock(number) and unfinished.exists():
            return number
        os.close(number)
        unfinished.unlink(missing_ok=True)


def _removed(path: Path) -> bool:
    """Remove a file that nobody writes any more. Without locks (on Windows) an open file cannot be removed anyway."""
    is_left = False
    with contextlib.suppress(OSError):
        with path.open("rb+") as file:
            is_left = _lock(file.fileno())
            if is_left:
                with contextlib.suppress(PermissionError):  # where a file that is open cannot be removed
                    path.unlink()
        if is_left:
            path.unlink(missing_ok=True)
    return is_left


def _lock(number: int) -> bool:
    """Lock an open file for as long as it is open. Returns False where somebody else has locked it."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
