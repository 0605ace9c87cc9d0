"""Sizes, rates, times and shares as people read them; decimal units, as the Hub shows them."""

import math
from datetime import UTC, datetime
from typing import Final

import humanize

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400
NOTHING: Final = "-"


def size(count_bytes: float) -> str:
    """Such as `1.2 GB`."""
    return humanize.naturalsize(count_bytes).replace(" Bytes", " B").replace(" Byte", " B")


def rate(bytes_per_second: float) -> str:
    """Such as `9.7 MB/s`; a dash when nothing moves."""
    return f"{size(bytes_per_second)}/s" if bytes_per_second >= 1 else NOTHING


def count(number: int) -> str:
    """Such as `1,024`."""
    return humanize.intcomma(number)


def files(number: int) -> str:
    """Such as `1 file` or `1,024 files`."""
    return f"{count(number)} {'file' if number == 1 else 'files'}"


def duration(seconds: float | None) -> str:
    """The two largest units, such as `4 h 52 m`; a dash when unknown."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    whole = max(0, round(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} m {whole % _MINUTE} s"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} m"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR} h"


def ago(when: datetime, now: datetime | None = None) -> str:
    """Such as `3 m 4 s ago`."""
    return f"{duration(((now or datetime.now(UTC)) - when).total_seconds())} ago"


def percent(done: int, total: int, *, is_complete: bool) -> str:
    """Never 100 % before the end: the last byte is not yet the last digest."""
    if is_complete:
        return "100 %"
    if total <= 0:
        return "0.0 %"
    return f"{min(99.9, math.floor(1000 * done / total) / 10):.1f} %"
