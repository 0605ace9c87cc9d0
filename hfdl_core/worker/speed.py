"""How fast bytes arrive: a sliding window, so that a stop shows within seconds."""

import threading
from collections import deque

from hfdl_core.worker.time_source import TimeSource

_WINDOW_SECONDS = 10.0
_SLOT_SECONDS = 0.5


class SpeedMeter:
    """Bytes per second over the last 10 s; thread-safe, at most 20 slots of memory."""

    def __init__(self, time: TimeSource) -> None:
        self._time = time
        self._started_at = time.monotonic()
        self._slots: deque[tuple[float, int]] = deque()
        self._lock = threading.Lock()
        self.total_bytes = 0

    def count(self, size: int) -> None:
        now = self._time.monotonic()
        with self._lock:
            self.total_bytes += size
            if self._slots and now - self._slots[-1][0] < _SLOT_SECONDS:
                begun_at, so_far = self._slots.pop()
                self._slots.append((begun_at, so_far + size))
            else:
                self._slots.append((now, size))
                self._forget(now)

    def age_seconds(self) -> float:
        return self._time.monotonic() - self._started_at

    def bytes_per_second(self) -> float:
        now = self._time.monotonic()
        with self._lock:
            self._forget(now)
            window = min(_WINDOW_SECONDS, max(now - self._started_at, _SLOT_SECONDS))
            return sum(size for _, size in self._slots) / window

    def _forget(self, now: float) -> None:
        while self._slots and now - self._slots[0][0] > _WINDOW_SECONDS:
            self._slots.popleft()
