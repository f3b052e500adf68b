"""A hash of all that a catalogue was made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from pydantic_core import to_jsonable_python

from kummi.catalogue.hook_collector import Answers


def digest_of(answers: Mapping[str, Answers], fingerprints: Mapping[str, str]) -> str:
    """Return a hash of the plugins in use: of the files of each country, and of what code answers."""
    parts = {name: fingerprints.get(name) or _of_answers(each) for name, each in answers.items()}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _of_answers(answers: Answers) -> str:
    content = json.dumps(to_jsonable_python(answers, by_alias=True), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
