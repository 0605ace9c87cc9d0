"""What this worker lately told the queue, kept for a while in case Redis forgets it."""

import logging
import threading
from collections import deque
from collections.abc import Callable

from hfdl_core.errors import QueueEmptied, QueueError, QueueRolledBack, UnknownJob
from hfdl_core.worker.time_source import TimeSource

logger = logging.getLogger(__name__)

# Redis with `appendfsync everysec` loses at most two seconds; a failover to a lagging replica more.
_KEPT_SECONDS = 60.0
_KEPT_ENTRIES = 1000


class RecentlyEnded:
    """Endings (complete, fail, release) of the last minute.

    After a rollback Redis believes that these leases are still held. Nobody would renew them, and
    45 s later each would be charged as a crash. Saying them again puts it right, and is harmless
    where nothing was lost: every move is safe to repeat.
    """

    def __init__(self, time: TimeSource) -> None:
        self._time = time
        self._endings: deque[tuple[float, Callable[[], object]]] = deque(maxlen=_KEPT_ENTRIES)
        self._lock = threading.Lock()

    def remember(self, ending: Callable[[], object]) -> None:
        now = self._time.monotonic()
        with self._lock:
            self._endings.append((now, ending))
            self._forget(now)

    def say_again(self) -> None:
        """Repeat the endings, oldest first; stops at the first that Redis cannot take."""
        with self._lock:
            self._forget(self._time.monotonic())
            endings = [ending for _, ending in self._endings]
        for ending in endings:
            try:
                ending()
            except (QueueRolledBack, QueueEmptied, UnknownJob) as error:
                # Of this ending's job alone; a rollback is told once a job, with the move taken.
                logger.info("while repeating what redis lost: %s", error)
            except QueueError as error:
                logger.warning("could not repeat what redis lost: %s", error)
                return

    def _forget(self, now: float) -> None:
        while self._endings and now - self._endings[0][0] > _KEPT_SECONDS:
            self._endings.popleft()
