"""The files of a country, the model that each must fit, and their reading, with every fault of every file at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from string import Formatter
from typing import Any

from pydantic import BaseModel, RootModel, ValidationError

from kummi.catalogue.country_plugin import PluginData
from kummi.catalogue.provenance import with_origins
from kummi.catalogue.yaml.model_faults import model_faults
from kummi.catalogue.yaml.source import Keys, YamlSource, read_file, read_yaml
from kummi.errors import Fault, InputError, PluginError, did_you_mean
from kummi.i18n.translator import phrases
from kummi.message import Message
from kummi.model.base import Frozen, Key, Origin
from kummi.model.country import Country, Language
from kummi.model.funding import Scheme
from kummi.model.programme import Programme
from kummi.model.reference import Certainty
from kummi.model.report import Reports
from kummi.model.rule import Rule
from kummi.model.workflow import Workflow


class NamedSource(Frozen):
    """A source as ``references.yaml`` lists it under its id."""

    title: str
    url: str | None = None
    read: str
    certainty: Certainty = Certainty.READ
    note: str | None = None


class ReferencesFile(RootModel[dict[Key, NamedSource]]):
    """Every source under its id."""


class WordsFile(RootModel[dict[Language, dict[str, str]]]):
    """Core's words in other languages: language, key, phrase."""


class ProgrammeFile(Frozen):
    """The programmes of a country."""

    programmes: tuple[Programme, ...] = ()


class WorkflowFile(Frozen):
    """The workflows of a country."""

    workflows: tuple[Workflow, ...] = ()


class EligibilityFile(Frozen):
    """The eligibility rules of a country."""

    rules: tuple[Rule, ...] = ()


class FundingFile(Frozen):
    """The schemes of a country."""

    schemes: tuple[Scheme, ...] = ()


REFERENCES = "references.yaml"
MODELS: dict[str, type[BaseModel]] = {
    "country.yaml": Country,
    "words.yaml": WordsFile,
    "programme.yaml": ProgrammeFile,
    "workflow.yaml": WorkflowFile,
    "eligibility.yaml": EligibilityFile,
    "funding.yaml": FundingFile,
    "reports.yaml": Reports,
}
"""The files beside a country's code, and what each holds."""
OLDER_WORKFLOWS = "workflow-*.yaml"
"""Files of older versions of workflows, each named after its version; they hold what ``workflow.yaml`` held."""
NAMES = (REFERENCES, *MODELS)
FIELDS = {
    "country.yaml": "country",
    "words.yaml": "words",
    "programme.yaml": "programmes",
    "workflow.yaml": "workflows",
    "eligibility.yaml": "rules",
    "funding.yaml": "schemes",
    "reports.yaml": "reports",
}
"""The field of ``PluginData`` that each file fills."""


def read_folder(folder: Path) -> PluginData:
    """Read the YAML files of one country. Raises PluginError with every fault of every file."""
    older = sorted(path.name for path in folder.glob(OLDER_WORKFLOWS))
    sources = [_source(folder, name) for name in (*NAMES, *older)]
    faults = [*_unknown_files(folder), *_empty_files(folder, sources)]
    references = References(_named(sources[0]))
    given: dict[str, Any] = {}
    for source in sources[1:]:
        if source.data is not None:
            references.resolve(source)
            given[source.name] = _validated(source)
    faults += [fault for source in sources for fault in source.faults]
    faults += _word_faults(sources[2], given.get("words.yaml"))
    faults += _workflow_faults(given.get("workflow.yaml"))
    faults += _version_faults(given, older)
    if faults:
        raise PluginError(faults)
    return _given(given)


def _source(folder: Path, name: str) -> YamlSource:
    path = folder / name
    if not path.exists():
        return YamlSource(name)
    try:
        return read_yaml(name, read_file(path))
    except InputError as error:
        return YamlSource(name, faults=[Fault(name, fault.message) for fault in error.faults])


