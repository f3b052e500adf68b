"""The command line as a coordinator runs it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_KUMMI = str(Path(sys.executable).with_name("kummi"))


def kummi(*words: str) -> str:
    """Run a command and return what it prints; a command that fails ends the benchmark."""
    return _run(_KUMMI, *words)


@dataclass(frozen=True)
class Used:
    """What a process used: seconds by the clock on the wall, seconds of processor time, and megabytes at its peak."""

    seconds: float
    busy: float
    megabytes: float


def kummi_measured(*words: str) -> Used:
    """Run a command and return what it used; a command that fails ends the benchmark."""
    return _measured(_KUMMI, *words)


def python_measured(*words: str) -> Used:
    """Run this Python and return what it used."""
    return _measured(sys.executable, *words)


def _measured(*words: str) -> Used:
    started = time.perf_counter()
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}")
    megabytes = used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return Used(time.perf_counter() - started, used.ru_utime + used.ru_stime, megabytes)


def _run(*words: str) -> str:
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {result.returncode}: {result.stderr}")
    return result.stdout


def draft_of_harbourland(folder: Path) -> str:
    """Return a folder for ``--plugins-dir`` that brings in the invented country."""
    drafts = folder / "drafts"
    drafts.mkdir(exist_ok=True)
    (drafts / "xx.py").write_text("from kummi.testing.harbourland import plugin\n")
    return str(drafts)
