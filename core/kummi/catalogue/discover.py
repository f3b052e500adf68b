"""Find plugins: installed ones by their entry points, drafts in a folder. Each alone, so that one fails alone."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from types import ModuleType

from kummi.catalogue.country_plugin import CountryPlugin
from kummi.errors import Fault, PluginError
from kummi.message import Message

GROUP = "kummi"
DRAFT = "draft"
"""The version of a plugin that is not installed."""
_OF_A_COUNTRY = re.compile(r"([a-z]{2})(?:-.*)?")


@dataclass(frozen=True)
class FoundPlugin:
    """A plugin as it was found; ``plugin`` is None where importing it failed, and ``faults`` says why.

    ``code`` is the module that holds it, and ``attribute`` its name there, empty where it is the module itself.
    """

    name: str
    version: str
    plugin: object | None
    faults: tuple[Fault, ...] = ()
    code: ModuleType | None = None
    attribute: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def place(self) -> str:
        """File and line on which the code names the plugin; empty where it was not found in code."""
        file = getattr(self.code, "__file__", None)
        if file is None:
            return ""
        path = Path(file)
        given = re.compile(rf"{re.escape(self.attribute)}\b[^=]*=(?!=)|.*\bimport\b.*\b{re.escape(self.attribute)}\b")
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if self.attribute else []
        line = next((number for number, each in enumerate(lines, start=1) if given.match(each)), 1)
        return f"{f'{path.parent.name}/' if path.stem == '__init__' else ''}{path.name}:{line}"


def discover(countries: Collection[str] | None = None, plugins_dir: Path | None = None) -> tuple[FoundPlugin, ...]:
    """Import plugins, sorted by name.

    Args:
        countries: Codes of the countries wanted; None means all. An installed plugin whose entry point is named after
            another country is not even imported. Drafts are always taken.
        plugins_dir: A folder of drafts: one-file plugins, and sub-folders that hold a ``country.yaml``. The code of a
            sub-folder, its ``__init__.py``, is run as it will be when it is installed.

    Raises:
        PluginError: If there is no such folder.
    """
    wanted = None if countries is None else {code.lower() for code in countries}
    found = [_installed(point) for point in metadata.entry_points(group=GROUP) if is_wanted(point.name, wanted)]
    found += _drafts(plugins_dir) if plugins_dir else []
    return tuple(sorted(found, key=str))


def is_wanted(name: str, countries: Collection[str] | None) -> bool:
    """Whether an entry point of this name may concern one of the countries.

    >>> [is_wanted(name, {"xx"}) for name in ("xx", "xx-reports", "yy", "research")]
    [True, True, False, True]
    """
    of_a_country = _OF_A_COUNTRY.fullmatch(name)
    return countries is None or of_a_country is None or of_a_country[1] in countries


def _installed(point: metadata.EntryPoint) -> FoundPlugin:
    version = point.dist.version if point.dist else DRAFT
    try:
        plugin = point.load()
    except (Exception, SystemExit, GeneratorExit) as error:  # noqa: BLE001  # whatever a foreign module raises is that plugin's fault
        return FoundPlugin(point.name, version, None, (Fault(point.value, _reason(error)),))
    return FoundPlugin(point.name, version, plugin, code=sys.modules.get(point.module), attribute=point.attr)


def _drafts(folder: Path) -> Iterator[FoundPlugin]:
    if not folder.is_dir():
        raise PluginError(Fault("--plugins-dir", Message("there is no folder '{folder}'", folder=folder)))
    for path in sorted(folder.iterdir()):
        if path.suffix == ".py" and path.is_file() and not path.name.startswith("_"):
            yield _one_file(path)
        elif (path / "country.yaml").exists() or (path / "__init__.py").is_file():
            yield _folder(path)  # also where country.yaml is a pipe or device: reading it says what is wrong


def _one_file(path: Path) -> FoundPlugin:
    """Import a draft of one file: its object ``plugin``, or else the hooks of the module itself."""
    try:
        module = _import(path, path.stem)
    except (Exception, SystemExit, GeneratorExit) as error:  # noqa: BLE001  # as above
        return FoundPlugin(path.name, DRAFT, None, (Fault(_place(path, error), _reason(error)),))
    attribute = "plugin" if hasattr(module, "plugin") else ""
    return FoundPlugin(path.name, DRAFT, getattr(module, "plugin", module), code=module, attribute=attribute)


def _folder(path: Path) -> FoundPlugin:
    """Import a draft that is a package, as an entry point would; one of data alone has no code to be run."""
    code = path / "__init__.py"
    if not code.is_file():
        return FoundPlugin(path.name, DRAFT, CountryPlugin(path))
    try:
        module = _import(code, path.name, package=path)
    except (Exception, SystemExit, GeneratorExit) as error:  # noqa: BLE001  # as above
        return FoundPlugin(path.name, DRAFT, None, (Fault(_place(path, error), _reason(error)),))
    if not hasattr(module, "plugin"):
        wanted = Message("expected an object named 'plugin', such as: plugin = CountryPlugin(__package__)")
        return FoundPlugin(path.name, DRAFT, None, (Fault(f"{path.name}/__init__.py", wanted),))
    return FoundPlugin(path.name, DRAFT, module.plugin, code=module, attribute="plugin")


def _import(path: Path, stem: str, package: Path | None = None) -> ModuleType:
    """Import a file under a name that no installed module can have. Raises whatever it raises."""
    name = f"kummi-draft-{stem}"
    for each in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
        del sys.modules[each]  # of a draft of this name that was looked at before
    within = [str(package)] if package else None
    spec = util.spec_from_file_location(name, path, submodule_search_locations=within)
    assert spec is not None  # a .py file has a loader
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pydantic look their module up by name
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _reason(error: BaseException) -> Message:
    return Message("the plugin cannot be imported: {kind}: {error}", kind=type(error).__name__, error=error)


def _place(path: Path, error: BaseException) -> str:
    """Return the last line of the draft itself, a file or a folder, that led to the error."""
    at = (error.filename, error.lineno) if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if path in (Path(file), *Path(file).parents):
            at = file, trace.tb_lineno
        trace = trace.tb_next
    if at is None or at[0] is None:
        return path.name
    return f"{Path(at[0]).relative_to(path.parent)}:{at[1]}"
