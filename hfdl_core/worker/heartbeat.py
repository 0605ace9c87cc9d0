"""Tells the fleet every two seconds how this worker is, and hears whether to take more work."""

import logging

from hfdl_core.errors import QueueError
from hfdl_core.models import Lane, LimitedBy, WorkerState, WorkerStatus
from hfdl_core.queue import RedisClient
from hfdl_core.retry import Breaker
from hfdl_core.worker.admission import Admission
from hfdl_core.worker.bring_home import HubPause
from hfdl_core.worker.lease import LeaseBook
from hfdl_core.worker.options import WorkerOptions
from hfdl_core.worker.reconnect import Reconnect
from hfdl_core.worker.speed import SpeedMeter
from hfdl_core.worker.tally import Tally

logger = logging.getLogger(__name__)


class Heartbeat:
    """Builds the worker's status and keeps it fresh in the queue."""

    def __init__(
        self,
        *,
        queue: RedisClient,
        blank: WorkerStatus,
        book: LeaseBook,
        tally: Tally,
        speed: SpeedMeter,
        admission: Admission,
        breaker: Breaker,
        hub_pause: HubPause,
        reconnect: Reconnect,
        options: WorkerOptions,
    ) -> None:
        self._queue = queue
        self._blank = blank
        self._book = book
        self._tally = tally
        self._speed = speed
        self._admission = admission
        self._breaker = breaker
        self._hub_pause = hub_pause
        self._reconnect = reconnect
        self._options = options
        self._fleet_epoch: str | None = None
        self.is_draining = False
        self.is_duplicate = False

    def beat(self) -> None:
        """Send the status once; a queue that is away is somebody else's to report."""
        try:
            beat = self._queue.beat(self.status())
        except QueueError as error:
            logger.debug("heartbeat not heard: %s", error)
            return
        self._reconnect.answered()
        if self._fleet_epoch not in {None, beat.fleet_epoch}:
            logger.error("redis was emptied: every job in it is gone; give the same command again")
        self._fleet_epoch = beat.fleet_epoch
        if beat.draining != self.is_draining:
            logger.info("draining: takes no new work" if beat.draining else "takes work again")
        self.is_draining = beat.draining
        if beat.duplicate and not self.is_duplicate:
            logger.warning(
                "another worker is called %s, too; choose another --worker-id",
                self._blank.worker_id,
            )
        self.is_duplicate = beat.duplicate

    def leave(self, how: str) -> None:
        """Say goodbye, so that readers see `left` and not `lost`."""
        try:
            self._queue.leave(self.status(), how)
        except QueueError as error:
            logger.warning("could not say goodbye: %s", error)

    def status(self) -> WorkerStatus:
        leases = self._book.leases()
        state, reason, limited_by = self._condition(bool(leases))
        speed = self._speed.bytes_per_second()
        return self._blank.model_copy(
            update={
                "state": state,
                "reason": reason,
                "limited_by": limited_by,
                "throughput_bytes_per_second": speed,
                "tasks": tuple(lease.as_current_task() for lease in leases),
                "lanes": (
                    Lane(
                        name=self._options.lane_name,
                        bytes_per_second=speed,
                        connections=self._options.connections,
                    ),
                ),
                "files_completed": self._tally.files_completed,
                "bytes_completed": self._tally.bytes_completed,
                "errors": self._tally.errors,
                "last_error": self._tally.last_error,
            }
        )

    def _condition(self, is_working: bool) -> tuple[WorkerState, str, LimitedBy]:
        if self.is_draining:
            return WorkerState.DRAINING, "asked to drain", LimitedBy.NONE
        if self._breaker.is_open:
            return WorkerState.STEPPED_ASIDE, self._breaker.reason, LimitedBy.ACCESS
        if self._hub_pause.is_on:
            state = WorkerState.WORKING if is_working else WorkerState.IDLE
            return state, self._hub_pause.reason, LimitedBy.HUB_BUDGET
        if is_working:
            return WorkerState.WORKING, "", LimitedBy.NONE
        if asides := self._admission.reasons():
            return WorkerState.STEPPED_ASIDE, asides[-1].reason, asides[-1].limited_by
        return WorkerState.IDLE, "", LimitedBy.NONE
