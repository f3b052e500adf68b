"""Every command that a page shows works and prints what the page says; every file that it shows can be read.

A page is read from top to bottom in an empty folder. A block of language ``yaml``, ``json`` or ``python`` whose first
line is a comment with a file name is written there. A block of language ``console`` is typed into a shell: ``$`` begins
a command, ``>`` goes on with it, and what stands below must be printed; ``...`` stands for any lines, or for a part of
one. A command may fail only where ``$ echo $?`` comes next and shows the exit code.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from kummi.catalogue.yaml.source import read_yaml
from kummi.model.criterion import Criterion

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *(each for each in sorted((ROOT / "docs").glob("*.md")) if each.name not in ("hooks.md", "cli.md")),
]
"""Every page that people write; the two that are generated hold no commands to run."""

_FENCE = re.compile(r"^```(\w*)\s*$")
_FILE_NAME = re.compile(r"^# (\S+\.(?:yaml|py|json))$")
_MARK = "<<<done"


@dataclass
class Block:
    """A fenced block: its language, the line on which it begins, and its lines."""

    language: str
    line: int
    lines: list[str] = field(default_factory=list)

    @property
    def file(self) -> str | None:
        """The name of the file that the block is, if its first line says one."""
        found = _FILE_NAME.match(self.lines[0]) if self.lines else None
        return found[1] if found else None

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def blocks_of(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page in their order."""
    block: Block | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if block is None:
            if found := _FENCE.match(line):
                block = Block(found[1], number)
        elif line.rstrip() == "```":
            yield block
            block = None
        else:
            block.lines.append(line)
    assert block is None, "a block is not closed"


@dataclass
class Command:
    """What is typed, and what should be printed; no lines where the page shows nothing."""

    typed: str
    line: int
    shown: list[str] = field(default_factory=list)


def commands_in(block: Block) -> list[Command]:
    """Return the commands of a block of language ``console``."""
    commands: list[Command] = []
    for number, line in enumerate(block.lines, start=block.line + 1):
        if line.startswith("$ "):
            commands.append(Command(line[2:], number))
        elif line.startswith("> ") or line == ">":
            commands[-1].typed += "\n" + line[2:]
        else:
            commands[-1].shown.append(line)
    return commands


def run_all(commands: list[Command], folder: Path) -> list[tuple[Command, list[str], int]]:
    """Type the commands into one shell, one after the other; return what each printed, and its exit code."""
    script = "".join(
        f"{each.typed}\n__code=$?; printf '\\n{_MARK} %d>>>\\n' $__code; (exit $__code)\n" for each in commands
    )
    env = {
        "HOME": str(folder),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "COLUMNS": "120",
    }
    done = subprocess.run(
        ["bash", "-c", f"exec 2>&1\n{script}"], capture_output=True, text=True, cwd=folder, env=env, check=False
    )
    parts = re.split(rf"\n{_MARK} (\d+)>>>\n", done.stdout)
    assert len(parts) == 2 * len(commands) + 1, f"the shell stopped after:\n{done.stdout}"
    return [
        (each, printed.splitlines(), int(code))
        for each, printed, code in zip(commands, parts[0::2], parts[1::2], strict=False)
    ]


def fits(shown: list[str], printed: list[str]) -> bool:
    """Whether what was printed is what the page shows, where ``...`` stands for any lines or the rest of a line."""
    pattern = "\n".join(
        ".*" if line.strip() == "..." else re.escape(line).replace(r"\.\.\.", "[^\n]*") for line in shown
    )
    return re.fullmatch(pattern, "\n".join(line.rstrip() for line in printed).strip("\n"), re.DOTALL) is not None


def departures(page: Path, folder: Path) -> Iterator[str]:
    """Follow a page, and yield where it says something else than what happens."""
    for block in blocks_of(page.read_text(encoding="utf-8")):
        if block.file:
            target = folder / block.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
        if block.language == "yaml":
            yield from (f"{page.name}:{block.line}: {each}" for each in _faults_of(block))
        elif block.language == "console":
            yield from _typed(page, block, folder)


def _faults_of(block: Block) -> Iterator[str]:
    """Read a YAML block as what its first line says: a file of a country by its name, or a list of criteria."""
    source = read_yaml("block", block.text.encode())
    yield from map(str, source.faults)
    if block.lines[0] == "# criteria":
        adapter: TypeAdapter[Criterion] = TypeAdapter(Criterion)
        for each in source.data:
            try:
                adapter.validate_python(each)
            except ValidationError as error:
                yield f"{each}: {error}"
    if not block.file:
        assert block.lines[0] == "# criteria", "a block of YAML names its file"


def _typed(page: Path, block: Block, folder: Path) -> Iterator[str]:
    commands = commands_in(block)
    codes_shown = [each.typed == "echo $?" for each in commands[1:]] + [False]
    for (each, printed, code), is_shown in zip(run_all(commands, folder), codes_shown, strict=True):
        place = f"{page.name}:{each.line}: $ {each.typed}"
        if code and not is_shown and each.typed != "echo $?":
            yield f"{place}\nended with {code}:\n" + "\n".join(printed)
        if each.shown and not fits(each.shown, printed):
            yield "\n".join([place, "the page shows:", *each.shown, "and it prints:", *printed])


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.name)
def test_page_says_what_happens(page: Path, tmp_path: Path) -> None:
    (tmp_path / "plugins").symlink_to(ROOT / "plugins")

    found = list(departures(page, tmp_path))

    assert not found, "\n\n".join(found)


def test_page_that_lies_is_found_out(tmp_path: Path) -> None:
    page = tmp_path / "lie.md"
    page.write_text("```console\n$ echo one\ntwo\n$ false\n$ echo on...\n...\n$ (exit 3)\n$ echo $?\n4\n```\n")

    found = list(departures(page, tmp_path))

    assert [each.splitlines()[0] for each in found] == [
        "lie.md:2: $ echo one",
        "lie.md:4: $ false",
        "lie.md:8: $ echo $?",
    ]


def test_dots_stand_for_lines_and_for_parts_of_one() -> None:
    assert fits(["a ... c", "...", "z"], ["a b c", "x", "y", "z"])
    assert not fits(["a ... c", "z"], ["a b c", "x", "z"])
    assert not fits(["a...c"], ["a", "c"])
