"""Bars, sparks and charts: their base is zero, and they promise nothing before it is true."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfdl_tui.dashboard.view.drawing.bars import (
    ages,
    bar,
    chart,
    framed_bar,
    round_top,
    row_spark,
    spark,
)
from hfdl_tui.dashboard.view.drawing.glyphs import ASCII, UNICODE, Glyphs

BOTH = st.sampled_from([UNICODE, ASCII])


@pytest.mark.parametrize(
    ("share", "drawn"),
    [
        (0.0, "    "),
        (0.03125, "▏   "),
        (0.5, "██  "),
        (0.61, "██▍ "),
        (0.999999, "███▉"),
        (1.0, "████"),
        (7.0, "████"),
        (-1.0, "    "),
        (math.nan, "    "),
    ],
)
def test_a_bar_is_full_only_at_the_end(share: float, drawn: str) -> None:
    assert bar(share, 4, UNICODE) == drawn


def test_a_bar_in_ascii_and_in_its_frame() -> None:
    assert bar(0.999, 4, ASCII) == "### "
    assert framed_bar(1.0, 6, ASCII) == "[####]"
    assert framed_bar(0.5, 6, UNICODE) == "▕██  ▏"


@given(st.floats(), st.integers(0, 50), BOTH)
def test_a_bar_is_as_wide_as_wanted(share: float, width: int, glyphs: Glyphs) -> None:
    assert len(bar(share, width, glyphs)) == width


def test_a_steady_rate_is_full_height() -> None:
    assert spark([3e9] * 6, 6, UNICODE) == "██████"


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_a_spark_in_a_row_leaves_the_topmost_step_free(glyphs: Glyphs) -> None:
    assert row_spark([3e9] * 6, 6, glyphs) == glyphs.levels[-2] * 6
    assert row_spark([0, 1, 50, 100], 4, UNICODE) == " ▁▄▇"
    assert row_spark([], 2, glyphs) == "  "


def test_a_spark_has_its_base_at_zero_and_shows_the_least_that_moves() -> None:
    assert spark([0, 1, 50, 100], 4, UNICODE) == " ▁▄█"
    assert spark([0, 0], 2, UNICODE) == "  "
    assert spark([5, 5], 2, UNICODE, top=10) == "▄▄"
    assert spark([50], 2, UNICODE, top=10) == " █"


def test_a_spark_has_the_newest_at_the_right_and_averages_what_is_too_much() -> None:
    assert spark([1, 2], 4, UNICODE, top=2) == "  ▄█"
    assert spark([0, 2, 2, 2], 2, UNICODE, top=2) == "▄█"
    assert spark([], 3, UNICODE) == "   "


@given(st.lists(st.floats(), max_size=80), st.integers(0, 30), BOTH)
def test_a_spark_is_as_wide_as_wanted(samples: list[float], width: int, glyphs: Glyphs) -> None:
    assert len(spark(samples, width, glyphs)) == width


def test_a_chart_has_an_axis_and_full_height_at_its_top() -> None:
    lines = chart([0, 2e6, 5e6, 10e6], 15, 4, UNICODE)

    assert lines == [
        "10.0 MB/s ┤   █",
        "          ┤   █",
        " 5.0 MB/s ┤  ██",
        "        0 ┼ ▇██",
    ]


@given(st.lists(st.floats(0, 1e12), max_size=200), st.integers(0, 120), st.integers(1, 12), BOTH)
def test_a_chart_fills_its_place(
    samples: list[float], width: int, height: int, glyphs: Glyphs
) -> None:
    lines = chart(samples, width, height, glyphs, label=lambda value: f"{value / 1e6:.0f}")

    assert len(lines) == height
    assert len({len(line) for line in lines}) == 1
    assert not glyphs.is_ascii or "".join(lines).isascii()


@given(st.floats(1, 1e15))
def test_the_top_of_a_chart_is_round_and_not_too_high(largest: float) -> None:
    top = round_top(largest)

    assert largest <= top <= 2.5 * largest * (1 + 1e-9)
    assert f"{top:.0e}"[0] in "125"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.62, "0.6 s"),
        (-3.0, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (41.4, "41 s"),
        (17_533.0, "4 h 52 m"),
        (None, "-"),
        (math.inf, "-"),
        (math.nan, "-"),
    ],
)
def test_an_age_is_short_and_never_negative(seconds: float | None, shown: str) -> None:
    assert ages(seconds) == shown
