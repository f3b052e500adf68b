"""How a finding looks on the screen."""

from __future__ import annotations

from collections.abc import Iterable

from kummi.cli.app import App
from kummi.cli.terminal import one_line
from kummi.i18n.translator import Translator
from kummi.model.rule import Finding, Result

MARKS = {Result.MET: "✓", Result.NOT_MET: "✗", Result.UNKNOWN: "?"}


def finding_lines(app: App, finding: Finding, indent: str = "", translator: Translator | None = None) -> Iterable[str]:
    """Say a finding in a few lines: the rule and its result, the reason, what settles it, the source."""
    translator = translator or app.translator()
    result = translator.term("result", finding.result.value)
    yield f"{indent}{MARKS[finding.result]} {finding.rule}: {result}. {one_line(translator.say(finding.reason))}"
    if finding.result is not Result.MET:
        if finding.settle:
            yield f"{indent}    {translator.gettext('to settle it')}: {translator.say(finding.settle)}"
        for reference in finding.reference:
            yield f"{indent}    {translator.gettext('source')}: {translator.say(reference.citation)}"
