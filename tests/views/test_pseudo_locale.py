"""In a language made up for the test, in which every phrase is spelled with accents, no plain English is left."""

from __future__ import annotations

import ast
import gc
import importlib.util
import re
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import click
import pytest

from kummi import cli
from kummi.catalogue.catalogue import Catalogue
from kummi.cli import language as cli_language
from kummi.cli.root import CORE_COMMANDS, load_command
from kummi.i18n import translator
from kummi.i18n.translator import DOMAIN
from kummi.model.facts import HOUSEHOLD_FACTS
from kummi.model.household import Member
from kummi.model.reference import Reference
from kummi.model.text import Text
from kummi.model.vocabulary import JoinedHow, LeftHow, MemberRole, Outcome, Pathway, Phase

PSEUDO = "qps"
ACCENTS = str.maketrans("aceinorsuyACEINORSUY", "áçéíñóŕšúýÁÇÉÍÑÓŔŠÚÝ")
PART = re.compile(r"(\{[^{}]*\})")
WORD = re.compile(r"\b[A-Za-z]{3,}\b")
DATA = re.compile(
    r"""<[^<>\s]+>|'[^'\n]*'|"[^"\n]*"|`[^`\n]*`|\S*/\S*              # addresses, what is repeated, files
    |\[[^\]\n]*\(invented\)\]                                        # titles of sources
    |(?<![\w-])--?\w[\w-]*|\w+(?:[-_.:=|]+\w+)+                       # options, ids, numbers of cases, days
    |kummi(?:\ [a-z][a-z-]*)*(?:\ [A-Z]{2}-\d+\ \w+)?|\b[A-Z]+\b""",  # what is to be typed, what stands for it
    re.VERBOSE,
)
"""What nobody translates; it is not looked at."""
NAMES = {
    *("Kummi", "Mermaid", "mermaid", "Graphviz", "SQLite", "PostgreSQL", "pip", "install"),  # of programs
    *("Amal", "Sami", "Invented", "Vera", "Pine", "lawyer", "root", "demo"),  # of people
    *("North", "Quay", "South", "Southpier"),  # of places
    *("Harbour", "crews", "Krui", "port", "Lighthouse", "keepers", "Gardors", "far"),  # of programmes, by themselves
    *("crew", "group", "volunteers", "krui", "keeper", "gardor"),  # terms in a country's own languages
    *("NameError", "name", "not", "defined", "BadGzipFile"),  # what Python says of a plugin's code, or of a file
    *("Path", "File"),  # click names them when it is imported, here before the language is known
}
TYPED = {
    *("away", "moved", "mistake"),  # notes
    *("draft", "registered", "arrived", "born", "boat", "house", "surveyed"),  # a version, facts, their values, a stage
    *("title", "partners", "supporter", "standing", "status", "since", "window", "start", "form", "duration", "names"),
    *("municipalities", "complete", "countrywide", "fields", "moored", "questions", "notes", "schemes", "rates"),
    *("rules",),  # the keys of a country's data files, which are compared
}
TYPED_IN = {
    "scenario run": {
        "household",
        "that",
        "departs",
        "undetermined",
        "unknown",
    },  # the title of a story, what it expects
    "plugin check": {"undetermined", "unknown"},
    "case transfer": {"consent"},  # the rule that refuses
    "programme diagram": {"flowchart", "subgraph", "end"},  # the language of diagrams
}


def pseudo(text: str) -> str:
    """Spell a phrase with accents; its parts in braces stay."""
    return "".join(each if PART.fullmatch(each) else each.translate(ACCENTS) for each in PART.split(text))


def english_in(text: str) -> set[str]:
    return {word for line in text.splitlines() for word in WORD.findall(DATA.sub(" ", line))} - NAMES


