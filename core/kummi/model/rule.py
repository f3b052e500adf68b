"""A rule: a criterion with an id, words, a source and dates."""

from __future__ import annotations

from pydantic import Field

from kummi.model.base import Declared, Frozen, Key
from kummi.model.criterion import Criterion
from kummi.model.period import Dated
from kummi.model.reference import References
from kummi.model.text import Text


class Settlement(Frozen):
    """What would settle a rule that is not met or unknown: which document, from whom."""

    document: Text
    from_: Text = Field(alias="from")


class Rule(Declared, Dated):
    """What must hold of a case, from one day to another.

    ``text`` states the rule so that its opposite is the reason for a refusal. ``when`` says whom it is about: where it
    is not met the rule does not apply. ``for`` limits it to some programmes of the country; empty means all of them.
    """

    id: Key
    text: Text
    when: Criterion | None = None
    require: Criterion
    settled_by: Settlement | None = None
    reference: References = Field(min_length=1)
    for_: tuple[Key, ...] = Field(default=(), alias="for")
