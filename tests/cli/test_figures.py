"""Figures as people read them."""

import math
from datetime import UTC, datetime

import pytest

from hfdl_tui.wording import figures


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 m 0 s"),
        (3599, "59 m 59 s"),
        (17_520, "4 h 52 m"),
        (259_200, "3 d 0 h"),
        (-3, "0 s"),
        (None, "-"),
        (math.inf, "-"),
        (math.nan, "-"),
    ],
)
def test_durations_have_two_units(seconds: float | None, shown: str) -> None:
    assert figures.duration(seconds) == shown


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0 B"), (1, "1 B"), (999, "999 B"), (9_700_000, "9.7 MB")]
)
def test_sizes_are_decimal(size: int, shown: str) -> None:
    assert figures.size(size) == shown


def test_nothing_moving_is_no_rate() -> None:
    assert figures.rate(0.2) == "-"
    assert figures.rate(1_000_000) == "1.0 MB/s"


@pytest.mark.parametrize(
    ("done", "total", "is_complete", "shown"),
    [
        (0, 0, True, "100 %"),
        (0, 0, False, "0.0 %"),
        (432, 1000, False, "43.2 %"),
        (1000, 1000, False, "99.9 %"),
        (999_999, 1_000_000, False, "99.9 %"),
        (1000, 1000, True, "100 %"),
    ],
)
def test_only_what_is_verified_is_100_percent(
    done: int, total: int, is_complete: bool, shown: str
) -> None:
    assert figures.percent(done, total, is_complete=is_complete) == shown


def test_how_long_ago() -> None:
    then, now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC), datetime(2026, 3, 1, 12, 3, 4, tzinfo=UTC)

    assert figures.ago(then, now) == "3 m 4 s ago"
