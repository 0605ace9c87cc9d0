"""Where the leases end, as the queue saw it lately: receipts tell workers of a theft."""

import threading
import time
from typing import Final

from hfdl_core.models import JobId, Token
from hfdl_core.queue import RedisClient

# With few leases a look costs nothing, and a victim that hears early fetches less in vain.
_SECONDS_PER_LEASE: Final = 0.002
_LEAST_SECONDS: Final = 0.2
_MOST_SECONDS: Final = 1.0


class LeaseView:
    """Read while blocks arrive, in one command, once a second or oftener; a hint, never a right."""

    def __init__(self, queue: RedisClient, job_id: JobId) -> None:
        self._queue = queue
        self._job_id = job_id
        self._ends: dict[Token, int] = {}
        self._read_at = float("-inf")
        self._asked = threading.Event()

    def end_of(self, token: Token) -> int | None:
        self._asked.set()
        return self._ends.get(token)

    def refresh(self) -> None:
        """QueueError leaves; what was known stays then."""
        now = time.monotonic()
        fresh = min(max(len(self._ends) * _SECONDS_PER_LEASE, _LEAST_SECONDS), _MOST_SECONDS)
        if not self._asked.is_set() or now - self._read_at < fresh:
            return
        self._asked.clear()
        self._read_at = now
        self._ends = self._queue.lease_ends(self._job_id)
