"""YAML as it is read: words stay words, lines are known, and hostile files end in a fault."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kummi.catalogue.yaml.read_folder import read_folder
from kummi.catalogue.yaml.source import MAX_BYTES, MAX_DEPTH, YamlSource, read_file, read_yaml
from kummi.errors import InputError, PluginError


def read(text: str) -> YamlSource:
    return read_yaml("some.yaml", text.encode())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("007", "007"),
        ("12.50", "12.50"),
        ("1e3", "1e3"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("2025-01-01", "2025-01-01"),
        ('"12"', "12"),
        ("'true'", "true"),
    ],
)
def test_plain_words_mean_what_the_core_of_yaml_1_2_says(written: str, meant: object) -> None:
    assert read(f"key: {written}").data == {"key": meant}


def test_keys_are_always_text() -> None:
    assert read("no: a\n1: b\ntrue: c").data == {"no": "a", "1": "b", "true": "c"}


def test_every_value_knows_its_line() -> None:
    source = read("a:\n  - b: 1\n    c: 2\n  - d\n")

    assert [source.at(path) for path in (("a",), ("a", 0, "c"), ("a", 1))] == [
        "some.yaml:1",
        "some.yaml:3",
        "some.yaml:4",
    ]


def test_line_of_a_value_that_is_not_there_is_that_of_what_stands_around_it() -> None:
    assert read("a:\n  b: 1\n").line(("a", "missing", "deeper")) == 1


def test_names_of_union_members_in_a_path_are_passed_over() -> None:
    source = read("require:\n  all:\n    - fact: pathway\n      in: 3\n")

    assert source.line(("require", "all", "all", 0, "in", "in")) == 4


def test_key_given_twice_is_a_fault_at_its_second_line() -> None:
    assert [str(each) for each in read("a: 1\nb: 2\na: 3").faults] == [
        "some.yaml:3: the key 'a' is already given above; each key once"
    ]


def test_anchors_aliases_and_merged_keys_are_values_and_own_keys_win() -> None:
    source = read("base: &base {a: 1, b: 2}\nlist: [*base]\nmerged: {<<: *base, b: 3}\nboth: {<<: [{a: 9}, *base]}")

    assert source.faults == []
    assert source.data["list"] == [{"a": 1, "b": 2}]
    assert source.data["merged"] == {"a": 1, "b": 3}
    assert source.data["both"] == {"a": 9, "b": 2}


def test_keys_of_the_file_that_begin_with_x_hold_anchors_and_are_left_out() -> None:
    assert read("x-shared: &s {en: a}\ntitle: *s\ninner: {x-kept: 1}").data == {
        "title": {"en": "a"},
        "inner": {"x-kept": 1},
    }


def test_syntax_error_is_a_fault_with_its_line() -> None:
    (fault,) = read("a: 1\nb: [1, 2\nc: 3\n").faults

    assert fault.where == "some.yaml:3"
    assert str(fault.message).startswith("not valid YAML: look here for a bracket")


@pytest.mark.parametrize(
    "content",
    ["a: *Amal", "a: &Amal 1\nb: &Amal", "a: 'Amal", "Amal\n: b", "a: @Amal", "%Amal", "a: %Amal", "--- a\n--- Amal"],
)
def test_syntax_error_is_told_in_our_own_words_which_repeat_nothing_of_the_file(content: str) -> None:
    for fault in read(content).faults:
        assert str(fault.message).startswith("not valid YAML: ")
        assert "Amal" not in str(fault.message)
        assert "found" not in str(fault.message)


def test_tags_are_refused_so_that_no_file_makes_an_object() -> None:
    (fault,) = read("a: !!python/object/apply:os.system [echo]").faults

    assert fault.where == "some.yaml:1"
    assert "tags such as" in str(fault.message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a" * (MAX_BYTES + 1), "at most 2000000 are read"),
        (b"a: \xff", "expected text in UTF-8"),
        (b"a: 1\nb: \x00", "not valid YAML"),
        (b"[" * (MAX_DEPTH + 5) + b"]" * (MAX_DEPTH + 5), "nested more than 60 deep"),
        (b"[" * 100_000, "nested more than 60 deep"),
        (b"[ " * 5000, "nested more than 60 deep"),
        (b"{[" * 5000, "nested more than 60 deep"),
        (b"[a, " * 5000, "nested more than 60 deep"),
        (b"- " * 5000, "nested more than 60 deep"),
        (b"--- a\n--- b\n", "not valid YAML"),
        (b"? [a, b]\n: c", "a key must be a word"),
        (b"a: {<<: [1]}", "merges mappings only"),
    ],
)
def test_hostile_file_ends_in_one_fault(content: bytes, message: str) -> None:
    (fault,) = read_yaml("some.yaml", content).faults

    assert any(part in str(fault.message) for part in message.split("|")), fault


@pytest.mark.parametrize(
    ("content", "line", "named"),
    [
        ("a: &a [*a]", 1, 1),
        ("a: &a {<<: *a}", 1, 1),
        ("a: &a\n  <<: *b\nb: &b\n  x: 1\n", None, None),
        ("rules:\n  - id: x\n    require: &ask\n      all:\n        - {has: arrived}\n        - any:\n"
         "            - {has: opened}\n            - *ask\n    when: *ask\n", 8, 3),
        ("a: &a\n  b: &b\n    c: 1\n    <<: *a\n", 4, 1),
    ],
)  # fmt: skip
def test_value_that_holds_itself_is_a_fault_at_the_line_of_the_alias(
    content: str, line: int | None, named: int | None
) -> None:
    faults = [str(each) for each in read(content).faults]

    if line is None:
        assert "not valid YAML" in faults[0]  # an alias before its anchor
    else:
        assert faults == [
            f"some.yaml:{line}: this alias stands inside the very value that it names (line {named}), "
            "which would never end"
        ]


def test_aliases_that_multiply_are_counted_each_time_and_stop_early() -> None:
    levels = ["a0: &a0 [1,1,1,1,1,1,1,1,1,1]"]
    levels += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    (fault,) = read("\n".join(levels)).faults

    assert "more than 300000 values" in str(fault.message)


@pytest.mark.parametrize("innermost", ["{}", "{a: 1}"])
def test_merges_that_multiply_are_counted_each_time_and_stop_early(innermost: str) -> None:
    levels = [f"k0: &k0 {innermost}"]
    levels += [f"k{n}: &k{n} {{<<: [{','.join([f'*k{n - 1}'] * 9)}]}}" for n in range(1, 20)]

    (fault,) = read("\n".join(levels)).faults

    assert "more than 300000 values" in str(fault.message)


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.mkdir()])
def test_what_is_no_regular_file_is_refused_and_not_waited_for(make: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "country.yaml"
    make(path)

    with pytest.raises(InputError, match=r"country\.yaml: is not a regular file"):
        read_file(path)
    with pytest.raises(PluginError, match=r"country\.yaml: is not a regular file"):
        read_folder(tmp_path)


def test_empty_file_holds_nothing_and_is_no_fault() -> None:
    source = read("# nothing yet\n")

    assert (source.data, source.faults) == (None, [])