def _unknown_files(folder: Path) -> list[Fault]:
    """A file of a name that nobody reads is a misspelling, not silence."""
    names = sorted(path.name for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    return [
        Fault(name, Message("nothing reads this file{hint}", hint=did_you_mean(name, NAMES)))
        for name in names
        if not _is_read(name)
    ]


def _is_read(name: str) -> bool:
    return name in NAMES or fnmatch(name, OLDER_WORKFLOWS)


def _empty_files(folder: Path, sources: Iterable[YamlSource]) -> list[Fault]:
    """A file that is there and holds nothing is unfinished, or was cut off; a country may leave a file out."""
    empty = (
        source
        for source in sources
        if not source.faults and (folder / source.name).exists() and not _holds_anything(source.data)
    )
    said = Message("the file holds nothing; fill it in, or leave it out")
    return [Fault(f"{source.name}:1", said) for source in empty]


def _holds_anything(data: Any) -> bool:
    return any(bool(each) for each in data.values()) if isinstance(data, dict) else data is not None


def _named(source: YamlSource) -> Mapping[str, NamedSource]:
    """Return the sources that can be used although others may be wrong."""
    if source.data is None:
        return {}
    try:
        return ReferencesFile.model_validate(source.data).root
    except ValidationError as error:
        source.faults += model_faults(source, ReferencesFile, error)
        found = source.data if isinstance(source.data, dict) else {}
        return {name: NamedSource(title=name, read="unknown") for name in found}


def _validated(source: YamlSource) -> Any:
    model = MODELS.get(source.name, WorkflowFile)
    try:
        value = model.model_validate(source.data)
    except ValidationError as error:
        source.faults += model_faults(source, model, error)
        return None
    return with_origins(value, lambda _, path: Origin(plugin="", version="", file=source.name, line=source.line(path)))


def _word_faults(source: YamlSource, words: Any) -> list[Fault]:
    """Check that every translated phrase exists and keeps its braces."""
    faults = []
    known = phrases()
    for language, terms in (words.root if words else {}).items():
        for key, phrase in terms.items():
            if key not in known:
                faults.append(
                    source.fault(
                        (language, key),
                        Message("core has no phrase '{key}'{hint}", key=key, hint=did_you_mean(key, known)),
                    )
                )
            elif (wanted := _braces(key)) != (found := _braces(phrase)):
                message = Message(
                    "{key}: expected the braces {wanted}, found {found}", key=key, wanted=wanted, found=found
                )
                faults.append(source.fault((language, key), message))
    return faults


def _workflow_faults(read: Any) -> list[Fault]:
    """Check that each programme has one workflow: of two, nobody could say which a case is in."""
    faults = []
    first: dict[str, str] = {}
    for workflow in read.workflows if read else ():
        place = f"{workflow.origin.file}:{workflow.origin.line}"
        for programme in dict.fromkeys(workflow.for_):
            if (earlier := first.setdefault(programme, place)) != place:
                message = Message(
                    "a second workflow for the programme '{programme}'; {earlier} gives it one, and it has only one",
                    programme=programme,
                    earlier=earlier,
                )
                faults.append(Fault(place, message))
    return faults


def _version_faults(read: Mapping[str, Any], older: Sequence[str]) -> list[Fault]:
    """Check that an older version is in the file that is named after it, and that no version is there twice."""
    faults = []
    current = read.get("workflow.yaml")
    first = {(programme, each.version): each for each in _workflows(current) for programme in each.for_}
    for name in older:
        for workflow in _workflows(read.get(name)):
            place = f"{name}:{workflow.origin.line if workflow.origin else 1}"
            if name != OLDER_WORKFLOWS.replace("*", workflow.version):
                wanted = OLDER_WORKFLOWS.replace("*", workflow.version)
                faults.append(
                    Fault(
                        place,
                        Message(
                            "version '{version}' is expected in a file named {wanted}",
                            version=workflow.version,
                            wanted=wanted,
                        ),
                    )
                )
            faults += [
                Fault(
                    place,
                    Message(
                        "a second version '{version}' of the workflow of '{programme}'",
                        version=workflow.version,
                        programme=programme,
                    ),
                )
                for programme in dict.fromkeys(workflow.for_)
                if first.setdefault((programme, workflow.version), workflow) is not workflow
            ]
    return faults


def _workflows(read: Any) -> tuple[Workflow, ...]:
    return read.workflows if read else ()


def _braces(phrase: str) -> Message:
    """Say which braces a phrase holds."""
    try:
        names = {f"{{{name}}}" for _, name, _, _ in Formatter().parse(phrase) if name is not None}
    except ValueError:
        return Message("a brace that is not closed")
    return Message("{names}", names=tuple(sorted(names))) if names else Message("none")


def _given(read: Mapping[str, Any]) -> PluginData:
    values: dict[str, Any] = {}
    older = [each for name, value in read.items() if name not in FIELDS for each in _workflows(value)]
    values["older_workflows"] = tuple(older)
    for name, value in read.items():
        if name not in FIELDS:
            continue
        field = FIELDS[name]
        values[field] = value.root if field == "words" else value if field in _WHOLE else getattr(value, field)
    return PluginData(**values)


_WHOLE = ("country", "reports")
"""Files that are one value themselves and do not hold a list of them."""


class References:
    """The sources of one plugin by id."""

    def __init__(self, known: Mapping[str, NamedSource]) -> None:
        self.known = known

    def resolve(self, source: YamlSource) -> None:
        """Replace every ``reference`` of a file by the sources meant; an unknown id is a fault of the file."""
        self._walk(source, source.data, ())

    def _walk(self, source: YamlSource, value: Any, path: Keys) -> None:
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, each in pairs:
            inner = (*path, key)
            if key == "reference" and isinstance(value, dict):
                value[key] = self._resolved(source, each, inner)
            else:
                self._walk(source, each, inner)

    def _resolved(self, source: YamlSource, given: Any, path: Keys) -> list[Any]:
        if isinstance(given, list):
            return [self._one(source, each, (*path, number)) for number, each in enumerate(given)]
        return [self._one(source, given, path)]

    def _one(self, source: YamlSource, given: Any, path: Keys) -> Any:
        """Return one reference as its model takes it."""
        if isinstance(given, str):
            name, _, section = given.partition(": ")
            given = {"id": name.strip(), **({"section": section.strip()} if section.strip() else {})}
        if not isinstance(given, dict) or not isinstance(given.get("id"), str) or "title" in given:
            return given  # the model says what is wrong with it, or it is a whole reference already
        named = self.known.get(given["id"])
        if named is None:
            hint = did_you_mean(given["id"], self.known)
            source.faults.append(
                source.fault(
                    path, Message("no reference '{given}' in references.yaml{hint}", given=given["id"], hint=hint)
                )
            )
            return {"id": given["id"], "title": given["id"], "read": "unknown"}
        return {**named.model_dump(exclude_none=True), **given}
