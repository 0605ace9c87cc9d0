"""The present window of one of the Hub's quotas, as this worker's own answers tell of it."""

from typing import Final

from hfdl_core.queue import QuotaTold
from hfdl_core.transfer import RateLimit
from hfdl_core.worker.time_source import TimeSource

# The Hub tells whole seconds, rounded up or down.
_STEP_SECONDS: Final = 1.0
_USUAL_SECONDS: Final = 300
# Of the quota, for masters and people.
_RESERVED_SHARE: Final = 0.01


class QuotaWindow:
    """Not safe to use from several threads at once: its pool holds a lock."""

    def __init__(self, time: TimeSource) -> None:
        self._time = time
        self._limit: RateLimit | None = None
        self._ends = float("-inf")
        self._last = float("-inf")
        self._is_news = False  # something was heard that the others were not told

    def note(self, limit: RateLimit) -> None:
        """Hear what an answer told; the lowest rest of a window is the truth."""
        ends = self._time.monotonic() + limit.reset_seconds
        if self._limit is None or self._is_far(ends):
            if ends < self._ends:
                return  # a late answer of the window before
            self._limit, self._ends = limit, ends
        else:
            self._limit = limit._replace(remaining=min(limit.remaining, self._limit.remaining))
            self._ends = min(ends, self._ends)
        self._is_news = True

    def take_news(self) -> QuotaTold | None:
        """What the others are to be told now; None when nothing new was heard of this window."""
        left = self._ends - self._time.monotonic()
        if self._limit is None or not self._is_news or left <= 0:
            return None
        self._is_news = False
        limit = self._limit
        return QuotaTold(limit.remaining, left, limit.quota, limit.window_seconds)

    def not_told(self) -> None:
        """The news did not get through: it is still news."""
        self._is_news = True

    def seconds_until_next(self, holders: int) -> float:
        """How long this one of so many waits before its next request; 0: it may go, and is counted.

        For a worker that cannot ask the others: each takes its part of what is left.
        """
        now = self._time.monotonic()
        if self._limit is None or now > self._ends + _STEP_SECONDS:
            return 0.0
        spare = self._limit.remaining - self._reserve(self._limit)
        if spare < 1:
            return self._ends + _STEP_SECONDS - now
        pause = max(self._ends - now, _STEP_SECONDS) * holders / spare
        if now >= self._last + pause:
            self._last = now
            return 0.0
        return self._last + pause - now

    def _is_far(self, ends: float) -> bool:
        length = (self._limit and self._limit.window_seconds) or _USUAL_SECONDS
        return abs(ends - self._ends) > max(1.5 * _STEP_SECONDS, length / 2)

    def _reserve(self, limit: RateLimit) -> float:
        return (limit.quota or limit.remaining) * _RESERVED_SHARE
