"""What the sources of core must not hold, and what every module must: read as text, so that nothing slips through."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import yaml

import kummi

ROOT = Path(__file__).parents[2]
CORE = ROOT / "core" / "kummi"
SOURCES = sorted(path for path in CORE.rglob("*") if path.suffix in (".py", ".yaml", ".mako", ".md", ".toml"))
MODULES = [path for path in SOURCES if path.suffix == ".py"]
PLUGINS = sorted((ROOT / "plugins").glob("*/kummi_*/**/*.py"))
DATA = sorted(path for folder in ("core", "plugins") for path in (ROOT / folder).rglob("*.yaml"))

COUNTRIES = (
    r"finland|finnish|finns?|suomi|suomen\w*|suomalai\w*|åland\w*|sweden|swedish|swedes?|sverige\w*|svensk\w*"
    r"|denmark|danish|danes?|danmark\w*|dansk\w*|norway|norwegians?|norge\w*|noreg|norsk\w*|iceland\w*|ísland\w*"
    r"|íslensk\w*|nordics?"
)
CURRENCIES = r"EUR|SEK|DKK|ISK|NOK|kronor|kroner|krónur|euros?"
AUTHORITIES = (
    r"migrationsverket|länsstyrelse\w*|skatteverket|ELY[- ]\w+|migri|kela|TE[- ]toimisto|maahanmuuttovirasto"
    r"|hyvinvointialue\w*|udlændinge\w*|SIRI|IMDi|UDI|utlendings\w*|NAV|vinnumálastofnun|útlendingastofnun|AMIF|UNHCR"
    r"|fjölmenningarsetur|red cross|amnesty|humak|kompis|finlex|lovdata|retsinformation|riksdag\w*|storting\w*"
    r"|folketing\w*|eduskunta|alþingi"
)
LANGUAGE_LIST = (
    r"""["']fi["']\s*,\s*["']sv["']|["']sv["']\s*,\s*["']fi["']|\[\s*(?:fi|sv|da|nb|nn|is)\s*(?:,\s*\w\w\s*)*\]"""
)
PROGRAMMES = r"(?:fi|se|dk)-[a-z-]{3,}"
LAWS = r"\b\d{2,4}/20\d{2}\b|SFS \d{4}|LOV-\d{4}|kotoutumis\w*|kotoutumi\w*|integrationslov\w*|introduksjonslov\w*"
ELSEWHERE = r"/(?:home|root|users)/[\w.-]+"


def found_in(path: Path, pattern: str, flags: int = re.IGNORECASE) -> list[str]:
    """Return the places of a file where a whole word matches."""
    words = re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", flags)
    return [
        f"{path.relative_to(ROOT) if ROOT in path.parents else path.name}:{number}: {line.strip()[:120]}"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if words.search(line)
    ]


@pytest.mark.parametrize(
    ("what", "pattern", "flags"),
    [
        ("a country", COUNTRIES, re.IGNORECASE),
        ("a currency", CURRENCIES, 0),
        ("an authority or organisation", AUTHORITIES, 0),
        ("a list of languages", LANGUAGE_LIST, 0),
        ("a law", LAWS, re.IGNORECASE),
        ("a programme", PROGRAMMES, 0),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) and value.startswith("a") else "",
)
def test_core_holds_nothing_of_a_country(what: str, pattern: str, flags: int) -> None:
    found = [place for path in SOURCES for place in found_in(path, pattern, flags)]

    assert not found, f"core names {what}; it belongs into a plugin:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("# as the Finnish Act says", COUNTRIES),
        ("currency = 'SEK'", CURRENCIES),
        ("owner: Migrationsverket", AUTHORITIES),
        ("LANGUAGES = ('fi', 'sv')", LANGUAGE_LIST),
        ("languages: [fi, sv, en]", LANGUAGE_LIST),
        ("section 4 of 872/2024", LAWS),
        ("case open se-mora", PROGRAMMES),
        ("open('/home/somebody/facts.yaml')", ELSEWHERE),
    ],
)
def test_what_is_looked_for_would_be_found(tmp_path: Path, line: str, pattern: str) -> None:
    path = tmp_path / "core.py"
    path.write_text(f"x = 1\n{line}\n", encoding="utf-8")

    assert found_in(path, pattern) == [f"core.py:2: {line}"]


def test_no_source_knows_a_place_on_somebodys_machine() -> None:
    pages = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "docs").glob("*.py")]
    data = sorted((ROOT / "plugins").glob("*/kummi_*/**/*.yaml"))

    found = [place for path in (*SOURCES, *PLUGINS, *data, *pages) for place in found_in(path, ELSEWHERE)]

    assert not found, "\n".join(found)


def _calls(path: Path) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))


