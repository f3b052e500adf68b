"""The two base classes of everything a plugin declares, and the style of its names."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

KEBAB_CASE = r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$"
SNAKE_CASE = r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$"

Key = Annotated[str, StringConstraints(pattern=KEBAB_CASE, max_length=80)]
"""The id of anything that is declared, such as a stage, task, rule or scheme, in kebab-case: ``first-meeting``."""

FieldName = Annotated[str, StringConstraints(pattern=SNAKE_CASE, max_length=80)]
"""The id of a fact of the case, in snake_case: ``school_place``."""


class Frozen(BaseModel):
    """An immutable value in which an unknown key is a fault, not silence."""

    # Each model is built when it is first used: a command uses few of them alone.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Origin(Frozen):
    """Where a declared value came from."""

    plugin: str
    version: str
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = f", {self.file}:{self.line}" if self.file else ""
        return f"{self.plugin} {self.version}{place}"


class Declared(Frozen):
    """A value that a plugin gives; ``origin`` is filled in when it is loaded."""

    origin: Origin | None = Field(default=None, repr=False)
