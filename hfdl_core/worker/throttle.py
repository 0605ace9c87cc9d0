"""Which rate limit holds for this worker now: its own, the one set live for it, or its share."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from hfdl_core.queue import LiveLimits
from hfdl_core.timetable import Timetable
from hfdl_core.worker.rate_limiter import RateLimiter

logger = logging.getLogger(__name__)

LocalTime = Callable[[], datetime]


def local_time() -> datetime:
    """The hour that this machine's clock on the wall shows: timetables mean that one."""
    return datetime.now(UTC).astimezone()


class Throttle:
    """Keeps the limiter at the lowest of the limits that hold at this moment."""

    def __init__(
        self, limiter: RateLimiter, own: Timetable | None, now: LocalTime = local_time
    ) -> None:
        self.limiter = limiter
        self._own = own
        self._now = now
        self._heard = LiveLimits()
        self._live: Timetable | None = None
        self._fleet: Timetable | None = None
        self._lock = threading.Lock()
        self.look()

    @property
    def live_workers(self) -> int:
        return self._heard.live_workers

    def hear(self, limits: LiveLimits) -> None:
        """Obey what the operator has set in the queue; kept while the queue is away."""
        with self._lock:
            if limits.worker != self._heard.worker:
                self._live = _read(limits.worker, self._live)
            if limits.fleet != self._heard.fleet:
                self._fleet = _read(limits.fleet, self._fleet)
            self._heard = limits
        self.look()

    def look(self) -> None:
        """Set the rate of this moment: a timetable may have turned a page."""
        with self._lock:
            rate = self._lowest()
            if rate != self.limiter.rate:
                self.limiter.set_rate(rate)

    def _lowest(self) -> float | None:
        now = self._now()
        share = _rate_of(self._fleet, now)
        if share is not None:
            share /= max(1, self._heard.live_workers)
        rates = (_rate_of(self._own, now), _rate_of(self._live, now), share)
        return min((rate for rate in rates if rate is not None), default=None)


def _rate_of(limit: Timetable | None, now: datetime) -> float | None:
    return None if limit is None else limit.rate_at(now)


def _read(text: str, before: Timetable | None) -> Timetable | None:
    if not text:
        return None
    try:
        return Timetable.parse(text)
    except ValueError as error:
        # Of a newer version, perhaps: what was understood last is nearer to what is wanted
        # than no limit at all.
        logger.warning("the limit set in redis cannot be read, the last one stays: %s", error)
        return before
