"""What is kept between runs is never stale, and nothing but a faultless country is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from kummi import CountryPlugin, Rule, hookimpl
from kummi.catalogue import Catalogue, FoundPlugin, load_found, validate
from kummi.testing.harbourland import harbourland_plugin


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The programmes that were checked, in order: what a cache answers is not."""
    done: list[str] = []
    real = validate.check_programme

    def counted(entry, lines):
        done.append(entry.id)
        return real(entry, lines)

    monkeypatch.setattr(validate, "check_programme", counted)
    return done


def kept_files(cache: Path) -> list[Path]:
    return sorted(cache.rglob("*.json"))


def shown(catalogue: Catalogue) -> list[object]:
    """Everything in a catalogue's programmes, origins included."""
    return [
        [each.programme, each.country, each.workflow, each.rules, each.schemes, each.reports, each.terms]
        for each in catalogue.programmes.values()
    ]


def test_second_load_gives_the_same_and_proves_nothing_again(country, tmp_path: Path, proofs: list[str]) -> None:
    cache = tmp_path / "cache"
    first = country.load(cache=cache)
    second = country.load(cache=cache)

    assert shown(first) == shown(second)
    assert first == second
    assert proofs == ["xx-harbour", "xx-lighthouse"]


def test_file_that_was_edited_gives_its_new_value(country, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    country.load(cache=cache)
    country.replace("funding.yaml", "amount: 3720.00", "amount: 3721.00")

    entry = country.load(cache=cache).programme("xx-harbour")

    assert "3721.00" in [str(rate.amount) for rate in entry.schemes[0].rates]


def test_edit_that_breaks_a_country_is_seen_and_so_is_its_repair(country, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    country.load(cache=cache)
    country.replace("workflow.yaml", "kind: consent", "kind: talk")
    assert country.load(cache=cache).programmes == {}
    country.replace(
        "workflow.yaml",
        "title: {en: The household consents",
        "kind: consent\n            title: {en: The household consents",
    )
    assert country.load(cache=cache).faults

    fresh = harbourland_plugin().folder / "workflow.yaml"
    country.write("workflow.yaml", fresh.read_text())

    assert country.load(cache=cache).faults == ()


def test_one_plugin_object_sees_edits_without_a_cache_too(country) -> None:
    plugin = CountryPlugin(country.path)
    load_found((FoundPlugin("xx", "1.0", plugin),))
    country.replace("country.yaml", "currency: XTS", "currency: XXX")

    assert load_found((FoundPlugin("xx", "1.0", plugin),)).country("XX").currency == "XXX"


@pytest.mark.parametrize("spoil", ["", "{", "[]", "null", '{"key": "other"}'])
def test_file_that_is_spoilt_is_passed_over(country, tmp_path: Path, spoil: str, proofs: list[str]) -> None:
    cache = tmp_path / "cache"
    country.load(cache=cache)
    (kept,) = kept_files(cache)
    kept.write_text(spoil)

    assert country.load(cache=cache).faults == ()
    assert len(proofs) == 4
    assert json.loads(kept.read_text())["key"] == kept.stem


def test_file_of_another_key_under_this_name_is_passed_over(country, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    country.load(cache=cache)
    (kept,) = kept_files(cache)
    text = kept.read_text()
    kept.write_text(text.replace(kept.stem, "0" * 64).replace('"XTS"', '"XXX"'))

    assert country.load(cache=cache).country("XX").currency == "XTS"


def test_another_version_of_the_plugin_is_read_anew(country, tmp_path: Path, proofs: list[str]) -> None:
    for version in ("1.0", "1.1"):
        catalogue = load_found((FoundPlugin("xx", version, CountryPlugin(country.path)),), tmp_path / "cache")

    assert catalogue.programme("xx-harbour").workflow.origin.version == "1.1"
    assert len(proofs) == 4


def test_only_the_latest_contents_are_kept(country, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    country.load(cache=cache)
    country.replace("funding.yaml", "amount: 3720.00", "amount: 3721.00")
    country.load(cache=cache)

    assert len(kept_files(cache)) == 1


def test_country_with_a_fault_is_not_kept(country, tmp_path: Path) -> None:
    country.replace("workflow.yaml", "kind: consent", "kind: talk")
    country.load(cache=tmp_path / "cache")

    assert kept_files(tmp_path / "cache") == []


def test_folder_that_cannot_be_written_changes_nothing(country, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")

    assert country.load(cache=tmp_path / "cache").faults == ()


def test_guest_is_asked_and_checked_although_its_host_is_kept(country, tmp_path: Path) -> None:
    class Guest:
        @hookimpl
        def kummi_eligibility(self, programme: str) -> Sequence[Rule]:
            rule = harbourland_plugin().kummi_eligibility("xx-harbour")[0]
            broken = {"fact": "fields.nothing", "equals": True}
            return [Rule.model_validate({**rule.model_dump(by_alias=True), "id": "xx-guest", "require": broken})]

    cache = tmp_path / "cache"
    country.load(cache=cache)
    catalogue = country.load(Guest(), cache=cache)

    assert list(catalogue.programmes) == ["xx-harbour", "xx-lighthouse"]
    assert {fault.plugin for fault in catalogue.faults} == {"other-1"}


def test_code_of_a_subclass_is_asked_each_time(country, tmp_path: Path) -> None:
    class Moody(CountryPlugin):
        limit = 2

        @hookimpl
        def kummi_eligibility(self, programme: str) -> Sequence[Rule]:
            return super().kummi_eligibility(programme)[: self.limit]

    plugin, cache = Moody(country.path), tmp_path / "cache"
    counts = []
    for Moody.limit in (2, 1):
        catalogue = load_found((FoundPlugin("xx", "1.0", plugin),), cache)
        counts.append((len(catalogue.programme("xx-harbour").rules), catalogue.digest))

    assert [count for count, _ in counts] == [2, 1]
    assert counts[0][1] != counts[1][1]


def test_load_from_the_cache_imports_neither_yaml_nor_the_proofs(country, tmp_path: Path) -> None:
    country.load(cache=tmp_path / "cache")
    script = f"""
import sys
from pathlib import Path
from kummi.catalogue import FoundPlugin, load_found
from kummi.catalogue.country_plugin import CountryPlugin
found = FoundPlugin("xx", "1.0", CountryPlugin(Path({str(country.path)!r})))
assert load_found((found,), Path({str(tmp_path / "cache")!r})).programmes
print(sorted({{"yaml", "holidays", "transitions", "sqlalchemy", "kummi.lifecycle", "kummi.rules"}} & set(sys.modules)))
"""

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
