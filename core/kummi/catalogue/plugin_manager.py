"""Ask plugins: each alone, so that one that fails takes no other's answer with it."""

from __future__ import annotations

import inspect
import linecache
import os
import sys
from collections.abc import Sequence
from typing import Any

import pluggy
from pluggy import PluginValidationError
from pydantic import TypeAdapter, ValidationError

from kummi import hookspecs
from kummi.catalogue.country_plugin import CountryPlugin
from kummi.catalogue.discover import FoundPlugin
from kummi.errors import Fault, PluginError, did_you_mean, message_of
from kummi.message import Message
from kummi.model.country import Country
from kummi.model.funding import Scheme
from kummi.model.programme import Programme
from kummi.model.report import Reports
from kummi.model.rule import Finding, Rule
from kummi.model.workflow import Workflow

ANSWERS: dict[str, Any] = {
    "kummi_country": Country | None,
    "kummi_words": dict[str, dict[str, str]],
    "kummi_programmes": tuple[Programme, ...],
    "kummi_extends": tuple[str, ...],
    "kummi_workflow": Workflow | None,
    "kummi_older_workflows": tuple[Workflow, ...],
    "kummi_eligibility": tuple[Rule, ...],
    "kummi_funding": tuple[Scheme, ...],
    "kummi_reports": Reports | None,
    "kummi_check_move": tuple[Finding, ...],
    "kummi_render": bytes | None,
    "kummi_after_event": None,
    "kummi_commands": None,
}
"""What each hook answers. A mapping that fits a model is taken for it."""

HOOKS = tuple(ANSWERS)
_DOES = {
    "kummi_check_move": Message("checks of moves"),
    "kummi_render": Message("a form of file"),
    "kummi_after_event": Message("an observer"),
    "kummi_commands": Message("commands"),
}


class AnswerError(PluginError):
    """A plugin raised, or answered with something else than the hook asks for."""


class PluginManager:
    """The plugins that take part, each under its name and version."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._found: dict[str, FoundPlugin] = {}

    def add(self, found: FoundPlugin) -> tuple[Fault, ...]:
        """Let a plugin take part; returns what is wrong with its hooks, and then it does not take part."""
        if found.faults:
            return found.faults
        faults = _hook_faults(found.plugin) or _nothing_given(found)
        if not faults:
            try:
                self._manager.register(found.plugin, str(found))
            except (ValueError, PluginValidationError) as error:
                said = Message("{message}", message=" ".join(str(error).split()))
                faults = [Fault(_where(found.plugin), said)]
        if not faults:
            self._found[str(found)] = found
        return tuple(faults)

    def remove(self, name: str) -> None:
        """Ask this plugin nothing more."""
        self._manager.unregister(name=name)
        del self._found[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The plugins that take part, by name and version."""
        return tuple(self._found)

    def found(self, name: str) -> FoundPlugin:
        """Return the plugin of this name and version."""
        return self._found[name]

    def place(self, name: str, hook: str) -> str:
        """Return file and line of a plugin's hook."""
        return _where(self._found[name].plugin, hook)

    def answering(self, hook: str) -> tuple[str, ...]:
        """Return the plugins that implement a hook."""
        callers = {impl.plugin_name for impl in getattr(self._manager.hook, hook).get_hookimpls()}
        return tuple(name for name in self._found if name in callers)

    def done_by(self, name: str) -> tuple[Message, ...]:
        """Return in words what a plugin does besides giving values at load."""
        return tuple(said for hook, said in _DOES.items() if name in self.answering(hook))

    def ask(self, name: str, hook: str, **arguments: object) -> Any:
        """Ask one plugin one hook. Raises PluginError with what is wrong about its answer, never anything else."""
        plugin = self._found[name].plugin
        others = [each.plugin for each in self._found.values() if each.plugin is not plugin]
        caller = self._manager.subset_hook_caller(hook, others)
        try:
            answer = caller(**arguments)
        except PluginError:
            raise
        except (Exception, SystemExit) as error:  # whatever a plugin raises is that plugin's fault
            reason = Message(
                "{hook} raised {kind}: {error}", hook=hook, kind=type(error).__name__, error=message_of(error)
            )
            raise AnswerError(Fault(_raised_at(plugin, hook, error), reason)) from error
        first = answer if caller.spec and caller.spec.opts["firstresult"] else answer[0] if answer else None
        return first if self.is_from_files(name, hook) else _checked(plugin, hook, first)

    def is_from_files(self, name: str, hook: str) -> bool:
        """Whether a plugin answers a hook with what was read, checked and stamped with its origin before."""
        plugin = self._found[name].plugin
        return isinstance(plugin, CountryPlugin) and plugin.answers_from_files(hook)


_adapters: dict[str, TypeAdapter[Any]] = {}


