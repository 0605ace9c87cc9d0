"""Permits for one kind of requests to the Hub, fetched in small batches from the fleet's quota."""

import logging
import random
import threading
from typing import Final, Protocol

from hfdl_core.errors import QueueError
from hfdl_core.queue import Permits, QuotaTold
from hfdl_core.transfer import RateLimit
from hfdl_core.worker.quota_window import QuotaWindow
from hfdl_core.worker.time_source import TimeSource

logger = logging.getLogger(__name__)

# A permit that is not used by then is given up; the next batch tells so.
_GOOD_SECONDS: Final = 2.0
_BATCH_SECONDS: Final = 1.0
# Redis is left alone for so long after it failed to answer.
_ALONE_SECONDS: Final = 5.0
# A Hub whose answers tell of no quota has none; this is asked again now and then.
_FREE_SECONDS: Final = 10.0
# Who waits is woken by news; without any it looks by itself now and then.
_LOOK_SECONDS: Final = 1.0
# People look every few seconds: a pause shows at least so long.
_SHOWN_SECONDS: Final = 2.5
_SHORTEST_SHOWN_PAUSE_SECONDS: Final = 0.05


class QuotaQueue(Protocol):
    """The part of the queue that is asked here."""

    def note_quota(self, owner: str, bucket: str, told: QuotaTold) -> None: ...

    def take_quota(
        self, owner: str, bucket: str, holder: str, *, held: int, wanted: int
    ) -> Permits: ...


class PermitPool:
    """Shared by all connections of a worker that ask the Hub under one name."""

    def __init__(
        self, queue: QuotaQueue, owner: str, bucket: str, holder: str, time: TimeSource
    ) -> None:
        self._queue = queue
        self._owner = owner
        self._bucket = bucket
        self._holder = holder
        self._time = time
        self._chance = random.Random()  # noqa: S311 - jitter, not a secret
        self._lock = threading.Condition()
        self._window = QuotaWindow(time)
        self._unused = 0
        self._good_until = float("-inf")
        self._in_flight = 0
        self._waiting = 0
        self._used_since_asked = 0
        self._asked_at = float("-inf")
        self._ask_at = float("-inf")
        self._is_asking = False
        self._is_told = False  # the others know of the present window
        self._holders = 1
        self._alone_until = float("-inf")
        self._free_until = float("-inf")
        self._shown_until = float("-inf")

    @property
    def is_holding_back(self) -> bool:
        """Whether connections wait for permits now, or did a moment ago."""
        return self._time.monotonic() < self._shown_until

    def take(self) -> bool:
        """True with a permit, which is to be settled; never waits."""
        with self._lock:
            return self._use_one()

    def wait_or_ask(self) -> None:
        """Return when there may be a permit, or when there is other news."""
        with self._lock:
            self._waiting += 1
            pause = self._ask_at - self._time.monotonic()
            mine = pause <= 0 and not self._is_asking
            if not mine:
                self._pause(pause)
                self._waiting -= 1
                return
            self._is_asking = True
        try:
            self._ask()
        finally:
            with self._lock:
                self._is_asking = False
                self._waiting -= 1
                self._lock.notify_all()

    def wake(self) -> None:
        """There is news for those who wait: a transfer is cancelled, or the worker stops."""
        with self._lock:
            self._lock.notify_all()

    def settle(self) -> None:
        """The request of a permit is over, whatever came of it."""
        with self._lock:
            self._in_flight -= 1

    def note(self, limit: RateLimit) -> None:
        """Hear what an answer told; the others hear of it soon, or at once when it is urgent."""
        with self._lock:
            self._free_until = float("-inf")
            self._window.note(limit)
            is_urgent = limit.remaining == 0 or not self._is_told
            told = self._window.take_news() if is_urgent and not self._is_alone() else None
        if told is not None:
            try:
                self._tell(told)
            except QueueError as error:
                self._go_alone(error)

    def nothing_told(self) -> None:
        """An answer told of no quota."""
        with self._lock:
            self._free_until = self._time.monotonic() + _FREE_SECONDS
            self._lock.notify_all()

    def _use_one(self) -> bool:
        now = self._time.monotonic()
        if now >= self._good_until:
            self._unused = 0
        is_free = now < self._free_until
        if self._unused == 0 and not is_free:
            return False
        self._unused -= not is_free
        self._used_since_asked += 1
        self._in_flight += 1
        return True

    def _pause(self, seconds: float) -> None:
        # Before the first answer nobody knows of a quota: that moment is no pause.
        if self._is_told and seconds >= _SHORTEST_SHOWN_PAUSE_SECONDS:
            self._shown_until = self._time.monotonic() + _SHOWN_SECONDS
        # Not above zero: another asks right now, and wakes us.
        self._lock.wait(min(seconds, _LOOK_SECONDS) if seconds > 0 else _LOOK_SECONDS)

    def _ask(self) -> None:
        with self._lock:
            if self._is_alone():
                self._ask_oneself()
                return
            now = self._time.monotonic()
            # Who used up a batch within a second takes a larger one: Redis is asked less often.
            used = self._used_since_asked if now - self._asked_at < _BATCH_SECONDS else 0
            held, wanted = self._unused + self._in_flight, max(self._waiting, 2 * used)
            self._asked_at, self._used_since_asked = now, 0
            told = self._window.take_news()
        try:
            if told is not None:
                self._tell(told)
            permits = self._queue.take_quota(
                self._owner, self._bucket, self._holder, held=held, wanted=wanted
            )
        except QueueError as error:
            self._go_alone(error)
        else:
            self._granted(permits)

    def _granted(self, permits: Permits) -> None:
        # Not all in one instant: the others were told the same.
        wait = permits.wait_seconds * self._chance.uniform(0.8, 1.2)
        with self._lock:
            now = self._time.monotonic()
            self._unused += permits.granted
            self._good_until = now + _GOOD_SECONDS
            self._ask_at = now + wait
            self._holders = permits.holders
            self._is_told = permits.is_told

    def _tell(self, told: QuotaTold) -> None:
        self._queue.note_quota(self._owner, self._bucket, told)
        self._is_told = True

    def _is_alone(self) -> bool:
        return self._time.monotonic() < self._alone_until

    def _ask_oneself(self) -> None:
        wait = self._window.seconds_until_next(self._holders)
        now = self._time.monotonic()
        if wait > 0:
            self._ask_at = now + min(wait, _ALONE_SECONDS)
        else:
            self._unused += 1
            self._good_until = now + _GOOD_SECONDS

    def _go_alone(self, error: QueueError) -> None:
        logger.debug("the fleet's Hub budget cannot be asked, goes on alone: %s", error)
        with self._lock:
            self._alone_until = self._time.monotonic() + _ALONE_SECONDS
            self._ask_at = float("-inf")
            self._window.not_told()
