"""Bandwidth limits: one per client, shared by all its connections, and one for all."""

import threading
import time
from collections.abc import Sequence

# An idle client may catch up this much of its rate at once; more would hide its cap.
_BURST_SECONDS = 0.05
_PORTION_SECONDS = 0.05
_SMALLEST_PORTION = 1 << 10
_RECHECK_SECONDS = 0.05


class RateLimit:
    """Bytes per second, handed out as time slots; 0 lets nothing through, None everything."""

    def __init__(self, rate: float | None) -> None:
        self.rate = rate
        self._lock = threading.Lock()
        self._free_at = 0.0

    def portion(self, most: int) -> int:
        """Tell how many bytes to send at once so that all connections get their turn."""
        if self.rate is None:
            return most
        return max(_SMALLEST_PORTION, min(most, int(self.rate * _PORTION_SECONDS)))

    def reserve(self, amount: int) -> float | None:
        """Take the next slot and tell the seconds until its end; None: nothing now."""
        with self._lock:
            rate = self.rate
            if rate is None:
                return 0.0
            if rate <= 0:
                return None
            now = time.monotonic()
            self._free_at = max(self._free_at, now - _BURST_SECONDS) + amount / rate
            return max(0.0, self._free_at - now)


class Throttle:
    """The limits that one answer is under."""

    def __init__(self, limits: Sequence[RateLimit], stopping: threading.Event) -> None:
        self._limits = limits
        self._stopping = stopping

    def portion(self, most: int) -> int:
        return min(most, *(limit.portion(most) for limit in self._limits))

    def wait(self, amount: int) -> None:
        """Return when `amount` bytes may go out, or when the Hub stops."""
        for limit in self._limits:
            while (seconds := limit.reserve(amount)) is None:
                if self._stopping.wait(_RECHECK_SECONDS):
                    return
            if seconds:
                self._stopping.wait(seconds)


class Bandwidth:
    """Every client's limit and the total; rates may be changed while bytes flow."""

    def __init__(self, client_rate: float | None, total_rate: float | None) -> None:
        self._lock = threading.Lock()
        self._usual = client_rate
        self._total = RateLimit(total_rate)
        self._clients: dict[str, RateLimit] = {}

    def limit_client(self, client: str, rate: float | None) -> None:
        """Cap one client at `rate` bytes per second; 0 stops it, None frees it."""
        self._limit(client).rate = rate

    def limit_clients(self, rate: float | None) -> None:
        """Cap every client at `rate`, also those seen and capped before."""
        with self._lock:
            self._usual = rate
            for limit in self._clients.values():
                limit.rate = rate

    def limit_total(self, rate: float | None) -> None:
        self._total.rate = rate

    def throttle(self, client: str, stopping: threading.Event) -> Throttle:
        return Throttle((self._limit(client), self._total), stopping)

    def _limit(self, client: str) -> RateLimit:
        with self._lock:
            return self._clients.setdefault(client, RateLimit(self._usual))
