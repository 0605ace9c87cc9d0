"""Tells the fleet every two seconds how this worker is, and hears whether to take more work."""

import logging

from hfdl_core.errors import QueueError
from hfdl_core.models import WorkerStatus
from hfdl_core.queue import RedisClient
from hfdl_core.worker.condition import ConditionOf
from hfdl_core.worker.lanes import Lanes
from hfdl_core.worker.lease import LeaseBook
from hfdl_core.worker.reconnect import Reconnect
from hfdl_core.worker.tally import Tally

logger = logging.getLogger(__name__)


class Heartbeat:
    """Builds the worker's status and keeps it fresh in the queue."""

    def __init__(
        self,
        queue: RedisClient,
        blank: WorkerStatus,
        book: LeaseBook,
        tally: Tally,
        condition: ConditionOf,
        lanes: Lanes,
        reconnect: Reconnect,
    ) -> None:
        self._queue = queue
        self._blank = blank
        self._book = book
        self._tally = tally
        self._condition = condition
        self._lanes = lanes
        self._reconnect = reconnect
        self._fleet_epoch: str | None = None
        self._is_duplicate = False

    def beat(self) -> None:
        """Send the status once; a queue that is away is somebody else's to report."""
        try:
            beat = self._queue.beat(self.status())
        except QueueError as error:
            logger.debug("heartbeat not heard: %s", error)
            return
        self._reconnect.answered()
        self._lanes.throttle.hear(beat.limits)
        if self._fleet_epoch not in {None, beat.fleet_epoch}:
            logger.error("redis was emptied: every job in it is gone; give the same command again")
        self._fleet_epoch = beat.fleet_epoch
        if beat.draining != self._condition.is_draining:
            logger.info("draining: takes no new work" if beat.draining else "takes work again")
        self._condition.is_draining = beat.draining
        if beat.duplicate and not self._is_duplicate:
            logger.warning(
                "another worker is called %s, too; choose another --worker-id",
                self._blank.worker_id,
            )
        self._is_duplicate = beat.duplicate

    def leave(self, how: str) -> None:
        """Say goodbye, so that readers see `left` and not `lost`."""
        try:
            self._queue.leave(self.status(), how)
        except QueueError as error:
            logger.warning("could not say goodbye: %s", error)

    def status(self) -> WorkerStatus:
        leases = self._book.leases()
        condition = self._condition.now(is_working=bool(leases))
        return self._blank.model_copy(
            update={
                "state": condition.state,
                "reason": _sendable(condition.reason),
                "limited_by": condition.limited_by,
                "throughput_bytes_per_second": self._tally.speed.bytes_per_second(),
                "limit_bytes_per_second": self._lanes.throttle.limiter.rate,
                "tasks": tuple(lease.as_current_task() for lease in leases),
                "lanes": self._lanes.as_lanes(),
                "files_completed": self._tally.files_completed,
                "bytes_completed": self._tally.bytes_completed,
                "errors": self._tally.errors,
                "last_error": _sendable(self._tally.last_error),
            }
        )


def _sendable(text: str) -> str:
    # Errors name paths of this machine, and those need not be valid Unicode.
    return text.encode("utf-8", "backslashreplace").decode()
