"""Write ``docs/hooks.md`` from the hook specifications: ``python -m kummi.catalogue.hooks_page > docs/hooks.md``."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

from kummi import hookspecs

_BANNER = re.compile(r"^# --- (.+?) -+$")
_DEFINITION = re.compile(r"^def (kummi_\w+)\(")
_PART = re.compile(r"^(Args|Returns|Raises):$")
_ITEM = re.compile(r"^ {4}(\w+): (.*)$")


def hooks_page() -> str:
    """Return the page in Markdown: every hook with its signature and what its specification says."""
    parts = ["# Hooks", "This page is made from `core/kummi/hookspecs.py`; change it there.", _prose(hookspecs)]
    for group, names in _groups().items():
        parts.append(f"## {group[0].upper()}{group[1:]}")
        for name in names:
            hook = getattr(hookspecs, name)
            parts += [f"### {name}", f"```\n@hookimpl\n{_signature(hook)}\n```", _prose(hook)]
    return "\n\n".join(parts) + "\n"


def _groups() -> dict[str, list[str]]:
    """Return the hooks under the banners that group them in their module."""
    groups: dict[str, list[str]] = {}
    group = ""
    for line in inspect.getsource(hookspecs).splitlines():
        if banner := _BANNER.match(line):
            group = banner[1]
        elif definition := _DEFINITION.match(line):
            groups.setdefault(group, []).append(definition[1])
    return groups


def _signature(hook: Callable[..., Any]) -> str:
    signature = inspect.signature(hook)
    parameters = ", ".join(f"{each.name}: {each.annotation}" for each in signature.parameters.values())
    return f"def {hook.__name__}({parameters}) -> {signature.return_annotation}: ..."


def _prose(documented: object) -> str:
    """Return a docstring as Markdown."""
    text = inspect.getdoc(documented) or ""
    return "\n".join(_lines(text)).replace("``", "`")


def _lines(text: str) -> Iterator[str]:
    part = ""
    for line in text.splitlines():
        if found := _PART.match(line):
            part = found[1]
            yield f"**{part}**"
            yield ""
        elif part in ("Args", "Raises") and (item := _ITEM.match(line)):
            yield f"- `{item[1]}`: {item[2]}"
        else:
            yield line.strip() if part else line


if __name__ == "__main__":
    sys.stdout.write(hooks_page())
