"""The command line: parse, call, print."""

from __future__ import annotations


def main() -> None:
    """Run the command that was typed and leave with its exit code."""
    from kummi.cli.root import run

    run()