def test_only_the_command_line_prints() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in (*MODULES, *PLUGINS)
        for call in _calls(path)
        if isinstance(call.func, ast.Name) and call.func.id in ("print", "breakpoint")
    ]

    assert found == []


def test_one_place_opens_every_file_that_a_command_writes() -> None:
    """The others write where no file of anybody lies: the cache, the demo's throw-away folder, a new database."""
    writing = r"\w*\.write_(?:bytes|text)\(.*|(?:\w+\.)?open\([^)]*[\"'][wxa]b?\+?[\"'].*|os\.open\(.*|mkstemp\(.*"
    core = ROOT / "core" / "kummi"
    others = {
        core / each
        for each in (
            "store/output_file.py",
            "catalogue/cache.py",
            "cli/demo.py",
            "cli/terminal.py",
            "reporting/files.py",
            "store/dialects/sqlite.py",
        )
    }

    found = [place for path in (*MODULES, *PLUGINS) if path not in others for place in found_in(path, writing, 0)]

    assert found == []


def _imported(path: Path) -> Iterator[tuple[str, str]]:
    """Yield every module that a source imports, for types alone too, with each name that it takes from there."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", each.name) for each in node.names)


def _reads_from(call: ast.Call, table: str) -> bool:
    """Whether a call selects columns of a table, or puts the table into what is selected from."""
    match call.func:
        case ast.Name(id="select"):
            return any(
                isinstance(each, ast.Name) and each.id == table for given in call.args for each in ast.walk(given)
            )
        case ast.Attribute(attr="select_from" | "join" | "outerjoin"):
            return any(isinstance(given, ast.Name) and given.id == table for given in call.args)
        case ast.Attribute(value=ast.Name(id=name), attr="select"):
            return name == table
    return False


def _within(path: Path) -> str:
    return path.relative_to(CORE).as_posix()


def test_only_the_store_and_the_compiler_of_rules_import_sqlalchemy() -> None:
    doors = ("store/", "rules/compile_sql.py", "rules/sql_dates.py")

    found = {_within(path) for path in MODULES for module, _ in _imported(path) if module.split(".")[0] == "sqlalchemy"}

    assert sorted(each for each in found if not each.startswith(doors)) == []
    assert found >= set(doors[1:])


@pytest.mark.parametrize("table", ["persons", "notes"])
def test_personal_rows_are_read_and_written_by_one_module(table: str) -> None:
    """Audit and backup know them from the register of streams, as they know every table."""
    door = f"store/{table}.py"
    others = {"store/streams.py", "store/tables.py"}

    found = {
        _within(path)
        for path in MODULES
        if ("kummi.store.tables", table) in set(_imported(path)) or found_in(path, rf"tables\.{table}", 0)
    }

    assert found - others == {door}


def test_every_query_of_cases_begins_where_they_are_limited() -> None:
    others = {CORE / "store" / "cases.py"}

    found = [
        f"{_within(path)}:{call.lineno}"
        for path in MODULES
        if path not in others and path.is_relative_to(CORE / "store")
        for call in _calls(path)
        if _reads_from(call, "cases")
    ]

    assert found == []


@pytest.mark.parametrize("path", [*MODULES, *PLUGINS], ids=lambda path: str(path.relative_to(ROOT)))
def test_module_says_what_it_is_for(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))

    assert said
    assert len(said.split()) > 2


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "manager", "misc", "common", "base_utils"}

    assert [path for path in MODULES if path.stem in drawers] == []


def test_nothing_is_left_to_be_done_later() -> None:
    found = [place for path in (*MODULES, *PLUGINS) for place in found_in(path, "TODO|FIXME|XXX|HACK", 0)]

    assert found == []


def test_every_name_that_authors_import_is_there_and_documented() -> None:
    for name in kummi.__all__:
        value = getattr(kummi, name)
        assert name == "hookimpl" or value.__doc__, f"kummi.{name} has no docstring"


def test_names_that_authors_import_are_sorted_and_complete() -> None:
    assert list(kummi.__all__) == sorted(kummi.__all__)
    assert set(kummi.__all__) == set(kummi._HOMES)


def test_every_module_can_be_imported_alone() -> None:
    for path in MODULES:
        if "migrations" not in path.parts:
            parts = path.relative_to(CORE.parent).with_suffix("").parts
            import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))


@pytest.mark.parametrize("path", DATA, ids=lambda path: str(path.relative_to(ROOT)))
def test_data_file_can_be_read_where_libyaml_is_not_there(path: Path) -> None:
    """PyYAML's own parser is stricter in places, such as a question mark that ends a text within brackets."""
    with path.open(encoding="utf-8") as file:
        assert list(yaml.parse(file, Loader=yaml.SafeLoader))
