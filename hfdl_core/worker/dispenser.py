"""Chooses the next task: fair between jobs, only those this worker can serve, politely polled."""

import itertools
import logging
import random
import threading

from hfdl_core.errors import (
    HfdlError,
    JobNotRunning,
    OutputRefused,
    ProtocolMismatch,
    QueueEmptied,
    StorageError,
    UnknownJob,
)
from hfdl_core.models import DownloadTask, JobState, LimitedBy, Token
from hfdl_core.queue import JobSnapshot, RedisClient
from hfdl_core.worker.admission import Admission, limited_by
from hfdl_core.worker.condition import ConditionOf
from hfdl_core.worker.options import WorkerOptions
from hfdl_core.worker.reconnect import Reconnect
from hfdl_core.worker.time_source import Stop, TimeSource

logger = logging.getLogger(__name__)

_POLL_SECONDS = 1.0


class Dispenser:
    """Hands out one claimed task at a time; all connections of the worker share it.

    An idle worker asks once a second altogether, not once a second per connection.
    """

    def __init__(
        self,
        queue: RedisClient,
        options: WorkerOptions,
        worker: str,
        admission: Admission,
        reconnect: Reconnect,
        time: TimeSource,
    ) -> None:
        self._queue = queue
        self._options = options
        self._worker = worker
        self._admission = admission
        self._reconnect = reconnect
        self._time = time
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._chance = random.Random()  # noqa: S311 - jitter, not a secret
        self._empty_at = float("-inf")
        self.worked_at = time.monotonic()

    def next_task(self, stop: Stop, condition: ConditionOf) -> DownloadTask | None:
        """A claimed task; None when nothing was to be had this time (ask again at once)."""
        with self._lock:
            pause = self._empty_at + _POLL_SECONDS - self._time.monotonic()
            if pause > 0 and stop.wait(pause * self._chance.uniform(0.8, 1.0)):
                return None
            if stop.is_asked or not condition.may_work:
                self._empty_at = self._time.monotonic()
                return None
            task = self._claim_from_fairest()
            if task is None:
                self._empty_at = self._time.monotonic()
            else:
                self.worked()
            return task

    def worked(self) -> None:
        """A task was taken or ended just now: the worker is not idle."""
        self.worked_at = self._time.monotonic()

    def _claim_from_fairest(self) -> DownloadTask | None:
        snapshots = self._reconnect.until_answered(self._queue.snapshots)
        for snapshot in sorted(snapshots, key=_share_in_use):
            if self._is_worth_asking(snapshot) and (task := self._claim(snapshot)):
                return task
        return None

    def _is_worth_asking(self, snapshot: JobSnapshot) -> bool:
        job_id = snapshot.spec.job_id
        if self._options.only_job not in {None, job_id}:
            return False
        # Claims also promote retries and take back the leases of the dead: ask while any are there.
        has_work = snapshot.pending or snapshot.retrying or snapshot.in_progress
        return (
            snapshot.state is JobState.RUNNING
            and bool(has_work)
            and self._admission.aside(job_id) is None
        )

    def _claim(self, snapshot: JobSnapshot) -> DownloadTask | None:
        job_id = snapshot.spec.job_id
        try:
            self._admission.admit(snapshot.spec)
        except (OutputRefused, StorageError, ProtocolMismatch) as error:
            self._step_aside(snapshot, error)
            return None
        tokens = [Token(f"{self._worker}.{next(self._numbers)}")]
        try:
            claimed = self._reconnect.until_answered(
                lambda: self._queue.claim(job_id, self._worker, tokens)
            )
        except (UnknownJob, QueueEmptied, JobNotRunning) as error:
            logger.info("%s", error)
            return None
        return claimed.tasks[0] if claimed.tasks else None

    def _step_aside(self, snapshot: JobSnapshot, error: HfdlError) -> None:
        job_id = snapshot.spec.job_id
        reason = limited_by(error)
        self._admission.step_aside(
            job_id, str(error), reason if reason is not LimitedBy.NONE else LimitedBy.DISK
        )
        logger.warning("takes nothing of job %s: %s", job_id, error)
        self._reconnect.until_answered(
            lambda: self._queue.log(job_id, "stepped_aside", str(error), self._worker)
        )


def _share_in_use(snapshot: JobSnapshot) -> tuple[float, float]:
    return snapshot.in_progress / snapshot.spec.weight, snapshot.created_ms
