"""The generated pages are current, and every command is in them."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import click
import pydantic
import pytest
from packaging.version import Version

from kummi.cli.root import CORE_COMMANDS, load_command

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["cli.md", "hooks.md", "json.md"])
def test_generated_page_is_current(generate: ModuleType, name: str) -> None:
    page = ROOT / "docs" / name

    assert page.read_text(encoding="utf-8") == generate.pages()[page], "run: make docs"


@pytest.mark.skipif(
    Version(pydantic.VERSION) < Version("2.11"), reason="older versions write the same schemas in other words"
)
def test_generated_schemas_are_current_and_no_other_is_there(generate: ModuleType) -> None:
    wanted = {page: text for page, text in generate.pages().items() if page.suffix == ".json"}

    assert {page: page.read_text(encoding="utf-8") for page in (ROOT / "docs" / "schemas").iterdir()} == wanted


def test_every_command_has_a_section(generate: ModuleType) -> None:
    page = generate.cli_page()

    for name in CORE_COMMANDS:
        command = load_command(name)
        assert f"\n## kummi {name}\n" in page
        if isinstance(command, click.Group):
            for inner in command.commands:
                assert f"\n### kummi {name} {inner}\n" in page


def test_links_between_pages_lead_somewhere() -> None:
    for page in (*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
