"""Tells the queue how each task ended, until it is heard."""

import logging
from collections.abc import Callable

from hfdl_core.errors import HfdlError, QueueError, UnknownJob
from hfdl_core.models import DownloaderName
from hfdl_core.queue import FailOutcome, Outcome, RedisClient
from hfdl_core.retry import RetryPolicy
from hfdl_core.worker.ended import RecentlyEnded
from hfdl_core.worker.lease import Lease, Right
from hfdl_core.worker.reconnect import Reconnect

logger = logging.getLogger(__name__)

# Some 15 s of a server that answers and refuses. Then the lease may run out: the file is on this
# disk and is found there again, and the connection is free for other jobs.
_MOST_REFUSALS = 5


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
        task, position = lease.task, lease.position
        self._say(
            lease,
            lambda: self._queue.complete(task.job_id, task.task_id, task.token, position, came_by),
        )

    def give_back(self, lease: Lease, reason: str) -> None:
        """Return the task with its position; no attempt is counted."""
        task, position = lease.task, lease.position
        self._say(
            lease,
            lambda: self._queue.release(
                task.job_id, task.task_id, task.token, position, reason=reason
            ),
        )

    def charge(self, lease: Lease, error: HfdlError) -> None:
        """Count an attempt against the file; the queue knows how many it may have."""
        task, position = lease.task, lease.position
        text, cause = str(error), error.cause
        delay = self._retry.delay_before_retry(error, task.attempt)
        self._say(
            lease,
            lambda: (
                self._queue.fail(
                    task.job_id,
                    task.task_id,
                    task.token,
                    position,
                    error=text,
                    cause=cause,
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
            outcome = self._reconnect.until_answered(ending, most_refusals=_MOST_REFUSALS)
        except (QueueError, UnknownJob) as error:
            # The lease runs out by itself; what is on disk is found again.
            logger.warning("could not end the lease of %s: %s", lease.path, error)
            return
        self._ended.remember(ending)
        if outcome in {Outcome.LOST, FailOutcome.LOST}:
            logger.info("%s: the lease was already somebody else's", lease.path)
