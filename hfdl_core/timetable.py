"""A rate for every hour of the week, written as in rclone: `08:00,512k 18:00,30M 23:00,off`.

Units are those of all our sizes: `512k` is 512,000 bytes a second, `512Ki` 524,288, and a plain
`512` is 512. (To rclone 512k is 524,288, and 512 means KiB.)
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, Self

from hfdl_core.sizes import parse_rate

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ENTRY: Final = re.compile(
    r"((?P<day>[a-z]+)-)?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2}),(?P<rate>[^,]+)", re.IGNORECASE
)
_SHORTEST_DAY: Final = 3
_HOURS: Final = 24
_MINUTES: Final = 60
_DAY_MINUTES: Final = _HOURS * _MINUTES


class Change(NamedTuple):
    """From this minute of the week on, which begins on Monday at 00:00, the rate is another."""

    minute: int
    rate: int | None  # bytes a second; None: no limit


@dataclass(frozen=True, slots=True)
class Timetable:
    """A rate limit that may change with the hour; local time is whoever's asks."""

    text: str  # as written
    changes: tuple[Change, ...]  # in order, at least one

    @classmethod
    def parse(cls, text: str) -> Self:
        """A single rate, or `HH:MM,RATE` and `Mon-HH:MM,RATE` with spaces between.

        A ValueError says in one line what is wrong.
        """
        spoken = " ".join(text.split())
        if "," not in spoken:
            return cls(spoken, (Change(0, parse_rate(spoken)),))
        daily: dict[int, int | None] = {}
        weekly: dict[int, int | None] = {}
        for entry in spoken.split(" "):
            day, minute, rate = _read(entry)
            _note(daily if day is None else weekly, _minutes(day, minute), rate, entry)
        # What is said of one day holds against what is said of every day.
        changes = sorted((daily | weekly).items())
        return cls(spoken, tuple(Change(minute, rate) for minute, rate in changes))

    @property
    def is_off(self) -> bool:
        return all(change.rate is None for change in self.changes)

    def rate_at(self, local: datetime) -> int | None:
        """Bytes a second at this moment; None when there is no limit."""
        minute = local.weekday() * _DAY_MINUTES + local.hour * _MINUTES + local.minute
        # Before the first change of the week the last one still holds.
        holds = self.changes[-1]
        for change in self.changes:
            if change.minute <= minute:
                holds = change
        return holds.rate


def _read(entry: str) -> tuple[int | None, int, int | None]:
    match = _ENTRY.fullmatch(entry)
    if match is None:
        raise ValueError(f"{entry!r} is not HH:MM,RATE or Mon-HH:MM,RATE, such as 08:00,512k")
    hour, minute = int(match["hour"]), int(match["minute"])
    if hour >= _HOURS or minute >= _MINUTES:
        raise ValueError(f"{entry!r} has no time of day before its comma")
    try:
        rate = parse_rate(match["rate"])
    except ValueError as error:
        raise ValueError(f"{entry!r}: {error}") from error
    return _day(match["day"], entry), hour * _MINUTES + minute, rate


def _day(name: str | None, entry: str) -> int | None:
    if name is None:
        return None
    for number, day in enumerate(_DAYS):
        if len(name) >= _SHORTEST_DAY and day.startswith(name.lower()):
            return number
    raise ValueError(f"{entry!r} names no day: Mon, Tue, Wed, Thu, Fri, Sat or Sun")


def _minutes(day: int | None, minute: int) -> list[int]:
    days: Iterable[int] = range(len(_DAYS)) if day is None else (day,)
    return [day * _DAY_MINUTES + minute for day in days]


def _note(table: dict[int, int | None], minutes: list[int], rate: int | None, entry: str) -> None:
    if minutes[0] in table:
        raise ValueError(f"{entry!r} says the same time twice")
    table.update(dict.fromkeys(minutes, rate))
