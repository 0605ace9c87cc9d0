"""Whether a fleet has more than one worker."""

import logging
import threading
import time
from typing import Final

from hfdl_core.errors import QueueError
from hfdl_core.models import WorkerState
from hfdl_core.queue import RedisClient

logger = logging.getLogger(__name__)

_FRESH_SECONDS: Final = 2.0
_TAKES_WORK: Final = frozenset({WorkerState.STARTING, WorkerState.IDLE, WorkerState.WORKING})


class Others:
    """Reads the roster at most every 2 s, and only when somebody asks; thread-safe."""

    def __init__(self, queue: RedisClient) -> None:
        self._queue = queue
        self._known: frozenset[str] = frozenset()
        self._read_at = float("-inf")
        self._lock = threading.Lock()

    def than(self, worker: str) -> bool:
        """Whether another worker takes work at present, as far as is known."""
        with self._lock:
            if time.monotonic() - self._read_at >= _FRESH_SECONDS:
                self._read()
            return bool(self._known - {worker})

    def _read(self) -> None:
        self._read_at = time.monotonic()
        try:
            workers = self._queue.workers()
        except QueueError as error:
            logger.info("nobody tells who is there: %s", error)
            return
        self._known = frozenset(
            worker.worker_id for worker in workers if worker.status in _TAKES_WORK
        )
