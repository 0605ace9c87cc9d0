"""How sizes and rates are written: `500k`, `1.5 MB`, `64 MiB/s`, `off`."""

import re
from typing import Final

_SIZE: Final = re.compile(
    r"(?P<number>[0-9]{1,18}(\.[0-9]+)?)\s*(?P<unit>[kmgt]i?)?b?", re.IGNORECASE
)
_PER_SECOND: Final = re.compile(r"\s*/\s*s$", re.IGNORECASE)
_POWERS: Final = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_UNLIMITED: Final = frozenset({"off", "none", "unlimited"})


def parse_size(text: str) -> int:
    """Bytes: `500k`, `1.5 MB` (powers of 1000) or `64 MiB` (of 1024). ValueError otherwise."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError("a size is a number with a unit, such as 500k, 1.5MB or 64MiB")
    unit = (match["unit"] or "").lower()
    base = 1024 if unit.endswith("i") else 1000
    return int(float(match["number"]) * base ** _POWERS[unit.removesuffix("i")])


def parse_rate(text: str) -> int | None:
    """Bytes a second: a size, `/s` may follow; None for `off`. ValueError otherwise."""
    if text.strip().lower() in _UNLIMITED:
        return None
    try:
        rate = parse_size(_PER_SECOND.sub("", text.strip()))
    except ValueError:
        rate = 0
    if rate < 1:
        raise ValueError("a rate is a size a second, such as 500k, 1MB or 2MiB/s, or off")
    return rate
