"""So many bytes a second, over all lanes, also when the rate changes under those who wait."""

import threading
import time

import pytest
from typing_extensions import override

from hfdl_core.errors import TransferCancelled
from hfdl_core.transfer import Cancel
from hfdl_core.worker.rate_limiter import RateLimiter
from hfdl_core.worker.time_source import RealTime


class SteppingClock(Cancel):
    """Stands still but for those who wait: a wait takes exactly its time."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds

    @override
    def wait(self, seconds: float) -> bool:
        self.seconds += seconds
        return super().wait(0)


def test_without_a_limit_nobody_waits() -> None:
    clock = SteppingClock()
    limiter = RateLimiter(clock)

    limiter.take(10**12, clock)

    assert clock.seconds == 100.0


def test_bytes_take_their_time_but_for_a_quarter_of_a_second() -> None:
    clock = SteppingClock()
    limiter = RateLimiter(clock)
    limiter.set_rate(1000)
    clock.seconds += 3600  # an idle hour saves up no more than the burst

    for _ in range(10):
        limiter.take(500, clock)

    assert clock.seconds - 3700 == pytest.approx(4.75)


def test_a_piece_larger_than_a_second_of_the_rate_is_paid_for() -> None:
    clock = SteppingClock()
    limiter = RateLimiter(clock)
    limiter.set_rate(1000)

    limiter.take(256_000, clock)

    assert clock.seconds - 100 == pytest.approx(256)


def test_a_limit_set_after_a_fast_hour_begins_at_once() -> None:
    clock = SteppingClock()
    limiter = RateLimiter(clock)
    limiter.take(10**9, clock)
    limiter.set_rate(1000)

    limiter.take(2000, clock)

    assert clock.seconds - 100 == pytest.approx(2)


def test_a_stop_ends_the_wait() -> None:
    clock = SteppingClock()
    limiter = RateLimiter(clock)
    limiter.set_rate(1)
    clock.cancel()

    with pytest.raises(TransferCancelled):
        limiter.take(10**6, clock)

    assert clock.seconds - 100 < 1


@pytest.mark.parametrize("rate", [None, 10**9])
def test_who_sleeps_feels_a_new_rate_within_a_second(rate: float | None) -> None:
    limiter = RateLimiter(RealTime())
    limiter.set_rate(1)
    sleeper = threading.Thread(target=limiter.take, args=(10**6, Cancel()), daemon=True)
    sleeper.start()
    time.sleep(0.1)
    assert sleeper.is_alive()

    limiter.set_rate(rate)

    sleeper.join(1)
    assert not sleeper.is_alive()


def test_several_lanes_share_the_rate() -> None:
    limiter = RateLimiter(RealTime())
    limiter.set_rate(1_000_000)
    begun = time.monotonic()
    takers = [
        threading.Thread(target=_take_often, args=(limiter, 50_000, 6), daemon=True)
        for _ in range(4)
    ]
    for taker in takers:
        taker.start()

    for taker in takers:
        taker.join(10)

    assert 0.9 < time.monotonic() - begun < 2.0


def _take_often(limiter: RateLimiter, size: int, times: int) -> None:
    for _ in range(times):
        limiter.take(size, Cancel())
