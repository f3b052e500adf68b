"""The generated pages are current, every command is in them, and the page of JSON shapes tells the truth."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest

from kummi.cli.root import CORE_COMMANDS, load_command
from kummi.testing import harbourland

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
HOUSEHOLD = "pathway: resettled\nregistered: 2024-02-12\nmembers: [{role: adult, born: 1988-04-02}]\n"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["cli.md", "hooks.md"])
def test_generated_page_is_current(generate: ModuleType, name: str) -> None:
    page = ROOT / "docs" / name

    assert page.read_text(encoding="utf-8") == generate.pages()[page], "run: make docs"


def test_every_command_has_a_section(generate: ModuleType) -> None:
    page = generate.cli_page()

    for name in CORE_COMMANDS:
        command = load_command(name)
        assert f"\n## kummi {name}\n" in page
        if isinstance(command, click.Group):
            for inner in command.commands:
                assert f"\n### kummi {name} {inner}\n" in page


def test_every_command_is_mentioned_in_the_page_of_json(generate: ModuleType) -> None:
    commands = re.findall(r"^### kummi (.+)$", generate.cli_page(), re.MULTILINE)

    # Actions on cases are told together: "`case open`, `record`, `set` ...".
    assert [words for words in commands if words not in PAGE and f"`{words.split()[1]}`" not in PAGE] == []


def test_links_between_pages_lead_somewhere() -> None:
    for page in (*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a function that gives the JSON of a command, on a database with one referred household."""
    folder = tmp_path_factory.mktemp("json")
    target = folder / "drafts" / "harbourland"
    shutil.copytree(Path(harbourland.__file__).parent, target, ignore=shutil.ignore_patterns("*.py*"))
    (folder / "household.yaml").write_text(HOUSEHOLD)

    def run(*words: str) -> Any:
        options = ["--db", "cases.sqlite3", "--plugins-dir", "drafts", "--on", "2024-03-12", "--json"]
        command = [str(Path(sys.executable).with_name("kummi")), *options, *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        assert done.stderr == ""
        return json.loads(done.stdout)

    run("init")
    run("case", "open", "xx-harbour", "--from", "household.yaml", "--on", "2024-03-01")
    return run


def shapes_under(heading: str) -> list[dict[str, Any]]:
    """Return the objects that the page shows under a heading."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", section, re.DOTALL)]


@pytest.mark.parametrize(
    ("heading", "command", "pick"),
    [
        ("Failures", ("case", "advance", "XX-1", "surveyed"), lambda data: data),
        ("A finding", ("case", "assess", "XX-1", "--dry-run"), lambda data: data["findings"][0]),
        ("case next", ("case", "next", "XX-1"), lambda data: data),
        ("case assess", ("case", "assess", "XX-1"), lambda data: data),
        ("A case", ("case", "show", "XX-1"), lambda data: data),
        ("A case", ("case", "list"), lambda data: data[0]),
        ("case timeline", ("case", "timeline", "XX-1"), lambda data: data["events"][0]),
        ("due", ("due",), lambda data: data[0]),
        (
            "funding",
            ("funding", "entitlements", "XX-1", "--from", "2024-01-01", "--to", "2024-12-31"),
            lambda data: data["lines"][0],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_page_shows_the_keys_that_are_printed(said: Any, heading: str, command: tuple[str, ...], pick: Any) -> None:
    (shown,) = shapes_under(heading)

    printed = pick(said(*command))

    assert printed.keys() == shown.keys()
    for name, value in shown.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            assert printed[name][0].keys() == value[0].keys()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("init",), "init"),
        (("audit", "verify"), "audit verify"),
        (("country", "list"), "country list"),
        (("country", "show", "xx"), "country show"),
        (("programme", "list"), "programme list"),
        (("programme", "diagram", "xx-harbour"), "programme diagram"),
        (("report", "list", "xx-harbour"), "report list"),
        (("plugin", "list"), "plugin list"),
        (("plugin", "show", "harbourland"), "plugin show"),
        (("plugin", "check", "harbourland"), "plugin check"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_table_of_the_other_commands_tells_their_keys(said: Any, command: tuple[str, ...], words: str) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{words}` |"))

    printed = said(*command)

    keys = (printed[0] if isinstance(printed, list) else printed).keys()
    assert set(re.findall(r'"(\w+)"', row)) == set(keys)
    assert ("list of" in row) == isinstance(printed, list)
