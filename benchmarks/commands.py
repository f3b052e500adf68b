"""The command line as a coordinator runs it: a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def kummi(*words: str) -> str:
    """Run a command and return what it prints; a command that fails ends the benchmark."""
    return _run(str(Path(sys.executable).with_name("kummi")), *words)


def python(*words: str) -> str:
    """Run this Python."""
    return _run(sys.executable, *words)


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
