"""Tables are aligned, and narrow terminals survive them."""

import pytest

from hfdl_tui.cli.table import Column, Fit, table_lines
from hfdl_tui.wording.printable import cell_width

COLUMNS = (Column("JOB"), Column("REPO", Fit.SHRINK), Column("SIZE", Fit.RIGHT))
ROWS = [("3f2a", "acme/a-rather-long-name-of-a-dataset", "1.2 GB"), ("77", "b/日本", "12 B")]


def test_columns_are_aligned_whatever_the_script() -> None:
    lines = table_lines(COLUMNS, ROWS, None)

    assert lines == [
        "JOB   REPO                                    SIZE",
        "3f2a  acme/a-rather-long-name-of-a-dataset  1.2 GB",
        "77    b/日本                                  12 B",
    ]


def test_names_are_shortened_when_there_is_no_room() -> None:
    lines = table_lines(COLUMNS, ROWS, 30)

    assert lines[1] == "3f2a  acme/a-r…dataset  1.2 GB"


@pytest.mark.parametrize("width", [5, 10, 20, 25, 26, 40, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = table_lines(COLUMNS, ROWS, width)

    assert max(cell_width(line) for line in lines) <= width


def test_very_narrow_terminals_get_one_value_a_line() -> None:
    lines = table_lines(COLUMNS, [("77", "b/c", "12 B"), ("78", "", "1 B")], 12)

    assert lines == ["job: 77", "repo: b/c", "size: 12 B", "", "job: 78", "size: 1 B"]


def test_names_in_a_table_are_harmless() -> None:
    lines = table_lines((Column("PATH"),), [("a\x1b[2J\nb",)], None)

    assert lines == ["PATH", r"a\x1b[2J\nb"]
