"""Tables on a screen: columns stand below each other, whatever the letters, and nothing passes for a row."""

from __future__ import annotations

import subprocess
import sys

from kummi.cli.table import grid, table, wrapped


def test_columns_stand_below_each_other_whatever_the_letters() -> None:
    rows = [("東京", "a"), ("Åbo", "b"), ("e\u0301x", "c")]

    assert table(rows, "  ") == ["  東京  a", "  Åbo   b", "  e\u0301x    c"]


def test_a_cell_stays_in_its_line_and_only_the_last_may_have_several() -> None:
    assert table([("1", "Ai\nno", "first\nsecond"), ("2", "B", "")], "→ ") == [
        "→ 1  Ai\\nno  first",
        "             second",
        "→ 2  B",
    ]


def test_a_grid_wraps_in_its_columns_and_is_none_where_its_words_do_not_fit() -> None:
    rows = [("東京", "to be continued"), ("Åbo", "1\N{NO-BREAK SPACE}000 EUR")]

    assert grid(["Place", "What"], rows, 18) == [
        "Place  What",
        "─────  ───────────",
        "東京   to be",
        "       continued",
        "Åbo    1\N{NO-BREAK SPACE}000 EUR",
    ]
    assert grid(["Place", "What"], rows, 15) is None


def test_lines_are_as_long_as_what_they_take_and_no_word_is_broken() -> None:
    assert wrapped("東京 東京 東京", 9) == ["東京 東京", "東京"]
    assert wrapped("see https://example.org/of-one-piece now", 10, "  ", "  ") == [
        "  see",
        "    https://example.org/of-one-piece",
        "    now",
    ]


def test_european_letters_need_no_library() -> None:
    code = (
        "import sys; from kummi.cli.table import table; table([('Åbo', 'þ – … € ✓')]); sys.exit('rich' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