def _checked(plugin: object, hook: str, answer: object) -> Any:
    """Return the answer as the hook's type. A plugin that answers None where a list is asked for gives nothing."""
    expected = ANSWERS[hook]
    if answer is None:
        return {} if hook == "kummi_words" else () if getattr(expected, "__origin__", None) is tuple else None
    adapter = _adapters.get(hook) or _adapters.setdefault(hook, TypeAdapter(expected))
    try:
        return adapter.validate_python(answer)
    except ValidationError as error:
        raise AnswerError([_answer_fault(plugin, hook, each) for each in error.errors(include_url=False)]) from error


def _answer_fault(plugin: object, hook: str, error: Any) -> Fault:
    place = ".".join(str(part) for part in error["loc"])
    found = error["input"]
    shown = type(found).__name__ if not isinstance(found, (str, int)) else repr(found)
    return Fault(
        _where(plugin, hook),
        Message(
            "{hook} answered {place}: {error}, found {shown}",
            hook=hook,
            place=place or "the whole",
            error=error["msg"],
            shown=shown,
        ),
    )


def _hook_faults(plugin: object) -> list[Fault]:
    """Name functions that look like hooks and are none: misspelled, or not marked."""
    faults = []
    for name in dir(plugin):
        if not name.startswith("kummi_") or not inspect.isroutine(function := getattr(plugin, name)):
            continue
        if name not in HOOKS:
            faults.append(
                Fault(
                    _where(plugin, name),
                    Message("there is no hook '{name}'{hint}", name=name, hint=did_you_mean(name, HOOKS)),
                )
            )
        elif not hasattr(function, f"{hookspecs.PROJECT}_impl"):
            faults.append(
                Fault(
                    _where(plugin, name),
                    Message("'{name}' is not marked with @hookimpl, so nobody would ask it", name=name),
                )
            )
        else:
            given = list(inspect.signature(getattr(hookspecs, name)).parameters)
            faults += [
                Fault(
                    _where(plugin, name),
                    Message(
                        "{name} is given no argument '{each}'{hint}",
                        name=name,
                        each=each,
                        hint=did_you_mean(each, given),
                    ),
                )
                for each in _wanted(function)
                if each not in given
            ]
    return faults


def _wanted(function: Any) -> list[str]:
    """Return the arguments that a hook cannot do without."""
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY)
    arguments = inspect.signature(function).parameters.values()
    return [each.name for each in arguments if each.kind in by_name and each.default is inspect.Parameter.empty]


def _nothing_given(found: FoundPlugin) -> list[Fault]:
    """Say of something that has no hook, or of a country without files, that it gives nothing."""
    plugin = found.plugin
    place = found.place or _where(plugin)
    if isinstance(plugin, CountryPlugin):
        if not plugin.is_data_alone() or any(plugin.folder.glob("*.y*ml")):
            return []
        said = Message(
            "no YAML file lies in its folder '{name}'; the package is to hold country.yaml and others",
            name=plugin.folder.name,
        )
        return [Fault(place, Message("the plugin gives nothing: {said}", said=said))]
    if any(hasattr(plugin, name) for name in HOOKS):
        return []
    plain = f"'{plugin}', " if isinstance(plugin, (int, str)) else ""
    what = (
        Message("this module")
        if inspect.ismodule(plugin)
        else Message("{plain}a value of the type {kind},", plain=plain, kind=type(plugin).__name__)
    )
    return [
        Fault(
            place,
            Message("the plugin gives nothing: {what} has no hook, such as kummi_country or kummi_reports", what=what),
        )
    ]


def _raised_at(plugin: object, hook: str, error: BaseException) -> str:
    """Return the last line of the plugin's own code that led to an error."""
    function = getattr(plugin, hook)
    home = getattr(sys.modules.get(function.__module__.partition(".")[0]), "__path__", None)
    own = _code_of(function).co_filename
    place, trace = "", error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file == own or any(file.startswith(f"{folder}{os.sep}") for folder in home or ()):
            place = f"{_file_name(file)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place or _where(plugin, hook)


def _code_of(function: Any) -> Any:
    return getattr(getattr(function, "__func__", function), "__code__", None)


def _where(plugin: object, hook: str = "") -> str:
    """Return file and line of a hook, or the file of its plugin."""
    code = _code_of(getattr(plugin, hook, None))
    if code is not None:
        return f"{_file_name(code.co_filename)}:{_line_of_def(code)}"
    owner = plugin if inspect.ismodule(plugin) else inspect.getmodule(type(plugin))
    return _file_name(getattr(owner, "__file__", None) or type(plugin).__name__)


def _line_of_def(code: Any) -> int:
    """Return the line of a function's own ``def``, below its decorators."""
    first = int(code.co_firstlineno)
    for number, line in enumerate(linecache.getlines(code.co_filename)[first - 1 :], start=first):
        if line.lstrip().startswith(("def ", "async def ")):
            return number
    return first


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def all_faults(errors: Sequence[PluginError]) -> tuple[Fault, ...]:
    """Return the faults of several errors, each once: one broken file fails every hook that it answers."""
    return tuple(dict.fromkeys(fault for error in errors for fault in error.faults))
