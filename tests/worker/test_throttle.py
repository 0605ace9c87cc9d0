"""Of several limits the lowest holds, at every hour and however many workers share."""

from datetime import UTC, datetime, timedelta

import pytest

from hfdl_core.queue import LiveLimits
from hfdl_core.timetable import Timetable
from hfdl_core.worker.rate_limiter import RateLimiter
from hfdl_core.worker.throttle import Throttle
from tests.fleet_parts import MovableClock


class WallClock:
    def __init__(self, hour: int, minute: int) -> None:
        self.now = datetime(2026, 6, 3, hour, minute, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def _throttle(own: str | None = None, wall: WallClock | None = None) -> Throttle:
    limit = None if own is None else Timetable.parse(own)
    return Throttle(RateLimiter(MovableClock()), limit, wall or WallClock(12, 0))


def test_the_rate_changes_with_the_page_of_the_timetable() -> None:
    wall = WallClock(7, 59)
    throttle = _throttle("08:00,512k 23:00,off", wall)
    before = throttle.limiter.rate

    wall.now += timedelta(minutes=1)
    throttle.look()

    assert (before, throttle.limiter.rate) == (None, 512_000)


@pytest.mark.parametrize(
    ("own", "heard", "rate"),
    [
        (None, LiveLimits(), None),
        ("2M", LiveLimits(), 2_000_000),
        ("2M", LiveLimits(worker="1M"), 1_000_000),
        ("2M", LiveLimits(worker="3M"), 2_000_000),
        (None, LiveLimits(fleet="10M", live_workers=8), 1_250_000),
        (None, LiveLimits(fleet="10M", live_workers=0), 10_000_000),
        ("1M", LiveLimits(fleet="10M", live_workers=8), 1_000_000),
        ("2M", LiveLimits(worker="1500k", fleet="10M", live_workers=8), 1_250_000),
        ("2M", LiveLimits(worker="11:00,off 13:00,1k"), 2_000_000),
    ],
)
def test_the_lowest_limit_holds(own: str | None, heard: LiveLimits, rate: float | None) -> None:
    throttle = _throttle(own)

    throttle.hear(heard)

    assert throttle.limiter.rate == rate


def test_a_limit_that_is_lifted_is_gone() -> None:
    throttle = _throttle()
    throttle.hear(LiveLimits(worker="1M", fleet="1M"))

    throttle.hear(LiveLimits())

    assert throttle.limiter.rate is None


def test_a_limit_that_cannot_be_read_leaves_the_one_before(
    caplog: pytest.LogCaptureFixture,
) -> None:
    throttle = _throttle()
    throttle.hear(LiveLimits(fleet="1M"))

    for _ in range(3):
        throttle.hear(LiveLimits(fleet="at will"))

    assert throttle.limiter.rate == 1_000_000
    assert len([line for line in caplog.messages if "cannot be read" in line]) == 1
