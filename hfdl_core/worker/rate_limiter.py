"""Holds a worker's lanes together to so many bytes a second; the rate may change at any moment."""

import threading
from typing import Final

from hfdl_core.transfer import Cancel
from hfdl_core.worker.time_source import TimeSource

# What an idle line may save up: enough to hide the steps of the scheduler.
_BURST_SECONDS: Final = 0.25
# A new rate is felt by those who wait within this time.
_LOOK_SECONDS: Final = 0.25


class RateLimiter:
    """A token bucket that may be overdrawn: who took bytes waits until they are paid for.

    Waiting before the next read leaves the bytes with the server: TCP slows it down. Those who wait
    are served in the order in which they came.
    """

    def __init__(self, time: TimeSource) -> None:
        self._time = time
        self._lock = threading.Lock()
        self._rate: float | None = None  # bytes a second; None: as fast as it goes
        self._taken = 0.0  # bytes, ever
        self._granted = 0.0  # bytes, ever; ahead of what was taken by a burst at most
        self._granted_at = time.monotonic()

    @property
    def rate(self) -> float | None:
        return self._rate

    def set_rate(self, rate: float | None) -> None:
        """Bytes a second from now on; None lifts the limit, for those who wait, too."""
        with self._lock:
            self._grant()
            self._rate = rate

    def take(self, size: int, cancel: Cancel) -> None:
        """Count bytes that have arrived and wait for their time; TransferCancelled if it comes."""
        with self._lock:
            self._grant()
            self._taken += size
            ticket = self._taken
        while (wait := self._seconds_until(ticket)) > 0:
            cancel.wait(min(wait, _LOOK_SECONDS))
            cancel.check()

    def _seconds_until(self, ticket: float) -> float:
        with self._lock:
            self._grant()
            if self._rate is None or self._granted >= ticket:
                return 0.0
            return (ticket - self._granted) / self._rate

    def _grant(self) -> None:
        now = self._time.monotonic()
        if self._rate is None:
            self._granted = self._taken
        else:
            earned = self._granted + (now - self._granted_at) * self._rate
            self._granted = min(earned, self._taken + self._rate * _BURST_SECONDS)
        self._granted_at = now
