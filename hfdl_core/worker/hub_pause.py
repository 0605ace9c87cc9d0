"""One wait for all connections of a worker when the Hub asks for patience."""

import logging
import random
import threading

from hfdl_core.errors import HfdlError, TransferCancelled
from hfdl_core.retry import RetryPolicy
from hfdl_core.worker.lease import Lease
from hfdl_core.worker.time_source import Stop, TimeSource

logger = logging.getLogger(__name__)

_LONGEST_BUSY_WAIT_SECONDS = 300.0  # the Hub's own window
_LOOK_SECONDS = 0.5


class HubPause:
    """The leases stay held meanwhile: nobody's attempt is charged."""

    def __init__(self, retry: RetryPolicy, time: TimeSource, stop: Stop) -> None:
        self._retry = retry
        self._time = time
        self._stop = stop
        self._until = float("-inf")
        self._strikes = 0
        self._lock = threading.Lock()
        self.reason = ""

    @property
    def is_on(self) -> bool:
        return self._time.monotonic() < self._until

    def ask(self, error: HfdlError, lease: Lease) -> None:
        """Pause every connection of this worker for as long as the Hub asked, or with backoff."""
        with self._lock:
            self._strikes += 1
            wait = min(self._retry.busy_delay(error, self._strikes), _LONGEST_BUSY_WAIT_SECONDS)
            self._until = max(self._until, self._time.monotonic() + wait)
            self.reason = str(error)
        logger.info("%s: waits %.1f s (%s)", self.reason, wait, lease.path)

    def served(self) -> None:
        """Bytes arrive again: the next pause begins short."""
        self._strikes = 0

    def wait(self, lease: Lease) -> None:
        """Return when the pause is over; TransferCancelled when the lease or the worker is to stop.

        A worker that stops, however politely, does not wait the Hub's minutes for its lease: it
        goes back with what it has.
        """
        if not self.is_on:
            return
        # A little chance keeps the connections of a fleet from coming back in one instant.
        late = random.uniform(0, min(1.0, self._seconds_left()))  # noqa: S311
        while (left := self._seconds_left() + late) > 0:
            if lease.cancel.wait(min(left, _LOOK_SECONDS)) or self._stop.is_asked:
                raise TransferCancelled(f"stopped while waiting for the Hub ({self.reason})")

    def _seconds_left(self) -> float:
        return self._until - self._time.monotonic()
