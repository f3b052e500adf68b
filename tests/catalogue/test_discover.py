"""Plugins found one by one: installed ones by entry point, drafts in a folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kummi.catalogue import load
from kummi.catalogue.discover import discover
from kummi.errors import PluginError

ONE_FILE = """
from kummi import Rule, hookimpl
from kummi.testing.harbourland import harbourland_plugin

COUNTRY = harbourland_plugin()


@hookimpl
def kummi_country():
    return COUNTRY.kummi_country()


@hookimpl
def kummi_programmes():
    return COUNTRY.kummi_programmes()


@hookimpl
def kummi_workflow(programme):
    return COUNTRY.kummi_workflow(programme)
"""


PACKAGE = """
from kummi import CountryPlugin, hookimpl

from .names import PIER


class Ours(CountryPlugin):
    @hookimpl
    def kummi_programmes(self):
        return [each for each in super().kummi_programmes() if each.id == PIER]


plugin = Ours(__package__)
"""


def install(folder: Path, name: str, entry_points: str, module: str) -> None:
    """Lay out a distribution as pip would."""
    info = folder / f"{name}-3.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 3.2\n")
    (info / "entry_points.txt").write_text(f"[kummi]\n{entry_points}\n")
    (folder / f"{name}.py").write_text(module)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


class TestInstalled:
    def test_plugin_has_the_name_of_its_entry_point_and_the_version_of_its_distribution(self, site: Path) -> None:
        install(site, "zz_one", "zz = zz_one", "")

        (found,) = discover({"ZZ"})

        assert str(found) == "zz 3.2"

    def test_country_that_is_not_wanted_is_not_even_imported(self, site: Path) -> None:
        install(site, "zz_other", "zz = zz_other", "")
        discover({"qq"})

        assert "zz_other" not in sys.modules

    def test_plugin_that_is_of_no_country_is_always_found(self, site: Path) -> None:
        install(site, "zz_study", "study = zz_study", "")

        assert [each.name for each in discover({"qq"})] == ["study"]

    def test_plugin_that_cannot_be_imported_is_named_and_the_next_is_found(self, site: Path) -> None:
        install(site, "zz_bad", "zz-bad = zz_bad", "import nothing_of_this_name")
        install(site, "zz_good", "zz-good = zz_good", "")

        bad, good = discover({"zz"})

        assert (bad.name, bad.plugin) == ("zz-bad", None)
        assert str(bad.faults[0]) == (
            "zz_bad: the plugin cannot be imported: ModuleNotFoundError: No module named 'nothing_of_this_name'"
        )
        assert good.faults == ()

    def test_plugin_that_wants_to_leave_while_it_is_imported_is_named_and_the_next_is_found(self, site: Path) -> None:
        install(site, "zz_leaves", "zz-a = zz_leaves", "raise SystemExit(3)")
        install(site, "zz_stays", "zz-b = zz_stays", "")

        leaves, stays = discover({"zz"})

        assert str(leaves.faults[0]) == "zz_leaves: the plugin cannot be imported: SystemExit: 3"
        assert stays.faults == ()

    def test_entry_point_that_names_nothing_is_that_plugins_fault(self, site: Path) -> None:
        install(site, "zz_empty", "zz = zz_empty:plugin", "")

        assert "has no attribute 'plugin'" in str(discover({"zz"})[0].faults[0])

    def test_plugins_come_sorted_by_name(self, site: Path) -> None:
        install(site, "zz_b", "zz-b = zz_b\nzz-a = zz_b", "")

        assert [each.name for each in discover({"zz"})] == ["zz-a", "zz-b"]


class TestGivesNothing:
    """What is no plugin, or has nothing to give, is named with the line on which it is said to be one."""

    def faults(self, plugins_dir: Path | None = None) -> list[str]:
        return [str(each.fault) for each in load({"zz"}, plugins_dir=plugins_dir).faults]

    def test_entry_point_that_is_no_plugin(self, site: Path) -> None:
        install(site, "zz_three", "zz = zz_three:plugin", "import os\n\nplugin = 3\n")

        assert self.faults() == [
            "zz_three.py:3: the plugin gives nothing: '3', a value of the type int, has no hook, "
            "such as kummi_country or kummi_reports"
        ]

    @pytest.mark.parametrize(
        ("content", "line", "what"),
        [
            ("\nplugin = 3\n", 2, "'3', a value of the type int,"),
            ("plugin: object = None\n", 1, "a value of the type NoneType,"),
            ("X = 1\nfrom pathlib import Path as plugin\n", 2, "a value of the type type,"),
            ("def helper():\n    return 1\n", 1, "this module"),
        ],
    )
    def test_draft_that_is_no_plugin(self, tmp_path: Path, content: str, line: int, what: str) -> None:
        (tmp_path / "draft.py").write_text(content)

        assert self.faults(tmp_path) == [
            f"draft.py:{line}: the plugin gives nothing: {what} has no hook, such as kummi_country or kummi_reports"
        ]

    def test_package_whose_data_was_left_out(self, site: Path) -> None:
        install(site, "zz_bare", "zz = kummi_zz_bare:plugin", "")
        (site / "kummi_zz_bare").mkdir()
        (site / "kummi_zz_bare" / "__init__.py").write_text(
            '"""Ours."""\n\nfrom kummi import CountryPlugin\n\nplugin = CountryPlugin(__package__)\n'
        )

        assert self.faults() == [
            "kummi_zz_bare/__init__.py:5: the plugin gives nothing: no YAML file lies in its folder 'kummi_zz_bare'; "
            "the package is to hold country.yaml and others"
        ]


class TestDrafts:
    def test_one_file_gives_a_whole_country(self, tmp_path: Path) -> None:
        (tmp_path / "draft.py").write_text(ONE_FILE)

        catalogue = load({"xx"}, plugins_dir=tmp_path)

        assert catalogue.faults == ()
        assert str(catalogue.programme("xx-harbour").programme.origin).startswith("draft.py draft")

    def test_one_file_may_hold_a_plugin_object(self, tmp_path: Path) -> None:
        (tmp_path / "draft.py").write_text(
            "from kummi.testing.harbourland import harbourland_plugin\nplugin = harbourland_plugin()\n"
        )

        assert list(load({"xx"}, plugins_dir=tmp_path).programmes) == ["xx-harbour", "xx-lighthouse"]

    def test_folder_with_a_country_is_a_draft(self, make_country, tmp_path: Path) -> None:
        make_country("drafts/ours")

        catalogue = load({"xx"}, plugins_dir=tmp_path / "drafts")

        assert [str(each.name) for each in catalogue.plugins] == ["ours"]
        assert list(catalogue.programmes) == ["xx-harbour", "xx-lighthouse"]

    def test_code_of_a_folder_is_run_as_when_it_is_installed(self, make_country, tmp_path: Path) -> None:
        """With its other modules, by relative import, and what it changes about the files."""
        ours = make_country("drafts/ours")
        ours.write("names.py", "PIER = 'xx-lighthouse'\n")
        ours.write("__init__.py", PACKAGE)

        catalogue = load({"xx"}, plugins_dir=tmp_path / "drafts")

        assert catalogue.faults == ()
        assert list(catalogue.programmes) == ["xx-lighthouse"]
        ours.write("names.py", "PIER = 'xx-harbour'\n")
        assert list(load({"xx"}, plugins_dir=tmp_path / "drafts").programmes) == ["xx-harbour"]

    @pytest.mark.parametrize(
        ("content", "fault"),
        [
            ("\n1 / 0\n", "ours/__init__.py:2: the plugin cannot be imported: ZeroDivisionError: division by zero"),
            ("from . import wrong\n", "ours/wrong.py:1: the plugin cannot be imported: SystemExit: 4"),
            ("plgin = 3\n", "ours/__init__.py: expected an object named 'plugin', such as: plugin = CountryPlugin"),
        ],
    )
    def test_code_of_a_folder_that_fails_is_a_fault_with_its_line(
        self, make_country, tmp_path: Path, content: str, fault: str
    ) -> None:
        ours = make_country("drafts/ours")
        ours.write("wrong.py", "raise SystemExit(4)\n")
        ours.write("__init__.py", content)

        (found,) = load({"xx"}, plugins_dir=tmp_path / "drafts").faults

        assert str(found.fault).startswith(fault)

    def test_other_files_and_those_with_an_underscore_are_passed_over(self, tmp_path: Path) -> None:
        for name in ("_shared.py", "notes.txt"):
            (tmp_path / name).write_text("raise ValueError")
        (tmp_path / "empty").mkdir()

        assert load({"xx"}, plugins_dir=tmp_path).plugins == ()

    @pytest.mark.parametrize(
        ("content", "where", "message"),
        [
            ("import os\n1 / 0\n", "draft.py:2", "ZeroDivisionError: division by zero"),
            ("x = (\n", "draft.py:1", "SyntaxError"),
            ("\nraise SystemExit('no')\n", "draft.py:2", "SystemExit: no"),
        ],
    )
    def test_draft_that_cannot_be_imported_says_its_line_and_others_go_on(
        self, make_country, tmp_path: Path, content: str, where: str, message: str
    ) -> None:
        make_country("ours")
        (tmp_path / "draft.py").write_text(content)

        catalogue = load({"xx"}, plugins_dir=tmp_path)

        (fault,) = catalogue.faults
        assert (fault.plugin, fault.fault.where) == ("draft.py", where)
        assert message in str(fault.fault.message)
        assert list(catalogue.programmes) == ["xx-harbour", "xx-lighthouse"]

    def test_draft_that_changed_is_read_anew(self, tmp_path: Path) -> None:
        (tmp_path / "draft.py").write_text("1 / 0")
        assert load({"xx"}, plugins_dir=tmp_path).faults
        (tmp_path / "draft.py").write_text(ONE_FILE)

        assert load({"xx"}, plugins_dir=tmp_path).faults == ()

    def test_folder_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(PluginError, match="--plugins-dir: there is no folder"):
            load({"xx"}, plugins_dir=tmp_path / "nowhere")


def test_draft_whose_country_is_no_regular_file_is_named_and_read_no_further(tmp_path: Path) -> None:
    (tmp_path / "harbour").mkdir()
    (tmp_path / "harbour" / "country.yaml").symlink_to("/dev/zero")

    found = load(plugins_dir=tmp_path, countries=["xx"])

    assert ["not a regular file" in str(fault) for fault in found.faults] == [True]


@pytest.mark.parametrize("code", ["raise SystemExit", "raise GeneratorExit", "plugin = 3"])
def test_draft_folder_of_code_alone_is_found_and_its_fault_is_named(tmp_path: Path, code: str) -> None:
    (tmp_path / "fold").mkdir()
    (tmp_path / "fold" / "__init__.py").write_text(code + "\n")

    found = load(plugins_dir=tmp_path, countries=["xx"])

    assert [each.plugin for each in found.faults] == ["fold"]
