"""The base classes of everything that is shown, and how it becomes JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from kummi.model.reference import Reference
from kummi.model.text import Translatable

Say = Callable[[Translatable | tuple[Translatable, ...] | None], str]
"""Returns a text or phrase in the language asked for, and an empty string for None."""


def cited(references: Iterable[Reference], say: Say) -> str:
    """Return sources in one line."""
    return "; ".join(say(each.citation) for each in references)


Amount = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)? [A-Z]{3}$", examples=["2400.00 XTS"])]
"""An amount with its currency."""


class View(BaseModel):
    """What is shown of one thing, and nothing else. A key with a default is left out where it is not given."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Written(View):
    """What a command shows that writes."""

    dry_run: bool = Field(default=True, description="There in a dry run alone, of which nothing is kept.")


Shown = View | Sequence[View]
"""What a command shows: one thing, or a list."""


def to_json(shown: Shown, *, dry_run: bool = False) -> str:
    """Return the JSON of what a command shows, in the order in which its fields are declared.

    Args:
        shown: One view, or a list of them.
        dry_run: Say that nothing was kept; a list does not say it.
    """
    data: Any = _plain(shown) if isinstance(shown, View) else [_plain(each) for each in shown]
    if dry_run and isinstance(data, dict):
        data["dry_run"] = True
    return json.dumps(data, ensure_ascii=False, indent=2)


def _plain(view: View) -> dict[str, Any]:
    return view.model_dump(mode="json", by_alias=True, exclude_unset=True)
