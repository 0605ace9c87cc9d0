"""Tells the queue which files are finished, until it has counted them."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from hfdl_core.errors import QueueEmptied, QueueError, QueueRolledBack, UnknownJob
from hfdl_core.models import JobId, Token
from hfdl_core.queue import Outcome, RedisClient

logger = logging.getLogger(__name__)

# Workers complete their ranges a moment after the last byte. Whoever has not done so by then has
# gone silent, and its leases would run out much later.
_SILENT_SECONDS: Final = 3.0
# Redis loses at most two seconds of its log, a failover to a lagging replica more.
_KEPT_SECONDS: Final = 60.0


class FinishedFiles:
    """Files in their place that the queue has not confirmed; safe to use from all threads.

    The queue counts a file only when the workers have completed its ranges, which they may do a
    moment later: so it is asked again.
    """

    def __init__(self, queue: RedisClient, job_id: JobId, token: Token) -> None:
        self._queue = queue
        self._job_id = job_id
        self._token = token
        self._waiting: dict[int, int] = {}  # file index -> generation
        self._asked_since: dict[int, float] = {}  # in vain, by the time of the first answer
        self._told: deque[tuple[float, int, int]] = deque()
        self._lock = threading.Lock()
        self.wake = threading.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, index: int, generation: int) -> None:
        with self._lock:
            self._waiting[index] = generation
        self.wake.set()

    def say_again(self) -> None:
        """Redis lost its last moments: what it was told in them is told once more."""
        with self._lock:
            for _, index, generation in self._told:
                self._waiting.setdefault(index, generation)

    def tell(self, still_wanted: Callable[[int], bool]) -> None:
        """One round; QueueError leaves when the queue is away, emptied or has lost its tail."""
        with self._lock:
            waiting = list(self._waiting.items())
        for index, generation in waiting:
            if not still_wanted(index):
                self._settle(index, generation)
                continue
            self._tell_one(index, generation)

    def _tell_one(self, index: int, generation: int) -> None:
        outcome = self._queue.finish(self._job_id, index, generation, self._token)
        if outcome is not Outcome.LOST:
            self._settle(index, generation)
            with self._lock:
                self._told.append((time.monotonic(), index, generation))
                self._forget_old()
            return
        # The bytes are verified whatever the queue calls their generation since.
        present = self._queue.generation(self._job_id, index)
        if present != generation:
            with self._lock:
                self._waiting[index] = present
        elif time.monotonic() - self._asked_since.setdefault(index, time.monotonic()) > (
            _SILENT_SECONDS
        ):
            self._end_leases(index, generation)

    def _end_leases(self, index: int, generation: int) -> None:
        """Complete for workers that went silent: the digest has proved every byte of theirs."""
        for lease in self._queue.ranges_in_hand(self._job_id, index, generation):
            self._queue.complete(self._job_id, lease.task_id, lease.token, lease.position)

    def _settle(self, index: int, generation: int) -> None:
        self._asked_since.pop(index, None)
        with self._lock:
            if self._waiting.get(index) == generation:
                del self._waiting[index]

    def _forget_old(self) -> None:
        limit = time.monotonic() - _KEPT_SECONDS
        while self._told and self._told[0][0] < limit:
            self._told.popleft()


EMPTIED: Final = (QueueEmptied, UnknownJob)


def is_passing(error: QueueError) -> bool:
    """Whether the same call may be answered later."""
    return not isinstance(error, (QueueEmptied, QueueRolledBack))
