"""A speed beside what is possible, both in the same unit."""

from typing import Final

_UNITS: Final = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B"))
_TEN, _HUNDRED = 10, 100


def rate_of_cap(rate: float, cap: float, dash: str) -> str:
    """Such as `0.97 / 1.0 MB/s`; bytes a second, at most 16 columns."""
    most = max(rate, cap)
    if most < 1:
        return dash
    unit, name = next(each for each in _UNITS if most >= each[0])
    now = _figure(rate / unit, 2) if rate >= 1 else dash
    return f"{now} / {_round(cap / unit)} {name}/s"


def _round(value: float) -> str:
    """`1.0`, but `1.94` where that is what it is."""
    words = _figure(value, 2)
    return words[:-1] if words.endswith("0") and value < _TEN else words


def _figure(value: float, digits: int) -> str:
    """Three digits are enough."""
    if value >= _HUNDRED:
        digits = 0
    elif value >= _TEN:
        digits = 1
    return f"{value:.{digits}f}"
