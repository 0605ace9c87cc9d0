"""Tells the queue how each task ended, until it is heard."""

import logging
from collections.abc import Callable

from hfdl_core.errors import HfdlError, QueueError
from hfdl_core.models import DownloaderName
from hfdl_core.queue import FailOutcome, Outcome, RedisClient
from hfdl_core.retry import RetryPolicy
from hfdl_core.worker.ended import RecentlyEnded
from hfdl_core.worker.lease import Lease, Right
from hfdl_core.worker.reconnect import Reconnect

logger = logging.getLogger(__name__)


class Endings:
    """Complete, give back, or charge; a lost lease is not spoken for."""

    def __init__(
        self, queue: RedisClient, reconnect: Reconnect, ended: RecentlyEnded, retry: RetryPolicy
    ) -> None:
        self._queue = queue
        self._reconnect = reconnect
        self._ended = ended
        self._retry = retry

    def complete(self, lease: Lease, came_by: DownloaderName) -> None:
        task = lease.task
        self._say(
            lease,
            lambda: self._queue.complete(
                task.job_id, task.task_id, task.token, lease.position, came_by
            ),
        )

    def give_back(self, lease: Lease, reason: str) -> None:
        """Return the task with its position; no attempt is counted."""
        task = lease.task
        self._say(
            lease,
            lambda: self._queue.release(
                task.job_id, task.task_id, task.token, lease.position, reason=reason
            ),
        )

    def charge(self, lease: Lease, error: HfdlError) -> None:
        """Count an attempt against the file; the queue knows how many it may have."""
        task = lease.task
        delay = self._retry.delay_before_retry(error, task.attempt)
        self._say(
            lease,
            lambda: (
                self._queue.fail(
                    task.job_id,
                    task.task_id,
                    task.token,
                    lease.position,
                    error=str(error),
                    cause=error.cause,
                    permanent=delay is None,
                    delay_seconds=delay or 0.0,
                ).outcome
            ),
        )

    def _say(self, lease: Lease, ending: Callable[[], Outcome | FailOutcome]) -> None:
        if lease.right is Right.LOST:
            logger.info("%s: lease lost, left to its new holder", lease.path)
            return
        try:
            outcome = self._reconnect.until_answered(ending)
        except QueueError as error:
            # The lease runs out by itself; what is on disk is found again.
            logger.warning("could not end the lease of %s: %s", lease.path, error)
            return
        self._ended.remember(ending)
        if outcome in {Outcome.LOST, FailOutcome.LOST}:
            logger.info("%s: the lease was already somebody else's", lease.path)