@pytest.fixture(scope="session")
def pseudo_locale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of catalogues with the made-up language."""
    spec = importlib.util.spec_from_file_location("messages", Path(__file__).parents[2] / "scripts" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    messages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(messages)
    catalog = messages.template()
    for message in catalog:
        if message.id:
            message.string = tuple(map(pseudo, message.id)) if isinstance(message.id, tuple) else pseudo(message.id)
    folder = Path(tmp_path_factory.mktemp("locale"))
    (folder / PSEUDO / "LC_MESSAGES").mkdir(parents=True)
    (folder / PSEUDO / "LC_MESSAGES" / f"{DOMAIN}.mo").write_bytes(messages.as_mo(catalog))
    return folder


@pytest.fixture(scope="module")
def speaking(pseudo_locale: Path) -> Iterator[pytest.MonkeyPatch]:
    """Let core speak the made-up language, and countries too: their texts and sources are theirs to translate."""
    written, place = Text.in_language, Reference._place.fget
    assert place is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(translator, "LOCALE", pseudo_locale)
        for each in [each for each in gc.get_objects() if isinstance(each, click.Command)]:
            patch.setattr(each, "_help_option", None)  # a command keeps the words of the language it was first asked in
        patch.setattr(cli_language, "LOCALE", pseudo_locale)
        patch.setattr(Reference, "_place", property(lambda source: pseudo(place(source))))
        patch.setattr(
            Text,
            "in_language",
            lambda text, asked: pseudo(written(text, "en")) if asked == PSEUDO else written(text, asked),
        )
        patch.setenv("LANGUAGE", "en")
        patch.setenv("KUMMI_LANG", PSEUDO)
        yield patch
    translator._catalogue.cache_clear()


@pytest.fixture(scope="module")
def ids(harbourland_alone: Catalogue) -> set[str]:
    """What a country calls its stages, tasks and fields in its files, as it stands behind their titles."""
    entries = harbourland_alone.programmes.values()
    named = (each for entry in entries for each in (*entry.stages, *entry.tasks, *entry.programme.fields))
    return {f"[{each.id}]" for each in named}


def test_nothing_that_a_command_prints_is_plain_english(
    speaking: pytest.MonkeyPatch, tmp_path: Path, every_command: Any, ids: set[str]
) -> None:
    escaped = {}
    for each in every_command(tmp_path, speaking):
        text = reduce(lambda text, id_: text.replace(id_, ""), ids, each.text + each.errors)
        found = english_in(text) - TYPED - TYPED_IN.get(each.command, set())
        if found and "--lang" not in each.arguments:
            escaped[str(each)] = found

    assert escaped == {}, "\n".join(map(str, escaped.items()))


@pytest.fixture(scope="module")
def to_be_typed(ids: set[str]) -> set[str]:
    """Words that a refusal lists, since one of them is to be typed."""
    facts = {
        *HOUSEHOLD_FACTS,
        *Member.model_fields,
        "household",
        "languages",
        "members",
        "permit",
        "because",
        "steps",
        "expect",
        "rehearse",
        "how",
    }
    return (
        {each.strip("[]") for each in ids}
        | facts
        | {word for line in lines() for word in line.split()}
        | {*JoinedHow, *LeftHow, *MemberRole, *Outcome, *Pathway, *Phase}
    )


REFUSALS = """\
cas
case
case list --phase nowhere
case list --limit 0
case next XX-9
case next YY-1
case next 7x
case advance XX-1 surveyed
case advance XX-1 nowhere
case advance XX-1
case advance XX-1 landing
case record XX-1 nothing
case record XX-1 consent --until yesterday
case record XX-1 consent --on 2999-01-01
case record XX-1 consent --on 2020-01-01
case record XX-1 consent --withdraw
case change XX-1 registered
case change XX-1 nothing=1
case change XX-1 permit.held=perhaps
case change XX-1 registered=2024-02-13
case change XX-1 member.1.born=1990-01-01
case correct XX-1 member.9.born=1990-01-01
case correct XX-1 member.1.joined=2999-01-01
case correct XX-1 registered.from=2024-02-01
case join XX-1 role=child
case join XX-1 role=captain how=flown
case join XX-1 role=child how=born born=2024-01-01
case leave XX-1 9 how=moved_out
case leave XX-1 second how=moved_out
case leave XX-1 1 how=flown
case leave XX-1 1 moved_out
case split XX-1 1 2
case split XX-1 9
case merge XX-1 XX-1
case merge XX-1 XX-9
case transfer XX-1 xx-harbor
case transfer XX-1 xx-lighthouse
case close XX-1 completed
case resume XX-1
case reopen XX-1 --reason no
case assess
case open xx-harbour
case open xx-lighthouse
case open xx-harbor
case open xx-harbour --from sheet.csv
case import xx-harbour nowhere.csv
case import xx-harbour household.yaml
programme show xx-harbor
country show ZZ
plugin show yy
report build xx-harbour nothing --from 2024-01-01 --to 2024-12-31
funding entitlements XX-1 --from 2025-01-01 --to 2024-01-01
--on 2024-13-01 case list
--on 1024-01-01 due
network diff xx-harbour
scenario run nowhere.yaml
scenario run household.yaml
db restore nowhere
db restore sheet.csv
audit verify --seal 7
--db nowhere/there.sqlite3 case list
--db nowhere://there case list
"""


@pytest.mark.usefixtures("speaking")
def test_no_refusal_is_plain_english(typed: Any, to_be_typed: set[str]) -> None:
    escaped = {}
    for line in REFUSALS.splitlines():
        said = typed(line)
        assert said.code != 0, line
        if found := english_in(said.text + said.errors) - TYPED - to_be_typed:
            escaped[line] = found

    assert escaped == {}, "\n".join(map(str, escaped.items()))


@pytest.mark.usefixtures("speaking")
def test_no_help_is_plain_english(typed: Any) -> None:
    escaped = {}
    for line in ("", *lines()):
        said = typed(f"{line} --help")
        assert said.code == 0, line
        # the names of the commands, at the beginning of their lines, are typed as they are, and so are the examples,
        # with which a paragraph ends
        if found := english_in(re.sub(r"(?m:^  [a-z]+(?=  ))|(?s:  kummi .*?(?=\n\n))|\.[a-z]+\b", "", said.text)):
            escaped[line] = found

    assert escaped == {}, "\n".join(map(str, escaped.items()))


def lines() -> Iterator[str]:
    for name in CORE_COMMANDS:
        command = load_command(name)
        yield name
        yield from (f"{name} {below}" for below in command.commands) if isinstance(command, click.Group) else ()


@pytest.mark.usefixtures("speaking")
def test_the_demo_is_not_plain_english(typed: Any) -> None:
    said = typed("demo --full")

    assert said.code == 0, said.errors
    # a report is in the language of its country, and a story is told in that of who wrote it
    text = re.sub(r"^    \S*;.*$|A family is supported by a crew", "", said.text, flags=re.MULTILINE)
    assert english_in(text) == set(), said.text


@pytest.mark.parametrize("path", sorted(Path(cli.__file__).parent.glob("*.py")), ids=lambda path: path.stem)
def test_no_command_prints_a_text_of_its_own(path: Path) -> None:
    found = [
        f"{path.name}:{call.lineno}: {text}"
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ("echo", "prompt")
        for text in _literal(call.args[0] if call.args else None)
        if english_in(text)
    ]

    assert found == []


def _literal(node: ast.expr | None) -> Iterator[str]:
    """Yield the texts of an expression that stand in the source as they are, outside of calls."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.BinOp):
        yield from (*_literal(node.left), *_literal(node.right))
    elif isinstance(node, ast.IfExp):
        yield from (*_literal(node.body), *_literal(node.orelse))
    elif isinstance(node, ast.JoinedStr):
        yield " ".join(each.value for each in node.values if isinstance(each, ast.Constant))


def test_english_that_escaped_would_be_found() -> None:
    assert english_in(pseudo("the case {ref} is closed").format(ref="XX-1")) == set()
    assert english_in(f"{pseudo('the case')} is closed") == {"closed"}
    assert list(_literal(ast.parse("f'{ref} is closed'", mode="eval").body)) == [" is closed"]
