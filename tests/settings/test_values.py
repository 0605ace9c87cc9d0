"""Sizes and rates as people write them."""

import pytest

from hfdl_core.sizes import parse_rate, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("17", 17),
        ("500k", 500_000),
        ("1MB", 1_000_000),
        ("1.5 MB", 1_500_000),
        ("64MiB", 64 * 2**20),
        ("2 gib", 2 * 2**30),
        ("1T", 10**12),
    ],
)
def test_a_size_is_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "-1", "1 XB", "one", "1e6", "1,5M", "inf", "1MBit", "\u0663"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a size is"):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "rate"),
    [("1MB", 10**6), ("1 MB/s", 10**6), ("2MiB / s", 2**21), ("off", None)],
)
def test_a_rate_is_read(text: str, rate: int | None) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["0", "-1MB", "fast", "", "0.2", "800kbps"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a rate is"):
        parse_rate(text)
