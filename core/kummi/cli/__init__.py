"""The command line: parse, call, print."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command that was typed and leave with its exit code."""
    # What is loaded at start stays until the end: looking for garbage in it takes a tenth of a short command.
    gc.set_threshold(500_000, *gc.get_threshold()[1:])
    from kummi.cli.language import language_of, use_language

    use_language(language_of(sys.argv[1:]))  # before root is imported: some of click's words are looked up as it is
    from kummi.cli.root import run

    run()
