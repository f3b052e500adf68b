"""The data of all countries in one style: the same order of keys, short lines, shared values named where first used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDERS = (*sorted(ROOT.glob("plugins/*/kummi_*")), ROOT / "core/kummi/testing/harbourland")
FILES = sorted(file for folder in FOLDERS for file in folder.glob("*.yaml"))
STORIES = sorted(file for folder in FOLDERS for file in folder.glob("scenarios/*.yaml"))
LONGEST = 140

LANGUAGES = "en fi sv da is nb nn xx"
CRITERION = (
    "fact some_member every_member has done resides_in in equals at_least at_most before after within of age at "
    "all any not python says"
)
ORDER = {
    "country.yaml": (
        "code name languages currency calendar date_forms municipalities municipalities_complete authorities "
        "owners identifiers pathway_ends terms questions disagreements reviews"
    ),
    "municipalities": "code name region subdivision reference",
    "authorities": "id names",
    "names": "name valid_from valid_to reference",
    "owners": "id title authority",
    "identifiers": "id title form day library last_digits options checked note reference",
    "checked": "valid_from valid_to reference",
    "day": "order day_plus month_plus",
    "pathway_ends": "pathway until reference",
    "terms": "id text reference",
    "calendar": "country subdivisions",
    "questions": "text reference",
    "notes": "text reference",
    "disagreements": "about readings",
    "readings": "says reference",
    "reviews": "by on scope",
    "programmes": (
        "id title owner partners supporter standing window form duration municipalities "
        "municipalities_complete countrywide fields notice notes questions disagreements reviews reference"
    ),
    "standing": "is since reference",
    "window": "start end note reference",
    "form": "is members_at_least members_at_most note reference",
    "duration": "at_least at_most agreed disputed note reference",
    "fields": "id title type choices reference",
    "choices": "id title",
    "notice": "deadlines endings",
    "rules": "id for text valid_from valid_to when require settled_by reference",
    "settled_by": "document from",
    "schemes": (
        "id for title payer payee payee_title who starts starts_next_month years_from "
        "may_never_start spans pays instalments age_at rate_on valid_from valid_to base rates share_of needs assumes "
        "claims notes questions reference"
    ),
    "base": "title round_to amounts",
    "amounts": "amount valid_from valid_to reference",
    "share_of": "scheme share on valid_from valid_to reference",
    "spans": "when lasts starts text reference",
    "instalments": "after share payee_title",
    "assumes": "text valid_from valid_to when reference",
    "claims": "text valid_from valid_to by within after reference",
    "rates": "amount share disputed valid_from valid_to year last_year when otherwise text note reference",
    "reports.yaml": "indicators formats duties",
    "indicators": "id code for title counts dated where who by age_bands gap reference",
    "age_bands": "id title from to",
    "formats": (
        "id for title rows dated where who indicators schemes delimiter receiver due columns questions reference"
    ),
    "columns": "id title value type gap reference",
    "duties": "id for title who receiver due reference",
    "workflows": "for version initial reference stages moves",
    "stages": "id phase title deadline reference tasks",
    "tasks": "id kind title owner required when deadline valid_for repeats guidance reference",
    "deadline": "within of reference",
    "moves": "from to outcome title guards",
    "reference": "id section certainty note",
    "references.yaml": "title url read certainty note",
}
ORDER |= dict.fromkeys(("needs", "guards"), ORDER["rules"])
"""The keys of a mapping, by the key or file that it stands under; any other mapping is a text or a criterion."""


def named(files: list[Path]) -> list[object]:
    return [pytest.param(file, id=str(file.relative_to(ROOT))) for file in files]


def mappings(node: yaml.Node, under: str) -> Iterator[tuple[str, yaml.MappingNode]]:
    """Yield every mapping in a file, with the key that it stands under."""
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from mappings(each, under)
    elif isinstance(node, yaml.MappingNode):
        yield under, node
        for key, value in node.value:
            if key.value != "<<":
                yield from mappings(value, under if under == "references.yaml" else key.value)


def order_for(under: str, keys: list[str]) -> list[str]:
    if "en" in keys:
        return LANGUAGES.split()
    return ORDER.get(under, CRITERION).split()


def test_the_style_is_asked_of_every_country() -> None:
    assert len(FOLDERS) == 6
    assert len(FILES) >= 6 * 7
    assert len(STORIES) > 60


@pytest.mark.parametrize("file", named(FILES + STORIES))
def test_no_line_is_longer_than_a_screen_shows(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()

    assert [number for number, line in enumerate(lines, start=1) if len(line) > LONGEST] == []


@pytest.mark.parametrize("file", named([file for file in FILES if file.name != "words.yaml"]))
def test_keys_stand_in_the_same_order_in_every_country(file: Path) -> None:
    root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    is_list = file.name not in ORDER or file.name == "references.yaml"

    for under, node in mappings(root, file.name):
        keys = [key.value for key, _ in node.value]
        if (node is root and is_list) or "<<" in keys:
            continue
        order = order_for(under, keys)
        assert keys == sorted(keys, key=order.index), f"line {node.start_mark.line + 1}: {', '.join(keys)}"


@pytest.mark.parametrize("file", named(FILES))
def test_shared_values_are_named_where_they_are_first_used(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert [line for line in text.splitlines() if line.startswith("x-")] == []
    anchors = [event.anchor for event in yaml.parse(text) if getattr(event, "anchor", None)]
    assert {name for name in anchors if anchors.count(name) == 1} == set(), "an anchor that nothing refers to"
    assert [name for name in anchors if "_" in name] == []


def test_a_report_of_money_names_who_is_paid_for_each_line() -> None:
    """The municipality of a row is that of the last day, which may not be the one that the money went to."""
    reports = [yaml.safe_load(file.read_text()) for file in FILES if file.name == "reports.yaml"]
    money = [each for found in reports for each in found.get("formats", ()) if each["rows"] == "entitlements"]

    assert money
    assert [each["id"] for each in money if "payee" not in {column.get("value") for column in each["columns"]}] == []
