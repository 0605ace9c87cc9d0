"""Byte ranges as people read them: a unit in which both ends can be told apart."""

from typing import Final

from hfdl_tui.wording import figures

_UNITS: Final = ((1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "kB"))
_FINE: Final = 10  # lengths of fewer units than that are shown with a tenth


def range_words(begin: int, end: int) -> str:
    """Such as `1,342-1,374 MB`; the unit fits the length, not the place."""
    length = end - begin
    unit, name = next(((unit, name) for unit, name in _UNITS if length >= unit), (1, "B"))
    if unit == 1:
        return f"{figures.count(begin)}-{figures.count(end)} B"
    digits = 1 if length < _FINE * unit else 0
    return f"{begin / unit:,.{digits}f}-{end / unit:,.{digits}f} {name}"
